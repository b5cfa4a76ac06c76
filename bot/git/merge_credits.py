"""Who reviewed commits by what the merge says that brought them."""

from __future__ import annotations

from collections.abc import Sequence


class MergeCredits:
    """Hands the reviewers named by a merge on to the commits it merged.

    Told commit by commit, children before parents. A merged branch is followed along first
    parents, down to the line that it left: what was merged into it was reviewed elsewhere.
    """

    def __init__(self, tip: str) -> None:
        self._line = {tip}
        self._due: dict[str, tuple[str, ...]] = {}

    def reviewers(self, sha: str, parents: Sequence[str], said: tuple[str, ...]) -> tuple[str, ...]:
        """Everybody who reviewed a commit whose own message names `said`."""
        due = self._due.pop(sha, ())
        first, merged = parents[:1], parents[1:]
        if sha in self._line:
            self._line.remove(sha)
            self._line.update(first)
            due = ()
        elif due and first:
            self._due[first[0]] = due
        if said:
            for one in merged:
                self._due[one] = said
        return (*said, *due)
