"""Keeps the direct messages that stand in Slack true, and finds the one that more belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from routing.chasing.turns import ASKING, BELOW, ask_of, moves, over
from routing.effects import ShowDirect, TellPerson, Told, Topic
from routing.events import Click, DirectPosted
from routing.record import AskState, Review
from storage.database import Rooms
from storage.inbox import of_person


def below(rooms: Rooms, thing: TellPerson) -> tuple[str, str] | None:
    """The message that told this person of the same ask: conversation and ts. None: there is none.

    An ask is told of once; what follows is said in the thread of that message.
    """
    review = rooms.reviews.get(thing.ref) if thing.topic in BELOW else None
    ask = ask_of(review, thing.person) if review is not None else None
    if ask is None or (thing.topic is Topic.LEAD_NEWS and ask.state is not AskState.WAITING):
        return None

    def tells(told: Told) -> bool:
        asks = told.thing.topic in ASKING and told.asked_at == ask.asked_at
        return asks and (told.thing.ref, told.thing.person) == (thing.ref, thing.person)

    # One that was posted a moment ago is still on its way to where it is kept.
    waiting = rooms.inbox.waiting_for(of_person(thing.person))
    posted = [one for one in waiting if isinstance(one, DirectPosted)]
    for one in (*posted, *rooms.directs.listing(thing.ref)):
        if any(map(tells, one.told)):
            return one.place, one.ts
    return None


def keep_direct(rooms: Rooms, posted: DirectPosted, now: datetime) -> Iterable[ShowDirect]:
    """Remember where a message stands; what changed while it was on its way is shown in it."""
    rooms.directs.keep(posted, now)
    changed = any(
        over(review, told) is not None or review.binding.head_sha != told.head_sha
        for told in posted.told
        if (review := rooms.reviews.get(told.thing.ref)) is not None
    )
    return [ShowDirect(posted.place, posted.ts)] if changed else []


def note_directs(
    rooms: Rooms,
    before: Review | None,
    after: Review,
    clicked: tuple[str, Click] | None,
) -> Iterable[ShowDirect]:
    """The messages to be edited since what they tell of this review is another now.

    `clicked` is whose click it was, and the click: whoever clicks on a message of their own sees
    at once what came of it, even where nothing did.
    """
    for posted in rooms.directs.listing(after.ref):
        told = [one for one in posted.told if one.thing.ref == after.ref]
        if _touched(posted, clicked) and not all(_over(before, one) for one in told):
            yield ShowDirect(posted.place, posted.ts, at_once=True)
        elif any(moves(one, before, after) for one in told):
            yield ShowDirect(posted.place, posted.ts)


def _touched(posted: DirectPosted, clicked: tuple[str, Click] | None) -> bool:
    """Whether the click was on this message, or in a dialog that came of it."""
    if clicked is None:
        return False
    person, click = clicked
    return person == posted.person and click.channel in {posted.place, click.slack}


def _over(before: Review | None, told: Told) -> bool:
    return before is not None and over(before, told) is not None
