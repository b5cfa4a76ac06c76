"""Merged changes are found by the paths near those of a change, and read only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model import PastChange
from storage.database import Rooms, Storage
from storage.history import Author
from tests.builders import NOW
from tests.storage.undone import undone

LONG_AGO = NOW - timedelta(days=10_000)
SHOP = "github/acme/shop"


def a_past_change(
    name: str, *paths: str, at: datetime = NOW, authors: tuple[str, ...] = ("ana",)
) -> PastChange:
    return PastChange(name, at, authors, (), tuple((path, 3, 1) for path in paths))


def add(storage: Storage, *changes: PastChange, project: str = SHOP) -> None:
    storage.run_blocking(lambda rooms: rooms.history.add(project, changes))


def near(
    storage: Storage, *paths: str, since: datetime = LONG_AGO, project: str = SHOP
) -> list[PastChange]:
    return list(storage.run_blocking(lambda rooms: rooms.history.near(project, paths, since)))


def names(changes: list[PastChange]) -> list[str]:
    return [change.id for change in changes]


def test_a_past_change_comes_back_as_it_was(storage: Storage) -> None:
    change = PastChange("abc", NOW, ("ana", "mail:bo@x.org"), ("dana",), (("web/a.js", 7, 2),))
    repair = replace(change, id="abd", fix=True)
    add(storage, change, repair)
    assert near(storage, "web/a.js") == [change, repair]


def test_a_change_that_one_report_calls_a_repair_is_one(storage: Storage) -> None:
    change = PastChange("abc", NOW, ("ana",), (), (("web/a.js", 7, 2),))
    add(storage, change)
    add(storage, replace(change, fix=True))
    add(storage, change)
    assert near(storage, "web/a.js") == [replace(change, fix=True)]


@pytest.mark.parametrize(
    ("touched", "asked", "found"),
    [
        ("pay/api/refund.py", "pay/api/refund.py", True),
        ("pay/api/other.py", "pay/api/refund.py", True),
        ("pay/web/page.py", "pay/api/refund.py", True),
        ("pay/api/v1/x/page.py", "pay/api/refund.py", True),
        ("pay/readme.md", "pay/api/refund.py", True),
        ("payX/api/refund.py", "pay/api/refund.py", False),
        ("pay", "pay/api/refund.py", False),
        ("web/api/refund.py", "pay/api/refund.py", False),
        ("web/page.js", "README.md", False),
        ("LICENSE", "README.md", True),
        ("web/page.js", "pay/refund.py", False),
    ],
)
def test_near_is_the_file_its_directory_those_beside_it_and_the_same_top(
    storage: Storage, touched: str, asked: str, *, found: bool
) -> None:
    add(storage, a_past_change("one", touched))
    assert names(near(storage, asked)) == (["one"] if found else [])


def test_a_change_comes_with_all_its_files(storage: Storage) -> None:
    add(storage, a_past_change("one", "a/x/1.py", "a/y/2.py", "b/x/3.py"))
    (change,) = near(storage, "a/x/new.py")
    assert {path for path, _, _ in change.files} == {"a/x/1.py", "a/y/2.py", "b/x/3.py"}


def test_overlapping_directories_give_each_change_once(storage: Storage) -> None:
    add(storage, a_past_change("one", "a/b/c/1.py"))
    assert names(near(storage, "a/b/c/2.py", "a/b/c/d/3.py", "a/x/4.py")) == ["one"]


def test_the_latest_change_comes_first(storage: Storage) -> None:
    for days in (3, 1, 2):
        add(storage, a_past_change(f"{days} ago", "a/b/c.py", at=NOW - timedelta(days=days)))
    assert names(near(storage, "a/b/c.py")) == ["1 ago", "2 ago", "3 ago"]


def test_changes_before_the_window_are_not_looked_at(storage: Storage) -> None:
    since = NOW - timedelta(days=365)
    add(storage, a_past_change("in", "a/b/c.py", at=since))
    add(storage, a_past_change("out", "a/b/c.py", at=since - timedelta(seconds=1)))
    assert names(near(storage, "a/b/c.py", since=since)) == ["in"]


def test_projects_know_nothing_of_each_other(storage: Storage) -> None:
    add(storage, a_past_change("one", "a/b/c.py"))
    add(storage, a_past_change("one", "a/b/c.py"), project="github/acme/web")
    storage.run_blocking(lambda rooms: rooms.history.forget(SHOP))
    assert names(near(storage, "a/b/c.py")) == []
    assert names(near(storage, "a/b/c.py", project="github/acme/web")) == ["one"]


def test_a_change_added_twice_counts_once(storage: Storage) -> None:
    for _ in range(2):
        add(storage, a_past_change("one", "a/b/c.py"))
    assert names(near(storage, "a/b/c.py")) == ["one"]
    assert storage.run_blocking(lambda rooms: rooms.history.count(SHOP)) == 1


def test_a_change_met_again_under_another_path_gains_it(storage: Storage) -> None:
    add(storage, a_past_change("one", "a/b/c.py"))
    add(storage, a_past_change("one", "a/b/d.py"))
    (change,) = near(storage, "a/b/c.py")
    assert {path for path, _, _ in change.files} == {"a/b/c.py", "a/b/d.py"}


def test_reviewers_once_known_are_not_forgotten(storage: Storage) -> None:
    reviewed = PastChange("one", NOW, ("ana",), ("dana",), (("a/b/c.py", 1, 0),))
    add(storage, a_past_change("one", "a/b/c.py"))
    add(storage, reviewed)
    add(storage, a_past_change("one", "a/b/c.py"))
    (change,) = near(storage, "a/b/c.py")
    assert change.reviewers == ("dana",)


def test_a_change_without_files_is_near_nothing(storage: Storage) -> None:
    add(storage, a_past_change("empty"))
    assert near(storage, "a/b/c.py") == []


def test_without_paths_nothing_is_near(storage: Storage) -> None:
    add(storage, a_past_change("one", "a/b/c.py"))
    assert near(storage) == []


PATHS = st.lists(
    st.text(st.sampled_from("ab0./é\n%_"), min_size=1, max_size=5), min_size=1, max_size=4
).map("/".join)


def levels(path: str) -> tuple[str, ...]:
    """What two paths near each other have in common: the directory, the one above, the top two."""
    directory = path.rpartition("/")[0]
    return directory, directory.rpartition("/")[0] or directory, "/".join(directory.split("/")[:2])


@given(touched=PATHS, asked=PATHS)
def test_a_path_is_near_exactly_when_it_shares_a_place(
    shared_storage: Storage, touched: str, asked: str
) -> None:
    def work(rooms: Rooms) -> bool:
        rooms.history.add(SHOP, [a_past_change("one", touched)])
        return bool(rooms.history.near(SHOP, [asked], LONG_AGO))

    shares = any(one == other for one, other in zip(levels(touched), levels(asked), strict=True))
    assert undone(shared_storage, work) is shares


def test_how_far_was_read_is_remembered_for_each_scope(storage: Storage) -> None:
    def work(rooms: Rooms) -> list[str | None]:
        rooms.history.set_mark(SHOP, ".", "aaaa", NOW)
        rooms.history.set_mark(SHOP, "web", "bbbb", NOW)
        rooms.history.set_mark(SHOP, ".", "cccc", NOW)
        return [rooms.history.mark(SHOP, scope) for scope in (".", "web", "api")]

    assert storage.run_blocking(work) == ["cccc", "bbbb", None]


def test_forgetting_forgets_the_authors_and_the_marks_too(storage: Storage) -> None:
    def work(rooms: Rooms) -> tuple[object, ...]:
        rooms.history.add_authors(SHOP, [Author("Ana", "ana@x.org", NOW, NOW)])
        rooms.history.set_mark(SHOP, ".", "aaaa", NOW)
        rooms.history.forget(SHOP)
        return rooms.history.authors(SHOP), rooms.history.mark(SHOP, ".")

    assert storage.run_blocking(work) == ([], None)


def test_an_author_has_one_entry_with_the_whole_span_and_the_latest_name(storage: Storage) -> None:
    early, late = NOW - timedelta(days=900), NOW
    middle = NOW - timedelta(days=90)

    def work(rooms: Rooms) -> object:
        for name, at in (("Ana", middle), ("A. Ito-Ruiz", late), ("ana", early)):
            rooms.history.add_authors(SHOP, [Author(name, "ana@x.org", at, at)])
        return rooms.history.authors(SHOP)

    assert storage.run_blocking(work) == [Author("A. Ito-Ruiz", "ana@x.org", early, late)]


def test_those_longest_here_come_first(storage: Storage) -> None:
    def work(rooms: Rooms) -> list[str]:
        for name, days in (("new", 1), ("old", 900), ("middle", 90)):
            at = NOW - timedelta(days=days)
            rooms.history.add_authors(SHOP, [Author(name, f"{name}@x.org", at, at)])
        return [author.name for author in rooms.history.authors(SHOP)]

    assert storage.run_blocking(work) == ["old", "middle", "new"]
