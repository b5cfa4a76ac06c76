"""What a click does to a review: it is taken in, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.effects import Effect, PostComment, ReplyPrivately, ShowCard, TellThread
from routing.events import (
    ApprovalGiven,
    ChangesRequested,
    Click,
)
from routing.model import ReviewState
from routing.people import Person
from routing.record import Opinion, Review, Stance, Via
from routing.situation import Situation
from routing.trail import Entry, bound_to


@dataclass(frozen=True, slots=True)
class Answered:
    """The review after a click, what to do besides, and what the ledger is told."""

    review: Review
    effects: tuple[Effect, ...]
    trail: tuple[Entry, ...]


def approve(review: Review, event: ApprovalGiven, situation: Situation) -> Answered:
    """Take an approval in if the person may give one for exactly what the card showed."""
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = nobody_here(person, event.click, situation) or not_now(review)
    if problem is None:
        problem = stale(review, event.click)
    said_at = event.click.at or situation.now
    if problem is None and person is not None:
        problem = (
            situation.cannot_approve(person)
            or situation.too_risky_for_slack
            or _overtaken(person, said_at, situation)
        )
    if problem is not None or person is None:
        return refuse(review, event.click, "approve", problem or "")
    if any(one.person == person.id for one in review.approvals):
        text = f"You have approved {review.binding.head_sha[:8]} already. Nothing was changed."
        reply = ReplyPrivately(review.ref, event.click.slack, event.click.channel, text)
        return Answered(review, (reply,), ())
    opinion = Opinion(person.id, Stance.APPROVES, review.binding, said_at, Via.SLACK)
    entry = Entry(
        "approval", {"person": person.id, "via": "slack", "binding": bound_to(review.binding)}
    )
    said = TellThread(review.ref, f"{person.name} approved {review.binding.head_sha[:8]}.")
    return Answered(_with_opinion(review, opinion), (said,), (entry,))


def request_changes(review: Review, event: ChangesRequested, situation: Situation) -> Answered:
    """Take an objection in, and put it on the merge request word for word.

    A card that is out of date is no reason to lose what somebody wrote.
    """
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = nobody_here(person, event.click, situation) or not_now(review)
    never = situation.everybody.never(person) if person is not None else None
    if problem is None and never is not None:
        problem = never.sentence
    if problem is not None or person is None:
        return refuse(review, event.click, "request changes", problem or "")
    said_at = event.click.at or situation.now
    last = max(_on_the_forge(person, situation), default=None)
    if last is not None and last >= said_at:
        # An objection is not taken for withdrawn before it was heard, whatever the clocks say.
        said_at = max(situation.now, last + timedelta.resolution)
    opinion = Opinion(person.id, Stance.OBJECTS, review.binding, said_at, Via.SLACK, event.comment)
    entry = Entry(
        "changes_requested",
        {"person": person.id, "comment": event.comment, "binding": bound_to(review.binding)},
    )
    key = f"changes-{person.id}-{said_at:%Y%m%dT%H%M%S%f}"
    lead = f"{person.name} asks for changes:"
    comment = PostComment(review.ref, key, lead, event.comment, thread=True)
    # On one line: in the thread a line is what happened, and nobody adds one of ours.
    words = " ".join(event.comment.split())
    said = TellThread(review.ref, f"{person.name} asked for changes: {words}")
    return Answered(_with_opinion(review, opinion), (comment, said), (entry,))


def _overtaken(person: Person, said_at: datetime, situation: Situation) -> str | None:
    """Why a click is not this person's last word, if so; those before it are taken in before it."""
    if all(at <= said_at for at in _on_the_forge(person, situation)):
        return None
    return "you have said something else since, which stands"


def _on_the_forge(person: Person, situation: Situation) -> Iterator[datetime]:
    """When this person spoke on the change there, dismissed words included."""
    for one in situation.facts.forge_reviews:
        mine = situation.facts.people.of_account(one.account) == person
        if mine and one.state is not ReviewState.COMMENTED:
            yield one.at


def _with_opinion(review: Review, opinion: Opinion) -> Review:
    others = tuple(one for one in review.opinions if one.person != opinion.person)
    return replace(review, opinions=(*others, opinion))


def nobody_here(person: Person | None, click: Click, situation: Situation) -> str | None:
    """Why whoever clicked may not act here at all; None when they may."""
    if not click.home:
        return "people of other workspaces cannot decide here"
    if person is None:
        return (
            f"your Slack account {click.slack} is linked to nobody; "
            f"ask an admin to add `slack: {click.slack}` to your entry in the people file"
        )
    if person.slack in situation.facts.left_slack:
        return "guests and deactivated accounts cannot decide"
    return None


def not_now(review: Review) -> str | None:
    """Why nothing is wanted of a reviewer now."""
    if review.draft:
        return "it is a draft; its author has to mark it ready first"
    return None if review.is_open else f"it is already {review.state.value}"


def stale(review: Review, click: Click) -> str | None:
    """Why a click on what the card showed says nothing of what stands there now."""
    if click.head_sha != review.binding.head_sha:
        return (
            f"the card showed {click.head_sha[:8]}, but {review.binding.head_sha[:8]} was pushed "
            f"since; look at the new diff, then approve on the refreshed card: {review.url}"
        )
    if click.base_branch != review.binding.base_branch:
        return (
            f"it was retargeted from {click.base_branch} to {review.binding.base_branch}; "
            f"look again, then approve on the refreshed card: {review.url}"
        )
    return None


def refuse(review: Review, click: Click, deed: str, problem: str) -> Answered:
    """Say no to the person alone, and leave a trace; the card is refreshed in passing."""
    text = f"Could not {deed}: {problem}. Nothing was changed."
    entry = Entry(
        "refused",
        {"slack": click.slack, "deed": deed, "problem": problem, "head_sha": click.head_sha},
    )
    effects = (ReplyPrivately(review.ref, click.slack, click.channel, text), ShowCard(review.ref))
    return Answered(review, effects, (entry,))
