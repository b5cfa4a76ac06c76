"""Declining: why somebody will not review, who does it for them, and who would be next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from routing.answering.answers import Answered, nobody_here, not_now, refuse
from routing.answering.assigning import cannot_be_given, given
from routing.choosing.candidates import Candidate
from routing.choosing.selection import select
from routing.effects import ReplyPrivately, TellThread
from routing.events import DeclineReason, ReviewDeclined
from routing.people import Person
from routing.record import Ask, AskState, Review
from routing.rules.qualification import Exclusion, Reason
from routing.situation import Situation
from routing.trail import Entry

REASONS = {
    DeclineReason.BUSY: "busy",
    DeclineReason.NOT_MY_AREA: "not their area",
    DeclineReason.CONFLICT: "a conflict of interest",
    DeclineReason.AWAY: "away",
}


def decline(review: Review, event: ReviewDeclined, situation: Situation) -> Answered:
    """Let somebody who was asked off; they are not asked for this change again."""
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = nobody_here(person, event.click, situation) or not_now(review)
    asked = person is not None and any(ask.person == person.id for ask in review.waiting)
    if problem is None and not asked:
        problem = "you are not asked to review this"
    if problem is not None or person is None:
        return refuse(review, event.click, "decline", problem or "")
    until = f" until {event.until.isoformat()}" if event.until is not None else ""
    note = f" ({event.note})" if event.note else ""
    sentence = f"{person.name} declined: {REASONS[event.reason]}{until}{note}"
    gone = Exclusion(person.id, Reason.DECLINED, sentence)
    asks = tuple(
        replace(ask, state=AskState.DECLINED, snoozed_until=None)
        if ask.person == person.id
        else ask
        for ask in review.asks
    )
    after = replace(review, asks=asks, passed=(*review.passed, gone))
    entry = Entry(
        "declined", {"person": person.id, "reason": event.reason.value, "note": event.note}
    )
    line = TellThread(review.ref, f"{sentence}.")
    return _with_substitute(Answered(after, (line,), (entry,)), event, person, situation)


def _with_substitute(
    declined: Answered, event: ReviewDeclined, person: Person, situation: Situation
) -> Answered:
    """Ask whom they named if they can sign; else that is said, and the selection goes on.

    Whom somebody names is a wish: it lets nobody sign who could not otherwise.
    """
    if event.substitute is None:
        return declined
    review, to = declined.review, situation.facts.people.by_slack.get(event.substitute)
    if to is None:
        problem: str | None = "whom you named is not in the people file"
    elif to.id == person.id:
        problem = "you cannot stand in for yourself"
    else:
        problem = cannot_be_given(review, to, situation)
    if problem is not None or to is None:
        text = f"You need not review this any more. But {problem}: the next best person is asked."
        reply = ReplyPrivately(review.ref, event.click.slack, event.click.channel, text)
        return replace(declined, effects=(*declined.effects, reply))
    if any(ask.person == to.id for ask in review.waiting):
        return declined
    ask = Ask(to.id, f"{person.name} asked for you", situation.now)
    entry = Entry("assigned", {"by": person.id, "to": to.id, "instead_of": person.id})
    return replace(declined, review=given(review, ask), trail=(*declined.trail, entry))


def next_in_line(review: Review, situation: Situation) -> Mapping[str, Candidate]:
    """Who is asked if this one declines: for each who is asked now, where there is anybody."""
    waiting = {ask.person for ask in review.waiting}
    approvers = {one.person for one in review.approvals}
    found: dict[str, Candidate] = {}
    for who in sorted(waiting):
        gone = Exclusion(who, Reason.DECLINED, "")
        field = situation.field((*review.passed, gone))
        choice = select(field, situation.applied, approvers, waiting - {who})
        if choice.asked:
            found[who] = choice.asked[0]
    return found
