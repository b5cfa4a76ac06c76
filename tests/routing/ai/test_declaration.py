"""The author's own word whether AI helped: asked for, put on record, and held against evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from routing.effects import PostComment, ReplyPrivately, TellPerson, Topic
from routing.events import AuthorDeclared, MarkCleared
from routing.levels import RiskLevel
from routing.people import Person
from routing.policy import Ai, Policy
from routing.provenance import ProvenanceVerdict
from tests.builders import (
    AI_TRAILER,
    HEAD,
    REF,
    a_change,
    a_click,
    a_commit,
    a_file,
    a_person,
    a_rule,
    an_account,
    approves,
    facts,
    one,
    policy,
    seniors,
)
from tests.routing.desk import Desk

ANA, DANA, OMAR = a_person("ana"), a_person("dana", years=6), a_person("omar", years=2)
ASKING = Ai(declaration_required=True, denials=("No AI",))


def asking(*rules: Any, ai: Ai = ASKING) -> Policy:
    return policy(*(rules or (one(),)), ai=ai)


def a_desk(rules: Policy | None = None, people: tuple[Person, ...] = (), **change: Any) -> Desk:
    return Desk(facts(*(people or (ANA, DANA, OMAR)), change=a_change(**change)), rules or asking())


def says(who: str, *tools: str, ai: bool = True) -> AuthorDeclared:
    return AuthorDeclared(REF, a_click(who), ai, tools)


def test_an_author_who_has_said_nothing_is_asked_once() -> None:
    desk = a_desk()
    desk.take()
    (question,) = [tell for tell in desk.told(TellPerson) if tell.topic is Topic.DECLARATION]
    assert question.person == "ana"
    desk.becomes(title="Another title")
    assert not [tell for tell in desk.told(TellPerson) if tell.topic is Topic.DECLARATION]


def test_without_the_authors_word_no_approval_opens_the_gate() -> None:
    desk = a_desk()
    desk.take()
    desk.take(approves("dana"))
    assert desk.gate == "pending"
    assert "Ana's word whether AI helped" in desk.statuses[HEAD].description


@pytest.mark.parametrize("ai", [True, False])
def test_the_authors_word_opens_the_way(ai: bool) -> None:
    desk = a_desk()
    desk.take(approves("dana"))
    desk.take(says("ana", ai=ai))
    assert desk.gate == "success"
    assert "declared" in desk.recorded


def test_whoever_admits_ai_gets_the_rules_for_ai() -> None:
    rules = asking(one(), a_rule(seniors(), ai=True))
    desk = a_desk(rules, files=[a_file(lines=50)])
    desk.take(approves("omar"))
    desk.take(says("ana", "Claude Code"))
    provenance = desk.review.assessment.provenance
    assert provenance.verdict is ProvenanceVerdict.DECLARED
    assert provenance.tools == ("Claude Code",)
    assert desk.gate == "pending"


def test_a_word_once_given_for_ai_is_not_taken_back() -> None:
    desk = a_desk()
    desk.take(says("ana", "Copilot"))
    desk.take(says("ana", ai=False))
    (reply,) = desk.told(ReplyPrivately)
    assert "stays on the record" in reply.text
    assert desk.review.assessment.provenance.ai


def test_a_denial_does_not_outweigh_evidence_and_the_contradiction_is_shown() -> None:
    desk = a_desk()
    desk.take(says("ana", ai=False))
    change = a_change(commits=[a_commit(message=f"Do it{AI_TRAILER}")])
    desk.learns(change=change)
    desk.take()
    assert desk.review.assessment.provenance.verdict is ProvenanceVerdict.AI_ASSISTED
    (contradiction,) = desk.review.assessment.contradictions
    assert contradiction.startswith("Ana says that no AI helped, yet commit 1111111 trailer says:")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"commits": [a_commit(message=f"Do it{AI_TRAILER}")]}, id="evidence"),
        pytest.param({"body": "- [x] No AI"}, id="a box"),
        pytest.param({"account": an_account("dependabot[bot]", bot=True)}, id="a bot"),
        pytest.param({"base": "playground"}, id="another branch"),
    ],
)
def test_nobody_is_asked_what_is_plain_already(change: dict[str, Any]) -> None:
    desk = a_desk(asking(ai=replace(ASKING, declaration_branches=("main",))), **change)
    desk.take()
    assert not desk.review.assessment.undeclared


def test_a_mere_hint_is_no_answer() -> None:
    desk = a_desk()
    desk.becomes(head_branch="copilot/fix-1")
    assert desk.review.assessment.undeclared


def test_an_author_whom_slack_does_not_reach_is_asked_on_the_forge() -> None:
    desk = a_desk(people=(replace(ANA, slack=None), DANA))
    desk.take()
    (comment,) = desk.told(PostComment)
    assert comment.lead.startswith("Did AI help to write this?")


def test_only_whoever_wrote_it_can_say() -> None:
    desk = a_desk()
    desk.take(says("dana", ai=False))
    (reply,) = desk.told(ReplyPrivately)
    assert "only whoever wrote it can say; that is not Dana" in reply.text
    assert desk.review.assessment.undeclared


def test_a_policy_that_asks_for_no_word_asks_nobody() -> None:
    desk = a_desk(policy(one()))
    desk.take(approves("dana"))
    assert desk.gate == "success"
    assert desk.review.assessment.risk.level <= RiskLevel.MODERATE


# A wrong mark.

CLEARING = Ai(may_clear=("dana", "ana"))
MARKED = a_commit(message=f"Do it{AI_TRAILER}")


def clears(who: str, reason: str = "a template's trailer") -> MarkCleared:
    return MarkCleared(REF, a_click(who), reason)


def marked(ai: Ai = CLEARING) -> Desk:
    desk = a_desk(asking(ai=ai), commits=[MARKED])
    desk.take()
    return desk


def test_a_named_person_clears_a_wrong_mark_and_says_why() -> None:
    desk = marked()
    desk.take(clears("dana"))
    assert not desk.review.assessment.provenance.ai
    assert "mark_cleared" in desk.recorded
    desk.take()
    assert not desk.review.assessment.provenance.ai


def test_what_was_cleared_stays_visible() -> None:
    desk = marked()
    desk.take(clears("dana"))
    (sentence,) = desk.review.assessment.contradictions
    assert sentence.startswith("Dana cleared the mark of AI (a template's trailer), though commit")


def test_evidence_that_turns_up_later_marks_the_change_anew() -> None:
    desk = marked()
    desk.take(clears("dana"))
    fresh = a_commit(message=f"More{AI_TRAILER}", sha="2222222222")
    desk.learns(change=a_change(commits=[MARKED, fresh], head="2222222222"))
    desk.take()
    assert desk.review.assessment.provenance.ai


def test_a_mark_that_was_amended_away_can_be_cleared_too() -> None:
    desk = marked()
    desk.learns(change=a_change(commits=[a_commit(message="Do it")]))
    desk.take()
    assert desk.review.assessment.provenance.ai
    desk.take(clears("dana"))
    assert not desk.review.assessment.provenance.ai


@pytest.mark.parametrize(
    ("event", "why"),
    [
        pytest.param(clears("omar"), "is not named under `ai.may_clear`", id="not named"),
        pytest.param(clears("ana"), "Ana opened it", id="the author"),
        pytest.param(clears("dana", " "), "say why", id="no reason"),
    ],
)
def test_nobody_else_clears_it(event: MarkCleared, why: str) -> None:
    desk = marked()
    desk.take(event)
    (reply,) = desk.told(ReplyPrivately)
    assert why in reply.text
    assert desk.review.assessment.provenance.ai
