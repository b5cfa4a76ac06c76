"""What each card showed: a button carries an opaque id, the head and base are looked up here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlite_utils import Database

from routing.model import Ref


@dataclass(frozen=True, slots=True)
class Shown:
    """The state of a merge request that a card's buttons stand for."""

    ref: Ref
    head_sha: str
    base_branch: str


class Cards:
    """Card ids and what they stand for."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def id_for(self, shown: Shown) -> str:
        """The id under which this state is shown; the same state keeps its id."""
        values = (_text(shown.ref), shown.head_sha, shown.base_branch)
        self._db.conn.execute(
            "INSERT INTO cards (id, ref, head_sha, base_branch) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (ref, head_sha, base_branch) DO NOTHING",
            (secrets.token_urlsafe(16), *values),
        )
        row = self._db.conn.execute(
            "SELECT id FROM cards WHERE ref = ? AND head_sha = ? AND base_branch = ?", values
        ).fetchone()
        return str(row[0])

    def shown(self, card_id: str) -> Shown | None:
        """What the card with this id showed; None for an id that we never gave out."""
        row = self._db.conn.execute(
            "SELECT ref, head_sha, base_branch FROM cards WHERE id = ?", (card_id,)
        ).fetchone()
        if row is None:
            return None
        forge, project, number = row[0].split("\n")
        return Shown(Ref(forge, project, int(number)), row[1], row[2])


def _text(ref: Ref) -> str:
    return f"{ref.forge}\n{ref.project}\n{ref.number}"
