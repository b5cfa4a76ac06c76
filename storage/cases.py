"""Merge requests as the ledger tells them, one row each: what insights are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlite_utils import Database

from routing.hindsight.cases import Case, follow
from storage.codec import moment, parse_moment
from storage.disclosures import Disclosures

COLUMNS = "opened, author, ai, domains, asked, answered, merged, escalations, overridden, past_gate"

SEPARATOR = "\n"
"""Between names in one column: thousands of rows are read for one page, and splitting is quick."""


class Cases:
    """A reading of the ledger. It follows behind `catch_up`, and begins anew after an erasure."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._disclosures = Disclosures(db)

    def catch_up(self, most: int) -> int:
        """Take in entries that were not read yet, at most so many; returns how many it took."""
        rows = self._db.conn.execute(
            "SELECT seq, at, ref, kind, data FROM ledger WHERE seq > (SELECT seq FROM cases_mark)"
            " ORDER BY seq LIMIT ?",
            (most,),
        ).fetchall()
        cases: dict[str, Case | None] = {ref: self._case(ref) for _, _, ref, _, _ in rows if ref}
        for _, at, ref, kind, data in rows:
            if ref:
                opened = json.loads(self._disclosures.open_up(data))
                cases[ref] = follow(cases[ref], kind, opened, parse_moment(at))
        if not rows:
            return 0
        # Never reset, so that what is read anew after an erasure is another revision.
        mark = self._db.conn
        mark.execute("UPDATE cases_mark SET seq = ?, revision = revision + 1", (rows[-1][0],))
        (revision,) = mark.execute("SELECT revision FROM cases_mark").fetchone()
        self._db.conn.executemany(
            f"INSERT OR REPLACE INTO cases (ref, week, revision, {COLUMNS})"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (ref, case.week.isoformat(), revision, *_row(case))
                for ref, case in cases.items()
                if case is not None
            ],
        )
        return len(rows)

    def revisions(self, first: date, last: date) -> Mapping[date, int]:
        """The weeks with cases, by their Mondays from `first` to `last`, by UTC.

        A week's revision changes whenever one of its cases has changed.
        """
        rows = self._db.conn.execute(
            "SELECT week, max(revision) FROM cases WHERE week BETWEEN ? AND ? GROUP BY week",
            (first.isoformat(), last.isoformat()),
        )
        return {date.fromisoformat(week): revision for week, revision in rows}

    def of_week(self, monday: date) -> Sequence[Case]:
        """The cases opened in that week."""
        rows = self._db.conn.execute(
            f"SELECT {COLUMNS} FROM cases WHERE week = ?", (monday.isoformat(),)
        )
        return [_parsed(row) for row in rows]

    def _case(self, ref: str) -> Case | None:
        row = self._db.conn.execute(f"SELECT {COLUMNS} FROM cases WHERE ref = ?", (ref,)).fetchone()
        return _parsed(row) if row else None


def _row(case: Case) -> Iterable[object]:
    return (
        moment(case.opened),
        case.author,
        case.ai,
        SEPARATOR.join(case.domains),
        SEPARATOR.join(case.asked),
        moment(case.answered) if case.answered else None,
        moment(case.merged) if case.merged else None,
        case.escalations,
        case.overridden,
        case.past_gate,
    )


def _parsed(row: Sequence[str]) -> Case:
    opened, author, ai, domains, asked, answered, merged, escalations, overridden, past_gate = row
    return Case(
        parse_moment(opened),
        author,
        bool(ai),
        tuple(domains.split(SEPARATOR)) if domains else (),
        tuple(asked.split(SEPARATOR)) if asked else (),
        parse_moment(answered) if answered else None,
        parse_moment(merged) if merged else None,
        int(escalations),
        bool(overridden),
        bool(past_gate),
    )
