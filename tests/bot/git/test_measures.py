"""What was known about a change before it landed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.git.main_line import Landed
from bot.git.measures import Known, Memory
from routing.model import ChangedFile, FileStatus
from routing.risk import RiskContext
from tests.bot.git.histories import START

ADDED, RENAMED = FileStatus.ADDED, FileStatus.RENAMED


def landed(*files: ChangedFile, day: float = 0, author: str = "ana", title: str = "Work") -> Landed:
    address = f"{author}@shop.example"
    return Landed("", ("p",), START + timedelta(days=day), author, address, title, files)


def known(change: Landed, *earlier: Landed) -> Known:
    memory = Memory()
    for one in earlier:
        memory.land(one)
    return memory.known(change)


def test_the_measures_of_a_change() -> None:
    earlier = (
        landed(ChangedFile("lib/a.py", 10, 0, ADDED), ChangedFile("b.py", 5, 0, ADDED)),
        landed(ChangedFile("lib/a.py", 3, 1), day=10, author="bob"),
    )
    change = landed(
        ChangedFile("lib/a.py", 2, 4), ChangedFile("b.py", 6, 0), day=20, title="Fix a crash"
    )
    assert known(change, *earlier).measures == {
        "ns": 2,
        "nd": 2,
        "nf": 2,
        "entropy": 1.0,
        "la": 8,
        "ld": 4,
        "fix": 1.0,
        "ndev": 2,
        "nuc": 2,
        "exp": 1,
        "age": 15.0,
        "lt": 17,
    }


def test_a_new_file_has_no_past_and_no_age() -> None:
    found = known(landed(ChangedFile("a.py", 9, 0, ADDED))).measures
    assert (found["lt"], found["ndev"], found["nuc"], "age" in found) == (0, 0, 0, False)


def test_a_file_whose_beginning_was_not_read_has_no_length() -> None:
    old, new = ChangedFile("a.py", 9, 0), ChangedFile("b.py", 9, 0, ADDED)
    assert "lt" not in known(landed(old, new), landed(old)).measures


def test_a_file_takes_its_past_along_when_it_moves() -> None:
    found = known(
        landed(ChangedFile("lib/b.py", 1, 0), day=2),
        landed(ChangedFile("a.py", 9, 0, ADDED), author="bob"),
        landed(ChangedFile("lib/b.py", 1, 0, RENAMED, "a.py"), day=1),
    ).measures
    assert (found["lt"], found["ndev"], found["nuc"]) == (10, 2, 2)


def test_a_change_to_two_files_counts_once() -> None:
    both = (ChangedFile("a.py", 1, 0), ChangedFile("b.py", 1, 0))
    assert known(landed(*both), landed(*both)).measures["nuc"] == 1


def test_a_change_without_lines_has_no_entropy() -> None:
    assert known(landed(ChangedFile("a.bin", 0, 0))).measures["entropy"] == 0


def test_addresses_are_compared_without_case() -> None:
    file = ChangedFile("a.py", 1, 0)
    found = known(landed(file, author="Ana"), landed(file, author="ANA"))
    assert (found.measures["exp"], found.context.author_knows_files) == (1, True)


@pytest.mark.parametrize(
    ("day", "changes", "fixes"), [(0, 2, 1), (90, 2, 1), (95, 1, 1), (101, 0, 0)]
)
def test_the_card_is_told_of_the_last_ninety_days(day: float, changes: int, fixes: int) -> None:
    file = ChangedFile("a.py", 1, 0)
    found = known(
        landed(file, day=day, author="bob"),
        landed(file, day=0),
        landed(file, day=10, title="Fix it"),
    )
    assert found.context == RiskContext(
        developers_on_files=1,
        author_knows_files=False,
        recent_changes=changes,
        recent_fixes=fixes,
    )
