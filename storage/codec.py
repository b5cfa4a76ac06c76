"""Values ↔ JSON text, checked in both directions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from routing.effects import Effect
from routing.events import Event
from routing.record import Review

EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
EFFECT: TypeAdapter[Effect] = TypeAdapter(Annotated[Effect, Field(discriminator="kind")])
REVIEW: TypeAdapter[Review] = TypeAdapter(Review)

FOREVER = "9999-12-31T23:59:59.999999+00:00"


def moment(at: datetime) -> str:
    """A UTC moment as text that sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def parse_moment(text: str) -> datetime:
    """The moment that `moment` wrote."""
    return datetime.fromisoformat(text)
