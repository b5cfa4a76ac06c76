"""The shape of the database, step by step. Append only: a step that has shipped stays as it is."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("countersign")


@migrations()
def m001_queues(db: Database) -> None:
    """The inbox (what happened) and the outbox (what must be done)."""
    db.table("inbox").create(
        {
            "seq": int,
            "key": str,
            "subject": str,
            "body": str,
            "received_at": str,
            "state": str,
            "attempts": int,
            "not_before": str,
            "problem": str,
        },
        pk="seq",
        not_null={"key", "subject", "body", "received_at", "state", "attempts", "not_before"},
    )
    db.table("inbox").create_index(["key"], unique=True)
    db.table("inbox").create_index(["state", "not_before", "seq"])
    db.table("inbox").create_index(["subject", "state"])
    db.table("outbox").create(
        {
            "seq": int,
            "lane": str,
            "priority": int,
            "subject": str,
            "body": str,
            "created_at": str,
            "state": str,
            "attempts": int,
            "not_before": str,
            "problem": str,
        },
        pk="seq",
        not_null={"lane", "priority", "subject", "body", "created_at", "state", "attempts"},
    )
    db.table("outbox").create_index(["state", "priority", "seq"])
    db.table("outbox").create_index(["lane", "state"])


@migrations()
def m002_reviews(db: Database) -> None:
    """Reviews, who is asked in them, and the cards that show them."""
    db.table("reviews").create(
        {
            "ref": str,
            "forge": str,
            "project": str,
            "number": int,
            "url": str,
            "state": str,
            "next_due": str,
            "updated_at": str,
            "body": str,
        },
        pk="ref",
        not_null={"forge", "project", "number", "url", "state", "updated_at", "body"},
    )
    db.table("reviews").create_index(["state", "forge"])
    db.table("reviews").create_index(["next_due"])
    db.table("reviews").create_index(["url"])
    db.table("open_asks").create({"ref": str, "person": str}, pk=("ref", "person"))
    db.table("open_asks").create_index(["person"])
    db.table("cards").create(
        {"id": str, "ref": str, "head_sha": str, "base_branch": str},
        pk="id",
        not_null={"ref", "head_sha", "base_branch"},
    )
    db.table("cards").create_index(["ref", "head_sha", "base_branch"], unique=True)


@migrations()
def m003_people(db: Database) -> None:
    """Which immutable account stands behind a login."""
    db.table("pins").create(
        {"forge": str, "login": str, "account": str, "seen_at": str},
        pk=("forge", "login"),
        not_null={"account", "seen_at"},
    )


@migrations()
def m004_history(db: Database) -> None:
    """Merged changes, and the index of the places they touched."""
    db.table("changes").create(
        {
            "id": int,
            "project": str,
            "name": str,
            "at": int,
            "authors": str,
            "reviewers": str,
            "files": str,
            "lines": str,
        },
        pk="id",
        not_null={"project", "name", "at", "authors", "reviewers", "files", "lines"},
    )
    db.table("changes").create_index(["project", "name"], unique=True)
    db.table("places").create(
        {"id": int, "project": str, "ring": int, "path": str},
        pk="id",
        not_null={"project", "ring", "path"},
    )
    db.table("places").create_index(["project", "ring", "path"], unique=True)
    # The key is the whole row: kept in its order, one look finds a place's latest changes.
    db.conn.execute(
        "CREATE TABLE touches (place INTEGER NOT NULL, at INTEGER NOT NULL,"
        " change INTEGER NOT NULL, PRIMARY KEY (place, at, change)) WITHOUT ROWID"
    )
    db.table("authors").create(
        {"project": str, "email": str, "name": str, "first": int, "last": int},
        pk=("project", "email"),
        not_null={"name", "first", "last"},
    )
    db.table("history_marks").create(
        {"project": str, "scope": str, "mark": str, "at": str},
        pk=("project", "scope"),
    )


@migrations()
def m005_ledger(db: Database) -> None:
    """The record of every decision, each entry sealed onto the one before."""
    db.table("ledger").create(
        {
            "seq": int,
            "at": str,
            "ref": str,
            "kind": str,
            "data": str,
            "previous": str,
            "hash": str,
        },
        pk="seq",
        not_null={"at", "ref", "kind", "data", "previous", "hash"},
    )
    db.table("ledger").create_index(["ref", "seq"])


@migrations()
def m006_heads(db: Database) -> None:
    """Reviews by head commit: those that share one share its gate."""
    db.table("reviews").add_column("head_sha", str)
    db.conn.execute("UPDATE reviews SET head_sha = json_extract(body, '$.binding.head_sha')")
    db.table("reviews").create_index(["head_sha", "project"])


@migrations()
def m007_preferences(db: Database) -> None:
    """What people said they are not to be asked about."""
    db.table("opt_outs").create(
        {"person": str, "glob": str, "at": str}, pk=("person", "glob"), not_null={"at"}
    )


@migrations()
def m008_retention(db: Database) -> None:
    """What is over is found by its age."""
    db.table("outbox").create_index(["state", "not_before"])


@migrations()
def m009_keys(db: Database) -> None:
    """Secrets made once: what addresses and sessions of the pages are signed with."""
    db.table("keys").create(
        {"name": str, "secret": bytes, "made_at": str},
        pk="name",
        not_null={"secret", "made_at"},
    )


@migrations()
def m010_disclosures(db: Database) -> None:
    """What the ledger's commitments stand for; erased without touching the chain."""
    db.table("disclosures").create(
        {"token": str, "salt": str, "text": str, "digest": bytes},
        pk="token",
        not_null={"salt", "text", "digest"},
    )
    db.table("disclosures").create_index(["digest"], unique=True)


@migrations()
def m011_asks(db: Database) -> None:
    """Who was asked and until when; the history in the order of time."""
    db.table("asks").create(
        {"ref": str, "person": str, "asked": str, "closed": str},
        pk=("ref", "person"),
        not_null={"asked"},
    )
    db.table("asks").create_index(["person", "closed"])
    db.conn.execute(
        "INSERT INTO asks (ref, person, asked) SELECT open_asks.ref, person, updated_at"
        " FROM open_asks JOIN reviews ON reviews.ref = open_asks.ref"
    )
    db.table("open_asks").drop()
    db.table("changes").create_index(["project", "at", "id"])
    db.table("history_revisions").create(
        {"project": str, "revision": int}, pk="project", not_null={"revision"}
    )


@migrations()
def m012_ledger_search(db: Database) -> None:
    """Ledger entries by their words, kind and time. The index keeps no text, words only."""
    db.conn.execute(
        "CREATE VIRTUAL TABLE ledger_words USING fts5(ref, kind, words, content='',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    # What is erased must not be found by its words either: the index begins anew.
    db.conn.execute(
        "CREATE TRIGGER ledger_words_forget AFTER DELETE ON disclosures BEGIN"
        " INSERT INTO ledger_words (ledger_words) VALUES ('delete-all'); END"
    )
    db.table("ledger").create_index(["kind", "seq"])
    db.table("ledger").create_index(["at"])


@migrations()
def m013_cases(db: Database) -> None:
    """The ledger read as one row a merge request, and how far it was read."""
    db.table("cases").create(
        {
            "ref": str,
            "opened": str,
            "author": str,
            "ai": int,
            "domains": str,
            "asked": str,
            "answered": str,
            "escalations": int,
            "overridden": int,
        },
        pk="ref",
        not_null={"opened", "author", "ai", "domains", "asked", "escalations", "overridden"},
    )
    db.table("cases").create_index(["opened"])
    db.table("cases_mark").create({"seq": int}, not_null={"seq"})
    db.table("cases_mark").insert({"seq": 0})
    # What was erased is read anew, without it.
    db.conn.execute(
        "CREATE TRIGGER cases_forget AFTER DELETE ON disclosures BEGIN"
        " DELETE FROM cases; UPDATE cases_mark SET seq = 0; END"
    )


@migrations()
def m014_repairs(db: Database) -> None:
    """Which past changes called themselves repairs; everything is read again to learn it."""
    db.conn.execute("ALTER TABLE changes ADD COLUMN fix INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("DELETE FROM history_marks")


@migrations()
def m015_people_say(db: Database) -> None:
    """What people said of themselves, and how many asks in a row they let pass."""
    db.table("preferences").create(
        {"person": str, "body": str, "at": str}, pk="person", not_null={"body", "at"}
    )
    db.table("silences").create({"person": str, "asks": int}, pk="person", not_null={"asks"})


@migrations()
def m016_riders(db: Database) -> None:
    """Which effects are carried out together with another one: one message says them all."""
    db.table("outbox").add_column("rides", int)
    db.table("outbox").create_index(["rides"])


@migrations()
def m017_queue(db: Database) -> None:
    """Commits that a merge queue made, each on the one before it."""
    db.table("queued").create(
        {"sha": str, "onto": str, "ref": str}, pk="sha", not_null={"onto", "ref"}
    )
    db.table("queued").create_index(["ref"])


@migrations()
def m018_links(db: Database) -> None:
    """The links of the people file that was last in force: every change of them goes on record."""
    db.table("links").create(
        {"person": str, "place": str, "value": str}, pk=("person", "place", "value")
    )


@migrations()
def m019_cases_anew(db: Database) -> None:
    """Names in one column are separated by line ends: the ledger is read anew."""
    db.conn.execute("DELETE FROM cases")
    db.conn.execute("UPDATE cases_mark SET seq = 0")


@migrations()
def m020_cases_merged(db: Database) -> None:
    """When each case was merged; the ledger is read anew to learn it."""
    db.table("cases").add_column("merged", str)
    db.conn.execute("DELETE FROM cases")
    db.conn.execute("UPDATE cases_mark SET seq = 0")


@migrations()
def m021_merged_requests(db: Database) -> None:
    """Merge requests as they were merged, for trying policies on a forge's past."""
    db.table("merged_requests").create({"ref": str, "body": bytes}, pk="ref", not_null={"body"})


@migrations()
def m022_digests(db: Database) -> None:
    """The digests that stand in Slack with what they list, and the files uploaded to it."""
    db.table("digests").create(
        {"channel": str, "body": str, "at": str}, pk="channel", not_null={"body", "at"}
    )
    db.table("digest_entries").create(
        {"channel": str, "ref": str}, pk=("channel", "ref"), not_null={"channel", "ref"}
    )
    db.table("digest_entries").create_index(["ref"])
    db.table("uploads").create(
        {"key": str, "file": str, "at": str}, pk="key", not_null={"file", "at"}
    )


@migrations()
def m023_cases_by_week(db: Database) -> None:
    """The week of each case and its latest revision; the ledger is read anew to learn them."""
    db.conn.execute("ALTER TABLE cases ADD COLUMN week TEXT NOT NULL DEFAULT ''")
    db.conn.execute("ALTER TABLE cases ADD COLUMN revision INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("ALTER TABLE cases_mark ADD COLUMN revision INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("DROP INDEX idx_cases_opened")
    db.table("cases").create_index(["week", "revision"])
    db.conn.execute("DELETE FROM cases")
    db.conn.execute("UPDATE cases_mark SET seq = 0")


@migrations()
def m024_unreadable(db: Database) -> None:
    """Reviews that cannot be read, for people to see until they can."""
    db.table("unreadable").create({"ref": str, "since": str}, pk="ref", not_null={"since"})


@migrations()
def m025_looks(db: Database) -> None:
    """What the forges' lists showed of each open merge request before its last look."""
    db.table("looks").create(
        {"ref": str, "forge": str, "trace": str, "at": str},
        pk="ref",
        not_null={"forge", "trace", "at"},
    )
    db.table("looks").create_index(["forge"])


@migrations()
def m026_bases_of_reviews(db: Database) -> None:
    """Reviews tell for which base they were left: what was kept without it is read anew."""
    db.conn.execute("DELETE FROM merged_requests")


@migrations()
def m027_urgency(db: Database) -> None:
    """What is decided on first. Whatever waits already keeps its order."""
    db.conn.execute("ALTER TABLE inbox ADD COLUMN urgency INTEGER NOT NULL DEFAULT 1")
    db.table("inbox").create_index(["state", "urgency", "seq"])


@migrations()
def m028_cases_past_the_gate(db: Database) -> None:
    """What was merged while its gate was shut; the ledger is read anew to learn it."""
    db.conn.execute("ALTER TABLE cases ADD COLUMN past_gate INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("DELETE FROM cases")
    db.conn.execute("UPDATE cases_mark SET seq = 0")


@migrations()
def m029_pulse(db: Database) -> None:
    """A row that is written at every tick."""
    db.table("pulse").create({"name": str, "at": str}, pk="name", not_null={"at"})
