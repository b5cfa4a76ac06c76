"""The ledger page as a value: what is looked for, what was found, and where one can go from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from bot.web.addresses import decision_path
from bot.web.pages.timeline import Moment, moment
from routing.forge_words import short_name
from routing.model import Ref
from storage.ledger import Opened
from storage.ledger_search import Wanted

A_PAGE = 50
LONGEST_WORDS = 200
"""Characters of a search."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry, the name of its merge request and where that is explained."""

    entry: Moment
    name: str
    link: str
    hash: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks the page for; `problems` say what of it was not understood."""

    wanted: Wanted
    before: int | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Everything the page says."""

    asked: Asked
    kinds: tuple[tuple[str, str, bool], ...]
    rows: tuple[Row, ...]
    total: int
    older: str
    newest: str
    export: str


def parse_asked(query: Mapping[str, str]) -> Asked:
    """The query of the address; what cannot be understood is left out and said."""
    problems: list[str] = []

    def day(name: str) -> date | None:
        text = query.get(name, "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            problems.append(f"“{text}” is no date; write it like 2026-11-22")
            return None

    before = query.get("before", "")
    wanted = Wanted(
        query.get("q", "").strip()[:LONGEST_WORDS],
        query.get("kind", ""),
        query.get("review", "").strip().strip("/"),
        day("since"),
        day("until"),
    )
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None  # noqa: PLR2004 - what SQLite can hold
    return Asked(wanted, number, tuple(problems))


def ledger_page(
    asked: Asked, found: Sequence[Opened], kinds: Sequence[str], total: int
) -> LedgerPage:
    """The page; `found` are the entries that match, newest first, one more than fits."""
    shown = found[:A_PAGE]
    more = len(found) > A_PAGE
    return LedgerPage(
        asked=asked,
        kinds=tuple((kind, kind.replace("_", " "), kind == asked.wanted.kind) for kind in kinds),
        rows=tuple(_row(entry) for entry in shown),
        total=total,
        older=_address("/ledger", asked.wanted, shown[-1].seq) if more else "",
        newest=_address("/ledger", asked.wanted) if asked.before is not None else "",
        export=_address("/ledger/export.jsonl", asked.wanted),
    )


def _row(entry: Opened) -> Row:
    forge, _, rest = entry.ref.partition("/")
    project, _, number = rest.rpartition("/")
    if not (project and number.isdecimal()):
        return Row(moment(entry), entry.ref, "", entry.hash)
    ref = Ref(forge, project, int(number))
    return Row(moment(entry), short_name(ref), decision_path(ref), entry.hash)


def _address(path: str, wanted: Wanted, before: int | None = None) -> str:
    query = {
        "q": wanted.words,
        "kind": wanted.kind,
        "review": wanted.ref,
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
        "before": str(before) if before is not None else "",
    }
    kept = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
