"""Who owns a path, by which line of a CODEOWNERS file, and in which section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from routing.files.problems import Problem
from routing.globs.index import GlobIndex

ANSWERS_REMEMBERED: Final = 50_000
"""Beyond this many different answers the memory starts anew, so that no change can fill it."""


class OwnerKind(StrEnum):
    """What an owner's name stands for.

    On GitLab a `user` may just as well be a group without a parent: both are written `@name`,
    and only GitLab can tell which it is.
    """

    USER = "user"
    TEAM = "team"
    EMAIL = "email"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner as the file writes it: "@ana", "@acme/web", "ana@example.com", "@@maintainers".

    `kind` is told by the shape. `name` is what to look for on the forge: "ana", "acme/web", the
    address, the role "maintainer"; in lower case, since neither forge minds the case of these.
    Owners of the same kind and name are equal, however they are written.
    """

    written: str = field(compare=False)
    kind: OwnerKind = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        kind, name = _told_by_shape(self.written)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "name", name)

    def __str__(self) -> str:
        return self.written


def _told_by_shape(written: str) -> tuple[OwnerKind, str]:
    name = written.lstrip("@").lower()
    if written.startswith("@@"):
        return OwnerKind.ROLE, name.removesuffix("s")
    if not written.startswith("@"):
        return OwnerKind.EMAIL, name
    return (OwnerKind.TEAM if "/" in name else OwnerKind.USER), name


@dataclass(frozen=True, slots=True)
class Section:
    """A GitLab section, as it bears on one rule.

    `approvals` is how many of the rule's owners must approve: 0 in an optional section, else at
    least 1. The section is optional only if all its rules in the file are, whichever rule won.
    """

    name: str
    optional: bool
    approvals: int


@dataclass(frozen=True, slots=True)
class OwningRule:
    """The line that decides who owns a path: the last that matches, on GitLab in its section.

    No `owners` means that nobody is left: on GitHub the line un-owns the path; GitLab takes such
    a rule as approved, which is for the reader to be stricter about. `section` is None on GitHub.
    """

    line: int
    pattern: str
    owners: tuple[Owner, ...]
    section: Section | None = None


@dataclass(frozen=True, slots=True)
class Ownership:
    """Every rule that counts for a path: one at most on GitHub, one for each section on GitLab.

    `owners` are those of all rules, in order, each once.
    """

    rules: tuple[OwningRule, ...] = ()
    owners: tuple[Owner, ...] = field(init=False)

    def __post_init__(self) -> None:
        owners = dict.fromkeys(owner for rule in self.rules for owner in rule.owners)
        object.__setattr__(self, "owners", tuple(owners))


UNOWNED: Final = Ownership()
"""What is said of a path that no rule matches."""

Decide = Callable[[tuple[int, ...]], Ownership]
"""A dialect's way from the numbers of all matching rules to those that count."""


class Codeowners:
    """A CODEOWNERS file, read: ask it for any number of paths.

    It never changes, so it can be kept for as long as the file's blob is the same. `problems`
    are the lines that were skipped or will not do what they seem to, in the file's order.
    """

    def __init__(self, index: GlobIndex, decide: Decide, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        self._index = index
        self._decide = decide
        self._answers: dict[tuple[int, ...], Ownership] = {(): UNOWNED}

    def owners(self, path: str) -> Ownership:
        """Who owns the path, given from the root of the repository, in its exact case."""
        matching = self._index.matching(path)
        known = self._answers.get(matching)
        if known is None:
            if len(self._answers) > ANSWERS_REMEMBERED:
                self._answers = {(): UNOWNED}
            known = self._answers[matching] = self._decide(matching)
        return known
