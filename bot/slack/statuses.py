"""Slack statuses of holiday and illness: as Slack tells of them, and everybody's at the start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CountersignError
from bot.slack.answering import Reception
from bot.slack.members import members
from routing.chasing.preferences import Preferences
from routing.events import AwaySaid
from storage.database import Rooms

log = structlog.get_logger()

AWAY_EMOJI = frozenset({":palm_tree:", ":face_with_thermometer:", ":desert_island:"})
"""What Slack itself offers for holidays and illness."""
AWAY_WORDS = re.compile(
    r"\b(vacation(ing)?|(on )?holidays?|out of office|ooo|(out )?sick|parental leave|away)\b",
    re.IGNORECASE,
)
FOR_NOW = date(2099, 12, 31)
"""The end of a status without one: it holds until it is taken back."""


def absence(user: Mapping[str, Any]) -> AwaySaid:
    """What somebody's status says of their being there."""
    profile: Mapping[str, Any] = user.get("profile") or {}
    text = str(profile.get("status_text") or "")
    away = profile.get("status_emoji") in AWAY_EMOJI or AWAY_WORDS.search(text) is not None
    return AwaySaid(str(user["id"]), _end(profile) if away else None, by_status=True)


def _end(profile: Mapping[str, Any]) -> date:
    ends = int(profile.get("status_expiration") or 0)
    return datetime.fromtimestamp(ends, UTC).date() if ends > 0 else FOR_NOW


class Statuses:
    """Reads everybody's status once: one may have begun or ended while nobody listened."""

    def __init__(self, client: AsyncWebClient, room: Reception) -> None:
        self._client = client
        self._room = room

    async def read(self) -> None:
        """Put into the inbox what is another than we believe; Slack's silence is no trouble."""
        try:
            seen = [absence(user) async for user in members(self._client)]
        except CountersignError as exc:
            log.warning("statuses_not_read", problem=str(exc))
            return
        ids = {one.slack: one.id for one in self._room.policies.current.people if one.slack}
        now = self._room.clock.now()

        def put(rooms: Rooms) -> None:
            for said in seen:
                if said.slack in ids and _is_new(said, rooms.preferences.said_by(ids[said.slack])):
                    key = f"slack status {said.slack} {said.until} seen {now.isoformat()}"
                    rooms.inbox.put(key, said, now)

        await self._room.storage.run(put)
        self._room.events_waiting()


def _is_new(said: AwaySaid, known: Preferences) -> bool:
    believed = known.away.last if known.away is not None and known.by_status else None
    return said.until != believed
