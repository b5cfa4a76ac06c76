"""Who knows some paths, how many people hold that knowledge, and where it is about to be lost.

Here only changes of the paths themselves count, not those nearby: the question is not who could
learn these files most easily, but who could explain them today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt

from routing.knowledge.closeness import directory_of
from routing.knowledge.expertise import HALF_LIFE_DAYS, MONTHS, Expertise
from routing.model import PastChange
from routing.phrases import counted, listed

HALF, MOST = 0.5, 0.8
"""The shares of all evidence that the two bus factors ask for."""

KNOWS = 0.1
"""Whoever holds so much of the evidence knows the paths, and so does whoever belongs to the few who
together hold `MOST` of it."""

TINY = 1e-9
"""What sums of shares may be off by."""

LEFT_AFTER = timedelta(days=180)
"""Whoever wrote and reviewed nothing anywhere for so long counts as having left."""


class Standing(StrEnum):
    """How well the knowledge of some paths is kept."""

    UNKNOWN = "unknown"
    LEFT = "left"
    ONE = "one"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Expert:
    """What somebody knows of the paths.

    `share` is theirs of everybody's decayed evidence, 0 to 1; `wrote` and `reviewed` count changes
    of the paths, `last` is the latest of them. `expertise` is how the routing of a change measures
    them, None where the past year shows nothing. `here` says that they have not left.
    """

    person: str
    share: float
    wrote: int
    reviewed: int
    last: datetime
    expertise: Expertise | None
    here: bool

    @property
    def sentence(self) -> str:
        """What they did here, in words."""
        changes = counted(self.reviewed or self.wrote, "change")
        did = f"wrote {self.wrote} and reviewed {changes}" if self.wrote else f"reviewed {changes}"
        month = f"{MONTHS[self.last.month - 1]} {self.last.year}"
        return f"{did if self.reviewed else f'wrote {changes}'}, the last in {month}"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everybody who left evidence on the paths, and how well the knowledge is kept.

    `half` and `most` are bus factors: the smallest number of people who together hold half, and
    four fifths, of the evidence. `knowers` are those of the experts who know the paths, `nearby`
    people who have not left and only worked around them. `since` is the first of the `changes`.
    """

    experts: tuple[Expert, ...]
    knowers: tuple[Expert, ...]
    nearby: tuple[str, ...]
    half: int
    most: int
    standing: Standing
    changes: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Area:
    """A directory, so many files of which were asked about, and who knows them."""

    directory: str
    files: int
    standing: Standing
    knowers: tuple[str, ...]


def know(
    changes: Sequence[PastChange],
    paths: Collection[str],
    expertise: Mapping[str, Expertise],
    here: Collection[str],
    now: datetime,
) -> Knowledge:
    """Who knows these files, those who know most first.

    `expertise` is what `measure_expertise` says of the same files, `here` who has not left.
    Changes after `now` are not looked at.
    """
    wanted = frozenset(paths)
    tallies: dict[str, _Tally] = {}
    seen = [one for one in changes if one.at <= now and any(it in wanted for it, _, _ in one.files)]
    for change in seen:
        within = sum(path in wanted for path, _, _ in change.files)
        evidence = sqrt(within / len(change.files)) * _freshness(change, now)
        for person in _hands(change):
            tally = tallies.setdefault(person, _Tally(change.at))
            tally.add(evidence, change.at, wrote=person in change.authors)
    shares = _shares({person: tally.evidence for person, tally in tallies.items()})
    experts = tuple(
        Expert(
            person,
            share,
            tallies[person].wrote,
            tallies[person].reviewed,
            tallies[person].last,
            expertise.get(person),
            person in here,
        )
        for person, share in shares.items()
    )
    knowers = _knowers(shares)
    return Knowledge(
        experts=experts,
        knowers=experts[: len(knowers)],
        nearby=_nearby(expertise, shares, here),
        half=_bus_factor(shares, HALF),
        most=_bus_factor(shares, MOST),
        standing=_standing(knowers, here),
        changes=len(seen),
        since=min((change.at for change in seen), default=None),
    )


def areas(
    changes: Iterable[PastChange], paths: Iterable[str], here: Collection[str], now: datetime
) -> tuple[Area, ...]:
    """The directories of these files, those whose knowledge is most in danger first."""
    files: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        files[directory_of(path)].add(path)
    masses: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for change in changes:
        if change.at > now:
            continue
        within: defaultdict[str, int] = defaultdict(int)
        for path, _, _ in change.files:
            directory = directory_of(path)
            within[directory] += path in files.get(directory, ())
        for directory, count in within.items():
            evidence = sqrt(count / len(change.files)) * _freshness(change, now)
            for person in _hands(change) if count else ():
                masses[directory][person] += evidence
    found = []
    for directory, some in files.items():
        knowers = _knowers(_shares(masses[directory]))
        found.append(Area(directory, len(some), _standing(knowers, here), tuple(knowers)))
    order = (Standing.LEFT, Standing.ONE, Standing.UNKNOWN, Standing.SHARED)
    return tuple(
        sorted(found, key=lambda one: (order.index(one.standing), -one.files, one.directory))
    )


def still_here(seen: Mapping[str, datetime], now: datetime) -> frozenset[str]:
    """Those seen anywhere in the repository lately."""
    return frozenset(person for person, at in seen.items() if at >= now - LEFT_AFTER)


def bus_factor_sentence(knowledge: Knowledge, names: Mapping[str, str]) -> str:
    """How many people hold half of what is known; `names` are how people are called."""
    holders = [names[one.person] for one in knowledge.experts[: knowledge.half]]
    if not holders:
        return "Bus factor 0: no change of these paths is known"
    hold = "holds" if len(holders) == 1 else "hold"
    most = counted(knowledge.most, "person holds", "people hold")
    return (
        f"Bus factor {len(holders)}: {listed(holders)} {hold} at least half of the evidence; "
        f"{most} 80 %"
    )


def warning(knowledge: Knowledge, names: Mapping[str, str]) -> str | None:
    """What is in danger, or None where at least two people who know the paths are still here."""
    match knowledge.standing:
        case Standing.UNKNOWN:
            return "Nobody is known who knows these paths"
        case Standing.LEFT:
            gone = listed(names[one.person] for one in knowledge.knowers)
            return f"Nobody is left who knows these paths: {gone} knew them"
        case Standing.ONE:
            (last,) = (names[one.person] for one in knowledge.knowers if one.here)
            return f"One person left: of those who know these paths, only {last} is still here"
        case Standing.SHARED:
            return None


@dataclass(slots=True)
class _Tally:
    """One person's evidence while it is being counted."""

    last: datetime
    evidence: float = 0.0
    wrote: int = 0
    reviewed: int = 0

    def add(self, evidence: float, at: datetime, *, wrote: bool) -> None:
        self.last = max(self.last, at)
        self.evidence += evidence
        self.wrote += wrote
        self.reviewed += not wrote


def _hands(change: PastChange) -> Sequence[str]:
    return tuple(dict.fromkeys((*change.authors, *change.reviewers)))


def _freshness(change: PastChange, now: datetime) -> float:
    days = (now - change.at).total_seconds() / 86_400
    return float(2.0 ** (-days / HALF_LIFE_DAYS))


def _shares(masses: Mapping[str, float]) -> Mapping[str, float]:
    """Everybody's part of the evidence, the largest first."""
    order = sorted(masses, key=lambda person: (-masses[person], person))
    total = sum(masses[person] for person in order)
    # Evidence older than a lifetime can weigh nothing at all.
    return {person: masses[person] / total if total else 1 / len(order) for person in order}


def _bus_factor(shares: Mapping[str, float], part: float) -> int:
    held, people = 0.0, 0
    for share in shares.values():
        if held >= part - TINY:
            break
        held += share
        people += 1
    return people


def _knowers(shares: Mapping[str, float]) -> Sequence[str]:
    """Those who know the paths: the first of the shares, which come in order."""
    enough = sum(share >= KNOWS for share in shares.values())
    return list(shares)[: max(enough, _bus_factor(shares, MOST))]


def _nearby(
    expertise: Mapping[str, Expertise], known: Collection[str], here: Collection[str]
) -> tuple[str, ...]:
    found = (person for person in expertise if person in here and person not in known)
    return tuple(sorted(found, key=lambda person: (-expertise[person].share, person)))


def _standing(knowers: Collection[str], here: Collection[str]) -> Standing:
    left = sum(person in here for person in knowers)
    if left:
        return Standing.ONE if left == 1 else Standing.SHARED
    return Standing.LEFT if knowers else Standing.UNKNOWN
