"""What a sound policy will come to that nobody wants: rules that cannot be met, or change nothing.

Problems keep a policy from being used; these are said beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from routing.files.problems import KeyPath, Problem, render_path
from routing.files.yaml_text import Node, parse_yaml
from routing.people import Person
from routing.phrases import counted, listed
from routing.policy import Approvals, Policy, Qualification, Requirement, Rule, When
from routing.rules.approvals import fill
from routing.rules.qualification import render_qualification
from routing.rules.requirements import alternatives

MOST_SEATS = 10
"""A requirement has no more places than that: where more people qualify, nobody is missed."""

MOST_LOOKED_AT = 50
"""So many people for each place are enough to see whether different ones can have them all."""


def warn(
    text: str, file: str, policy: Policy, people: Collection[Person] | None, today: date
) -> tuple[Problem, ...]:
    """Everything worth a second look in the policy that was read from this text.

    Without `people` nobody can say whom its rules admit.
    """
    root = parse_yaml(text, file).root
    found = [*_about_rules(policy), *_about_people(policy, people or (), today)]
    problems: list[Problem] = []
    for number, key, message, cure in found:
        path: KeyPath = ("rules",) if number is None else ("rules", number, *key)
        problems.append(Problem(file, _nearest(root, path).line, render_path(path), message, cure))
    return tuple(sorted(problems, key=lambda one: one.line))


_Found = tuple[int | None, tuple[str, ...], str, str]
"""The rule's place and the key within it, what is to be said, and what to write instead."""


def _nearest(root: Node, path: KeyPath) -> Node:
    node = root
    for step in path:
        node = node.child(step) or node
    return node


def _about_rules(policy: Policy) -> Iterator[_Found]:
    if not any(rule.when == When() for rule in policy.rules):
        message = "every rule has conditions, and a change that no rule covers does not pass"
        cure = "end with {name: everything, require: {approvals: 1, from: {anyone: true}}}"
        yield None, (), message, cure
    for number, rule in enumerate(policy.rules):
        for other in policy.rules:
            if _shadows(other, rule):
                message = f"`{other.name}` asks for the same, whenever this applies"
                yield number, (), message, "take one of the two out"
                break
        if set(_denied_labels(rule.when, denied=False)):
            message = "whoever may set labels can switch this rule off"
            yield number, ("when",), message, "name paths or authors instead, if that is not meant"


def _shadows(other: Rule, rule: Rule) -> bool:
    """Whether the other applies at least as often and asks for the same; of twins, the first."""
    if other is rule or other.require != rule.require:
        return False
    return other.when == When() != rule.when or (other.when == rule.when and other.name < rule.name)


def _denied_labels(when: When, *, denied: bool) -> Iterator[str]:
    if denied:
        yield from when.labels
    if when.not_ is not None:
        yield from _denied_labels(when.not_, denied=not denied)
    for part in (*when.any_of, *when.all_of):
        yield from _denied_labels(part, denied=denied)


def _about_people(policy: Policy, people: Collection[Person], today: date) -> Iterator[_Found]:
    if not people:
        return
    able = [person for person in people if person.active and not person.bot]
    gone = {person.id for person in people} - {person.id for person in able}
    staff = _Staff(able, today)
    for number, rule in enumerate(policy.rules):
        named = {who for place in _places(rule.require) for who in place.qualification.people}
        if left := sorted(named & gone):
            message = f"{listed(left)} cannot approve: gone, or a bot"
            yield number, ("require",), message, "name somebody who is there"
        wanted = _in_words(rule.require)
        if not staff.can_meet(rule.require):
            message = f"nobody in the people file could ever meet this: {wanted}"
            yield number, ("require",), message, "ask for less, or add people"
            continue
        if only := staff.indispensable(rule.require):
            names = listed(only)
            message = f"without {names} nobody could meet this: {wanted}"
            yield number, ("require",), message, "let somebody else qualify: authors never sign"


def _places(requirement: Requirement) -> Iterator[Approvals]:
    return (place for way in alternatives(requirement) for place in way)


class _Staff:
    """Those who could sign at all, and whom each qualification admits of them."""

    def __init__(self, able: Sequence[Person], today: date) -> None:
        self._able = able
        self._today = today
        self._admitted: dict[Qualification, list[str]] = {}

    def can_meet(self, requirement: Requirement, without: str | None = None) -> bool:
        """Whether there are different people for all places of one way, one of them left out."""
        for way in alternatives(requirement):
            seats = [
                [
                    who
                    for who in self.admitted(place.qualification)[:MOST_LOOKED_AT]
                    if who != without
                ]
                for place in way
                for _ in range(place.count)
            ]
            if len(fill(seats)) == len(seats):
                return True
        return False

    def indispensable(self, requirement: Requirement) -> list[str]:
        """Ids of those without whom it cannot be met, so that their own changes never pass."""
        few = (self.admitted(place.qualification) for place in _places(requirement))
        scarce = dict.fromkeys(who for its in few if len(its) <= MOST_SEATS for who in its)
        return [who for who in scarce if not self.can_meet(requirement, without=who)]

    def admitted(self, wanted: Qualification) -> list[str]:
        """Ids of those whom the conditions on the person alone let in.

        Of expertise and code owners the people file says nothing: they are taken to be there.
        """
        wanted = replace(wanted, min_expertise=None, owners=False)
        if wanted not in self._admitted:
            self._admitted[wanted] = [one.id for one in self._able if self._fits(one, wanted)]
        return self._admitted[wanted]

    def _fits(self, person: Person, wanted: Qualification) -> bool:
        times = (
            (wanted.min_tenure, person.tenure_months(self._today)),
            (wanted.min_experience, person.experience_months(self._today)),
        )
        return (
            (not wanted.people or person.id in wanted.people)
            and (not wanted.teams or any(person.is_in(team) for team in wanted.teams))
            and all(
                least is None or (months is not None and months >= least) for least, months in times
            )
        )


def _in_words(requirement: Requirement) -> str:
    ways = dict.fromkeys(
        ", and ".join(_place_in_words(place) for place in way) for way in alternatives(requirement)
    )
    return ", or ".join(ways)


def _place_in_words(place: Approvals) -> str:
    said = render_qualification(place.qualification, ("the touched domains",))
    return said if place.count == 1 else f"{counted(place.count, 'person', 'people')} with {said}"
