"""What people say of AI in a change: the author's word, and the clearing of a wrong mark."""

from __future__ import annotations

from dataclasses import replace

from routing.ai.declaration import Declaration, render_word
from routing.ai.remembered import Cleared
from routing.answering.answers import Answered, nobody_here, refuse
from routing.effects import TellThread
from routing.events import AuthorDeclared, MarkCleared
from routing.model import State
from routing.people import Person
from routing.provenance import Provenance
from routing.record import Review
from routing.situation import Situation
from routing.trail import Entry, bound_to


def declare(review: Review, event: AuthorDeclared, situation: Situation) -> Answered:
    """Put the author's word on record. A mark of AI, once made, is not taken back by a word."""
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = nobody_here(person, event.click, situation)
    if problem is None and review.state is not State.OPEN and not review.wants_follow_up:
        problem = f"it is already {review.state.value}"
    if problem is None and person is not None and person.id not in situation.where.barred:
        problem = f"only whoever wrote it can say; that is not {person.name}"
    if problem is None and not event.ai and (said := review.declaration) is not None and said.ai:
        problem = f"{render_word(said)}, which stays on the record"
    if problem is not None or person is None:
        return refuse(review, event.click, "put your word on record", problem or "")
    head, at = review.binding.head_sha, event.click.at or situation.now
    said = Declaration(person.id, person.name, event.ai, event.tools, at, head)
    entry = Entry(
        "declared",
        {
            "person": person.id,
            "ai": event.ai,
            "tools": list(event.tools),
            "binding": bound_to(review.binding),
        },
    )
    line = TellThread(review.ref, f"{render_word(said)} (asked about {head[:8]}).")
    return Answered(replace(review, declaration=said), (line,), (entry,))


def clear(review: Review, event: MarkCleared, situation: Situation) -> Answered:
    """Take the mark of AI away. Only people named for it may, and none who wrote the change."""
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = nobody_here(person, event.click, situation)
    if problem is None and person is not None:
        problem = _may_not_clear(review, person, situation)
    if problem is None and not event.reason.strip():
        problem = "say why: `/review clear <url> <reason>`"
    if problem is not None or person is None:
        return refuse(review, event.click, "clear the mark of AI", problem or "")
    found, reason = review.assessment.provenance, event.reason.strip()
    known = review.cleared.evidence if review.cleared is not None else ()
    evidence = tuple(dict.fromkeys((*known, *found.evidence)))
    at = event.click.at or situation.now
    cleared = Cleared(person.id, person.name, reason, at, evidence)
    entry = Entry(
        "mark_cleared",
        {
            "person": person.id,
            "reason": reason,
            "verdict": found.verdict.value,
            "evidence": [{"place": one.place, "text": one.text} for one in found.evidence],
            "binding": bound_to(review.binding),
        },
    )
    unmarked = replace(review.assessment, provenance=Provenance())
    line = TellThread(review.ref, f"{person.name} cleared the mark of AI: {reason}")
    return Answered(replace(review, cleared=cleared, assessment=unmarked), (line,), (entry,))


def _may_not_clear(review: Review, person: Person, situation: Situation) -> str | None:
    if person.id not in situation.policy.ai.may_clear:
        return f"{person.name} is not named under `ai.may_clear` of the policy"
    if person.id in situation.where.barred:
        return f"{person.name} {situation.where.barred[person.id]}; somebody else has to judge it"
    if not review.assessment.provenance.ai:
        return "there is no mark of AI on it"
    return None
