"""`countersign run`: what is done before the bot begins, and what goes on meanwhile."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from bot.commands import run
from bot.commands.run import SMALL, look_for_damage, looked_through
from storage.database import Storage

WHILE = 0.2


@pytest.fixture(autouse=True)
def _a_slow_look_finds_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def damage(path: Path) -> str:
        time.sleep(WHILE)
        return f"{path}: page 3 is damaged"

    monkeypatch.setattr(run, "damage", damage)


async def test_a_small_file_is_looked_through_before_anything_is_done(storage: Storage) -> None:
    looking = asyncio.create_task(look_for_damage(storage.path, storage))
    await looked_through(storage.path, looking)
    assert storage.failure is not None
    assert "page 3" in storage.failure


async def test_a_large_file_is_looked_through_while_the_bot_begins(storage: Storage) -> None:
    os.truncate(storage.path, SMALL + 1)
    looking = asyncio.create_task(look_for_damage(storage.path, storage))
    await looked_through(storage.path, looking)
    before = storage.failure
    await looking
    assert (before, storage.failure) == (None, f"{storage.path}: page 3 is damaged")
