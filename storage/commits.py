"""Group commit: works that wait at the same time share one wait for the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database


class StorageFailed(Exception):
    """The database could not do its work; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work, and who waits for it to be kept."""

    work: Callable[..., Any]
    future: Future[Any]


Judge = Callable[[StorageFailed | None], None]
"""Hears whether the file could be worked on, before anybody who waits does."""


def commit(db: Database, rooms: object, group: Sequence[Job], judge: Judge) -> None:
    """Do each work, keep all of them at once, and only then tell anybody that it is kept.

    A work that fails takes back its own doing and no other's. When the commit itself fails,
    nothing of the group was kept, and all of it is told so.
    """
    began = [job for job in group if job.future.set_running_or_notify_cancel()]
    done: list[tuple[Job, Any]] = []
    failed: list[tuple[Job, Exception]] = []
    try:
        # IMMEDIATE: the right to write is taken at the start, so no work fails half-way
        # because another process wrote in between.
        db.conn.execute("BEGIN IMMEDIATE")
        for job in began:
            try:
                with db.atomic():
                    done.append((job, job.work(rooms)))
            except Exception as exc:
                if not db.conn.in_transaction:
                    raise  # SQLite has undone the others as well
                failed.append((job, _failure(exc)))
        db.conn.execute("COMMIT")
    except Exception as exc:  # noqa: BLE001 - as above
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        known = {id(job) for job, _ in failed}
        failed += [(job, _failure(exc)) for job in began if id(job) not in known]
        done = []
    judge(next((exc for _, exc in failed if isinstance(exc, StorageFailed)), None))
    for job, failure in failed:
        job.future.set_exception(failure)
    for job, result in done:
        job.future.set_result(result)


def _failure(exc: Exception) -> Exception:
    if not isinstance(exc, sqlite3.Error):
        return exc
    failure = StorageFailed(f"the database refused: {exc}")
    failure.__cause__ = exc
    return failure
