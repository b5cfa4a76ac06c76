"""Values ↔ JSON text, checked in both directions."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter

from routing.chasing.preferences import Preferences
from routing.effects import Effect
from routing.events import Event
from routing.model import MergedRequest, Ref
from routing.record import Review

EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
EFFECT: TypeAdapter[Effect] = TypeAdapter(Annotated[Effect, Field(discriminator="kind")])
REVIEW: TypeAdapter[Review] = TypeAdapter(Review)
PREFERENCES: TypeAdapter[Preferences] = TypeAdapter(Preferences)
MERGED: TypeAdapter[MergedRequest] = TypeAdapter(MergedRequest)

DUE = "(not_before <= ? OR judged_at > ?)"
"""A row of a queue may be taken (`by_now`): its time has come, or it was told to wait by a clock
that has been set back since. Then nobody knows how long it should: it is tried, and judged anew."""

GRAIN = timedelta(seconds=2)
"""So far apart two looks at the clock may be though it was not set: one waits for the disk."""

_REF = re.compile(r"([^\s/]+)/(.+)/([0-9]+)")


def moment(at: datetime) -> str:
    """A UTC moment as text that sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def by_now(now: datetime) -> tuple[str, str]:
    """What `DUE` is asked with: the moment, and the first that only a clock set back can show."""
    return moment(now), moment(now + GRAIN)


def parse_moment(text: str) -> datetime:
    """The moment that `moment` wrote."""
    return datetime.fromisoformat(text)


def parse_ref(text: str) -> Ref | None:
    """The merge request whose `str()` this is; None for what names anything else."""
    found = _REF.fullmatch(text)
    return Ref(found[1], found[2], int(found[3])) if found else None
