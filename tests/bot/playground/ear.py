"""The plainest app, and what it puts before people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.nouns import Json
from bot.playground.server import Playground
from tests.bot.playground.blocks import CARD, modal


class Ear:
    """Acknowledges everything by Socket Mode with `ack`, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.ack: Json | None = None

    async def listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            envelope = message.json()
            if "envelope_id" in envelope:
                self.heard.append(envelope["payload"])
                answer = {"payload": self.ack} if self.ack is not None else {}
                await socket.send_json({"envelope_id": envelope["envelope_id"], **answer})


@asynccontextmanager
async def hearing(playground: Playground) -> AsyncIterator[Ear]:
    """An ear that is connected."""
    it = Ear()
    opener = AsyncWebClient(base_url=playground.api_url)
    url = (await opener.apps_connections_open(app_token=playground.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        listening = asyncio.create_task(it.listen(socket))
        await playground.sockets.wait_connected()
        yield it
        await socket.close()
        await listening


async def post(client: AsyncWebClient, *blocks: Json, channel: str = "#reviews") -> str:
    """The ts of a message of these blocks, or of a card."""
    sent = await client.chat_postMessage(channel=channel, text="x", blocks=list(blocks) or CARD)
    return str(sent["ts"])


async def open_modal(playground: Playground, *blocks: Json, **more: Any) -> None:
    """Put a modal before Dana."""
    content = modal(*blocks, **more)
    client = AsyncWebClient(playground.bot_token, base_url=playground.api_url)
    trigger = playground.workspace.handles.new_trigger("U0DANA")
    await client.views_open(trigger_id=trigger, view=content)
