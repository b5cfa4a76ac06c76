"""The one state machine: advance() takes a review, what happened and the facts, and decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from routing import consequences, merge_queue
from routing.ai.remembered import NOTHING
from routing.answering import breaking_glass, declining
from routing.answering.opinions import first_seen, last_comments, latest_opinions
from routing.chasing.escalation import climbing, coming_steps, next_due
from routing.choosing.selection import KEPT, Choice, select
from routing.effects import Effect, GateState, SetGate
from routing.events import (
    CardPosted,
    EffectAbandoned,
    GateWritten,
    MergeRequestTouched,
)
from routing.explain import gate_description
from routing.facts import Facts
from routing.gate_watch import restored
from routing.model import State
from routing.people import People
from routing.policy import Policy
from routing.record import Ask, AskState, Doing, Review, Via
from routing.requesting import requested
from routing.rules.approvals import VerdictState
from routing.rules.qualification import Exclusion, Reason
from routing.situation import Situation, survey
from routing.small_diff import places_of, small_diff
from routing.taking_in import DecidingEvent, take_in
from routing.trail import Entry, decision_entry, substance

UNQUALIFIED = frozenset(
    {
        Reason.TENURE_SHORT,
        Reason.EXPERIENCE_SHORT,
        Reason.EXPERTISE_SHORT,
        Reason.NOT_NAMED,
        Reason.NOT_IN_TEAM,
        Reason.NO_OWNER,
        Reason.NOT_QUALIFIED,
        Reason.NOT_NEEDED,
    }
)
"""Reasons that say least: they hold for most people of an organisation."""

LOOK_AGAIN = "asked for changes, and it has changed since"

Outcome = CardPosted | GateWritten | EffectAbandoned
"""What became of an effect: remembered as it is, without looking at the forge."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What an event comes to: the review after it, what must be done, what is put on record."""

    review: Review
    effects: tuple[Effect, ...] = ()
    trail: tuple[Entry, ...] = ()


def advance(
    review: Review | None, event: DecidingEvent, facts: Facts, policy: Policy, now: datetime
) -> Decision:
    """Decide afresh from the facts; the event only says who clicked, or that it is time.

    `review` is what was remembered, None for a merge request seen for the first time. Nothing
    but `now` tells the time, and equal arguments give equal decisions.
    """
    known = review.remembered if review is not None else NOTHING
    situation = survey(facts, policy, now, known)
    ended = facts.change.merge_request.state is not State.OPEN
    ended = ended and not (review is not None and review.wants_follow_up)
    fresh = _ended(review, situation) if review and ended else _look(review, situation)
    answered = take_in(fresh, event, situation)
    given = {ask.person for ask in answered.review.waiting if ask not in fresh.asks}
    if ended and review:
        answered = breaking_glass.after_merge(answered, situation)
    else:
        answered = breaking_glass.lapsed(answered, situation)
    if answered.review.remembered != fresh.remembered:  # with that, everything reads differently
        situation = survey(facts, policy, now, answered.review.remembered)
        answered = replace(answered, review=_look(answered.review, situation))
    over = ended and review and not answered.review.wants_follow_up
    after = answered.review if over else _settle(answered.review, situation)
    answered = breaking_glass.followed_up(answered, after)
    after = answered.review
    trail = [*answered.trail, *consequences.trail(review, after)]
    if review is None or substance(after) != substance(review):
        trail.append(decision_entry(after))
    effects = consequences.effects(review, after, facts.people, given)
    mended, taken = restored(review, after, facts)
    return Decision(after, (*answered.effects, *effects, *mended), (*trail, *taken))


def note_outcome(review: Review, event: Outcome) -> Decision:
    """Remember what became of an effect."""
    match event:
        case CardPosted():
            return Decision(replace(review, card=event))
        case GateWritten(_, sha, state):
            return Decision(review, trail=(Entry("gate", {"head_sha": sha, "state": state}),))
        case EffectAbandoned(_, effect, problem):
            entry = Entry("effect_abandoned", {"effect": effect, "problem": problem})
            # A gate that could not be written is written again at the next look.
            gate = None if effect == "set_gate" else review.gate
            return Decision(replace(review, gate=gate), trail=(entry,))


def close_early(review: Review, event: MergeRequestTouched) -> Decision | None:
    """Shut an open gate on the mere hint that what was approved has changed.

    The hint is believed only in this direction; the facts decide what comes next.
    """
    if review.gate is None or review.gate.state is not GateState.SUCCESS:
        return None
    head = event.head_sha or review.binding.head_sha
    base = event.base_branch or review.binding.base_branch
    if (head, base) == (review.binding.head_sha, review.binding.base_branch):
        return None
    gate = SetGate(
        review.ref, head, base, GateState.PENDING, "changed since it was approved: looking again"
    )
    shut = replace(review, gate=gate, opened=())
    left = consequences.left_behind(review.opened, gate)
    return Decision(shut, (gate, *left, *merge_queue.gates(review, shut)))


def _ended(review: Review, situation: Situation) -> Review:
    """The review of what is merged or closed: it stays as it was decided on.

    Only a mark of AI that turns up while it is closed is remembered: it may be opened again.
    """
    state, assessment = situation.facts.change.merge_request.state, review.assessment
    if state is State.CLOSED:
        assessment = replace(assessment, provenance=situation.assessment.provenance)
    return replace(
        review,
        state=state,
        assessment=assessment,
        seen=first_seen(
            situation.facts.forge_reviews, review.seen, situation.binding, review.binding
        ),
        asks=tuple(ask for ask in review.asks if ask.state is not AskState.WAITING),
        next_due=None,
        coming=(),
        next_up={},
    )


def _look(review: Review | None, situation: Situation) -> Review:
    """The review as the facts show it now, with everybody's latest word."""
    facts, binding = situation.facts, situation.binding
    request = facts.change.merge_request
    old_opinions = review.opinions if review is not None else ()
    known = review.seen if review is not None else {}
    seen = first_seen(
        facts.forge_reviews,
        known,
        binding,
        review.binding if review is not None else None,
    )
    opinions = latest_opinions(
        (one for one in old_opinions if one.via is Via.SLACK),
        facts.forge_reviews,
        seen,
        facts.people,
        known,
    )
    author = facts.people.of_account(request.author)
    seen_now = Review(
        ref=request.ref,
        binding=binding,
        title=request.title,
        url=request.url,
        author=author.name if author is not None else request.author.login,
        author_person=author.id if author is not None else None,
        state=request.state,
        draft=request.draft,
        head_branch=request.head_branch,
        additions=sum(file.additions for file in facts.change.files),
        deletions=sum(file.deletions for file in facts.change.files),
        file_count=len(facts.change.files),
        opened_at=request.opened_at,
        assessment=situation.assessment,
        verdict=situation.judge(opinions),
        asks=review.asks if review else (),
        opinions=opinions,
        void=situation.void(opinions),
        passed=review.passed if review else (),
        shadow=review.shadow if review else None,
        seen=seen,
        gate=review.gate if review else None,
        opened=review.opened if review else (),
        declaration=review.declaration if review else None,
        cleared=review.cleared if review else None,
        override=review.override if review else None,
        queued=merge_queue.noticed(review.queued if review else (), facts.change),
        channel=review.channel if review else None,
        card=review.card if review else None,
        problems=facts.problems,
        small_diff=small_diff(facts.change),
        places=places_of(facts.change),
        coming=review.coming if review else (),
    )
    return replace(seen_now, asks=tuple(_heard(seen_now.asks, seen_now, situation)))


def _settle(review: Review, situation: Situation) -> Review:
    """Judge, choose whom to ask, and say what the gate and the next deadline are."""
    verdict = situation.judge(review.opinions)
    review = replace(review, void=situation.void(review.opinions))
    asks = tuple(_heard(review.asks, review, situation))
    choice = select(
        situation.field(review.passed),
        situation.applied,
        {one.person for one in review.approvals},
        {ask.person for ask in asks if ask.state is AskState.WAITING},
    )
    still = choice.in_reach | _moved_on(review, situation)
    if not review.is_open or verdict.state is VerdictState.SATISFIED:
        asks = tuple(ask for ask in asks if ask.state is not AskState.WAITING)
    else:
        asks = tuple(
            ask for ask in asks if ask.state is not AskState.WAITING or ask.person in still
        )
    if review.is_open and verdict.state is VerdictState.PENDING:
        asks += tuple(Ask(one.person, one.why, situation.now) for one in choice.asked)
    if review.approvals:  # what is still missing is said of what the asked can give
        waiting = (ask.person for ask in asks if ask.state is AskState.WAITING)
        verdict = situation.judge(review.opinions, waiting)
    after = replace(
        review,
        verdict=verdict,
        asks=asks,
        candidates=choice.candidates,
        exclusions=_nearest(choice.exclusions),
        shadow=_shadow(review, choice, asks),
        remarks=choice.remarks,
        approve_on_forge=situation.too_risky_for_slack,
        kept_trailer=_kept_trailer(situation),
        channel=review.channel or _channel(situation),
    )
    ladder, people = situation.policy.escalation, situation.facts.people
    after = replace(
        after, names=_names(after, people), requested=requested(after.waiting, review, people)
    )
    moments = (next_due(climbing(after), ladder, people), breaking_glass.ends(after, situation.now))
    due = min((moment for moment in moments if moment is not None), default=None)
    coming = coming_steps(climbing(after), ladder, people)
    gate = _gate(after, situation)
    return replace(
        after,
        gate=gate,
        opened=_opened(after, gate),
        next_due=due,
        coming=coming,
        next_up=declining.next_in_line(after, situation) if after.is_open else {},
    )


def _shadow(review: Review, choice: Choice, asks: Iterable[Ask]) -> str | None:
    """Who reads along: whoever does already, unless they were asked meanwhile."""
    if not review.is_open:
        return None
    new = choice.shadow.person if choice.shadow is not None else None
    reader = review.shadow or new
    return None if any(ask.person == reader for ask in asks) else reader


def _opened(review: Review, gate: SetGate | None) -> tuple[str, ...]:
    """The heads that were let pass and not left since: this one, if any."""
    head = review.binding.head_sha
    passes = gate is not None and gate.state is GateState.SUCCESS
    return (head,) if passes or head in review.opened else ()


def _heard(asks: Iterable[Ask], review: Review, situation: Situation) -> Iterable[Ask]:
    """The asks with what each person has said since, wherever they said it."""
    approving = {one.person for one in review.approvals}
    objecting, moved_on = {one.person for one in review.objections}, _moved_on(review, situation)
    comments = last_comments(situation.facts.forge_reviews, situation.facts.people)
    for ask in asks:
        if ask.state in {AskState.DECLINED, AskState.REPLACED, AskState.HANDED_ON}:
            yield ask
        elif ask.person in moved_on and ask.state is not AskState.WAITING:
            yield Ask(ask.person, LOOK_AGAIN, situation.now)
        elif ask.person in objecting and ask.person not in moved_on:
            yield replace(ask, state=AskState.OBJECTED)
        elif ask.person in approving:
            yield replace(ask, state=AskState.APPROVED)
        elif ask.state is AskState.WAITING:
            at = comments.get(ask.person)
            fresh = at is not None and at > (ask.active_at or ask.asked_at)
            at_it = replace(ask, doing=Doing.COMMENTED, active_at=at, overdue_since=None)
            yield at_it if fresh else ask
        else:  # what was said no longer counts: asked anew, with the whole ladder ahead
            yield Ask(ask.person, ask.why, situation.now)


def _moved_on(review: Review, situation: Situation) -> frozenset[str]:
    """Whose objection is of another head than this: it stands, but they should look again.

    Whoever has had a hand in the change meanwhile cannot sign it any more, and is left in peace.
    """
    head, people = review.binding.head_sha, situation.facts.people.by_id
    older = (people.get(one.person) for one in review.objections if one.binding.head_sha != head)
    may_sign = (who for who in older if who is not None and not situation.everybody.never(who))
    return frozenset(who.id for who in may_sign)


def _nearest(exclusions: Iterable[Exclusion]) -> tuple[Exclusion, ...]:
    """As many exclusions as candidates are kept: people who just miss before people far from it."""
    return tuple(sorted(exclusions, key=lambda one: one.reason in UNQUALIFIED)[:KEPT])


def _names(review: Review, people: People) -> Mapping[str, str]:
    """The names of everybody the review mentions."""
    ids = {
        *(ask.person for ask in review.asks),
        *(one.person for one in review.opinions),
        *(one.person for one in review.candidates),
        *(one.person for one in review.exclusions),
        *([review.shadow] if review.shadow else []),
        *breaking_glass.taking_part(review),
        *(
            who
            for rule in review.verdict.rules
            for way in rule.ways
            for place in way.places
            for who in (*place.could, *([place.by] if place.by else []))
        ),
    }
    return {who: people.by_id[who].name for who in sorted(ids) if who in people.by_id}


def _kept_trailer(situation: Situation) -> tuple[str, ...]:
    key, provenance = situation.policy.ai.keep_trailer, situation.assessment.provenance
    if key is None or not provenance.ai:
        return ()
    return tuple(f"{key}: {tool}" for tool in provenance.tools)


def _channel(situation: Situation) -> str | None:
    """A critical domain's channel, else a touched domain's, else the policy's."""
    critical = frozenset(situation.assessment.critical)
    touched = [one for one in situation.policy.domains if one.name in situation.assessment.domains]
    touched.sort(key=lambda one: one.name not in critical)
    own = next((one.channel for one in touched if one.channel), None)
    return own or situation.policy.review.channel


def _gate(review: Review, situation: Situation) -> SetGate | None:
    if review.state is not State.OPEN:
        return review.gate
    overridden = breaking_glass.in_force(review, situation.now) is not None
    if (review.satisfied or overridden) and not review.draft:
        state = GateState.SUCCESS
    elif review.verdict.state is VerdictState.BLOCKED and not review.draft:
        state = GateState.FAILURE
    else:
        state = GateState.PENDING
    return SetGate(
        review.ref,
        review.binding.head_sha,
        review.binding.base_branch,
        state,
        gate_description(review, overridden=overridden),
        pipeline=merge_queue.pipeline_of_head(situation.facts.change),
    )
