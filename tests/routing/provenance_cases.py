"""The invented records that provenance is held to, and a change to hold them in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from routing.model import (
    Account,
    Change,
    ChangedFile,
    Commit,
    MergeRequest,
    Ref,
    Signature,
    State,
)

DATA = Path(__file__).parents[1] / "data" / "provenance"
LONG_AGO = datetime(2026, 3, 2, 9, tzinfo=UTC)
JANE = Account("github", "7001", "jane")
CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"


def cases(name: str) -> list[Any]:
    """Every case of a table, under its fact as the test's id."""
    table = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["fact"]) for case in table]


def a_commit(
    message: str = "Fix it", sha: str = "1a2b3c4d5e6f", author: tuple[str, str] | None = None
) -> Commit:
    """A commit by Jane, unless an author's name and address are given."""
    name, address = author or ("Jane Doe", "jane@example.com")
    signature = Signature(name, address, LONG_AGO)
    return Commit(sha, signature, signature, message)


def a_change(
    commits: Iterable[Commit] = (),
    files: Iterable[tuple[str, int]] = (("src/app.py", 40),),
    author: Account = JANE,
    **more: Any,
) -> Change:
    """A merge request of Jane's; `files` are path and lines added, `more` goes to the request."""
    request = MergeRequest(
        ref=Ref("github", "acme/shop", 4),
        project_id="1",
        title=more.pop("title", "Fix it"),
        body=more.pop("body", ""),
        author=author,
        state=State.OPEN,
        draft=False,
        head_sha="1a2b3c4d5e6f",
        head_branch=more.pop("head_branch", "fix-it"),
        base_branch="main",
        base_sha="0a0b0c0d",
        url="https://example.com/acme/shop/4",
        opened_at=LONG_AGO,
        **more,
    )
    return Change(
        request, tuple(ChangedFile(path, added, 0) for path, added in files), tuple(commits)
    )
