"""When a channel's digest is due, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.chasing.preferences import Preferences, as_they_say
from routing.effects import DigestEntry, PostDigest
from routing.people import Person
from routing.policy import Digest
from routing.record import Review
from routing.rules.approvals import VerdictState

LATE = timedelta(hours=4)
"""A digest missed for longer than this (the bot was down) is not sent any more that day."""


def due_day(digest: Digest, now: datetime) -> date | None:
    """The local day whose digest is due at `now`, or None.

    The answer stays the same for the four hours after its time; whoever sends it keeps a record
    of the day, so that a night on which the clocks change sends neither two nor none.
    """
    zone = ZoneInfo(digest.timezone)
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        at = datetime.combine(day, digest.at, tzinfo=zone)
        if day.weekday() in digest.days and timedelta(0) <= now - at <= LATE:
            return day
    return None


def compose_digest(channel: str, reviews: Iterable[Review]) -> PostDigest | None:
    """The channel's open reviews, those longest open first; None when there are none."""
    mine = sorted(
        (one for one in reviews if one.channel == channel and one.is_open and not one.satisfied),
        key=lambda one: (one.opened_at, one.ref),
    )
    return _digest(channel, ((_needs(one), one) for one in mine))


def own_digests(people: Iterable[Person], said: Mapping[str, Preferences]) -> Iterator[Digest]:
    """The digests that people want for themselves, each in a channel with them alone."""
    for person in people:
        own = said.get(person.id)
        if own is not None and own.digest_at is not None and person.slack is not None:
            known = as_they_say(person, own)
            yield Digest(person.slack, own.digest_at, known.days, known.timezone)


def compose_own_digest(person: Person, reviews: Iterable[Review]) -> PostDigest | None:
    """What waits for one person, and what of theirs wants something; None when nothing does."""
    ordered = sorted(reviews, key=lambda one: (one.opened_at, one.ref))
    wanted = [one for one in ordered if one.is_open]
    turn = [one for one in wanted if any(ask.person == person.id for ask in one.waiting)]
    own = [one for one in wanted if one.author_person == person.id]
    grouped = [("Your turn", one) for one in turn]
    grouped += [("Yours: can be merged", one) for one in own if one.satisfied]
    grouped += [("Yours: " + _needs(one).lower(), one) for one in own if not one.satisfied]
    return _digest(str(person.slack), grouped)


def _digest(channel: str, grouped: Iterable[tuple[str, Review]]) -> PostDigest | None:
    """The entries, those that need the same beside each other."""
    groups: dict[str, list[DigestEntry]] = {}
    for group, one in grouped:
        said = "; ".join(_waiting_for(one))
        entry = DigestEntry(one.ref, one.title, one.url, said, group)
        groups.setdefault(group, []).append(entry)
    entries = tuple(entry for several in groups.values() for entry in several)
    return PostDigest(channel, entries) if entries else None


def _needs(review: Review) -> str:
    if review.verdict.state is VerdictState.BLOCKED:
        return "Stuck"
    return "Waiting for a reviewer" if review.waiting else "Nobody is asked"


def _waiting_for(review: Review) -> Iterator[str]:
    if review.satisfied:
        yield "approved"
    elif review.verdict.state is VerdictState.BLOCKED:
        yield from review.verdict.blocks
    elif review.waiting:
        yield f"waiting for {', '.join(review.name(ask.person) for ask in review.waiting)}"
    else:
        yield "; ".join(review.verdict.missing)
