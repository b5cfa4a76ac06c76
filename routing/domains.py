"""Which parts of the code a change touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from routing.patterns import Patterns
from routing.policy import Domain


@lru_cache(maxsize=1024)
def patterns_of(globs: tuple[str, ...]) -> Patterns:
    """The compiled matcher of these globs; the same globs are compiled once."""
    return Patterns(globs)


def touched_domains(
    domains: Iterable[Domain], paths: Iterable[str]
) -> Mapping[Domain, tuple[str, ...]]:
    """The domains that own at least one of the paths, each with those paths, in policy order."""
    listed = tuple(paths)
    found = {
        domain: tuple(path for path in listed if patterns_of(domain.paths).matches(path))
        for domain in domains
    }
    return {domain: its for domain, its in found.items() if its}
