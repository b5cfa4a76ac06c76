"""What the files of a history are called now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


class PresentNames:
    """Follows files back through their renames, told commit by commit, the latest first.

    Whatever a name held goes along with a rename; a file made later under the old name keeps
    that name.
    """

    def __init__(self) -> None:
        self._now: dict[str, str] = {}
        self._kept: set[str] = set()
        self._late: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The present name of a file that went by `path` at the commit reached."""
        name = self._now.get(path)
        if name is None:
            self._kept.add(path)
            return path
        return name

    def moved(self, moves: Iterable[tuple[str, str]]) -> None:
        """The commit reached renamed these files (old, new), so before it they had their old names.

        To be told after the commit's own files were asked for.
        """
        present = [(old, self._now.get(new, new)) for old, new in moves]
        for old, name in present:
            if old in self._kept:
                self._late.setdefault(old, name)
            self._now[old] = name

    @property
    def earlier(self) -> Mapping[str, str]:
        """Names at the commit reached → present names, where they differ."""
        return {old: name for old, name in self._now.items() if old != name}

    @property
    def doubtful(self) -> bool:
        """Whether there is anything for `late` to judge."""
        return bool(self._late)

    def late(self, standing: Collection[str]) -> Mapping[str, str]:
        """Names given out as present that are none, as the files standing at the tip show.

        On a branch beside a rename, a file goes by its old name after it was renamed; the merge
        brings both together.
        """
        return {
            old: name
            for old, name in self._late.items()
            if old not in standing and name in standing
        }
