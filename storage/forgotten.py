"""Those who were erased: nobody can read who they are, but what comes up again is known by it.

Kept are marks: the keyed hash (HMAC-SHA256) of an id, a login, an account or an address, and who
stands for it. The key lies in the same database, so whoever has it and already knows a login can
find out whether that login was erased, and which stand-in is its; a list of names it is not.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from routing.forgetting.veil import Known, texts_of, veiled, without_forgotten
from routing.forgetting.whom import marks_of, phrases_in, word_marks
from routing.model import MergedRequest, PastChange
from storage.codec import moment, parse_moment
from storage.keys import Keys
from storage.places import in_chunks, marks

KEY = "forgotten"
KEY_BYTES = 32


class ErasedMeanwhile(Exception):
    """Somebody was erased since this was read: it may name them, and must be read anew."""


class Forgotten:
    """Marks of those who were erased, and who stands for each."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, words: Collection[str], stand_in: str, now: datetime) -> None:
        """Know these marks (`Whom.marks`, `word_marks`) again from now on."""
        key = Keys(self._db).keep(KEY, secrets.token_bytes(KEY_BYTES), now)
        hashed = sorted(_hashed(key, word) for word in words)
        first = self.revision() + 1  # new numbers each time: whoever works at this moment sees it
        self._db.conn.executemany(
            "DELETE FROM forgotten WHERE mark = ?", [(mark,) for mark in hashed]
        )
        self._db.conn.executemany(
            "INSERT INTO forgotten (seq, mark, stand_in, at) VALUES (?, ?, ?, ?)",
            [(seq, mark, stand_in, moment(now)) for seq, mark in enumerate(hashed, start=first)],
        )

    def revision(self) -> int:
        """A number that changes whenever somebody is erased; 0 before anybody was."""
        row = self._db.conn.execute("SELECT max(seq) FROM forgotten").fetchone()
        return int(row[0] or 0)

    def hold_to(self, revision: int) -> None:
        """Go on only if nobody was erased since then.

        Raises:
            ErasedMeanwhile: somebody was.
        """
        if self.revision() != revision:
            raise ErasedMeanwhile

    def stand_in_for(self, words: Iterable[str]) -> str | None:
        """Who stands for whoever has any of these marks, if they were erased before."""
        found = self._found(words)
        return min(found.values())[0] if found else None

    def is_taken(self, stand_in: str) -> bool:
        """Whether that name stands for somebody."""
        return any(
            self._db.table(table).count_where(f"{column} = ?", [stand_in])
            for table, column in (("forgotten", "stand_in"), ("stand_ins", "name"))
        )

    def of(self, changes: Iterable[PastChange]) -> Iterable[PastChange]:
        """The changes, those from before an erasure with stand-ins in the place of the erased."""
        if not self.revision():
            return changes
        every = list(changes)
        who = {one for change in every for one in (*change.authors, *change.reviewers)}
        found = self._found({mark for one in who for mark in marks_of(one)})
        return [without_forgotten(one, _known(found, one.at)) for one in every]

    def veil(self, found: MergedRequest) -> MergedRequest:
        """A merge request that is over, with stand-ins for those erased since it was opened."""
        if not self.revision():
            return found
        opened = found.change.merge_request.opened_at
        return veiled(found, self._asking(opened), self._said_in(texts_of(found), opened))

    def is_forgotten(self, identity: str, last_seen: datetime) -> bool:
        """Whether it is somebody's who was erased after they were seen last."""
        return self._asking(last_seen)(identity) is not None

    def veiled_key(self, key: str) -> str | None:
        """The name under which the key of a delivery is kept when it names somebody erased."""
        secret = self._key()
        return f"erased {_hashed(secret, key)}" if secret else None

    def _said_in(self, texts: Iterable[str], at: datetime) -> Mapping[str, frozenset[str]]:
        """What texts from that time say of the erased: their names, by who stands for each."""
        key = self._key()
        rows = self._db.conn.execute("SELECT mark, stand_in, at FROM forgotten")
        known = {mark: who for mark, who, until in rows if at <= parse_moment(until)}
        said: dict[str, frozenset[str]] = {}
        for phrase in {one for text in texts for one in phrases_in(text)} if key else ():
            (mark,) = word_marks([phrase])
            who = known.get(_hashed(key, mark))
            if who is not None:
                said[who] = said.get(who, frozenset()) | {phrase}
        return said

    def _key(self) -> bytes:
        """What marks are hashed with; empty before anybody was erased."""
        row = self._db.conn.execute("SELECT secret FROM keys WHERE name = ?", (KEY,)).fetchone()
        return bytes(row[0]) if row else b""

    def _asking(self, at: datetime) -> Known:
        """Who stands for an identity at that time, looked up one by one."""
        return lambda identity: _known(self._found(marks_of(identity)), at)(identity)

    def _found(self, words: Iterable[str]) -> Mapping[str, tuple[str, datetime]]:
        key = self._key()
        by_hash = {_hashed(key, word): word for word in words} if key else {}
        found: dict[str, tuple[str, datetime]] = {}
        for some in in_chunks(sorted(by_hash)):
            rows = self._db.conn.execute(
                f"SELECT mark, stand_in, at FROM forgotten WHERE mark IN ({marks(some)})", some
            )
            found.update((by_hash[mark], (who, parse_moment(at))) for mark, who, at in rows)
        return found


def _known(found: Mapping[str, tuple[str, datetime]], at: datetime) -> Known:
    """Who stands for an identity at that time, by what was found of its marks."""

    def known(identity: str) -> str | None:
        stand_ins = (found.get(mark) for mark in marks_of(identity))
        return next((one for one, until in filter(None, stand_ins) if at <= until), None)

    return known


def _hashed(key: bytes, word: str) -> str:
    return hmac.digest(key, word.encode(errors="surrogatepass"), "sha256").hex()
