"""The sums of what everybody carries are those of the rows, whatever becomes of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from routing.model import Ref, State
from routing.ranking.assignment import Ask, loads
from storage.asks import REMEMBERED
from storage.codec import moment
from storage.database import Rooms, Storage
from storage.later_migrations import migrations
from storage.retention import AT_ONCE
from tests.bot.builders import a_review, an_ask
from tests.builders import NOW
from tests.storage.erased import erase
from tests.storage.undone import undone

REFS = [Ref("github", "acme/shop", number) for number in range(3)]
LAST_DIGIT = 1.5e-9


@dataclass(frozen=True)
class Kept:
    """So many hours later a review waits for these people; the clock may be ahead."""

    hours: int
    ref: Ref
    waiting: frozenset[str]
    ahead: timedelta


@dataclass(frozen=True)
class Dropped:
    """A person's rows go."""

    person: str


NAMES = st.sampled_from(("ana", "ben", "cleo"))
AHEAD = st.sampled_from([timedelta(0)] * 8 + [timedelta(seconds=1), timedelta(days=900)])
LIVES = st.lists(
    st.one_of(
        st.builds(Kept, st.integers(0, 400), st.sampled_from(REFS), st.frozensets(NAMES), AHEAD),
        st.builds(Dropped, NAMES),
    ),
    max_size=25,
)


def lived(rooms: Rooms, life: Sequence[Kept | Dropped]) -> None:
    """Whatever happens in the life gives the sums that the pure function gives of it."""
    asks: dict[tuple[Ref, str], Ask] = {}
    now = NOW
    for step in life:
        match step:
            case Dropped(person):
                db = rooms.inbox._db
                db.conn.execute("DELETE FROM asks WHERE person = ?", (person,))
                asks = {key: ask for key, ask in asks.items() if key[1] != person}
            case Kept(hours, ref, waiting, ahead):
                now += timedelta(hours=hours)
                clock = now + ahead
                waited = tuple(an_ask(who, asked_at=now) for who in sorted(waiting))
                rooms.asks.keep(a_review(ref=ref, asks=waited), clock)
                for (at, who), ask in list(asks.items()):
                    if at == ref and ask.closed is None and who not in waiting:
                        asks[at, who] = Ask(who, ask.asked, clock)
                asks |= {(ref, who): Ask(who, now) for who in waiting}
        rooms.asks.forget(now, AT_ONCE)
        asks = {
            key: ask
            for key, ask in asks.items()
            if ask.closed is None or ask.closed >= now - REMEMBERED
        }
        for besides in REFS:
            others = [ask for (ref, _), ask in asks.items() if ref != besides]
            waiting_for = Counter(ask.person for ask in others if ask.closed is None)
            assert rooms.asks.open(besides) == waiting_for
            # Another order of adding up may round the last digit the other way.
            wanted = pytest.approx(loads(others, now), rel=0, abs=LAST_DIGIT)
            assert rooms.asks.loads(besides, now) == wanted
        assert summed(rooms) == {ask.person for ask in asks.values()}


def summed(rooms: Rooms) -> set[str]:
    rows = rooms.inbox._db.conn.execute("SELECT person FROM carried").fetchall()
    return {person for (person,) in rows}


@given(LIVES)
def test_what_is_kept_as_sums_is_what_the_rows_add_up_to(
    shared_storage: Storage, life: list[Kept | Dropped]
) -> None:
    undone(shared_storage, lambda rooms: lived(rooms, life))


def test_a_row_that_is_given_to_somebody_else_counts_for_them(storage: Storage) -> None:
    def given_away(rooms: Rooms) -> set[str]:
        rooms.asks.keep(a_review(asks=(an_ask("ana"),)), NOW)
        rooms.inbox._db.conn.execute("UPDATE asks SET person = 'ben'")
        return summed(rooms)

    assert storage.run_blocking(given_away) == {"ben"}


def test_the_sums_of_whoever_is_erased_go_and_their_stand_in_has_none(storage: Storage) -> None:
    asked = a_review(asks=(an_ask("dana"), an_ask("omar")))
    over = a_review(state=State.MERGED, asks=(an_ask("omar"),))
    storage.run_blocking(lambda rooms: rooms.reviews.save(asked, NOW))
    storage.run_blocking(lambda rooms: rooms.reviews.save(over, NOW))
    assert erase(storage, "dana").rows["asks"] == 1
    assert storage.run_blocking(summed) == {"omar"}


def test_what_was_asked_before_there_were_sums_is_summed_up(tmp_path: Path) -> None:
    path, closed = tmp_path / "earlier.db", NOW - timedelta(days=7)
    earlier = Database(path)
    migrations.apply(earlier, stop_before="m032_carried")
    earlier.conn.executemany(
        "INSERT INTO asks (ref, person, asked, closed) VALUES (?, ?, ?, ?)",
        [
            ("github/acme/shop/1", "ana", moment(closed), None),
            ("github/acme/shop/2", "ana", moment(closed), moment(closed)),
            ("github/acme/shop/3", "ana", moment(closed), moment(NOW)),
            ("github/acme/shop/3", "ben", moment(closed), moment(closed)),
        ],
    )
    earlier.conn.commit()
    earlier.close()
    opened = Storage(path)
    assert opened.run_blocking(lambda rooms: rooms.asks.open(REFS[0])) == {"ana": 1}
    assert opened.run_blocking(lambda rooms: rooms.asks.loads(REFS[0], NOW)) == {
        "ana": 2.5,
        "ben": 0.5,
    }
    over = closed + REMEMBERED + timedelta(1)
    opened.run_blocking(lambda rooms: rooms.asks.forget(over, AT_ONCE))
    assert opened.run_blocking(lambda rooms: rooms.asks.loads(REFS[0], NOW)) == {"ana": 2.0}
    opened.close()
