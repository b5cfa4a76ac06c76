"""What people carry: open asks count whole, those that are over fade."""

from __future__ import annotations

from datetime import datetime, timedelta

from routing.model import Ref
from routing.record import Review
from storage.database import Storage
from tests.bot.builders import a_review, an_ask
from tests.builders import NOW, REF

OTHER = Ref("github", "acme/shop", 8)


def save(storage: Storage, review: Review, at: datetime = NOW) -> None:
    storage.run_blocking(lambda rooms: rooms.reviews.save(review, at))


def loads(storage: Storage, at: datetime = NOW, besides: Ref = OTHER) -> dict[str, float]:
    return dict(storage.run_blocking(lambda rooms: rooms.asks.loads(besides, at)))


def forget(storage: Storage, at: datetime, most: int = 100) -> int:
    return storage.run_blocking(lambda rooms: rooms.asks.forget(at, most))


def test_an_open_ask_weighs_one_however_old_it_is(storage: Storage) -> None:
    save(storage, a_review())
    assert loads(storage, NOW + timedelta(days=100)) == {"dana": 1.0}


def test_an_ask_that_is_over_weighs_half_after_seven_days_and_fades_on(storage: Storage) -> None:
    save(storage, a_review())
    save(storage, a_review(asks=()), NOW)
    assert loads(storage, NOW + timedelta(days=7)) == {"dana": 0.5}
    assert loads(storage, NOW + timedelta(days=63)) == {"dana": 0.001953125}
    assert loads(storage, NOW + timedelta(days=365)) == {}


def test_sixty_days_after_it_was_over_an_ask_is_forgotten(storage: Storage) -> None:
    save(storage, a_review())
    save(storage, a_review(asks=()), NOW)
    assert [forget(storage, NOW + timedelta(days=60)), loads(storage)] == [0, {"dana": 1.0}]
    assert [forget(storage, NOW + timedelta(days=61)), loads(storage)] == [1, {}]


def test_a_round_forgets_so_many_at_most(storage: Storage) -> None:
    refs = [Ref("github", "acme/shop", number) for number in range(1, 6)]
    for ref in refs:
        save(storage, a_review(ref=ref))
        save(storage, a_review(ref=ref, asks=()), NOW)
    later = NOW + timedelta(days=61)
    assert [forget(storage, later, most=2) for _ in range(4)] == [2, 2, 1, 0]


def test_whoever_was_let_go_after_somebody_read_the_clock_is_asked_still(storage: Storage) -> None:
    save(storage, a_review())
    save(storage, a_review(asks=()), NOW + timedelta(seconds=1))
    assert loads(storage, NOW) == {"dana": 1.0}


def test_a_clock_that_was_years_ahead_buries_nobody(storage: Storage) -> None:
    save(storage, a_review())
    save(storage, a_review(asks=()), NOW - timedelta(days=7))
    save(storage, a_review(ref=OTHER))
    save(storage, a_review(ref=OTHER, asks=()), NOW + timedelta(days=3650))
    assert loads(storage, NOW, Ref("github", "acme/shop", 9)) == {"dana": 1.5}
    assert loads(storage, NOW, OTHER) == {"dana": 0.5}


def test_who_comes_back_from_leave_carries_nothing(storage: Storage) -> None:
    save(storage, a_review(asks=(an_ask("omar"),)))
    assert "dana" not in loads(storage)


def test_somebody_asked_again_carries_it_again_whole(storage: Storage) -> None:
    save(storage, a_review())
    save(storage, a_review(asks=()))
    save(storage, a_review())
    assert loads(storage, NOW + timedelta(days=30)) == {"dana": 1.0}


def test_the_review_in_question_does_not_count(storage: Storage) -> None:
    save(storage, a_review())
    assert loads(storage, besides=REF) == {}
    assert storage.run_blocking(lambda rooms: rooms.asks.open(OTHER)) == {"dana": 1}


def test_what_weighs_nothing_any_more_is_dropped(storage: Storage) -> None:
    save(storage, a_review(asks=(an_ask("dana"), an_ask("omar"))))
    save(storage, a_review(asks=(an_ask("omar"),)))
    assert forget(storage, NOW + timedelta(days=61)) == 1
    assert storage.run_blocking(lambda rooms: rooms.asks.open(OTHER)) == {"omar": 1}
