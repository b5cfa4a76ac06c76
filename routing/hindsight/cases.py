"""One merge request as the ledger tells it, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from routing.provenance import AI_VERDICTS, ProvenanceVerdict
from routing.rules.approvals import VerdictState

ANSWERS = frozenset({"approval", "approves", "changes_requested", "objects"})
"""Kinds of ledger entries in which somebody judges the change."""
OVERRIDE = "override"
"""The kind of entry by which a gate was opened without the signatures."""


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Case:
    """A merge request as the ledger tells it; `asked` and `author` are ids of people.

    `past_gate` is that it was merged while its gate was shut and nobody had overridden it.
    """

    opened: datetime
    author: str = ""
    ai: bool = False
    domains: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    answered: datetime | None = None
    merged: datetime | None = None
    escalations: int = 0
    overridden: bool = False
    past_gate: bool = False

    @property
    def week(self) -> date:
        """The Monday of the week in which it was opened, by UTC."""
        return monday_of(self.opened.astimezone(UTC).date())

    @property
    def overdue(self) -> bool:
        """Whether a deadline passed in which nobody answered: the ladder went its first step."""
        return self.escalations > 0


def follow(case: Case | None, kind: str, data: Mapping[str, Any], at: datetime) -> Case:
    """The case after one more entry of its own, in order; None before the first."""
    known = case or Case(at)
    if kind == "opened":
        known = replace(known, author=str(data.get("author") or known.author))
    elif kind == "decision":
        verdict = ProvenanceVerdict(data["provenance"]["verdict"])
        asked = dict.fromkeys((*known.asked, *(one["person"] for one in data["asked"])))
        known = replace(
            known,
            ai=verdict in AI_VERDICTS,
            domains=tuple(data["domains"]),
            asked=tuple(asked),
        )
    elif kind in ANSWERS:
        known = replace(known, answered=known.answered or at)
    elif kind == "merged":
        signed = data.get("verdict") == VerdictState.SATISFIED.value
        known = replace(
            known, merged=known.merged or at, past_gate=not signed and not known.overridden
        )
    elif kind == "escalated":
        known = replace(known, escalations=known.escalations + 1)
    elif kind == OVERRIDE:
        known = replace(known, overridden=True)
    return known
