"""Everybody in the workspace, in a few calls instead of one for each who is meant.

Slack lets an app ask for a hundred people a minute one by one, or for ten thousand in pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import asked

PAGE, PAGES = 500, 20
"""Of a larger workspace the first ten thousand are read: more pages a minute Slack would refuse."""


async def members(client: AsyncWebClient) -> AsyncIterator[Mapping[str, Any]]:
    """Slack's user objects, those who have left among them.

    Raises:
        Retryable: Slack cannot be asked now.
        Refused: the app may not look.
    """
    cursor = ""
    for _ in range(PAGES):
        answer = await asked(client.users_list(limit=PAGE, cursor=cursor))
        for user in answer["members"]:
            yield user
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return
