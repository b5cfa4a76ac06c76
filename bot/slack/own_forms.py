"""The forms in which people say of themselves when they work and when they are away."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.slack.blocks import Block, option, plain
from bot.slack.clicks import Body, chosen, filled
from bot.slack.home import EDIT, GO_AWAY, WEEKDAYS
from bot.slack.modals import DAY, VALUE
from routing.chasing.preferences import Preferences
from routing.events import AwaySaid, HoursSaid, PersonalEvent
from routing.people import Person

ZONE, START, END, DAYS, DIGEST = "zone", "start", "end", "days", "digest"


def hours_modal(person: Person, said: Preferences) -> dict[str, Any]:
    """When somebody works, filled in with what is known."""
    days = [option(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    digest = {"type": "timepicker"}
    if said.digest_at is not None:
        digest["initial_time"] = f"{said.digest_at:%H:%M}"
    picked = [days[number] for number in sorted(person.days)]
    return _form(
        EDIT,
        "Your hours",
        [
            _input(
                ZONE, "Time zone", {"type": "plain_text_input", "initial_value": person.timezone}
            ),
            _input(START, "From", _clock(person.hours[0])),
            _input(END, "To", _clock(person.hours[1])),
            _input(
                DAYS,
                "Days",
                {
                    "type": "multi_static_select",
                    "options": days,
                    **({"initial_options": picked} if picked else {}),
                },
            ),
            {**_input(DIGEST, "Your digest (empty: none)", digest), "optional": True},
        ],
    )


def away_modal() -> dict[str, Any]:
    """Until which day somebody is away."""
    return _form(GO_AWAY, "Away", [_input(DAY, "Until which day?", {"type": "datepicker"})])


def faults(body: Body, today: date) -> dict[str, str]:
    """What keeps a form open: block id → what is wrong."""
    if body["view"]["callback_id"] == GO_AWAY:
        late = date.fromisoformat(filled(body, DAY)) < today
        return {DAY: "That day is over."} if late else {}
    if not _is_zone(filled(body, ZONE)):
        return {ZONE: "Write its name, such as Europe/Berlin or UTC."}
    if filled(body, START) >= filled(body, END):
        return {END: "A day’s work ends after it begins."}
    return {}


def parse_form(body: Body) -> PersonalEvent:
    """What somebody said in a form without faults."""
    slack = str(body["user"]["id"])
    if body["view"]["callback_id"] == GO_AWAY:
        return AwaySaid(slack, date.fromisoformat(filled(body, DAY)))
    digest = filled(body, DIGEST)
    return HoursSaid(
        slack,
        filled(body, ZONE),
        (time.fromisoformat(filled(body, START)), time.fromisoformat(filled(body, END))),
        tuple(sorted(int(number) for number in chosen(body, DAYS))),
        time.fromisoformat(digest) if digest else None,
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such name, or one that leads elsewhere
        return False
    return bool(name)


def _clock(at: time) -> Block:
    return {"type": "timepicker", "initial_time": f"{at:%H:%M}"}


def _input(block_id: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": VALUE, **element},
    }


def _form(callback_id: str, title: str, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "submit": plain("Save", 24),
        "close": plain("Cancel", 24),
        "blocks": blocks,
    }
