"""What is on record after the day: who was asked since when, and what was left undone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.events import DirectPosted
from routing.policy import Step
from routing.record import Review
from storage.cards import Shown
from storage.codec import parse_moment, parse_ref
from storage.database import Rooms
from storage.ledger import Opened

Asks = Mapping[tuple[str, str], list[datetime]]
"""Since when somebody was asked: (merge request, person) → moments."""


@dataclass(frozen=True, slots=True)
class Record:
    """The storage at the end; `reviews` come with the id of the card that shows them."""

    entries: tuple[Opened, ...]
    reviews: tuple[tuple[Review, str], ...]
    directs: tuple[DirectPosted, ...]
    faults: tuple[str, ...]


def read_record(rooms: Rooms, now: datetime) -> Record:
    """Everything, and what was given up or should have been done by now."""
    entries = tuple(rooms.ledger.entries())
    refs = (parse_ref(entry.ref) for entry in entries if entry.kind == "opened")
    reviews = [rooms.reviews.get(ref) for ref in refs if ref is not None]
    shown = [(one, _card(rooms, one)) for one in reviews if one is not None]
    directs = (one for review, _ in shown for one in rooms.directs.listing(review.ref))
    return Record(entries, tuple(shown), tuple(directs), tuple(_undone(rooms, now)))


def _card(rooms: Rooms, review: Review) -> str:
    bound = review.binding
    return rooms.cards.id_for(Shown(review.ref, bound.head_sha, bound.base_branch))


def _undone(rooms: Rooms, now: datetime) -> Iterator[str]:
    for queue, depth in rooms.gauge.read().queues.items():
        if depth.dead:
            yield f"{depth.dead} rows of the {queue} were given up"
    for moment in (rooms.inbox.next_moment(), rooms.outbox.next_moment()):
        if moment is not None and moment <= now:
            yield f"something was due at {moment:%H:%M:%S} and is not done"
    yield from rooms.ledger.faults()


def asks_on_record(entries: Iterable[Opened]) -> Asks:
    """Every time that a decision says that somebody is asked whom the one before did not name."""
    waiting: defaultdict[str, set[str]] = defaultdict(set)
    found: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for entry in entries:
        if entry.kind == "decision":
            now = {str(one["person"]) for one in json.loads(entry.data)["asked"]}
            for person in now - waiting[entry.ref]:
                found[name_of(entry.ref), person].append(parse_moment(entry.at))
            waiting[entry.ref] = now
    return dict(found)


def steps_on_record(entries: Iterable[Opened]) -> Iterator[tuple[str, str, Step]]:
    """Every step of a ladder that was taken: merge request, person, step."""
    for entry in entries:
        if entry.kind == "escalated":
            data = json.loads(entry.data)
            yield name_of(entry.ref), str(data["person"]), Step(data["step"])


def snoozes_on_record(entries: Iterable[Opened]) -> Iterator[tuple[str, str]]:
    """Every snooze: merge request, person."""
    for entry in entries:
        if entry.kind == "snoozed":
            yield name_of(entry.ref), str(json.loads(entry.data)["person"])


def name_of(ref: str) -> str:
    """What people call it: `github/acme/shop/12` is `shop#12`."""
    *_, repository, number = ref.split("/")
    return f"{repository}#{number}"
