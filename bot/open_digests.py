"""Keeps the digests that stand in Slack up to date, until the next one or for a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from routing.chasing.digest import LIVING, moves, refreshed
from routing.effects import ShowDigest
from routing.events import DigestPosted
from routing.record import Review
from storage.database import Rooms


def keep_posted(rooms: Rooms, posted: DigestPosted, now: datetime) -> Iterable[ShowDigest]:
    """Remember where a digest stands; what went on while it was posted is shown."""
    rooms.digests.keep(posted, now)
    current = as_it_stands(rooms, posted)
    return [ShowDigest(posted.digest.channel)] if current != posted else []


def note_digests(
    rooms: Rooms, before: Review | None, after: Review, now: datetime
) -> Iterable[ShowDigest]:
    """The digests to be edited since this review needs something else, or nothing any more."""
    return [
        ShowDigest(posted.digest.channel)
        for posted in rooms.digests.listing(after.ref, now - LIVING)
        if moves(posted.digest, before, after)
    ]


def as_it_stands(rooms: Rooms, posted: DigestPosted) -> DigestPosted:
    """The digest with what the stored reviews say now."""
    listed = (rooms.reviews.get(entry.ref) for entry in posted.digest.entries)
    reviews = {review.ref: review for review in listed if review is not None}
    return DigestPosted(refreshed(posted.digest, reviews), posted.place, posted.ts)
