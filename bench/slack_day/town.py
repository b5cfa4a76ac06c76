"""The organisation of the day: who works where and when, what they own, what is asked of whom."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from routing.model import Change, ForgeReview, Ref
from tests.bot.fakes import MemoryForge

ZONES = {
    "Europe/Berlin": 30,
    "Europe/London": 20,
    "America/New_York": 20,
    "America/Los_Angeles": 10,
    "Asia/Kolkata": 12,
    "Asia/Tokyo": 8,
}
"""Where people work, in shares of a hundred."""
DOMAINS = ("payments", "access", "search", "web", "mobile", "data", "billing", "tools")
CRITICAL = frozenset({"payments", "access"})
ROOMS = frozenset({"payments", "web", "data"})
"""Domains with a channel of their own; the cards of all others stand in #reviews."""
RULES = """\
rules:
  - name: ai-in-critical-code
    when: {ai: true, domains: critical}
    require:
      all:
        - {approvals: 1, from: {min_tenure: 5y}}
        - {approvals: 1, from: {anyone: true}}
  - {name: everything, require: {approvals: 1, from: {anyone: true}}}
review: {channel: "#reviews", ask: 2, max_open: 12}
escalation:
  - {after: 2h, do: remind}
  - {after: 4h, do: reassign}
  - {after: 6h, do: tell_lead}
  - {after: 8h, do: tell_channel}
digests:
  - {channel: "#reviews", at: "09:00", days: Mon-Fri, timezone: Europe/Berlin}
  - {channel: "#payments", at: "09:00", days: Mon-Fri, timezone: Europe/Berlin}
"""


def people_file(count: int, chance: random.Random) -> str:
    """So many invented people, at work from 9:00 to 17:30 where they live."""
    zones, shares = tuple(ZONES), tuple(ZONES.values())
    lines = ["people:"]
    for number in range(count):
        zone = chance.choices(zones, shares)[0]
        own = f"id: p{number}, name: Person {number}, slack: U0P{number}, github: p{number}"
        since = f"started: {chance.randint(2014, 2025)}-03-01, timezone: {zone}"
        mail = f"emails: [p{number}@example.com]"
        lines.append(f'  - {{{own}, {mail}, {since}, hours: "09:00-17:30", days: Mon-Fri}}')
    return "\n".join(lines) + "\n"


def policy_file() -> str:
    """What is asked for, with a domain of each name and its lead."""
    lines = ["version: 1", "branches: {production: [main]}", "domains:"]
    for number, name in enumerate(DOMAINS):
        more = ", critical: true" if name in CRITICAL else ""
        more += f', channel: "#{name}"' if name in ROOMS else ""
        lines.append(f'  {name}: {{paths: ["{name}/**"], lead: p{number}{more}}}')
    return "\n".join(lines) + "\n" + RULES


@dataclass
class TownForge(MemoryForge):
    """A forge in memory on which every merge request has reviews of its own."""

    of: dict[Ref, list[ForgeReview]] = field(default_factory=dict)

    async def reviews(self, ref: Ref) -> list[ForgeReview]:
        """The reviews of this merge request."""
        return self.of.get(ref, [])

    def now(self, ref: Ref) -> Change:
        """The merge request as it stands."""
        return self.changes[ref]
