"""Numbers that tell whether a table has changed, so that whoever knows it need not read it anew."""

from __future__ import annotations

from sqlite_utils import Database


def revision_of(db: Database, table: str) -> int:
    """A number that changes with every row of `pins` or `preferences`, whichever process writes.

    Triggers count on within the transaction that writes. One that is undone gives its number
    back, so what was read counts by its number only once the work that read it is kept.
    """
    row = db.conn.execute("SELECT revision FROM revisions WHERE what = ?", (table,)).fetchone()
    return int(row[0])
