"""Which texts of the ledger speak of a person: their names, what names them, what is said of them.

A text may say something of somebody without naming them: why they declined stands beside their id.
Such a text goes as well, unless the ledger says the same words of others, or of nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from routing.forgetting.documents import CALLED, PEOPLE
from routing.forgetting.naming import Naming
from routing.trail import Plain
from storage.disclosures import TOKEN, Disclosures, Token
from storage.telling import Told, unheard

ABOUT = CALLED | {"login"}
"""Whoever stands under these is who an entry, or a part of it, is about."""

WHO = PEOPLE | ABOUT | {"forge"}
"""Under these stand people and forges: none is a text about somebody else."""

ACCOUNTS = frozenset({"account", "was"})
"""Under these stand the accounts of a login."""


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
    """The texts beside their name that stand nowhere else."""
    about = set[Token]()
    for data in _entries(db, told):
        if any(token in data for token in named):
            about.update(token for token, hers in _statements(json.loads(data), named) if hers)
    about -= named
    for data in _entries(db, told) if about else ():
        if not about.isdisjoint(TOKEN.findall(data)):
            about.difference_update(
                token for token, hers in _statements(json.loads(data), named) if not hers
            )
    return about


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
        own = _token(found.get("login")) in named
        for key, inner in found.items():
            spoken = own if key in ACCOUNTS else about and key not in WHO
            yield from _statements(inner, named, hers=spoken and not _is_object(inner))


def _is_object(found: Plain) -> bool:
    return isinstance(found, dict) and _token(found) is None


def _token(found: Plain) -> Token | None:
    """The commitment that stands in the place of a text."""
    if isinstance(found, Mapping) and len(found) == 1 and isinstance(found.get("~"), str):
        return str(found["~"])
    return None
