"""The dispatcher: at least once, later if it must be, given up only where that harms nobody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import StoryClock
from bot.errors import Refused, Retryable
from routing.effects import (
    Effect,
    GateState,
    PostComment,
    PostDigest,
    ReplyPrivately,
    RequestReviewers,
    SetGate,
    ShowCard,
    TellChannel,
    TellPerson,
    TellThread,
    Topic,
    WithdrawReviewers,
)
from routing.events import (
    CardPosted,
    EffectAbandoned,
    Event,
    GateWritten,
    MergeRequestTouched,
)
from routing.model import Ref
from storage.database import Storage, StorageFailed
from tests.bot.builders import PUSHED, a_gate
from tests.bot.dispatching import Dispatching, always
from tests.bot.fakes import Decider, files_in
from tests.builders import HEAD, NOW, REF, a_change, approves, touched

OPEN, SHUT = a_gate(GateState.SUCCESS), a_gate(GateState.PENDING)
MESSAGES: tuple[Effect, ...] = (
    ShowCard(REF),
    TellThread(REF, "Merged."),
    TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: …"),
    ReplyPrivately(REF, "U0DANA", "C0REVIEWS", "No."),
    TellChannel(REF, "#reviews", "Who can?"),
    PostDigest("#reviews", ()),
)
ON_THE_FORGE: tuple[Effect, ...] = (
    RequestReviewers(REF, ("dana",)),
    PostComment(REF, "changes-1", "Dana asks for changes:", "Name it better."),
)


@pytest.fixture
def dispatching(storage: Storage, clock: StoryClock) -> Dispatching:
    return Dispatching(storage, clock)


async def test_a_gate_is_written_and_its_writing_reported(dispatching: Dispatching) -> None:
    await dispatching.carries_out(OPEN)
    assert dispatching.forge.gate() is GateState.SUCCESS
    assert await dispatching.events() == [GateWritten(REF, HEAD, "success")]
    assert await dispatching.waiting() == 0


async def test_a_gate_carries_the_address_its_page_has_when_it_is_written(
    storage: Storage, clock: StoryClock
) -> None:
    async def address(ref: Ref) -> str:
        return f"https://review.example/{ref}?made={clock.now():%Y-%m-%d}"

    dispatching = Dispatching(storage, clock, address)
    await dispatching.carries_out(SHUT)
    assert [gate.url for gate in dispatching.forge.gates] == [
        "https://review.example/github/acme/shop/7?made=2026-11-16"
    ]


@pytest.mark.parametrize("changed", [{"head": PUSHED}, {"base": "release"}])
async def test_a_success_that_came_too_late_has_the_change_looked_at_again(
    dispatching: Dispatching, changed: dict[str, Any]
) -> None:
    dispatching.forge.shows(a_change(**changed))
    await dispatching.carries_out(OPEN)
    assert dispatching.forge.gates == []
    assert MergeRequestTouched(REF) in await dispatching.events()


async def test_a_gate_that_came_too_late_is_shut_all_the_same(dispatching: Dispatching) -> None:
    dispatching.forge.shows(a_change(head=PUSHED))
    await dispatching.carries_out(SHUT)
    assert dispatching.forge.gates == [SHUT]


async def test_reviewers_are_asked_and_let_off(dispatching: Dispatching) -> None:
    await dispatching.carries_out(RequestReviewers(REF, ("dana", "omar")))
    assert dispatching.forge.requested == {"dana", "omar"}
    await dispatching.carries_out(WithdrawReviewers(REF, ("dana",)))
    assert dispatching.forge.requested == {"omar"}


async def test_a_reviewer_whom_the_forge_does_not_take_keeps_nobody_out(
    dispatching: Dispatching,
) -> None:
    dispatching.forge.unwilling = frozenset({"omar"})
    await dispatching.carries_out(RequestReviewers(REF, ("dana", "omar")))
    assert dispatching.forge.requested == {"dana"}
    assert await dispatching.waiting() == 0


async def test_a_comment_quotes_every_line_of_what_somebody_said(dispatching: Dispatching) -> None:
    await dispatching.carries_out(PostComment(REF, "k", "Dana asks", "One\n\nTwo\r\nThree"))
    lines = dispatching.forge.comments["k"].split("\n")
    assert lines == ["Dana asks", "", "> One", "> ", "> Two", "> Three"]


@pytest.mark.parametrize(
    "said",
    ["<!-- countersign key -->", "@acme/everyone look", "a\r# Approved", "[x](http://e.vil)"],
)
async def test_what_somebody_said_is_quoted_and_does_nothing(
    dispatching: Dispatching, said: str
) -> None:
    await dispatching.carries_out(PostComment(REF, "k", "Dana asks for changes:", said))
    _, _, *quoted = dispatching.forge.comments["k"].split("\n")
    assert all(line.startswith("> ") for line in quoted)
    assert said not in dispatching.forge.comments["k"]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: one.kind)
async def test_messages_go_to_the_messenger_under_their_own_key(
    dispatching: Dispatching, message: Effect
) -> None:
    await dispatching.put(message)
    task = await dispatching.next()
    await dispatching.dispatcher.work(task)
    assert dispatching.messenger.said == [(message, task.key)]
    assert await dispatching.waiting() == 0


async def test_where_a_card_stands_comes_back(dispatching: Dispatching) -> None:
    await dispatching.carries_out(ShowCard(REF))
    assert await dispatching.events() == [CardPosted(REF, "C1", "1.0")]
    assert dispatching.nudges == 1


async def test_a_message_without_an_outcome_nudges_nobody(dispatching: Dispatching) -> None:
    await dispatching.carries_out(TellThread(REF, "Merged."))
    assert await dispatching.events() == []
    assert dispatching.nudges == 0


# What may fail.


@pytest.mark.parametrize("effect", [OPEN, SHUT, *ON_THE_FORGE, *MESSAGES], ids=lambda one: one.kind)
async def test_what_cannot_be_done_now_is_done_later(
    dispatching: Dispatching, effect: Effect
) -> None:
    trouble = always(Retryable("out of reach"))
    dispatching.forge.trouble = dispatching.messenger.trouble = trouble
    await dispatching.carries_out(effect)
    assert await dispatching.waiting() == 1
    assert await dispatching.dispatcher.next_moment() == NOW + timedelta(seconds=1)
    assert await dispatching.events() == []


@pytest.mark.parametrize(
    ("effect", "wait"),
    [(SHUT, 1), *((effect, 10) for effect in (*ON_THE_FORGE, *MESSAGES))],
    ids=lambda one: getattr(one, "kind", None),
)
async def test_what_had_no_answer_for_long_may_still_be_done_for_as_long(
    dispatching: Dispatching, effect: Effect, wait: int
) -> None:
    def silence() -> None:
        dispatching.clock.move_to(NOW + timedelta(seconds=10))
        raise Retryable("no answer within ten seconds")

    dispatching.forge.trouble = dispatching.messenger.trouble = silence
    await dispatching.carries_out(effect)
    assert await dispatching.dispatcher.next_moment() == NOW + timedelta(seconds=10 + wait)


async def test_the_other_sides_wish_is_heeded(dispatching: Dispatching) -> None:
    dispatching.messenger.trouble = always(Retryable("slow down", after=30))
    await dispatching.carries_out(ShowCard(REF))
    assert await dispatching.dispatcher.next_moment() == NOW + timedelta(seconds=30)


async def test_waits_grow_up_to_three_minutes(dispatching: Dispatching, clock: StoryClock) -> None:
    dispatching.forge.trouble = always(Retryable("GitHub is down"))
    await dispatching.put(SHUT)
    waits: list[float] = []
    for _ in range(12):
        await dispatching.fails(1)
        moment = await dispatching.dispatcher.next_moment()
        assert moment is not None
        waits.append((moment - clock.now()).total_seconds())
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 180, 180, 180, 180]


@pytest.mark.parametrize("effect", [*ON_THE_FORGE, *MESSAGES], ids=lambda one: one.kind)
async def test_what_fails_too_often_is_given_up(dispatching: Dispatching, effect: Effect) -> None:
    trouble = always(Retryable("out of reach"))
    dispatching.forge.trouble = dispatching.messenger.trouble = trouble
    await dispatching.put(effect)
    await dispatching.fails(60)
    assert await dispatching.waiting() == 0


async def test_what_was_given_up_is_reported(dispatching: Dispatching) -> None:
    dispatching.messenger.trouble = always(Retryable("Slack is down"))
    await dispatching.put(TellThread(REF, "Merged."))
    await dispatching.fails(60)
    assert await dispatching.events() == [EffectAbandoned(REF, "tell_thread", "Slack is down")]


async def test_a_message_is_given_up_after_about_two_hours(
    dispatching: Dispatching, clock: StoryClock
) -> None:
    dispatching.messenger.trouble = always(Retryable("Slack is down"))
    await dispatching.put(TellThread(REF, "Merged."))
    await dispatching.fails(60)
    assert timedelta(hours=1.5) < clock.now() - NOW < timedelta(hours=2.5)


@pytest.mark.parametrize("gate", [OPEN, SHUT], ids=lambda one: one.state.value)
async def test_a_gate_is_never_given_up_while_the_forge_is_out_of_reach(
    dispatching: Dispatching, gate: SetGate
) -> None:
    dispatching.forge.trouble = always(Retryable("GitHub is down"))
    await dispatching.put(gate)
    await dispatching.fails(60)
    assert await dispatching.waiting() == 1
    dispatching.forge.trouble = lambda: None
    await dispatching.fails(1)
    assert dispatching.forge.gates == [gate]


async def test_a_gate_outlasts_an_outage_of_a_day(dispatching: Dispatching) -> None:
    dispatching.forge.trouble = always(Retryable("GitHub is down"))
    await dispatching.put(SHUT)
    await dispatching.fails(500)
    assert await dispatching.waiting() == 1


@pytest.mark.parametrize("effect", [OPEN, *ON_THE_FORGE, *MESSAGES[:5]], ids=lambda one: one.kind)
@pytest.mark.parametrize("error", [Refused("403 forbidden"), ZeroDivisionError("a fault")])
async def test_what_will_never_go_is_given_up_at_once_and_reported(
    dispatching: Dispatching, effect: Effect, error: Exception
) -> None:
    dispatching.forge.trouble = dispatching.messenger.trouble = always(error)
    await dispatching.carries_out(effect)
    assert await dispatching.waiting() == 0
    (event,) = await dispatching.events()
    assert isinstance(event, EffectAbandoned)
    assert (event.ref, event.effect) == (REF, effect.kind)
    assert str(error) in event.problem


async def test_a_digest_given_up_is_nobodys_business(dispatching: Dispatching) -> None:
    dispatching.messenger.trouble = always(Refused("channel_not_found"))
    await dispatching.carries_out(PostDigest("#reviews", ()))
    assert await dispatching.waiting() == 0
    assert await dispatching.events() == []


async def test_a_forge_that_is_no_longer_configured_is_reported(dispatching: Dispatching) -> None:
    ref = Ref("gitlab", "acme/shop", 7)
    await dispatching.carries_out(a_gate(ref=ref))
    (event,) = await dispatching.events()
    assert isinstance(event, EffectAbandoned)
    assert event.ref == ref


async def test_a_message_outlives_a_database_that_was_locked_for_a_moment(
    dispatching: Dispatching,
) -> None:
    dispatching.messenger.trouble = always(StorageFailed("the database refused: locked"))
    await dispatching.put(ShowCard(REF))
    task = await dispatching.next()
    with pytest.raises(StorageFailed):
        await dispatching.dispatcher.work(task)
    assert await dispatching.waiting() == 1


# With the engine.


async def test_a_revocation_overtakes_a_waiting_success(dispatching: Dispatching) -> None:
    await dispatching.put(OPEN)
    await dispatching.put(SHUT)
    await dispatching.dispatcher.work(await dispatching.next())
    assert dispatching.forge.gates == [SHUT]
    assert await dispatching.waiting() == 0


async def test_an_outcome_is_reported_once_when_its_effect_is_carried_out_again(
    dispatching: Dispatching,
) -> None:
    await dispatching.put(OPEN)
    task = await dispatching.next()
    await dispatching.dispatcher.work(task)
    await dispatching.dispatcher.work(task)
    assert await dispatching.events() == [GateWritten(REF, HEAD, "success")]


async def test_a_success_kept_back_by_a_passing_change_is_written_after_it(
    dispatching: Dispatching, tmp_path: Path, storage: Storage, clock: StoryClock
) -> None:
    decider = Decider(storage, files_in(tmp_path), clock)
    dispatching.forge = decider.forge
    dispatching.dispatcher._forges = {"github": decider.forge}

    async def carry_on() -> None:
        while (task := await dispatching.dispatcher.take(())) is not None:
            await dispatching.dispatcher.work(task)

    await decider.decides(touched())
    await carry_on()
    await decider.decides(approves("dana"))
    decider.forge.shows(a_change(head=PUSHED))
    await carry_on()
    decider.forge.shows(a_change())
    while (arrival := await decider.next()) is not None:
        await decider.engine.work(arrival)
        await carry_on()
    assert decider.forge.gate() is GateState.SUCCESS


@pytest.mark.parametrize(
    ("effect", "kept"),
    [
        (ShowCard(REF), [CardPosted(REF, "C1", "1.0")]),
        (PostDigest("#reviews", ()), []),
    ],
)
async def test_what_was_posted_while_somebody_was_erased_is_remembered_if_it_names_nobody(
    dispatching: Dispatching, effect: Effect, kept: list[Event]
) -> None:
    await dispatching.put(effect)
    item = await dispatching.next()
    now = dispatching.clock.now()
    await dispatching.storage.run(lambda rooms: rooms.forgotten.keep({"person:dana"}, "x", now))
    await dispatching.dispatcher.work(item)
    assert await dispatching.events() == kept
    assert await dispatching.waiting() == 0


async def test_why_something_failed_while_somebody_was_erased_is_not_written_down(
    dispatching: Dispatching,
) -> None:
    await dispatching.put(RequestReviewers(REF, ("dana-ng",)))
    item = await dispatching.next()
    now = dispatching.clock.now()
    await dispatching.storage.run(lambda rooms: rooms.forgotten.keep({"person:dana"}, "x", now))
    dispatching.forge.trouble = always(Refused("dana-ng is no collaborator"))
    await dispatching.dispatcher.work(item)
    assert await dispatching.events() == [EffectAbandoned(REF, "request_reviewers", "see the log")]
