"""The worker: never two of a lane at once, never more than its width, never at rest with work."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import StoryClock
from bot.worker import Worker
from tests.bot.list_queue import LATER, Item, ListQueue, everybody_had_a_turn, soon
from tests.builders import NOW


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
