"""advance(): each event in each state, and what each turn of the forge does to the gate."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from routing.effects import ReplyPrivately
from routing.levels import RiskLevel
from routing.model import State
from routing.policy import Asking
from routing.record import AskState
from routing.review import advance
from routing.rules.approvals import VerdictState
from routing.taking_in import DecidingEvent
from tests.builders import (
    AI_TRAILER,
    HEAD,
    a_change,
    a_commit,
    a_file,
    a_person,
    a_rule,
    a_stranger,
    approves,
    declines,
    due,
    facts,
    objects,
    one,
    policy,
    seniors,
    touched,
)
from tests.routing.desk import Desk
from tests.routing.states import STATES

DATA = Path(__file__).parents[1] / "data" / "routing"
NEXT = "2222222222"


EVENTS: Mapping[str, DecidingEvent] = {
    "look": touched(),
    "approve": approves("dana"),
    "object": objects("dana"),
    "decline": declines("dana"),
    "deadline": due(),
}


def rows(name: str) -> list[Any]:
    """The rows of a table, each under its own sentence."""
    table = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return [pytest.param(row, id=_sentence(row)) for row in table]


def _sentence(row: Mapping[str, Any]) -> str:
    happened = row["event"] if "event" in row else ", then ".join(row["then"])
    return f"{row['state']}: {happened}"


@pytest.mark.parametrize("row", rows("events_in_states"))
def test_each_event_in_each_state_leads_to_this_gate(row: Mapping[str, Any]) -> None:
    desk = STATES[row["state"]]()
    desk.take(EVENTS[row["event"]])
    assert desk.gate == row["gate"]
    replies = [reply.text for reply in desk.told(ReplyPrivately)]
    assert bool(replies) == ("refused" in row)
    assert all(row["refused"] in reply for reply in replies)


def another_policy(desk: Desk) -> None:
    desk.policy = replace(desk.policy, hash="policy-2")
    desk.take()


def known_from_now_on(**known: Any) -> Callable[[Desk], None]:
    def learn(desk: Desk) -> None:
        desk.learns(**known)
        desk.take()

    return learn


def turned(**request: Any) -> Callable[[Desk], None]:
    def turn(desk: Desk) -> None:
        desk.becomes(**request)

    return turn


def omar_among_the_authors(desk: Desk) -> None:
    written = (a_commit("ana"), a_commit("omar"))
    desk.learns(change=replace(desk.facts.change, commits=written))
    desk.take()


WITHOUT_OMAR = facts(a_person("ana"), a_person("dana"), a_person("omar", active=False)).people

TURNS: Mapping[str, Callable[[Desk], None]] = {
    "push": turned(head_sha=NEXT),
    "push back": turned(head_sha=HEAD),
    "retarget": turned(base_branch="next"),
    "turn to draft": turned(draft=True),
    "make ready": turned(draft=False),
    "close": turned(state=State.CLOSED),
    "reopen": turned(state=State.OPEN),
    "merge": turned(state=State.MERGED),
    "change the policy": another_policy,
    "find a fault in the policy's file": known_from_now_on(problems=("line 1: not YAML",)),
    "lose the approver": known_from_now_on(people=WITHOUT_OMAR),
    "lose the approver in Slack": known_from_now_on(left_slack=frozenset({"U0OMAR"})),
    "find the approver among the authors": omar_among_the_authors,
}


@pytest.mark.parametrize("row", rows("what_follows"))
def test_each_turn_of_the_forge_leads_to_this_gate(row: Mapping[str, Any]) -> None:
    desk = STATES[row["state"]]()
    for what in row["then"]:
        TURNS[what](desk)
    assert desk.gate == row["gate"]


def test_a_merge_request_first_seen_as_a_draft_is_asked_of_nobody() -> None:
    desk = Desk(facts(change=a_change(draft=True)))
    desk.take()
    assert not desk.asked
    assert desk.gate == "pending"


def test_ready_after_draft_asks_the_people() -> None:
    desk = STATES["draft"]()
    assert not desk.asked
    desk.becomes(draft=False)
    assert desk.asked == {"dana", "omar"}


def test_one_first_seen_when_it_is_merged_gets_no_gate() -> None:
    desk = Desk(facts(change=a_change(state=State.MERGED)))
    assert not desk.take().effects
    assert desk.gate is None


def test_a_push_asks_the_approver_anew_with_the_whole_ladder_ahead() -> None:
    desk = STATES["approved"]()
    desk.waits(days=2)
    desk.becomes(head_sha=NEXT)
    ask = next(ask for ask in desk.review.asks if ask.person == "omar")
    assert (ask.state, ask.asked_at, ask.rung) == (AskState.WAITING, desk.now, 0)


def test_an_approval_of_another_project_number_or_policy_does_not_count() -> None:
    desk = STATES["approved"]()
    for other in ({"project_id": "43"}, {"number": 8}, {"policy_hash": "policy-0"}):
        opinion = desk.review.opinions[0]
        elsewhere = replace(opinion, binding=replace(opinion.binding, **other))
        review = replace(desk.review, opinions=(elsewhere,))
        decision = advance(review, touched(), desk.facts, desk.policy, desk.now)
        assert decision.review.verdict.state is VerdictState.PENDING


def test_without_a_rule_that_covers_the_change_the_reason_says_what_to_add() -> None:
    (reason,) = STATES["no rule"]().review.verdict.blocks
    assert reason.startswith("no rule of the policy covers this change; add one")


def test_where_nobody_could_approve_the_reason_names_rule_and_wish() -> None:
    assert STATES["nobody could"]().review.verdict.blocks == (
        "nobody can give what “rule 1” asks for: tenure ≥ 5 y",
    )


def test_the_mark_of_ai_outlives_the_trailer_that_made_it() -> None:
    big = (a_file(lines=50),)
    trailed = a_change(files=big, commits=[a_commit(message=f"Do it{AI_TRAILER}")])
    people = (a_person("ana"), a_person("dana", years=6), a_person("kim", years=1))
    rules = policy(a_rule(seniors(), "ai", ai=True), one())
    desk = Desk(facts(*people, change=trailed), rules)
    desk.take()
    desk.learns(change=a_change(files=big, head=NEXT))  # amended: the trailer is gone
    desk.take(approves("kim", head=NEXT))
    assert desk.gate == "pending"
    desk.take(approves("dana", head=NEXT))
    assert desk.gate == "success"


def test_a_mark_seen_on_few_lines_counts_for_all_that_are_pushed_later() -> None:
    trailed = a_change(
        files=[a_file(lines=3)], commits=[a_commit(message=f"Initial plan, begun{AI_TRAILER}")]
    )
    people = (a_person("ana"), a_person("dana", years=6), a_person("kim", years=1))
    rules = policy(a_rule(seniors(), "ai", ai=True), one())
    desk = Desk(facts(*people, change=trailed), rules)
    desk.take()
    desk.learns(change=a_change(files=[a_file(lines=500)], head=NEXT))
    desk.take(approves("kim", head=NEXT))
    assert desk.gate == "pending"


def test_a_commit_by_nobody_known_keeps_the_gate_shut() -> None:
    unknown = a_commit(signed=a_stranger())
    desk = Desk(facts(change=a_change(commits=[a_commit("ana"), unknown])))
    desk.take()
    desk.take(approves("dana"))
    assert desk.gate != "success"


def test_an_approval_in_slack_no_longer_counts_once_the_risk_is_too_high_for_slack() -> None:
    small = a_change(files=[a_file("settings.ini", lines=51)])
    limit = Asking(approve_in_slack_up_to=RiskLevel.LOW)
    desk = Desk(facts(change=small), policy(one(), review=limit))
    desk.take(approves("dana"))
    assert desk.gate == "success"
    desk.becomes(title="Fix the bug", labels=("hotfix",))
    assert desk.review.approve_on_forge is not None
    assert desk.gate != "success"


def test_who_is_taken_out_of_the_people_file_is_asked_no_more_and_counts_no_more() -> None:
    for state in ("pending", "approved"):
        desk = STATES[state]()
        desk.learns(people=facts(a_person("ana"), a_person("dana")).people)
        desk.take()
        assert desk.gate == "pending"
        assert desk.asked == {"dana"}


def test_who_must_repeat_an_approval_on_the_forge_is_asked_once() -> None:
    small = a_change(files=[a_file("settings.ini", lines=51)])
    limit = Asking(approve_in_slack_up_to=RiskLevel.LOW)
    desk = Desk(facts(change=small), policy(one(people=("dana",)), review=limit))
    desk.take()
    desk.take(approves("dana"))
    desk.becomes(title="Fix the bug", labels=("hotfix",))
    assert desk.asked == {"dana"}
    assert not desk.take().effects
    assert len(desk.review.asks) == 1
