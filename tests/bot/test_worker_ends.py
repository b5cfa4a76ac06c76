"""The worker in trouble and at its end: it tries again, says so, and lets what is begun finish."""

from __future__ import annotations

import asyncio

from bot.clock import StoryClock
from bot.worker import Worker
from tests.bot.list_queue import LATER, Item, ListQueue, everybody_had_a_turn, soon


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
