"""Taking a review on oneself, and giving it to somebody else: who may, and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from routing.answering.answers import Answered, nobody_here, not_now, refuse
from routing.choosing.selection import select
from routing.effects import ReplyPrivately, TellThread
from routing.events import ReviewAssigned, ReviewClaimed
from routing.people import Person
from routing.record import Ask, AskState, Doing, Review
from routing.rules.qualification import Exclusion, Reason
from routing.situation import Situation
from routing.trail import Entry


def claim(review: Review, event: ReviewClaimed, situation: Situation) -> Answered:
    """Somebody qualified says that they are on it; the ladder begins anew with that moment."""
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = nobody_here(person, event.click, situation) or not_now(review)
    if problem is None and person is not None:
        problem = cannot_be_given(review, person, situation)
    if problem is not None or person is None:
        return refuse(review, event.click, "take this on", problem or "")
    own = next((ask for ask in review.waiting if ask.person == person.id), None)
    ask = own or Ask(person.id, "took it on of their own accord", situation.now)
    ask = replace(
        ask,
        doing=Doing.ON_IT,
        active_at=situation.now,
        snoozed_until=None,
        overdue_since=None,
    )
    line = TellThread(review.ref, f"{person.name} is on it.")
    return Answered(given(review, ask), (line,), (Entry("claimed", {"person": person.id}),))


def assign(review: Review, event: ReviewAssigned, situation: Situation) -> Answered:
    """The author, a lead or who was asked gives the review to somebody who can sign it."""
    people = situation.facts.people
    giver, to = people.by_slack.get(event.click.slack), people.by_slack.get(event.to)
    gone = people.by_id.get(event.instead_of) if event.instead_of else None
    problem = nobody_here(giver, event.click, situation) or not_now(review)
    if problem is None and giver is not None:
        problem = _may_not_give(review, giver, gone, situation)
    if problem is None and to is None:
        problem = f"nobody in the people file has the Slack account {event.to}"
    if problem is None and to is not None:
        problem = cannot_be_given(review, to, situation)
    if problem is not None or giver is None or to is None:
        return refuse(review, event.click, "assign", problem or "")
    if any(ask.person == to.id for ask in review.waiting):
        text = f"{to.name} is asked already. Nothing was changed."
        reply = ReplyPrivately(review.ref, event.click.slack, event.click.channel, text)
        return Answered(review, (reply,), ())
    after = hand_on(review, gone, giver, to) if gone is not None else review
    ask = Ask(to.id, f"{giver.name} asked for you", situation.now)
    entry = Entry(
        "assigned",
        {"by": giver.id, "to": to.id, "instead_of": gone.id if gone is not None else None},
    )
    instead = f" instead of {gone.name}" if gone is not None else ""
    line = TellThread(review.ref, f"{giver.name} asked {to.name}{instead}.")
    return Answered(given(after, ask), (line,), (entry,))


def cannot_be_given(review: Review, person: Person, situation: Situation) -> str | None:
    """Why this person cannot be asked to sign this; None when they can."""
    problem = situation.cannot_approve(person)
    if problem is not None:
        return problem
    field = situation.field(one for one in review.passed if one.person != person.id)
    approvers = {one.person for one in review.approvals}
    if person.id in approvers:
        return f"{person.name} has approved it already"
    choice = select(field, situation.applied, approvers, {person.id})
    if all(one.id != person.id for one in choice.ranked):
        return f"nothing that {person.name} could sign is left open"
    return None


def hand_on(review: Review, gone: Person, giver: Person, to: Person) -> Review:
    """The review without an ask that was given to somebody else."""
    asks = tuple(
        replace(ask, state=AskState.HANDED_ON)
        if ask.person == gone.id and ask.state is AskState.WAITING
        else ask
        for ask in review.asks
    )
    sentence = f"{giver.name} gave {gone.name}’s part to {to.name}"
    passed = Exclusion(gone.id, Reason.HANDED_ON, sentence)
    return replace(review, asks=asks, passed=(*review.passed, passed))


def leads(review: Review, situation: Situation) -> Iterable[str]:
    """Ids of the leads of the touched domains."""
    return dict.fromkeys(
        domain.lead
        for domain in situation.policy.domains
        if domain.lead is not None
        and domain.name in review.assessment.domains
        and domain.lead in situation.facts.people.by_id
    )


def given(review: Review, ask: Ask) -> Review:
    """The review with this ask, in place of any that the person had."""
    others = tuple(one for one in review.asks if one.person != ask.person)
    passed = tuple(one for one in review.passed if one.person != ask.person)
    return replace(review, asks=(*others, ask), passed=passed)


def _may_not_give(
    review: Review, giver: Person, gone: Person | None, situation: Situation
) -> str | None:
    asked = {ask.person for ask in review.waiting}
    if gone is not None and gone.id not in asked:
        return f"{gone.name} is not asked to review this"
    own_part = gone is not None and gone.id == giver.id
    if own_part or giver.id == review.author_person or giver.id in leads(review, situation):
        return None
    return "only its author, a lead of a touched domain, or whoever is asked may do that"
