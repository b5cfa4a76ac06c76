"""The messenger: one living card a merge request, its history below it, and words to people."""

from __future__ import annotations

import pytest

from bot.clock import StoryClock
from bot.dispatcher import Message as Effect
from bot.errors import NotYet, Refused, Retryable
from bot.playground.rendering import render_message_text
from bot.slack.scopes import LOOKING_BACK
from routing.effects import (
    DigestEntry,
    PostDigest,
    ReplyPrivately,
    ShowCard,
    TellChannel,
    TellPerson,
    TellThread,
    Topic,
)
from routing.events import CardPosted
from routing.model import Ref, State
from tests.bot.builders import PUSHED, a_binding, a_review
from tests.bot.slack.speaking import Speaking
from tests.builders import NOW, REF


async def test_the_card_is_posted_in_the_reviews_channel(speaking: Speaking) -> None:
    await speaking.keeps()
    posted = await speaking.says(ShowCard(REF))
    (card,) = speaking.cards()
    assert posted == CardPosted(REF, card.channel, card.ts)
    assert card.text.startswith("Review shop#7")
    assert card.metadata == {"event_type": "countersign", "event_payload": {"key": f"card {REF}"}}


async def test_the_cards_buttons_stand_for_what_it_shows(speaking: Speaking) -> None:
    await speaking.keeps()
    await speaking.says(ShowCard(REF))
    (card,) = speaking.cards()
    value = card.blocks[-1]["elements"][0]["value"]
    shown = await speaking.storage.run(lambda rooms: rooms.cards.shown(value))
    assert shown is not None
    assert (shown.ref, shown.head_sha, shown.base_branch) == (
        REF,
        a_review().binding.head_sha,
        "main",
    )


async def test_a_posted_card_is_edited_where_it_stands(speaking: Speaking) -> None:
    posted = await speaking.posts_the_card()
    await speaking.keeps(card=posted, title="Another title", binding=a_binding(head_sha=PUSHED))
    assert await speaking.says(ShowCard(REF)) is None
    (card,) = speaking.cards()
    assert card.ts == posted.ts
    assert "Another title" in render_message_text(card)


async def test_a_card_that_is_about_to_be_remembered_is_not_posted_again(
    speaking: Speaking,
) -> None:
    await speaking.keeps()
    posted = await speaking.says(ShowCard(REF))
    assert posted is not None
    await speaking.storage.run(lambda rooms: rooms.inbox.put("outcome", posted, NOW))
    assert await speaking.says(ShowCard(REF)) is None
    assert len(speaking.cards()) == 1


async def test_a_card_whose_answer_was_lost_is_not_posted_again(speaking: Speaking) -> None:
    await speaking.keeps()
    speaking.playground.lose_next(1)
    with pytest.raises(Retryable):
        await speaking.says(ShowCard(REF))
    found = await speaking.says(ShowCard(REF), again=True)
    (card,) = speaking.cards()
    assert found is not None
    assert found.ts == card.ts


async def test_a_card_posted_by_an_effect_that_a_newer_one_replaced_is_found_and_brought_up_to_date(
    speaking: Speaking,
) -> None:
    await speaking.keeps()
    await speaking.says(ShowCard(REF))  # and killed before it was recorded
    for _ in range(2):
        await speaking.storage.run(lambda rooms: rooms.outbox.put([ShowCard(REF)], NOW))
    await speaking.keeps(title="Another title")
    found = await speaking.says(ShowCard(REF))
    (card,) = speaking.cards()
    assert found is not None
    assert found.ts == card.ts
    assert "Another title" in render_message_text(card)


async def test_a_line_whose_answer_was_lost_is_not_posted_again(speaking: Speaking) -> None:
    card = await speaking.posts_the_card()
    for again in (False, True):
        await speaking.says(TellThread(REF, "Dana approved."), again=again)
    assert len(speaking.playground.workspace.thread(card.channel, card.ts)) == 1


async def test_where_slack_does_not_let_us_look_it_is_said_rather_twice_than_not_at_all(
    speaking: Speaking,
) -> None:
    workspace = speaking.playground.workspace
    workspace.scopes -= {*LOOKING_BACK, "channels:read"}
    card = await speaking.posts_the_card()
    await speaking.says(TellThread(REF, "Dana approved."), again=True)
    assert len(workspace.thread(card.channel, card.ts)) == 1


async def test_a_card_that_somebody_deleted_is_posted_anew(speaking: Speaking) -> None:
    await speaking.posts_the_card()
    speaking.playground.workspace.delete(speaking.cards()[0])
    await speaking.says(ShowCard(REF))
    assert len(speaking.cards()) == 1


@pytest.mark.parametrize(
    "over", [{"state": State.MERGED}, {"state": State.CLOSED}, {"draft": True}, {"channel": None}]
)
async def test_where_nobody_waits_no_card_is_begun(
    speaking: Speaking, over: dict[str, object]
) -> None:
    await speaking.keeps(**over)
    assert await speaking.says(ShowCard(REF)) is None
    assert speaking.cards() == []


async def test_a_card_that_stands_is_brought_to_its_end(speaking: Speaking) -> None:
    posted = await speaking.posts_the_card()
    await speaking.keeps(card=posted, state=State.MERGED)
    await speaking.says(ShowCard(REF))
    (card,) = speaking.cards()
    assert "Merged." in render_message_text(card)
    assert not any(block["type"] == "actions" for block in card.blocks)


async def test_history_stands_below_the_card(speaking: Speaking) -> None:
    posted = await speaking.posts_the_card()
    await speaking.says(TellThread(REF, "Dana Ng approved 11111111."))
    thread = speaking.playground.workspace.thread(posted.channel, posted.ts)
    assert speaking.texts(thread) == ["Dana Ng approved 11111111."]
    assert len(speaking.cards()) == 1


async def test_history_waits_for_its_card(speaking: Speaking) -> None:
    await speaking.keeps()
    with pytest.raises(Retryable, match="not posted yet") as later:
        await speaking.says(TellThread(REF, "Dana Ng approved 11111111."))
    assert later.value.after is not None
    assert speaking.cards() == []


async def test_history_of_what_never_had_a_card_is_told_to_nobody(speaking: Speaking) -> None:
    await speaking.keeps(state=State.MERGED)
    await speaking.says(TellThread(REF, "Merged."))
    assert speaking.cards() == []


async def test_a_person_is_told_in_their_direct_messages(speaking: Speaking) -> None:
    await speaking.keeps()
    await speaking.tells(TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: expert."))
    (told,) = speaking.texts(speaking.playground.workspace.dms("U0DANA"))
    assert told.startswith("Your turn: review shop#7")
    assert "Why you: expert." in told


@pytest.mark.parametrize("who", ["omar", "nobody"])
async def test_who_has_no_slack_account_is_told_nothing(speaking: Speaking, who: str) -> None:
    await speaking.keeps()
    await speaking.tells(TellPerson(REF, who, Topic.YOUR_TURN, "Why you: expert."))
    assert speaking.playground.api.calls == []


async def test_an_answer_is_seen_by_who_clicked_alone(speaking: Speaking) -> None:
    await speaking.keeps()
    await speaking.says(ReplyPrivately(REF, "U0DANA", "C0REVIEWS", "Could not approve: stale."))
    (told,) = speaking.playground.workspace.ephemerals("U0DANA")
    assert told.channel == "C0REVIEWS"
    assert speaking.cards() == []


async def test_an_answer_to_a_modal_is_seen_in_direct_messages(speaking: Speaking) -> None:
    await speaking.keeps()
    await speaking.says(ReplyPrivately(REF, "U0DANA", "U0DANA", "Could not decline: too late."))
    (told,) = speaking.playground.workspace.ephemerals("U0DANA")
    assert told.channel == "D0DANA"
    assert speaking.playground.api.calls == ["conversations.open", "chat.postEphemeral"]


async def test_a_channel_is_told_of_a_review_with_a_link_to_it(speaking: Speaking) -> None:
    await speaking.keeps()
    await speaking.says(TellChannel(REF, "#reviews", "Who can review this?"))
    (told,) = speaking.texts(speaking.cards())
    assert "https://github.example/acme/shop/pull/7" in told
    assert "Who can review this?" in told


async def test_a_digest_is_posted_in_its_channel(speaking: Speaking) -> None:
    entry = DigestEntry(REF, "Retry refunds", "https://github.example/7", "waiting for Dana Ng")
    await speaking.says(PostDigest("#reviews", (entry,)))
    (told,) = speaking.texts(speaking.cards())
    assert told.startswith("1 review waiting")
    assert "waiting for Dana Ng" in told


@pytest.mark.parametrize(
    "effect",
    [
        ShowCard(REF),
        TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: expert."),
        ReplyPrivately(REF, "U0DANA", "C0REVIEWS", "No."),
        TellChannel(REF, "#reviews", "Who can?"),
        PostDigest("#reviews", (DigestEntry(REF, "t", "https://github.example/7", "w"),)),
    ],
    ids=lambda one: one.kind,
)
@pytest.mark.parametrize(("status", "after"), [(429, 1.0), (503, None)])
async def test_what_slack_cannot_take_now_is_to_be_tried_later(
    speaking: Speaking, effect: Effect | TellPerson, status: int, after: float | None
) -> None:
    await speaking.keeps()
    speaking.playground.fail_next(1, status)
    with pytest.raises(Retryable) as later:
        await (speaking.tells(effect) if isinstance(effect, TellPerson) else speaking.says(effect))
    assert later.value.after == after
    assert speaking.cards() == []


async def test_a_second_message_in_a_channel_waits_before_slack_has_to_say_so(
    speaking: Speaking,
) -> None:
    await speaking.keeps()
    await speaking.says(TellChannel(REF, "#reviews", "Who can?"))
    with pytest.raises(NotYet) as later:
        await speaking.says(TellChannel(REF, "C0REVIEWS", "Who can?"))
    assert later.value.after == 1.0
    assert len(speaking.playground.api.calls) == 1


async def test_the_fifty_first_edit_of_a_minute_waits_for_the_next(speaking: Speaking) -> None:
    posted = await speaking.posts_the_card()
    await speaking.keeps(card=posted)
    for _ in range(50):
        await speaking.says(ShowCard(REF))
    with pytest.raises(NotYet) as later:
        await speaking.says(ShowCard(REF))
    assert later.value.after == 60.0


async def test_where_slack_says_how_long_to_wait_nothing_is_sent_before(
    speaking: Speaking,
) -> None:
    await speaking.keeps()
    speaking.playground.fail_next(1, 429)
    for _ in range(2):
        with pytest.raises(NotYet):
            await speaking.says(TellChannel(REF, "#reviews", "Who can?"))
    assert len(speaking.playground.api.calls) == 1


@pytest.mark.parametrize(
    ("channel", "code"), [("#nowhere", "channel_not_found"), ("#private", "not_in_channel")]
)
async def test_a_channel_we_may_not_write_in_is_refused_by_slacks_word(
    speaking: Speaking, channel: str, code: str
) -> None:
    await speaking.keeps(channel=channel)
    with pytest.raises(Refused, match=code):
        await speaking.says(ShowCard(REF))


@pytest.mark.parametrize(
    "effect",
    [
        ShowCard(Ref("github", "acme/shop", 99)),
        TellThread(Ref("github", "acme/shop", 99), "Merged."),
        TellChannel(Ref("github", "acme/shop", 99), "#reviews", "Who can?"),
        TellPerson(Ref("github", "acme/shop", 99), "dana", Topic.YOUR_TURN, "Why you"),
    ],
    ids=lambda one: one.kind,
)
async def test_of_what_is_not_remembered_nothing_is_said(
    speaking: Speaking, effect: Effect
) -> None:
    await speaking.says(effect)
    assert speaking.playground.api.calls == []


TURN = TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: expert.")
OTHER = Ref("github", "acme/shop", 8)


async def test_several_things_are_told_in_one_message_with_what_can_be_done(
    speaking: Speaking,
) -> None:
    await speaking.keeps()
    other = a_review(ref=OTHER)
    await speaking.storage.run(lambda rooms: rooms.reviews.save(other, NOW))
    await speaking.tells(TURN, TellPerson(OTHER, "dana", Topic.YOUR_TURN, "Why you: owner."))
    (message,) = speaking.playground.workspace.dms("U0DANA")
    (told,) = speaking.texts([message])
    assert message.text == "Review shop#7 and shop#8"
    assert told.index("shop#7") < told.index("[ Approve ]") < told.index("shop#8")


async def test_a_turn_that_is_over_by_the_morning_is_not_told(speaking: Speaking) -> None:
    await speaking.keeps(asks=())
    back = TellPerson(REF, "dana", Topic.TAKEN_BACK, "You need not review this any more.")
    await speaking.tells(TURN, back)
    assert not speaking.playground.workspace.dms("U0DANA")


async def test_a_turn_and_its_reminder_are_told_once(speaking: Speaking) -> None:
    await speaking.keeps()
    await speaking.tells(TURN, TellPerson(REF, "dana", Topic.REMINDER, "Still waiting."))
    (told,) = speaking.texts(speaking.playground.workspace.dms("U0DANA"))
    assert told.startswith("Your turn: review shop#7")


async def test_whoever_is_not_at_work_is_told_when_they_are(
    speaking: Speaking, clock: StoryClock
) -> None:
    assert await speaking.messenger.quiet_until("dana") is None
    assert await speaking.messenger.quiet_until("nobody") is None
    clock.move_to(NOW.replace(hour=18))
    assert await speaking.messenger.quiet_until("dana") == NOW.replace(day=17, hour=9)
