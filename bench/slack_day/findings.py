"""What a day came to, and what was wrong with it: judged by what people saw and Slack counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bench.slack_day.calls import Busiest, Call, busiest, crowded, too_early, twice
from bench.slack_day.diary import ASKING, OF_AN_ASK, Diary, Told, said_at, things
from bench.slack_day.record import (
    Asks,
    Record,
    asks_on_record,
    read_record,
    snoozes_on_record,
    steps_on_record,
)
from bench.workplace import Workplace
from bot.doctor import channels_of
from bot.playground.elements import complete
from bot.playground.nouns import Json, Message
from bot.slack.cards import render_card
from bot.slack.notes import News, render_direct
from routing.chasing.working_hours import after_working_time, next_at_work
from routing.forge_words import short_name
from routing.people import Person
from routing.policy import Step

LATEST = timedelta(minutes=5)
"""Within so much of their working time somebody hears that they are asked."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The day in figures; `faults` are sentences, and there should be none.

    `most_told_of_one_ask` counts messages that stand by themselves, `below` what was added in
    their threads. `late` is how many seconds after an ask, counted from when the person is at
    work, they were told: in the middle and at most.
    """

    did: Mapping[str, int]
    calls: tuple[Busiest, ...]
    refused: int
    crowded: int
    posted: Mapping[str, int]
    told: Mapping[str, int]
    below: Mapping[str, int]
    steps: Mapping[str, int]
    asks: int
    most_told_of_one_ask: int
    most_direct: int
    late: tuple[float, float]
    faults: tuple[str, ...]


async def find(
    place: Workplace, calls: Sequence[Call], diary: Diary, did: Mapping[str, int]
) -> Findings:
    """Judge the day that has passed."""
    workspace, now = place.slack.workspace, place.clock.now()
    people = {one.id: one for one in place.policies.current.people}
    direct = {who: diary.to(workspace.direct(str(one.slack)).id) for who, one in people.items()}
    channels = [
        message
        for name in channels_of(place.policies.current.policy)
        for message in diary.to(workspace.channel(name).id)
    ]
    record = await place.storage.run(lambda rooms: read_record(rooms, now))
    asks, steps = asks_on_record(record.entries), list(steps_on_record(record.entries))
    snoozes = Counter(snoozes_on_record(record.entries))  # each ends with a reminder of its own
    told = [thing for who, several in direct.items() for thing in things(who, several)]
    alone = Counter(
        (one.name, one.person) for one in told if one.opening in OF_AN_ASK and one.below is None
    )
    late = _lateness(asks, told, people)
    sent = [*(one for several in direct.values() for one in several), *channels]
    faults = (
        *(f"{one.method} was refused at {one.at:%H:%M:%S}" for one in calls if one.wait),
        *(f"{one.method} came again too early at {one.at:%H:%M:%S}" for one in too_early(calls)),
        *(
            f"{person} had {count} messages of {len(asks.get((name, person), ()))} asks: {name}"
            for (name, person), count in alone.items()
            if count > len(asks.get((name, person), ()))
        ),
        *_astray(told),
        *_out_of_hours(direct, people),
        *(f"{key} was posted twice" for key in twice(_keys(sent))),
        *record.faults,
        *_never_told(record, told, people, now),
        *_wrong_cards(place, record),
        *_wrong_directs(place, record, direct),
        *(
            f"{step.value} came {count} times for {person}'s {len(asks[name, person])} asks: {name}"
            for (name, person, step), count in Counter(steps).items()
            if count > len(asks[name, person]) + snoozes[name, person] * (step is Step.REMIND)
        ),
    )
    return Findings(
        did=dict(did),
        calls=tuple(busiest(calls)),
        refused=sum(one.wait > 0 for one in calls),
        crowded=crowded(calls),
        posted={
            "in channels": sum(not one.is_reply for one in channels),
            "in threads": sum(one.is_reply for one in channels),
            "directly": sum(not one.is_reply for several in direct.values() for one in several),
            "below these": sum(one.is_reply for several in direct.values() for one in several),
        },
        told=dict(Counter(one.opening for one in told if one.below is None)),
        below=dict(Counter(one.opening for one in told if one.below is not None)),
        steps=dict(Counter(step.value for _, _, step in steps)),
        asks=sum(map(len, asks.values())),
        most_told_of_one_ask=max(
            (-(-count // len(asks[key])) for key, count in alone.items() if key in asks), default=0
        ),
        most_direct=max(map(len, direct.values()), default=0),
        late=(median(late), late[-1]) if late else (0.0, 0.0),
        faults=faults,
    )


def _keys(messages: Iterable[Message]) -> Iterator[str]:
    for one in messages:
        if one.metadata:
            yield str(one.metadata["event_payload"]["key"])


def _astray(told: Sequence[Told]) -> Iterator[str]:
    """What was added below a message that had told nothing of it."""
    begun = {(one.ts, one.name) for one in told if one.below is None}
    for one in told:
        if one.below is not None and (one.below, one.name) not in begun:
            yield f"{one.opening} of {one.name} stands below another message of {one.person}'s"


def _lateness(asks: Asks, told: Iterable[Told], people: Mapping[str, Person]) -> list[float]:
    """Seconds from when somebody at work could have been told to when they were, in order."""
    late: list[float] = []
    for one in told:
        since = [at for at in asks.get((one.name, one.person), ()) if at <= one.at]
        begun = next_at_work(people[one.person], since[-1]) if since else None
        if one.opening in ASKING and begun is not None:
            late.append((one.at - begun).total_seconds())
    return sorted(late)


def _out_of_hours(
    direct: Mapping[str, Iterable[Message]], people: Mapping[str, Person]
) -> Iterator[str]:
    for who, messages in direct.items():
        for message in messages:
            at = said_at(message).replace(microsecond=0)
            if next_at_work(people[who], at) != at:
                yield f"{who} was written to at {at:%a %H:%M} UTC, out of hours"


def _never_told(
    record: Record,
    told: Iterable[Told],
    people: Mapping[str, Person],
    now: datetime,
) -> Iterator[str]:
    turns = {(one.name, one.person) for one in told if one.opening in ASKING}
    for review, _ in record.reviews:
        for ask in review.waiting if review.is_open else ():
            heard = (short_name(review.ref), ask.person) in turns
            if not heard and after_working_time(people[ask.person], ask.asked_at, LATEST) <= now:
                yield f"{ask.person} was never told of {short_name(review.ref)}"


def _wrong_cards(place: Workplace, record: Record) -> Iterator[str]:
    """Cards that do not say what is kept, and what is kept that is not what the forge says."""
    workspace = place.slack.workspace
    for review, card_id in record.reviews:
        name, truth = short_name(review.ref), place.forge.changes[review.ref].merge_request
        if (review.state, review.binding.head_sha) != (truth.state, truth.head_sha):
            yield f"{name} is not known as the forge has it"
        if review.card is None:
            yield f"{name} has no card"
            continue
        shown = workspace.message(review.card.channel, review.card.ts)
        meant = render_card(review, card_id)
        if _firm(shown.blocks) != _firm(complete(meant.blocks)):
            yield f"the card of {name} is not what it should be"


def _wrong_directs(
    place: Workplace, record: Record, direct: Mapping[str, Iterable[Message]]
) -> Iterator[str]:
    """Direct messages that do not say how it stands, and some that offer what nobody keeps."""
    reviews = {review.ref: (review, card_id) for review, card_id in record.reviews}
    kept = {(one.place, one.ts): one for one in record.directs}
    for who, messages in direct.items():
        for message in (one for one in messages if not one.is_reply):
            shown = place.slack.workspace.message(message.channel, message.ts)
            posted = kept.get((message.channel, message.ts))
            if posted is None:
                if any(block["type"] == "actions" for block in shown.blocks):
                    yield f"{who} is offered something that nobody keeps"
                continue
            news = [
                News(review, told, card_id)
                for told in posted.told
                for review, card_id in (reviews[told.thing.ref],)
            ]
            if _firm(shown.blocks) != _firm(complete(render_direct(news).blocks)):
                yield f"a message to {who} is not what it should be: {shown.text}"


def _firm(blocks: Iterable[Json]) -> list[str]:
    """What a card says, without the remarks in italics, for which alone no card is edited."""
    lines = "\n".join(json.dumps(block, ensure_ascii=False) for block in blocks).split("\\n")
    return [line for line in lines if not line.startswith("_")]
