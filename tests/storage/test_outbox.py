"""The outbox: gates are shut before they are opened before people are told; the newest counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.effects import (
    Effect,
    GateState,
    PostComment,
    PostDigest,
    PostInsights,
    ReplyPrivately,
    RequestReviewers,
    SetGate,
    ShowCard,
    ShowDigest,
    ShowDirect,
    TellChannel,
    TellPerson,
    TellThread,
    Topic,
    WithdrawReviewers,
)
from routing.model import Ref
from storage.database import Rooms, Storage
from storage.outbox import Task
from tests.bot.builders import PUSHED, a_gate
from tests.builders import HEAD, NOW, REF
from tests.storage.undone import undone

OTHER = Ref("github", "acme/shop", 13)
LATER = NOW + timedelta(minutes=1)

ELSEWHERE = Ref("github", "acme/site", 7)
SHUT, FAILED = a_gate(GateState.PENDING), a_gate(GateState.FAILURE)
OPEN = a_gate(GateState.SUCCESS)
TELLING: tuple[Effect, ...] = (
    ShowCard(REF),
    TellThread(REF, "Merged."),
    TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: …"),
    ShowDirect("D0DANA", "1.0", at_once=True),
    ReplyPrivately(REF, "U0DANA", "C0REVIEWS", "No."),
    TellChannel(REF, "#reviews", "Who can?"),
    RequestReviewers(REF, ("dana-ng",)),
    WithdrawReviewers(REF, ("dana-ng",)),
    PostComment(REF, "changes-1", "Dana asks:", "Please."),
    PostDigest("#reviews", ()),
    PostInsights("#leads", ()),
)


def put(storage: Storage, *effects: Effect) -> None:
    storage.run_blocking(lambda rooms: rooms.outbox.put(effects, NOW))


def take(storage: Storage, *busy: str, now: datetime = NOW) -> Task | None:
    return storage.run_blocking(lambda rooms: rooms.outbox.next(now, busy))


def drain(rooms: Rooms, now: datetime = NOW) -> Sequence[Task]:
    """Everything that is due, in the order in which it is handed out."""
    tasks: list[Task] = []
    while (task := rooms.outbox.next(now)) is not None:
        rooms.outbox.done(task.seq)
        tasks.append(task)
    return tasks


def effects_of(storage: Storage) -> list[Effect]:
    return [task.effect for task in storage.run_blocking(drain)]


@pytest.mark.parametrize("effect", [*TELLING, SHUT, FAILED, OPEN], ids=lambda one: one.kind)
def test_an_effect_comes_out_as_it_went_in(storage: Storage, effect: Effect) -> None:
    put(storage, effect)
    assert effects_of(storage) == [effect]


@pytest.mark.parametrize("shutting", [SHUT, FAILED])
@pytest.mark.parametrize("telling", TELLING, ids=lambda one: one.kind)
def test_gates_are_shut_then_opened_and_then_people_are_told(
    storage: Storage, shutting: Effect, telling: Effect
) -> None:
    opening = a_gate(GateState.SUCCESS, sha=PUSHED)
    put(storage, telling, opening, shutting)
    assert effects_of(storage) == [shutting, opening, telling]


def test_equally_urgent_effects_keep_their_order(storage: Storage) -> None:
    lines = [TellThread(REF, str(number)) for number in range(20)]
    put(storage, *lines)
    assert effects_of(storage) == lines


def test_requests_for_review_of_one_merge_request_go_one_after_the_other(
    storage: Storage,
) -> None:
    back, asked = WithdrawReviewers(REF, ("dana-ng",)), RequestReviewers(REF, ("omar-d",))
    put(storage, back, asked)
    first = take(storage)
    assert first is not None
    assert take(storage, first.lane) is None
    assert effects_of(storage) == [back, asked]


@given(st.lists(st.sampled_from([SHUT, OPEN, a_gate(sha=PUSHED), *TELLING]), max_size=12))
def test_whatever_is_put_in_comes_out_by_urgency_and_the_latest_gate_is_never_lost(
    shared_storage: Storage, effects: list[Effect]
) -> None:
    def work(rooms: Rooms) -> list[Effect]:
        for effect in effects:
            rooms.outbox.put([effect], NOW)
        return [task.effect for task in drain(rooms)]

    came = undone(shared_storage, work)
    ranks = [
        (0 if one.state is not GateState.SUCCESS else 1) if isinstance(one, SetGate) else 2
        for one in came
    ]
    assert ranks == sorted(ranks)
    for sha in (HEAD, PUSHED):
        gates = [one for one in effects if isinstance(one, SetGate) and one.sha == sha]
        left = [one for one in came if isinstance(one, SetGate) and one.sha == sha]
        assert left == gates[-1:]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OPEN, SHUT),
        (SHUT, OPEN),
        (ShowCard(REF), ShowCard(REF)),
        (a_gate(), a_gate(ref=OTHER)),  # a status is its commit's, whoever asks for it
    ],
)
def test_a_newer_effect_of_the_same_thing_makes_a_waiting_one_needless(
    storage: Storage, old: Effect, new: Effect
) -> None:
    put(storage, old)
    put(storage, new)
    assert effects_of(storage) == [new]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a_gate(sha=HEAD), a_gate(sha=PUSHED)),
        (a_gate(), a_gate(ref=ELSEWHERE)),
        (ShowCard(REF), ShowCard(OTHER)),
        (TellThread(REF, "Merged."), TellThread(REF, "Merged.")),
        (PostDigest("#reviews", ()), PostDigest("#reviews", ())),
    ],
)
def test_effects_on_different_things_are_all_carried_out(
    storage: Storage, one: Effect, other: Effect
) -> None:
    put(storage, one)
    put(storage, other)
    assert effects_of(storage) == [one, other]


def test_edits_of_a_digest_within_a_minute_are_one(storage: Storage) -> None:
    put(storage, ShowDigest("#reviews"), ShowDigest("#web"), ShowDigest("#reviews"))
    assert take(storage, now=LATER - timedelta(seconds=1)) is None
    first = take(storage, now=LATER)
    assert first is not None
    assert first.effect == ShowDigest("#web")
    storage.run_blocking(lambda rooms: rooms.outbox.done(first.seq))
    second = take(storage, now=LATER)
    assert second is not None
    assert second.effect == ShowDigest("#reviews")


SOON, AT_ONCE = ShowCard(REF, at_once=False), ShowCard(REF)


def test_a_card_that_only_describes_something_else_is_shown_within_a_minute(
    storage: Storage,
) -> None:
    put(storage, SOON, SOON)
    assert take(storage) is None
    assert effects_due(storage, LATER) == [SOON]


def test_what_may_wait_does_not_put_off_what_may_not(storage: Storage) -> None:
    put(storage, AT_ONCE, SOON)
    assert effects_due(storage, NOW) == [AT_ONCE]
    assert effects_due(storage, LATER) == [SOON]


def test_what_may_not_wait_shows_what_may_as_well(storage: Storage) -> None:
    put(storage, SOON, AT_ONCE)
    assert effects_due(storage, LATER) == [AT_ONCE]


def test_an_edit_of_a_direct_message_that_somebody_waits_for_comes_at_once(
    storage: Storage,
) -> None:
    put(storage, ShowDirect("D0DANA", "1.0"), ShowDirect("D0DANA", "2.0", at_once=True))
    assert effects_due(storage, NOW) == [ShowDirect("D0DANA", "2.0", at_once=True)]
    assert effects_due(storage, LATER) == [ShowDirect("D0DANA", "1.0")]


def effects_due(storage: Storage, now: datetime) -> list[Effect]:
    return [task.effect for task in storage.run_blocking(lambda rooms: drain(rooms, now))]


LINES = tuple(TellThread(REF, str(number)) for number in range(4))


def riders(storage: Storage, lead: Task, most: int = 5, besides: str = "") -> list[str]:
    def choose(rooms: Rooms) -> list[str]:
        found = rooms.outbox.riders(lead, most, lambda one: getattr(one, "text", "") != besides)
        return [getattr(one.effect, "text", "") for one in found]

    return storage.run_blocking(choose)


def lead_of(storage: Storage, *effects: Effect) -> Task:
    put(storage, *effects)
    task = take(storage)
    assert task is not None
    return task


def test_what_waits_behind_in_its_lane_rides_with_the_first(storage: Storage) -> None:
    lead = lead_of(storage, *LINES, TellThread(OTHER, "elsewhere"))
    assert riders(storage, lead) == ["1", "2", "3"]


def test_only_so_many_ride_and_only_what_belongs_there(storage: Storage) -> None:
    lead = lead_of(storage, *LINES)
    assert riders(storage, lead, 2, besides="1") == ["2", "3"]


def test_once_chosen_a_second_try_says_neither_more_nor_less(storage: Storage) -> None:
    lead = lead_of(storage, LINES[0])
    assert riders(storage, lead) == []
    put(storage, LINES[1])
    storage.run_blocking(lambda rooms: rooms.outbox.retry(lead.seq, NOW, "Slack is down", NOW))
    assert riders(storage, lead) == []


def test_what_was_put_off_unsaid_may_take_more_with_it(storage: Storage) -> None:
    lead = lead_of(storage, LINES[0])
    assert riders(storage, lead) == []
    put(storage, LINES[1])
    storage.run_blocking(lambda rooms: rooms.outbox.hold(lead.seq, NOW, NOW))
    assert riders(storage, lead) == ["1"]


def test_an_edit_waits_no_longer_than_the_first_it_was_wanted_for(storage: Storage) -> None:
    put(storage, ShowDigest("#reviews"))
    later = NOW + timedelta(seconds=50)
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowDigest("#reviews")], later))
    assert take(storage, now=LATER) is not None


def test_what_goes_on_during_an_edit_is_shown_by_the_next(storage: Storage) -> None:
    put(storage, ShowDigest("#reviews"))
    begun = take(storage, now=LATER)
    assert begun is not None
    storage.run_blocking(lambda rooms: rooms.outbox.put([ShowDigest("#reviews")], LATER))
    storage.run_blocking(lambda rooms: rooms.outbox.done(begun.seq))
    assert take(storage, now=LATER) is None
    assert take(storage, now=LATER + timedelta(minutes=1)) is not None


def test_a_lane_that_is_busy_is_passed_over(storage: Storage) -> None:
    put(storage, SHUT, ShowCard(REF))
    shutting = take(storage)
    assert shutting is not None
    showing = take(storage, shutting.lane)
    assert showing is not None
    assert showing.effect == ShowCard(REF)
    assert take(storage, shutting.lane, showing.lane) is None


def test_an_effect_in_hand_keeps_a_newer_one_waiting_in_its_lane(storage: Storage) -> None:
    put(storage, OPEN)
    in_hand = take(storage)
    assert in_hand is not None
    put(storage, SHUT)
    assert take(storage, in_hand.lane) is None
    storage.run_blocking(lambda rooms: rooms.outbox.done(in_hand.seq))
    after = take(storage)
    assert after is not None
    assert after.effect == SHUT


def test_an_effect_that_fails_after_a_newer_one_came_is_not_tried_again(storage: Storage) -> None:
    put(storage, OPEN)
    put(storage, SHUT)
    storage.run_blocking(lambda rooms: rooms.outbox.retry(1, NOW, "GitHub is down", NOW))
    assert effects_of(storage) == [SHUT]


def test_an_effect_put_off_comes_when_its_time_has_come(storage: Storage) -> None:
    put(storage, ShowCard(REF))
    storage.run_blocking(lambda rooms: rooms.outbox.retry(1, LATER, "Slack is down", NOW))
    assert take(storage) is None
    again = take(storage, now=LATER)
    assert again is not None
    assert again.attempts == 1


def test_an_effect_has_one_key_however_often_it_is_tried(storage: Storage) -> None:
    put(storage, ShowCard(REF), ShowCard(OTHER))
    first = take(storage)
    storage.run_blocking(lambda rooms: rooms.outbox.retry(1, NOW, "Slack is down", NOW))
    again = take(storage)
    assert first is not None
    assert again is not None
    assert first.key == again.key
    other = take(storage, first.lane)
    assert other is not None
    assert other.key != first.key


def test_an_effect_that_cannot_be_read_does_not_stop_the_others(storage: Storage) -> None:
    put(storage, SHUT, ShowCard(REF))
    gone = 'UPDATE outbox SET body = \'{"kind": "of_another_version"}\' WHERE seq = 1'
    storage.run_blocking(lambda rooms: rooms.outbox._db.conn.execute(gone))
    assert effects_of(storage) == [ShowCard(REF)]


def test_an_effect_that_cannot_be_read_is_said_to_be_abandoned_and_looked_at_afresh(
    storage: Storage,
) -> None:
    put(storage, SHUT)
    storage.run_blocking(lambda rooms: rooms.outbox._db.conn.execute("UPDATE outbox SET body='{'"))
    assert take(storage) is None
    waiting = storage.run_blocking(lambda rooms: rooms.inbox.waiting_for(REF))
    assert [event.kind for event in waiting] == ["effect_abandoned", "merge_request_touched"]
    assert getattr(waiting[0], "effect", None) == "set_gate"


def test_a_line_that_was_put_off_holds_back_the_next_of_its_thread(storage: Storage) -> None:
    put(storage, TellThread(REF, "Dana approved."), TellThread(REF, "Merged."))
    storage.run_blocking(lambda rooms: rooms.outbox.retry(1, LATER, "Slack is down", NOW))
    assert take(storage) is None
    assert storage.run_blocking(lambda rooms: rooms.outbox.next_moment()) == LATER


def test_lines_of_one_thread_go_one_after_the_other(storage: Storage) -> None:
    put(storage, TellThread(REF, "Dana approved."), TellThread(REF, "Merged."))
    first = take(storage)
    assert first is not None
    assert take(storage, first.lane) is None


def test_a_buried_effect_never_comes_again(storage: Storage) -> None:
    put(storage, ShowCard(REF))
    storage.run_blocking(lambda rooms: rooms.outbox.bury(1, "channel_not_found"))
    assert take(storage, now=NOW + timedelta(days=365)) is None
    assert storage.run_blocking(lambda rooms: rooms.outbox.waiting()) == 0


def test_the_next_moment_is_the_earliest_that_waits(storage: Storage) -> None:
    put(storage, ShowCard(REF), ShowCard(OTHER))
    storage.run_blocking(lambda rooms: rooms.outbox.retry(1, LATER, "Slack is down", NOW))
    storage.run_blocking(lambda rooms: rooms.outbox.done(2))
    assert storage.run_blocking(lambda rooms: rooms.outbox.next_moment()) == LATER
    storage.run_blocking(lambda rooms: rooms.outbox.done(1))
    assert storage.run_blocking(lambda rooms: rooms.outbox.next_moment()) is None
