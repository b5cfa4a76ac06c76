"""Finding out by what else a person goes: links, pinned accounts, and names under commits."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from sqlite_utils import Database

from routing.forgetting.whom import Whom, whom_linked
from routing.links import Link
from routing.people import ACCOUNT
from storage.disclosures import Disclosures
from storage.people import Links, Pins


class Identifying:
    """Looks through what is kept for further names of somebody, and for names of others."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def is_linked(self, person: str) -> bool:
        """Whether the people file that the bot read last lists the person."""
        return any(link.person.lower() == person.lower() for link in Links(self._db).all())

    def widened(self, whom: Whom, others: Collection[str]) -> Whom:
        """The person with everything else that is known to be theirs, and nobody else's."""
        theirs = {one.casefold() for one in others}
        linked = whom_linked(whom.person, self._links(whom.person))
        known = whom.joined(
            replace(
                linked,
                slack=frozenset(one for one in linked.slack if one.casefold() not in theirs),
                logins=frozenset(
                    one for one in linked.logins if one not in self._logins_of_others(whom.person)
                ),
                emails=frozenset(one for one in linked.emails if one.casefold() not in theirs),
            )
        )
        known = self._with_accounts(known).joined(
            Whom(whom.person, slack=frozenset(self._conversations(known)))
        )
        names = {name.casefold() for name in known.names}
        written_by = (
            email.lower()
            for email, name in self._db.conn.execute("SELECT email, name FROM authors")
            if name.casefold() in names and email.casefold() not in theirs
        )
        return replace(known, emails=known.emails | frozenset(written_by))

    def others(self, whom: Whom, known: Iterable[str]) -> frozenset[str]:
        """How other people are called, as far as the database knows, besides those `known`."""
        hers = whom.person.lower()
        links = (link for link in Links(self._db).all() if link.person.lower() != hers)
        authors = self._db.conn.execute("SELECT email, name FROM authors").fetchall()
        names = {name.casefold() for name in whom.names}
        return frozenset(
            {
                *known,
                *(word for link in links for word in (link.person, link.value)),
                *(
                    word
                    for email, name in authors
                    if name.casefold() not in names and email.lower() not in whom.emails
                    for word in (email, name)
                ),
                *(name for name in self._named_in_reviews() if name.casefold() not in names),
            }
        )

    def _links(self, person: str) -> Iterator[Link]:
        """Their links in force, and those that the ledger tells of."""
        hers = person.lower()
        yield from (
            replace(link, person=person)
            for link in Links(self._db).all()
            if link.person.lower() == hers
        )
        rows = self._db.conn.execute(
            "SELECT data FROM ledger WHERE kind IN ('linked', 'unlinked')"
        ).fetchall()
        for (data,) in rows:
            told = json.loads(Disclosures(self._db).open_up(data))
            if str(told.get("person", "")).lower() == hers:
                for said in told.get("links", ()):
                    where, _, value = said.partition(" ")
                    if value:
                        yield Link(person, where, value)

    def _logins_of_others(self, person: str) -> frozenset[tuple[str, str]]:
        return frozenset(
            (link.where, link.value)
            for link in Links(self._db).all()
            if link.person.lower() != person.lower()
        )

    def _with_accounts(self, whom: Whom) -> Whom:
        """With the accounts behind their logins, and the logins that these had at other times."""
        pins = Pins(self._db).all()
        seen = {
            (forge, id_, login.lower())
            for identity in self._identities()
            if identity.startswith(ACCOUNT)
            for forge, id_, login in [identity.removeprefix(ACCOUNT).split(":", 2)]
        }
        pinned = {
            (forge, id_) for (forge, login), id_ in pins.items() if (forge, login) in whom.logins
        }
        unpinned = whom.logins - pins.keys()
        accounts = pinned | {
            (forge, id_) for forge, id_, login in seen if (forge, login) in unpinned
        }
        logins = {
            (forge, login) for (forge, login), id_ in pins.items() if (forge, id_) in accounts
        }
        logins |= {(forge, login) for forge, id_, login in seen if (forge, id_) in accounts}
        return whom.joined(
            Whom(whom.person, logins=frozenset(logins), accounts=frozenset(accounts))
        )

    def _conversations(self, whom: Whom) -> Iterator[str]:
        """The conversations in Slack that are with them alone: their ids are known by no name."""
        hers = whom.person.lower()
        for person, place in self._db.conn.execute("SELECT DISTINCT person, place FROM directs"):
            if person.lower() == hers:
                yield place
        for channel, body in self._db.conn.execute("SELECT channel, body FROM digests"):
            if channel.lower() == hers:
                yield str(json.loads(body)["place"])

    def _identities(self) -> set[str]:
        found: set[str] = set()
        for column in ("authors", "reviewers"):
            rows = self._db.conn.execute(f"SELECT DISTINCT {column} FROM changes")
            for (text,) in rows:
                found.update(json.loads(text))
        return found

    def _named_in_reviews(self) -> Iterator[str]:
        """The names of everybody whom a stored review mentions."""
        decoder, opening = json.JSONDecoder(), '"names":'
        for (body,) in self._db.conn.execute("SELECT body FROM reviews"):
            begins = body.find(opening)
            if begins >= 0:
                with suppress(ValueError):  # a damaged review names nobody that could be spared
                    names, _ = decoder.raw_decode(body, begins + len(opening))
                    yield from names.values() if isinstance(names, dict) else ()
