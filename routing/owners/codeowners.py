"""CODEOWNERS files: where each forge looks for one, and what it says.

The two dialects differ on nearly every point, so each has its own parser; they share the index
that finds the rules matching a path.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from routing.owners.github import parse_github
from routing.owners.gitlab import parse_gitlab
from routing.owners.ownership import Codeowners


class Dialect(StrEnum):
    """Whose rules a CODEOWNERS file is written by."""

    GITHUB = "github"
    GITLAB = "gitlab"


LOCATIONS: Final[Mapping[Dialect, tuple[str, ...]]] = MappingProxyType(
    {
        Dialect.GITHUB: (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
        Dialect.GITLAB: ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    }
)
"""Where each forge looks, on the base branch; the first file that exists is the only one read."""


def parse_codeowners(text: str, dialect: Dialect, file: str = "CODEOWNERS") -> Codeowners:
    """Read a CODEOWNERS file; nothing in it is fatal, what is wrong is in its `problems`.

    `file` is the name that the problems give it.
    """
    text = text.removeprefix("\ufeff")
    match dialect:
        case Dialect.GITHUB:
            return parse_github(text, file)
        case Dialect.GITLAB:
            return parse_gitlab(text, file)
