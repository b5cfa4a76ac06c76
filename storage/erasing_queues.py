"""Forgetting a person in the queues: what is settled loses its text, what waits its person."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from sqlite_utils import Database

from routing.forgetting.documents import ERASED, forgotten_in, read_document, write_document
from routing.forgetting.naming import Naming
from routing.trail import Plain
from storage.forgotten import Forgotten

MUST_BE_DONE = frozenset({"set_gate", "show_card", "show_digest"})
"""Effects that are carried out whoever is forgotten; nobody need be told anything of them."""

ON_THE_FORGE = frozenset({"request_reviewers", "withdraw_reviewers"})

ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
SURROGATES = range(0xD800, 0xE000)


class Queues:
    """The inbox and the outbox without somebody."""

    def __init__(self, db: Database, naming: Naming, stand_in: str) -> None:
        self._db = db
        self._naming = naming
        self._stand_in = stand_in
        ids = "|".join(re.escape(id_) for _, id_ in sorted(naming.whom.accounts)) or "(?!)"
        unclear = "|".join(map(re.escape, sorted(naming.unclear))) or "(?!)"
        self._raw = re.compile(rf'id"\s*:\s*"?(?:{ids})\b|"(?:{unclear})"', re.IGNORECASE)

    def forget_in_inbox(self) -> int:
        """Take them out of what came in; the same delivery is known again nevertheless.

        What they said and nobody decided on yet is let go.
        """
        return self._forget_in("inbox", "key", self._veiled, self._event_without)

    def forget_in_outbox(self) -> int:
        """Take them out of what is to be done and was done; nobody is told of them any more."""
        return self._forget_in("outbox", "lane", self._subject, self._effect_without)

    def _forget_in(
        self,
        table: str,
        name: str,
        renamed: Callable[[str], str],
        without: Callable[[str, str], tuple[str, str]],
    ) -> int:
        rows = self._db.conn.execute(
            f"SELECT seq, {name}, subject, body, problem, state FROM {table}"
        )
        anew: list[tuple[object, ...]] = []
        for seq, own, subject, body, problem, state in rows:
            hers = self.mentions(body)
            if hers or any(map(self._named_in, (own, subject, problem or ""))):
                left = without(body, state) if hers else (body, state)
                said = self._naming.replaced(problem or "", self._stand_in)
                anew.append((renamed(own), self._subject(subject), *left, said, seq))
        self._db.conn.executemany(
            f"UPDATE {table} SET {name} = ?, subject = ?, body = ?, state = ?, problem = ?"
            " WHERE seq = ?",
            anew,
        )
        return len(anew)

    def _event_without(self, body: str, state: str) -> tuple[str, str]:
        event = read_document(body)
        if state != "new" or not isinstance(event, dict):
            return ERASED, state
        click = event.get("click")
        who = click.get("slack") if isinstance(click, dict) else event.get("slack")
        if self._naming.is_exactly(who):
            return ERASED, "done"
        return write_document(forgotten_in(event, self._naming, self._stand_in)), state

    def _effect_without(self, body: str, state: str) -> tuple[str, str]:
        effect = read_document(body)
        kind = effect.get("kind") if isinstance(effect, dict) else None
        if state == "new" and isinstance(effect, dict) and kind in ON_THE_FORGE:
            left = [one for one in _texts(effect.get("logins")) if not self._naming.is_exactly(one)]
            if left:
                return write_document({**effect, "logins": [*left]}), state
        if state == "new" and kind in MUST_BE_DONE:
            return write_document(forgotten_in(effect, self._naming, self._stand_in)), state
        return ERASED, "superseded" if state == "new" else state

    def mentions(self, body: str) -> bool:
        """Whether a text names them in any of the spellings in which deliveries come."""
        plain = body
        if "%" in body or "\\u" in body or "+" in body:
            plain = f"{body}\n{ESCAPED.sub(_letter, body)}\n{unquote_plus(body)}"
        found = self._naming.may_name(plain) and self._naming.names(plain)
        return found or self._raw.search(plain) is not None

    def _named_in(self, text: str) -> bool:
        return self._naming.names(text) or any(map(self._naming.is_exactly, text.split()))

    def _subject(self, text: str) -> str:
        hers = self._naming.is_exactly
        return " ".join(self._stand_in if hers(word) else word for word in text.split(" "))

    def _veiled(self, key: str) -> str:
        veiled = Forgotten(self._db).veiled_key(key) if self._named_in(key) else None
        return veiled or key


def _texts(found: Plain) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _letter(escaped: re.Match[str]) -> str:
    """The letter that four hexadecimal digits stand for; halves of letters stay as they are."""
    number = int(escaped[1], 16)
    return escaped[0] if number in SURROGATES else chr(number)
