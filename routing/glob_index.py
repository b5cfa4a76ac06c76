"""Many globs against one path at once: which of them match.

Globs without wildcards lie flat in dictionaries. The others hang, below the literal folder they
begin with, in a trie of segments. What a folder means for the paths in it is worked out once,
from its parent, and remembered; a path then costs a few look-ups, however many globs there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, NamedTuple

from routing.glob_segment import Segment

FOLDERS_REMEMBERED: Final = 50_000
"""Beyond this many folders the memory starts anew, so that no change can fill it."""


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


def glob_of(steps: Iterable[Step], *, itself: bool, below: bool) -> Glob:
    """Bring steps from the root into the normal form.

    A last step of any depth, alone or before a bare star, is the same as `below`.
    """
    kept: list[Step] = []
    for step in steps:
        if not (step is Depth.ANY and kept and kept[-1] is Depth.ANY):
            kept.append(step)
    match kept:
        case [*_, Depth.ANY]:
            kept.pop()
            itself, below = False, True
        case [*_, Depth.ANY, Segment(free=True)] if itself:
            del kept[-2:]
            itself, below = False, True
    plain = 0
    while plain < len(kept) and isinstance(kept[plain], str):
        plain += 1
    home = "/".join(step for step in kept[:plain] if isinstance(step, str))
    return Glob(home, tuple(kept[plain:]), itself, below)


class _Node:
    """A place in the trie of segments: which globs end here, and where a name leads from here."""

    __slots__ = ("below", "deeper", "heads", "itself", "names", "others", "stays", "tails")

    def __init__(self, *, stays: bool = False) -> None:
        self.itself: tuple[int, ...] = ()
        self.below: tuple[int, ...] = ()
        self.stays = stays  # the node behind a `**`: it remains active in every deeper folder
        self.deeper: _Node | None = None
        self.names: dict[str, _Node] = {}
        self.heads: dict[int, dict[str, dict[Segment, _Node]]] = {}
        self.tails: dict[int, dict[str, dict[Segment, _Node]]] = {}
        self.others: dict[Segment, _Node] = {}

    def grow(self, step: Step) -> _Node:
        """The node that the step leads to, made where it is missing."""
        if isinstance(step, str):
            return self.names.setdefault(step, _Node())
        if isinstance(step, Segment):
            return self._bucket(step).setdefault(step, _Node())
        self.deeper = self.deeper or _Node(stays=True)
        return self.deeper

    def _bucket(self, segment: Segment) -> dict[Segment, _Node]:
        head, tail = segment.head, segment.tail
        if not head and not tail:
            return self.others
        side, text = (self.heads, head) if len(head) > len(tail) else (self.tails, tail)
        return side.setdefault(len(text), {}).setdefault(text, {})

    def follow(self, name: str) -> Iterator[_Node]:
        """Every node that this name leads to."""
        if name in self.names:
            yield self.names[name]
        for length, buckets in self.tails.items():
            for segment, node in buckets.get(name[-length:], _NONE).items():
                if segment.matches(name):
                    yield node
        for length, buckets in self.heads.items():
            for segment, node in buckets.get(name[:length], _NONE).items():
                if segment.matches(name):
                    yield node
        for segment, node in self.others.items():
            if segment.matches(name):
                yield node


_NONE: Final[dict[Segment, _Node]] = {}


class _Folder(NamedTuple):
    """What is known inside a folder: the globs that own all of it, the nodes still open."""

    hits: tuple[int, ...]
    nodes: tuple[_Node, ...]


class GlobIndex:
    """Globs, each under a number of the caller's choice, ready to be matched."""

    def __init__(self, globs: Iterable[tuple[int, Glob]]) -> None:
        self._itself: dict[str, tuple[int, ...]] = {}
        self._below: dict[str, tuple[int, ...]] = {}
        self._tries: dict[str, _Node] = {}
        for number, glob in globs:
            self._add(number, glob)
        self._folders = {"": self._folder("", None)}

    def _add(self, number: int, glob: Glob) -> None:
        home = glob.home
        if not glob.steps:
            if glob.itself:
                self._itself[home] = (*self._itself.get(home, ()), number)
            if glob.below:
                self._below[home] = (*self._below.get(home, ()), number)
            return
        node = self._tries.get(home)
        if node is None:
            node = self._tries[home] = _Node()
        for step in glob.steps:
            node = node.grow(step)
        if glob.itself:
            node.itself = (*node.itself, number)
        if glob.below:
            node.below = (*node.below, number)

    def matching(self, path: str) -> tuple[int, ...]:
        """The numbers of all globs that match the path, each once, in no particular order.

        The path is relative to the repository's root; a leading slash is passed over.
        """
        path = path.removeprefix("/")
        folder, _, name = path.rpartition("/")
        hits, nodes = self._folders.get(folder) or self._enter(folder)
        if path in self._itself:
            hits += self._itself[path]
        for node in nodes if name else ():
            for reached in node.follow(name):
                if reached.itself:
                    hits += reached.itself
        return hits

    def _enter(self, path: str) -> _Folder:
        """Work out a folder, and every parent that is still unknown, from the top down."""
        if len(self._folders) > FOLDERS_REMEMBERED:
            self._folders = {"": self._folder("", None)}
        memory = self._folders
        missing = [path]
        while (parent := missing[-1].rpartition("/")[0]) not in memory:
            missing.append(parent)
        folder = memory[parent]
        for place in reversed(missing):
            folder = memory[place] = self._folder(place, folder)
        return folder

    def _folder(self, path: str, parent: _Folder | None) -> _Folder:
        entered: list[_Node] = []
        if parent:
            name = path.rpartition("/")[2]
            for node in parent.nodes:
                entered.extend(node.follow(name))
                if node.stays:
                    entered.append(node)
        if path in self._tries:
            entered.append(self._tries[path])
        entered.extend([node.deeper for node in entered if node.deeper])
        nodes = tuple(dict.fromkeys(entered))
        hits = (parent.hits if parent else ()) + self._below.get(path, ())
        for node in nodes:
            if node.below:
                hits += node.below
        return _Folder(tuple(dict.fromkeys(hits)), nodes)
