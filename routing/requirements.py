"""Policy × change → the rules that apply, each with the reason why it does or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from routing.assessment import Assessment
from routing.domains import patterns_of
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


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule of the policy held against a change.

    `reason` says why it applies, or the first condition that does not hold. `domains` are the
    touched domains in which expertise is asked for.
    """

    rule: Rule
    applies: bool
    reason: str
    domains: tuple[str, ...]


def apply_rules(policy: Policy, facts: Facts, assessment: Assessment) -> tuple[Applied, ...]:
    """Every rule, applying or not, and the code owners' own where the policy requires them."""
    applied = tuple(_apply(rule, policy, facts, assessment) for rule in policy.rules)
    if policy.codeowners is not Codeowners.REQUIRE:
        return applied
    return applied + tuple(
        Applied(rule, True, "the policy requires code owners", assessment.domains)
        for rule in _owner_rules(facts)
    )


def _apply(rule: Rule, policy: Policy, facts: Facts, assessment: Assessment) -> Applied:
    held: list[str] = []
    for condition, holds in _conditions(rule.when, policy, facts, assessment):
        if not holds:
            return Applied(rule, False, f"does not hold: {condition}", ())
        held.append(condition)
    return Applied(
        rule,
        True,
        " and ".join(held) or "applies to every change",
        _asked_in(rule, policy, facts, assessment),
    )


def _asked_in(rule: Rule, policy: Policy, facts: Facts, assessment: Assessment) -> tuple[str, ...]:
    """Where expertise is asked for; what is hidden may lie in every domain that the rule names.

    The organisation's rules look past the domains that a repository added: with a domain of
    everything a repository could make an expert of anybody who is known anywhere in it.
    """
    named = frozenset(rule.when.domains)
    return tuple(
        domain.name
        for domain in policy.domains
        if (domain.name in assessment.domains or (named and facts.change.hidden))
        and (rule.added or not domain.added)
        and (not named or domain.name in named or (CRITICAL in named and domain.critical))
    )


def _conditions(
    when: When, policy: Policy, facts: Facts, assessment: Assessment
) -> Iterator[tuple[str, bool]]:
    change = facts.change  # where parts of it are hidden, whatever they might be counts as there
    if when.ai is not None:
        condition = "AI helped to write it" if when.ai else "no AI is known to have helped"
        yield condition, change.hidden or assessment.counts_as_ai is when.ai
    if when.branch:
        base = change.merge_request.base_branch
        yield f"{base} is one of {', '.join(when.branch)}", _is_branch(base, when.branch, policy)
    if when.min_risk is not None:
        holds = change.hidden or assessment.risk.level >= when.min_risk
        yield f"risk is at least {when.min_risk}", holds
    if when.domains:
        touched = frozenset(assessment.domains)
        holds = (
            change.hidden
            or bool(touched & frozenset(when.domains))
            or (CRITICAL in when.domains and bool(assessment.critical))
        )
        yield f"it touches {' or '.join(when.domains)} code", holds
    if when.paths:
        matcher = patterns_of(when.paths)
        yield (
            f"it touches {' or '.join(when.paths)}",
            change.hidden or any(matcher.matches(path) for path in change.paths),
        )
    if when.labels:
        holds = bool(frozenset(when.labels) & frozenset(change.merge_request.labels))
        yield f"it is labelled {' or '.join(when.labels)}", holds
    if when.dependencies_changed is not None:
        condition = "dependencies change" if when.dependencies_changed else "no dependency changes"
        changed = change.hidden or bool(assessment.dependencies)
        yield condition, changed is when.dependencies_changed


def _is_branch(branch: str, wanted: tuple[str, ...], policy: Policy) -> bool:
    globs = tuple(glob for name in wanted for glob in policy.branches.get(name, (name,)))
    return patterns_of(globs).matches(branch)


def _owner_rules(facts: Facts) -> Iterator[Rule]:
    """One rule for each different set of owners: the same person may answer for several."""
    by_owners: dict[tuple[str, ...], list[str]] = {}
    for path, owners in facts.owners.items():
        by_owners.setdefault(owners, []).append(path)
    for owners, paths in by_owners.items():
        if not owners:
            continue
        known = tuple(sorted(owner_people(facts, owners)))
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield Rule(
            name=f"code owners of {paths[0]}{more}",
            when=When(),
            # Owners whom nobody here knows cannot approve; the impossible place says so.
            require=Approvals(1, Qualification(people=known or ("(unknown owners)",))),
        )


def owner_people(facts: Facts, owners: tuple[str, ...]) -> frozenset[str]:
    """Ids of the people behind owners as written in CODEOWNERS (`@login` or an address)."""
    forge = facts.change.merge_request.author.forge
    logins = {
        f"@{login.lower()}": person.id
        for person in facts.people.everyone
        for where, login in person.logins.items()
        if where == forge
    }
    found = set[str]()
    for owner in owners:
        person = facts.people.of_email(owner)
        if person is not None:
            found.add(person.id)
        elif owner.lower() in logins:
            found.add(logins[owner.lower()])
    return frozenset(found)


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
