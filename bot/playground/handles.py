"""The short-lived keys an app is handed with a payload: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.playground.refusal import ApiRefusal

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass(slots=True)
class Trigger:
    """The right to show one modal to the person who just did something."""

    user: str
    given: datetime
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer where something was done.

    `message_ts` is the message acted on, where there was one; `thread_ts` its thread.
    """

    channel: str
    user: str
    given: datetime
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Handles:
    """Hands out trigger ids (3 s, one use) and response URLs (30 min, five uses).

    Source: Slack's "Handling user interaction" pages.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: str) -> str:
        """A trigger id for a person's act."""
        trigger_id = f"{len(self._triggers) + 1}.{secrets.token_hex(8)}"
        self._triggers[trigger_id] = Trigger(user, self._clock.now())
        return trigger_id

    def use_trigger(self, trigger_id: str) -> str:
        """Spend a trigger id; returns whose it is."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiRefusal("invalid_trigger_id")
        if trigger.used:
            raise ApiRefusal("exchanged_trigger_id")
        if self._clock.now() - trigger.given > TRIGGER_LIFE:
            raise ApiRefusal("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def new_response(
        self, channel: str, user: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """The key of a response URL."""
        key = secrets.token_hex(12)
        self._responses[key] = ResponseUrl(
            channel, user, self._clock.now(), message_ts=message_ts, thread_ts=thread_ts
        )
        return key

    def use_response(self, key: str) -> ResponseUrl:
        """Spend one of a response URL's five uses."""
        response = self._responses.get(key)
        if response is None:
            raise ApiRefusal("invalid_url")
        if self._clock.now() - response.given > RESPONSE_LIFE:
            raise ApiRefusal("expired_url")
        if response.uses >= RESPONSE_USES:
            raise ApiRefusal("used_url")
        response.uses += 1
        return response
