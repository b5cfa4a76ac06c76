"""Did AI help? The verdicts on hundreds of invented commits and merge requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from routing.ai.names import names_ai
from routing.provenance import (
    AI_VERDICTS,
    Evidence,
    Provenance,
    ProvenanceVerdict,
    Tier,
    assess_record,
)
from tests.routing.provenance_cases import CLAUDE, DATA, cases

NAMES = json.loads((DATA / "names.json").read_text(encoding="utf-8"))


def _assert_verdict(case: dict[str, Any]) -> None:
    found = assess_record(case["record"])
    assert found.verdict == case["verdict"], found.evidence
    if "tools" in case:
        assert list(found.tools) == case["tools"]


@pytest.mark.parametrize("case", cases("ai"))
def test_what_tools_and_people_say_about_ai_is_found(case: dict[str, Any]) -> None:
    _assert_verdict(case)
    assert assess_record(case["record"]).ai


@pytest.mark.parametrize("case", cases("traps"))
def test_what_only_looks_like_ai_is_no_evidence(case: dict[str, Any]) -> None:
    _assert_verdict(case)
    assert assess_record(case["record"]) == Provenance()


@pytest.mark.parametrize("case", cases("hints"))
def test_a_hint_alone_is_possible_and_never_ai(case: dict[str, Any]) -> None:
    _assert_verdict(case)
    assert not assess_record(case["record"]).ai


@pytest.mark.parametrize("case", cases("bots"))
def test_automation_that_is_no_ai_is_a_bot(case: dict[str, Any]) -> None:
    _assert_verdict(case)
    assert assess_record(case["record"]).bot


@pytest.mark.parametrize("name", NAMES["ai"])
def test_names_of_models_and_tools_are_told(name: str) -> None:
    assert names_ai(name)


@pytest.mark.parametrize("name", NAMES["others"])
def test_names_of_people_and_other_things_are_not_taken_for_ai(name: str) -> None:
    assert not names_ai(name)


def test_evidence_says_where_it_stands_what_it_says_and_what_it_proves() -> None:
    found = assess_record({"message": f"Fix it\n\n{CLAUDE}"})
    assert found.evidence == (
        Evidence(
            Tier.TOOL,
            "commit trailer",
            CLAUDE,
            "Claude Code",
            "Claude Code leaves this line on what it helped to write.",
        ),
    )


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"author_email": "noreply@anthropic.com"}, "commit author"),
        ({"author_login": "Copilot"}, "author login"),
        ({"branch": "copilot/x"}, "branch name"),
        ({"message": "aider: x"}, "commit subject"),
        ({"message": f"Fix it\n\n{CLAUDE}"}, "commit trailer"),
        ({"message": f"Fix it\n\n{CLAUDE}\n\nMore."}, "commit"),
        ({"body": "Made-with: Cursor\n\nMore."}, "body"),
        ({"body": "- [x] Warp Agent Mode"}, "body box"),
    ],
)
def test_every_place_has_its_name(record: dict[str, str], place: str) -> None:
    assert [one.place for one in assess_record(record).evidence] == [place]


def test_the_strongest_evidence_comes_first_and_gives_the_verdict() -> None:
    found = assess_record(
        {
            "branch": "copilot/x",
            "message": f"Fix it\n\nAssisted-by: Codex:gpt-5\n{CLAUDE}",
            "author_login": "devin-ai-integration[bot]",
        }
    )
    assert [one.tier for one in found.evidence] == ["A", "B", "D", "E"]
    assert (found.verdict, found.tier) == (ProvenanceVerdict.AI_AUTHORED, Tier.AGENT)


def test_a_tool_that_is_only_hinted_at_is_not_named_beside_proof() -> None:
    found = assess_record({"branch": "copilot/x", "message": f"Fix it\n\n{CLAUDE}"})
    assert found.tools == ("Claude Code",)


def test_an_agent_is_no_bot() -> None:
    assert not assess_record({"author_login": "devin-ai-integration[bot]"}).bot


def test_a_bot_may_commit_what_ai_wrote() -> None:
    found = assess_record({"author_name": "release[bot]", "message": f"Fix it\n\n{CLAUDE}"})
    assert (found.ai, found.bot) == (True, True)


def test_a_picked_commits_evidence_says_where_it_was_picked_from() -> None:
    message = f"Fix it\n\n{CLAUDE}\n(cherry picked from commit abcdef1234)"
    assert "cherry-picked from abcdef1234" in assess_record({"message": message}).evidence[0].proves


def test_a_reverts_evidence_says_that_it_may_speak_of_what_was_taken_back() -> None:
    message = f'Revert "Fix it"\n\nThis reverts commit abcdef1.\n\n{CLAUDE}'
    (evidence,) = assess_record({"message": message}).evidence
    assert evidence.tier == Tier.HINT
    assert "revert" in evidence.proves


def test_the_same_line_twice_is_one_piece_of_evidence() -> None:
    assert len(assess_record({"message": f"Fix it\n\n{CLAUDE}\n{CLAUDE}"}).evidence) == 1


def test_much_evidence_is_cut_short_but_never_the_strongest() -> None:
    many = "\n".join(f"Assisted-by: Claude {number}" for number in range(999))
    found = assess_record({"message": f"Fix it\n\n{many}\n{CLAUDE}"})
    assert found.verdict == ProvenanceVerdict.AI_ASSISTED
    assert len(found.evidence) == 100


def test_ai_verdicts_are_those_of_the_tiers_that_prove_something() -> None:
    assert {verdict.value for verdict in AI_VERDICTS} == {
        "ai-authored",
        "ai-assisted",
        "ai-suggestion",
        "declared",
    }
