"""Direct messages, lines and modals: Slack takes them, whatever others have written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.limits import check_view
from bot.slack.blocks import Message, payload, when
from bot.slack.declining import REASON_LABELS, decline_modal
from bot.slack.modals import View, assign_modal, changes_modal, why_modal
from bot.slack.notes import (
    News,
    render_below,
    render_call,
    render_direct,
    render_line,
    still_true,
)
from bot.slack.snoozing import snooze_modal
from routing.chasing.turns import WANTING
from routing.effects import Topic
from routing.events import DeclineReason
from routing.model import Ref, State
from routing.policy import Step
from routing.record import AskState, Coming, Review
from tests.bot.builders import (
    a_place,
    a_review,
    a_rule,
    a_verdict,
    an_ask,
    an_assessment,
    an_opinion,
    some_news,
)
from tests.bot.slack.hostile import WORDS, reviews
from tests.bot.slack.payloads import check_message, lively_in, mrkdwn_of
from tests.builders import NOW, a_person

OTHER = Ref("github", "acme/shop", 8)
DANA = a_person("dana")
MET = a_rule(a_place("omar"))


def has_buttons(message: Message) -> bool:
    return any(block["type"] == "actions" for block in message.blocks)


@pytest.mark.parametrize("topic", Topic)
def test_a_direct_message_can_be_acted_on_where_there_is_a_choice(topic: Topic) -> None:
    review = a_review(assessment=an_assessment(undeclared=True))
    assert has_buttons(render_direct([some_news(topic, review)])) is (topic in WANTING)


@pytest.mark.parametrize("over", [{"state": State.MERGED}, {"draft": True}], ids=str)
def test_what_waits_for_nobody_has_no_buttons(over: dict[str, Any]) -> None:
    assert not has_buttons(render_direct([some_news(Topic.YOUR_TURN, a_review(**over))]))


def after(**changes: Any) -> News:
    """Dana was told that it is her turn; this is what came since."""
    before = some_news(Topic.YOUR_TURN)
    return replace(before, review=a_review(**changes))


DUE, LATER = NOW + timedelta(hours=4), NOW + timedelta(hours=8)
REMINDED = Coming(DUE, Step.REMIND, "dana")


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (after(coming=(REMINDED,)), f"Your turn: review shop#7 · 84 lines · due {when(DUE)}"),
        (after(), "Your turn: review shop#7 · 84 lines"),
        (
            after(asks=(an_ask(overdue_since=DUE),)),
            f"Your turn: review shop#7 · 84 lines · overdue since {when(DUE)}",
        ),
        (
            after(asks=(an_ask(snoozed_until=LATER, overdue_since=DUE),)),
            f"Your turn: review shop#7 · 84 lines · snoozed until {when(LATER)}",
        ),
        (after(asks=(an_ask("dana", AskState.APPROVED),)), "Done: shop#7 · You approved it."),
        (after(asks=(an_ask("dana", AskState.DECLINED),)), "Done: shop#7 · You declined."),
        (
            after(asks=(an_ask("dana", AskState.REPLACED),)),
            "No longer yours: shop#7 · Somebody else is asked.",
        ),
        (
            after(asks=(), opinions=(an_opinion("omar"),), verdict=a_verdict(MET)),
            "No longer yours: shop#7 · Approved by Omar Diaz.",
        ),
        (after(asks=(), state=State.MERGED), "No longer yours: shop#7 · It was merged."),
        (after(asks=(), draft=True), "No longer yours: shop#7 · It is a draft again."),
        (after(asks=()), "No longer yours: shop#7 · You are not needed for it any more."),
        (
            after(asks=(an_ask(asked_at=LATER),)),
            "Done: shop#7 · You were asked anew: see further down.",
        ),
    ],
)
def test_a_direct_message_says_in_short_what_is_wanted_or_what_became_of_it(
    news: News, said: str
) -> None:
    message = render_direct([news])
    assert message.text == said
    assert has_buttons(message) is said.startswith("Your turn")


def test_of_several_things_a_notification_says_what_to_review_until_when() -> None:
    other = replace(after(coming=(REMINDED,)), review=a_review(ref=OTHER, coming=(REMINDED,)))
    told = replace(other.told, thing=replace(other.told.thing, ref=OTHER))
    news = [after(), replace(other, told=told), some_news(Topic.AUTHOR_NEWS)]
    assert render_direct(news).text == (
        f"Review shop#7 and shop#8 · due {when(DUE)} · 1 other thing for you"
    )
    assert render_direct([after(asks=()), after(draft=True)]).text == "Nothing here is left to do"


def test_a_reminder_that_waited_is_not_said_to_who_has_snoozed_or_answered_since() -> None:
    reminder = some_news(Topic.REMINDER)
    assert still_true([reminder]) == [reminder]
    for ask in (an_ask(snoozed_until=LATER), an_ask("dana", AskState.APPROVED)):
        assert still_true([replace(reminder, review=a_review(asks=(ask,)))]) == []


def test_only_who_is_reminded_or_asked_to_help_is_mentioned() -> None:
    for topic in Topic:
        called = render_below([some_news(topic)], "U0DANA").text.startswith("<@U0DANA> ")
        assert called is (topic in {Topic.REMINDER, Topic.LEAD_NEWS})


def test_whoever_has_no_id_of_slacks_is_not_mentioned() -> None:
    message = render_below([some_news(Topic.REMINDER)], "!channel")
    assert "!channel" not in str(payload(message))


@settings(max_examples=80)
@given(reviews(), st.sampled_from(Topic), WORDS)
def test_no_direct_message_is_too_long_or_does_harm(
    review: Review, topic: Topic, words: str
) -> None:
    news = some_news(topic, review, f"Why you: {words}.")
    check_message(render_direct([news]))
    check_message(render_below([news] * 6, ""))


@settings(max_examples=40)
@given(reviews(), st.sampled_from(Topic), WORDS)
def test_several_things_at_once_are_never_too_long(
    review: Review, topic: Topic, words: str
) -> None:
    check_message(render_direct([some_news(topic, review, f"Why: {words}")] * 6))


def test_of_things_that_do_not_fit_it_is_said_how_many_there_are() -> None:
    long = some_news(Topic.YOUR_TURN, a_review(title="&" * 200), "&" * 400)
    blocks = render_direct([long] * 6).blocks
    assert [block["type"] for block in blocks][-2:] == ["actions", "context"]
    assert "more: `/review mine`" in str(blocks[-1])


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
        snooze_modal(review, "card-id", DANA, NOW),
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
        snooze_modal(a_review(), "card-id", DANA, NOW),
        assign_modal(a_review(), "card-id"),
    ],
    ids=lambda modal: str(modal["callback_id"]),
)
def test_a_modal_carries_the_cards_id_on(modal: View) -> None:
    assert modal["private_metadata"] == "card-id"


def test_every_reason_to_decline_can_be_chosen() -> None:
    assert set(REASON_LABELS) == set(DeclineReason)
