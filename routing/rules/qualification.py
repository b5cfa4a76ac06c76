"""Person × requirement → qualified, or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from routing.facts import Facts
from routing.identities import Deed, Role, barred_people
from routing.knowledge.expertise import Expertise
from routing.levels import Level
from routing.people import Person
from routing.phrases import render_months
from routing.policy import Codeowners, Policy, Qualification
from routing.rules.owner_rules import all_owners

ONE_UP = dict(pairwise(Level))
"""The level above each that has one."""

ANYONE = "one approval"
"""What a place without any condition wants."""


class Reason(StrEnum):
    """Why somebody is left out.

    Whoever lacks several things, each for another place, is simply not qualified. Working hours
    are no reason: whoever is at work soon is asked with a delay, which costs points.
    """

    HAS_A_HAND_IN_IT = "has a hand in it"
    OVERRODE = "overrode it"
    BOT = "bot"
    INACTIVE = "inactive"
    AUTHOR = "author"
    CO_AUTHOR = "co-author"
    TENURE_SHORT = "tenure short"
    EXPERIENCE_SHORT = "experience short"
    EXPERTISE_SHORT = "expertise short"
    NOT_NAMED = "not named"
    NOT_IN_TEAM = "not in the team"
    NO_OWNER = "no code owner"
    NOT_QUALIFIED = "not qualified"
    NOT_NEEDED = "not needed"
    AWAY = "away"
    AT_CAPACITY = "at capacity"
    OPTED_OUT = "opted out"
    NO_ACCESS = "no access"
    DECLINED = "declined"
    DID_NOT_ANSWER = "did not answer"
    HANDED_ON = "handed on"
    SILENT = "silent"
    TOO_RISKY_FOR_SLACK = "too risky for Slack"


DEEDS = {
    Role.AUTHOR: Reason.AUTHOR,
    Role.CO_AUTHOR: Reason.CO_AUTHOR,
    Role.HAND: Reason.HAS_A_HAND_IN_IT,
    Role.OVERRIDE: Reason.OVERRODE,
}


@dataclass(frozen=True, slots=True)
class Lack:
    """What somebody lacks for a place: the kind of it, and the words."""

    reason: Reason
    sentence: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Somebody who is not asked, and why, in a sentence."""

    person: str
    reason: Reason
    sentence: str


@dataclass(frozen=True)
class Standing:
    """What each person is to one change: the answers every requirement needs.

    `barred` maps a person's id to the deed that bars them; `levels` a domain (or "" for the
    change as a whole) to each person's expertise; `owners` are ids of code owners, whose
    expertise is `raised` where the policy takes their advice.
    """

    today: date
    barred: Mapping[str, Deed]
    levels: Mapping[str, Mapping[str, Expertise]]
    owners: frozenset[str]
    raised: bool = True
    _found: dict[tuple[str, ...], dict[str, tuple[Level, str]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def level(self, person: Person, domains: tuple[str, ...]) -> tuple[Level, str]:
        """The person's level for these domains, with the sentence of what proves it.

        In several domains the lowest counts: who knows one of two parts has not judged both.
        """
        found = self._found.setdefault(domains, {})
        known = found.get(person.id)
        if known is None:
            known = found[person.id] = self._lowest(person, domains or ("",))
        return known

    def _lowest(self, person: Person, domains: Sequence[str]) -> tuple[Level, str]:
        floor = 1 if self._is_raised(person) else 0
        lowest = self._level_in(person, domains[0])
        for domain in domains[1:]:
            if lowest[0].rank <= floor:  # it gets no lower
                break
            lowest = min(lowest, self._level_in(person, domain), key=lambda pair: pair[0].rank)
        return lowest

    def _is_raised(self, person: Person) -> bool:
        return self.raised and person.id in self.owners

    def _level_in(self, person: Person, domain: str) -> tuple[Level, str]:
        measured = self.levels.get(domain, {}).get(person.id)
        level = measured.level if measured else Level.NONE
        sentence = measured.sentence if measured else "new to this code"
        declared = person.domains.get(domain)
        if declared is not None and declared.rank > level.rank:
            level, sentence = declared, f"declared {declared} in {domain}"
        if level in ONE_UP and self._is_raised(person):
            level = ONE_UP[level]
            sentence += ", code owner"
        return level, sentence


OVERRODE = Deed(Role.OVERRIDE, "took part in the override; somebody else has to look")


def standing(facts: Facts, policy: Policy, today: date, overrode: Iterable[str] = ()) -> Standing:
    """Gather what everybody is to this change; `overrode` let it be merged without signatures."""
    return Standing(
        today=today,
        barred={**dict.fromkeys(overrode, OVERRODE), **barred_people(facts.change, facts.people)},
        levels={"": facts.history.whole, **facts.history.domains},
        owners=all_owners(facts),
        raised=policy.codeowners is not Codeowners.IGNORE,
    )


def may_never_approve(
    person: Person, where: Standing, left_slack: frozenset[str]
) -> Exclusion | None:
    """Why this person's approval can never count on this change, whatever the requirement."""
    if person.id in where.barred:
        deed = where.barred[person.id]
        return Exclusion(person.id, DEEDS[deed.role], f"{person.name} {deed.told}")
    if person.bot:
        return Exclusion(person.id, Reason.BOT, f"{person.name} is a bot")
    if not person.active or person.slack in left_slack:
        return Exclusion(person.id, Reason.INACTIVE, f"{person.name} has no active account")
    return None


def shortfall(
    person: Person, wanted: Qualification, domains: tuple[str, ...], where: Standing
) -> Lack | None:
    """The first thing the person lacks for this qualification; None when they are qualified."""
    return next(shortfalls(person, wanted, domains, where), None)


def qualifies(
    person: Person, wanted: Qualification, domains: tuple[str, ...], where: Standing
) -> bool:
    """Whether the person lacks nothing: `shortfall` without words, asked of thousands of people."""
    if wanted.people and person.id not in wanted.people:
        return False
    if wanted.teams and not any(team.name in wanted.teams for team in person.teams):
        return False
    if wanted.owners and person.id not in where.owners:
        return False
    if wanted.min_tenure is not None:
        months = person.tenure_months(where.today)
        if months is None or months < wanted.min_tenure:
            return False
    if wanted.min_experience is not None:
        months = person.experience_months(where.today)
        if months is None or months < wanted.min_experience:
            return False
    least = wanted.min_expertise
    return least is None or where.level(person, domains)[0].rank >= least.rank


def shortfalls(
    person: Person, wanted: Qualification, domains: tuple[str, ...], where: Standing
) -> Iterator[Lack]:
    """Everything the person lacks for this qualification."""
    today = where.today
    if wanted.min_tenure is not None:
        months = person.tenure_months(today)
        yield from _time_short(Reason.TENURE_SHORT, "tenure", wanted.min_tenure, months)
    if wanted.min_experience is not None:
        months = person.experience_months(today)
        yield from _time_short(Reason.EXPERIENCE_SHORT, "experience", wanted.min_experience, months)
    if wanted.min_expertise is not None:
        level, _ = where.level(person, domains)
        if level < wanted.min_expertise:
            known = level if level.rank else "no expertise"
            said = f"{known} in {render_domains(domains)}, needs {wanted.min_expertise}"
            yield Lack(Reason.EXPERTISE_SHORT, said)
    if wanted.people and person.id not in wanted.people:
        yield Lack(Reason.NOT_NAMED, f"is not one of {', '.join(wanted.people)}")
    if wanted.teams and not any(person.is_in(team) for team in wanted.teams):
        yield Lack(Reason.NOT_IN_TEAM, f"is not in {' or '.join(wanted.teams)}")
    if wanted.owners and person.id not in where.owners:
        yield Lack(Reason.NO_OWNER, "is no code owner of these files")


def _time_short(reason: Reason, what: str, wanted: int, months: int | None) -> Iterator[Lack]:
    if months is None:
        yield Lack(reason, f"{what} is not written down")
    elif months < wanted:
        yield Lack(reason, f"{what} short by {render_months(wanted - months)}")


def render_domains(domains: tuple[str, ...]) -> str:
    """The domains in words, or "these files" where none is touched."""
    return " and ".join(domains) or "these files"


def render_qualification(wanted: Qualification, domains: tuple[str, ...]) -> str:
    """The qualification in words: "tenure ≥ 5 y", "proficient in payments"."""
    parts: list[str] = []
    if wanted.min_expertise is not None:
        parts.append(f"{wanted.min_expertise} in {render_domains(domains)}")
    if wanted.min_tenure is not None:
        parts.append(f"tenure ≥ {render_months(wanted.min_tenure)}")
    if wanted.min_experience is not None:
        parts.append(f"experience ≥ {render_months(wanted.min_experience)}")
    if wanted.people:
        parts.append(" or ".join(wanted.people))
    if wanted.teams:
        parts.append(f"member of {' or '.join(wanted.teams)}")
    if wanted.owners:
        parts.append("code owner")
    return " and ".join(parts) or ANYONE
