"""A message is read in its own voice; what it quotes is somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.ai.messages import parse_body, parse_message
from tests.routing.provenance_cases import cases


@pytest.mark.parametrize("case", cases("messages"))
def test_a_message_is_taken_apart(case: dict[str, Any]) -> None:
    message = parse_message(case["text"])
    assert message.subject == case["subject"]
    assert [line.text for line in message.lines] == case["lines"]
    assert [line.text for line in message.lines if line.reverted] == case.get("reverted", [])
    assert list(message.ticked) == case.get("ticked", [])
    assert list(message.comments) == case.get("comments", [])
    assert message.picked_from == case.get("picked_from")
    if "trailers" in case:
        assert [line.text for line in message.lines if line.trailer] == case["trailers"]


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("│ a: b   │", "a: b"),
        ("**a: b**", "a: b"),
        ("_a: b_", "a: b"),
        ("<sub>a: b</sub>", "a: b"),
        ("* a: b", "* a: b"),
        ("***", "***"),
        (" a: b", ""),
        ("a: b", "a: b"),
    ],
)
def test_frame_and_emphasis_are_taken_off_what_stands_at_column_0(text: str, bare: str) -> None:
    assert parse_body(text).lines[0].bare == bare


@given(st.text())
def test_any_text_can_be_taken_apart(text: str) -> None:
    assert {line.text for line in parse_message(text).lines} <= {
        line.text for line in parse_body(text).lines
    }


@given(st.lists(st.text(alphabet="ab: ", min_size=1)))
def test_a_body_without_quotations_keeps_every_line(words: list[str]) -> None:
    lines = [word.strip() for word in words if word.strip()]
    assert [line.text for line in parse_body("\n".join(lines)).lines] == lines


@given(st.text(alphabet="`~<>!-* \n\\n+@d", max_size=300))
def test_no_line_is_invented(text: str) -> None:
    for line in parse_body(text).lines:
        assert all(part in text for part in line.text.split("\n"))
