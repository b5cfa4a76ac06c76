"""Expertise: what the history of some paths says about how well each person knows them.

Who *should* judge a change rests on this alone: who wrote and who reviewed changes at these
paths, and how lately. Whom an author usually asks, or who is generally busy, says nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from routing.knowledge.closeness import Past, directory_of
from routing.levels import Level
from routing.model import PastChange

HALF_LIFE_DAYS = 180.0
"""After so many days, a change says half as much about the people in it."""

EXPERT_CHANGES, EXPERT_EVIDENCE, EXPERT_SHARES, EXPERT_SHARE = 5, 3.0, 3.0, 0.25
"""An expert took part in five changes at these paths, holds evidence worth three fresh ones, and
three even shares of everybody's (a quarter where fewer than twelve people are active). That is
about the top tenth of the people active in a directory: 7 % and 10 % on two public histories,
where 74 % and 57 % of those who reviewed a change were experts on its paths."""

PROFICIENT_CHANGES, PROFICIENT_EVIDENCE, PROFICIENT_SHARES, PROFICIENT_SHARE = 3, 1.0, 1.0, 0.10
"""Somebody proficient took part in three changes here or nearby, holds evidence worth one fresh
one, and an even share (a tenth where fewer than ten people are active)."""

FAMILIAR_EVIDENCE = 0.25
"""Somebody familiar holds evidence worth a quarter of a fresh change of the same files."""

DIRECTORIES_NAMED = 2
"""A sentence names so many directories; the rest it counts."""

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expertise:
    """How well somebody knows some paths, and the sentence that says why.

    `share` is theirs of everybody's decayed evidence on these paths, 0 to 1; `authored` and
    `reviewed` count changes of the paths and their directories, `since` the first of them.
    """

    level: Level
    share: float
    authored: int
    reviewed: int
    since: date | None
    sentence: str


def expertise_near(
    past: Past, paths: Sequence[str], now: datetime, window_days: int = 365
) -> Mapping[str, Expertise]:
    """The expertise of everybody who left evidence on `paths` (changed files, not globs).

    Identities are kept as the history spells them. Changes at or after `now`, and those older
    than `window_days`, are not looked at; people without any evidence are not in the answer.
    """
    begin = now - timedelta(days=window_days)
    tallies: dict[str, _Tally] = {}
    for change, relevance, direct in past.near(paths):
        if not begin <= change.at < now:
            continue
        age_days = (now - change.at).total_seconds() / 86_400
        evidence = relevance * 2.0 ** (-age_days / HALF_LIFE_DAYS)
        authors = set(change.authors)
        for person in authors:
            tallies.setdefault(person, _Tally()).add(evidence, change.at, direct, wrote=True)
        for person in set(change.reviewers) - authors:
            tallies.setdefault(person, _Tally()).add(evidence, change.at, direct, wrote=False)
    # Summed in one fixed order: the last digits may not depend on that of a set.
    people = sorted(tallies)
    total = sum(tallies[person].evidence for person in people)
    active = sum(bool(tally.direct) for tally in tallies.values()) or len(tallies)
    place = _place(paths)
    return {
        person: _expertise(tallies[person], tallies[person].evidence / total, active, place, now)
        for person in people
    }


def measure_expertise(
    changes: Iterable[PastChange], paths: Sequence[str], now: datetime, window_days: int = 365
) -> Mapping[str, Expertise]:
    """The same of a past that nothing else is asked of."""
    return expertise_near(Past(changes), paths, now, window_days)


@dataclass(slots=True)
class _Tally:
    """One person's evidence while it is being counted."""

    evidence: float = 0.0
    wrote: int = 0
    reviewed: int = 0
    wrote_near: int = 0
    reviewed_near: int = 0
    first: datetime | None = None
    first_near: datetime | None = None

    @property
    def direct(self) -> int:
        return self.wrote + self.reviewed

    def add(self, evidence: float, at: datetime, direct: bool, *, wrote: bool) -> None:
        self.evidence += evidence
        if direct:
            self.wrote += wrote
            self.reviewed += not wrote
            self.first = min(self.first or at, at)
        else:
            self.wrote_near += wrote
            self.reviewed_near += not wrote
            self.first_near = min(self.first_near or at, at)


def _expertise(tally: _Tally, share: float, active: int, place: str, now: datetime) -> Expertise:
    first = tally.first
    return Expertise(
        level=_level(tally, share, active),
        share=share,
        authored=tally.wrote,
        reviewed=tally.reviewed,
        since=first.date() if first else None,
        sentence=_sentence(tally, place, now),
    )


def _level(tally: _Tally, share: float, active: int) -> Level:
    changes = tally.direct + tally.wrote_near + tally.reviewed_near
    if (
        tally.direct >= EXPERT_CHANGES
        and tally.evidence >= EXPERT_EVIDENCE
        and share >= min(EXPERT_SHARE, EXPERT_SHARES / active)
    ):
        return Level.EXPERT
    if (
        changes >= PROFICIENT_CHANGES
        and tally.evidence >= PROFICIENT_EVIDENCE
        and share >= min(PROFICIENT_SHARE, PROFICIENT_SHARES / active)
    ):
        return Level.PROFICIENT
    return Level.FAMILIAR if tally.evidence >= FAMILIAR_EVIDENCE else Level.NONE


def _sentence(tally: _Tally, place: str, now: datetime) -> str:
    if tally.direct:
        did, where, first = _did(tally.wrote, tally.reviewed), "in", tally.first
    else:
        did, where, first = _did(tally.wrote_near, tally.reviewed_near), "near", tally.first_near
    return f"{did} {where} {place}{_since(first, now)}"


def _did(wrote: int, reviewed: int) -> str:
    last = wrote or reviewed
    noun = "change" if last == 1 else "changes"
    if wrote and reviewed:
        return f"reviewed {reviewed} and wrote {wrote} {noun}"
    return f"{'wrote' if wrote else 'reviewed'} {last} {noun}"


def _since(first: datetime | None, now: datetime) -> str:
    if first is None:
        return ""
    year = "" if first.year == now.year else f" {first.year}"
    return f" since {MONTHS[first.month - 1]}{year}"


def _place(paths: Sequence[str]) -> str:
    """The paths' directories as a person would name them."""
    directories = sorted({directory_of(path) for path in paths})
    named = [f"`{directory}/`" if directory else "the top directory" for directory in directories]
    if len(named) <= DIRECTORIES_NAMED:
        return " and ".join(named)
    more = len(named) - DIRECTORIES_NAMED
    noun = "directory" if more == 1 else "directories"
    return f"{', '.join(named[:DIRECTORIES_NAMED])} and {more} more {noun}"
