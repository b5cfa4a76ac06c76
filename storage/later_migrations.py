"""The shape of the database, from the thirtieth step on. Append only, as the steps before."""

from __future__ import annotations

from sqlite_utils import Database

from routing.ranking.assignment import fading
from storage.asks import EPOCH
from storage.codec import parse_moment
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
def m032_carried(db: Database) -> None:
    """What everybody carries, kept as sums; the asks that are over are found by when they were."""
    db.conn.execute("ALTER TABLE asks ADD COLUMN weight REAL NOT NULL DEFAULT 0")
    closed = db.conn.execute("SELECT DISTINCT closed FROM asks WHERE closed IS NOT NULL")
    weights = [(fading(parse_moment(at), EPOCH), at) for (at,) in closed.fetchall()]
    db.table("asks").create_index(["closed"])
    db.conn.executemany("UPDATE asks SET weight = ? WHERE closed = ?", weights)
    # A person's sums are read from this index alone.
    db.conn.execute("DROP INDEX idx_asks_person_closed")
    db.table("asks").create_index(["person", "closed", "weight"])
    db.conn.execute(
        "CREATE TABLE carried (person TEXT PRIMARY KEY, open INTEGER NOT NULL,"
        " faded REAL NOT NULL) WITHOUT ROWID"
    )
    sums = "INSERT INTO carried SELECT person, count(*) - count(closed), total(weight) FROM asks"
    db.conn.execute(f"{sums} GROUP BY person")
    # Made anew rather than added to: whatever rows there are, they are what is summed up.
    for event, whose in (
        ("INSERT", "new"),
        ("UPDATE", "new"),
        ("UPDATE", "old"),
        ("DELETE", "old"),
    ):
        moved = " WHEN old.person != new.person" if (event, whose) == ("UPDATE", "old") else ""
        db.conn.execute(
            f"CREATE TRIGGER carried_{event.lower()}_{whose} AFTER {event} ON asks{moved} BEGIN"
            f" DELETE FROM carried WHERE person = {whose}.person;"
            f" {sums} WHERE person = {whose}.person GROUP BY person; END"
        )


@migrations()
def m033_revisions(db: Database) -> None:
    """Whether what is read at every look, and hardly ever changes, has changed since."""
    db.conn.execute(
        "CREATE TABLE revisions (what TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID"
    )
    for what in ("pins", "preferences"):
        db.conn.execute("INSERT INTO revisions VALUES (?, 0)", (what,))
        for event in ("INSERT", "UPDATE", "DELETE"):
            db.conn.execute(
                f"CREATE TRIGGER {what}_revised_by_{event.lower()} AFTER {event} ON {what} BEGIN"
                f" UPDATE revisions SET revision = revision + 1 WHERE what = '{what}'; END"
            )


@migrations()
def m034_judged(db: Database) -> None:
    """By which moment of the clock it was judged how long a row waits: clocks are set back."""
    for queue, since in (("inbox", "received_at"), ("outbox", "created_at")):
        db.conn.execute(f"ALTER TABLE {queue} ADD COLUMN judged_at TEXT NOT NULL DEFAULT ''")
        db.conn.execute(f"UPDATE {queue} SET judged_at = {since} WHERE state = 'new'")
