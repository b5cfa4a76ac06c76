"""When a card is worth an edit, and whether at once: Slack takes fifty edits a minute in all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from routing.chasing.escalation import COMING_SHOWN
from routing.effects import ShowCard
from routing.record import Review
from routing.rules.approvals import RuleResult


def card(before: Review | None, after: Review) -> Iterator[ShowCard]:
    """The card is brought up to date when anything it could show has changed.

    At once where it changes what somebody may or has to do; what only describes the change comes
    in bursts, and is shown together.
    """
    if not after.is_open and after.card is None:
        return
    if before is None:
        yield ShowCard(after.ref, at_once=True)
        return
    was, now, rules_differ = _visible(before), _visible(after), _differ(before, after)
    if rules_differ or was != now:
        yield ShowCard(after.ref, at_once=rules_differ or _standing(was) != _standing(now))


def _visible(review: Review) -> Review:
    """The review without its rules, and what no card shows or what alone is worth no edit."""
    shown = replace(review, gate=None, seen={}, opened=(), queued=(), next_due=None, card=None)
    heard = {ask.person for ask in review.asks} | {one.person for one in review.opinions}
    return replace(
        shown,
        verdict=replace(review.verdict, rules=()),
        names={who: name for who, name in review.names.items() if who in heard},
        coming=review.coming[:COMING_SHOWN],
        candidates=(),
        exclusions=(),
        remarks=(),
        next_up={},
    )


def _standing(shown: Review) -> tuple[object, ...]:
    """What decides who may or has to do something, of what is visible."""
    return (
        shown.state,
        shown.draft,
        shown.binding,
        shown.verdict,
        shown.asks,
        shown.opinions,
        shown.void,
        shown.declaration,
        shown.cleared,
        shown.override,
        shown.approve_on_forge,
        shown.assessment.undeclared,
        shown.assessment.provenance.ai,
        shown.assessment.risk.level,
    )


def _differ(before: Review, after: Review) -> bool:
    """Whether the rules read differently; most looks leave them as they were."""
    was, now = before.verdict.rules, after.verdict.rules
    return was != now and [*map(_without_names, was)] != [*map(_without_names, now)]


def _without_names(rule: RuleResult) -> RuleResult:
    """A rule without those who might sign: who comes nearest changes all day with their loads."""
    ways = (
        replace(way, places=tuple(replace(place, could=()) for place in way.places))
        for way in rule.ways
    )
    return replace(rule, ways=tuple(ways))
