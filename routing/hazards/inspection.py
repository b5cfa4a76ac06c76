"""What a change holds, looked at once: its lines, its kinds of files, what could not be seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from routing.generated import is_generated
from routing.hazards.destruction import destructive_statement
from routing.hazards.kinds import Kind, kinds_of
from routing.hazards.patches import shows_all, space_only_lines
from routing.model import Change, ChangedFile, FileStatus
from routing.supply.dependencies import DependencyChange, dependency_changes

WRITTEN_BY_NOBODY = frozenset({Kind.GENERATED, Kind.VENDORED, Kind.LOCK})
NEVER_LOOKED_INTO = WRITTEN_BY_NOBODY | {Kind.ASSET}
"""Kinds whose contents nobody reads in a diff, so that not seeing them hides nothing more."""

FORMS = frozenset({Kind.SOURCE, Kind.TEST, Kind.DOCS, Kind.CONFIG, Kind.ASSET, Kind.BINARY})
"""What a file is made of. One that moves is what its new name says; what it was about stays."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines added and deleted that count, by what they are part of."""

    code: int = 0
    tests: int = 0
    docs: int = 0
    source: int = 0
    """Of the code, what stands in a programming language and is no migration."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the code of a change is scattered; the entropy of its lines over files, in bits."""

    files: int = 0
    directories: int = 0
    entropy: float = 0.0


@dataclass(frozen=True, slots=True)
class Tests:
    """What happens to the tests: whether any were written, and by how much they shrink."""

    written: bool = False
    files_removed: int = 0
    net_removed: int = 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything about a change that its risk is judged by.

    `kinds` holds the paths of each kind; `destructive` is what a migration destroys, in words;
    `unseen` are the paths whose contents were not, or not wholly, shown.
    """

    lines: Lines
    spread: Spread
    tests: Tests
    kinds: Mapping[Kind, Sequence[str]]
    dependencies: tuple[DependencyChange, ...]
    destructive: str | None
    unseen: tuple[str, ...]


class _Part(Enum):
    """What the lines of a file are part of."""

    SOURCE = auto()
    OTHER_CODE = auto()
    TESTS = auto()
    DOCS = auto()
    NOBODYS = auto()


QUIET = (_Part.TESTS, _Part.DOCS)


class _Seen(NamedTuple):
    file: ChangedFile
    kinds: frozenset[Kind]
    part: _Part
    lines: int


def effective_lines(change: Change) -> int:
    """Lines added and deleted that somebody had to write.

    Generated, vendored and lock files, recorded outputs, moved files and lines that change
    nothing but space (where the patch shows it) do not count.
    """
    return sum(_effective(file) for file in change.files if not is_generated(file.path))


def inspect(change: Change) -> Inspection:
    """Look at every file once."""
    files = [_look(file) for file in change.files]
    kinds: dict[Kind, list[str]] = {}
    for file, found, _, _ in files:
        for kind in found:
            kinds.setdefault(kind, []).append(file.path)
    return Inspection(
        lines=_lines(files),
        spread=_spread(one.file for one in files if one.lines and one.part not in QUIET),
        tests=_tests(files),
        kinds=kinds,
        dependencies=dependency_changes(change.files),
        destructive=_destructive(files),
        unseen=tuple(one.file.path for one in files if _is_unseen(one)),
    )


def _look(file: ChangedFile) -> _Seen:
    kinds = kinds_of(file.path)
    if file.old_path is not None and file.old_path != file.path:
        kinds |= kinds_of(file.old_path) - FORMS - WRITTEN_BY_NOBODY
    part = _part_of(kinds)
    return _Seen(file, kinds, part, 0 if part is _Part.NOBODYS else _effective(file))


@lru_cache(maxsize=1024)
def _part_of(kinds: frozenset[Kind]) -> _Part:
    """Files are of few kinds together, and there are thousands of files."""
    if kinds & WRITTEN_BY_NOBODY:
        return _Part.NOBODYS
    if Kind.TEST in kinds:
        return _Part.TESTS
    if Kind.DOCS in kinds:
        return _Part.DOCS
    source = Kind.SOURCE in kinds and Kind.MIGRATION not in kinds
    return _Part.SOURCE if source else _Part.OTHER_CODE


def _effective(file: ChangedFile) -> int:
    if not file.patch:
        return file.additions + file.deletions
    idle = space_only_lines(file.patch, file.path)
    return max(0, file.additions + file.deletions - idle)


def _lines(files: Iterable[_Seen]) -> Lines:
    sums = dict.fromkeys(_Part, 0)
    for one in files:
        sums[one.part] += one.lines
    source = sums[_Part.SOURCE]
    return Lines(source + sums[_Part.OTHER_CODE], sums[_Part.TESTS], sums[_Part.DOCS], source)


def _spread(files: Iterable[ChangedFile]) -> Spread:
    sizes = {file.path: file.additions + file.deletions for file in files}
    total = sum(sizes.values())
    if not total:
        return Spread()
    shares = [size / total for size in sizes.values() if size]
    entropy = -sum(share * math.log2(share) for share in shares)
    return Spread(len(sizes), len({path.rpartition("/")[0] for path in sizes}), max(0.0, entropy))


def _tests(files: Sequence[_Seen]) -> Tests:
    tests = [one.file for one in files if one.part is _Part.TESTS]
    source = (one.file for one in files if Kind.SOURCE in one.kinds)
    shrunk = _shrinks_by(tests)
    alone = shrunk > 0 and shrunk > _shrinks_by(source)
    return Tests(
        written=any(file.additions for file in tests),
        files_removed=sum(file.status is FileStatus.REMOVED for file in tests),
        net_removed=shrunk if alone else 0,
    )


def _shrinks_by(files: Iterable[ChangedFile]) -> int:
    return sum(file.deletions - file.additions for file in files)


def _destructive(files: Iterable[_Seen]) -> str | None:
    """What the migrations destroy. One that is removed, or cannot be seen, may destroy too."""
    for file, kinds, _, _ in files:
        if Kind.MIGRATION not in kinds:
            continue
        if file.status is FileStatus.REMOVED:
            return f"{file.path} is removed"
        if not shows_all(file.patch, file.additions, file.deletions):
            return f"{file.path} could not be seen"
        statement = destructive_statement(file.patch or "", file.path)
        if statement is not None:
            return f"{file.path}: {statement}"
    return None


def _is_unseen(one: _Seen) -> bool:
    """A file without lines and without a patch is binary, unless it only moved."""
    file = one.file
    if not one.kinds.isdisjoint(NEVER_LOOKED_INTO) or file.status is FileStatus.REMOVED:
        return False
    if not file.additions and not file.deletions:
        return file.patch is None and file.status is not FileStatus.RENAMED
    return not shows_all(file.patch, file.additions, file.deletions)
