"""What a click does: it is taken in, or refused with a reason that says what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from routing.effects import PostComment, ReplyPrivately, ShowCard, TellThread
from routing.events import DeclineReason, MergeRequestTouched
from routing.facts import Facts
from routing.levels import RiskLevel
from routing.model import ReviewState, State
from routing.people import Person
from routing.policy import Asking
from routing.record import AskState, Stance
from routing.review import close_early
from routing.taking_in import DecidingEvent
from tests.builders import (
    HEAD,
    NOW,
    REF,
    a_change,
    a_commit,
    a_file,
    a_person,
    a_rule,
    approves,
    declines,
    facts,
    objects,
    on_the_forge,
    one,
    policy,
    seniors,
)
from tests.routing.desk import Desk

ANA, DANA, OMAR = a_person("ana"), a_person("dana", years=6), a_person("omar", years=2)
KIM = a_person("kim", years=1)


@dataclass(frozen=True)
class Refused:
    """A click that must come to nothing: whose, on what, and a word of the reason given."""

    fact: str
    says: str
    who: str = "dana"
    change: dict[str, Any] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    dana: Person = DANA

    @property
    def facts(self) -> Facts:
        """What is known when they click."""
        people = (ANA, self.dana, OMAR, KIM)
        return facts(*people, change=a_change(**self.change), **self.known)


def by(author: str, **more: Any) -> dict[str, Any]:
    """A change with one more commit."""
    return {"commits": [a_commit("ana"), a_commit(author, **more)]}


REFUSED = [
    Refused("its author", "opened it", who="ana"),
    Refused("author of one of its commits", "wrote 11111111", change=by("dana")),
    Refused("committer", "committed 11111111", change=by("ana", committer="dana")),
    Refused(
        "co-author",
        "co-author",
        change=by("ana", message="Do it\n\nCo-authored-by: Dana <dana@example.com>"),
    ),
    Refused("short of tenure", "tenure short", who="omar"),
    Refused("a bot", "is a bot", dana=replace(DANA, bot=True)),
    Refused("no longer here", "no active account", dana=replace(DANA, active=False)),
    Refused("a guest in Slack", "guests", known={"left_slack": frozenset({"U0DANA"})}),
    Refused("unknown to us", "linked to nobody", who="zoe"),
    Refused("of another workspace", "other workspaces", card={"home": False}),
    Refused("on the card of another head", "look at the new diff", card={"head": "0" * 10}),
    Refused("on the card of another base", "retargeted from dev", card={"base": "dev"}),
    Refused("on a draft", "draft", change={"draft": True}),
    Refused("on a closed one", "already closed", change={"state": State.CLOSED}),
    Refused("on a merged one", "already merged", change={"state": State.MERGED}),
    Refused("on what is too risky", "its risk is high", change={"files": [a_file("x.tf")]}),
]
LIMITED = policy(seniors(), review=Asking(approve_in_slack_up_to=RiskLevel.MODERATE))


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.fact)
def test_an_approval_is_refused_that_is(case: Refused) -> None:
    desk = Desk(case.facts, LIMITED)
    desk.take()
    decision = desk.take(approves(case.who, **case.card))
    (reply,) = desk.told(ReplyPrivately)
    assert reply.slack == f"U0{case.who.upper()}"
    assert case.says in reply.text
    assert reply.text.endswith("Nothing was changed.")
    assert ShowCard(REF) in decision.effects
    assert desk.recorded == ["refused"]
    assert not desk.review.opinions
    assert desk.gate != "success"


def test_the_approval_of_a_qualified_person_is_taken_in_and_recorded() -> None:
    desk = Desk(facts(ANA, DANA, KIM), LIMITED)
    desk.take()
    desk.take(approves("dana"))
    assert desk.gate == "success"
    assert desk.recorded[0] == "approval"
    assert desk.told(TellThread)[0].text == f"Dana approved {HEAD[:8]}."


def test_a_person_qualified_for_one_place_of_many_may_fill_it() -> None:
    people = (ANA, DANA, KIM)
    desk = Desk(facts(*people), policy(seniors(), one()))
    desk.take(approves("kim"))
    assert desk.gate == "pending"
    desk.take(approves("dana"))
    assert desk.gate == "success"


def test_a_second_click_of_the_same_person_changes_nothing() -> None:
    desk = Desk(facts(ANA, DANA, OMAR), policy(one(2)))
    desk.take(approves("dana"))
    desk.waits(seconds=1)
    desk.take(approves("dana"))
    assert not desk.told(TellThread)
    assert "approval" not in desk.recorded


def test_where_no_rule_applies_a_refusal_says_so() -> None:
    desk = Desk(facts(ANA, DANA), policy(a_rule(branch=("release",))))
    desk.take(approves("dana"))
    assert "no rule" in desk.told(ReplyPrivately)[0].text


# Asking for changes.


def test_an_objection_shuts_the_gate_whoever_has_approved() -> None:
    desk = Desk(facts(ANA, DANA, OMAR))
    desk.take(approves("dana"))
    desk.take(objects("omar"))
    assert desk.gate == "failure"
    assert desk.review.verdict.blocks == ("Omar asked for changes",)


def test_somebody_unqualified_may_object_and_their_words_are_posted_once() -> None:
    desk = Desk(facts(ANA, DANA, KIM), policy(seniors()))
    desk.take(objects("kim", comment="Not *so*"))
    (comment,) = desk.told(PostComment)
    assert (comment.lead, comment.said) == ("Kim asks for changes:", "Not *so*")
    assert desk.gate == "failure"


def test_an_objection_on_a_stale_card_is_kept() -> None:
    desk = Desk(facts(ANA, DANA))
    desk.take(objects("dana", head="0" * 10))
    assert desk.gate == "failure"


def test_an_objection_stands_until_its_author_approves() -> None:
    desk = Desk(facts(ANA, DANA, OMAR))
    desk.take(objects("omar"))
    desk.take(approves("dana"))
    desk.becomes(head_sha="2222222222")
    assert desk.gate == "failure"
    desk.take(approves("omar", head="2222222222"))
    assert desk.gate == "success"


def test_an_objection_takes_the_same_person_s_approval_back() -> None:
    desk = Desk(facts(ANA, DANA))
    desk.take(approves("dana"))
    desk.take(objects("dana"))
    assert [one.stance for one in desk.review.opinions] == [Stance.OBJECTS]


def test_a_refused_approval_does_not_lift_an_objection() -> None:
    desk = Desk(facts(ANA, DANA, KIM), policy(seniors()))
    desk.take(objects("kim"))
    desk.take(approves("kim"))
    assert desk.gate == "failure"


@pytest.mark.parametrize(
    ("who", "known", "says"),
    [
        ("ana", {}, "opened it"),
        ("zoe", {}, "linked to nobody"),
        ("dana", {"left_slack": frozenset({"U0DANA"})}, "guests"),
    ],
)
def test_who_may_not_decide_may_not_object(who: str, known: dict[str, Any], says: str) -> None:
    desk = Desk(facts(ANA, DANA, OMAR, **known))
    desk.take(objects(who))
    assert says in desk.told(ReplyPrivately)[0].text
    assert desk.gate == "pending"


@pytest.mark.parametrize(
    "omar", [replace(OMAR, active=False), replace(OMAR, bot=True)], ids=["left", "a bot"]
)
def test_an_objection_by_somebody_who_is_no_reviewer_is_refused_at_once(omar: Person) -> None:
    desk = Desk(facts(ANA, DANA, omar))
    desk.take(objects("omar"))
    assert desk.told(ReplyPrivately)
    assert desk.gate == "pending"


def test_an_objection_outlives_that_the_author_names_the_objector_as_co_author() -> None:
    desk = Desk(facts(ANA, DANA, OMAR))
    desk.take(objects("omar"))
    forged = a_commit(message="Do it\n\nCo-authored-by: O <omar@example.com>", sha="2222222222")
    desk.learns(change=a_change(head="2222222222", commits=[forged]))
    desk.take(approves("dana", head="2222222222"))
    assert desk.gate != "success"


def test_an_objection_is_not_forgotten_while_slack_does_not_know_the_person() -> None:
    desk = Desk(facts(ANA, DANA, OMAR))
    desk.take(objects("omar"))
    desk.learns(left_slack=frozenset({"U0OMAR"}))
    desk.take()
    desk.learns(left_slack=frozenset())
    desk.take(approves("dana"))
    assert desk.gate != "success"


# Declining.


def test_who_declines_is_let_off_and_the_next_is_asked() -> None:
    desk = Desk(facts(ANA, DANA, OMAR), policy(one(), review=Asking(ask=1)))
    desk.take()
    (first,) = desk.asked
    desk.take(declines(first, DeclineReason.NOT_MY_AREA, "ask the web team"))
    (second,) = desk.asked
    assert {first, second} == {"dana", "omar"}
    assert desk.review.passed[0].sentence == (
        f"{first.title()} declined: not their area (ask the web team)"
    )
    assert desk.recorded[0] == "declined"


def test_who_declined_is_not_asked_again_after_a_push() -> None:
    desk = Desk(facts(ANA, DANA), policy(one(), review=Asking(ask=1)))
    desk.take()
    desk.take(declines("dana"))
    desk.becomes(head_sha="2222222222")
    assert not desk.asked


def test_who_declined_may_approve_all_the_same() -> None:
    desk = Desk(facts(ANA, DANA))
    desk.take()
    desk.take(declines("dana"))
    desk.take(approves("dana"))
    assert desk.gate == "success"


def test_who_is_not_asked_cannot_decline() -> None:
    desk = Desk(facts(ANA, DANA, KIM), policy(seniors()))
    desk.take()
    desk.take(declines("kim"))
    assert "not asked" in desk.told(ReplyPrivately)[0].text
    assert desk.review.passed == ()
    assert [ask.state for ask in desk.review.asks] == [AskState.WAITING]


def test_a_click_is_decided_on_what_the_facts_say_now_not_on_what_was_remembered() -> None:
    desk = Desk(facts(ANA, DANA))
    desk.take()
    desk.turns(head_sha="2222222222")  # no webhook has told us yet
    desk.take(approves("dana"))
    assert "2222222222"[:8] in desk.told(ReplyPrivately)[0].text
    assert desk.gate == "pending"


def test_no_click_ever_shuts_a_gate_early() -> None:
    desk = Desk(facts(ANA, DANA))
    desk.take(approves("dana"))
    event: DecidingEvent = objects("dana")
    assert not isinstance(event, MergeRequestTouched)
    assert close_early(desk.review, MergeRequestTouched(REF)) is None


# Clicks that are decided on late.

SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)


def test_an_approval_counts_from_the_click_however_late_it_is_decided_on() -> None:
    desk = Desk()
    desk.waits(hours=2)
    desk.take(approves("dana", at=SOON))
    assert [one.at for one in desk.review.approvals] == [SOON]


@pytest.mark.parametrize("state", [ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED])
def test_an_approval_decided_on_late_does_not_undo_what_was_said_since(state: ReviewState) -> None:
    desk = Desk()
    desk.hears(on_the_forge("dana", state, at=LATER))
    desk.waits(hours=2)
    desk.take(approves("dana", at=SOON))
    assert desk.gate != "success"
    (reply,) = desk.told(ReplyPrivately)
    assert "said something else since" in reply.text


def test_an_objection_decided_on_late_stands_all_the_same() -> None:
    desk = Desk()
    desk.hears(on_the_forge("dana", at=LATER))
    desk.waits(hours=2)
    desk.take(objects("dana", at=SOON))
    desk.take()
    assert desk.gate == "failure"
