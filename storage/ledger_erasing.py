"""Which texts of the ledger speak of a person: their names, what names them, what is said of them.

A text may say something of somebody without naming them: why they declined stands beside their id.
Such a text goes as well, unless the ledger says the same words of others, or of nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from routing.forgetting.documents import CALLED, PEOPLE, read_document
from routing.forgetting.naming import Naming
from routing.trail import Plain
from storage.disclosures import TOKEN, Disclosures, Token
from storage.telling import Told, unheard

ABOUT = CALLED | {"login"}
"""Whoever stands under these is who an entry, or a part of it, is about."""

ACCOUNTS = ("account", "was")
"""Under these stand the accounts of a login."""

WHO = PEOPLE | ABOUT | {"forge", *ACCOUNTS}
"""Under these stand people, accounts and forges: none is a text about somebody else."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """Commitments: `named` stand for an id, name or login, `texts` for what is said of them."""

    named: frozenset[Token]
    texts: frozenset[Token]


def speaking_of(db: Database, naming: Naming, told: Told = unheard) -> Speaking:
    """What the ledger says of a person."""
    named, texts = set[Token](), set[Token]()
    for count, (token, text) in enumerate(Disclosures(db).texts(), start=1):
        if naming.is_exactly(text):
            named.add(token)
        elif naming.may_name(text) and naming.names(text):
            texts.add(token)
        told("texts", count)
    beside = _said_beside(db, frozenset(named), told) - named - texts
    return Speaking(frozenset(named), frozenset(texts | beside))


def _said_beside(db: Database, named: frozenset[Token], told: Told) -> set[Token]:
    """The accounts behind their logins, and the texts beside their name that stand nowhere else."""
    accounts, about = set[Token](), set[Token]()
    for data in _entries(db, told):
        if any(token in data for token in named):
            entry = read_document(data)
            accounts.update(_accounts(entry, named))
            about.update(token for token, hers in _statements(entry, named) if hers)
    about -= named
    for data in _entries(db, told) if about else ():
        if not about.isdisjoint(TOKEN.findall(data)):
            about.difference_update(
                token for token, hers in _statements(read_document(data), named) if not hers
            )
    return about | accounts


def _entries(db: Database, told: Told) -> Iterator[str]:
    rows = db.conn.execute("SELECT data FROM ledger ORDER BY seq")
    for count, (data,) in enumerate(rows, start=1):
        yield data
        told("entries", count)


def _statements(
    found: Plain, named: frozenset[Token], *, hers: bool = False
) -> Iterator[tuple[Token, bool]]:
    """Each commitment in an entry, and whether it stands beside the person's name."""
    token = _token(found)
    if token is not None:
        yield token, hers
    elif isinstance(found, list):
        for one in found:
            yield from _statements(one, named, hers=hers and _token(one) is not None)
    elif isinstance(found, dict):
        about = any(_token(found.get(key)) in named for key in ABOUT)
        for key, inner in found.items():
            spoken = about and key not in WHO
            yield from _statements(inner, named, hers=spoken and not _is_object(inner))


def _accounts(entry: Plain, named: frozenset[Token]) -> Iterator[Token]:
    """What stands in an entry about one of their logins for the account behind it."""
    if isinstance(entry, dict) and _token(entry.get("login")) in named:
        tokens = (_token(entry.get(key)) for key in ACCOUNTS)
        yield from (token for token in tokens if token is not None)


def _is_object(found: Plain) -> bool:
    return isinstance(found, dict) and _token(found) is None


def _token(found: Plain) -> Token | None:
    """The commitment that stands in the place of a text."""
    if isinstance(found, Mapping) and len(found) == 1 and isinstance(found.get("~"), str):
        return str(found["~"])
    return None
