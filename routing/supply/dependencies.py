"""The supply chain: what a change does to the dependencies, read from its patches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing.hazards.kinds import Kind, kinds_of
from routing.hazards.patches import parse_hunks, shows_all
from routing.model import ChangedFile, FileStatus
from routing.supply.manifests import Ecosystem, Reader, reader_of
from routing.supply.manifests.entry import Entry, Role
from routing.supply.versions import comes_from_outside, is_commit, parse_version

LONGEST_LINE = 4_000
"""Characters. People's dependency files have no longer lines; what has is not read line by line."""

READABLE = frozenset({Kind.MANIFEST, Kind.LOCK, Kind.CONTAINER, Kind.CI})


class Finding(StrEnum):
    """What happened to a dependency, the gravest first."""

    UNSEEN = "unseen"
    INSTALL_SCRIPT = "install_script"
    SOURCE = "source"
    ADDED = "added"
    UNPINNED_ACTION = "unpinned_action"
    UNREAD = "unread"
    MAJOR_UPGRADE = "major_upgrade"
    DOWNGRADED = "downgraded"
    UPGRADED = "upgraded"
    CHANGED = "changed"
    REMOVED = "removed"


BESIDE_VERSIONS = frozenset({Finding.UNSEEN, Finding.INSTALL_SCRIPT, Finding.SOURCE})
"""Findings that say nothing of a version, so that what a lock file says of it is still news."""

PHRASES = {
    Finding.UNSEEN: "what changed in {path} could not be seen",
    Finding.INSTALL_SCRIPT: "new install script: {name}",
    Finding.SOURCE: "takes {name} from {after}",
    Finding.ADDED: "adds {name} {after}",
    Finding.UNPINNED_ACTION: "action pinned to a tag, not a commit: {name}@{after}",
    Finding.UNREAD: "{path} lists dependencies in a form that is not read",
    Finding.MAJOR_UPGRADE: "major upgrade {name} {before} → {after}",
    Finding.DOWNGRADED: "downgrades {name} {before} → {after}",
    Finding.UPGRADED: "upgrades {name} {before} → {after}",
    Finding.CHANGED: "changes {name} {before} → {after}",
    Finding.REMOVED: "removes {name} {before}",
}


@dataclass(frozen=True, slots=True)
class DependencyChange:
    """One thing that a change does to the dependencies.

    `before` and `after` are specifications as written ("^1.2", a tag, an address). `direct` is
    False for what only a lock file names.
    """

    ecosystem: Ecosystem
    finding: Finding
    name: str
    path: str
    before: str | None = None
    after: str | None = None
    direct: bool = True

    @property
    def phrase(self) -> str:
        """What happened, to stand within a sentence: `major upgrade react ^17 → ^18`."""
        said = PHRASES[self.finding].format(
            name=self.name, path=self.path, before=self.before or "any", after=self.after or ""
        )
        return said.rstrip()


def dependency_changes(files: Iterable[ChangedFile]) -> tuple[DependencyChange, ...]:
    """What the files' patches do to the dependencies, the gravest first.

    A dependency file whose patch is missing, incomplete or written on endless lines is an
    `UNSEEN` of its own. What a lock file resolved is left out where a manifest names it too.
    """
    found = [change for file in files for change in _of_file(file)]
    named = {
        (change.ecosystem, change.name)
        for change in found
        if change.direct and change.finding not in BESIDE_VERSIONS
    }
    order = list(Finding)
    return tuple(
        sorted(
            (
                change
                for change in found
                if change.direct or (change.ecosystem, change.name) not in named
            ),
            key=lambda change: (order.index(change.finding), not change.direct),
        )
    )


def changes_between(path: str, before: str, after: str) -> tuple[DependencyChange, ...]:
    """The same from the whole texts of one file; empty where it is no file we can read."""
    reader = reader_of(path)
    if reader is None:
        return ()
    sides = (_read(reader, [text.split("\n")]) for text in (before, after))
    return tuple(_compare(reader.ecosystem, path, *sides))


def _of_file(file: ChangedFile) -> Iterator[DependencyChange]:
    kinds = kinds_of(file.path)
    moved = file.status is FileStatus.RENAMED and not file.additions and not file.deletions
    if moved or kinds.isdisjoint(READABLE):
        return
    reader = reader_of(file.path)
    if reader is None:
        if Kind.MANIFEST in kinds and file.status is not FileStatus.REMOVED:
            finding = Finding.UNSEEN if file.patch is None else Finding.UNREAD
            yield DependencyChange(Ecosystem.OTHER, finding, file.path, file.path)
        return
    hunks = parse_hunks(file.patch or "")
    seen = shows_all(file.patch, file.additions, file.deletions) and all(
        len(line) <= LONGEST_LINE for hunk in hunks for line in hunk.after
    )
    if not seen and file.status is not FileStatus.REMOVED:
        yield DependencyChange(reader.ecosystem, Finding.UNSEEN, file.path, file.path)
    before = _read(reader, [hunk.before for hunk in hunks])
    after = _read(reader, [hunk.after for hunk in hunks])
    yield from _compare(reader.ecosystem, file.path, before, after)


def _read(reader: Reader, parts: Iterable[Sequence[str]]) -> Counter[Entry]:
    """The entries of several parts of a file; space is evened out so that readers stay fast."""
    return Counter(
        entry
        for part in parts
        for entry in reader.read(
            [" ".join(line.split()) for line in part if len(line) <= LONGEST_LINE]
        )
    )


def _compare(
    ecosystem: Ecosystem, path: str, before: Counter[Entry], after: Counter[Entry]
) -> Iterator[DependencyChange]:
    gone = {(entry.role, entry.name): entry for entry in before - after}
    come = {(entry.role, entry.name): entry for entry in after - before}
    for key in dict.fromkeys((*come, *gone)):
        old, new = gone.get(key), come.get(key)
        finding = _finding(old, new)
        if finding is not None:
            yield DependencyChange(
                ecosystem,
                finding,
                key[1],
                path,
                before=old.specification if old else None,
                after=new.specification if new else None,
                direct=key[0] is not Role.LOCKED,
            )


def _finding(old: Entry | None, new: Entry | None) -> Finding | None:
    """What became of an entry; None for what does not matter (a script taken away)."""
    if new is None:
        return Finding.REMOVED if old and old.role not in {Role.SCRIPT, Role.SOURCE} else None
    if new.role is Role.SCRIPT:
        return Finding.INSTALL_SCRIPT
    if new.role is Role.SOURCE or comes_from_outside(new.specification):
        return Finding.SOURCE
    if new.role is Role.ACTION and not is_commit(new.specification):
        return Finding.UNPINNED_ACTION
    if old is None:
        return Finding.ADDED
    return _step(old.specification, new.specification)


def _step(before: str, after: str) -> Finding:
    old, new = parse_version(before), parse_version(after)
    if not old or not new or old == new:
        return Finding.CHANGED
    if new[0] > old[0]:
        return Finding.MAJOR_UPGRADE
    return Finding.UPGRADED if new > old else Finding.DOWNGRADED
