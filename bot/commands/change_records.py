"""Changes as JSON lines: what people and scripts hand to `countersign risk`, parsed once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.json_fields import Fields
from routing.model import Account, Change, ChangedFile, FileStatus, MergeRequest, Ref, State
from routing.provenance import Provenance, assess_record
from routing.risk import RiskContext

NOBODY = Account("stdin", "", "")
SOME_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that could not be read, and everything that is wrong with it."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change as far as a line of JSON tells it."""

    change: Change
    provenance: Provenance
    context: RiskContext


def read_changes(lines: Iterable[bytes]) -> Iterator[tuple[int, ChangeRecord | Unreadable]]:
    """Every line that is not empty, with its number."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, parse_change(line)


def parse_change(line: bytes) -> ChangeRecord | Unreadable:
    """One change. Bytes that are no UTF-8 are kept: paths are bytes to git."""
    try:
        record = json.loads(line.decode(errors="surrogateescape").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as problem:
        return Unreadable((f"no JSON: {problem}",))
    if not isinstance(record, dict):
        return Unreadable(('a JSON object is needed: {"files": [...]}',))
    fields = Fields(record)
    found = ChangeRecord(_change(fields), assess_record(record), _context(fields))
    return Unreadable(tuple(fields.problems)) if fields.problems else found


def _change(fields: Fields) -> Change:
    message = fields.text("message") or ""
    return Change(
        merge_request=MergeRequest(
            ref=Ref("stdin", "", 0),
            project_id="",
            title=fields.text("title") or message.partition("\n")[0],
            body=fields.text("body") or "",
            author=NOBODY,
            state=State.OPEN,
            draft=False,
            head_sha="",
            head_branch=fields.text("branch") or "",
            base_branch="",
            base_sha="",
            url="",
            opened_at=SOME_TIME,
            labels=fields.texts("labels"),
        ),
        files=tuple(_file(file) for file in fields.objects("files")),
        commits=(),
        gaps=fields.texts("gaps"),
    )


def _file(fields: Fields) -> ChangedFile:
    path = fields.text("path")
    if not path and not fields.problems:
        fields.complain("path", "a path")
    patch = fields.text("patch")
    return ChangedFile(
        path=path or "",
        additions=_lines(fields, "additions", patch, "+"),
        deletions=_lines(fields, "deletions", patch, "-"),
        status=_status(fields),
        old_path=fields.text("old_path"),
        patch=patch,
    )


def _lines(fields: Fields, key: str, patch: str | None, sign: str) -> int:
    """A count of lines; where it is left out, the patch tells it."""
    if fields.values.get(key) is None:
        if patch is None:
            fields.complain(key, "a whole number from 0 on")
            return 0
        return sum(line.startswith(sign) for line in patch.split("\n"))
    return fields.count(key) or 0


def _status(fields: Fields) -> FileStatus:
    word = fields.text("status")
    if word is None:
        return FileStatus.MODIFIED
    try:
        return FileStatus(word)
    except ValueError:
        fields.complain("status", "one of " + ", ".join(FileStatus))
        return FileStatus.MODIFIED


def _context(fields: Fields) -> RiskContext:
    return RiskContext(
        critical_domains=fields.texts("critical_domains"),
        developers_on_files=fields.count("developers_on_files"),
        author_knows_files=fields.flag("author_knows_files"),
        recent_changes=fields.count("recent_changes"),
        recent_fixes=fields.count("recent_fixes"),
    )
