"""A merge request on the desk: tests say what happens to it and look at what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from routing.effects import Effect, SetGate
from routing.events import MergeRequestTouched
from routing.facts import Facts
from routing.model import ForgeReview
from routing.policy import Policy
from routing.record import Review
from routing.review import Decision, advance, close_early
from routing.taking_in import DecidingEvent
from tests.builders import NOW, facts, policy, touched

E = TypeVar("E", bound=Effect)


class Desk:
    """Keeps the review from event to event, the time, and the forge's statuses by SHA.

    `last` is what the last event came to. Nothing is looked at until something is taken.
    """

    def __init__(self, known: Facts | None = None, rules: Policy | None = None) -> None:
        self.facts = known or facts()
        self.policy = rules or policy()
        self.now = NOW
        self.statuses: dict[str, SetGate] = {}
        self.last: Decision | None = None

    def take(self, event: DecidingEvent | None = None) -> Decision:
        """What the engine does with an event; without one, a look."""
        event = event or touched()
        if isinstance(event, MergeRequestTouched) and self.last is not None:
            self._keep(close_early(self.last.review, event))
        before = self.last.review if self.last is not None else None
        decision = advance(before, event, self.facts, self.policy, self.now)
        self._keep(decision)
        return decision

    def _keep(self, decision: Decision | None) -> None:
        if decision is None:
            return
        self.last = decision
        for effect in decision.effects:
            if isinstance(effect, SetGate):
                self.statuses[effect.sha] = effect

    def becomes(self, **request: Any) -> Decision:
        """The merge request is changed on the forge (`head_sha="…"`, `draft=True`), and a look."""
        self.turns(**request)
        return self.take()

    def turns(self, **request: Any) -> None:
        """The merge request is changed on the forge, and nobody tells us."""
        change = self.facts.change
        self.learns(change=replace(change, merge_request=replace(change.merge_request, **request)))

    def learns(self, **known: Any) -> None:
        """Other facts are true from now on."""
        self.facts = replace(self.facts, **known)

    def hears(self, *reviews: ForgeReview) -> Decision:
        """These reviews are left on the forge besides those there, and a look."""
        self.learns(forge_reviews=(*self.facts.forge_reviews, *reviews))
        return self.take()

    def waits(self, **span: float) -> None:
        """Time passes."""
        self.now += timedelta(**span)

    def waits_until(self, moment: datetime) -> None:
        """Time passes until then."""
        self.now = moment

    @property
    def review(self) -> Review:
        """The review after the last event."""
        assert self.last is not None
        return self.last.review

    @property
    def gate(self) -> str | None:
        """What the forge shows on the head as it is now; None where nothing was ever set."""
        status = self.statuses.get(self.facts.change.merge_request.head_sha)
        return status.state.value if status is not None else None

    @property
    def asked(self) -> set[str]:
        """Who is asked and has not answered."""
        return {ask.person for ask in self.review.waiting}

    def told(self, kind: type[E]) -> list[E]:
        """The last event's effects of one kind."""
        assert self.last is not None
        return [effect for effect in self.last.effects if isinstance(effect, kind)]

    @property
    def recorded(self) -> list[str]:
        """The kinds of ledger entries that the last event left."""
        assert self.last is not None
        return [entry.kind for entry in self.last.trail]
