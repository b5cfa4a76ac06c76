"""The commands as processes, the way people start them, and what a running bot says."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import SystemClock
from bot.playground.nouns import User
from bot.playground.server import Playground
from tests.standins.github.site import GitHubStandIn
from tests.world import PEOPLE, POLICY

PATIENCE = 60.0


async def countersign(
    *arguments: str, env: dict[str, str] | None = None
) -> tuple[int | None, str, str]:
    """Run a command to its end: exit code, output, errors."""
    process = await start(*arguments, env=env or {})
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def start(*arguments: str, env: dict[str, str]) -> asyncio.subprocess.Process:
    """Start a command with nothing of ours in its environment but `env`."""
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env={**kept, **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def complete_settings(folder: Path, github: str, slack: str) -> dict[str, str]:
    (folder / "people.yml").write_text(PEOPLE, "utf-8")
    if not (folder / "policy.yml").exists():
        (folder / "policy.yml").write_text(POLICY, "utf-8")
    return {
        "COUNTERSIGN_POLICY": str(folder / "policy.yml"),
        "COUNTERSIGN_PEOPLE": str(folder / "people.yml"),
        "COUNTERSIGN_DATABASE": str(folder / "countersign.db"),
        "COUNTERSIGN_PORT": "0",
        "SLACK_BOT_TOKEN": "xoxb-nobody",
        "SLACK_APP_TOKEN": "xapp-nobody",
        "SLACK_API_URL": slack,
        "GITHUB_TOKEN": "nobody",
        "GITHUB_API_URL": github,
        "GITHUB_REPOSITORIES": "acme/shop",
        "GITHUB_WEBHOOK_SECRET": "a secret",
    }


@asynccontextmanager
async def a_place(folder: Path) -> AsyncIterator[tuple[GitHubStandIn, Playground, dict[str, str]]]:
    """A GitHub and a Slack, and what a bot between them is to be told."""
    async with GitHubStandIn() as github, Playground(SystemClock()) as slack:
        slack.workspace.add_user(User("U0DANA", "dana", "Dana Ng"))
        slack.workspace.add_channel("#reviews", ["U0DANA"])
        github.add_person("ana-ito", email="ana@example.com")
        env = complete_settings(folder, github.url, slack.api_url)
        env |= {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "GITHUB_TOKEN": github.token,
        }
        yield github, slack, env


@asynccontextmanager
async def running(env: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bot, which is killed in the end if it did not end before."""
    process = await start("run", env=env)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def says(process: asyncio.subprocess.Process, event: str) -> dict[str, Any]:
    """Wait for a line of its log."""
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while line := await process.stderr.readline():
            said: dict[str, Any] = json.loads(line)
            if said["event"] == event:
                return said
    raise AssertionError(f"it ended without {event}")


async def ends(process: asyncio.subprocess.Process) -> int:
    """Tell it to stop; returns its exit code."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE):
        await process.communicate()
    assert process.returncode is not None
    return process.returncode


async def asked(path: str, said: dict[str, Any]) -> tuple[int, str]:
    """What is answered where a bot has said that it listens."""
    address = f"http://127.0.0.1:{said['port']}{path}"
    async with aiohttp.ClientSession() as http, http.get(address) as answer:
        return answer.status, await answer.text()
