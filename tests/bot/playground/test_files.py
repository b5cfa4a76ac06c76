"""Uploading as stock slack_sdk does it, and what may be shown of it."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from tests.bot.playground.conftest import StoppedClock

PNG = b"\x89PNG\r\n\x1a\n and the rest"


async def uploaded(client: AsyncWebClient, content: bytes = PNG) -> str:
    answer = await client.files_upload_v2(
        file=content, filename="week.png", title="The week", alt_txt="Two lines go up"
    )
    return str(answer["file"]["id"])


def shown(file: str) -> list[dict[str, Any]]:
    return [{"type": "image", "slack_file": {"id": file}, "alt_text": "Two lines go up"}]


async def posted(client: AsyncWebClient, file: str) -> str:
    """The error of posting the picture, or none."""
    try:
        await client.chat_postMessage(channel="#reviews", text="The week", blocks=shown(file))
    except SlackApiError as exc:
        return f"{exc.response['error']}: {exc.response['errors'][0]}"
    return ""


async def test_an_uploaded_picture_is_shown_in_a_message(
    client: AsyncWebClient, playground: Playground, clock: StoppedClock
) -> None:
    file = await uploaded(client)
    clock.advance(seconds=1)
    assert await posted(client, file) == ""
    assert playground.workspace.messages("#reviews")[0].blocks[0]["slack_file"] == {"id": file}
    kept = playground.workspace.files.all[file]
    assert (kept.name, kept.title, kept.alt_text) == ("week.png", "The week", "Two lines go up")


async def test_a_picture_cannot_be_shown_while_slack_works_on_it(client: AsyncWebClient) -> None:
    said = await posted(client, await uploaded(client))
    assert said == "invalid_blocks: invalid slack file [json-pointer:/blocks/0/slack_file]"


async def test_what_is_no_picture_is_not_shown(client: AsyncWebClient, clock: StoppedClock) -> None:
    file = await uploaded(client, b"a text")
    clock.advance(seconds=1)
    assert (await posted(client, file)).startswith("invalid_blocks: invalid slack file")


async def test_an_image_has_one_source(client: AsyncWebClient) -> None:
    both = [{**shown("F012345678")[0], "image_url": "https://example.com/a.png"}]
    with pytest.raises(SlackApiError, match="must provide only one of: image_url, slack_file"):
        await client.chat_postMessage(channel="#reviews", text="x", blocks=both)


async def test_a_file_is_as_long_as_was_announced(client: AsyncWebClient) -> None:
    opened = await client.files_getUploadURLExternal(filename="week.png", length=3)
    async with (
        aiohttp.ClientSession() as session,
        session.post(opened["upload_url"], data=PNG) as answer,
    ):
        assert (answer.status, await answer.text()) == (400, "length_mismatch")


async def test_an_address_takes_one_file(client: AsyncWebClient) -> None:
    opened = await client.files_getUploadURLExternal(filename="week.png", length=len(PNG))
    async with aiohttp.ClientSession() as session:
        async with session.post(opened["upload_url"], data=PNG) as answer:
            assert await answer.text() == f"OK - {len(PNG)}"
        async with session.post(opened["upload_url"], data=PNG) as answer:
            assert answer.status == 404


@pytest.mark.parametrize("announced", [False, True])
async def test_what_was_never_sent_cannot_be_completed(
    client: AsyncWebClient, announced: bool
) -> None:
    file = "F012345678"
    if announced:
        file = (await client.files_getUploadURLExternal(filename="a", length=1))["file_id"]
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": file}])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"filename": "", "length": 1}, "missing required field: filename"),
        ({"filename": "a", "length": 0}, "must be a file's length"),
        ({"filename": "a", "length": 1, "alt_txt": "x" * 1001}, "must be less than 1001"),
    ],
)
async def test_a_wrong_announcement_is_refused(
    client: AsyncWebClient, arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(SlackApiError, match=problem):
        await client.files_getUploadURLExternal(**arguments)


async def test_without_the_scope_nothing_is_uploaded(
    client: AsyncWebClient, playground: Playground
) -> None:
    playground.workspace.scopes -= {"files:write"}
    with pytest.raises(SlackApiError, match="missing_scope"):
        await uploaded(client)


async def test_an_address_is_good_for_minutes(client: AsyncWebClient, clock: StoppedClock) -> None:
    opened = await client.files_getUploadURLExternal(filename="week.png", length=len(PNG))
    clock.advance(minutes=6)
    async with (
        aiohttp.ClientSession() as session,
        session.post(opened["upload_url"], data=PNG) as answer,
    ):
        assert answer.status == 404
