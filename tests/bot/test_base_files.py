"""What the base commit says is read beside everything else, however long it takes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

import bot.base_files
from bot.base_files import REPOSITORY_POLICY, owners_at_base, policy_at_base
from bot.remembered import Remembered
from routing.files.default_policy import DEFAULT_POLICY
from routing.files.policy_file import parse_policy, parse_repository_policy
from routing.owners.codeowners import Dialect, parse_codeowners

FILES = {
    "CODEOWNERS": "*.sql @ana\n",
    REPOSITORY_POLICY: 'version: 1\ndomains: {tax: {paths: ["tax/**"]}}\n',
}


async def read(path: str) -> str | None:
    """The file's text at the base commit."""
    return FILES.get(path)


class Slow:
    """A parser that waits until others were served."""

    def __init__(self, parse: Callable[..., object]) -> None:
        self._parse = parse
        self.begun, self.served = threading.Event(), threading.Event()
        self.waited = False

    def __call__(self, *args: object) -> object:
        self.begun.set()
        self.waited = self.served.wait(5)
        return self._parse(*args)

    async def others_are_served(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 5)
        self.served.set()


async def test_long_codeowners_keep_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.base_files, "_PARSED", Remembered(1))
    slow = Slow(parse_codeowners)
    monkeypatch.setattr(bot.base_files, "parse_codeowners", slow)
    reading = asyncio.create_task(owners_at_base(read, ["a.sql", "b.py"], Dialect.GITHUB))
    await slow.others_are_served()
    assert list(await reading) == ["a.sql"]
    assert slow.waited


async def test_a_repositorys_long_policy_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = Slow(parse_repository_policy)
    monkeypatch.setattr(bot.base_files, "parse_repository_policy", slow)
    organisation = parse_policy(DEFAULT_POLICY, "policy.yml")
    reading = asyncio.create_task(policy_at_base(read, organisation, "main", ()))
    await slow.others_are_served()
    policy, problems = await reading
    assert [domain.name for domain in policy.domains][-1:] == ["tax"]
    assert problems == ()
    assert slow.waited
