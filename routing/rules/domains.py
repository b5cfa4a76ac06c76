"""Which parts of the code a change touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from routing.globs.patterns import Patterns
from routing.policy import Domain


@lru_cache(maxsize=1024)
def patterns_of(globs: tuple[str, ...]) -> Patterns:
    """The compiled matcher of these globs; the same globs are compiled once."""
    return Patterns(globs)


def touched_domains(
    domains: Iterable[Domain], paths: Iterable[str]
) -> Mapping[Domain, tuple[str, ...]]:
    """The domains that own at least one of the paths, each with those paths, in policy order."""
    owners = [domain for domain in domains for _ in domain.paths]
    matcher = patterns_of(tuple(glob for domain in dict.fromkeys(owners) for glob in domain.paths))
    found: dict[Domain, dict[str, None]] = {domain: {} for domain in owners}
    for path in paths:
        for number in matcher.numbers(path):
            found[owners[number]][path] = None
    return {domain: tuple(its) for domain, its in found.items() if its}
