"""`/healthz` and `/readyz`: what a platform is told of the process and of its parts."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Countersign, Edges
from bot.clock import StoryClock
from bot.forges.github.webhooks import GitHubHook
from bot.forges.guarantees import Finding, Standing
from bot.policies import Policies
from bot.web.health import Health
from bot.web.server import Handler, web_application
from storage.database import Storage, StorageFailed
from tests.bot.fakes import MemoryForge, files_in
from tests.builders import NOW

Client = TestClient[Any, Any]


async def answer(http: Client, path: str) -> tuple[int, dict[str, Any]]:
    async with http.get(path) as response:
        return response.status, await response.json()


async def serve(*troubles: str) -> TestClient[Any, Any]:
    async def told() -> tuple[Finding, ...]:
        return tuple(Finding("database", Standing.OPEN, one, "make room") for one in troubles)

    health = Health(told)
    pages: dict[str, Handler] = {"/healthz": health.alive, "/readyz": health.ready}
    return TestClient(TestServer(web_application({}, pages)))


async def test_a_process_that_answers_is_alive_whatever_is_wrong() -> None:
    async with await serve("the disk is full") as http:
        assert await answer(http, "/healthz") == (200, {"alive": True})


async def test_without_troubles_it_is_ready() -> None:
    async with await serve() as http:
        assert await answer(http, "/readyz") == (200, {"ready": True, "problems": []})


async def test_with_troubles_it_is_not_and_names_part_and_next_step() -> None:
    async with await serve("it is full", "it is locked") as http:
        status, said = await answer(http, "/readyz")
    assert status == 503
    problems = ["database: it is full; make room", "database: it is locked; make room"]
    assert said == {"ready": False, "problems": problems}


# The troubles of the bot itself.

GITHUB = GitHubHook("github", ("g",))


@pytest.fixture
def policies(tmp_path: Path) -> Policies:
    return files_in(tmp_path)


def a_bot(storage: Storage, policies: Policies, clock: StoryClock, **edges: Any) -> Countersign:
    """The bot, not started: what it is made of can be looked at."""
    forge = {"github": MemoryForge()}
    return Countersign(
        Edges(forges=forge, slack=AsyncWebClient(token="xoxb-1"), **edges),
        storage,
        policies,
        clock,
    )


@pytest.fixture
async def http(
    storage: Storage, policies: Policies, clock: StoryClock
) -> AsyncIterator[tuple[Countersign, Client]]:
    bot = a_bot(storage, policies, clock, signing_secret="s", hooks=(GITHUB,))
    async with TestClient(TestServer(bot.web)) as client:
        yield bot, client


async def test_a_bot_in_which_all_is_well_is_ready(http: tuple[Countersign, Client]) -> None:
    assert (await answer(http[1], "/readyz"))[0] == 200


async def test_a_policy_that_is_not_in_force_is_told(
    http: tuple[Countersign, Client], policies: Policies, tmp_path: Path
) -> None:
    (tmp_path / "policy.yml").write_text("version: 1\nruls: []\n", "utf-8")
    policies.reload()
    status, said = await answer(http[1], "/readyz")
    assert status == 503
    assert any("not in force" in problem and "ruls" in problem for problem in said["problems"])


async def test_a_database_that_cannot_be_written_is_told_until_something_is_written(
    http: tuple[Countersign, Client], storage: Storage
) -> None:
    connection: sqlite3.Connection = storage._db.conn

    def set_to(how: str) -> None:
        storage._thread.submit(connection.execute, f"PRAGMA query_only={how}").result()

    set_to("ON")
    with pytest.raises(StorageFailed):
        await storage.run(lambda rooms: rooms.pulse.beat(NOW))
    set_to("OFF")
    await storage.run(lambda rooms: rooms.inbox.waiting())  # to read proves nothing
    status, said = await answer(http[1], "/readyz")
    assert status == 503
    assert "attempt to write a readonly database" in said["problems"][0]
    await storage.run(lambda rooms: rooms.pulse.beat(NOW))
    assert (await answer(http[1], "/readyz"))[0] == 200


PAGES = {"/sign-out", "/ledger/verify"}
"""What may be posted to without any secret."""


def ways_in(bot: Countersign) -> set[str]:
    posts = {
        route.resource.canonical
        for route in bot.web.router.routes()
        if route.method == "POST" and route.resource is not None
    }
    return posts - PAGES


@pytest.mark.parametrize(
    ("edges", "ways"),
    [
        (
            {"signing_secret": "s", "hooks": (GITHUB,)},
            {"/slack/events", "/webhooks/github"},
        ),
        ({"signing_secret": "", "hooks": ()}, set()),
        ({"signing_secret": None, "hooks": (GITHUB,)}, {"/webhooks/github"}),
    ],
)
async def test_without_a_secret_there_is_no_way_in(
    storage: Storage,
    policies: Policies,
    clock: StoryClock,
    edges: dict[str, Any],
    ways: set[str],
) -> None:
    assert ways_in(a_bot(storage, policies, clock, **edges)) == ways
