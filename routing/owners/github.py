"""GitHub's dialect of CODEOWNERS: one list of rules, and the last that matches wins.

Source: GitHub's documentation "About code owners", and what its check of the file reports.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from routing.files.problems import Problem, quoted
from routing.globs.index import Depth, Glob, GlobIndex, glob_of
from routing.globs.segment import Fault, parse_segment
from routing.owners.ownership import UNOWNED, Codeowners, Owner, Ownership, OwningRule

TOO_LARGE: Final = 3 * 1024 * 1024
"""A file of this many bytes or more is not loaded (the documentation: "under 3 MB")."""

_LINE = re.compile(r"((?:[^\s\\]+|\\.?)++)\s*+(.*)", re.ASCII | re.DOTALL)
_PLAIN = re.compile(r"(?!!)/?[^/*?\\\[\]]++(?:/[^/*?\\\[\]]++)*+/?")
_COMMENT = re.compile(r"(?:^|\s)#.*", re.ASCII | re.DOTALL)
_BARE_BRACKET = re.compile(r"(?:[^\\\[\]]|\\.?)*+[\[\]]", re.DOTALL)
_OWNER = re.compile(
    r"""@[a-z0-9][a-z0-9_-]*(?:/[a-z0-9_.-]+)?           # @user, @org/team
    | [a-z0-9.!\#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+  # an address""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_WHITE: Final = " \t\r\f\v"


def parse_github(text: str, file: str) -> Codeowners:
    """Read a CODEOWNERS file the way GitHub does; `file` is its name in the problems."""
    if len(text.encode(errors="surrogatepass")) >= TOO_LARGE:
        fault = Fault("GitHub does not load a file of 3 MB or more", "join lines by wildcards")
        return Codeowners(GlobIndex({}), lambda _: UNOWNED, (_problem(file, 1, fault),))
    rules: list[tuple[int, str, tuple[Owner, ...]]] = []
    globs: dict[Glob, tuple[int]] = {}
    problems: list[Problem] = []
    read_owners = cache(_parse_owners)
    for number, line in enumerate(text.split("\n"), start=1):
        written = line.strip(_WHITE)
        if not written or written[0] == "#":
            continue
        pattern, rest = _split(written)
        try:
            glob, owners = _parse_pattern(pattern), read_owners(rest)
        except Fault as fault:
            problems.append(_problem(file, number, fault))
            continue
        # A repeated pattern counts where it stands last: the earlier line can never win.
        globs[glob] = (len(rules),)
        rules.append((number, pattern, owners))
        if not owners and pattern[0] == "@":
            problems.append(_problem(file, number, _patternless(pattern)))
    return Codeowners(
        GlobIndex(globs),
        lambda matching: Ownership((OwningRule(*rules[max(matching)]),)),
        tuple(problems),
    )


def _problem(file: str, line: int, fault: Fault) -> Problem:
    return Problem(file, line, "", fault.message, fault.cure)


def _patternless(owner: str) -> Fault:
    return Fault(
        f"{quoted(owner)} stands where a pattern should, and so owns nothing",
        f"write {quoted('* ' + owner)}",
    )


def _split(line: str) -> tuple[str, str]:
    """The pattern, up to white space that no backslash precedes, and the owners after it."""
    found = _LINE.match(line)
    return (found[1], found[2]) if found else (line, "")


def _parse_owners(text: str) -> tuple[Owner, ...]:
    owners = (_COMMENT.sub("", text) if "#" in text else text).split()
    for owner in owners:
        if not _OWNER.fullmatch(owner):
            raise Fault(
                f"{quoted(owner)} is no owner, so GitHub skips the line",
                "write `@user`, `@organisation/team` or an e-mail address",
            )
    return tuple(map(Owner, owners))


def _parse_pattern(pattern: str) -> Glob:
    anchored = "/" in pattern[:-1]
    below_only = pattern.endswith("/")
    if _PLAIN.fullmatch(pattern):
        body = pattern.strip("/")
        home, steps = (body, ()) if anchored else ("", (Depth.ANY, body))
        return Glob(home, steps, itself=not below_only, below=True)
    _check(pattern)
    names = pattern.removeprefix("/").removesuffix("/").split("/")
    found = [Depth.ANY if name == "**" else parse_segment(name, classes=False) for name in names]
    children_only = anchored and not below_only and names[-1] == "*"
    return glob_of(
        found if anchored else [Depth.ANY, *found], itself=not below_only, below=not children_only
    )


def _check(pattern: str) -> None:
    """Refuse what GitHub's own check of the file refuses."""
    if pattern[0] == "!":
        raise Fault(
            f"GitHub knows no `!`, and skips {quoted(pattern)}",
            "give those paths a later line of their own, without owners to leave them unowned",
        )
    if pattern.startswith("\\#"):
        raise Fault(
            f"GitHub cannot escape a `#` that begins a pattern, and skips {quoted(pattern)}",
            r"write `?` for the `#`",
        )
    if ("[" in pattern or "]" in pattern) and _BARE_BRACKET.match(pattern):
        raise Fault(
            f"GitHub knows no ranges or sections in brackets, and skips {quoted(pattern)}",
            r"write `\[` and `\]` for brackets in a name, or one line for each name",
        )
    if "***" in pattern:
        raise Fault(
            f"three stars in a row mean nothing to GitHub, which skips {quoted(pattern)}",
            "write `*` within a folder, `**` across folders",
        )
    if "//" in pattern or pattern == "/":
        raise Fault(f"{quoted(pattern)} matches nothing", "write `*` for everything, or single `/`")
