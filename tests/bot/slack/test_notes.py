"""Direct messages, lines and modals: Slack takes them, whatever others have written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.limits import check_view
from bot.slack.blocks import Message
from bot.slack.declining import REASON_LABELS, decline_modal
from bot.slack.modals import View, assign_modal, changes_modal, snooze_modal, why_modal
from bot.slack.notes import render_call, render_direct, render_line
from routing.effects import TellPerson, Topic
from routing.events import DeclineReason
from routing.model import State
from routing.record import Review
from tests.bot.builders import a_review
from tests.bot.slack.hostile import WORDS, reviews
from tests.bot.slack.payloads import check_message, lively_in, mrkdwn_of
from tests.builders import REF


def tell(topic: Topic = Topic.YOUR_TURN, text: str = "Why you: expert in payments.") -> TellPerson:
    return TellPerson(REF, "dana", topic, text)


def has_buttons(message: Message) -> bool:
    return any(block["type"] == "actions" for block in message.blocks)


@pytest.mark.parametrize("topic", Topic)
def test_a_direct_message_can_be_acted_on_where_there_is_a_choice(topic: Topic) -> None:
    message = render_direct(a_review(), tell(topic), "card-id")
    choice = topic in {Topic.YOUR_TURN, Topic.REMINDER, Topic.APPROVAL_LAPSED}
    assert has_buttons(message) is choice


@pytest.mark.parametrize("over", [{"state": State.MERGED}, {"draft": True}])
def test_what_waits_for_nobody_has_no_buttons(over: dict[str, object]) -> None:
    assert not has_buttons(render_direct(a_review(**over), tell(), "card-id"))


def test_a_notification_names_the_change_and_its_size() -> None:
    assert render_direct(a_review(), tell(), "card-id").text == "Your turn: shop#7 · 84 lines"


@settings(max_examples=80)
@given(reviews(), st.sampled_from(Topic), WORDS)
def test_no_direct_message_is_too_long_or_does_harm(
    review: Review, topic: Topic, words: str
) -> None:
    check_message(render_direct(review, tell(topic, f"Why you: {words}."), "card-id"))


@given(reviews(), WORDS)
@settings(max_examples=40)
def test_no_call_in_a_channel_is_too_long_or_does_harm(review: Review, words: str) -> None:
    check_message(render_call(review, words))


@given(WORDS.map(lambda words: f"Dana asked for changes: {words}"))
def test_no_line_in_a_thread_is_too_long_or_does_harm(line: str) -> None:
    check_message(render_line(line))


@settings(max_examples=80)
@given(reviews())
def test_slack_opens_every_modal_whatever_others_write(review: Review) -> None:
    for view in (
        changes_modal(review, "card-id"),
        decline_modal(review, "card-id", "dana"),
        snooze_modal(review, "card-id", "dana"),
        assign_modal(review, "card-id"),
        why_modal(review),
    ):
        check_view(view, "modal")
        for text in mrkdwn_of(view):
            assert lively_in(text) == []


@pytest.mark.parametrize(
    "modal",
    [
        changes_modal(a_review(), "card-id"),
        decline_modal(a_review(), "card-id", "dana"),
        snooze_modal(a_review(), "card-id", None),
        assign_modal(a_review(), "card-id"),
    ],
    ids=lambda modal: str(modal["callback_id"]),
)
def test_a_modal_carries_the_cards_id_on(modal: View) -> None:
    assert modal["private_metadata"] == "card-id"


def test_every_reason_to_decline_can_be_chosen() -> None:
    assert set(REASON_LABELS) == set(DeclineReason)
