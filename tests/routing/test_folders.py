"""The memory of folders: each is worked out from its parent, once, and forgotten in time."""

from __future__ import annotations

import pytest

from routing.folders import Folders


def spelled(entered: list[str]) -> Folders[tuple[str, ...]]:
    """Folders that mean the names on the way to them; what is worked out is written down."""

    def enter(path: str, parent: tuple[str, ...]) -> tuple[str, ...]:
        entered.append(path)
        return (*parent, path.rpartition("/")[2])

    return Folders((), enter)


def test_a_folder_is_worked_out_from_its_parent() -> None:
    folders = spelled([])
    assert folders.at("a/b/c") == ("a", "b", "c")
    assert folders.at("a/b/d") == ("a", "b", "d")


def test_the_root_needs_no_working_out() -> None:
    entered: list[str] = []
    assert spelled(entered).at("") == ()
    assert entered == []


def test_a_folder_is_worked_out_once() -> None:
    entered: list[str] = []
    folders = spelled(entered)
    for path in ("a/b", "a/c", "a/b", "a"):
        folders.at(path)
    assert entered == ["a", "a/b", "a/c"]


def test_a_folder_as_deep_as_any_is_no_trouble() -> None:
    assert len(spelled([]).at("/".join("a" * 5_000))) == 5_000


def test_what_was_forgotten_is_worked_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.folders.FOLDERS_REMEMBERED", 2)
    entered: list[str] = []
    folders = spelled(entered)
    assert [folders.at(path) for path in ("a", "b", "c", "a")] == [("a",), ("b",), ("c",), ("a",)]
    assert entered == ["a", "b", "c", "a"]
