"""People where nobody wrote a people file: the authors of a clone, as far as it shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

from routing.people import Person
from storage.history import Author

LOCAL = "local"
"""The forge whose accounts stand for people where there is no other."""

ACTIVE = timedelta(days=365)
"""Who has not written for longer is not asked."""

NOREPLY = re.compile(r"^(?:\d+\+)?([^@+]+)@users\.noreply\.")
BOT = re.compile(r"\[bot\]|(?:^|[-_. ])bot$", re.IGNORECASE)
ALL_WEEK = frozenset(range(7))
ALL_DAY = (time(0), time(23, 59, 59))


def people_of_clone(authors: Iterable[Author], now: datetime) -> tuple[Person, ...]:
    """The authors active in the year before `now`, one person for each.

    Addresses with the same full name are one person's. Tenure counts from the first commit.
    Nobody's working hours are known, so everybody counts as reachable.
    """
    found: dict[str, list[Author]] = {}
    for author in authors:
        found.setdefault(_who(author), []).append(author)
    people: list[Person] = []
    taken: set[str] = set()
    for same in found.values():
        if max(one.last for one in same) < now - ACTIVE:
            continue
        latest = max(same, key=lambda one: one.last)
        people.append(
            Person(
                id=_id(latest, taken),
                name=latest.name,
                emails=tuple(one.email for one in same),
                started=min(one.first for one in same).date(),
                hours=ALL_DAY,
                days=ALL_WEEK,
                bot=any(BOT.search(text) for text in (latest.name, latest.email.split("@")[0])),
            )
        )
    return tuple(people)


def _who(author: Author) -> str:
    name = " ".join(author.name.lower().split())
    return name if " " in name else author.email


def _id(author: Author, taken: set[str]) -> str:
    noreply = NOREPLY.match(author.email)
    base = noreply.group(1) if noreply else author.email.split("@")[0]
    short = re.sub(r"[^a-z0-9._-]+", "-", base.lower()).strip("-") or "somebody"
    name, number = short, 2
    while name in taken:
        name, number = f"{short}-{number}", number + 1
    taken.add(name)
    return name


def at_home(person: Person, forge: str = LOCAL) -> Person:
    """The person with a login for the clone: CODEOWNERS name people and teams by their forge's."""
    login = next(iter(person.logins.values()), person.id)
    teams = tuple(
        replace(team, groups={**team.groups, forge: next(iter(team.groups.values()), team.name)})
        for team in person.teams
    )
    return replace(person, logins={**person.logins, forge: login}, teams=teams)
