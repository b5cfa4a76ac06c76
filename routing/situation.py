"""A change in its surroundings, surveyed once; the answers and the choice all look at this."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from routing.ai.declaration import RULE
from routing.ai.remembered import NOTHING, Remembered
from routing.assessment import Assessment, assess
from routing.choosing.candidates import Field
from routing.choosing.nearest import nearest
from routing.choosing.roll import Roll
from routing.facts import Facts
from routing.identities import unknown_hands
from routing.people import Person
from routing.policy import Approvals, Policy
from routing.record import Binding, Opinion, Stance, Via
from routing.rules.approvals import Place, RuleResult, Signers, Verdict, Way, judge
from routing.rules.qualification import (
    Exclusion,
    Reason,
    Standing,
    may_never_approve,
    shortfall,
    standing,
)
from routing.rules.requirements import Applied, Wish, alternatives, apply_rules


@dataclass(frozen=True)
class Situation:
    """The facts under a policy at one moment, with what they come to."""

    facts: Facts
    policy: Policy
    now: datetime
    assessment: Assessment
    remembered: Remembered = NOTHING

    @cached_property
    def binding(self) -> Binding:
        """What an approval given now is bound to."""
        request = self.facts.change.merge_request
        return Binding(
            request.project_id,
            request.ref.number,
            request.head_sha,
            request.base_branch,
            self.policy.hash,
        )

    @cached_property
    def where(self) -> Standing:
        """What everybody is to this change."""
        overrode = self.remembered.overrode
        return standing(self.facts, self.policy, self.now.date(), overrode)

    @cached_property
    def applied(self) -> tuple[Applied, ...]:
        """Every rule held against the change."""
        return apply_rules(self.policy, self.facts, self.assessment, self.now.date())

    def field(self, passed: Iterable[Exclusion] = ()) -> Field:
        """Everybody, ranked; `passed` are not asked again."""
        return self._field.passing(passed)

    @cached_property
    def _field(self) -> Field:
        return Field(self.everybody, self.policy, self.now)

    def cannot_approve(self, person: Person) -> str | None:
        """Why this person's approval would not count at all, in a sentence; None if it would."""
        never = may_never_approve(person, self.where, self.facts.left_slack)
        if never is not None:
            return never.sentence
        lacks: list[str] = []
        applying = [one for one in self.applied if one.applies]
        if not applying:
            return "no rule of the policy covers this change"
        for one in applying:
            for place in _places(one):
                lack = shortfall(person, place.qualification, one.domains, self.where)
                if lack is None:
                    return None
                lacks.append(lack.sentence)
        return f"{person.name}: {'; '.join(dict.fromkeys(lacks))}"

    def judge(self, opinions: Iterable[Opinion], asked: Iterable[str] = ()) -> Verdict:
        """Hold these opinions against the rules; asked twice of the same, it answers as before.

        `asked` are those whose word is waited for: they change nothing but which of several
        places that one approval could fill is said to be filled.
        """
        said, waiting = tuple(opinions), tuple(asked)
        if (said, waiting) not in self._judged:
            self._judged[said, waiting] = self._judge(said, waiting)
        return self._judged[said, waiting]

    @cached_property
    def _judged(self) -> dict[tuple[tuple[Opinion, ...], tuple[str, ...]], Verdict]:
        return {}

    def _judge(self, said: tuple[Opinion, ...], waiting: tuple[str, ...]) -> Verdict:
        void = {exclusion.person for exclusion in self.void(said)}
        approvers = frozenset(
            one.person
            for one in said
            if one.stance is Stance.APPROVES and one.binding == self.binding
        )
        people = self.facts.people.by_id
        blocks = [
            f"{people[one.person].name} asked for changes"
            for one in said
            if one.stance is Stance.OBJECTS and one.person in people
        ]
        return judge(
            self.applied,
            Signers(approvers - void, waiting),
            self.everybody.qualified,
            [*self.facts.problems, *unknown_hands(self.facts.change, self.facts.people), *blocks],
            self._asked_of_the_author,
            self._nearest,
        )

    @property
    def _asked_of_the_author(self) -> tuple[RuleResult, ...]:
        undeclared, said = self.assessment.undeclared, self.remembered.said
        if not undeclared and said is None:
            return ()
        request = self.facts.change.merge_request
        author = self.facts.people.of_account(request.author)
        name = author.name if author is not None else request.author.login
        by = None if undeclared or said is None else said.person
        place = Place(f"{name}'s word whether AI helped", by, (author.id,) if author else ())
        reason = "the policy wants to know whether AI helped"
        return (RuleResult(RULE, True, reason, (Way((place,), possible=True),)),)

    def _nearest(self, applied: Applied) -> str:
        if applied.wish not in self._nearest_said:
            self._nearest_said[applied.wish] = nearest(self.everybody, applied)
        return self._nearest_said[applied.wish]

    @cached_property
    def _nearest_said(self) -> dict[Wish, str]:
        return {}

    def void(self, opinions: Iterable[Opinion]) -> tuple[Exclusion, ...]:
        """Approvals that do not count, whatever the requirement, each with its reason.

        Objections always count: what bars people from approving must never let a change pass.
        """
        return tuple(
            reason
            for one in opinions
            if one.stance is Stance.APPROVES and (reason := self._void(one)) is not None
        )

    def _void(self, opinion: Opinion) -> Exclusion | None:
        person = self.facts.people.by_id.get(opinion.person)
        if person is None:
            return None
        never = self.everybody.never(person)
        if never is not None:
            return never
        if opinion.via is Via.SLACK and self.too_risky_for_slack is not None:
            sentence = f"{person.name} approved in Slack, but {self.too_risky_for_slack}"
            return Exclusion(person.id, Reason.TOO_RISKY_FOR_SLACK, sentence)
        return None

    @cached_property
    def everybody(self) -> Roll:
        """Everybody, those who know most first, whether they can be asked now or not."""
        asked_in = (domain for one in self.applied if one.applies for domain in one.domains)
        domains = tuple(dict.fromkeys(asked_in))
        risk = self.assessment.risk.level
        return Roll(self.facts, self.policy, self.where, domains, risk)

    @cached_property
    def too_risky_for_slack(self) -> str | None:
        """Why this change is approved on the forge only, where the policy says so."""
        level, most = self.assessment.risk.level, self.policy.review.approve_in_slack_up_to
        if level <= most:
            return None
        return f"its risk is {level}; above {most} approve where the whole diff is seen"


def _places(applied: Applied) -> Iterable[Approvals]:
    return (place for way in alternatives(applied.rule.require) for place in way)


def survey(
    facts: Facts, policy: Policy, now: datetime, remembered: Remembered = NOTHING
) -> Situation:
    """Look at a change, with what is remembered of it."""
    return Situation(facts, policy, now, assess(facts, policy, remembered), remembered)
