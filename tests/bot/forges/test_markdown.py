"""What people wrote shows as they wrote it, and does nothing else."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forges.markdown import BREAK, INVISIBLE, escape_markdown

DATA = Path(__file__).parents[2] / "data" / "github"
CASES = json.loads((DATA / "markdown.json").read_text(encoding="utf-8"))


def shown(escaped: str) -> str:
    """What a reader sees: CommonMark drops a backslash before punctuation, a break is invisible."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped).replace(BREAK, "")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_would_do_something_does_nothing(case: dict[str, Any]) -> None:
    escaped = escape_markdown(case["text"])
    assert case["never"] not in escaped
    assert shown(escaped) == case["shown"]


@given(st.text())
def test_everything_stays_on_one_line(text: str) -> None:
    assert len(escape_markdown(text).splitlines()) <= 1


@given(st.text())
def test_nothing_reorders_hides_or_breaks_the_encoding(text: str) -> None:
    escaped = escape_markdown(text).replace(BREAK, "")
    escaped.encode()
    assert not INVISIBLE.search(escaped)


@given(st.text(alphabet=string.printable))
def test_the_reader_sees_every_word(text: str) -> None:
    assert shown(escape_markdown(text)) == " ".join(text.split())


@given(st.text(), st.text(alphabet="<!->@#/ countersign:"))
def test_no_text_can_hold_a_marker_a_mention_or_a_tag(before: str, after: str) -> None:
    escaped = escape_markdown(before + after)
    assert not re.search(r"(?<!\\)<", escaped)
    assert not re.search(r"@\w", escaped)
    assert "<!--" not in escaped


@given(st.text(alphabet="\\`*_<>[]()!#+-|~:/&$ ab", min_size=1))
def test_every_sign_that_could_mean_something_is_escaped(text: str) -> None:
    unescaped = re.sub(r"\\[!-/:-@\[-`{-~]", "", escape_markdown(text))
    assert not re.search(r"[\\`*_<>\[\]()!#+\-|~:/&$]", unescaped)
