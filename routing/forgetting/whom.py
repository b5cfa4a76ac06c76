"""Everything by which one person goes, and the marks by which their past is known again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from routing.links import Link
from routing.people import ACCOUNT, GITLAB_NOREPLY, MAIL, NOREPLY, Person

PHRASE = re.compile(r"[^\W_]+(?:[._-]+[^\W_]+)*")
"""A word as ids, logins and names are made of: "dana", "dana-ng", "dana.ng"."""

WORDS = 3
"""So many words a name has at most that is known again by itself."""

NO_FORGE = ("slack", "mail")
"""Where a link leads that is no login of a forge."""


@dataclass(frozen=True, slots=True)
class Whom:
    """By what a person goes: their id, full names, Slack ids, logins, accounts and addresses.

    `logins` are (forge, login), `accounts` (forge, immutable id). `further` is what was named by
    hand: it stands for them wherever it is found.
    """

    person: str
    names: frozenset[str] = frozenset()
    slack: frozenset[str] = frozenset()
    logins: frozenset[tuple[str, str]] = frozenset()
    accounts: frozenset[tuple[str, str]] = frozenset()
    emails: frozenset[str] = frozenset()
    further: frozenset[str] = frozenset()

    def joined(self, other: Whom) -> Whom:
        """The same person, who goes by all of that."""
        together = {
            one.name: getattr(self, one.name) | getattr(other, one.name)
            for one in fields(self)
            if one.name != "person"
        }
        return Whom(self.person, **together)

    @property
    def handles(self) -> frozenset[str]:
        """Ids and logins: single words, which may mean something else as well."""
        return frozenset({self.person, *(login for _, login in self.logins)})

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that people may read, in order."""
        found = {self.person, *self.names, *self.slack, *self.emails, *self.further}
        return tuple(sorted(found | {login for _, login in self.logins}))

    @property
    def marks(self) -> frozenset[str]:
        """By what their past is known again, in the words of `marks_of`."""
        placed = {forge for forge, _ in self.accounts}
        return frozenset(
            {
                f"person:{self.person.lower()}",
                *(f"{MAIL}{email.lower()}" for email in self.emails),
                *(f"{ACCOUNT}{forge}:{id_}" for forge, id_ in self.accounts),
                *(f"noreply:{_kind(forge)}:{login.lower()}" for forge, login in self.logins),
                # A login can be recycled: where the account is known, it alone says who it was.
                *(
                    f"login:{forge}:{login.lower()}"
                    for forge, login in self.logins
                    if forge not in placed
                ),
                *(f"further:{word.lower()}" for word in self.further),
            }
        )

    def has(self, identity: str) -> bool:
        """Whether an identity of the history is this person's."""
        return not self.marks.isdisjoint(marks_of(identity))


def whom_of(person: Person) -> Whom:
    """Somebody, as the people file knows them."""
    return Whom(
        person.id,
        names=frozenset({person.name}),
        slack=frozenset({person.slack} if person.slack else ()),
        logins=frozenset((forge, login.lower()) for forge, login in person.logins.items()),
        emails=frozenset(email.lower() for email in person.emails),
    )


def whom_linked(person: str, links: Iterable[Link]) -> Whom:
    """Somebody, as links of a people file knew them."""
    its = [link for link in links if link.person == person]
    return Whom(
        person,
        slack=frozenset(link.value for link in its if link.where == "slack"),
        logins=frozenset((link.where, link.value) for link in its if link.where not in NO_FORGE),
        emails=frozenset(link.value for link in its if link.where == "mail"),
    )


def marks_of(identity: str) -> tuple[str, ...]:
    """The marks that an identity of the history may be known by; any of them is enough."""
    if identity.startswith(MAIL):
        return tuple(_of_address(identity.removeprefix(MAIL).lower()))
    if identity.startswith(ACCOUNT):
        forge, id_, login = identity.removeprefix(ACCOUNT).split(":", 2)
        word = login.lower()
        return (f"{ACCOUNT}{forge}:{id_}", f"login:{forge}:{word}", f"further:{word}")
    return (f"person:{identity.lower()}", f"further:{identity.lower()}")


def word_marks(phrases: Iterable[str]) -> frozenset[str]:
    """The marks of words and names that speak of somebody wherever they stand."""
    return frozenset(f"word:{' '.join(PHRASE.findall(one.lower()))}" for one in phrases)


def phrases_in(text: str) -> frozenset[str]:
    """Everything in a text that may have such a mark: its words, two and three in a row as well."""
    words = PHRASE.findall(text.lower())
    rows = (
        words[start : start + length]
        for length in range(1, WORDS + 1)
        for start in range(len(words) - length + 1)
    )
    parts = (part for word in words for part in re.split(r"[._-]+", word))
    return frozenset({*(" ".join(row) for row in rows), *parts})


def _of_address(address: str) -> Iterator[str]:
    yield f"{MAIL}{address}"
    yield f"further:{address}"
    if made_up := NOREPLY.match(address):
        yield f"noreply:github:{made_up.group(1)}"
    if made_up := GITLAB_NOREPLY.match(address):
        yield f"noreply:gitlab:{made_up.group(1)}"


def _kind(forge: str) -> str:
    """Which forge's made-up addresses hold the login: "gitlab-2" is a GitLab."""
    return forge.partition("-")[0]
