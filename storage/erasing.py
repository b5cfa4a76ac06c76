"""Forgetting a person outside the ledger: what they said of themselves, and who they are where."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlite_utils import Database

from storage.places import marks

KEPT_ABOUT = {
    "preferences": ("person",),
    "opt_outs": ("person",),
    "silences": ("person",),
    "asks": ("person",),
    "directs": ("person",),
    "links": ("person", "value"),
    "pins": ("login",),
    "authors": ("email", "name"),
}
"""The tables whose rows are about one person each, and the columns that name them."""


class Erasing:
    """Takes the rows about a person out; the ledger erases its own texts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def forget(self, names: Collection[str]) -> Mapping[str, int]:
        """Delete every row about whoever goes by one of these names, whatever its case.

        Returns how many rows went from which table; those that lost none are left out.
        """
        self._db.conn.execute("PRAGMA secure_delete=ON")
        wanted = sorted({name.lower() for name in names if name})
        gone = {
            table: self._forget(table, columns, wanted) for table, columns in KEPT_ABOUT.items()
        }
        return {table: count for table, count in gone.items() if count}

    def _forget(self, table: str, columns: Collection[str], wanted: Collection[str]) -> int:
        values = list(wanted)
        either = " OR ".join(f"lower({column}) IN ({marks(values)})" for column in columns)
        return self._db.conn.execute(
            f"DELETE FROM {table} WHERE {either}", values * len(columns)
        ).rowcount
