"""Finding ledger entries: by words, kind, merge request and day; newest first, page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.model import Ref
from routing.trail import Entry
from storage.database import Storage
from storage.ledger_search import Wanted
from tests.storage.erased import erase

BEGIN = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
SHOP, TEA = Ref("github", "acme/shop", 1), Ref("gitlab", "acme/tea/pot", 22)

STORY = (
    (SHOP, Entry("opened", {"title": "Retry refunds", "binding": {"head_sha": "0344565cb0"}})),
    (SHOP, Entry("approval", {"person": "dana", "binding": {"head_sha": "0344565cb0"}})),
    (TEA, Entry("opened", {"title": "Müde Kannen", "binding": {"policy_hash": "unreadable"}})),
    (TEA, Entry("changes_requested", {"person": "omar", "comment": 'say "when" -- please'})),
    (SHOP, Entry("merged", {"head_sha": "0344565cb0"})),
)


@pytest.fixture
def told(storage: Storage) -> Storage:
    """A ledger of five entries, one a day."""
    for day, (ref, entry) in enumerate(STORY):
        at = BEGIN + timedelta(days=day)
        storage.run_blocking(lambda rooms, r=ref, e=entry, t=at: rooms.ledger.append(r, [e], t))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
    storage.run_blocking(lambda rooms: rooms.ledger_search.catch_up(100))
    return storage


def found(storage: Storage, wanted: Wanted, before: int | None = None, most: int = 9) -> list[int]:
    return storage.run_blocking(
        lambda rooms: [one.seq for one in rooms.ledger_search.find(wanted, before, most)]
    )


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [5, 4, 3, 2, 1]),
        (Wanted("refund"), [1]),
        (Wanted("REFUNDS retry"), [1]),
        (Wanted("refunds dana"), []),
        (Wanted("0344565c"), [5, 2, 1]),
        (Wanted("mude"), [3]),
        (Wanted("acme/tea"), [4, 3]),
        (Wanted('"when" -- OR *'), []),
        (Wanted('"when" --'), [4]),
        (Wanted("unreadable"), []),
        (Wanted("--"), [5, 4, 3, 2, 1]),
        (Wanted(kind="opened"), [3, 1]),
        (Wanted("kannen", kind="opened"), [3]),
        (Wanted("kannen", kind="merged"), []),
        (Wanted(ref="github/acme/shop/1"), [5, 2, 1]),
        (Wanted(ref="github/acme/shop/1", kind="merged"), [5]),
        (Wanted(since=date(2026, 11, 18)), [5, 4, 3]),
        (Wanted(until=date(2026, 11, 17)), [2, 1]),
        (Wanted(since=date(2026, 11, 18), until=date(2026, 11, 18)), [3]),
        (Wanted("acme", since=date(2026, 11, 19), until=date.max), [5, 4]),
        (Wanted(since=date(2027, 1, 1)), []),
    ],
    ids=str,
)
def test_what_is_wanted_is_found(told: Storage, wanted: Wanted, numbers: list[int]) -> None:
    assert found(told, wanted) == numbers


@pytest.mark.parametrize("words", ["", "acme"])
def test_a_page_begins_where_the_one_before_ended(told: Storage, words: str) -> None:
    first = found(told, Wanted(words), most=2)
    assert first == [5, 4]
    assert found(told, Wanted(words), before=first[-1], most=2) == [3, 2]


def test_the_index_follows_in_steps(told: Storage) -> None:
    told.run_blocking(
        lambda rooms: rooms.ledger.append(SHOP, [Entry("open", {"by": "zoe"})] * 3, BEGIN)
    )
    steps = [told.run_blocking(lambda rooms: rooms.ledger_search.catch_up(2)) for _ in range(3)]
    assert steps == [2, 1, 0]
    assert found(told, Wanted("zoe")) == [8, 7, 6]


def test_what_was_erased_is_found_by_no_word(told: Storage) -> None:
    erase(told, "dana")
    assert found(told, Wanted("dana")) == []
    told.run_blocking(lambda rooms: rooms.ledger_search.catch_up(100))
    assert found(told, Wanted("dana")) == []
    assert found(told, Wanted("0344565c")) == [5, 2, 1]


def test_kinds_are_named_once(told: Storage) -> None:
    kinds = told.run_blocking(lambda rooms: rooms.ledger_search.kinds())
    assert kinds == ["approval", "changes_requested", "merged", "opened"]


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_words_make_the_search_fail(told: Storage, words: str) -> None:
    assert set(found(told, Wanted(words))) <= {1, 2, 3, 4, 5}
