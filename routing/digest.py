"""When a channel's digest is due, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.approvals import VerdictState
from routing.effects import DigestEntry, PostDigest
from routing.policy import Digest
from routing.record import Review

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
    entries = tuple(
        DigestEntry(one.ref, one.title, one.url, "; ".join(_waiting_for(one))) for one in mine
    )
    return PostDigest(channel, entries) if entries else None


def _waiting_for(review: Review) -> Iterator[str]:
    if review.verdict.state is VerdictState.BLOCKED:
        yield from review.verdict.blocks
    elif review.waiting:
        yield f"waiting for {', '.join(review.name(ask.person) for ask in review.waiting)}"
    else:
        yield "; ".join(review.verdict.missing)
