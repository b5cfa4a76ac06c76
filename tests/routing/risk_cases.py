"""Changes for the tests of risk: builders that show only what matters, and any change at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from routing.model import Account, Change, ChangedFile, FileStatus, MergeRequest, Ref, State

DATA = Path(__file__).parents[1] / "data" / "risk"


def table(name: str) -> Any:
    """A table of cases."""
    return json.loads((DATA / name).read_text())


def a_file(
    path: str, patch: str | None = None, *, lines: int = 0, status: FileStatus = FileStatus.MODIFIED
) -> ChangedFile:
    """A file with as many lines as its patch has, or else `lines` added ones that nobody saw."""
    text = "\n" + (patch or "+line\n" * lines)
    return ChangedFile(path, text.count("\n+"), text.count("\n-"), status, patch=patch)


def written(path: str, lines: int) -> ChangedFile:
    """A file that gains so many lines, all of them shown."""
    return a_file(path, "@@ -0,0 +1 @@\n" + "\n".join(f"+x{n}" for n in range(lines)))


def a_change(
    *files: ChangedFile,
    title: str = "Add a thing",
    gaps: tuple[str, ...] = (),
    hidden: bool = False,
) -> Change:
    """A merge request with these files."""
    ana = Account("github", "1", "ana")
    opened = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return Change(
        MergeRequest(
            Ref("github", "acme/shop", 7),
            *("1", title, "", ana, State.OPEN),
            draft=False,
            head_sha="head",
            head_branch="thing",
            base_branch="main",
            base_sha="base",
            url="https://example.com/7",
            opened_at=opened,
        ),
        files,
        (),
        gaps,
        hidden,
    )


PATCHES = [
    (case["path"], case["patch"])
    for case in (*table("dependencies.json"), *table("destruction.json"))
]
PATHS = [case["path"] for case in table("kinds.json")]
ANY_TEXT = st.text(st.characters(), max_size=60)
"""Lone surrogates among it."""

FILES = st.one_of(
    st.sampled_from(PATCHES).map(lambda pair: a_file(*pair)),
    st.builds(
        ChangedFile,
        st.sampled_from(PATHS) | ANY_TEXT,
        st.integers(0, 2_000),
        st.integers(0, 2_000),
        st.sampled_from(FileStatus),
        st.none() | ANY_TEXT,
        st.none() | ANY_TEXT | st.sampled_from([patch for _, patch in PATCHES]),
    ),
)
CHANGES = st.lists(FILES, max_size=6).map(lambda files: a_change(*files))
