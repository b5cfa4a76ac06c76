"""What a level has meant in a project: the share of its past changes that later went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from routing.hindsight.calibration import ENOUGH, Rate
from routing.levels import RiskLevel
from routing.risk import Factor, Risk

OUTLOOK = "outlook"


def with_outlook(risk: Risk, rates: Mapping[RiskLevel, Rate]) -> Risk:
    """The risk with a sentence, worth no points, on what became of past changes of its level.

    `rates` are those of the change's own project, as `countersign risk --calibrate` counts them.
    Where fewer than `ENOUGH` changes are known in all, or none of the level, nothing is said: a
    share measured elsewhere, or on a handful, would only look like knowledge.
    """
    rate = rates.get(risk.level, Rate(0, 0))
    if sum(one.changes for one in rates.values()) < ENOUGH or not rate.changes:
        return risk
    sentence = (
        f"Of {rate.changes:,} past changes here that were graded {risk.level}, "
        f"about {rate.share:.0%} were later reverted or repaired."
    )
    return replace(risk, factors=(*risk.factors, Factor(OUTLOOK, 0, sentence)))


def outlook(risk: Risk) -> str | None:
    """That sentence, if there is one."""
    return next((one.sentence for one in risk.factors if one.name == OUTLOOK), None)
