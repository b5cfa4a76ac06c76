"""Who is linked to which account and address, and what the ledger is told when that changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from routing.people import Person
from routing.trail import Entry, Plain


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One thing that stands for a person: `where` is "slack", "mail" or a forge's kind."""

    person: str
    where: str
    value: str


def links_of(people: Iterable[Person]) -> frozenset[Link]:
    """Every link of the people file."""
    return frozenset(link for person in people for link in _of(person))


def _of(person: Person) -> Iterator[Link]:
    if person.slack is not None:
        yield Link(person.id, "slack", person.slack)
    for forge, login in person.logins.items():
        yield Link(person.id, forge, login.lower())
    for email in person.emails:
        yield Link(person.id, "mail", email.lower())


def link_entries(before: Collection[Link], after: Collection[Link]) -> Iterator[Entry]:
    """What the ledger is told of a new people file: whom it links to what, and no longer."""
    known, now = frozenset(before), frozenset(after)
    for kind, links in (("linked", now - known), ("unlinked", known - now)):
        for person, own in groupby(sorted(links), key=lambda link: link.person):
            said: list[Plain] = [f"{link.where} {link.value}" for link in own]
            yield Entry(kind, {"person": person, "links": said})


def pinned_entry(forge: str, login: str, account: str) -> Entry:
    """A login of somebody known was seen for the first time: from now on it means that account."""
    return Entry("account_pinned", {"forge": forge, "login": login, "account": account})


def relinked_entry(forge: str, login: str, account: str, was: str | None, by: str) -> Entry:
    """An admin said that a login means another account now."""
    return Entry(
        "account_relinked",
        {"forge": forge, "login": login, "account": account, "was": was, "by": by},
    )
