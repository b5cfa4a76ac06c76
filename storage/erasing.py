"""Erasing a person: everything that names them goes, or names a stand-in from now on.

A stand-in is random and always the same: that two approvals came from two people, who carried how
much and who knows what can be told as before, but not who they were.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from routing.forgetting.documents import forgotten_in, read_document, write_document
from routing.forgetting.naming import Naming
from routing.forgetting.parts import part_in
from routing.forgetting.veil import reworded, veiled
from routing.forgetting.whom import Whom, word_marks
from routing.model import MergedRequest, State
from routing.people import mail_identity
from storage.erasing_queues import Queues
from storage.forgotten import Forgotten
from storage.history import History
from storage.identifying import Identifying
from storage.ledger import Ledger
from storage.ledger_erasing import speaking_of
from storage.leftovers import Left, left_of
from storage.merged import MergedRequests
from storage.places import marks
from storage.reviews import FOLLOW_UP
from storage.telling import Told, unheard

LIVE = (State.OPEN.value, FOLLOW_UP)

BY_PERSON = (
    ("preferences", "person", "hours and absences"),
    ("opt_outs", "person", "opt-outs"),
    ("silences", "person", "counts of silence"),
    ("asks", "person", "asks"),
    ("directs", "person", "direct messages"),
    ("links", "person", "links"),
    ("digests", "channel", "digests"),
    ("digest_entries", "channel", "lines of digests"),
)
"""The tables whose rows are about one person each, the column that names them, and what it is."""

SHORT = 2
"""Bytes of a stand-in's name: enough for all who ever leave one company."""
TRIES = 100
"""So many names that are taken make the next one longer."""


@dataclass(frozen=True, slots=True)
class Part:
    """An open merge request that needs the person, and what for."""

    ref: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of an erasure: who is read in whose place, and how many rows were concerned.

    `naming` is by what the person was known. Where anything is `open`, nothing was erased.
    `listed` says that the people file which the bot read last has them.
    """

    naming: Naming
    stand_in: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    open: tuple[Part, ...] = ()
    listed: bool = False


class Erasing:
    """Takes a person out of everything that is kept, all within one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def sizes(self) -> Mapping[str, int]:
        """How many there are to read of what `erase` tells the progress of."""
        tables = {"texts": "disclosures", "entries": "ledger", "reviews": "reviews"}
        return {what: self._db.table(table).count for what, table in tables.items()}

    def is_listed(self, person: str) -> bool:
        """Whether the people file that the bot read last has them."""
        return Identifying(self._db).is_linked(person)

    def erase(
        self, whom: Whom, others: Collection[str], now: datetime, told: Told = unheard
    ) -> Erased:
        """Erase somebody; `others` are names, ids, logins and addresses of other people.

        Merge requests that are open and need the person are named instead, and nothing is done.
        """
        self._db.conn.execute("PRAGMA secure_delete=ON")
        identifying = Identifying(self._db)
        known = identifying.widened(whom, others)
        naming = Naming(known, identifying.others(known, others))
        listed = self.is_listed(whom.person)
        parts = tuple(self._parts(naming))
        if parts:
            return Erased(naming, open=parts, listed=listed)
        forgotten = Forgotten(self._db)
        stand_in = forgotten.stand_in_for(known.marks) or _fresh(forgotten)
        forgotten.keep(known.marks | word_marks(naming.phrases), stand_in, now)
        rows = Counter[str]()
        for what, count in self._everywhere(naming, stand_in, now, told):
            rows[what] += count
        return Erased(naming, stand_in, +rows, listed=listed)

    def left(self, naming: Naming, told: Told = unheard) -> Sequence[Left]:
        """What still holds a name of theirs, or what may be one, and why it stays."""
        return left_of(self._db, naming, told)

    def _parts(self, naming: Naming) -> Iterator[Part]:
        rows = self._db.conn.execute(
            f"SELECT ref, url, body FROM reviews WHERE state IN ({marks(LIVE)})"
            " ORDER BY forge, project, number",
            LIVE,
        )
        for ref, url, body in rows:
            why = part_in(read_document(body), naming) if naming.may_name(body) else None
            if why is not None:
                yield Part(ref, url, why)

    def _everywhere(
        self, naming: Naming, stand_in: str, now: datetime, told: Told
    ) -> Iterator[tuple[str, int]]:
        """What is kept, kind by kind, each with how many rows were concerned."""
        whom = naming.whom
        speaking = speaking_of(self._db, naming, told)
        yield "texts of the ledger", Ledger(self._db).erase(speaking, stand_in, now)
        yield "reviews", self._rewrite("reviews", "ref", naming, stand_in, told)

        def named(identity: str) -> str:
            return stand_in if whom.has(identity) else identity

        yield "changes of the history", History(self._db).name_anew(named)

        def anew(found: MergedRequest) -> MergedRequest:
            behind = veiled(found, lambda identity: stand_in if whom.has(identity) else None)
            return reworded(behind, naming, stand_in)

        past = MergedRequests(self._db).rewrite(naming.may_name, anew)
        yield "merge requests read for simulations", past
        queues = Queues(self._db, naming, stand_in)
        yield "deliveries and words that came in", queues.forget_in_inbox()
        yield "effects that went out", queues.forget_in_outbox()
        yield "looks at what is open", self._drop("looks", "trace", queues.mentions)
        for table, column, what in BY_PERSON:
            yield what, self._drop(table, column, naming.is_exactly)
        yield "digests", self._rewrite("digests", "channel", naming, stand_in)
        yield "direct messages", self._rewrite("directs", "id", naming, stand_in)
        addresses = self._drop("authors", "email", lambda one: whom.has(mail_identity(one)))
        yield "addresses of the history", addresses
        yield "pinned accounts", self._unpin(whom)

    def _rewrite(
        self, table: str, key: str, naming: Naming, stand_in: str, told: Told = unheard
    ) -> int:
        """Rows that are JSON documents, without the person."""
        count = 0
        keys = self._db.conn.execute(f"SELECT {key} FROM {table}").fetchall()
        for number, (name,) in enumerate(keys, start=1):
            told(table, number)
            (body,) = self._db.conn.execute(
                f"SELECT body FROM {table} WHERE {key} = ?", (name,)
            ).fetchone()
            if not naming.may_name(body):
                continue
            before = read_document(body)
            after = forgotten_in(before, naming, stand_in)
            if after != before:
                text = after if isinstance(before, str) else write_document(after)
                self._db.conn.execute(f"UPDATE {table} SET body = ? WHERE {key} = ?", (text, name))
                count += 1
        return count

    def _drop(self, table: str, column: str, hers: Callable[[str], bool]) -> int:
        """Rows that are about the person."""
        found = self._db.conn.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()
        values = [value for (value,) in found if hers(value)]
        return sum(
            self._db.conn.execute(f"DELETE FROM {table} WHERE {column} = ?", (value,)).rowcount
            for value in values
        )

    def _unpin(self, whom: Whom) -> int:
        return sum(
            self._db.conn.execute(
                f"DELETE FROM pins WHERE forge = ? AND {column} = ?", (forge, value)
            ).rowcount
            for column, pairs in (("login", whom.logins), ("account", whom.accounts))
            for forge, value in sorted(pairs)
        )


def _fresh(forgotten: Forgotten) -> str:
    """A name that says nothing of whom it stands for; longer once most short ones are taken."""
    tries = 0
    while True:
        stand_in = f"erased-{secrets.token_hex(SHORT + tries // TRIES)}"
        if not forgotten.is_taken(stand_in):
            return stand_in
        tries += 1
