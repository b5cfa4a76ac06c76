"""What must be, after a bot has ended and begun again: nothing lost, nothing done twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from bench.load.keeping import compare
from bot.playground.nouns import BOT_USER_ID
from bot.playground.server import Playground
from routing.model import Ref
from storage.database import Rooms
from tests.standins.github.site import GitHubStandIn

NUMBERS = range(1, 7)
"""The merge requests at first. Each has its own channel: Slack takes one message a second there."""


@dataclass
class Acknowledged:
    """What the bot has said that it has: deliveries by their ids, clicks by their keys.

    `approved` are the merge requests of these clicks. `attempted` are those on which anybody has
    clicked, whatever came of it: nobody knows what became of a click that was not acknowledged.
    """

    webhooks: set[str] = field(default_factory=set)
    clicks: set[str] = field(default_factory=set)
    approved: set[int] = field(default_factory=set)
    attempted: set[int] = field(default_factory=set)


def channel_of(number: int) -> str:
    """Where its card stands."""
    return f"#d{number}"


def lost(acknowledged: Acknowledged, database: Path) -> Iterator[str]:
    """What was acknowledged and is not there, or there twice; seen from outside."""
    kept = compare(acknowledged.webhooks, database)
    if not kept.is_exact:
        yield f"webhooks: {kept}"
    with closing(sqlite3.connect(database)) as connection:
        known = {key for (key,) in connection.execute("SELECT key FROM inbox")}
    yield from (f"a click is lost: {key}" for key in acknowledged.clicks - known)


def judge(
    acknowledged: Acknowledged, rooms: Rooms, github: GitHubStandIn, slack: Playground
) -> Iterator[str]:
    """What was done wrongly, or twice."""
    yield from rooms.ledger.faults()
    if rooms.inbox.dead():
        yield f"{rooms.inbox.dead()} events were given up"
    yield from _said_twice(slack, github.pulls)
    for number in github.pulls:
        yield from _approvals_twice(rooms, number)
        yield from _commented_twice(github, number)
        for login in github.pulls[number].asked_again:
            yield f"the review of {login} was requested of {number} though it was requested already"
    yield from wrong_gates(acknowledged, github)
    for sha, said in github.statuses.items():
        for one, other in pairwise(said):
            if (one.context, one.state, one.description) == (
                other.context,
                other.state,
                other.description,
            ):
                yield f"the gate of {sha} was set to {one.state!r} twice"


def wrong_gates(acknowledged: Acknowledged, github: GitHubStandIn) -> Iterator[str]:
    """Gates that are shut though somebody signed, or open though nobody did."""
    for number in github.pulls:
        gate = github.gate(number)
        if number in acknowledged.approved and gate != "success":
            yield f"request {number} is approved, and its gate says {gate}"
        if number not in acknowledged.attempted and gate == "success":
            yield f"request {number}: a success that nobody signed"


def _said_twice(slack: Playground, numbers: Iterable[int]) -> Iterator[str]:
    said = [one for place in slack.workspace.channels for one in slack.workspace.timeline(place)]
    keys = Counter(one.metadata["event_payload"]["key"] for one in said if one.metadata)
    yield from (f"{key} was posted {count} times" for key, count in keys.items() if count > 1)
    for number in numbers:
        cards = [
            one for one in slack.workspace.messages(channel_of(number)) if one.user == BOT_USER_ID
        ]
        if len(cards) != 1:
            yield f"{len(cards)} cards for request {number}"


def _approvals_twice(rooms: Rooms, number: int) -> Iterator[str]:
    ref = str(Ref("github", "acme/shop", number))
    approvals = Counter(one.data for one in rooms.ledger.chain(ref) if one.kind == "approval")
    yield from (f"approval on record twice: {one}" for one, n in approvals.items() if n > 1)


def _commented_twice(github: GitHubStandIn, number: int) -> Iterator[str]:
    for text, count in Counter(github.comments(number)).items():
        if count > 1:
            yield f"request {number} was commented on {count} times with {text!r}"
