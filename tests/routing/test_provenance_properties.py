"""Whatever the text around it: what is quoted never fires, what is said always does."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.provenance import Provenance, assess_record
from tests.routing.provenance_cases import CLAUDE

SIGNALS = (
    CLAUDE,
    "🤖 Generated with [Claude Code](https://claude.com/claude-code)",
    "🤖 Generated with Claude Code",
    "Co-authored-by: x <198982749+Copilot@users.noreply.github.com>",
    "Co-authored-by: Copilot Autofix powered by AI <x@example.com>",
    "Claude-Session: https://claude.ai/code/session_01",
    "Made-with: Cursor",
    "Amp-Thread-ID: https://ampcode.com/threads/T-01",
    "Assisted-by: Claude:claude-opus-4-6",
    "Replit-Commit-Author: Agent",
    "Link to Devin run: https://app.devin.ai/sessions/01",
    "https://chatgpt.com/codex/tasks/task_e_01",
)
signals = st.sampled_from(SIGNALS)
prose = st.lists(
    st.text(alphabet="abcdefgh ,.", min_size=1).map(str.strip).filter(bool), max_size=4
).map("\n".join)
paragraphs = st.lists(prose, max_size=3).map("\n\n".join)

QUOTATIONS = {
    "a quote": "> {}",
    "a nested quote": ">> {}",
    "a fence": "```\n{}\n```",
    "a fence of tildes": "~~~ text\n{}\n~~~",
    "a long fence": "`````\n```\n{}\n```\n`````",
    "indented code": "    {}",
    "the old side of a diff": "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-{}",
    "the new side of a diff": "@@ -1 +1 @@\n+{}",
    "an unchanged line of a diff": "@@ -1 +1 @@\n {}",
    "a comment": "<!--\n{}\n-->",
    "a block quote": "<blockquote>\n{}\n</blockquote>",
    "an original message": "Original commit message:\n\n{}",
}


@pytest.mark.parametrize("quotation", QUOTATIONS.values(), ids=QUOTATIONS)
@settings(max_examples=30)
@given(before=paragraphs, signal=signals, after=paragraphs)
def test_a_signal_inside_a_quotation_never_fires(
    quotation: str, before: str, signal: str, after: str
) -> None:
    text = f"{before}\n\n{quotation.format(signal)}\n\n{after}"
    assert assess_record({"message": f"Fix it\n\n{text}", "body": text}) == Provenance()


@given(signals, paragraphs)
def test_a_signal_in_the_subject_or_title_never_fires(signal: str, body: str) -> None:
    assert assess_record({"message": f"{signal}\n\n{body}", "title": signal}) == Provenance()


@given(paragraphs, signals, paragraphs)
def test_a_signal_in_a_revert_is_a_hint_at_most(before: str, signal: str, after: str) -> None:
    message = f'Revert "x"\n\n{before}\n\nThis reverts commit abcdef1.\n\n{signal}\n\n{after}'
    assert not assess_record({"message": message}).ai


@given(paragraphs, signals, paragraphs)
def test_a_signal_at_column_0_always_fires(before: str, signal: str, after: str) -> None:
    message = f"Fix it\n\n{before}\n\n{signal}\n\n{after}"
    assert assess_record({"message": message}).ai
    assert assess_record({"body": message}).ai


@given(signals, st.lists(prose, min_size=1, max_size=4), st.data())
def test_a_signal_in_any_commit_of_a_squash_fires(
    signal: str, commits: list[str], data: st.DataObject
) -> None:
    marked = data.draw(st.integers(0, len(commits) - 1))
    parts = [
        f"* part\n\n{text}" + (f"\n\n{signal}" if number == marked else "")
        for number, text in enumerate(commits)
    ]
    assert assess_record({"message": "Fix it (#4)\n\n" + "\n\n".join(parts)}).ai


@given(signals, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", " ", "  \t"]))
def test_line_ends_and_trailing_blanks_do_not_matter(signal: str, end: str, blanks: str) -> None:
    message = end.join(["Fix it", "", signal + blanks, ""])
    assert assess_record({"message": message}).ai


@given(paragraphs, paragraphs)
def test_prose_is_never_evidence(message: str, body: str) -> None:
    assert assess_record({"message": message, "body": body}) == Provenance()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(SIGNALS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
keys = st.sampled_from(
    [
        *("author_name", "author_email", "committer_email", "message", "branch"),
        *("author_login", "title", "body", "labels", "other"),
    ]
)


@given(st.dictionaries(keys, anything))
@example({"message": "\ud800\x00", "author_email": "²+x@users.noreply.github.com"})
@example({"author_email": "9" * 5000 + "+x@users.noreply.github.com"})
@example({"labels": ["\udfff", 3], "body": "<!--" * 50})
def test_no_record_is_too_strange(record: dict[str, object]) -> None:
    found = assess_record(record)
    assert found.ai <= bool(found.evidence)


@given(st.text(alphabet="`~<>!-*+@ \n\\nd:[](x)gen", max_size=400))
def test_no_message_is_too_strange(text: str) -> None:
    assert assess_record({"message": text, "body": text}) == Provenance()


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "`",
            "~",
            "<",
            "*",
            "_",
            "│",
            ":",
            "@",
            "\\n",
            "\n",
            "\r",
            "\0",
            "\ud800",
            "🤖",
            " ",
        ),
        *("```\n", "~~~x\n", "<!--\n", "<pre>\n", ">\n", "x\n", "* a\n\n", ":\n", "diff --git \n"),
        *("Co-authored-by: x\n<a@", "Co-authored-by: <a@b>, ", "Assisted-by: claude - \n"),
        *("Generated with [Claude Code](", "- [x] ", "original message ", 'Revert "', "claude-"),
    ],
)
def test_fifty_thousand_letters_of_anything_are_read(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    assert assess_record({"message": text, "body": text, "author_name": text}).verdict
