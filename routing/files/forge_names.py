"""What a policy and a people file name that no project has: labels, branches, teams.

None of it is a mistake by itself (a label may be made tomorrow), but a slip of the pen in a name
makes a rule that never applies, or always does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from routing.people import Person
from routing.phrases import listed, readable
from routing.policy import Policy, When
from routing.rules.domains import patterns_of


@dataclass(frozen=True, slots=True)
class Names:
    """What a project has: its labels, its branches, the teams or groups that may enter it.

    `teams` is None where the forge does not tell us.
    """

    labels: frozenset[str]
    branches: frozenset[str]
    teams: frozenset[str] | None = None


def unknown_names(
    policy: Policy, people: Collection[Person], forge: str, projects: Mapping[str, Names]
) -> Iterator[str]:
    """What none of a forge's projects has, each in a sentence; the policy is for all of them."""
    if not projects:
        return
    known = tuple(projects.values())
    where = listed(projects)
    labels = frozenset(label for one in known for label in one.labels)
    for label, place in _labels(policy):
        if label not in labels:
            yield f"{where} has no label “{readable(label)}”, which {place} names"
    branches = frozenset(branch for one in known for branch in one.branches)
    for glob, place in _branches(policy):
        if not any(map(patterns_of((glob,)).matches, branches)):
            yield f"{where} has no branch {readable(glob)}, which {place} names"
    yield from _teams(people, forge, where, known)


def _teams(
    people: Collection[Person], forge: str, where: str, known: Collection[Names]
) -> Iterator[str]:
    told = [one.teams for one in known if one.teams is not None]
    if len(told) < len(known):
        return  # what we are not shown may well be there
    there = frozenset(team.lower() for teams in told for team in teams)
    named = {
        team.groups[forge]: team.name
        for person in people
        for team in person.teams
        if forge in team.groups
    }
    for group, team in named.items():
        if group.lower() not in there:
            yield f"{where} knows no team {readable(group)}, which the people file calls {team}"


def _labels(policy: Policy) -> Iterator[tuple[str, str]]:
    """Each label with where it is named, once."""
    found: dict[str, str] = {}
    for rule in policy.rules:
        for when in _whole(rule.when):
            for label in when.labels:
                found.setdefault(label, f"the rule {rule.name}")
    for label in policy.ai.signals.labels:
        found.setdefault(label, "ai.labels")
    yield from found.items()


def _branches(policy: Policy) -> Iterator[tuple[str, str]]:
    """Each glob of branches with where it is named, once."""
    found: dict[str, str] = {}
    for group, globs in policy.branches.items():
        for glob in globs:
            found.setdefault(glob, f"the group {group}")
    for rule in policy.rules:
        for when in _whole(rule.when):
            for name in when.branch:
                if name not in policy.branches:
                    found.setdefault(name, f"the rule {rule.name}")
    for name in policy.ai.declaration_branches:
        if name not in policy.branches:
            found.setdefault(name, "ai.declaration_branches")
    yield from found.items()


def _whole(when: When) -> Iterator[When]:
    yield when
    for part in when.parts:
        yield from _whole(part)
