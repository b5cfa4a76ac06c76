"""What CODEOWNERS ask for: whose approval, of which section, and how many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from routing.facts import Facts
from routing.owners.ownership import Owner, OwnerKind, OwningRule
from routing.people import Person
from routing.policy import AllOf, AnyOf, Approvals, Qualification, Requirement, Rule, When

UNKNOWN_OWNERS = ("(unknown owners)",)
"""Stands where nobody known owns something: a place that nobody can fill, and that says so."""


def owner_rules(facts: Facts) -> Iterator[Rule]:
    """One rule for each set of owners and section: the same person may answer for several.

    Optional sections ask for nobody. A section that lists no owner for a path has a place that
    nobody can fill: GitLab would take it as approved, we do not.
    """
    paths: dict[OwningRule, list[str]] = {}
    for path, rule in _touched(facts):
        if rule.owners or rule.section is not None:
            paths.setdefault(replace(rule, line=0, pattern=""), []).append(path)
    for rule, its in paths.items():
        known = tuple(sorted(owner_people(facts, rule.owners)))
        more = f" and {len(its) - 1} more" if len(its) > 1 else ""
        section = f"{rule.section.name}: " if rule.section else ""
        yield Rule(
            name=f"code owners of {section}{its[0]}{more}",
            when=When(),
            require=Approvals(_asked_for(rule), Qualification(people=known or UNKNOWN_OWNERS)),
        )


def owners_asked_for(facts: Facts) -> int:
    """How many owners the touched sections ask for, at most."""
    return max((_asked_for(rule) for _, rule in _touched(facts)), default=1)


def with_owners(requirement: Requirement, count: int) -> Requirement:
    """The requirement with at least so many owners, where it asks for any.

    A GitLab section may want two of its owners; a rule that wants one owner then wants two.
    """
    match requirement:
        case Approvals(least, wanted):
            return Approvals(max(least, count), wanted) if wanted.owners else requirement
        case AnyOf(parts):
            return AnyOf(tuple(with_owners(part, count) for part in parts))
        case AllOf(parts):
            return AllOf(tuple(with_owners(part, count) for part in parts))


def _touched(facts: Facts) -> Iterator[tuple[str, OwningRule]]:
    """The lines that count for the change's paths, those of optional sections left out."""
    for path, ownership in facts.owners.items():
        for rule in ownership.rules:
            if rule.section is None or not rule.section.optional:
                yield path, rule


def _asked_for(rule: OwningRule) -> int:
    return max(1, rule.section.approvals) if rule.section is not None else 1


def all_owners(facts: Facts) -> frozenset[str]:
    """Ids of everybody who owns a path of the change."""
    return owner_people(facts, {one for its in facts.owners.values() for one in its.owners})


def owner_people(facts: Facts, owners: Iterable[Owner]) -> frozenset[str]:
    """Ids of the people behind owners as CODEOWNERS write them."""
    return frozenset(person.id for owner in owners for person in _behind(facts, owner))


def _behind(facts: Facts, owner: Owner) -> tuple[Person, ...]:
    """GitLab writes groups without a parent as it writes people: `@name` may be either."""
    people, forge = facts.people, facts.change.merge_request.author.forge
    match owner.kind:
        case OwnerKind.EMAIL:
            person = people.of_email(owner.name)
            return () if person is None else (person,)
        case OwnerKind.USER:
            person = people.of_login(forge, owner.name)
            return people.of_group(forge, owner.name) if person is None else (person,)
        case OwnerKind.TEAM:
            return people.of_group(forge, owner.name)
        case OwnerKind.ROLE:
            return ()
