"""What a day came to, and what was wrong with it: judged by what people saw and Slack counted."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.slack_day.calls import Busiest, Call, busiest, crowded, too_early, twice
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
from bot.playground.nouns import BOT_USER_ID, Json, Message
from bot.slack.cards import render_card
from bot.slack.notes import OPENINGS
from routing.chasing.working_hours import after_working_time, next_at_work
from routing.effects import Topic
from routing.forge_words import short_name
from routing.people import Person
from routing.policy import Step

THING = re.compile(r"\*(" + "|".join(OPENINGS.values()) + r"):\* <[^|]*\|(\S+) ")
"""How a thing that somebody is told begins: `*Your turn:* <address|shop#412 …`."""
ASKING = frozenset({OPENINGS[Topic.YOUR_TURN], OPENINGS[Topic.APPROVAL_LAPSED]})
LATEST = timedelta(minutes=5)
"""Within so much of their working time somebody hears that they are asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that one person was told in a direct message."""

    at: datetime
    person: str
    opening: str
    name: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The day in figures; `faults` are sentences, and there should be none.

    `late` is how many seconds after an ask, counted from when the person is at work, they were
    told: in the middle and at most.
    """

    did: Mapping[str, int]
    calls: tuple[Busiest, ...]
    refused: int
    crowded: int
    posted: Mapping[str, int]
    told: Mapping[str, int]
    steps: Mapping[str, int]
    asks: int
    most_told_of_one_ask: int
    most_direct: int
    late: tuple[float, float]
    faults: tuple[str, ...]


async def find(place: Workplace, calls: Sequence[Call], did: Mapping[str, int]) -> Findings:
    """Judge the day that has passed."""
    workspace, now = place.slack.workspace, place.clock.now()
    people = {one.id: one for one in place.policies.current.people}
    direct = {who: _ours(workspace.dms(str(one.slack))) for who, one in people.items()}
    channels = [
        message
        for name in channels_of(place.policies.current.policy)
        for message in _ours(workspace.timeline(name))
    ]
    record = await place.storage.run(lambda rooms: read_record(rooms, now))
    asks, steps = asks_on_record(record.entries), list(steps_on_record(record.entries))
    snoozes = Counter(snoozes_on_record(record.entries))  # each ends with a reminder of its own
    told = [thing for who, several in direct.items() for thing in _things(who, several)]
    turns = Counter((one.name, one.person) for one in told if one.opening in ASKING)
    late = _lateness(asks, told, people)
    sent = [*(one for several in direct.values() for one in several), *channels]
    faults = (
        *(f"{one.method} was refused at {one.at:%H:%M:%S}" for one in calls if one.wait),
        *(f"{one.method} came again too early at {one.at:%H:%M:%S}" for one in too_early(calls)),
        *(
            f"{person} was told {count} times of {len(asks.get((name, person), ()))} asks: {name}"
            for (name, person), count in turns.items()
            if count > len(asks.get((name, person), ()))
        ),
        *_out_of_hours(direct, people),
        *(f"{key} was posted twice" for key in twice(_keys(sent))),
        *record.faults,
        *_never_told(record, turns, people, now),
        *_wrong_cards(place, record),
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
            "directly": sum(map(len, direct.values())),
        },
        told=dict(Counter(one.opening for one in told)),
        steps=dict(Counter(step.value for _, _, step in steps)),
        asks=sum(map(len, asks.values())),
        most_told_of_one_ask=max(
            (-(-count // len(asks[key])) for key, count in turns.items() if key in asks), default=0
        ),
        most_direct=max(map(len, direct.values()), default=0),
        late=(median(late), late[-1]) if late else (0.0, 0.0),
        faults=faults,
    )


def _ours(messages: Iterable[Message]) -> list[Message]:
    return [one for one in messages if one.user == BOT_USER_ID and one.only_for is None]


def _at(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC)


def _keys(messages: Iterable[Message]) -> Iterator[str]:
    for one in messages:
        if one.metadata:
            yield str(one.metadata["event_payload"]["key"])


def _things(person: str, messages: Iterable[Message]) -> Iterator[Told]:
    """Everything that these messages tell; one may tell several things."""
    for message in messages:
        for block in message.blocks:
            found = THING.match(block["text"]["text"]) if block["type"] == "section" else None
            if found:
                yield Told(_at(message), person, found[1], found[2])


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
            at = _at(message).replace(microsecond=0)
            if next_at_work(people[who], at) != at:
                yield f"{who} was written to at {at:%a %H:%M} UTC, out of hours"


def _never_told(
    record: Record,
    turns: Mapping[tuple[str, str], int],
    people: Mapping[str, Person],
    now: datetime,
) -> Iterator[str]:
    for review, _ in record.reviews:
        for ask in review.waiting if review.is_open else ():
            heard = turns.get((short_name(review.ref), ask.person), 0)
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


def _firm(blocks: Iterable[Json]) -> list[str]:
    """What a card says, without the remarks in italics, for which alone no card is edited."""
    lines = "\n".join(json.dumps(block, ensure_ascii=False) for block in blocks).split("\\n")
    return [line for line in lines if not line.startswith("_")]
