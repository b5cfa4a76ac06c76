"""Under which login somebody is asked on the forge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routing.people import People
from routing.record import Ask, Review


def requested(asks: Iterable[Ask], review: Review, people: People) -> Mapping[str, str]:
    """The login of each who has one, by person.

    Of whoever is no longer in the people file, the one under which they were asked: without it
    the request could not be taken back.
    """
    forge = review.ref.forge
    found = (
        (ask.person, _login(ask.person, forge, people) or review.requested.get(ask.person))
        for ask in asks
    )
    return {person: login for person, login in found if login is not None}


def _login(person: str, forge: str, people: People) -> str | None:
    known = people.by_id.get(person)
    return known.logins.get(forge) if known is not None else None
