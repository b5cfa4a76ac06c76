"""Slack payload → event: who clicked on which card, and what they said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.slack.cards import APPROVE, DECLINE, REQUEST_CHANGES
from bot.slack.modals import COMMENT, NOTE, REASON, VALUE
from routing.events import (
    ApprovalGiven,
    ChangesRequested,
    Click,
    DeclineReason,
    Event,
    ReviewDeclined,
)
from storage.cards import Shown

Body = dict[str, Any]
"""An interactivity payload as Slack sends it."""


def card_id_of(body: Body) -> str:
    """The card id that a button carries, or that a modal carries on; "" where there is none."""
    if body.get("type") == "view_submission":
        return str(body["view"].get("private_metadata") or "")
    chosen = body.get("actions") or [{}]
    return str(chosen[0].get("value") or "")


def key_of(body: Body) -> str:
    """A name of this very act: a retry by Slack has the same one."""
    if body.get("type") == "view_submission":
        return f"slack view {body['view']['id']} {body['view'].get('hash', '')}"
    chosen = body["actions"][0]
    return f"slack click {body['user']['id']} {chosen['action_id']} {chosen['action_ts']}"


def parse_click(body: Body, shown: Shown, team: str | None, now: datetime) -> Event | None:
    """The event behind a click on Approve or a submitted modal; None for any other."""
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
        return ApprovalGiven(shown.ref, click) if _action(body) == APPROVE else None
    values = body["view"]["state"]["values"]
    match body["view"]["callback_id"]:
        case callback if callback == REQUEST_CHANGES:
            return ChangesRequested(shown.ref, click, str(values[COMMENT][VALUE]["value"]).strip())
        case callback if callback == DECLINE:
            reason = DeclineReason(values[REASON][VALUE]["selected_option"]["value"])
            note = str(values.get(NOTE, {}).get(VALUE, {}).get("value") or "")
            return ReviewDeclined(shown.ref, click, reason, note.strip())
        case _:
            return None


def missing_words(body: Body) -> dict[str, str]:
    """What keeps a submitted modal open: block id → what is wrong."""
    if body["view"]["callback_id"] != REQUEST_CHANGES:
        return {}
    said = body["view"]["state"]["values"][COMMENT][VALUE].get("value") or ""
    return {} if said.strip() else {COMMENT: "Say what should change."}


def _action(body: Body) -> str:
    return str(body["actions"][0]["action_id"])


def _channel(body: Body) -> str:
    """Where an answer to the person alone goes; a modal has no channel, so their own DM."""
    channel = body.get("channel") or {}
    return str(channel.get("id") or body["user"]["id"])
