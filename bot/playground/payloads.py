"""The payloads Slack sends an app, in Slack's shapes."""

from __future__ import annotations

from bot.playground.elements import BUTTONS
from bot.playground.nouns import APP_ID, TEAM_DOMAIN, TEAM_ID, Channel, Json, Message, User, View

VERIFICATION_TOKEN = "playground-verification-token"  # noqa: S105  deprecated by Slack, proves nothing


def _common(kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def chosen(element: Json, block_id: str, action_ts: str, state: Json) -> Json:
    """The `actions` entry for an element that was clicked or changed."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": action_ts,
        **state,
    }
    if element["type"] in BUTTONS:
        action["text"] = element["text"]
        for name in ("value", "style"):
            if name in element:
                action[name] = element[name]
    return action


def click_in_message(
    user: User, channel: Channel, message: Message, action: Json, handles: tuple[str, str]
) -> Json:
    """`block_actions` from a message; `handles` are the trigger id and the response URL."""
    ephemeral = message.only_for is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    trigger_id, response_url = handles
    return {
        **_common("block_actions", user),
        "container": container,
        "trigger_id": trigger_id,
        "channel": {"id": channel.id, "name": channel.name},
        **({} if ephemeral else {"message": message.as_json()}),
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [action],
    }


def message_shortcut(
    user: User, channel: Channel, message: Message, callback_id: str, handles: tuple[str, str]
) -> Json:
    """`message_action`: a shortcut chosen in a message's menu."""
    trigger_id, response_url = handles
    return {
        **_common("message_action", user),
        "callback_id": callback_id,
        "action_ts": message.ts,
        "message_ts": message.ts,
        "trigger_id": trigger_id,
        "response_url": response_url,
        "channel": {"id": channel.id, "name": channel.name},
        "message": message.as_json(),
    }


def click_in_view(user: User, view: View, action: Json, values: Json, trigger_id: str) -> Json:
    """`block_actions` from a modal or Home tab."""
    return {
        **_common("block_actions", user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view.as_json(values),
        "state": {"values": values},
        "actions": [action],
    }


def suggestion_wanted(
    user: User, seen: View | Message, found: tuple[str, Json], typed: str
) -> Json:
    """`block_suggestion`: somebody types into an external select of a view or a message."""
    block_id, element = found
    names: Json = {"action_id": element["action_id"], "block_id": block_id, "value": typed}
    payload = {**_common("block_suggestion", user), **names}
    match seen:
        case View():
            container: Json = {"type": "view", "view_id": seen.id}
            return {**payload, "container": container, "view": seen.as_json()}
        case Message():
            container = {"type": "message", "message_ts": seen.ts, "channel_id": seen.channel}
            return {**payload, "container": container, "message": seen.as_json()}


def view_submission(user: User, view: View, values: Json, trigger_id: str) -> Json:
    """`view_submission`: somebody pressed a modal's submit button."""
    return {
        **_common("view_submission", user),
        "trigger_id": trigger_id,
        "view": view.as_json(values),
        "response_urls": [],
    }


def view_closed(user: User, view: View) -> Json:
    """`view_closed`: somebody left a modal that asked to be told."""
    return {**_common("view_closed", user), "view": view.as_json(), "is_cleared": False}


def slash_command(
    user: User, channel: Channel, command: tuple[str, str], handles: tuple[str, str]
) -> Json:
    """A slash command and its text; `handles` are the trigger id and the response URL."""
    name, text = command
    trigger_id, response_url = handles
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def event_callback(event: Json, event_id: str, event_time: int) -> Json:
    """An event of the Events API in its envelope; `event_time` in unix seconds."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [{"team_id": TEAM_ID, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }
