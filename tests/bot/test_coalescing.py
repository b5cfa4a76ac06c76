"""What waits together for one person or one thread is said in one message, if it belongs there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import StoryClock
from routing.effects import TellPerson, TellThread, Told, Topic
from routing.events import DirectPosted
from routing.model import Ref
from storage.database import Storage
from tests.bot.builders import a_review
from tests.bot.dispatching import Dispatching
from tests.builders import HEAD, NOW, REF

OTHER = Ref("github", "acme/shop", 13)


@pytest.fixture
def dispatching(storage: Storage, clock: StoryClock) -> Dispatching:
    return Dispatching(storage, clock)


async def test_lines_that_wait_for_one_thread_are_one_message(dispatching: Dispatching) -> None:
    await dispatching.put(TellThread(REF, "Dana declined."), TellThread(REF, "Asked: Omar."))
    await dispatching.dispatcher.work(await dispatching.next())
    assert [said for said, _ in dispatching.messenger.said] == [
        TellThread(REF, "Dana declined.\nAsked: Omar.")
    ]
    assert await dispatching.waiting() == 0


async def test_what_is_added_below_a_message_is_not_said_with_what_stands_by_itself(
    dispatching: Dispatching,
) -> None:
    turn = TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: …")
    reminder = TellPerson(OTHER, "dana", Topic.REMINDER, "If you cannot, decline.")
    posted = DirectPosted("dana", (Told(replace(turn, ref=OTHER), NOW, HEAD),), "D0DANA", "1.0")
    for ref in (REF, OTHER):
        review = a_review(ref=ref)
        await dispatching.storage.run(lambda rooms, one=review: rooms.reviews.save(one, NOW))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await dispatching.storage.run(lambda rooms: rooms.directs.keep(posted, NOW))
    await dispatching.put(turn, reminder)
    await dispatching.dispatcher.work(await dispatching.next())
    assert [said for said, _ in dispatching.messenger.said] == [turn]
    assert (await dispatching.next()).effect == reminder
