"""GitLab's dialect of CODEOWNERS: sections, and in each of them the last rule that matches wins.

Source: GitLab's documentation "Syntax of CODEOWNERS file", and `Gitlab::CodeOwners::File` where
that is silent. Ruby's `File.fnmatch` with FNM_PATHNAME and FNM_DOTMATCH gives the patterns their
meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple

from routing.files.problems import Problem, quoted
from routing.globs.index import Depth, Glob, GlobIndex, glob_of
from routing.globs.segment import Fault, parse_segment
from routing.owners.gitlab_lines import Header, is_header, owners_in, parse_header
from routing.owners.ownership import Codeowners, Decide, Owner, Ownership, OwningRule, Section

DEFAULT_SECTION: Final = "codeowners"
"""GitLab's own name for the section of what stands before the first header."""

_LINE = re.compile(r"((?:[^\s\\]+|\\\s?)++)\s*+(.*)", re.ASCII | re.DOTALL)
_PLAIN = re.compile(r"[^*?\\\[]*+")
_BELOW: Final = "/**/*"
_ESCAPED_SPACE = re.compile(r"\\\s+", re.ASCII)
_WHITE: Final = " \t\r\f\v\0"


class _Entry(NamedTuple):
    """A rule or an exclusion, with the header it stands under."""

    line: int
    pattern: str
    owners: tuple[Owner, ...]
    header: Header
    excludes: bool


_Sections = dict[str, dict[str, _Entry]]
"""Entries by their normalised pattern, by section. A pattern that is repeated overwrites what
the earlier line said but keeps its rank, as a key keeps its first place in a dictionary."""

_Faults = list[tuple[int, Fault]]
_ReadOwners = Callable[[str], tuple[tuple[Owner, ...], Fault | None]]


def parse_gitlab(text: str, file: str) -> Codeowners:
    """Read a CODEOWNERS file the way GitLab does; `file` is its name in the problems."""
    sections, faults = _read(text)
    entries: list[_Entry] = []
    globs: dict[Glob, list[int]] = {}
    for pattern, entry in (pair for section in sections.values() for pair in section.items()):
        try:
            globs.setdefault(_glob(pattern), []).append(len(entries))
        except Fault as fault:
            faults.append((entry.line, fault))
        entries.append(entry)
    optional = {
        name: all(entry.header.optional for entry in section.values())
        for name, section in sections.items()
    }
    faults.sort(key=lambda found: found[0])
    return Codeowners(
        GlobIndex(globs),
        _decision(entries, optional),
        tuple(Problem(file, line, "", fault.message, fault.cure) for line, fault in faults),
    )


def _decision(entries: Sequence[_Entry], optional: Mapping[str, bool]) -> Decide:
    """The last rule of each section counts, unless an exclusion takes the path out of it."""

    @cache
    def rule(rank: int) -> OwningRule:
        line, pattern, owners, header, _ = entries[rank]
        spared = optional[header.name]
        section = Section(header.name, spared, 0 if spared else max(1, header.count))
        return OwningRule(line, pattern, owners, section)

    def decide(matching: Sequence[int]) -> Ownership:
        last: dict[str, int] = {}
        excluded: set[str] = set()
        for rank in sorted(matching):
            entry = entries[rank]
            if entry.excludes:
                excluded.add(entry.header.name)
            else:
                last[entry.header.name] = rank
        return Ownership(tuple(rule(last[name]) for name in last if name not in excluded))

    return decide


def _read(text: str) -> tuple[_Sections, _Faults]:
    sections: _Sections = {DEFAULT_SECTION: {}}
    spellings = {DEFAULT_SECTION: DEFAULT_SECTION}
    header = Header(DEFAULT_SECTION)
    faults: _Faults = []
    read_owners = cache(owners_in)
    for number, line in enumerate(text.split("\n"), start=1):
        written = line.strip(_WHITE)
        if not written or written[0] == "#":
            continue
        if is_header(written):
            opened, wrong = parse_header(written)
            if opened is not None:
                # Sections of one name meet under its first spelling; only the first header of
                # all is not compared with the default section.
                joined = spellings.setdefault(opened.name.casefold(), opened.name)
                header = opened if len(sections) == 1 else replace(opened, name=joined)
                sections.setdefault(header.name, {})
        else:
            entry, wrong = _read_entry(number, written, header, read_owners)
            sections[header.name][_normalised(entry.pattern)] = entry
        faults += [(number, fault) for fault in wrong]
    return sections, faults


def _read_entry(
    number: int, written: str, header: Header, read_owners: _ReadOwners
) -> tuple[_Entry, list[Fault]]:
    found = _LINE.match(written)
    pattern, rest = found.groups() if found else (written, "")
    if pattern[0] == "!":
        return _read_exclusion(number, pattern[1:], header, named=bool(rest))
    if not rest:
        wrong = [] if header.owners else [_ownerless(pattern)]
        return _Entry(number, pattern, header.owners, header, excludes=False), wrong
    owners, strange = read_owners(rest)
    wrong = [strange] if strange else []
    return _Entry(number, pattern, owners, header, excludes=False), wrong


def _read_exclusion(
    number: int, pattern: str, header: Header, *, named: bool
) -> tuple[_Entry, list[Fault]]:
    wrong: list[Fault] = []
    if not pattern:
        wrong.append(
            Fault("`!` alone takes every path out of the section", "write the paths that it means")
        )
    if named:
        wrong.append(
            Fault(
                f"owners after {quoted('!' + pattern)} count for nothing",
                "leave them out, or leave out the `!`",
            )
        )
    return _Entry(number, pattern, (), header, excludes=True), wrong


def _ownerless(pattern: str) -> Fault:
    return Fault(
        f"nobody owns {quoted(pattern)}, and GitLab takes such a rule as approved",
        "name an owner behind it, or behind the section's header",
    )


def _normalised(pattern: str) -> str:
    """The pattern as GitLab compares and matches it: from the root, a folder spelled out."""
    if "\\" in pattern:
        pattern = pattern.removeprefix("\\") if pattern.startswith("\\#") else pattern
        pattern = _ESCAPED_SPACE.sub(" ", pattern)
    pattern = pattern if pattern.startswith("/") else f"/**/{pattern}"
    return pattern.removesuffix("/") + _BELOW if pattern.endswith("/") else pattern


def _glob(normalised: str) -> Glob:
    """What File.fnmatch makes of it: `**` counts only before a slash, elsewhere it is a star."""
    home = normalised.removesuffix(_BELOW)
    body = home.removeprefix("/**/")
    if _PLAIN.fullmatch(body):
        below = home != normalised
        if body == home:
            return Glob(home[1:], (), itself=not below, below=below)
        return Glob("", (Depth.ANY, *body.split("/")), itself=not below, below=below)
    *folders, name = normalised[1:].split("/")
    steps = [
        Depth.ANY if folder == "**" else parse_segment(folder, classes=True) for folder in folders
    ]
    return glob_of([*steps, parse_segment(name, classes=True)], itself=True, below=False)
