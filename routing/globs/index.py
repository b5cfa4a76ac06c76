"""Many globs against one path at once: which of them match.

Globs without wildcards lie flat in dictionaries. The others hang, below the literal folder they
begin with, in a trie of segments. What a folder means for the paths in it is worked out once,
from its parent, and remembered; a path then costs a few look-ups, however many globs there are.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from routing.folders import Folders
from routing.globs.segment import Segment


class Depth(Enum):
    """The step of a glob that stands for any number of folders, none included."""

    ANY = "**"


Step = str | Segment | Depth


class Glob(NamedTuple):
    """A glob in its normal form, which every dialect is brought to.

    `home` is the path of plain names it begins with ("" for the root), `steps` what follows.
    `itself` says that it matches the path it spells, `below` everything inside that.
    """

    home: str
    steps: tuple[Step, ...]
    itself: bool
    below: bool


def glob_of(steps: Sequence[Step], *, itself: bool, below: bool) -> Glob:
    """Bring steps from the root into the normal form.

    A last step of any depth, alone or before a bare star, is the same as `below`.
    """
    kept: list[Step] = []
    for step in steps:
        if not (step is Depth.ANY and kept and kept[-1] is Depth.ANY):
            kept.append(step)
    last = kept[-1]
    if itself and isinstance(last, Segment) and last.free and kept[-2:-1] == [Depth.ANY]:
        last = kept.pop()
    if last is Depth.ANY or (kept and kept[-1] is Depth.ANY):
        kept.pop()
        itself, below = False, True
    names: list[str] = []
    for step in kept:
        if not isinstance(step, str):
            break
        names.append(step)
    return Glob("/".join(names), tuple(kept[len(names) :]), itself, below)


class _Node:
    """A place in the trie: the globs that end here, and the branches that lead on from here."""

    __slots__ = ("below", "branches", "deeper", "itself", "stays")

    def __init__(self, *, stays: bool = False) -> None:
        self.itself: tuple[int, ...] = ()
        self.below: tuple[int, ...] = ()
        self.branches: _Branches | None = None
        self.deeper: _Node | None = None
        self.stays = stays  # the node behind a `**`: it remains open in every deeper folder

    def grow(self, step: Step) -> _Node:
        """The node that the step leads to, made where it is missing."""
        if step is Depth.ANY:
            self.deeper = self.deeper or _Node(stays=True)
            return self.deeper
        self.branches = self.branches or _Branches()
        return self.branches.grow(step)


_Bucket = dict[Segment, _Node]


class _Branches:
    """Where a name leads: plain names by themselves, segments by the text at one of their ends."""

    def __init__(self) -> None:
        self.names: dict[str, _Node] = {}
        self.heads: dict[int, dict[str, _Bucket]] = {}
        self.tails: dict[int, dict[str, _Bucket]] = {}
        self.others: _Bucket = {}

    def grow(self, step: str | Segment) -> _Node:
        """The node that the step leads to, made where it is missing."""
        if isinstance(step, str):
            return self.names.setdefault(step, _Node())
        head, tail = step.head, step.tail
        if not head and not tail:
            return self.others.setdefault(step, _Node())
        side, text = (self.heads, head) if len(head) > len(tail) else (self.tails, tail)
        return side.setdefault(len(text), {}).setdefault(text, {}).setdefault(step, _Node())

    @cached_property
    def lead_on(self) -> bool:
        """Whether they lead anywhere below: else no name of a folder need be followed.

        Only asked once all globs hang here.
        """
        nodes = [*self.names.values(), *self.others.values()]
        for sides in (*self.heads.values(), *self.tails.values()):
            for bucket in sides.values():
                nodes += bucket.values()
        return any(node.below or node.branches or node.deeper for node in nodes)

    def follow(self, name: str) -> list[_Node]:
        """Every node that this name leads to."""
        reached = [self.names[name]] if name in self.names else []
        for size, tails in self.tails.items():
            if bucket := tails.get(name[-size:]):
                reached += _fitting(bucket, name)
        for size, heads in self.heads.items():
            if bucket := heads.get(name[:size]):
                reached += _fitting(bucket, name)
        if self.others:
            reached += _fitting(self.others, name)
        return reached

    def follow_all(self, names: Collection[str]) -> Iterator[_Node]:
        """Every node that any of these names leads to: each step is tried until one name fits."""
        yield from (node for name, node in self.names.items() if name in names)
        for size, tails in self.tails.items():
            yield from _fitting_some(tails, _by_text(names, tails, slice(-size, None)))
        for size, heads in self.heads.items():
            yield from _fitting_some(heads, _by_text(names, heads, slice(size)))
        yield from (node for step, node in self.others.items() if any(map(step.matches, names)))


def _fitting(bucket: _Bucket, name: str) -> list[_Node]:
    return [node for step, node in bucket.items() if step.probe in name and step.matches(name)]


def _by_text(
    names: Iterable[str], wanted: Container[str], end: slice
) -> Mapping[str, Sequence[str]]:
    """The names by the text at one of their ends, where that text is wanted."""
    found: dict[str, list[str]] = {}
    for name in names:
        if (text := name[end]) in wanted:
            found.setdefault(text, []).append(name)
    return found


def _fitting_some(
    buckets: Mapping[str, _Bucket], names: Mapping[str, Sequence[str]]
) -> Iterator[_Node]:
    for text, some in names.items():
        for step, node in buckets[text].items():
            if any(map(step.matches, some)):
                yield node


class _Folder(NamedTuple):
    """What is known inside a folder.

    `hits` are the globs that match everything in it, `open` the branches that its names may
    follow, `lasting` those of them that stay open in every folder below it.
    """

    hits: tuple[int, ...]
    open: tuple[_Branches, ...] = ()
    lasting: tuple[_Branches, ...] = ()


class GlobIndex:
    """Globs, each under one or more numbers of the caller's choice, ready to be matched."""

    def __init__(self, globs: Mapping[Glob, Sequence[int]]) -> None:
        self._itself: dict[str, tuple[int, ...]] = {}
        self._below: dict[str, tuple[int, ...]] = {}
        self._tries: dict[str, _Node] = {}
        for glob, numbers in globs.items():
            self._add(glob, tuple(numbers))
        self._folders = Folders(self._folder("", _Folder(())), self._folder)

    def _add(self, glob: Glob, numbers: tuple[int, ...]) -> None:
        home, steps, itself, below = glob
        if not steps:
            if itself:
                self._itself[home] = self._itself.get(home, ()) + numbers
            if below:
                self._below[home] = self._below.get(home, ()) + numbers
            return
        node = self._tries.get(home)
        if node is None:
            node = self._tries[home] = _Node()
        for step in steps:
            node = node.grow(step)
        if itself:
            node.itself += numbers
        if below:
            node.below += numbers

    def matching(self, path: str) -> tuple[int, ...]:
        """The numbers of all globs that match the path, each once, in no particular order.

        The path is relative to the repository's root; a leading slash is passed over.
        """
        path = path.removeprefix("/")
        folder, _, name = path.rpartition("/")
        known = self._folders.at(folder)
        hits = known.hits
        if path in self._itself:
            hits += self._itself[path]
        if name:
            for branches in known.open:
                for reached in branches.follow(name):
                    hits += reached.itself
        return hits

    def touched(self, paths: Iterable[str]) -> frozenset[int]:
        """The numbers of all globs that match any of the paths."""
        names: dict[_Branches, set[str]] = {}
        hits: set[int] = set()
        for written in paths:
            path = written.removeprefix("/")
            folder, _, name = path.rpartition("/")
            known = self._folders.at(folder)
            hits.update(known.hits)
            if path in self._itself:
                hits.update(self._itself[path])
            if name:
                for branches in known.open:
                    names.setdefault(branches, set()).add(name)
        for branches, some in names.items():
            for reached in branches.follow_all(some):
                hits.update(reached.itself)
        return frozenset(hits)

    def _folder(self, path: str, parent: _Folder) -> _Folder:
        hits = parent.hits
        if path in self._below:
            hits += self._below[path]
        name = path.rpartition("/")[2]
        entered = [one for ways in parent.open if ways.lead_on for one in ways.follow(name)]
        if path in self._tries:
            entered.append(self._tries[path])
        if not entered:
            same = hits is parent.hits and parent.open is parent.lasting
            return parent if same else _Folder(hits, parent.lasting, parent.lasting)
        # A `**` also stands for no folder at all: its node is open as soon as the one before it.
        entered += [node.deeper for node in entered if node.deeper]
        for node in entered:
            hits += node.below
        opened = [(node.branches, node.stays) for node in entered if node.branches]
        lasting = tuple(
            dict.fromkeys((*parent.lasting, *(branches for branches, stays in opened if stays)))
        )
        passing = tuple(branches for branches, stays in opened if not stays)
        ways = lasting + passing if passing else lasting
        return _Folder(tuple(dict.fromkeys(hits)), ways, lasting)
