"""Classic measures of changes as a CSV file: what `countersign risk --features` reads."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.commands.change_records import Unreadable
from bot.errors import Misconfigured

KNOWN = (
    *("ns", "nd", "nf", "entropy", "la", "ld", "lt", "fix", "ndev", "age", "nuc"),
    *("exp", "rexp", "sexp"),
)
"""The measures by their usual names (Kamei et al., 2013)."""

ALSO_CALLED = {
    "entrophy": "entropy",
    "ent": "entropy",
    "nm": "nd",
    "aexp": "exp",
    "arexp": "rexp",
    "asexp": "sexp",
}
"""What public sets of such measures call some of them."""

MISSING = frozenset({"", "na", "nan", "none", "null"})
WORDS = {"true": 1.0, "false": 0.0}
GZIPPED = b"\x1f\x8b"


def read_measures(path: Path) -> Iterator[tuple[int, Mapping[str, float] | Unreadable]]:
    """Every row with the number of its line; what a row does not tell is left out of it.

    Raises Misconfigured when the file is no such file at all.
    """
    try:
        with path.open("rb") as file:
            packed = file.peek(2).startswith(GZIPPED)
            text = io.TextIOWrapper(
                gzip.GzipFile(fileobj=file) if packed else file,
                encoding="utf-8-sig",
                errors="replace",
                newline="",
            )
            with text:
                yield from _rows(path, csv.DictReader(text))
    except (OSError, EOFError, zlib.error, csv.Error) as problem:
        raise Misconfigured(f"{path} cannot be read: {problem}") from problem


def _rows(
    path: Path, rows: csv.DictReader[str]
) -> Iterator[tuple[int, Mapping[str, float] | Unreadable]]:
    columns = _columns(rows.fieldnames or ())
    if not columns:
        raise Misconfigured(
            f"{path}, line 1: no column that is known; name some of {' '.join(KNOWN)}"
        )
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as problem:
            yield rows.line_num, Unreadable((f"no CSV: {problem}",))
            continue
        yield rows.line_num, _measures(row, columns)


def _columns(header: Iterable[str]) -> dict[str, str]:
    """The measures that the file holds, each with its column, whose case does not matter."""
    written = {name.strip().lower(): name for name in header}
    return {
        measure: written[name]
        for name, measure in [*ALSO_CALLED.items(), *zip(KNOWN, KNOWN, strict=True)]
        if name in written
    }


def _measures(
    row: Mapping[str, str | None], columns: Mapping[str, str]
) -> dict[str, float] | Unreadable:
    found: dict[str, float] = {}
    problems: list[str] = []
    for measure, column in columns.items():
        text = (row[column] or "").strip().lower()
        if text in MISSING:
            continue
        try:
            found[measure] = WORDS[text] if text in WORDS else float(text)
        except ValueError:
            problems.append(f"{column}: a number is needed, not {text[:40]!r}")
    return Unreadable(tuple(problems)) if problems else found
