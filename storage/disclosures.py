"""What the ledger says of people, kept beside its chain, so that it can be erased.

In the chain stands a commitment in the place of each text: the SHA-256 of a random salt and the
text. Whoever holds salt and text proves what was written; without them nobody can tell what it
was, and the chain is as valid as before. One text has one commitment, so "the same person" can
still be seen after the name is gone.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlite_utils import Database

from routing.forgetting.documents import ERASED
from routing.trail import Plain
from storage.places import in_chunks, marks

OPEN_KEYS = frozenset(
    {
        *("project_id", "number", "head_sha", "base_branch", "policy_hash", "state", "verdict"),
        *("tools", "tool", "tier", "level", "name", "domains", "dependencies", "step", "via"),
        *("effect", "at"),
    }
)
"""Texts under these keys say nothing of people and stand in the chain as they are. All others are
kept outside, so that a new kind of entry is safe before anybody thinks of it."""

TOKEN = re.compile(r'\{"~":"([A-Za-z0-9_-]{43})"\}')
"""A commitment in canonical JSON. No text can look like it: there its quotes carry backslashes."""

Token = str
"""A commitment by itself: 43 letters."""


def commitment(salted: bytes) -> str:
    """SHA-256 over a salt (32 hexadecimal digits) and the text after it, in unpadded base64."""
    return urlsafe_b64encode(hashlib.sha256(salted).digest()).decode().rstrip("=")


class Disclosures:
    """Commitments and what they stand for."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def close_up(self, data: Mapping[str, Plain]) -> Plain:
        """The data with a commitment in the place of every text that may speak of people."""
        known = self._commit(set(_texts(dict(data), open_key=False)))
        return _replaced(dict(data), known)

    def open_up(self, chained: str) -> str:
        """The data of an entry, as JSON text, with everything in it that was not erased.

        Where somebody who was erased stood by themselves, whoever stands for them is read.
        """
        tokens = set(TOKEN.findall(chained))
        found = {token: text for token, (_, text) in self.of(tokens).items()}
        found |= self._stand_ins(tokens - found.keys())
        return TOKEN.sub(lambda token: json.dumps(found.get(token[1], ERASED)), chained)

    def of(self, tokens: Iterable[str]) -> Mapping[str, tuple[str, str]]:
        """Salt and text of each of these commitments that was not erased."""
        found: dict[str, tuple[str, str]] = {}
        for some in in_chunks(sorted(set(tokens))):
            rows = self._db.conn.execute(
                f"SELECT token, salt, text FROM disclosures WHERE token IN ({marks(some)})", some
            )
            found.update((token, (salt, text)) for token, salt, text in rows)
        return found

    def all(self) -> Iterator[tuple[str, bool]]:
        """Every commitment that was not erased, and whether it still fits its text."""
        rows = self._db.conn.execute(
            "SELECT token, typeof(text), CAST(salt AS BLOB), CAST(text AS BLOB) FROM disclosures"
        )
        for token, kind, salt, text in rows:
            yield token, kind == "text" and commitment(salt + text) == token

    def texts(self) -> Iterator[tuple[Token, str]]:
        """Every commitment that was not erased, with its text."""
        yield from self._db.conn.execute("SELECT token, text FROM disclosures")

    def stand_in(self, tokens: Iterable[Token], name: str) -> None:
        """Read that name where these stood for somebody who is erased."""
        self._db.conn.executemany(
            "INSERT INTO stand_ins (token, name) VALUES (?, ?)"
            " ON CONFLICT (token) DO UPDATE SET name = excluded.name",
            [(token, name) for token in tokens],
        )

    def stand_ins(self) -> Mapping[Token, str]:
        """Every name that is read in the place of somebody erased."""
        return dict(self._db.conn.execute("SELECT token, name FROM stand_ins").fetchall())

    def erase(self, tokens: Iterable[str]) -> None:
        """Forget what these stand for, on the disk as well."""
        self._db.conn.execute("PRAGMA secure_delete=ON")
        self._db.conn.executemany(
            "DELETE FROM disclosures WHERE token = ?", [(token,) for token in tokens]
        )

    def _stand_ins(self, tokens: Iterable[Token]) -> Mapping[Token, str]:
        found: dict[Token, str] = {}
        for some in in_chunks(sorted(tokens)):
            found.update(
                self._db.conn.execute(
                    f"SELECT token, name FROM stand_ins WHERE token IN ({marks(some)})", some
                ).fetchall()
            )
        return found

    def _commit(self, texts: Collection[str]) -> Mapping[str, str]:
        """The commitment of each text; new ones get theirs."""
        known = self._known(texts)
        for text in sorted(set(texts) - known.keys()):
            salt = secrets.token_hex(16)
            known[text] = commitment(f"{salt}{text}".encode())
            self._db.conn.execute(
                "INSERT INTO disclosures (token, salt, text, digest) VALUES (?, ?, ?, ?)",
                (known[text], salt, text, _digest(text)),
            )
        return known

    def _known(self, texts: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in in_chunks(sorted(_digest(text) for text in texts)):
            rows = self._db.conn.execute(
                f"SELECT text, token FROM disclosures WHERE digest IN ({marks(some)})", some
            )
            found.update(rows)
        return found


def _digest(text: str) -> bytes:
    """By what a text is found: it goes when the text does."""
    return hashlib.sha256(text.encode()).digest()[:16]


def _texts(value: Plain, *, open_key: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, open_key=key in OPEN_KEYS)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, open_key=open_key)
    elif isinstance(value, str) and not open_key:
        yield value


def _replaced(value: Plain, known: Mapping[str, str], *, open_key: bool = False) -> Plain:
    if isinstance(value, dict):
        return {
            key: _replaced(inner, known, open_key=key in OPEN_KEYS) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_replaced(inner, known, open_key=open_key) for inner in value]
    if isinstance(value, str) and not open_key:
        return {"~": known[value]}
    return value
