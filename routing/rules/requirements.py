"""Policy × change → the rules that apply, each with the reason why it does or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from routing.assessment import Assessment
from routing.facts import Facts
from routing.policy import (
    CRITICAL,
    AllOf,
    AnyOf,
    Approvals,
    Codeowners,
    Policy,
    Qualification,
    Requirement,
    Rule,
    When,
)
from routing.rules.conditions import Checked, Conditions, Truth
from routing.rules.owner_rules import owner_rules, owners_asked_for, with_owners

Wish = tuple[Requirement, tuple[str, ...]]
"""What a rule asks for, and the domains in which it wants expertise."""

Wanted = tuple[Qualification, tuple[str, ...]]
"""What a place wants, and the domains in which it wants expertise: none where it wants none."""

OWNERS_REQUIRED = Checked("the policy requires code owners", Truth.YES)


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule of the policy held against a change.

    `why` are its conditions with what came of them. `domains` are the touched domains in which
    expertise is asked for.
    """

    rule: Rule
    why: Checked
    domains: tuple[str, ...] = ()

    @property
    def wish(self) -> Wish:
        """What it asks for; many rules may ask for the same."""
        return self.rule.require, self.domains

    @property
    def applies(self) -> bool:
        """Whether it is asked for: always, unless its conditions are known not to hold."""
        return self.why.truth is not Truth.NO

    @property
    def reason(self) -> str:
        """Why it applies, or the first condition that does not hold."""
        if self.applies:
            return self.why.reason
        return f"does not hold: {self.why.reason}"


def apply_rules(
    policy: Policy, facts: Facts, assessment: Assessment, today: date
) -> tuple[Applied, ...]:
    """Every rule, applying or not, and the code owners' own where the policy requires them."""
    conditions, owners = Conditions(policy, facts, assessment, today), owners_asked_for(facts)
    applied = tuple(_apply(rule, conditions, owners) for rule in policy.rules)
    if policy.codeowners is not Codeowners.REQUIRE:
        return applied
    return applied + tuple(
        Applied(rule, OWNERS_REQUIRED, assessment.domains) for rule in owner_rules(facts)
    )


def _apply(rule: Rule, conditions: Conditions, owners: int) -> Applied:
    applied = Applied(rule, conditions.check(rule.when))
    if not applied.applies:
        return applied
    if owners > 1:
        rule = replace(rule, require=with_owners(rule.require, owners))
    return Applied(rule, applied.why, _asked_in(rule, conditions))


def _asked_in(rule: Rule, conditions: Conditions) -> tuple[str, ...]:
    """Where expertise is asked for; what is hidden may lie in every domain that the rule names.

    The organisation's rules look past the domains that a repository added: with a domain of
    everything a repository could make an expert of anybody who is known anywhere in it. A rule
    that applies for another reason than the domains it names asks for it in all that are touched.
    """
    every, named = conditions.touched[rule.added], frozenset(_named(rule.when))
    if not named:
        return every
    hidden, touched = conditions.facts.change.hidden, frozenset(conditions.assessment.domains)
    seen = [one for one in conditions.policy.domains if rule.added or not one.added]
    wanted = [one for one in seen if one.name in named or (CRITICAL in named and one.critical)]
    found = tuple(one.name for one in wanted if hidden or one.name in touched)
    return found or every


def _named(when: When) -> Iterator[str]:
    """The domains whose being touched makes the conditions hold."""
    yield from when.domains
    for part in (*when.any_of, *when.all_of):
        yield from _named(part)


def wanted_of(place: Approvals, domains: tuple[str, ...]) -> Wanted:
    """What somebody for that place must have: many rules want the same, in whatever domains."""
    qualification = place.qualification
    return qualification, domains if qualification.min_expertise is not None else ()


def alternatives(requirement: Requirement) -> tuple[tuple[Approvals, ...], ...]:
    """All the ways to meet a requirement: each is a list of places for different people.

    The policy file's reader keeps the number of ways small.
    """
    match requirement:
        case Approvals():
            return ((requirement,),)
        case AnyOf(parts):
            return tuple(way for part in parts for way in alternatives(part))
        case AllOf(parts):
            return tuple(
                tuple(place for way in ways for place in way)
                for ways in product(*(alternatives(part) for part in parts))
            )
