"""The cache of clones' histories, open for one command, with a bar that shows it growing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.git.cache import cache_path
from bot.git.history import Progress as Told
from storage.database import Storage


@contextmanager
def cached_history() -> Iterator[tuple[Storage, Told]]:
    """The cache, and whom to tell how many commits were read; the bar is on standard error."""
    storage = Storage(cache_path())
    bar = Progress(
        TextColumn("Reading history"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    try:
        with bar:
            task = bar.add_task("history", total=None)
            yield storage, lambda count: bar.update(task, completed=count)
    finally:
        storage.close()
