"""The ladder: what is due when, in the working time of whoever was asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from routing.answering.answers import Answered
from routing.answering.assigning import leads
from routing.chasing.working_hours import after_working_time
from routing.effects import Effect, TellChannel, TellPerson, TellThread, Topic
from routing.people import People, Person
from routing.policy import Rung, Step
from routing.record import Ask, AskState, Coming, Review
from routing.rules.qualification import Exclusion, Reason
from routing.situation import Situation
from routing.trail import Entry

CLIMBING = frozenset({AskState.WAITING, AskState.REPLACED, AskState.DECLINED, AskState.HANDED_ON})
PERSONAL = frozenset({Step.REMIND, Step.REASSIGN})
"""Steps for whoever has not answered; nobody takes them for those whom it no longer concerns."""
COMING_SHOWN = 4
"""Steps that a card names in advance."""

OVERDUE = "If you cannot do it, decline: the next person is asked."
AWAKE = "Your snooze is over. If you cannot do it, decline: the next person is asked."


def due_at(ask: Ask, rung: Rung, person: Person) -> datetime:
    """When this rung is due for this ask, in UTC."""
    return after_working_time(person, ask.active_at or ask.asked_at, rung.after)


def steps_due(
    ask: Ask, ladder: Sequence[Rung], person: Person, now: datetime, told: int = 0
) -> tuple[Step, ...]:
    """The steps whose time has come and which were not taken yet, in the ladder's order.

    After a long outage several are due at once. Nobody is reminded of what is taken from them
    in the same breath, nor while they snooze; when that ends, they are. `told` rungs were taken
    for somebody else's ask: lead and channel heard of it then.
    """
    due = [rung.do for rung in _ahead(ask, ladder, told) if due_at(ask, rung, person) <= now]
    if ask.snoozed_until is not None and ask.snoozed_until <= now and Step.REMIND not in due:
        due.insert(0, Step.REMIND)
    if Step.REASSIGN in due or (ask.snoozed_until is not None and ask.snoozed_until > now):
        due = [step for step in due if step is not Step.REMIND]
    return tuple(due)


def _ahead(ask: Ask, ladder: Sequence[Rung], told: int) -> Iterator[Rung]:
    """The rungs before this ask on which something happens still."""
    for number, rung in enumerate(ladder[ask.rung :], ask.rung):
        personal = rung.do in PERSONAL
        if ask.state is AskState.WAITING if personal else number >= told:
            yield rung


def _rungs_told(asks: Iterable[Ask]) -> int:
    """How many rungs were taken for some of these asks."""
    return max((ask.rung for ask in asks), default=0)


def rungs_done(ask: Ask, ladder: Sequence[Rung], person: Person, now: datetime) -> int:
    """How many rungs lie behind this ask at `now`."""
    return ask.rung + sum(due_at(ask, rung, person) <= now for rung in ladder[ask.rung :])


def next_due(asks: Iterable[Ask], ladder: Sequence[Rung], people: People) -> datetime | None:
    """The next moment at which any of these asks has a step due, or None."""
    known = [ask for ask in asks if ask.state in CLIMBING and ask.person in people.by_id]
    told = _rungs_told(known)
    moments = [
        due_at(ask, rung, people.by_id[ask.person])
        for ask in known
        for rung in islice(_ahead(ask, ladder, told), 1)
    ]
    moments += [
        ask.snoozed_until
        for ask in known
        if ask.snoozed_until is not None and ask.state is AskState.WAITING
    ]
    return min(moments, default=None)


def coming_steps(asks: Iterable[Ask], ladder: Sequence[Rung], people: People) -> tuple[Coming, ...]:
    """The steps that people will see if nobody answers, the first one first."""
    found: list[Coming] = []
    climbers = tuple(asks)
    told = _rungs_told(climbers)
    for ask in climbers:
        person = people.by_id.get(ask.person)
        if person is None:
            continue
        wakes = ask.snoozed_until if ask.state is AskState.WAITING else None
        if wakes is not None:
            found.append(Coming(wakes, Step.REMIND, ask.person))
        for rung in _ahead(ask, ladder, told):
            at = due_at(ask, rung, person)
            asleep = rung.do is Step.REMIND and wakes is not None and at <= wakes
            if not asleep:
                found.append(Coming(at, rung.do, ask.person))
    return tuple(sorted(found, key=lambda one: (one.at, one.person)))


def climbing(review: Review) -> tuple[Ask, ...]:
    """The asks for which the ladder goes on: nobody answered them, nor anybody else since.

    Whoever was replaced, or was the last to decline, is left in peace; lead and channel still
    hear how long it takes.
    """
    if not review.is_open or review.satisfied:
        return ()
    nobody_waits = not review.waiting
    last_word = max((one.at for one in review.opinions), default=None)
    return tuple(
        ask
        for ask in review.asks
        if ask.state is AskState.WAITING
        or (
            (
                ask.state is AskState.REPLACED
                or (ask.state in {AskState.DECLINED, AskState.HANDED_ON} and nobody_waits)
            )
            and (last_word is None or last_word < ask.asked_at)
        )
    )


def climb(review: Review, situation: Situation) -> Answered:
    """Take every step that is due for those who were asked and have not answered."""
    ladder, now = situation.policy.escalation, situation.now
    people = situation.facts.people.by_id
    going = climbing(review)
    told = _rungs_told(going)
    asks: list[Ask] = []
    passed = list(review.passed)
    effects: list[Effect] = []
    trail: list[Entry] = []
    for ask in review.asks:
        person = people.get(ask.person)
        if person is None or ask not in going:
            asks.append(ask)
            continue
        after = replace(ask, rung=rungs_done(ask, ladder, person, now))
        if after.rung and ask.overdue_since is None:
            after = replace(after, overdue_since=due_at(ask, ladder[0], person))
        if ask.snoozed_until is not None and ask.snoozed_until <= now:
            after = replace(after, snoozed_until=None)
        for step in steps_due(ask, ladder, person, now, told):
            if step is Step.REASSIGN:
                after = replace(after, state=AskState.REPLACED)
                sentence = f"{person.name} did not answer in time"
                passed.append(Exclusion(person.id, Reason.DID_NOT_ANSWER, sentence))
            effects += _step_effects(step, review, ask, situation)
            trail.append(Entry("escalated", {"person": person.id, "step": step.value}))
        asks.append(after)
        told = max(told, after.rung)
    climbed = replace(review, asks=tuple(asks), passed=tuple(passed))
    return Answered(climbed, tuple(dict.fromkeys(effects)), tuple(trail))


def _step_effects(step: Step, review: Review, ask: Ask, situation: Situation) -> Iterable[Effect]:
    people = situation.facts.people.by_id
    match step:
        case Step.REMIND:
            text = AWAKE if ask.snoozed_until is not None else OVERDUE
            yield TellPerson(review.ref, ask.person, Topic.REMINDER, text)
        case Step.REASSIGN:
            text = "You need not review it any more: somebody else is asked."
            yield TellPerson(review.ref, ask.person, Topic.TAKEN_BACK, text)
            yield TellThread(review.ref, f"{people[ask.person].name} did not answer in time.")
        case Step.TELL_LEAD:
            text = "Nobody has answered for a long time: please help to find a reviewer."
            for lead in leads(review, situation):
                yield TellPerson(review.ref, lead, Topic.LEAD_NEWS, text)
                yield TellThread(review.ref, f"{people[lead].name} was asked to find a reviewer.")
        case Step.TELL_CHANNEL:
            if review.channel is not None:
                text = "Nobody has answered for a long time: who can review this?"
                yield TellChannel(review.ref, review.channel, text)
