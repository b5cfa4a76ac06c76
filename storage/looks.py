"""What the forges' lists showed of each open merge request before it was looked at last."""

from __future__ import annotations

from collections.abc import Mapping

from sqlite_utils import Database

from routing.model import Ref
from routing.reconciling import Look
from storage.codec import moment, parse_moment, parse_ref


class Looks:
    """One row for each merge request that was looked at because of what a list showed."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, forge: str) -> Mapping[Ref, Look]:
        """Every one of a forge."""
        rows = self._db.conn.execute(
            "SELECT ref, trace, at FROM looks WHERE forge = ?", (forge,)
        ).fetchall()
        return {
            ref: Look(trace, parse_moment(at))
            for text, trace, at in rows
            if (ref := parse_ref(text)) is not None
        }

    def keep(self, ref: Ref, look: Look) -> None:
        """Remember it in place of the one before."""
        self._db.conn.execute(
            "INSERT INTO looks (ref, forge, trace, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (ref) DO UPDATE SET trace = excluded.trace, at = excluded.at",
            (str(ref), ref.forge, look.trace, moment(look.at)),
        )

    def forget(self, ref: Ref) -> None:
        """It is open no more: what comes of it later is looked at anew."""
        self._db.conn.execute("DELETE FROM looks WHERE ref = ?", (str(ref),))
