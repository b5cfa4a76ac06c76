"""Pasts for the tests of expertise and ranking: a day is a whole number, counted from one start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from routing.model import PastChange
from routing.ranking.ranker import Ranker
from routing.ranking.replay import HistoryChange
from routing.ranking.terms import OpenChange

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("ana", "ben", "cleo", "dana", "eve", "fay", "gus")
PATHS = (
    "billing/invoice.py",
    "billing/tax.py",
    "billing/tests/test_tax.py",
    "web/cart/basket.ts",
    "web/theme.css",
    "README.md",
)


def day(number: float) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=number)


def a_past(
    at: float, *paths: str, by: str = "ana", reviewed_by: tuple[str, ...] = ()
) -> PastChange:
    """A change merged on that day, with ten lines added to each path."""
    files = tuple((path, 10, 0) for path in paths)
    return PastChange(f"c{at:g}", day(at), (by,) if by else (), reviewed_by, files)


def an_open(*paths: str, by: str = "ana", co: tuple[str, ...] = (), key: str = "x") -> OpenChange:
    """A change that looks for reviewers."""
    return OpenChange(key, by, co, tuple((path, 10, 0) for path in paths))


def a_ranker(*past: PastChange) -> Ranker:
    """A ranker that has seen these changes."""
    ranker = Ranker()
    for change in past:
        ranker.observe(change)
    return ranker


FILES = st.lists(
    st.tuples(st.sampled_from(PATHS), st.integers(0, 50), st.integers(0, 50)),
    min_size=1,
    max_size=3,
    unique_by=lambda file: file[0],
).map(tuple)
SOME = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple)
DAYS = st.integers(0, 500)
PAST = st.builds(
    PastChange,
    id=st.text("abc", min_size=1, max_size=4),
    at=DAYS.map(day),
    authors=SOME,
    reviewers=SOME,
    files=FILES,
)
PASTS = st.lists(PAST, max_size=12)


@st.composite
def histories(draw: st.DrawFn) -> list[HistoryChange]:
    """A short history with changes that overlap in time."""
    count = draw(st.integers(2, 12))
    changes = []
    for number in range(count):
        opened = draw(st.integers(0, 60))
        author, *others = draw(st.permutations(NAMES))
        changes.append(
            HistoryChange(
                id=f"c{number}",
                opened=day(opened),
                done=day(opened + draw(st.integers(0, 20))),
                author=author,
                co_authors=tuple(others[:1]) if draw(st.booleans()) else (),
                bot=draw(st.integers(0, 9)) == 0,
                subject=draw(st.sampled_from(("Round tax", "Darken the basket", ""))),
                files=draw(FILES),
                reviewers=tuple(others[2 : 2 + draw(st.integers(0, 2))]),
            )
        )
    return sorted(changes, key=lambda change: change.opened)
