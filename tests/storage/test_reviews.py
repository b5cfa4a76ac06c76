"""Reviews are found by merge request, by address, by deadline and by whom they wait for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from routing.effects import GateState
from routing.model import Ref, State
from routing.record import AskState, Review
from storage.database import Rooms, Storage
from storage.reviews import Unreadable
from tests.bot.builders import a_card, a_gate, a_review, an_ask, an_opinion
from tests.builders import NOW, REF

LATER = NOW + timedelta(hours=4)


def a_review_of(number: int, forge: str = "github", **changes: Any) -> Review:
    ref = Ref(forge, "acme/shop", number)
    return a_review(ref=ref, url=f"https://{forge}.com/acme/shop/pull/{number}", **changes)


def save(storage: Storage, *reviews: Review) -> None:
    def work(rooms: Rooms) -> None:
        for review in reviews:
            rooms.reviews.save(review, NOW)

    storage.run_blocking(work)


def numbers(reviews: object) -> list[int]:
    assert isinstance(reviews, list)
    return [review.ref.number for review in reviews]


@pytest.mark.parametrize(
    "review",
    [
        a_review(),
        a_review(opinions=(an_opinion(),), seen={"r1": a_review().binding}, card=a_card()),
        a_review(gate=a_gate(GateState.SUCCESS), approve_on_forge="its risk is critical"),
        a_review(state=State.MERGED, asks=(), next_due=None, author_person=None, channel=None),
        a_review(title="Zürich ✓ \u202e & <b>", names={}),
    ],
)
def test_a_review_comes_back_as_it_was(storage: Storage, review: Review) -> None:
    save(storage, review)
    assert storage.run_blocking(lambda rooms: rooms.reviews.get(REF)) == review


def test_a_merge_request_never_seen_has_no_review(storage: Storage) -> None:
    save(storage, a_review())
    ref = Ref("github", "acme/shop", 1)
    assert storage.run_blocking(lambda rooms: rooms.reviews.get(ref)) is None


def test_saving_again_replaces(storage: Storage) -> None:
    save(storage, a_review(), a_review(title="another"))
    found = storage.run_blocking(lambda rooms: rooms.reviews.open())
    assert [review.title for review in found] == ["another"]


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://github.example/acme/shop/pull/7", True),
        ("https://github.example/acme/shop/pull/7/", True),
        ("https://github.example/acme/shop/pull/71", False),
        ("https://github.example/acme/shop/pull/%", False),
        ("", False),
    ],
)
def test_a_review_is_found_by_its_address(storage: Storage, url: str, *, known: bool) -> None:
    save(storage, a_review())
    found = storage.run_blocking(lambda rooms: rooms.reviews.by_url(url))
    assert (found is not None) is known


def test_open_reviews_are_those_of_the_forge_that_are_open(storage: Storage) -> None:
    save(
        storage,
        a_review_of(3),
        a_review_of(1),
        a_review_of(2, state=State.MERGED),
        a_review_of(4, state=State.CLOSED),
        a_review_of(5, "gitlab"),
        a_review_of(6, draft=True),
    )
    on_github = storage.run_blocking(lambda rooms: rooms.reviews.open("github"))
    assert numbers(on_github) == [1, 3, 6]
    everywhere = storage.run_blocking(lambda rooms: rooms.reviews.open())
    assert numbers(everywhere) == [1, 3, 6, 5]


def test_a_review_is_due_from_its_deadline_on(storage: Storage) -> None:
    save(storage, a_review(next_due=LATER))

    def due_at(seconds: int) -> object:
        moment = LATER + timedelta(seconds=seconds)
        return storage.run_blocking(lambda rooms: rooms.reviews.due(moment))

    assert due_at(-1) == []
    assert due_at(0) == [(REF, LATER)]
    assert due_at(3600) == [(REF, LATER)]


def test_reviews_without_a_deadline_or_not_open_are_never_due(storage: Storage) -> None:
    save(storage, a_review_of(1, next_due=None), a_review_of(2, state=State.MERGED))
    due = storage.run_blocking(lambda rooms: rooms.reviews.due(NOW + timedelta(days=999)))
    assert due == []


def test_the_longest_overdue_comes_first(storage: Storage) -> None:
    save(
        storage,
        a_review_of(1, next_due=LATER),
        a_review_of(2, next_due=NOW),
    )
    due = storage.run_blocking(lambda rooms: rooms.reviews.due(LATER))
    assert [ref.number for ref, _ in due] == [2, 1]


def test_a_person_finds_the_reviews_that_wait_for_them(storage: Storage) -> None:
    answered = an_ask("dana", AskState.APPROVED)
    save(
        storage,
        a_review_of(1),
        a_review_of(2, asks=(an_ask("omar"),)),
        a_review_of(3, asks=(answered,)),
        a_review_of(4, asks=(an_ask("dana"), an_ask("omar"))),
    )
    asked = storage.run_blocking(lambda rooms: rooms.reviews.asked("dana"))
    assert numbers(asked) == [1, 4]


def test_who_has_answered_is_not_waited_for_any_more(storage: Storage) -> None:
    save(storage, a_review(), a_review(asks=(an_ask("dana", AskState.DECLINED),)))
    assert storage.run_blocking(lambda rooms: rooms.reviews.asked("dana")) == []


def test_open_asks_count_the_other_reviews_of_each_person(storage: Storage) -> None:
    save(
        storage,
        a_review_of(REF.number),
        a_review_of(1, asks=(an_ask("dana"), an_ask("omar"))),
        a_review_of(2, asks=(an_ask("dana"),)),
    )
    held = storage.run_blocking(lambda rooms: rooms.asks.open(REF))
    assert held == {"dana": 2, "omar": 1}


def test_somebody_asked_twice_in_one_review_holds_it_once(storage: Storage) -> None:
    save(storage, a_review_of(1, asks=(an_ask("dana"), an_ask("dana"))))
    held = storage.run_blocking(lambda rooms: rooms.asks.open(REF))
    assert held == {"dana": 1}


async def test_what_shares_a_head_and_cannot_be_read_is_not_passed_over(storage: Storage) -> None:
    other = a_review_of(8)

    def work(rooms: Rooms) -> None:
        rooms.reviews.save(other, NOW)
        rooms.reviews._db.conn.execute("UPDATE reviews SET body = '{'")
        with pytest.raises(Unreadable):
            rooms.reviews.beside(REF, other.binding.head_sha)

    await storage.run(work)
