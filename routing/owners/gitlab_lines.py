"""What the two kinds of line in GitLab's CODEOWNERS hold: section headers, and owners.

Source: `Gitlab::CodeOwners::SectionParser` and `ReferenceExtractor`, whose tolerance is kept: a
crooked header still opens its section, and owners are picked out of whatever stands around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from routing.files.problems import quoted
from routing.globs.segment import Fault
from routing.owners.ownership import Owner

_HEADER = re.compile(r"(\^)?\[(.*?)\](?:\[([\s\d]*)\])?([@\w.\-/\s]*)", re.ASCII)
_TIDY_HEADER = re.compile(r"\^?\[[^\]]+\](?:\[\d+\])?(?:\s+[@\w.\-/\s]+)?", re.ASCII)
_COUNT = re.compile(r"\s*(\d{0,9})", re.ASCII)

_ROLE = re.compile(r"@@(?:developer|maintainer|owner)s?", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w@])(@(?:(?:[\w.][\w.-]*[\w-]|\w)/)*(?:[\w.][\w.-]*[\w-]|\w))", re.ASCII)
_EMAIL = re.compile(r"[^@]{1,100}(@)[^@]{1,255}(?<!\W)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Header:
    """A section header: what it says holds for the lines under it, up to the next header.

    `count` is the number of approvals it asks for, 0 where it names none; `owners` are those of
    every line that names none itself.
    """

    name: str
    optional: bool = False
    count: int = 0
    owners: tuple[Owner, ...] = ()


def is_header(line: str) -> bool:
    """Whether the line, without white space around it, can only be a section header."""
    return line.startswith(("[", "^["))


def parse_header(line: str) -> tuple[Header | None, list[Fault]]:
    """Read a header; None where it cannot be read at all, and the line counts for nothing.

    The name is kept with the spaces inside its brackets: GitLab does not trim it.
    """
    found = _HEADER.match(line)
    if found is None:
        return None, [
            Fault(
                f"the section header {quoted(line)} is never closed, so GitLab skips it",
                "write `[Name]`",
            )
        ]
    optional, name, count, defaults = found.groups()
    digits = _COUNT.match(count or "")
    owners, strange = owners_in(defaults)
    header = Header(name, optional is not None, int((digits and digits[1]) or 0), owners)
    faults: list[Fault] = []
    if not name.strip():
        faults.append(Fault("the section has no name", "write `[Name]`"))
    if count is not None and (fault := _fault_in_count(header, count)):
        faults.append(fault)
    if strange:
        faults.append(strange)
    if not faults and not _TIDY_HEADER.fullmatch(line):
        faults.append(
            Fault(
                f"a line that begins with a bracket is a section header to GitLab, which"
                f" understands only {quoted(found[0])} of this one",
                r"write `[Name]`, `^[Name]` or `[Name][2]`, then a space and its owners; for a"
                r" pattern write `**/` before the bracket, or `\` where it is part of a name",
            )
        )
    return header, faults


def _fault_in_count(header: Header, count: str) -> Fault | None:
    if not count.strip().isdecimal():
        return Fault(f"`[{count}]` is no number of approvals", "write a number, as `[Name][2]`")
    if header.optional and header.count:
        return Fault(
            "an optional section waits for no approvals, so its number counts for nothing",
            "leave out the `^` or the number",
        )
    if not header.optional and not header.count:
        return Fault(
            "GitLab takes `[0]` approvals as one", "write `^[Name]` for an optional section"
        )
    return None


def owners_in(text: str) -> tuple[tuple[Owner, ...], Fault | None]:
    """Every owner in the text, in order, and what is wrong with the first word that holds none."""
    owners: list[str] = []
    strange: Fault | None = None
    for word in text.split():
        found = _owners_in_word(word)
        owners += found
        if not found and strange is None:
            strange = _strange(word)
    return tuple(map(Owner, dict.fromkeys(owners))), strange


def _owners_in_word(word: str) -> list[str]:
    if _NAME.fullmatch(word) or _ROLE.fullmatch(word):
        return [word]
    found = {match.start(1): match[1] for match in _NAME.finditer(word)}
    for match in _EMAIL.finditer(word):
        found.setdefault(match.start(1), match[0])
    return [found[at] for at in sorted(found)]


def _strange(word: str) -> Fault:
    if word.startswith("#"):
        return Fault(
            "GitLab knows no comment behind a pattern: every name after the `#` is an owner",
            "give the comment a line of its own",
        )
    return Fault(
        f"{quoted(word)} is no owner, and GitLab passes it over",
        "write `@user`, `@group/subgroup`, `@@developer`, `@@maintainer`, `@@owner` or an address",
    )
