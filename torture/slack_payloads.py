"""What Slack sends a bot: one payload of every kind that somebody listens to."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]

NOWHERE = "http://127.0.0.1:9/"
"""Nobody answers there."""

_USER = {"id": "U0DANA", "username": "dana", "team_id": "T0PLAY"}
_COMMON: Payload = {"user": _USER, "team": {"id": "T0PLAY"}, "trigger_id": "1.2.3"}
_IN_MESSAGE: Payload = {
    **_COMMON,
    "type": "block_actions",
    "channel": {"id": "C0REVIEWS", "name": "reviews"},
    "container": {"type": "message", "message_ts": "1.0", "channel_id": "C0REVIEWS"},
}
_COMMAND = {
    "command": "/review",
    "user_id": "U0DANA",
    "team_id": "T0PLAY",
    "channel_id": "C0REVIEWS",
    "response_url": f"{NOWHERE}respond",
    "trigger_id": "1.2.3",
}


def slack_payloads(card: str) -> tuple[Payload, ...]:
    """The payloads; the clicks among them are on the card with this id."""
    menu = {"text": {"type": "plain_text", "text": "Take it on"}, "value": f"review.claim {card}"}
    return (
        _click({"type": "button", "action_id": "review.approve", "value": card}),
        _click({"type": "button", "action_id": "review.why", "value": card}),
        _click({"type": "overflow", "action_id": "review.more", "selected_option": menu}),
        _submit("review.request_changes", card, comment=_typed("Not without a test")),
        _submit("review.decline", card, comment=_typed("I know nothing of this")),
        _submit("review.snooze", card, day={"type": "datepicker", "selected_date": "2026-11-30"}),
        _submit("home.away", "", day={"type": "datepicker", "selected_date": "2026-11-30"}),
        *({**_COMMAND, "text": text} for text in ("mine", "why https://x.example/1", "away until")),
        {
            **_COMMON,
            "type": "message_action",
            "callback_id": "review.route",
            "channel": {"id": "C0REVIEWS"},
            "message": {"type": "message", "ts": "1.0", "text": "<https://x.example/pull/7>"},
        },
        _event({"type": "app_home_opened", "user": "U0DANA", "tab": "home"}),
        _event({"type": "user_status_changed", "user": {"id": "U0DANA", "profile": {}}}),
        _event({"type": "link_shared", "channel": "C0", "links": [{"url": "https://x.example/"}]}),
    )


def _click(element: Payload) -> Payload:
    return {**_IN_MESSAGE, "actions": [{**element, "action_ts": "1"}]}


def _typed(text: str) -> Payload:
    return {"type": "plain_text_input", "value": text}


def _submit(callback: str, card: str, **values: Payload) -> Payload:
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": callback,
        "private_metadata": card,
        "state": {"values": {name: {"value": value} for name, value in values.items()}},
    }
    return {**_COMMON, "type": "view_submission", "view": view}


def _event(event: Payload) -> Payload:
    return {"type": "event_callback", "team_id": "T0PLAY", "event_id": "Ev1", "event": event}
