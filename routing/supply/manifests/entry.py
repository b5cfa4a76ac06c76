"""What a dependency file says, line by line: its entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What an entry asks for."""

    DEPENDENCY = "dependency"
    """Something that is used; the specification is a version, a range or an address."""

    LOCKED = "locked"
    """What a package manager wrote down as resolved, direct or not."""

    ACTION = "action"
    """A step of a workflow that somebody else wrote; the specification is a git reference."""

    SCRIPT = "script"
    """A script that runs when packages are installed."""

    SOURCE = "source"
    """Where packages are fetched from, or what one is replaced with."""


class Entry(NamedTuple):
    """One thing a dependency file asks for."""

    role: Role
    name: str
    specification: str


Read = Callable[[Sequence[str]], Iterable[Entry]]
"""Reads lines that stand together in a file. They may be a part of it (one side of a hunk), so a
reader judges by what it sees: where a heading is out of sight, only clear cases are entries."""


def dependency(name: str, specification: str) -> Entry:
    """An entry for something that is used."""
    return Entry(Role.DEPENDENCY, name, specification.strip())


def in_each(lines: Sequence[str], read_line: Callable[[str], Iterable[Entry]]) -> Iterator[Entry]:
    """The entries of a file in which every line stands for itself."""
    for line in lines:
        yield from read_line(line.strip())
