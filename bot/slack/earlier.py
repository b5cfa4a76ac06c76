"""Whether a message was posted whose answer never reached us: looked up before it is said again."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Refused
from bot.slack.client import asked

PAGE = 200
PAGES = 5
"""The latest thousand messages: what was lost was said a moment before."""
NOT_GRANTED = "missing_scope"


async def posted_before(
    client: AsyncWebClient, channel: str, key: str, thread_ts: str | None
) -> str | None:
    """The ts of our message with this key in its metadata, in a channel (by id) or a thread.

    None as well where Slack does not let us look: then a message may come twice, never not at all.
    """
    cursor = ""
    for _ in range(PAGES):
        try:
            answer = await asked(_page(client, channel, thread_ts, cursor))
        except Refused as exc:
            if NOT_GRANTED in str(exc):
                return None
            raise
        for message in answer["messages"]:
            payload: dict[str, Any] = (message.get("metadata") or {}).get("event_payload") or {}
            if message.get("bot_id") and payload.get("key") == key:
                return str(message["ts"])
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            break
    return None


async def channel_id(client: AsyncWebClient, name: str) -> str | None:
    """The id of the channel with this name ("#reviews"); None where Slack does not say."""
    cursor = ""
    while True:
        try:
            answer = await asked(
                client.conversations_list(
                    types="public_channel,private_channel", limit=PAGE, cursor=cursor
                )
            )
        except Refused as exc:
            if NOT_GRANTED in str(exc):
                return None
            raise
        for channel in answer["channels"]:
            if channel["name"] == name.removeprefix("#"):
                return str(channel["id"])
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None


def _page(client: AsyncWebClient, channel: str, thread_ts: str | None, cursor: str) -> Any:
    if thread_ts is None:
        return client.conversations_history(
            channel=channel, limit=PAGE, cursor=cursor, include_all_metadata=True
        )
    return client.conversations_replies(
        channel=channel, ts=thread_ts, limit=PAGE, cursor=cursor, include_all_metadata=True
    )
