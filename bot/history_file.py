"""History files: JSON lines of merged changes, plain or gzipped, parsed once with every problem."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import Misconfigured
from bot.json_fields import Fields
from routing.ranking.replay import HistoryChange

MOST_PROBLEMS = 20
"""Lines of complaints shown; a file of the wrong kind is wrong on every line."""

MOST_LINES = 10**9
"""More lines are no change of a file; such a number is a mistake."""

GZIP = b"\x1f\x8b"
LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def read_history(path: Path) -> tuple[HistoryChange, ...]:
    """All changes of a history file, in its order.

    Raises:
        Misconfigured: the file cannot be read, holds no change, or has lines that are wrong;
            the text names each with its number.
    """
    try:
        content = path.read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as exc:
        raise Misconfigured(f"{path}: cannot be read: {exc}") from exc
    problems: list[str] = []
    changes = tuple(_changes(content.split(b"\n"), problems))
    if problems:
        more = len(problems) - MOST_PROBLEMS
        shown = [f"{path}:{problem}" for problem in problems[:MOST_PROBLEMS]]
        raise Misconfigured("\n".join([*shown, f"and {more} more"] if more > 0 else shown))
    if not changes:
        raise Misconfigured(f"{path}: no changes; a line for each merged change is needed")
    return changes


def _changes(lines: Iterable[bytes], problems: list[str]) -> Iterator[HistoryChange]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        change, wrong = parse_line(line)
        problems += [f"{number}: {problem}" for problem in wrong]
        if change is not None:
            yield change


def parse_line(line: bytes) -> tuple[HistoryChange | None, tuple[str, ...]]:
    """One change, or None and what is wrong. Bytes that are no UTF-8 are kept."""
    try:
        record = json.loads(line.decode(errors="surrogateescape").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as problem:
        return None, (f"no JSON: {problem}",)
    if not isinstance(record, dict):
        return None, ("a JSON object is needed",)
    fields = Fields(record)
    change = _change(fields)
    return (None, tuple(fields.problems)) if fields.problems else (change, ())


def _change(fields: Fields) -> HistoryChange:
    opened, done = _moment(fields, "t_open"), _moment(fields, "t_done")
    if done < opened:
        fields.complain("t_done", "a time not before t_open")
    return HistoryChange(
        id=_needed(fields, "id"),
        opened=opened,
        done=done,
        author=_needed(fields, "author"),
        co_authors=fields.texts("co_authors"),
        bot=fields.flag("bot") or False,
        subject=fields.text("subject") or "",
        files=_files(fields),
        reviewers=fields.texts("reviewers"),
    )


def _needed(fields: Fields, key: str) -> str:
    text = fields.text(key)
    if not text:
        fields.complain(key, "a text")
    return text or ""


def _moment(fields: Fields, key: str) -> datetime:
    match fields.values.get(key):
        case bool():
            pass
        case int() | float() as seconds if 0 <= seconds < LATEST:
            return datetime.fromtimestamp(seconds, UTC)
    fields.complain(key, "unix seconds")
    return datetime.fromtimestamp(0, UTC)


def _files(fields: Fields) -> tuple[tuple[str, int, int], ...]:
    found = fields.values.get("files")
    files: list[tuple[str, int, int]] = []
    for file in found if isinstance(found, list) else [None]:
        match file:
            case [str() as path, int() as added, int() as deleted] if (
                min(added, deleted) >= 0 and max(added, deleted) <= MOST_LINES
            ):
                files.append((path, added, deleted))
            case _:
                fields.complain("files", "a list of [path, lines added, lines deleted]")
                return ()
    return tuple(files)
