"""Who says what of a change, wherever they said it: the latest word of each person."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from routing.model import ForgeReview, ReviewState
from routing.people import People
from routing.record import Binding, Opinion, Stance, Via

STANCES = {
    ReviewState.APPROVED: Stance.APPROVES,
    ReviewState.CHANGES_REQUESTED: Stance.OBJECTS,
}
"""A dismissed review has none."""


def first_seen(
    reviews: Iterable[ForgeReview],
    seen: Mapping[str, Binding],
    binding: Binding,
    before: Binding | None,
) -> Mapping[str, Binding]:
    """What each review on the forge was seen to approve when it was seen first.

    The forge tells for which head and base a review was left, but knows no policy. One made
    stricter must not inherit it: of a review that turns up together with a change of the policy
    nobody can tell which it was left under, so it is bound to none. At the very first look
    (`before` is None) what stands there is taken to be for the policy found then.
    """
    changed = before is not None and before.policy_hash != binding.policy_hash
    known = replace(binding, policy_hash="") if changed else binding
    fresh = {
        review.id: replace(known, head_sha=review.sha, base_branch=review.base)
        for review in reviews
    }
    return {**fresh, **seen}


def latest_opinions(
    said_in_slack: Iterable[Opinion],
    reviews: Iterable[ForgeReview],
    seen: Mapping[str, Binding],
    people: People,
    known: Container[str] = (),
) -> tuple[Opinion, ...]:
    """Each person's latest word, oldest first. Strangers' reviews say nothing here.

    A dismissed review was a word too: what the same person said before it stays taken back.
    The forge's clock and ours may be hours apart. Whatever was said in Slack is older than a review
    that was not `known` then: if that approves nothing, it counts for the later word.
    """
    latest: dict[str, tuple[datetime, Opinion | None]] = {}
    words = [(one.person, one.at, one) for one in said_in_slack]
    in_slack = {person: at for person, at, _ in words}
    for person, at, opinion in [*words, *_on_the_forge(reviews, seen, people, in_slack, known)]:
        if person not in latest or at >= latest[person][0]:
            latest[person] = (at, opinion)
    standing = (opinion for _, opinion in latest.values() if opinion is not None)
    return tuple(sorted(standing, key=lambda one: (one.at, one.person)))


def last_comments(reviews: Iterable[ForgeReview], people: People) -> Mapping[str, datetime]:
    """When each person last left a review on the forge that neither approves nor objects."""
    latest: dict[str, datetime] = {}
    for review in reviews:
        person = people.of_account(review.account)
        if person is not None and review.state is ReviewState.COMMENTED:
            latest[person.id] = max(review.at, latest.get(person.id, review.at))
    return latest


def _on_the_forge(
    reviews: Iterable[ForgeReview],
    seen: Mapping[str, Binding],
    people: People,
    in_slack: Mapping[str, datetime],
    known: Container[str],
) -> Iterable[tuple[str, datetime, Opinion | None]]:
    for review in reviews:
        person = people.of_account(review.account)
        if person is None or review.account.bot or review.state is ReviewState.COMMENTED:
            continue
        stance = STANCES.get(review.state)
        opinion = (
            Opinion(person.id, stance, seen[review.id], review.at, Via.FORGE) if stance else None
        )
        at = review.at
        if stance is not Stance.APPROVES and review.id not in known:
            at = max(at, in_slack.get(person.id, at))
        yield person.id, at, opinion
