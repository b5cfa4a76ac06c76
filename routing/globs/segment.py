"""One segment of a glob, the text between two slashes, and whether a name fits it.

No regular expressions: the text between two stars is sought once, leftmost first, which is
enough for globs and keeps every test within (length of the name x length of the pattern).
"""

from __future__ import annotations

from typing import NamedTuple

from routing.files.problems import quoted


class Fault(ValueError):
    """Something written that cannot be used: `message` says why, `cure` what to write instead."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(f"{message}: {cure}")
        self.message = message
        self.cure = cure


class CharClass(NamedTuple):
    """One character of a set, as `[a-z_]` or `[!0-9]`; `ranges` are inclusive."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def holds(self, char: str) -> bool:
        """Whether the character is one of them."""
        return any(low <= char <= high for low, high in self.ranges) != self.negated


class Run(NamedTuple):
    """What stands between two stars; it has a fixed length.

    `parts` are (offset, text or class); a `?` only adds to the length. `text` is the whole run
    where it is nothing but text.
    """

    length: int
    parts: tuple[tuple[int, str | CharClass], ...]
    text: str | None

    def fits(self, name: str, start: int) -> bool:
        """Whether the run stands at `start`, in a name that is long enough."""
        for offset, part in self.parts:
            at = start + offset
            if isinstance(part, str):
                if not name.startswith(part, at):
                    return False
            elif not part.holds(name[at]):
                return False
        return True

    def find(self, name: str, start: int, end: int) -> int:
        """The first place of the run within `name[start:end]`, or -1."""
        if self.text is not None:
            return name.find(self.text, start, end)
        for at in range(start, end - self.length + 1):
            if self.fits(name, at):
                return at
        return -1


class Segment(NamedTuple):
    """A segment with wildcards: `head`, then the texts of `inner`, then `tail`, a star before each.

    Where there is more than text and stars, `runs` hold everything, and the other fields only
    what every fitting name is sure to hold. `probe` is the longest text of `inner`.
    """

    head: str
    inner: tuple[str, ...]
    tail: str
    probe: str = ""
    runs: tuple[Run, ...] = ()

    @property
    def free(self) -> bool:
        """Whether every name fits: the segment is a star."""
        return not (self.head or self.inner or self.tail or self.runs)

    def matches(self, name: str) -> bool:
        """Whether the name, which holds no slash, fits the segment."""
        if not (name.startswith(self.head) and name.endswith(self.tail)):
            return False
        if self.runs:
            return self._runs_match(name)
        at, end = len(self.head), len(name) - len(self.tail)
        for text in self.inner:
            found = name.find(text, at)
            if found < 0:
                return False
            at = found + len(text)
        return at <= end

    def _runs_match(self, name: str) -> bool:
        first, last = self.runs[0], self.runs[-1]
        if len(self.runs) == 1:
            return len(name) == first.length and first.fits(name, 0)
        at, end = first.length, len(name) - last.length
        if at > end or not first.fits(name, 0) or not last.fits(name, end):
            return False
        for run in self.runs[1:-1]:
            found = run.find(name, at, end)
            if found < 0:
                return False
            at = found + run.length
        return True


def parse_segment(source: str, *, classes: bool) -> str | Segment:
    r"""Read one segment: plain text, unescaped, or a `Segment` where it has wildcards.

    `*` is any run of characters, `?` any one; a backslash takes the next character as it is,
    and at the very end stands for itself. `[...]` is a class only where `classes` says so; its
    first `]` closes it.

    Raises:
        Fault: a class that is never closed.
    """
    if "?" in source or "\\" in source or "[" in source:
        return _with_runs(_parse_runs(source, classes=classes))
    if "*" not in source:
        return source
    return _with_stars(source.split("*"))


def _with_stars(texts: list[str]) -> Segment:
    # Stars in a row are one star, and so the text between them is left out.
    inner = tuple(text for text in texts[1:-1] if text)
    return Segment(texts[0], inner, texts[-1], max(inner, key=len) if inner else "")


def _with_runs(runs: list[Run]) -> str | Segment:
    texts = [run.text for run in runs if run.text is not None]
    if len(texts) == len(runs):
        return texts[0] if len(texts) == 1 else _with_stars(texts)
    inner = tuple(run for run in runs[1:-1] if run.length)
    return Segment(
        head=runs[0].text or "",
        inner=(),
        tail=runs[-1].text or "",
        runs=(runs[0], *inner, *runs[1:][-1:]),
    )


_Atom = str | CharClass | None
"""One character of a run: itself, one of a class, or (None) any."""


def _parse_runs(source: str, *, classes: bool) -> list[Run]:
    runs: list[list[_Atom]] = [[]]
    at = 0
    while at < len(source):
        char = source[at]
        at += 1
        if char == "*":
            runs.append([])
        elif char == "?":
            runs[-1].append(None)
        elif char == "[" and classes:
            found, at = _parse_class(source, at)
            runs[-1].append(found)
        else:
            if char == "\\" and at < len(source):
                char = source[at]
                at += 1
            runs[-1].append(char)
    return [_run(atoms) for atoms in runs]


def _run(atoms: list[_Atom]) -> Run:
    parts: list[tuple[int, str | CharClass]] = []
    text: list[str] = []
    for offset, atom in enumerate([*atoms, None]):
        if isinstance(atom, str):
            text.append(atom)
            continue
        if text:
            parts.append((offset - len(text), "".join(text)))
            text.clear()
        if atom is not None:
            parts.append((offset, atom))
    whole = "".join(part for _, part in parts if isinstance(part, str))
    return Run(len(atoms), tuple(parts), whole if len(whole) == len(atoms) else None)


def _parse_class(source: str, at: int) -> tuple[CharClass, int]:
    """Read a class whose opening bracket stands before `at`; returns it and where it ended."""
    negated = source[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[tuple[str, str]] = []
    while at < len(source) and source[at] != "]":
        low, at = _class_char(source, at)
        high = low
        if source[at : at + 1] == "-" and source[at + 1 : at + 2] not in ("]", ""):
            high, at = _class_char(source, at + 1)
        ranges.append((low, high))
    if at >= len(source):
        raise Fault(
            f"`[` is never closed in {quoted(source)}, which therefore matches nothing",
            r"close it with `]`, or write `\[` for the character itself",
        )
    return CharClass(tuple(ranges), negated), at + 1


def _class_char(source: str, at: int) -> tuple[str, int]:
    if source[at] == "\\" and at + 1 < len(source):
        at += 1
    return source[at], at + 1
