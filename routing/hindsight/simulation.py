"""What a policy would have come to: past merge requests decided by it, summed up and compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.ai.declaration import RULE
from routing.levels import Ladder, RiskLevel
from routing.policy import Approvals, Policy, Requirement
from routing.record import Review
from routing.rules.requirements import alternatives

EXAMPLES = 5
"""How many merge requests are named for each thing that is counted."""

SHA = re.compile(r"\b[0-9a-f]{8}\b")


class Demand(Ladder):
    """Whose signature was needed, the rarest last."""

    NOBODY = "nobody"
    ANYONE = "anyone"
    NAMED = "named"
    EXPERT = "expert"
    SENIOR_OR_EXPERT = "senior or expert"
    SENIOR = "senior"


DEMAND_WORDS: Mapping[Demand, str] = {
    Demand.NOBODY: "no rule covers them",
    Demand.ANYONE: "anyone's approval is enough",
    Demand.NAMED: "named people, teams or code owners",
    Demand.EXPERT: "somebody with expertise",
    Demand.SENIOR_OR_EXPERT: "a senior, or somebody with expertise instead",
    Demand.SENIOR: "a senior, whatever else",
}
"""A senior is whom a rule asks for by tenure or by experience."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """One past merge request as the policy would have decided it when it was opened.

    `signed` says whether the approvals that it had when it was merged would have been enough,
    None where they are not known.
    """

    id: str
    title: str
    at: datetime
    author: str
    ai: bool
    risk: RiskLevel
    domains: tuple[str, ...]
    rules: tuple[str, ...]
    demand: Demand
    asked: tuple[str, ...]
    blocks: tuple[str, ...]
    signed: bool | None = None


def was_signed(review: Review) -> bool:
    """Whether every rule was met by the approvals alone.

    Authors could not say then whether AI helped, so it is not held against them.
    """
    rules = (one for one in review.verdict.rules if one.applies and one.name != RULE)
    met = [one.met for one in rules]
    return bool(met) and all(met) and not review.verdict.blocks


def simulated(review: Review, policy: Policy, id_: str) -> Simulated:
    """What a first decision says, as far as it is counted; `id_` is what people call it."""
    wanted = {rule.name: rule.require for rule in policy.rules}
    applying = tuple(rule.name for rule in review.verdict.rules if rule.applies)
    demands = [demand(wanted[name]) if name in wanted else Demand.NAMED for name in applying]
    assessment = review.assessment
    return Simulated(
        id=id_,
        title=review.title,
        at=review.opened_at,
        author=review.author,
        ai=assessment.counts_as_ai,
        risk=assessment.risk.level,
        domains=assessment.domains,
        rules=applying,
        demand=max(demands, key=lambda one: one.rank, default=Demand.NOBODY),
        asked=tuple(ask.person for ask in review.asks),
        blocks=review.verdict.blocks,
    )


def demand(requirement: Requirement) -> Demand:
    """Whose signature a requirement cannot do without."""
    ways = [_of_way(way) for way in alternatives(requirement)]
    least = min(ways, key=lambda one: one.rank)
    if Demand.SENIOR in ways and least is Demand.EXPERT:
        return Demand.SENIOR_OR_EXPERT
    return least


def _of_way(way: Iterable[Approvals]) -> Demand:
    return max((_of_place(place) for place in way), key=lambda one: one.rank)


def _of_place(place: Approvals) -> Demand:
    wanted = place.qualification
    # Where both are asked for, expertise is what makes the choice: the tenure is a floor below it.
    if wanted.min_expertise is not None:
        return Demand.EXPERT
    if wanted.min_tenure is not None or wanted.min_experience is not None:
        return Demand.SENIOR
    if wanted.people or wanted.teams or wanted.owners:
        return Demand.NAMED
    return Demand.ANYONE


@dataclass(frozen=True, slots=True)
class Counted:
    """How many merge requests something is true of, and a few of them, the latest first."""

    count: int
    examples: tuple[Simulated, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What one policy would have come to.

    `asked` counts asks by person, the most asked first; `blocked` merge requests by reason;
    `rules` how often each applied; `of_risk` each risk's merge requests by what they needed.
    `signed` counts those whose approvals would have been enough, None where nothing is known of
    them.
    """

    total: int
    ai: int
    demands: Mapping[Demand, Counted]
    asked: Mapping[str, int]
    blocked: Mapping[str, Counted]
    blocked_total: int
    rules: Mapping[str, int]
    of_risk: Mapping[RiskLevel, Mapping[Demand, int]]
    signed: Counted | None = None


def summarise(outcomes: Sequence[Simulated]) -> Summary:
    """Sum up; the outcomes are those of one policy."""
    reasons = {reason: None for one in outcomes for reason in _kinds(one)}
    blocked = {
        reason: _counted(outcomes, lambda one, reason=reason: reason in _kinds(one))  # type: ignore[misc]  # a default binds the loop's value
        for reason in reasons
    }
    return Summary(
        total=len(outcomes),
        ai=sum(one.ai for one in outcomes),
        demands={
            it: _counted(outcomes, lambda one, it=it: one.demand is it)  # type: ignore[misc]  # likewise
            for it in Demand
        },
        asked=dict(_most_first(Counter(who for one in outcomes for who in one.asked))),
        blocked=dict(sorted(blocked.items(), key=lambda pair: (-pair[1].count, pair[0]))),
        blocked_total=sum(bool(one.blocks) for one in outcomes),
        rules=dict(_most_first(Counter(name for one in outcomes for name in one.rules))),
        of_risk={
            risk: Counter(one.demand for one in outcomes if one.risk is risk) for risk in RiskLevel
        },
        signed=_counted(outcomes, lambda one: bool(one.signed))
        if any(one.signed is not None for one in outcomes)
        else None,
    )


def _kinds(one: Simulated) -> tuple[str, ...]:
    """The reasons why it was blocked, without what tells one commit from another."""
    return tuple(dict.fromkeys(SHA.sub("a commit", reason) for reason in one.blocks))


def _counted(outcomes: Iterable[Simulated], holds: Callable[[Simulated], bool]) -> Counted:
    found = [one for one in outcomes if holds(one)]
    latest = sorted(found, key=lambda one: one.at, reverse=True)[:EXAMPLES]
    return Counted(len(found), tuple(latest))


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


class Change(StrEnum):
    """What another policy would have changed about a merge request."""

    STRICTER = "needs more"
    LOOSER = "needs less"
    BLOCKED = "would be blocked"
    FREED = "would no longer be blocked"
    OTHERS = "asks other people"


@dataclass(frozen=True, slots=True)
class Pair:
    """One merge request under both policies."""

    now: Simulated
    other: Simulated


@dataclass(frozen=True, slots=True)
class Difference:
    """What the other policy changes: how many merge requests in which way, with examples.

    `asks` maps a person to how many more (or fewer) asks they would have had.
    """

    counts: Mapping[Change, int]
    examples: Mapping[Change, tuple[Pair, ...]]
    asks: Mapping[str, int]


def compare(now: Sequence[Simulated], other: Sequence[Simulated]) -> Difference:
    """Hold the other policy's outcomes against those of the first, merge request by merge request.

    Both went through the same merge requests in the same order (ValueError otherwise).
    """
    pairs = [Pair(one, another) for one, another in zip(now, other, strict=True)]
    found: dict[Change, list[Pair]] = {change: [] for change in Change}
    for pair in pairs:
        for change in _changes(pair):
            found[change].append(pair)
    asks = Counter(who for one in other for who in one.asked)
    asks.subtract(who for one in now for who in one.asked)
    moved = sorted(asks.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Difference(
        {change: len(its) for change, its in found.items()},
        {change: tuple(reversed(its[-EXAMPLES:])) for change, its in found.items()},
        {who: by for who, by in moved if by},
    )


def _changes(pair: Pair) -> Iterator[Change]:
    now, other = pair.now, pair.other
    if other.demand > now.demand:
        yield Change.STRICTER
    elif other.demand < now.demand:
        yield Change.LOOSER
    if other.blocks and not now.blocks:
        yield Change.BLOCKED
    elif now.blocks and not other.blocks:
        yield Change.FREED
    if set(now.asked) != set(other.asked):
        yield Change.OTHERS
