"""What is said on the forge: whose word it is, what it is bound to, and which word is the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.answering.opinions import first_seen, last_comments, latest_opinions
from routing.effects import TellThread
from routing.model import ForgeReview, ReviewState
from routing.record import AskState, Binding, Opinion, Stance, Via
from tests.builders import (
    BASE,
    HEAD,
    NOW,
    a_person,
    a_team,
    an_account,
    approves,
    facts,
    objects,
    on_the_forge,
    one,
    policy,
    seniors,
)
from tests.routing.desk import Desk

APPROVED, OBJECTED = ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED
DISMISSED, COMMENTED = ReviewState.DISMISSED, ReviewState.COMMENTED
LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
NEXT = "2222222222"
BINDING = Binding("42", 7, HEAD, BASE, "policy-1")


def a_desk(*, pins: dict[tuple[str, str], str] | None = None) -> Desk:
    """Ana's change, looked at once; Dana and Omar may approve it."""
    people = (a_person("ana"), a_person("dana", years=6), a_person("omar"))
    desk = Desk(facts(*people, pins=pins))
    desk.take()
    return desk


def test_an_approval_on_the_forge_opens_the_gate_and_is_told_and_recorded() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana"))
    assert desk.gate == "success"
    assert desk.told(TellThread)[0].text == f"Dana approved {HEAD[:8]} on GitHub."
    assert "approves" in desk.recorded


def test_an_approval_on_the_forge_of_another_head_does_not_count() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", sha=NEXT))
    assert desk.gate == "pending"


def test_an_approval_on_the_forge_by_somebody_unqualified_opens_nothing() -> None:
    desk = Desk(facts(a_person("ana"), a_person("dana", years=6), a_person("kim")))
    desk.policy = policy(seniors())
    desk.hears(on_the_forge("kim"))
    assert desk.gate == "pending"


def test_the_author_s_own_approval_on_the_forge_is_void_and_said_to_be() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("ana"))
    assert desk.gate == "pending"
    said = [one.text for one in desk.told(TellThread)]
    assert said[-1] == "An approval does not count: Ana opened it."
    assert "not_counted" in desk.recorded


@pytest.mark.parametrize(
    "account",
    [
        an_account("dana", bot=True),
        an_account("zoe"),
        an_account("dana", id="id-of-somebody-else"),
    ],
    ids=["a bot", "a stranger", "a login that came back with another id"],
)
@pytest.mark.parametrize("state", [APPROVED, OBJECTED])
def test_on_the_forge_nothing_is_said_by(account: object, state: ReviewState) -> None:
    desk = a_desk(pins={("github", "dana"): "id-dana"})
    desk.hears(on_the_forge("dana", state, account=account))
    assert desk.gate == "pending"
    assert not desk.review.opinions


def test_a_dismissed_approval_no_longer_counts() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", id="1"))
    desk.learns(forge_reviews=(on_the_forge("dana", DISMISSED, id="1"),))
    desk.take()
    assert desk.gate == "pending"


def test_a_dismissed_objection_no_longer_stands() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("omar", OBJECTED, id="1"))
    assert desk.gate == "failure"
    desk.learns(forge_reviews=(on_the_forge("omar", DISMISSED, id="1"),))
    desk.take()
    assert desk.gate == "pending"


def test_a_comment_after_an_approval_takes_nothing_back() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana"), on_the_forge("dana", COMMENTED, at=LATER))
    assert desk.gate == "success"


def test_only_a_comment_of_somebody_known_shows_that_they_are_looking() -> None:
    said = [
        on_the_forge("dana", COMMENTED, at=LATER),
        on_the_forge("dana", COMMENTED, at=NOW),
        on_the_forge("omar", OBJECTED),
        on_the_forge("a stranger", COMMENTED),
    ]
    assert last_comments(said, a_desk().facts.people) == {"dana": LATER}


def test_of_two_words_in_one_second_the_one_read_last_is_the_last() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", id="1"), on_the_forge("dana", OBJECTED, id="2"))
    assert desk.gate == "failure"


@pytest.mark.parametrize("first", ["in Slack", "on the forge"])
def test_the_last_word_counts_wherever_it_was_said(first: str) -> None:
    desk = a_desk()
    if first == "in Slack":
        desk.take(approves("dana"))
        desk.waits(hours=1)
        desk.hears(on_the_forge("dana", OBJECTED, at=LATER))
        assert desk.gate == "failure"
    else:
        desk.hears(on_the_forge("dana", OBJECTED))
        desk.waits(hours=1)
        desk.take(approves("dana"))
        assert desk.gate == "success"


def test_dismissing_an_objection_does_not_bring_the_approval_before_it_back() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", id="1"))
    desk.hears(on_the_forge("dana", OBJECTED, id="2", at=LATER))
    assert desk.gate == "failure"
    taken_back = on_the_forge("dana", id="1"), on_the_forge("dana", DISMISSED, id="2", at=LATER)
    desk.learns(forge_reviews=taken_back)
    desk.take()
    assert desk.gate == "pending"


def test_an_approval_on_the_forge_does_not_move_with_a_retarget() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana"))
    desk.becomes(base_branch="next")
    assert desk.gate == "pending"


def test_an_approval_on_the_forge_that_is_seen_only_after_a_retarget_does_not_count() -> None:
    desk = a_desk()
    desk.learns(forge_reviews=(on_the_forge("dana"),))  # its delivery is late or lost
    desk.becomes(base_branch="next")
    assert desk.gate == "pending"


def test_a_new_approval_on_the_forge_after_a_retarget_counts() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", id="1"))
    desk.becomes(base_branch="next")
    desk.hears(on_the_forge("dana", id="2", base="next", at=LATER))
    assert desk.gate == "success"


def test_an_approval_left_after_a_retarget_counts_though_both_are_seen_at_once() -> None:
    desk = a_desk()
    desk.learns(forge_reviews=(on_the_forge("dana", base="next"),))  # its delivery comes later
    desk.becomes(base_branch="next")
    assert desk.gate == "success"


def test_an_approval_that_is_seen_only_with_another_policy_does_not_count() -> None:
    desk = a_desk()
    desk.learns(forge_reviews=(on_the_forge("dana"),))  # its delivery is late or lost
    desk.policy = replace(desk.policy, hash="policy-2")
    desk.take()
    assert desk.gate == "pending"


def test_an_approval_left_on_a_detour_to_another_base_does_not_count() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", base="next"))  # there and back before anybody looked
    assert desk.gate == "pending"


def test_an_approval_whose_base_nobody_can_tell_does_not_count() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", base=""))
    assert desk.gate == "pending"
    assert desk.told(TellThread)[0].text == (
        f"Dana approved {HEAD[:8]} on GitHub. That does not count: given for a branch that nobody "
        "can tell; it goes to main now."
    )


def test_what_stood_there_before_the_first_look_counts_for_the_base_it_was_left_for() -> None:
    for base, gate in (("main", "success"), ("next", "pending")):
        desk = Desk(facts(a_person("ana"), a_person("dana", years=6)))
        desk.hears(on_the_forge("dana", base=base))
        assert desk.gate == gate


def test_an_approval_missing_from_one_answer_of_the_forge_is_not_bound_anew() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana"))
    desk.learns(forge_reviews=())
    desk.becomes(base_branch="next")
    desk.hears(on_the_forge("dana"))
    assert desk.gate == "pending"


def test_who_is_asked_anew_after_a_dismissal_has_the_whole_ladder_ahead() -> None:
    desk = Desk(facts(a_person("ana"), a_person("dana")), policy(one()))
    desk.take()
    desk.hears(on_the_forge("dana", id="1"))
    desk.waits(days=3)
    desk.learns(forge_reviews=(on_the_forge("dana", DISMISSED, id="1"),))
    desk.take()
    (ask,) = desk.review.asks
    assert (ask.state, ask.asked_at) == (AskState.WAITING, desk.now)


def test_an_objection_on_the_forge_shuts_the_gate_of_every_later_head() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("omar", OBJECTED))
    desk.becomes(head_sha=NEXT)
    desk.take(approves("dana", head=NEXT))
    assert desk.gate == "failure"


def test_an_objection_in_slack_is_lifted_by_an_approval_on_the_forge() -> None:
    desk = a_desk()
    desk.take(objects("omar"))
    desk.waits(hours=1)
    desk.hears(on_the_forge("omar", at=LATER))
    assert desk.gate == "success"


# The parts themselves.


def test_a_review_is_bound_to_its_head_and_base_and_to_the_policy_it_was_first_seen_with() -> None:
    old = on_the_forge("dana", id="1", sha="0000000000")
    seen = first_seen([old], {}, BINDING, None)
    assert seen == {"1": Binding("42", 7, "0000000000", BASE, "policy-1")}
    moved = Binding("42", 7, HEAD, "next", "policy-2")
    assert first_seen([old], seen, moved, BINDING) == seen


SAID = st.lists(
    st.tuples(
        st.sampled_from(["dana", "omar", "zoe"]),
        st.sampled_from(ReviewState),
        st.integers(min_value=0, max_value=5),
    ),
    max_size=8,
)


@given(said=SAID)
def test_nobody_has_more_than_one_word_and_it_is_their_last_one(
    said: list[tuple[str, ReviewState, int]],
) -> None:
    people = a_team(a_person("dana"), a_person("omar"))
    reviews: list[ForgeReview] = [
        on_the_forge(who, state, id=str(number), at=NOW + timedelta(hours=hour))
        for number, (who, state, hour) in enumerate(said)
    ]
    seen = first_seen(reviews, {}, BINDING, None)
    opinions = latest_opinions((), reviews, seen, people)
    assert len({one.person for one in opinions}) == len(opinions)
    assert {one.person for one in opinions} <= {"dana", "omar"}
    for opinion in opinions:
        theirs = [one for one in reviews if one.account == an_account(opinion.person)]
        assert opinion.at == max(one.at for one in theirs if one.state is not COMMENTED)


@given(at=st.integers(min_value=0, max_value=4))
def test_slack_and_forge_are_one_conversation(at: int) -> None:
    people = a_team(a_person("dana"))
    moment = NOW + timedelta(hours=at, minutes=30)
    slack = Opinion("dana", Stance.APPROVES, BINDING, moment, Via.SLACK)
    forge = on_the_forge("dana", OBJECTED, id="1", at=NOW + timedelta(hours=2))
    seen = first_seen([forge], {}, BINDING, None)
    (last,) = latest_opinions([slack], [forge], seen, people, known={"1"})
    assert last.via is (Via.SLACK if at >= 2 else Via.FORGE)


def test_nobody_speaks_twice_of_the_same_moment_in_an_order_of_luck() -> None:
    people = a_team(a_person("dana"), a_person("omar"))
    reviews = [on_the_forge("omar", id="1"), on_the_forge("dana", id="2", at=LATEST)]
    seen = first_seen(reviews, {}, BINDING, None)
    said = latest_opinions((), reviews, seen, people)
    assert said == latest_opinions((), reversed(reviews), seen, people)
    assert [one.person for one in said] == ["omar", "dana"]


# Two clocks: the forge's, and ours, which may be an hour ahead or behind, and be set.


@pytest.mark.parametrize("state", [OBJECTED, DISMISSED])
def test_an_approval_in_slack_by_a_clock_that_was_ahead_is_taken_back_on_the_forge(
    state: ReviewState,
) -> None:
    desk = a_desk()
    desk.waits(hours=1)
    desk.take(approves("dana", at=desk.now))
    assert desk.gate == "success"
    desk.waits_until(NOW + timedelta(minutes=5))
    desk.hears(on_the_forge("dana", state, at=desk.now))
    assert desk.gate != "success"
    desk.take()
    assert desk.gate != "success"


def test_a_review_that_was_there_before_an_approval_in_slack_does_not_take_it_back() -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", OBJECTED, at=NOW))
    desk.waits(minutes=5)
    desk.take(approves("dana", at=desk.now))
    desk.take()
    assert desk.gate == "success"


@pytest.mark.parametrize("hours", [0, -1], ids=["at the same moment", "set back"])
def test_an_objection_in_slack_takes_back_an_approval_that_was_seen_before(hours: int) -> None:
    desk = a_desk()
    desk.hears(on_the_forge("dana", at=NOW))
    assert desk.gate == "success"
    desk.waits(hours=hours)
    desk.take(objects("dana", at=desk.now))
    desk.take()
    assert desk.gate != "success"


def test_whoever_objected_by_a_clock_that_was_ahead_may_approve_once_it_is_set_back() -> None:
    desk = a_desk()
    desk.waits(hours=1)
    desk.take(objects("dana", at=desk.now))
    desk.waits_until(NOW + timedelta(minutes=5))
    desk.take(approves("dana", at=desk.now))
    desk.take()
    assert desk.gate == "success"
