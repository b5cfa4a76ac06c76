"""A new database, a clock that stands still and no log lines, for every test of the shell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.clock import StoryClock
from bot.worker import Worker
from storage.database import Storage
from tests.bot.list_queue import Item, ListQueue
from tests.builders import NOW
from tests.storage.blank import open_blank


def _drop(_logger: WrappedLogger, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent


@pytest.fixture(autouse=True)
def _no_log_lines() -> Iterator[None]:
    """Printing one traceback prettily takes longer than most tests."""
    structlog.configure(processors=[_drop])
    yield
    structlog.reset_defaults()


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = open_blank(tmp_path / "countersign.db")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(NOW)


@pytest.fixture
def queue(clock: StoryClock) -> ListQueue:
    return ListQueue(clock)


@pytest.fixture
async def worker(queue: ListQueue, clock: StoryClock) -> AsyncIterator[Worker[Item]]:
    working: Worker[Item] = Worker(queue, clock, width=3, pause=0.0)
    yield working
    await working.stop(grace=0)
