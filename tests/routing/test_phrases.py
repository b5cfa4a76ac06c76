"""Small matters of language that every sentence shares."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.phrases import counted, cut


@given(text=st.text(max_size=300), length=st.integers(1, 200))
def test_a_text_that_fits_stays_and_one_that_does_not_ends_with_an_ellipsis(
    text: str, length: int
) -> None:
    short = cut(text, length)
    assert len(short) <= length
    if len(text) <= length:
        assert short == text
    else:
        assert short.endswith("…")
        assert text.startswith(short[:-1])


def test_a_noun_goes_with_its_number() -> None:
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]
