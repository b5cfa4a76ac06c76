"""Who says what of a change, wherever they said it: the latest word of each person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routing.model import ForgeReview, ReviewState
from routing.people import People
from routing.record import Binding, Opinion, Stance, Via

STANCES = {
    ReviewState.APPROVED: Stance.APPROVES,
    ReviewState.CHANGES_REQUESTED: Stance.OBJECTS,
}
"""A comment says nothing, a dismissed review no longer does."""


def first_seen(
    reviews: Iterable[ForgeReview], seen: Mapping[str, Binding], binding: Binding
) -> Mapping[str, Binding]:
    """What each review on the forge was seen to approve when it was seen first.

    The forge binds a review to a head SHA alone. A change retargeted later, or a policy made
    stricter, must not inherit it.
    """
    fresh = {
        review.id: Binding(
            binding.project_id,
            binding.number,
            review.sha,
            binding.base_branch,
            binding.policy_hash,
        )
        for review in reviews
    }
    return {**fresh, **{id_: bound for id_, bound in seen.items() if id_ in fresh}}


def latest_opinions(
    said_in_slack: Iterable[Opinion],
    reviews: Iterable[ForgeReview],
    seen: Mapping[str, Binding],
    people: People,
) -> tuple[Opinion, ...]:
    """Each person's latest word, oldest first. Strangers' reviews say nothing here."""
    latest: dict[str, Opinion] = {}
    for opinion in [*said_in_slack, *_on_the_forge(reviews, seen, people)]:
        known = latest.get(opinion.person)
        if known is None or opinion.at >= known.at:
            latest[opinion.person] = opinion
    return tuple(sorted(latest.values(), key=lambda one: (one.at, one.person)))


def _on_the_forge(
    reviews: Iterable[ForgeReview], seen: Mapping[str, Binding], people: People
) -> Iterable[Opinion]:
    for review in reviews:
        person = people.of_account(review.account)
        stance = STANCES.get(review.state)
        if person is not None and stance is not None and not review.account.bot:
            yield Opinion(person.id, stance, seen[review.id], review.at, Via.FORGE)
