"""What becomes of what somebody was told: theirs still, and until when; or over, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.chasing.turns import Over, due, moves, over, told_now
from routing.effects import TellPerson, Told, Topic
from routing.model import State
from routing.policy import Step
from routing.record import AskState, Coming, Review
from routing.rules.qualification import Exclusion, Reason
from tests.bot.builders import (
    PUSHED,
    a_binding,
    a_place,
    a_review,
    a_rule,
    a_verdict,
    an_ask,
    an_assessment,
    an_opinion,
)
from tests.builders import NOW, REF

SIGNED: dict[str, Any] = {
    "asks": (),
    "opinions": (an_opinion("omar"),),
    "verdict": a_verdict(a_rule(a_place("omar"))),
}
ANEW: dict[str, Any] = {"asks": (an_ask(asked_at=NOW + timedelta(hours=1)),)}


def told(topic: Topic = Topic.YOUR_TURN, review: Review | None = None) -> Told:
    return told_now(TellPerson(REF, "dana", topic, "…"), review or a_review())


@pytest.mark.parametrize("topic", [Topic.YOUR_TURN, Topic.APPROVAL_LAPSED, Topic.REMINDER])
def test_a_turn_is_somebodys_until_they_answer(topic: Topic) -> None:
    assert over(a_review(), told(topic)) is None


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({"asks": (an_ask("dana", AskState.APPROVED),)}, True),
        ({"asks": (an_ask("dana", AskState.OBJECTED),)}, True),
        ({"asks": (an_ask("dana", AskState.DECLINED),)}, True),
        ({"asks": (an_ask("dana", AskState.REPLACED),)}, False),
        ({"asks": (an_ask("dana", AskState.HANDED_ON),)}, False),
        ({"asks": ()}, False),
        ({"asks": (), "draft": True}, False),
        ({"asks": (), "state": State.CLOSED}, False),
        (SIGNED, False),
        (ANEW, True),
    ],
    ids=str,
)
def test_a_turn_is_over_by_ones_own_answer_or_by_what_others_did(
    changes: dict[str, Any], own: bool
) -> None:
    ended = over(a_review(**changes), told())
    assert ended is not None
    assert ended.by_themselves is own


def test_what_comes_of_being_asked_anew_is_told_where_that_is_told() -> None:
    for state in AskState:
        anew = a_review(asks=(replace(ANEW["asks"][0], state=state),), state=State.MERGED)
        assert over(anew, told()) == Over(
            "You were asked anew: see further down.", by_themselves=True
        )


def test_ones_own_answer_stays_the_last_word_when_it_is_merged() -> None:
    merged = a_review(asks=(an_ask("dana", AskState.APPROVED),), state=State.MERGED)
    assert over(merged, told()) == Over("You approved it.", by_themselves=True)


def test_whose_part_was_given_away_is_told_by_whom_and_to_whom() -> None:
    sentence = "Ana Ito gave Dana Ng’s part to Omar Diaz"
    passed = (Exclusion("dana", Reason.HANDED_ON, sentence),)
    review = a_review(asks=(an_ask("dana", AskState.HANDED_ON),), passed=passed)
    assert over(review, told()) == Over(f"{sentence}.")


@pytest.mark.parametrize(
    ("topic", "changes", "ends"),
    [
        (Topic.DECLARATION, {"assessment": an_assessment(undeclared=True)}, False),
        (Topic.DECLARATION, {}, True),
        (Topic.LEAD_NEWS, {}, False),
        (Topic.LEAD_NEWS, SIGNED, True),
        (Topic.LEAD_NEWS, {"state": State.MERGED}, True),
        (Topic.AUTHOR_NEWS, {"state": State.MERGED}, False),
        (Topic.TAKEN_BACK, {"state": State.MERGED}, False),
    ],
)
def test_a_question_and_a_call_for_help_end_with_their_answer_and_news_never(
    topic: Topic, changes: dict[str, Any], ends: bool
) -> None:
    assert (over(a_review(**changes), told(topic)) is not None) is ends


COMING = (
    Coming(NOW, Step.TELL_CHANNEL, "dana"),
    Coming(NOW + timedelta(hours=1), Step.REMIND, "omar"),
    Coming(NOW + timedelta(hours=2), Step.REASSIGN, "dana"),
)


def test_it_is_due_when_the_next_step_comes_that_is_for_this_person() -> None:
    assert due(a_review(coming=COMING), "dana") == NOW + timedelta(hours=2)
    assert due(a_review(coming=COMING[:2]), "dana") is None


@pytest.mark.parametrize(
    ("changes", "edited"),
    [
        ({"binding": a_binding(head_sha=PUSHED)}, True),
        ({"coming": COMING}, True),
        ({"asks": (an_ask(overdue_since=NOW),)}, True),
        ({"asks": (an_ask(snoozed_until=NOW),)}, True),
        ({"asks": (an_ask(), an_ask("omar"))}, False),
        ({"gate": None, "shadow": "kim"}, False),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_a_message_is_edited_for_what_it_shows(changes: dict[str, Any], edited: bool) -> None:
    before = a_review()
    assert moves(told(), before, replace(before, **changes)) is edited


def test_what_is_over_is_not_edited_again() -> None:
    before = a_review(asks=(an_ask("dana", AskState.APPROVED),))
    assert not moves(told(), before, replace(before, title="Another", state=State.MERGED))
