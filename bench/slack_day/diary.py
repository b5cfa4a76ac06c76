"""What was said in the workspace, as it was posted: many messages are edited later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.playground.nouns import BOT_USER_ID, Message
from bot.playground.workspace import Workspace
from bot.slack.notes import OPENINGS
from routing.effects import Topic

THING = re.compile(
    r"(?:<@\S+> )?\*(" + "|".join(OPENINGS.values()) + r"):\* (?:review )?<[^|]*\|(\S+) "
)
"""How a thing that somebody is told begins: `*Your turn:* review <address|shop#412 …`."""

ASKING = frozenset({OPENINGS[Topic.YOUR_TURN], OPENINGS[Topic.APPROVAL_LAPSED]})
OF_AN_ASK = ASKING | {OPENINGS[Topic.REMINDER], OPENINGS[Topic.TAKEN_BACK]}
"""What somebody hears of an ask of theirs: by one message, and below it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that one person was told; `below` is the ts of the message it was added to."""

    at: datetime
    person: str
    opening: str
    name: str
    ts: str
    below: str | None


class Diary:
    """Every message of the bot as it was when it was posted, in order."""

    def __init__(self, workspace: Workspace) -> None:
        self.said: list[Message] = []
        keep = workspace.post

        def post(message: Message) -> Message:
            if message.user == BOT_USER_ID and message.edited_ts is None:
                self.said.append(message)
            return keep(message)

        workspace.post = post  # type: ignore[method-assign]  # it keeps the latest words alone

    def to(self, channel: str) -> list[Message]:
        """What everybody in a channel could read when it was said."""
        return [one for one in self.said if one.channel == channel and one.only_for is None]


def said_at(message: Message) -> datetime:
    """When it was posted."""
    return datetime.fromtimestamp(float(message.ts), UTC)


def things(person: str, messages: Iterable[Message]) -> Iterator[Told]:
    """Everything that these messages tell; one may tell several things."""
    for message in messages:
        below = message.thread_ts if message.is_reply else None
        for block in message.blocks:
            found = THING.match(block["text"]["text"]) if block["type"] == "section" else None
            if found:
                yield Told(said_at(message), person, found[1], found[2], message.ts, below)
