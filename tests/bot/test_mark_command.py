"""`countersign mark MESSAGE_FILE`: the author's word becomes a trailer, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.mark import template
from bot.errors import Misconfigured
from bot.git.command import Git
from bot.git.declaring import KEYS, TOOLS, declared
from bot.git.marking import mark_message
from routing.ai.catalogue import Box, Catalogue
from routing.ai.signals import CATALOGUE
from routing.provenance import ProvenanceVerdict, assess_record
from tests.bot.marking import Clone, make_clone, run_mark, set_up_git

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests" / "data" / "mark" / "messages.json"
CASES = [
    pytest.param(case, id=case["fact"]) for case in json.loads(TABLE.read_text(encoding="utf-8"))
]
BOXES = CATALOGUE.extended(Catalogue(boxes=(Box("AI-assisted"), Box("AI wrote most of it"))))
PARTS = st.lists(
    st.sampled_from(("Fix it", "", "Refs: 1", "AI: Codex", "> quoted", "# note", "---", "* point")),
    max_size=9,
)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    set_up_git(tmp_path, monkeypatch)
    return make_clone(tmp_path / "my shop")


def mark(clone: Clone, content: bytes, *options: str, code: int = 0) -> bytes:
    """What a message is after `mark`, asked for in the clone."""
    file = clone.path.parent / "message"
    file.write_bytes(content)
    result = run_mark(file, "--repo", clone.path, *options)
    assert result.exit_code == code, result.stderr
    return file.read_bytes()


def said(clone: Clone, content: str, *options: str) -> str:
    """What `mark` says on standard error."""
    file = clone.path.parent / "message"
    file.write_text(content, encoding="utf-8")
    return run_mark(file, "--repo", clone.path, *options).stderr


def set_up(clone: Clone, case: dict[str, Any]) -> None:
    for setting in case.get("settings", ()):
        key, _, value = setting.partition("=")
        clone.git("config", key, value)


@pytest.mark.parametrize("case", CASES)
def test_what_a_message_becomes(clone: Clone, case: dict[str, Any]) -> None:
    set_up(clone, case)
    marked = mark(clone, case["message"].encode(), *case.get("options", ()))
    assert marked.decode() == case["marked"]


@pytest.mark.parametrize("case", [case for case in CASES if "none outranks" not in str(case.id)])
def test_a_second_time_changes_nothing(clone: Clone, case: dict[str, Any]) -> None:
    set_up(clone, case)
    again = mark(clone, case["marked"].encode(), *case.get("options", ()))
    assert again.decode() == case["marked"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(PARTS)
def test_every_word_but_the_author_s_line_survives(clone: Clone, parts: list[str]) -> None:
    file = clone.path / "message"
    file.write_text("\n".join(parts), encoding="utf-8")
    mark_message(file, Git(clone.path), "Assisted-by", "Cursor")
    lines = iter(file.read_text(encoding="utf-8").split("\n"))
    assert all(part in lines for part in parts if part and part != "AI: Codex")


def test_bytes_that_are_no_utf8_survive(clone: Clone) -> None:
    assert mark(clone, b"Caf\xe9\n", "--tool", "Codex") == b"Caf\xe9\n\nAssisted-by: Codex\n"


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_of_the_catalogue_is_declared_under_every_key(tool: str) -> None:
    for key in KEYS:
        trailer = declared(key, tool).trailer
        found = assess_record({"message": f"Fix it\n\n{trailer}"})
        assert (found.verdict, tool in trailer) == (ProvenanceVerdict.DECLARED, True)


def test_the_tools_of_the_catalogue_and_models_are_known() -> None:
    assert all(declared("Assisted-by", tool.upper()).known for tool in (*TOOLS, "GPT-5"))


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9 .:,()/_-]{0,40}", fullmatch=True))
def test_a_name_without_an_address_is_always_declared(name: str) -> None:
    trailer = declared("Assisted-by", name.strip()).trailer
    assert assess_record({"message": f"Fix it\n\n{trailer}"}).ai


def test_a_tool_with_its_address_is_declared() -> None:
    tool = "Claude <noreply@anthropic.com>"
    assert declared("Assisted-by", tool).trailer == f"Assisted-by: {tool}"


@pytest.mark.parametrize("name", ["Bob <bob@x.example>", "", "--", "Codex\nRefs: 1", "Co\x07dex"])
def test_what_cannot_be_told_from_a_person_is_refused(name: str) -> None:
    with pytest.raises(Misconfigured, match=r"(?s)Known are .*Claude Code.*routing/ai/signals.py"):
        declared("Assisted-by", name)


def test_a_refusal_leaves_the_message_and_exits_with_2(clone: Clone) -> None:
    message = b"Fix it\n\nAI: Bob <bob@x.example>\n"
    assert mark(clone, message, code=2) == message


def test_none_beside_a_tool_is_refused(clone: Clone) -> None:
    message = b"Fix it\n\nAI: none\nAI: Codex\n"
    assert mark(clone, message, code=2) == message


def test_an_unknown_tool_is_declared_aloud(clone: Clone) -> None:
    assert "Quillwright is no tool known here" in said(clone, "Fix it\n\nAI: Quillwright\n")


def test_a_known_tool_is_declared_in_silence(clone: Clone) -> None:
    assert said(clone, "Fix it\n\nAI: Greptile\n") == ""


def test_a_trailer_that_proves_nothing_where_it_stands_is_told(clone: Clone) -> None:
    revert = 'Revert "Fix it"\n\nThis reverts commit 0123456789abcdef.\n\nAI: Codex\n'
    assert "may be another commit's" in said(clone, revert)


@pytest.mark.parametrize(
    ("message", "options", "words"),
    [
        ("Fix it\n", ["--tool", "Codex"], "added Assisted-by: Codex"),
        ("Fix it\n", [], "nobody named a tool"),
        ("\n", [], "the message is empty"),
        ("Fix it\n\nAI: none\n", [], "its author says that no AI helped"),
        ("Fix it\n", ["--tool", "none"], "no AI helped"),
        ("Fix it\n", ["--tool", ""], "nobody named a tool"),
        ("Fix it\n\nMade-with: Cursor\n", ["--tool", "Codex"], "says so already: Made-with: Cu"),
    ],
)
def test_verbose_says_why(clone: Clone, message: str, options: list[str], words: str) -> None:
    assert words in said(clone, message, "--verbose", *options)


def test_without_verbose_nothing_is_said(clone: Clone) -> None:
    assert said(clone, "Fix it\n", "--tool", "Codex") == ""


def test_outside_of_any_clone_a_file_is_marked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_git(tmp_path, monkeypatch)
    file = tmp_path / "message"
    file.write_text("Fix it\n\nAI: Codex\n", encoding="utf-8")
    marked = mark_message(file, Git(tmp_path), "Assisted-by")
    assert marked.trailers == ("Assisted-by: Codex",)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--install", "--uninstall"],
        ["--template", __file__],
        ["--install", "--tool", "Codex"],
        [__file__, "--trailer", "Helped-by"],
        ["no such file"],
    ],
)
def test_wrong_use_exits_with_2(arguments: list[str]) -> None:
    assert run_mark(*arguments).exit_code == 2


def test_an_unknown_trailer_is_refused_with_those_that_count() -> None:
    assert "'assisted-by'" in run_mark(__file__, "--trailer", "Helped-by").stderr


def test_without_git_the_cause_is_named(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "git is not installed" in said(clone, "Fix it\n", "--tool", "Codex")


def test_the_help_shows_examples() -> None:
    assert "countersign mark --install" in run_mark("--help").stdout


def test_the_template_is_printed_as_the_documentation_has_it() -> None:
    documented = (ROOT / "docs" / "pull_request_template.md").read_text(encoding="utf-8")
    assert run_mark("--template").stdout == documented


@pytest.mark.parametrize(
    ("box", "verdict"),
    [
        ("No AI", ProvenanceVerdict.UNKNOWN),
        ("AI-assisted", ProvenanceVerdict.DECLARED),
        ("AI wrote most of it", ProvenanceVerdict.DECLARED),
    ],
)
def test_a_ticked_box_of_the_template_is_understood(box: str, verdict: ProvenanceVerdict) -> None:
    empty = template()
    ticked = empty.replace(f"- [ ] {box}", f"- [x] {box}").replace("tool: ", "tool: Codex")
    assert ticked != empty
    assert assess_record({"body": ticked}, BOXES).verdict is verdict


def test_a_template_without_a_tick_says_nothing() -> None:
    assert assess_record({"body": template()}, BOXES).verdict is ProvenanceVerdict.UNKNOWN
