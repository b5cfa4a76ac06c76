"""`countersign run`: what is done before the bot begins, and what goes on meanwhile."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands import run
from bot.commands.run import SMALL, look_for_damage, looked_through
from storage.database import Storage


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Once it is set, whoever looks finds damage."""
    event = threading.Event()

    def damage(path: Path) -> str:
        event.wait()
        return f"{path}: page 3 is damaged"

    monkeypatch.setattr(run, "damage", damage)
    yield event
    event.set()  # the thread that looks is not left waiting


async def test_a_small_file_is_looked_through_before_anything_is_done(
    storage: Storage, found: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LOOKING_SECONDS", None)
    looking = asyncio.create_task(look_for_damage(storage.path, storage))
    through = asyncio.create_task(looked_through(storage.path, looking))
    asyncio.get_running_loop().call_soon(found.set)
    await through
    assert storage.failure is not None
    assert "page 3" in storage.failure


async def test_a_large_file_is_looked_through_while_the_bot_begins(
    storage: Storage, found: threading.Event
) -> None:
    os.truncate(storage.path, SMALL + 1)
    looking = asyncio.create_task(look_for_damage(storage.path, storage))
    await looked_through(storage.path, looking)
    before = storage.failure
    found.set()
    await looking
    assert (before, storage.failure) == (None, f"{storage.path}: page 3 is damaged")
