"""How long it takes to erase a person from a large database: `python -m bench.erasing`.

100,000 ledger rows, 10,000 closed reviews that name eighty people each, 20,000 past changes and
60,000 rows in the queues. The machine may be busy with other things: the CPU's time is ours. While
the rows are changed, and while the file is written anew, a bot that runs has to wait.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from bench.pages import PEOPLE, decided, fill
from bot.demo.story import TUESDAY_TEN
from routing.choosing.candidates import Candidate
from routing.effects import TellPerson, TellThread, Topic
from routing.events import ApprovalGiven, Click
from routing.forgetting.whom import Whom
from routing.model import Account, PastChange, Ref, State
from routing.people import account_identity
from routing.record import Review
from routing.rules.qualification import Exclusion, Reason
from storage.database import Rooms, Storage, reading
from storage.erasing import Erased

REVIEWS, CHANGES, QUEUED = 10_000, 20_000, 30_000
AT_ONCE = 500
WHO = "person7"

T = TypeVar("T")


def name(who: str) -> str:
    """A name of two words."""
    return f"Pat {who.title()}"


def reviews(model: Review, chance: random.Random) -> Iterator[Review]:
    """Closed reviews as a large organisation leaves them."""
    for number in range(1, REVIEWS + 1):
        some = chance.sample(PEOPLE, 80)
        yield replace(
            model,
            ref=Ref("github", "acme/shop", number),
            url=f"https://github.example/acme/shop/pull/{number}",
            author=name(some[0]),
            author_person=some[0],
            state=State.MERGED,
            asks=(),
            next_due=None,
            coming=(),
            next_up={},
            override=None,
            candidates=tuple(
                Candidate(who, 2.5, f"reviewed 14 changes in `payments/` · {number} open")
                for who in some[:40]
            ),
            exclusions=tuple(
                Exclusion(who, Reason.TENURE_SHORT, f"{name(who)}: tenure short by 3 months")
                for who in some[40:]
            ),
            names={who: name(who) for who in some},
        )


def changes(chance: random.Random) -> Iterator[PastChange]:
    """What was merged in two years."""
    for number in range(CHANGES):
        author, *looked = (
            account_identity(Account("github", who.removeprefix("person"), f"{who}-login"))
            for who in chance.sample(PEOPLE, 3)
        )
        at = TUESDAY_TEN - timedelta(minutes=45 * number)
        files = tuple((f"payments/{chance.randrange(400)}.py", 9, 1) for _ in range(5))
        yield PastChange(f"merge request {number}", at, (author,), tuple(looked), files)


def fill_queues(rooms: Rooms, chance: random.Random) -> None:
    """A month of clicks and messages."""
    for number in range(QUEUED):
        who, ref = chance.choice(PEOPLE), Ref("github", "acme/shop", number % REVIEWS + 1)
        click = Click(
            f"U0{who.upper()}", home=True, channel="C0", head_sha="1" * 40, base_branch="main"
        )
        rooms.inbox.put(
            f"slack click {click.slack} {number}", ApprovalGiven(ref, click), TUESDAY_TEN
        )
        told = TellThread(ref, f"{name(who)} approved 11111111.")
        asked = TellPerson(ref, who, Topic.YOUR_TURN, "Why you: reviewed 14 changes.")
        rooms.outbox.put((told if number % 2 else asked,), TUESDAY_TEN)
    for table in ("inbox", "outbox"):
        rooms.inbox._db.conn.execute(f"UPDATE {table} SET state = 'done'")  # noqa: SLF001, S608 - a month passes


def timed(what: str, work: Callable[[], T]) -> T:
    """Do it, and say how long it took."""
    began, worked = time.perf_counter(), time.process_time()
    result = work()
    spent, cpu = time.perf_counter() - began, time.process_time() - worked
    print(f"{what}: {spent:.1f} s, {cpu:.1f} s of CPU")  # noqa: T201 - a report
    return result


def fill_all(storage: Storage) -> None:
    """Everything that a few years leave."""
    chance = random.Random(8)  # noqa: S311 - the same database each time
    model, _ = asyncio.run(decided())
    fill(storage)
    every = list(reviews(model, chance))
    for first in range(0, len(every), AT_ONCE):
        some = every[first : first + AT_ONCE]
        storage.run_blocking(lambda rooms, some=some: save(rooms, some))  # type: ignore[misc]  # a default binds the loop's value
    storage.run_blocking(lambda rooms: rooms.history.add("github/acme/shop", changes(chance)))
    storage.run_blocking(lambda rooms: fill_queues(rooms, chance))


def save(rooms: Rooms, some: Iterable[Review]) -> None:
    """Keep some reviews."""
    for one in some:
        rooms.reviews.save(one, TUESDAY_TEN)


def measure(storage: Storage, path: Path) -> None:
    """Erase somebody, and say how long each part took and what it came to."""
    whom = Whom(
        WHO,
        names=frozenset({name(WHO)}),
        slack=frozenset({f"U0{WHO.upper()}"}),
        logins=frozenset({("github", f"{WHO}-login")}),
        emails=frozenset({f"{WHO}@example.com"}),
    )
    others = [name(who) for who in PEOPLE if who != WHO]

    def work(rooms: Rooms) -> Erased:
        return rooms.erasing.erase(whom, others, TUESDAY_TEN)

    erased = timed("erased, in one transaction", lambda: storage.run_blocking(work))
    timed("written anew", storage.forget_freed_pages)
    with reading(path) as rooms:
        left = timed("looked for what is left", lambda: rooms.erasing.left(erased.naming))
    for what, count in erased.rows.items():
        print(f"  {count:>7,}  {what}")  # noqa: T201 - as above
    print(f"left: {list(left)}")  # noqa: T201 - as above


def main() -> None:
    """Fill a database and erase somebody from it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "countersign.db"
        storage = Storage(path)
        fill_all(storage)
        entries = storage.run_blocking(lambda rooms: rooms.ledger.count())
        print(f"{path.stat().st_size / 1e6:.0f} MB, {entries:,} ledger entries")  # noqa: T201 - as above
        measure(storage, path)
        storage.close()


if __name__ == "__main__":
    main()
