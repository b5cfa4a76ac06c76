"""Slack payload → event: who clicked on which card, and what they said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bot.slack.cards import APPROVE, ASSIGN, CLAIM, DECLINE, MORE, REQUEST_CHANGES, SNOOZE
from bot.slack.declaring import DECLARE_AI, DECLARE_NONE, TOOLS, parse_tools
from bot.slack.declining import ChosenSoFar
from bot.slack.modals import COMMENT, DAY, INSTEAD, NOBODY, NOTE, PATHS, REASON, TO, UNTIL, VALUE
from bot.slack.overriding import SECOND
from routing.events import (
    ApprovalGiven,
    AuthorDeclared,
    AwaySaid,
    ChangesRequested,
    Click,
    DeclineReason,
    Event,
    OverrideGiven,
    PathsSaid,
    PersonalEvent,
    ReviewAssigned,
    ReviewClaimed,
    ReviewDeclined,
    ReviewSnoozed,
)
from routing.model import Ref
from routing.people import Person
from storage.cards import Shown

Body = dict[str, Any]
"""An interactivity payload as Slack sends it."""


def card_id_of(body: Body) -> str:
    """The card id that a button carries, or that a modal carries on; "" where there is none."""
    if body.get("type") == "view_submission":
        return str(body["view"].get("private_metadata") or "")
    chosen = (body.get("actions") or [{}])[0]
    if chosen.get("action_id") == MORE:
        return str(chosen["selected_option"]["value"]).partition(" ")[2]
    return str(chosen.get("value") or "")


def action_of(body: Body) -> str:
    """What was clicked; of a choice in the menu, what it stands for."""
    chosen = body["actions"][0]
    if chosen["action_id"] == MORE:
        return str(chosen["selected_option"]["value"]).partition(" ")[0]
    return str(chosen["action_id"])


def key_of(body: Body) -> str:
    """A name of this very act: a retry by Slack has the same one."""
    if body.get("type") == "view_submission":
        return f"slack view {body['view']['id']} {body['view'].get('hash', '')}"
    chosen = body["actions"][0]
    return f"slack click {body['user']['id']} {chosen['action_id']} {chosen['action_ts']}"


def parse_click(body: Body, shown: Shown, team: str | None, now: datetime) -> Event | None:
    """The event behind a click that says something or a submitted modal; None for any other."""
    user = body["user"]
    click = Click(
        slack=str(user["id"]),
        home=team is not None and user.get("team_id") == team,
        channel=_channel(body),
        head_sha=shown.head_sha,
        base_branch=shown.base_branch,
        at=now,
    )
    if body.get("type") == "block_actions":
        act = CLICKED.get(action_of(body))
        return act(shown.ref, click) if act is not None else None
    submitted = SUBMITTED.get(body["view"]["callback_id"])
    return submitted(shown.ref, click, body) if submitted is not None else None


def _approved(ref: Ref, click: Click) -> Event:
    return ApprovalGiven(ref, click)


def _claimed(ref: Ref, click: Click) -> Event:
    return ReviewClaimed(ref, click)


def _overridden(ref: Ref, click: Click) -> Event:
    return OverrideGiven(ref, click)


def _no_ai(ref: Ref, click: Click) -> Event:
    return AuthorDeclared(ref, click, ai=False)


def _ai(ref: Ref, click: Click, body: Body) -> Event:
    return AuthorDeclared(ref, click, ai=True, tools=parse_tools(filled(body, TOOLS)))


def _changes(ref: Ref, click: Click, body: Body) -> Event:
    return ChangesRequested(ref, click, filled(body, COMMENT))


def _declined(ref: Ref, click: Click, body: Body) -> Event:
    reason = DeclineReason(filled(body, REASON))
    until = _day(filled(body, DAY)) if reason is DeclineReason.AWAY else None
    return ReviewDeclined(ref, click, reason, filled(body, NOTE), until, filled(body, TO) or None)


def said_besides(body: Body) -> tuple[PersonalEvent, ...]:
    """What somebody who declines says of themselves: an absence, paths to spare."""
    if body.get("type") != "view_submission" or body["view"]["callback_id"] != DECLINE:
        return ()
    slack, until = str(body["user"]["id"]), _day(filled(body, DAY))
    away = DeclineReason(filled(body, REASON)) is DeclineReason.AWAY
    globs = chosen(body, PATHS)
    said: list[PersonalEvent] = []
    if away and until is not None:
        said.append(AwaySaid(slack, until))
    if globs:
        said.append(PathsSaid(slack, globs))
    return tuple(said)


def chosen_so_far(body: Body, people: Iterable[Person]) -> ChosenSoFar:
    """What stands in the dialog of declining at this moment."""
    reason, named = filled(body, REASON), filled(body, TO)
    substitute = next((one for one in people if named and one.slack == named), None)
    return ChosenSoFar(
        DeclineReason(reason) if reason else None,
        _day(filled(body, DAY)),
        substitute,
        stranger=bool(named) and substitute is None,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _snoozed(ref: Ref, click: Click, body: Body) -> Event:
    return ReviewSnoozed(ref, click, snooze_words(body))


def _assigned(ref: Ref, click: Click, body: Body) -> Event:
    instead = filled(body, INSTEAD)
    return ReviewAssigned(ref, click, filled(body, TO), instead if instead != NOBODY else None)


CLICKED = {APPROVE: _approved, CLAIM: _claimed, DECLARE_NONE: _no_ai, SECOND: _overridden}
"""What each button stands for that needs no further words."""

SUBMITTED = {
    REQUEST_CHANGES: _changes,
    DECLINE: _declined,
    SNOOZE: _snoozed,
    ASSIGN: _assigned,
    DECLARE_AI: _ai,
}
"""What each modal stands for once it is submitted."""

HELD_IN = ("value", "selected_date", "selected_user", "selected_time")


def filled(body: Body, block_id: str) -> str:
    """What stands in an input of a submitted modal; "" where nothing was entered."""
    held = body["view"]["state"]["values"].get(block_id, {}).get(VALUE, {})
    if held.get("selected_option"):
        return str(held["selected_option"]["value"])
    return next((str(held[name]).strip() for name in HELD_IN if held.get(name)), "")


def chosen(body: Body, block_id: str) -> tuple[str, ...]:
    """The values of the boxes that are ticked, or of the several options chosen."""
    held = body["view"]["state"]["values"].get(block_id, {}).get(VALUE, {})
    return tuple(str(one["value"]) for one in held.get("selected_options") or ())


def snooze_words(body: Body) -> str:
    """Until when somebody snoozes, in words: a day that was picked goes before the choice."""
    return filled(body, DAY) or filled(body, UNTIL)


def missing_words(body: Body) -> dict[str, str]:
    """What keeps a submitted modal open: block id → what is wrong."""
    match body["view"]["callback_id"]:
        case callback if callback == REQUEST_CHANGES and not filled(body, COMMENT):
            return {COMMENT: "Say what should change."}
        case callback if callback == DECLINE and filled(body, REASON) == DeclineReason.AWAY:
            return {} if filled(body, DAY) else {DAY: "Say until which day."}
        case _:
            return {}


def _channel(body: Body) -> str:
    """Where an answer to the person alone goes; a modal has no channel, so their own DM."""
    channel = body.get("channel") or {}
    return str(channel.get("id") or body["user"]["id"])
