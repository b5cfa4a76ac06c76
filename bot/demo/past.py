"""The story's past quarter, as the ledger would have it: so that insights have something to say.

Only the playground in the browser shows it; `demo --once` begins with an empty ledger.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from routing.model import Ref
from routing.trail import Entry, Plain
from storage.database import Rooms

WEEKS = 12
A_WEEK = 9
"""Merge requests in each of them."""
PEOPLE = ("ana", "dana", "omar", "grace", "kim", "lena", "marc", "noor")
DOMAINS = ("payments", "web", "docs")
PROJECT = "shop-before"


def write_past(rooms: Rooms, now: datetime, forge: str) -> None:
    """Put the quarter that ends an hour before `now` into an empty ledger, in order of time."""
    chance = random.Random(12)  # noqa: S311 - the same story each time
    told = [
        (at, number, entry)
        for number in range(1, WEEKS * A_WEEK + 1)
        for at, entry in _story(number, now, chance)
    ]
    for at, number, entry in sorted(told, key=lambda one: one[:2]):
        rooms.ledger.append(Ref(forge, PROJECT, number), [entry], min(at, now))


def _story(number: int, now: datetime, chance: random.Random) -> Iterator[tuple[datetime, Entry]]:
    opened = now - timedelta(weeks=WEEKS) + timedelta(hours=number * 24 * 7 / A_WEEK)
    author, *asked = chance.sample(PEOPLE, 3)
    head = f"{chance.getrandbits(160):040x}"
    bound: dict[str, Plain] = {
        "project_id": "local:shop-before",
        "number": number,
        "head_sha": head,
        "base_branch": "main",
        "policy_hash": "before",
    }
    title = chance.choice(["Speed up the list", "Mend the total", "Say it better", "Tidy up"])
    yield opened, Entry("opened", {"title": title, "author": author, "binding": bound})
    # More of it is AI's as the weeks go by.
    ai = chance.random() < 0.2 + 0.4 * number / (WEEKS * A_WEEK)
    yield opened, _decision(bound, asked, chance.choice(DOMAINS), ai=ai)
    wait = timedelta(hours=chance.lognormvariate(1.2, 0.8))
    if wait > timedelta(hours=6):
        reminded = Entry("escalated", {"person": asked[0], "step": "remind"})
        yield opened + timedelta(hours=4), reminded
    approval: dict[str, Plain] = {"person": asked[0], "via": "slack", "binding": bound}
    yield opened + wait, Entry("approval", approval)
    yield opened + wait, Entry("gate", {"head_sha": head, "state": "success"})
    yield opened + wait + timedelta(hours=1), Entry("merged", {"head_sha": head})


def _decision(bound: Plain, asked: list[str], domain: str, *, ai: bool) -> Entry:
    return Entry(
        "decision",
        {
            "binding": bound,
            "provenance": {
                "verdict": "ai-assisted" if ai else "unknown",
                "tools": ["Claude Code"] if ai else [],
                "assisted_lines": 40 if ai else 0,
                "evidence": [],
            },
            "risk": {"level": "low", "score": 2, "factors": []},
            "domains": [domain],
            "rules": [],
            "verdict": "pending",
            "blocks": [],
            "asked": [{"person": who, "why": f"knows {domain}"} for who in asked],
        },
    )
