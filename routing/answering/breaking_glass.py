"""How an override comes about, and what it leaves to be done: two people, then a follow-up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from routing.answering.answers import Answered, nobody_here, not_now, refuse, stale
from routing.effects import PostComment, TellChannel, TellThread
from routing.events import OverrideGiven
from routing.model import State
from routing.people import Person
from routing.record import Review
from routing.rules.override import LONGEST, Override
from routing.rules.qualification import shortfall
from routing.situation import Situation
from routing.trail import Entry, Plain, bound_to


def override(review: Review, event: OverrideGiven, situation: Situation) -> Answered:
    """Take in that somebody wants an override, or agrees to the one that is wanted."""
    person = situation.facts.people.by_slack.get(event.click.slack)
    problem = (
        nobody_here(person, event.click, situation) or not_now(review) or stale(review, event.click)
    )
    if problem is None and person is not None:
        problem = _may_not(person, situation) or _needless(review, situation.now)
    if problem is None and person is not None:
        wanted = _wanted(review, situation)
        if wanted is not None and wanted.by != person.id:
            return _seconded(review, wanted, person, situation)
        if wanted is not None:
            problem = "somebody else has to agree to it"
        elif not event.reason.strip():
            problem = "say why: `/review override <url> <reason>`"
    if problem is not None or person is None:
        return refuse(review, event.click, "override", problem or "")
    return _asked(review, person, event.reason.strip(), situation)


def _asked(review: Review, person: Person, reason: str, situation: Situation) -> Answered:
    binding, now = review.binding, situation.now
    wanted = Override(binding.head_sha, binding.base_branch, reason, person.id, now)
    text = (
        f"{person.name} wants to override the review of {binding.head_sha[:8]}: {reason}. Somebody "
        f"else who may must agree within an hour: /review override {review.url}"
    )
    return Answered(
        replace(review, override=wanted),
        (*_announced(review, situation, text), TellThread(review.ref, text)),
        (Entry("override_asked", _on_record(review, wanted)),),
    )


def _seconded(review: Review, wanted: Override, person: Person, situation: Situation) -> Answered:
    allowed = situation.policy.override
    lasts = min(allowed.lasts, LONGEST) if allowed is not None else timedelta()
    given = replace(wanted, second=person.id, until=situation.now + lasts)
    first = situation.facts.people.by_id[wanted.by].name
    text = (
        f"{first} and {person.name} override the review of {wanted.head_sha[:8]} into "
        f"{wanted.base_branch} for {int(lasts.total_seconds() // 60)} minutes: {wanted.reason}"
    )
    return Answered(
        replace(review, override=given),
        (*_announced(review, situation, text), TellThread(review.ref, text)),
        (Entry("override", _on_record(review, given)),),
    )


def lapsed(answered: Answered, situation: Situation) -> Answered:
    """Without the override, once one of the two who gave it could not give it any more."""
    review = answered.review
    given = in_force(review, situation.now)
    if given is None or review.state is not State.OPEN:
        return answered
    people = situation.facts.people.by_id
    for who in filter(None, (given.by, given.second)):
        person = people.get(who)
        gone = f"{review.name(who)} is not in the people file any more"
        why = gone if person is None else _may_not(person, situation)
        if why is None:
            continue
        text = f"The override of {given.head_sha[:8]} ends before its time: {why}"
        return Answered(
            replace(review, override=replace(given, until=situation.now)),
            (
                *answered.effects,
                *_announced(review, situation, text),
                TellThread(review.ref, text),
            ),
            (*answered.trail, Entry("override_lapsed", _on_record(review, given) | {"why": why})),
        )
    return answered


def after_merge(answered: Answered, situation: Situation) -> Answered:
    """What a merge under an override leaves open: somebody has to look at the change yet."""
    review, request = answered.review, situation.facts.change.merge_request
    given = in_force(review, request.merged_at or situation.now)
    if review.state is not State.MERGED or given is None:
        return answered
    if given.used_at is not None or review.satisfied:
        return answered
    text = (
        f"Merged under an override ({given.reason}). Its signatures are wanted yet, by people who "
        "did not take part in it"
    )
    return Answered(
        replace(review, override=replace(given, used_at=request.merged_at or situation.now)),
        (
            *answered.effects,
            *_announced(review, situation, f"{text}."),
            PostComment(review.ref, f"follow-up-{given.head_sha}", f"{text}.", ""),
        ),
        (*answered.trail, Entry("follow_up_wanted", _on_record(review, given))),
    )


def followed_up(answered: Answered, after: Review) -> Answered:
    """The answer with the review `after` it; once it has its signatures, nothing is left to do."""
    given = after.override
    if given is None or not (after.wants_follow_up and after.satisfied):
        return replace(answered, review=after)
    last = max(after.approvals, key=lambda one: one.at)
    done = replace(given, followed_up_by=last.person)
    names = ", ".join(after.name(one.person) for one in after.approvals)
    people: list[Plain] = [one.person for one in after.approvals]
    entry = Entry("followed_up", {"people": people, "head_sha": given.head_sha})
    line = TellThread(after.ref, f"{names} looked at it after the override: it is reviewed.")
    return Answered(
        replace(after, override=done, next_due=None, coming=()),
        (*answered.effects, line),
        (*answered.trail, entry),
    )


def in_force(review: Review, now: datetime) -> Override | None:
    """The override that lets exactly this head into this base now, if there is one."""
    given, binding = review.override, review.binding
    if given is None or not given.holds(now):
        return None
    return given if given.concerns(binding.head_sha, binding.base_branch) else None


def taking_part(review: Review) -> tuple[str, ...]:
    """Whose names an override needs."""
    given = review.override
    people = (given.by, given.second, given.followed_up_by) if given is not None else ()
    return tuple(who for who in people if who is not None)


def ends(review: Review, now: datetime) -> datetime | None:
    """When the gate has to be shut again."""
    given = in_force(review, now) if review.state is State.OPEN else None
    return given.until if given is not None else None


def _wanted(review: Review, situation: Situation) -> Override | None:
    """The override that waits for a second; it lapses with the right of whoever wants it."""
    asked, binding = review.override, review.binding
    if asked is None or not asked.waits_for_second(situation.now):
        return None
    if not asked.concerns(binding.head_sha, binding.base_branch):
        return None
    first = situation.facts.people.by_id.get(asked.by)
    return asked if first is not None and _may_not(first, situation) is None else None


def _may_not(person: Person, situation: Situation) -> str | None:
    allowed = situation.policy.override
    if allowed is None:
        return "the policy lets nobody override; it would say so under `override`"
    never = situation.everybody.never(person)
    if never is not None:
        return never.sentence
    touched = situation.assessment.domains
    lack = shortfall(person, allowed.qualification, touched, situation.where)
    return f"{person.name} may not override: {lack}" if lack is not None else None


def _needless(review: Review, now: datetime) -> str | None:
    if review.state is not State.OPEN:
        return f"it is already {review.state.value}"
    if review.satisfied:
        return "it may be merged as it is"
    given = in_force(review, now)
    return "it is overridden already" if given is not None else None


def _announced(review: Review, situation: Situation, text: str) -> tuple[TellChannel, ...]:
    allowed = situation.policy.override
    channel = (allowed.channel if allowed is not None else None) or review.channel
    return (TellChannel(review.ref, channel, text),) if channel is not None else ()


def _on_record(review: Review, given: Override) -> dict[str, Plain]:
    return {
        "by": given.by,
        "second": given.second,
        "reason": given.reason,
        "until": given.until.isoformat() if given.until is not None else None,
        "binding": bound_to(review.binding),
    }
