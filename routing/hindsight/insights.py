"""What the ledger tells of many merge requests together, without telling on anybody.

Figures about people's work are given for groups of five or more only, and nobody is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, median_high

from routing.hindsight.tallies import Tally, Week, together

GROUP = 5
"""The fewest people that a figure about people's work may speak of."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many changes each of these people was asked about: the fewest, the middle, the most."""

    people: int
    least: int
    middle: float
    most: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Some merge requests together; None where too few people stand behind a figure.

    `ai` counts those AI helped with, `hours` is the median time to the first answer of those that
    had one, `merge_hours` to the merge of those that were merged; `overdue` counts those whose
    deadline passed without an answer, `escalations` every step of the ladder, `past_gate` those
    that were merged while their gate was shut, and without an override.
    """

    label: str
    opened: int
    ai: int | None
    hours: float | None
    merge_hours: float | None
    load: Spread | None
    overdue: int
    escalations: int
    overridden: int
    past_gate: int = 0

    @property
    def ai_share(self) -> float | None:
        """The part AI helped with, 0 to 1."""
        return self.ai / self.opened if self.ai is not None and self.opened else None


@dataclass(frozen=True, slots=True)
class Insights:
    """The whole span, each week (labelled by its Monday) and each domain, busiest first."""

    whole: Figures
    weeks: tuple[Figures, ...]
    domains: tuple[Figures, ...]


def add_up(weeks: Sequence[Week], first: date) -> Insights:
    """What the weeks from the Monday `first` on tell, each by itself and all together."""
    whole = together(weeks)
    busiest = sorted(whole.domains.items(), key=lambda pair: (-pair[1].opened, pair[0]))
    return Insights(
        _figures("all", whole.whole),
        tuple(
            _figures((first + timedelta(weeks=number)).isoformat(), week.whole)
            for number, week in enumerate(weeks)
        ),
        tuple(_figures(domain, tally) for domain, tally in busiest),
    )


def _figures(label: str, tally: Tally) -> Figures:
    enough = len(tally.asks) >= GROUP
    return Figures(
        label=label,
        opened=tally.opened,
        ai=tally.ai if len(tally.authors) >= GROUP else None,
        hours=_middle(tally.waits) if enough else None,
        merge_hours=_middle(tally.ways) if enough else None,
        load=_spread(tally.asks) if enough else None,
        overdue=tally.overdue,
        escalations=tally.escalations,
        overridden=tally.overridden,
        past_gate=tally.past_gate,
    )


def _middle(hours: Sequence[float]) -> float | None:
    # The middle one, or the later of two.
    return round(median_high(hours), 1) if hours else None


def _spread(asks: Mapping[str, int]) -> Spread:
    counts = sorted(asks.values())
    return Spread(len(counts), counts[0], median(counts), counts[-1])
