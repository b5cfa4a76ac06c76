"""Text → YAML nodes that know their line, in a subset without surprises.

Scalars stay text: whether `on`, `09:00` or `2026-01-02` is a word, a time or a day is for the
field to say, not for YAML 1.1. Aliases, anchors, tags and duplicate keys are problems, so a
small file can never become a large value, and a key never hides another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from routing.files.problems import InvalidFile, KeyPath, Problem, quoted, render_path
from routing.files.telling import MAX_PROBLEMS

try:  # libyaml is about ten times faster; not every platform has it
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # same interface

MAX_CHARACTERS = 65_536
MAX_DEPTH = 32
CHARACTERS_A_VALUE = 12
"""A file as long as it may be has no more values than that. What is denser takes long to read."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CURES = {
    "\t": "indent with spaces; YAML takes no tabs there",
    "@": 'put the value in quotes: "@…"',
    "`": 'put the value in quotes: "`…"',
    "%": 'put the value in quotes: "%…"',
}

Plain = str | list["Plain"] | dict[str, "Plain"] | None
"""YAML values without their places; every scalar is text, or None where nothing is written."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands: the line and column of its key, both from 1."""

    value: str | tuple[Node, ...] | Mapping[str, Node] | None
    line: int
    column: int
    path: KeyPath = ()

    def plain(self) -> Plain:
        """The value alone."""
        match self.value:
            case tuple():
                return [node.plain() for node in self.value]
            case Mapping():
                return {key: node.plain() for key, node in self.value.items()}
            case _:
                return self.value

    def nearest(self, path: KeyPath) -> Node:
        """The node at a path from here, or the last one on the way that exists."""
        node = self
        for step in path:
            node = node.child(step) or node
        return node

    def child(self, step: str | int) -> Node | None:
        """The value under a key, or at a place in a list; None where there is none."""
        match self.value, step:
            case tuple(), int():
                return self.value[step] if step < len(self.value) else None
            case Mapping(), str():
                return self.value.get(step)
            case _:
                return None

    def items(self) -> Iterable[Node]:
        """What stands in a list or under a mapping's keys; nothing for a scalar."""
        match self.value:
            case tuple():
                return self.value
            case Mapping():
                return self.value.values()
            case _:
                return ()

    def named(self) -> Iterable[tuple[str, Node]]:
        """What stands under a mapping's keys, with them; nothing for anything else."""
        return self.value.items() if isinstance(self.value, Mapping) else ()

    def text(self) -> str | None:
        """The scalar's text; None for anything else."""
        return self.value if isinstance(self.value, str) else None


@dataclass(frozen=True, slots=True)
class Document:
    """A file's root node, and the problems that did not keep it from being read."""

    root: Node
    problems: tuple[Problem, ...] = ()


def parse_yaml(text: str, file: str, limit: int = MAX_CHARACTERS) -> Document:
    """Read one YAML document.

    `file` is the name shown in problems, `limit` the most characters taken.

    Raises:
        InvalidFile: the text cannot be read at all: not YAML, too long, too deep, too many values
            or problems.
    """
    if len(text) > limit:
        cure = f"keep it under {limit:,} characters"
        raise InvalidFile([Problem(file, 1, "", f"the file has {len(text):,} characters", cure)])
    if unreadable := _UNREADABLE.search(text.removeprefix("\ufeff")):
        line = text.count("\n", 0, unreadable.start()) + 1
        message = f"{quoted(unreadable.group())} is a control character"
        raise InvalidFile([Problem(file, line, "", message, "take it out, or write UTF-8 text")])
    reader = _Reader(file, yaml.parse(text, Loader=_Loader), limit // CHARACTERS_A_VALUE)
    try:
        return Document(reader.document(), tuple(reader.problems))
    except yaml.MarkedYAMLError as error:
        raise InvalidFile([*reader.problems, _syntax_problem(error, text, reader)]) from error


class _Reader:
    """Builds nodes from the parser's events, which still show anchors, tags and aliases."""

    def __init__(self, file: str, events: Iterator[yaml.Event], most: int) -> None:
        """Take so many values at most."""
        self.file = file
        self.problems: list[Problem] = []
        self.brackets: list[int] = []  # the lines on which those now open were opened
        self._events = events
        self._most = self._left = most

    def document(self) -> Node:
        next(self._events)  # the stream's start
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return Node(None, 1, 1)
        root = self._node(next(self._events), None, ())
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._report(after, (), "a second document starts here", "keep one document a file")
        return root

    def _node(self, event: yaml.Event, key: yaml.Event | None, path: KeyPath) -> Node:
        place = _place(key or event)
        self._left -= 1
        if self._left < 0:
            message = f"there are more than {self._most:,} values in this file"
            self._report(event, path[:1], message, "take some out")
            raise InvalidFile(self.problems)
        if len(path) > MAX_DEPTH:
            cure = f"nest at most {MAX_DEPTH} levels"
            self._report(event, path[:MAX_DEPTH], "this is nested too deep", cure)
            raise InvalidFile(self.problems)
        self._refuse_references(event, path)
        match event:
            case yaml.ScalarEvent():
                empty = event.implicit[0] and event.value in _NULLS
                return Node(None if empty else event.value, *place, path)
            case yaml.CollectionStartEvent():
                if event.flow_style:
                    self.brackets.append(_place(event)[0])
                listed = isinstance(event, yaml.SequenceStartEvent)
                value = self._items(path) if listed else self._entries(path)
                if event.flow_style:
                    self.brackets.pop()
                return Node(value, *place, path)
            case _:  # an alias: reported, and nothing stands in its place
                return Node(None, *place, path)

    def _items(self, path: KeyPath) -> tuple[Node, ...]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, None, (*path, len(items))))
        return tuple(items)

    def _entries(self, path: KeyPath) -> Mapping[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                self._report(key, path, "a key must be a single word", "write `key: value`")
                raise InvalidFile(self.problems)
            name = key.value
            self._refuse_references(key, (*path, name))
            node = self._node(next(self._events), key, (*path, name))
            first = entries.setdefault(name, node)
            if first is not node:
                message = f"this is written twice (first on line {first.line})"
                self._report(key, node.path, message, "keep one of the two")
        return entries

    def _refuse_references(self, event: yaml.Event, path: KeyPath) -> None:
        if isinstance(event, yaml.AliasEvent):
            message = f"{quoted(f'*{event.anchor}')} refers to another value"
            self._report(event, path, message, "write the value itself")
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            message = f"{quoted(f'&{event.anchor}')} is an anchor"
            self._report(event, path, message, "leave it out, and repeat the value where needed")
        if (tag := getattr(event, "tag", None)) is not None:
            self._report(event, path, f"{quoted(tag)} is a tag", "leave it out")

    def _report(self, event: yaml.Event, path: KeyPath, message: str, cure: str) -> None:
        line, _ = _place(event)
        self.problems.append(Problem(self.file, line, render_path(path), message, cure))
        if len(self.problems) >= MAX_PROBLEMS:
            raise InvalidFile(self.problems)


def _place(event: yaml.Event) -> tuple[int, int]:
    """Line and column, both from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, reader: _Reader) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    message = f"this is not YAML ({error.problem})"
    return Problem(reader.file, line, "", message, _syntax_cure(error, text, reader.brackets))


def _syntax_cure(error: yaml.MarkedYAMLError, text: str, brackets: list[int]) -> str:
    if "mapping values" in (error.problem or ""):
        return 'put a value with ": " in it in quotes'
    mark, lines = error.problem_mark, text.split("\n")
    if mark and mark.line < len(lines):
        letter = lines[mark.line][mark.column : mark.column + 1]
        if letter in _CURES:
            return _CURES[letter]
    if brackets:
        return (
            f'close the bracket opened on line {brackets[-1]}, and put a value with "#" in quotes'
        )
    return "check the indentation and the quotes up to this line"
