"""Versions as they stand in dependency files: enough to tell an upgrade from a major one."""

from __future__ import annotations

import re

NUMBERS = re.compile(r"(?<![0-9A-Za-z.])v?(\d{1,9}(?:\.\d{1,9})*)", re.IGNORECASE)
OUTSIDE = re.compile(
    r"(?:git|hg|svn|bzr|url|github|gitlab|bitbucket|gist|ssh|https?)(?:\+\w+)?(?:://|:| )"
    r"|[\w.-]++/[\w.-]++(?:#.*)?$"
)
COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})$", re.IGNORECASE)


def parse_version(specification: str) -> tuple[int, ...]:
    """The numbers of the first version that a specification names; empty where there is none."""
    found = NUMBERS.search(specification)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def comes_from_outside(specification: str) -> bool:
    """Whether a package is fetched from a repository or an address, past the package index."""
    return OUTSIDE.match(specification) is not None


def is_commit(reference: str) -> bool:
    """Whether a git reference is a whole SHA, which nobody can move."""
    return COMMIT.match(reference) is not None
