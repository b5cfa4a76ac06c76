r"""Policy globs: the path (and branch) patterns people write in policy files.

A glob spells a whole path from the root of the repository:

    services/payments/**   everything below services/payments
    web/                   the same for web: a trailing slash means everything below
    **/*.tf                every .tf file, at any depth
    **/Dockerfile          every Dockerfile, at any depth
    docs/**/index.md       index.md in docs or any folder below it
    release/*              directly in release, no deeper

`*` and `?` never cross a slash, `**` as a whole segment does. `[a-z]` and `[!a-z]` are one
character, a backslash takes the next one as it is, and a leading slash changes nothing. Letter
case counts. Unlike in .gitignore, a name without a slash is not looked for at every depth: write
`**/name`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from routing.files.problems import quoted
from routing.globs.index import Depth, Glob, GlobIndex, glob_of
from routing.globs.segment import Fault, parse_segment


class Patterns:
    """Several policy globs at once. A glob with a `fault` matches nothing."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(patterns)
        globs: dict[Glob, list[int]] = {}
        for number, pattern in enumerate(self._patterns):
            if fault(pattern) is None:
                globs.setdefault(_parse(pattern), []).append(number)
        self._index = GlobIndex(globs)

    def matches(self, path: str) -> bool:
        """Whether any of the globs matches the path."""
        return bool(self._index.matching(path))

    def numbers(self, path: str) -> tuple[int, ...]:
        """The places of the globs that match, in the order given."""
        return self._index.matching(path)

    def touched(self, paths: Iterable[str]) -> frozenset[str]:
        """The globs that match at least one of the paths."""
        return frozenset(self._patterns[number] for number in self._index.touched(paths))

    def first(self, path: str) -> str | None:
        """The glob that matches, the first one in the order given, or None."""
        hits = self._index.matching(path)
        return self._patterns[min(hits)] if hits else None


def fault(pattern: str) -> Fault | None:
    """What is wrong with a policy glob and what to write instead, or None where it is sound."""
    try:
        _parse(pattern)
    except Fault as found:
        return found
    return None


def _parse(pattern: str) -> Glob:
    body = pattern.removeprefix("/")
    names = body.removesuffix("/").split("/")
    if names == [""]:
        raise Fault("an empty pattern matches nothing", "write `**` for everything")
    if "" in names:
        raise Fault(f"{quoted(pattern)} has an empty segment", "write single slashes")
    if pattern.startswith("!"):
        raise Fault(
            f"{quoted(pattern)} cannot take paths out",
            r"list what is meant, or write `\!` for the character itself",
        )
    steps = [Depth.ANY if name == "**" else parse_segment(name, classes=True) for name in names]
    below = body.endswith("/")
    return glob_of(steps, itself=not below, below=below)
