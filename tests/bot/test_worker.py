"""The worker: never two of a lane at once, never more than its width, never at rest with work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import StoryClock
from bot.worker import Worker
from tests.builders import NOW

LATER = NOW + timedelta(minutes=1)


@dataclass(eq=False)
class Item:
    """A piece of work; it goes on until it is let go, where it is `held`."""

    seq: int
    lane: str
    due: datetime = NOW
    held: bool = False
    let_go: asyncio.Event = field(default_factory=asyncio.Event)


class ListQueue:
    """A queue in memory that remembers what happened to it."""

    def __init__(self, clock: StoryClock) -> None:
        self.clock = clock
        self.items: list[Item] = []
        self._numbers = count(1)
        self.running: list[Item] = []
        self.begun: list[int] = []
        self.finished: list[int] = []
        self.cancelled: list[int] = []
        self.most_at_once = 0
        self.lanes_overlapped = False
        self.takes = 0
        self.on_take: Callable[[], None] = lambda: None
        self.on_next_moment: Callable[[], None] = lambda: None
        self.on_work: Callable[[Item], None] = lambda _: None
        self.something_began = asyncio.Event()

    def add(self, lane: str = "a", due: datetime = NOW, *, held: bool = False) -> Item:
        item = Item(next(self._numbers), lane, due, held)
        self.items.append(item)
        return item

    async def take(self, busy: Collection[str]) -> Item | None:
        self.takes += 1
        now = self.clock.now()
        found = [one for one in self.items if one.due <= now and one.lane not in busy]
        self.on_take()
        return min(found, key=lambda one: one.seq, default=None)

    async def next_moment(self) -> datetime | None:
        self.on_next_moment()
        return min((item.due for item in self.items), default=None)

    def lane(self, item: Item) -> str:
        return item.lane

    async def work(self, item: Item) -> None:
        self.begun.append(item.seq)
        self.running.append(item)
        self.something_began.set()
        lanes = Counter(one.lane for one in self.running)
        self.lanes_overlapped |= lanes[item.lane] > 1
        self.most_at_once = max(self.most_at_once, len(self.running))
        try:
            self.on_work(item)
            if item.held:
                await item.let_go.wait()
            self.items.remove(item)
            self.finished.append(item.seq)
        except asyncio.CancelledError:
            self.cancelled.append(item.seq)
            raise
        finally:
            self.running.remove(item)

    async def began(self, number: int) -> None:
        """Wait until so many were begun."""
        async with asyncio.timeout(5):
            while len(self.begun) < number:
                self.something_began.clear()
                await self.something_began.wait()


async def everybody_had_a_turn() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def soon(what: Awaitable[object]) -> None:
    async with asyncio.timeout(5):
        await what


@pytest.fixture
def queue(clock: StoryClock) -> ListQueue:
    return ListQueue(clock)


@pytest.fixture
async def worker(queue: ListQueue, clock: StoryClock) -> AsyncIterator[Worker[Item]]:
    working: Worker[Item] = Worker(queue, clock, width=3, pause=0.0)
    yield working
    await working.stop(grace=0)


async def test_everything_in_the_queue_is_done_in_order(
    worker: Worker[Item], queue: ListQueue
) -> None:
    for _ in range(5):
        queue.add("a")
    worker.start()
    await soon(worker.idle())
    assert queue.finished == [1, 2, 3, 4, 5]


async def test_items_of_one_lane_go_one_after_the_other(
    worker: Worker[Item], queue: ListQueue
) -> None:
    first, second = queue.add("a", held=True), queue.add("a")
    worker.start()
    await queue.began(1)
    await everybody_had_a_turn()
    assert queue.begun == [first.seq]
    first.let_go.set()
    await soon(worker.idle())
    assert queue.finished == [first.seq, second.seq]


async def test_another_lane_does_not_wait(worker: Worker[Item], queue: ListQueue) -> None:
    first, other = queue.add("a", held=True), queue.add("b")
    worker.start()
    await queue.began(2)
    assert queue.begun == [first.seq, other.seq]
    first.let_go.set()


async def test_never_more_than_the_width_are_in_hand(
    worker: Worker[Item], queue: ListQueue
) -> None:
    items = [queue.add(str(number), held=True) for number in range(10)]
    worker.start()
    await queue.began(3)
    await everybody_had_a_turn()
    assert len(queue.begun) == 3
    for item in items:
        item.let_go.set()
    await soon(worker.idle())
    assert queue.most_at_once == 3
    assert len(queue.finished) == 10


@settings(max_examples=40)
@given(
    lanes=st.lists(st.sampled_from("abc"), max_size=12),
    width=st.integers(1, 4),
    order=st.randoms(use_true_random=False),
)
async def test_however_work_ends_no_lane_overlaps_and_nothing_is_left(
    lanes: list[str], width: int, order: object
) -> None:
    clock = StoryClock(NOW)
    queue = ListQueue(clock)
    items = [queue.add(lane, held=True) for lane in lanes]
    worker: Worker[Item] = Worker(queue, clock, width=width)
    worker.start()
    order.shuffle(items)  # type: ignore[attr-defined]  # hypothesis' own Random
    for item in items:
        item.let_go.set()
        await asyncio.sleep(0)
    await soon(worker.idle())
    await worker.stop(grace=0)
    assert not queue.lanes_overlapped
    assert queue.most_at_once <= width
    assert sorted(queue.finished) == list(range(1, len(lanes) + 1))


async def test_a_nudge_wakes_it_for_what_was_put_in(worker: Worker[Item], queue: ListQueue) -> None:
    worker.start()
    await soon(worker.idle())
    queue.add()
    worker.nudge()
    await soon(worker.idle())
    assert queue.finished == [1]


async def test_an_item_that_is_due_later_is_begun_when_its_time_comes(
    worker: Worker[Item], queue: ListQueue, clock: StoryClock
) -> None:
    queue.add(due=LATER)
    worker.start()
    await soon(worker.idle())
    assert queue.begun == []
    clock.move_to(LATER)
    await queue.began(1)


async def test_at_rest_it_does_not_look_again_and_again(
    worker: Worker[Item], queue: ListQueue
) -> None:
    queue.add(due=LATER)
    worker.start()
    await soon(worker.idle())
    looked = queue.takes
    await everybody_had_a_turn()
    assert queue.takes == looked


async def test_it_is_not_idle_while_something_is_in_hand(
    worker: Worker[Item], queue: ListQueue
) -> None:
    item = queue.add(held=True)
    worker.start()
    await queue.began(1)
    waiting = asyncio.create_task(worker.idle())
    await everybody_had_a_turn()
    assert not waiting.done()
    item.let_go.set()
    await soon(waiting)


async def test_right_after_a_nudge_it_is_not_idle(worker: Worker[Item], queue: ListQueue) -> None:
    worker.start()
    await soon(worker.idle())
    queue.add()
    worker.nudge()
    waiting = asyncio.create_task(worker.idle())
    await soon(waiting)
    assert queue.finished == [1]


async def test_work_nudged_for_while_the_queue_is_looked_at_is_not_overlooked(
    worker: Worker[Item], queue: ListQueue
) -> None:
    def put_in_behind_its_back() -> None:
        queue.on_take = lambda: None
        queue.add()
        worker.nudge()

    queue.on_take = put_in_behind_its_back
    worker.start()
    await queue.began(1)


async def test_an_item_that_falls_due_while_the_queue_is_looked_at_is_not_overlooked(
    worker: Worker[Item], queue: ListQueue, clock: StoryClock
) -> None:
    queue.add(due=LATER)
    queue.on_next_moment = lambda: clock.move_to(LATER)
    worker.start()
    await everybody_had_a_turn()
    assert queue.begun == [1]


async def test_a_queue_that_cannot_be_read_is_tried_again(
    worker: Worker[Item], queue: ListQueue
) -> None:
    queue.add()
    failures = iter([OSError("the disk is full"), OSError("the disk is full")])

    def fail_twice() -> None:
        for failure in failures:
            raise failure

    queue.on_take = fail_twice
    worker.start()
    await queue.began(1)


async def test_while_the_queue_cannot_be_read_it_says_so_and_then_no_more(
    worker: Worker[Item], queue: ListQueue
) -> None:
    failed = asyncio.Event()

    def fail() -> None:
        failed.set()
        raise OSError("the disk is full")

    queue.on_take = fail
    worker.start()
    await soon(failed.wait())
    assert worker.failure == "the disk is full"
    queue.on_take = lambda: None
    await soon(worker.idle())
    assert worker.failure is None


async def test_a_queue_that_cannot_tell_the_next_moment_is_tried_again(
    worker: Worker[Item], queue: ListQueue
) -> None:
    failures = iter([OSError("the disk is full")])

    def fail_once() -> None:
        for failure in failures:
            raise failure

    queue.on_next_moment = fail_once
    worker.start()
    await everybody_had_a_turn()
    queue.add()
    worker.nudge()
    await everybody_had_a_turn()
    assert queue.finished == [1]


async def test_an_item_whose_end_could_not_be_kept_is_not_begun_again_at_once(
    queue: ListQueue, clock: StoryClock
) -> None:
    def fail(_: Item) -> None:
        raise OSError("the disk is full")

    patient: Worker[Item] = Worker(queue, clock, pause=3600)
    queue.add()
    queue.on_work = fail
    patient.start()
    await everybody_had_a_turn()
    await patient.stop(grace=0)
    assert queue.begun == [1]


async def test_an_item_whose_end_could_not_be_kept_is_a_failure_that_shows(
    worker: Worker[Item], queue: ListQueue
) -> None:
    def fail(_: Item) -> None:
        queue.items[0].due = LATER
        raise OSError("the disk is full")

    queue.add()
    queue.on_work = fail
    worker.start()
    await everybody_had_a_turn()
    assert worker.failure == "the disk is full"


async def test_a_failing_item_does_not_keep_the_others_waiting(
    worker: Worker[Item], queue: ListQueue
) -> None:
    def fail(item: Item) -> None:
        if item.lane == "bad":
            item.due = LATER
            raise OSError("cannot be kept")

    queue.add("bad")
    queue.add("good")
    queue.on_work = fail
    worker.start()
    await queue.began(2)
    await everybody_had_a_turn()
    assert queue.finished == [2]


async def test_stopping_lets_what_is_in_hand_finish(worker: Worker[Item], queue: ListQueue) -> None:
    item = queue.add(held=True)
    worker.start()
    await queue.began(1)
    stopping = asyncio.create_task(worker.stop(grace=60))
    await everybody_had_a_turn()
    assert not stopping.done()
    item.let_go.set()
    await soon(stopping)
    assert queue.finished == [1]


async def test_what_does_not_finish_within_the_grace_is_let_go_of_and_stays_in_the_queue(
    worker: Worker[Item], queue: ListQueue
) -> None:
    item = queue.add(held=True)
    worker.start()
    await queue.began(1)
    await soon(worker.stop(grace=0))
    assert queue.cancelled == [1]
    assert queue.items == [item]


async def test_after_stopping_nothing_is_begun(worker: Worker[Item], queue: ListQueue) -> None:
    worker.start()
    await soon(worker.idle())
    await soon(worker.stop(grace=60))
    queue.add()
    worker.nudge()
    await everybody_had_a_turn()
    assert queue.begun == []


async def test_stopping_what_was_never_started_is_no_fault(worker: Worker[Item]) -> None:
    await soon(worker.stop(grace=60))


async def test_nothing_is_begun_while_it_stops(worker: Worker[Item], queue: ListQueue) -> None:
    item = queue.add("a", held=True)
    worker.start()
    await queue.began(1)
    await everybody_had_a_turn()
    stopping: list[asyncio.Task[None]] = []

    def stop() -> None:
        queue.on_take = lambda: None
        stopping.append(asyncio.create_task(worker.stop(grace=60)))

    queue.add("b")
    queue.on_take = stop
    worker.nudge()
    await everybody_had_a_turn()
    item.let_go.set()
    await soon(stopping[0])
    assert queue.begun == [item.seq]


async def test_an_item_that_fails_at_the_end_does_not_break_off_the_stopping(
    clock: StoryClock,
) -> None:
    class Stubborn(ListQueue):
        """A queue whose items cannot be put back when they are cancelled."""

        async def work(self, item: Item) -> None:
            try:
                await super().work(item)
            except asyncio.CancelledError:
                raise OSError("the disk is full") from None

    stubborn = Stubborn(clock)
    stubborn.add("a", held=True)
    stubborn.add("b", held=True)
    worker: Worker[Item] = Worker(stubborn, clock, pause=0.0)
    worker.start()
    await stubborn.began(2)
    await soon(worker.stop(grace=0))
    assert len(stubborn.cancelled) == 2
