"""Drafts of commit messages: which lines declare AI help, and what is left without them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.git.draft import SCISSORS, Draft, comment_of

TABLE = Path(__file__).parents[2] / "data" / "mark" / "drafts.json"
CASES = [
    pytest.param(case, id=case["fact"]) for case in json.loads(TABLE.read_text(encoding="utf-8"))
]
LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ("", "Fix it", "AI: Codex", "AI:", "Refs: 1", "  more", "# note", "#", "#" + SCISSORS)
        ),
        st.text(max_size=12).map(lambda text: text.replace("\n", " ")),
    ),
    max_size=12,
)


def a_draft(case: dict[str, Any]) -> Draft:
    lines = tuple(case["message"].split("\n"))
    return Draft(lines, case.get("comment", "#"), keeps_comments=case.get("keeps", False))


@pytest.mark.parametrize("case", CASES)
def test_what_declares(case: dict[str, Any]) -> None:
    assert [one.value for one in a_draft(case).declarations()] == case["declares"]


@pytest.mark.parametrize("case", CASES)
def test_what_is_left(case: dict[str, Any]) -> None:
    draft = a_draft(case)
    assert "\n".join(draft.without(draft.declarations()).lines) == case["left"]


@given(LINES, st.booleans())
def test_nothing_is_lost_but_what_declares(lines: list[str], keeps: bool) -> None:
    draft = Draft(tuple(lines), keeps_comments=keeps)
    declared = draft.declarations()
    gone = {number for one in declared for number in range(one.start, one.end)}
    kept = [line for number, line in enumerate(lines) if number not in gone and line.strip()]
    assert [line for line in draft.without(declared).lines if line.strip()] == kept


@given(LINES, st.booleans())
def test_what_declares_is_the_author_s_and_not_the_subject(lines: list[str], keeps: bool) -> None:
    draft = Draft(tuple(lines), keeps_comments=keeps)
    own = draft.text.split("\n")
    subject = next((line for line in own if line.strip()), "")
    for one in draft.declarations():
        assert lines[one.start] in own
        assert subject in lines[: one.start]


@given(LINES, st.booleans(), st.booleans())
def test_trailers_join_the_words_and_touch_nothing(
    lines: list[str], keeps: bool, apart: bool
) -> None:
    draft = Draft(tuple(lines), keeps_comments=keeps)
    assume(draft.words)
    marked = draft.with_trailers(("Assisted-by: Codex",), apart=apart)
    assert marked.words == (*draft.words, "Assisted-by: Codex")
    kept = list(marked.lines)
    kept.remove("Assisted-by: Codex")
    assert [line for line in kept if line] == [line for line in lines if line]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("", ()),
        ("\n# Please enter\n", ()),
        ("#\n#" + SCISSORS + "\ndiff --git\n", ()),
        ("\nSigned-off-by: Ana <ana@shop.example>\n", ()),
        ("Fix it\n# note\n", ("Fix it",)),
    ],
)
def test_a_message_is_what_git_would_not_refuse(message: str, words: tuple[str, ...]) -> None:
    assert Draft(tuple(message.split("\n"))).words == words


@pytest.mark.parametrize(
    ("setting", "message", "comment"),
    [
        ("", "Fix it\n", "#"),
        (";", "Fix it\n", ";"),
        ("//", "Fix it\n", "//"),
        ("auto", "Fix it\n\n#\n; Please enter\n;\n", ";"),
        ("auto", "Fix it\n%" + SCISSORS + "\ndiff\n", "%"),
        ("auto", "Fix it\n\n@ana knows why\n", "#"),
        ("auto", "", "#"),
    ],
)
def test_what_comments_begin_with(setting: str, message: str, comment: str) -> None:
    assert comment_of(setting, message.split("\n")) == comment
