"""A rule's conditions × a change → does each hold? What cannot be told counts as it may be.

Three-valued logic (Kleene's): a condition holds, does not hold, or nobody can tell, because parts
of the change are hidden or its author is not known. A rule applies unless its conditions are known
not to hold, under `not` as well: hiding something can only add requirements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from routing.assessment import Assessment
from routing.facts import Facts
from routing.identities import authors_of
from routing.levels import Ladder
from routing.people import Person
from routing.phrases import render_months
from routing.policy import CRITICAL, Policy, TenureSpan, When
from routing.rules.branches import is_branch
from routing.rules.domains import patterns_of

UNSEEN = "unseen"
"""The risk's factor that says: files which matter were not, or not wholly, shown."""


class Truth(Ladder):
    """Whether a condition holds; `not` turns the ladder around."""

    NO = "no"
    UNKNOWN = "unknown"
    YES = "yes"

    def __invert__(self) -> Truth:
        return list(Truth)[-1 - self.rank]


@dataclass(frozen=True, slots=True)
class Checked:
    """A condition held against a change, as a sentence, with the conditions it is made of."""

    sentence: str
    truth: Truth
    parts: tuple[Checked, ...] = ()

    @property
    def reason(self) -> str:
        """The sentence, with a word where nobody can tell."""
        perhaps = self.truth is Truth.UNKNOWN and not self.parts
        return f"perhaps {self.sentence}" if perhaps else self.sentence


ALWAYS = Checked("applies to every change", Truth.YES)


def all_hold(parts: Iterable[Checked]) -> Checked:
    """All of them together; the first that does not hold says it all."""
    every = tuple(parts)
    if len(every) == 1:
        return every[0]
    failed = next((part for part in every if part.truth is Truth.NO), None)
    if failed is not None:
        return Checked(failed.reason, Truth.NO, every)
    return Checked(" and ".join(part.reason for part in every), _lowest(every), every)


def one_holds(parts: Iterable[Checked]) -> Checked:
    """One of them or another; those that do not hold are named only where none does."""
    every = tuple(parts)
    if len(every) == 1:
        return every[0]
    said = [part for part in every if part.truth is not Truth.NO] or every
    sentence = " or ".join(f"({one.reason})" if one.parts else one.reason for one in said)
    return Checked(sentence, ~_lowest(does_not_hold(part) for part in every), every)


def does_not_hold(part: Checked) -> Checked:
    """The opposite."""
    return Checked(f"not ({part.reason})", ~part.truth, (part,))


def _lowest(parts: Iterable[Checked]) -> Truth:
    return min((part.truth for part in parts), key=lambda truth: truth.rank)


@dataclass(frozen=True)
class Conditions:
    """One change, and what the conditions of a policy ask about it, each looked up once."""

    policy: Policy
    facts: Facts
    assessment: Assessment
    today: date

    def check(self, when: When) -> Checked:
        """Hold the conditions of a rule against the change."""
        checked = [*self._simple(when), *self._trees(when)]
        return all_hold(checked) if checked else ALWAYS

    def _trees(self, when: When) -> Iterator[Checked]:
        if when.not_ is not None:
            yield does_not_hold(self.check(when.not_))
        if when.any_of:
            yield one_holds(self.check(part) for part in when.any_of)
        yield from (self.check(part) for part in when.all_of)

    def _simple(self, when: When) -> Iterator[Checked]:
        request, assessment = self.facts.change.merge_request, self.assessment
        if when.ai is not None:
            condition = "AI helped to write it" if when.ai else "no AI is known to have helped"
            yield Checked(condition, self._ai if when.ai else ~self._ai)
        if when.branch:
            condition = f"{request.base_branch} is one of {', '.join(when.branch)}"
            yield Checked(condition, _known(self._is_branch(when.branch)))
        if when.min_risk is not None:
            holds = _known(assessment.risk.level >= when.min_risk)
            truth = Truth.UNKNOWN if self._unseen else holds
            yield Checked(f"risk is at least {when.min_risk}", truth)
        if when.domains:
            wanted = frozenset(when.domains)
            touched = bool(wanted & frozenset(assessment.domains)) or (
                CRITICAL in wanted and bool(assessment.critical)
            )
            yield Checked(f"it touches {' or '.join(when.domains)} code", self._seen(touched))
        if when.paths:
            touched = not self._globs_touched.isdisjoint(when.paths)
            yield Checked(f"it touches {' or '.join(when.paths)}", self._seen(touched))
        if when.labels:
            labelled = not frozenset(when.labels).isdisjoint(request.labels)
            yield Checked(f"it is labelled {' or '.join(when.labels)}", _known(labelled))
        yield from self._by_author(when)
        if when.min_lines is not None:
            enough = self.facts.change.lines >= when.min_lines
            truth = Truth.YES if enough else Truth.UNKNOWN if self._unseen else Truth.NO
            yield Checked(f"at least {when.min_lines} lines change", truth)
        if when.draft is not None:
            condition = "it is a draft" if when.draft else "it is no draft"
            yield Checked(condition, _known(request.draft is when.draft))
        if when.dependencies_changed is not None:
            wanted_change = when.dependencies_changed
            condition = "dependencies change" if wanted_change else "no dependency changes"
            changed = self._seen(bool(assessment.dependencies))
            yield Checked(condition, changed if wanted_change else ~changed)

    def _by_author(self, when: When) -> Iterator[Checked]:
        if when.authors:
            wanted = frozenset(when.authors)
            condition = f"{' or '.join(when.authors)} wrote it"
            yield Checked(condition, self._written_by(lambda person: person.id in wanted))
        if when.author_teams:
            teams = when.author_teams
            yield Checked(
                f"somebody of {' or '.join(teams)} wrote it",
                self._written_by(lambda person: any(person.is_in(team) for team in teams)),
            )
        if when.author_tenure is not None:
            span = when.author_tenure
            yield Checked(
                f"its author's tenure is {render_span(span)}",
                self._written_by(lambda person: _within(person, span, self.today)),
            )

    def _written_by(self, holds: Callable[[Person], bool | None]) -> Truth:
        """Yes where it holds for all authors, no where for none; else nobody can tell whose it is.

        `holds` says None of a person of whom that is not known.
        """
        said = {holds(person) if person is not None else None for person in self._authors}
        if self.facts.change.hidden or len(said) > 1 or None in said:
            return Truth.UNKNOWN
        return Truth.YES if True in said else Truth.NO

    @cached_property
    def _authors(self) -> tuple[Person | None, ...]:
        return tuple(authors_of(self.facts.change, self.facts.people))

    @cached_property
    def _ai(self) -> Truth:
        """Whether AI helped with enough to count, as far as commits and contents are shown."""
        if self.assessment.counts_as_ai:
            return Truth.YES
        unsure = self.facts.change.hidden or (self.assessment.provenance.ai and self._unseen)
        return Truth.UNKNOWN if unsure else Truth.NO

    @cached_property
    def _unseen(self) -> bool:
        """Whether files, or the contents of files that matter, could not be seen."""
        factors = self.assessment.risk.factors
        return self.facts.change.hidden or any(one.name == UNSEEN for one in factors)

    def _seen(self, found: bool) -> Truth:
        """What was found is there; what was not may still be where files are hidden."""
        return Truth.YES if found else Truth.UNKNOWN if self.facts.change.hidden else Truth.NO

    @cached_property
    def touched(self) -> Mapping[bool, tuple[str, ...]]:
        """The touched domains that the organisation's rules know (False), and a repository's."""
        touched, domains = frozenset(self.assessment.domains), self.policy.domains
        return {
            added: tuple(
                one.name for one in domains if one.name in touched and (added or not one.added)
            )
            for added in (False, True)
        }

    @cached_property
    def _globs_touched(self) -> frozenset[str]:
        """Of all the globs in the rules' conditions, those that match a path of the change."""
        globs = dict.fromkeys(glob for rule in self.policy.rules for glob in _globs(rule.when))
        return patterns_of(tuple(globs)).touched(self.facts.change.paths)

    def _is_branch(self, wanted: tuple[str, ...]) -> bool:
        return is_branch(self.facts.change.merge_request.base_branch, wanted, self.policy)


def _globs(when: When) -> Iterator[str]:
    yield from when.paths
    for part in when.parts:
        yield from _globs(part)


def _known(holds: bool) -> Truth:
    return Truth.YES if holds else Truth.NO


def _within(person: Person, span: TenureSpan, today: date) -> bool | None:
    months = person.tenure_months(today)
    if months is None:
        return None
    return (span.at_least is None or months >= span.at_least) and (
        span.less_than is None or months < span.less_than
    )


def render_span(span: TenureSpan) -> str:
    """The span in words: "≥ 2 y", "< 6 months", "≥ 6 months and < 2 y"."""
    limits = (("≥", span.at_least), ("<", span.less_than))
    return " and ".join(f"{sign} {render_months(months)}" for sign, months in limits if months)
