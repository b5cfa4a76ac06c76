"""Bodies as they come in: never unpacked, and of Slack's no more than a megabyte is read."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.web.server import SLACK_BODY, listen, runner_of, small, web_application

CHUNK = b"x" * 65_536
BOMB = gzip.compress(bytes(50_000_000))


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Where whoever listens says how much they have read."""

    async def measure(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    runner = runner_of(web_application({"/forge": measure, "/slack": small(measure)}, {}))
    yield f"http://127.0.0.1:{await listen(runner, '127.0.0.1', 0)}"
    await runner.cleanup()


@pytest.mark.parametrize("path", ["/forge", "/slack"])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "nonsense"])
async def test_a_body_is_taken_as_it_was_sent_whatever_it_is_said_to_be(
    address: str, path: str, coding: str
) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            address + path,
            data=BOMB,
            headers={"Content-Encoding": coding, "Content-Length": str(len(BOMB))},
        ) as answer,
    ):
        assert (answer.status, await answer.text()) == (200, str(len(BOMB)))


@pytest.mark.parametrize(
    ("expected", "answered"), [(b"100-Continue", b"100"), (b"much", b"417"), (b"\xff", b"417")]
)
async def test_what_somebody_expects_is_met_or_refused(
    address: str, expected: bytes, answered: bytes
) -> None:
    port = int(address.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /forge HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n")
    writer.write(b"Expect: " + expected + b"\r\n\r\n")
    assert (await reader.readline()).split()[1] == answered
    writer.close()


async def test_of_a_body_without_a_length_slack_gets_no_more_than_a_megabyte_read(
    address: str,
) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(400):
            given += len(CHUNK)
            yield CHUNK

    async with aiohttp.ClientSession() as http:
        try:
            async with http.post(f"{address}/slack", data=endless()) as answer:
                assert answer.status == 413
        except aiohttp.ClientError:  # hung up on while there was more to send
            pass
    assert given < 8 * SLACK_BODY
