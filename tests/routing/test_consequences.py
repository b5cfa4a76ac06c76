"""What people, forge and ledger are told of the way from one state to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from routing.consequences import effects
from routing.effects import (
    RequestReviewers,
    SetGate,
    ShowCard,
    TellPerson,
    TellThread,
    Topic,
    WithdrawReviewers,
)
from routing.events import CardPosted
from routing.model import State
from routing.policy import Asking
from tests.builders import (
    HEAD,
    REF,
    a_change,
    a_commit,
    a_person,
    a_team,
    approves,
    claims,
    declines,
    facts,
    objects,
    on_the_forge,
    one,
    policy,
    seniors,
)
from tests.routing.desk import Desk

NEXT = "2222222222"
ANA, DANA, OMAR = (a_person(who) for who in ("ana", "dana", "omar"))


def a_desk(**asking: Any) -> Desk:
    """Ana's change, looked at once; Dana or Omar may approve, and one of them is asked."""
    desk = Desk(facts(ANA, DANA, OMAR), policy(one(), review=Asking(**{"ask": 1, **asking})))
    desk.take()
    return desk


def test_whoever_is_asked_is_told_why_and_asked_on_the_forge() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    (message,) = desk.told(TellPerson)
    assert (message.person, message.topic) == (asked, Topic.YOUR_TURN)
    assert message.text.startswith("Why you: ")
    assert desk.told(RequestReviewers) == [RequestReviewers(REF, (asked,))]


def test_whoever_is_no_longer_needed_is_withdrawn_on_the_forge() -> None:
    desk = a_desk(ask=2)
    desk.take(approves("dana"))
    (withdrawn,) = desk.told(WithdrawReviewers)
    assert "omar" in withdrawn.logins


def test_a_reviewer_without_account_on_the_forge_is_asked_in_slack_alone() -> None:
    desk = Desk(facts(ANA, a_person("dana", logins={})))
    desk.take()
    assert desk.told(TellPerson)
    assert not desk.told(RequestReviewers)


def test_who_was_asked_and_answers_in_slack_is_withdrawn_on_the_forge_too() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    desk.take(approves(asked))
    assert desk.told(WithdrawReviewers) == [WithdrawReviewers(REF, (asked,))]


def test_who_was_asked_and_answers_on_the_forge_is_not_withdrawn_there() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    desk.hears(on_the_forge(asked))
    assert not desk.told(WithdrawReviewers)


def test_who_has_left_the_people_file_is_withdrawn_under_the_login_they_had() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    stayed = [one for one in (ANA, DANA, OMAR) if one.id != asked]
    desk.facts = facts(*stayed, change=desk.facts.change)
    desk.take()
    assert desk.told(WithdrawReviewers) == [WithdrawReviewers(REF, (asked,))]
    (other,) = desk.asked
    assert desk.told(RequestReviewers) == [RequestReviewers(REF, (other,))]


def test_a_draft_takes_requests_back_and_a_closed_one_leaves_them() -> None:
    draft, closed = a_desk(), a_desk()
    (asked,) = draft.asked
    draft.becomes(draft=True)
    closed.becomes(state=State.CLOSED)
    assert draft.told(WithdrawReviewers) == [WithdrawReviewers(REF, (asked,))]
    assert not closed.told(WithdrawReviewers)


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        ({"head_sha": NEXT}, "22222222 was pushed"),
        ({"base_branch": "next"}, "it was retargeted from main to next"),
    ],
)
def test_an_approval_that_lapses_is_told_to_thread_and_approver(
    turn: dict[str, str], why: str
) -> None:
    desk = a_desk()
    (asked,) = desk.asked
    desk.take(approves(asked))
    desk.becomes(**turn)
    (message,) = desk.told(TellPerson)
    assert (message.person, message.topic) == (asked, Topic.APPROVAL_LAPSED)
    assert message.text == f"Please look again: {why}."
    thread = desk.told(TellThread)[0].text
    assert thread == f"{asked.title()}'s approval of {HEAD[:8]} no longer counts: {why}."


def a_carded_desk(**asking: Any) -> Desk:
    """The same, with its card in the channel."""
    desk = a_desk(**asking)
    assert desk.last is not None
    desk.last = replace(desk.last, review=replace(desk.review, card=CardPosted(REF, "C1", "1.0")))
    return desk


def lines(desk: Desk) -> list[str]:
    return [one.text for one in desk.told(TellThread)]


def test_the_card_names_the_first_who_are_asked_and_the_thread_those_who_follow() -> None:
    desk = a_carded_desk()
    assert lines(desk) == []
    (first,) = desk.asked
    desk.take(declines(first))
    (second,) = desk.asked
    assert lines(desk) == [f"{first.title()} declined: busy.", f"Asked: {second.title()}."]


def test_whoever_is_asked_anew_is_so_in_the_thread() -> None:
    desk = a_carded_desk()
    (asked,) = desk.asked
    desk.take(approves(asked))
    desk.becomes(head_sha=NEXT)
    assert lines(desk)[-1] == f"Asked: {asked.title()} again."


def test_nobody_is_told_that_they_took_it_on_themselves() -> None:
    desk = a_carded_desk()
    (asked,) = desk.asked
    other = "omar" if asked == "dana" else "dana"
    desk.take(claims(other))
    assert desk.asked == {"dana", "omar"}
    assert not desk.told(TellPerson)
    assert lines(desk) == [f"{other.title()} is on it."]


def test_the_author_hears_that_it_can_be_merged_and_what_stands_in_the_way() -> None:
    desk = a_desk()
    desk.take(approves("dana"))
    assert [one.topic for one in desk.told(TellPerson) if one.person == "ana"] == [
        Topic.AUTHOR_NEWS
    ]
    desk.take(objects("omar"))
    (news,) = [one for one in desk.told(TellPerson) if one.person == "ana"]
    assert news.text == "It cannot pass as it is: Omar asked for changes."


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((State.MERGED,), "Merged."),
        ((State.CLOSED,), "Closed without merging."),
        ((State.CLOSED, State.OPEN), "Reopened."),
    ],
)
def test_the_thread_ends_with_what_became_of_it(states: tuple[State, ...], words: str) -> None:
    desk = a_desk()
    for state in states:
        desk.becomes(state=state)
    assert [one.text for one in desk.told(TellThread)] == [words]
    assert desk.recorded[0] == states[-1].value


def test_the_gate_is_written_when_it_changes_and_not_otherwise() -> None:
    desk = a_desk()
    assert len(desk.told(SetGate)) == 1
    desk.becomes(title="Another title")
    assert not desk.told(SetGate)


def test_the_gate_is_written_for_every_base_it_is_decided_for() -> None:
    desk = a_desk()
    desk.becomes(base_branch="next")
    assert [(one.sha, one.base_branch) for one in desk.told(SetGate)] == [(HEAD, "next")]


def test_the_card_follows_everything_it_shows() -> None:
    desk = a_desk()
    assert desk.told(ShowCard)
    desk.becomes(title="Another title")
    assert desk.told(ShowCard)
    assert not desk.take().effects


def test_the_card_follows_a_rule_alone_that_reads_differently() -> None:
    desk = a_desk()
    (rule,) = desk.review.verdict.rules
    verdict = replace(desk.review.verdict, rules=(replace(rule, reason="another reason"),))
    before = replace(desk.review, verdict=verdict)
    assert ShowCard(REF) in effects(before, desk.review, desk.facts.people)


def test_the_card_stays_as_it_is_when_others_come_nearest_by_now() -> None:
    desk = a_desk()
    nearest = desk.review.verdict.rules[0].ways[0].places[0].could
    desk.learns(people=a_team(ANA, DANA, OMAR, a_person("kim")))
    desk.take()
    assert desk.review.verdict.rules[0].ways[0].places[0].could != nearest
    assert not desk.told(ShowCard)


def test_what_is_seen_first_when_it_is_over_gets_no_card() -> None:
    desk = Desk(facts(change=a_change(state=State.CLOSED)))
    assert not desk.take().effects


def test_a_declined_ask_is_withdrawn_on_the_forge() -> None:
    desk = a_desk()
    (asked,) = desk.asked
    desk.take(declines(asked))
    assert WithdrawReviewers(REF, (asked,)) in desk.told(WithdrawReviewers)


def test_nobody_is_asked_while_nobody_could_make_it_pass() -> None:
    desk = Desk(facts(ANA, DANA), policy(seniors(), one()))
    desk.take()
    assert not desk.asked
    assert not desk.told(RequestReviewers)


@pytest.mark.parametrize(
    "known",
    [
        {"left_slack": frozenset({"U0DANA"})},
        {"change": a_change(commits=[a_commit("ana"), a_commit("dana")])},
    ],
    ids=["left", "wrote a commit"],
)
def test_an_approval_that_no_longer_counts_is_not_called_taken_back(known: dict[str, Any]) -> None:
    desk = a_desk()
    desk.take(approves("dana"))
    desk.learns(**known)
    desk.take()
    said = [one.text for one in desk.told(TellThread)]
    assert any("does not count" in text for text in said)
    assert not any("taken back" in text for text in said)
