"""The override: two qualified people, a reason, one head, an hour, and a look afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.chasing.digest import compose_digest
from routing.effects import PostComment, ReplyPrivately, TellChannel, TellPerson, Topic
from routing.events import OverrideGiven
from routing.model import State
from routing.people import People, Person
from routing.policy import Overriding, Policy, Qualification, Rung, Step
from tests.builders import (
    HEAD,
    NOW,
    REF,
    a_change,
    a_click,
    a_person,
    approves,
    due,
    experts,
    facts,
    objects,
    on_the_forge,
    one,
    policy,
)
from tests.routing.desk import Desk

PUSHED = "2222222222"
ANA = a_person("ana", years=9)
DANA, OMAR = a_person("dana", years=6), a_person("omar", years=7)
KIM, ZOE = a_person("kim", years=1), a_person("zoe", years=1)
SENIORS = Overriding(Qualification(min_tenure=60), "#incidents", timedelta(minutes=30))


def a_desk(rules: Policy | None = None) -> Desk:
    known = facts(ANA, DANA, OMAR, KIM, change=a_change())
    desk = Desk(known, rules or policy(experts(2), override=SENIORS))
    desk.take()
    return desk


def overrides(who: str, reason: str = "", **card: Any) -> OverrideGiven:
    return OverrideGiven(REF, a_click(who, **card), reason)


def overridden() -> Desk:
    desk = a_desk()
    desk.take(overrides("dana", "payments are down"))
    desk.take(overrides("omar"))
    return desk


def refusal(desk: Desk) -> str:
    (reply,) = desk.told(ReplyPrivately)
    return reply.text


def test_two_who_may_let_a_change_pass_that_nobody_reviewed() -> None:
    desk = overridden()
    assert desk.gate == "success"
    said = desk.statuses[HEAD].description
    assert said == "OVERRIDDEN by Dana and Omar until 10:30 UTC: payments are down"
    assert "override" in desk.recorded


def test_one_alone_is_not_enough() -> None:
    desk = a_desk()
    desk.take(overrides("dana", "payments are down"))
    desk.take(overrides("dana", "really"))
    assert desk.gate != "success"
    assert "somebody else has to agree" in refusal(desk)


GONE = pytest.mark.parametrize(
    "left",
    [
        pytest.param((ANA, OMAR, KIM), id="gone from the people file"),
        pytest.param((ANA, replace(DANA, active=False), OMAR, KIM), id="deactivated"),
    ],
)


@GONE
def test_an_override_ends_with_the_right_of_either_who_gave_it(left: tuple[Person, ...]) -> None:
    desk = overridden()
    desk.learns(people=People(left))
    desk.take()
    assert desk.gate != "success"
    assert "override_lapsed" in desk.recorded
    assert "ends before its time: dana" in desk.told(TellChannel)[0].text.lower()
    desk.take()
    assert "override_lapsed" not in desk.recorded


def test_an_override_that_was_used_does_not_end_any_more() -> None:
    desk = overridden()
    desk.learns(change=a_change(state=State.MERGED, merged_at=NOW), people=People((ANA, OMAR, KIM)))
    desk.take()
    desk.take()
    assert "override_lapsed" not in desk.recorded


@GONE
def test_a_wish_lapses_with_the_right_of_whoever_had_it(left: tuple[Person, ...]) -> None:
    desk = a_desk()
    desk.take(overrides("dana", "payments are down"))
    desk.learns(people=People(left))
    desk.take(overrides("omar", "payments are down"))
    assert desk.gate != "success"
    assert "override_asked" in desk.recorded


def test_both_steps_are_announced_where_the_policy_says() -> None:
    desk = a_desk()
    for event in (overrides("dana", "payments are down"), overrides("omar")):
        desk.take(event)
        assert [one.channel for one in desk.told(TellChannel)] == ["#incidents"]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        pytest.param(overrides("kim", "now"), "tenure short", id="too new here"),
        pytest.param(overrides("ana", "now"), "Ana opened it", id="the author"),
        pytest.param(overrides("dana", "  "), "say why", id="no reason"),
        pytest.param(overrides("dana", "now", head=PUSHED), "was pushed", id="another head"),
        pytest.param(overrides("zoe", "now"), "linked to nobody", id="a stranger"),
        pytest.param(overrides("dana", "now", home=False), "other workspaces", id="an outsider"),
    ],
)
def test_who_may_not_override_is_told_why(event: OverrideGiven, why: str) -> None:
    desk = a_desk()
    desk.take(event)
    assert why in refusal(desk)
    assert desk.review.override is None


def test_the_second_must_be_qualified_too() -> None:
    desk = a_desk()
    desk.take(overrides("dana", "payments are down"))
    desk.take(overrides("kim"))
    assert "tenure short" in refusal(desk)
    assert desk.gate != "success"


def test_a_policy_that_names_nobody_lets_nobody_override() -> None:
    desk = a_desk(policy(experts(2)))
    desk.take(overrides("dana", "payments are down"))
    assert "lets nobody override" in refusal(desk)


def test_it_ends_by_itself() -> None:
    desk = overridden()
    assert desk.review.next_due == NOW + timedelta(minutes=30)
    desk.waits(minutes=30)
    desk.take(due(desk.now))
    assert desk.gate != "success"


def test_it_holds_for_one_head_only() -> None:
    desk = overridden()
    desk.becomes(head_sha=PUSHED)
    assert desk.gate != "success"


def test_it_holds_for_one_base_only() -> None:
    desk = overridden()
    desk.becomes(base_branch="release/1")
    assert desk.gate != "success"


def test_a_second_who_comes_after_an_hour_is_a_first() -> None:
    desk = a_desk()
    desk.take(overrides("dana", "payments are down"))
    desk.waits(minutes=61)
    desk.take(overrides("omar"))
    assert "say why" in refusal(desk)


def test_it_outweighs_an_objection_since_it_says_who_did_so() -> None:
    desk = a_desk()
    desk.take(objects("kim"))
    desk.take(overrides("dana", "payments are down"))
    desk.take(overrides("omar"))
    assert desk.gate == "success"


def test_what_was_merged_under_it_wants_a_look_afterwards() -> None:
    desk = overridden()
    desk.becomes(state=State.MERGED, merged_at=desk.now)
    assert "follow_up_wanted" in desk.recorded
    (comment,) = desk.told(PostComment)
    assert comment.lead.startswith("Merged under an override (payments are down).")
    desk.take()
    assert "follow_up_wanted" not in desk.recorded


def test_what_was_merged_after_it_ended_wants_none() -> None:
    desk = overridden()
    desk.becomes(state=State.MERGED, merged_at=desk.now + timedelta(hours=1))
    assert "follow_up_wanted" not in desk.recorded


def merged() -> Desk:
    desk = a_desk(policy(override=SENIORS))
    desk.policy = policy(experts(2), override=SENIORS)
    desk.take(overrides("dana", "payments are down"))
    desk.take(overrides("omar"))
    desk.becomes(state=State.MERGED, merged_at=desk.now)
    desk.policy = policy(override=SENIORS)
    return desk


def test_somebody_who_had_no_part_in_it_follows_up() -> None:
    desk = merged()
    desk.take(approves("kim"))
    assert "followed_up" in desk.recorded
    assert any("has all its signatures by now" in one.text for one in desk.told(TellPerson))
    assert desk.review.override is not None
    assert not desk.review.override.wants_follow_up


LADDER = (Rung(timedelta(hours=4), Step.REMIND), Rung(timedelta(hours=8), Step.TELL_CHANNEL))
TWO = policy(one(2), override=SENIORS, escalation=LADDER)


def two_wanted() -> Desk:
    """Merged by Dana's and Omar's override, where two signatures were asked for."""
    desk = Desk(facts(ANA, DANA, OMAR, KIM, ZOE, change=a_change()), TWO)
    desk.take()
    desk.take(overrides("dana", "payments are down"))
    desk.take(overrides("omar"))
    desk.becomes(state=State.MERGED, merged_at=desk.now)
    return desk


def test_those_who_had_no_part_in_it_are_asked_at_once_and_chased_by_the_ladder() -> None:
    desk = two_wanted()
    turns = [one for one in desk.told(TellPerson) if one.topic is Topic.YOUR_TURN]
    assert {one.person for one in turns} == {"zoe"}  # Kim was asked before, and still is
    assert all(one.text.startswith("Merged under an override") for one in turns)
    assert {ask.person for ask in desk.review.waiting} == {"kim", "zoe"}
    assert desk.review.next_due is not None
    desk.now = desk.review.next_due
    desk.take(due(desk.now))
    reminded = {one.person for one in desk.told(TellPerson) if one.topic is Topic.REMINDER}
    assert reminded == {"kim", "zoe"}


def test_it_is_chased_until_every_signature_is_there() -> None:
    desk = two_wanted()
    desk.take(approves("kim"))
    assert "followed_up" not in desk.recorded
    assert [ask.person for ask in desk.review.waiting] == ["zoe"]
    desk.hears(on_the_forge("zoe"))
    assert "followed_up" in desk.recorded
    assert (desk.review.waiting, desk.review.next_due) == ((), None)


def test_it_stands_in_the_digest_until_then() -> None:
    desk = two_wanted()
    digest = compose_digest("#reviews", [replace(desk.review, channel="#reviews")])
    assert digest is not None
    assert digest.entries[0].group == "To be reviewed yet, merged under an override"
    desk.take(approves("kim"))
    desk.take(approves("zoe"))
    assert compose_digest("#reviews", [replace(desk.review, channel="#reviews")]) is None


def test_what_was_merged_before_is_not_let_pass_a_second_time() -> None:
    desk = two_wanted()
    desk.take(overrides("kim", "once more"))
    assert "already merged" in refusal(desk) or "tenure short" in refusal(desk)
    assert desk.review.override is not None
    assert desk.review.override.by == "dana"


def test_the_forge_s_gate_stays_as_it_was() -> None:
    desk = two_wanted()
    gate = desk.gate
    desk.take(approves("kim"))
    desk.take(approves("zoe"))
    assert desk.gate == gate


@pytest.mark.parametrize(
    ("who", "why"), [("dana", "took part"), ("omar", "took part"), ("ana", "opened it")]
)
def test_nobody_follows_up_on_their_own_deed(who: str, why: str) -> None:
    desk = merged()
    desk.take(approves(who))
    assert why in refusal(desk)
