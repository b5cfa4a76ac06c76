"""The result tree in words: each rule, why it applies or not, who has met it and who could.

Whoever shows a decision shows these lines; nothing is worked out a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from routing.phrases import listed
from routing.rules.approvals import Place, RuleResult, Way
from routing.rules.conditions import Checked, Truth

Name = Callable[[str], str]
"""A person's id → what they are called."""


class Mark(StrEnum):
    """How a node of the tree stands."""

    MET = "met"
    UNMET = "unmet"
    IMPOSSIBLE = "impossible"
    NOT_APPLICABLE = "not applicable"
    HOLDS = "holds"
    PERHAPS = "perhaps"
    NOT = "does not hold"


SIGNS = {
    Mark.MET: "✓",
    Mark.UNMET: "✗",
    Mark.IMPOSSIBLE: "✗",
    Mark.NOT_APPLICABLE: "–",
    Mark.HOLDS: "✓",
    Mark.PERHAPS: "?",
    Mark.NOT: "–",
}
"""Each mark as a letter, where there is no room for the word."""

TRUTHS = {Truth.YES: Mark.HOLDS, Truth.UNKNOWN: Mark.PERHAPS, Truth.NO: Mark.NOT}


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the tree; its nodes are what it is made of."""

    mark: Mark
    sentence: str
    nodes: tuple[Node, ...] = ()

    @property
    def sign(self) -> str:
        """The mark as a letter."""
        return SIGNS[self.mark]

    def lines(self, depth: int = 0) -> Iterator[tuple[int, Node]]:
        """This node and those below it, each with how deep it lies."""
        yield depth, self
        for node in self.nodes:
            yield from node.lines(depth + 1)

    def plain(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "mark": self.mark.value,
            "sentence": self.sentence,
            "nodes": [node.plain() for node in self.nodes],
        }


def mark_of(rule: RuleResult) -> Mark:
    """How a rule stands."""
    if not rule.applies:
        return Mark.NOT_APPLICABLE
    if rule.met:
        return Mark.MET
    return Mark.UNMET if rule.possible else Mark.IMPOSSIBLE


def conditions(rule: RuleResult) -> tuple[Node, ...]:
    """Why it applies or not, condition by condition; nothing where its reason says it all."""
    return tuple(map(_condition, rule.why.parts)) if rule.why is not None else ()


def _condition(checked: Checked) -> Node:
    return Node(TRUTHS[checked.truth], checked.sentence, tuple(map(_condition, checked.parts)))


def ways(rule: RuleResult, name: Name) -> tuple[Node, ...]:
    """Every way to meet it, with who has and who could; the places alone where there is one way."""
    each = tuple(_way(way, name) for way in rule.ways)
    return each[0].nodes if len(each) == 1 else each


def _way(way: Way, name: Name) -> Node:
    places = tuple(_place(place, name, way) for place in way.places)
    if way.met:
        return Node(Mark.MET, "this way is met", places)
    if not way.possible:
        said = "this way cannot be met: there are not enough different people"
        return Node(Mark.IMPOSSIBLE, said, places)
    return Node(Mark.UNMET, "this way can be met", places)


def _place(place: Place, name: Name, way: Way) -> Node:
    if place.by is not None:
        return Node(Mark.MET, f"{place.wants}: {name(place.by)}")
    if not place.could:
        return Node(Mark.IMPOSSIBLE, f"{place.wants}: nobody can give it")
    taken = {one.by for one in way.places}
    others = [name(who) for who in place.could if who not in taken]
    could = f"{listed(others, most=5)} could" if others else "only who has signed already"
    return Node(Mark.UNMET, f"{place.wants}: {could}")


def tree(rule: RuleResult, name: Name) -> Node:
    """All of it."""
    return Node(
        mark_of(rule), f"{rule.name}: {rule.reason}", (*conditions(rule), *ways(rule, name))
    )
