"""What a Web API method is, and the rate Slack lets it be called at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.playground.arguments import Arguments
from bot.playground.nouns import Json
from bot.playground.workspace import Workspace

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
"""Calls a minute. Source: Slack's "Rate limits" page."""

UNTIERED = 600
"""`auth.test` and `chat.postMessage` have special tiers: hundreds a minute."""


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: its name, what it does, and who may call it how often."""

    name: str
    act: Callable[[Workspace, Arguments], Json]
    scope: str | None
    per_minute: int
    caller: Literal["bot", "app"] = "bot"
