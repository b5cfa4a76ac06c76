"""The shape of the database, from the thirtieth step on. Append only, as the steps before."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations import migrations

__all__ = ["migrations"]


@migrations()
def m030_directs(db: Database) -> None:
    """The direct messages that stand in Slack, with what they tell of which merge request."""
    db.table("directs").create(
        {"id": int, "person": str, "place": str, "ts": str, "body": str, "at": str},
        pk="id",
        not_null={"person", "place", "ts", "body", "at"},
    )
    db.table("directs").create_index(["place", "ts"], unique=True)
    db.table("directs").create_index(["person"])
    db.conn.execute(
        "CREATE TABLE direct_entries (direct INTEGER NOT NULL REFERENCES directs (id)"
        " ON DELETE CASCADE, ref TEXT NOT NULL, PRIMARY KEY (direct, ref)) WITHOUT ROWID"
    )
    db.table("direct_entries").create_index(["ref"])


@migrations()
def m031_forgotten(db: Database) -> None:
    """Who was erased, as marks that only tell them again; and what is read in their place."""
    db.table("forgotten").create(
        {"seq": int, "mark": str, "stand_in": str, "at": str},
        pk="seq",
        not_null={"mark", "stand_in", "at"},
    )
    db.table("forgotten").create_index(["mark"], unique=True)
    db.table("stand_ins").create({"token": str, "name": str}, pk="token", not_null={"name"})


@migrations()
def m032_judged(db: Database) -> None:
    """By which moment of the clock it was judged how long a row waits: clocks are set back."""
    for queue, since in (("inbox", "received_at"), ("outbox", "created_at")):
        db.conn.execute(f"ALTER TABLE {queue} ADD COLUMN judged_at TEXT NOT NULL DEFAULT ''")
        db.conn.execute(f"UPDATE {queue} SET judged_at = {since} WHERE state = 'new'")
