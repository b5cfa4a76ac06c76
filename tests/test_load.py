"""What `bench.load` says can be relied on: it finds what is lost or doubled, and its parts run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.load.beginning import fill
from bench.load.keeping import Kept, compare
from bot.proof.checkpoints import CheckpointFile
from bot.proof.keys import read_signing_key
from bot.proof.verifying import verify
from bot.settings import proof_files
from routing.events import MergeRequestTouched
from storage.database import Storage, reading
from tests.builders import NOW, REF

ROOT = Path(__file__).parents[1]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that has kept the deliveries a, b, and c twice."""
    path = tmp_path / "countersign.db"
    storage = Storage(path)
    for key in ("a:1", "b:1", "c:1", "c:2"):
        storage.run_blocking(
            lambda rooms, key=key: rooms.inbox.put(key, MergeRequestTouched(REF), NOW)  # type: ignore[misc]  # mypy knows no defaults of lambdas
        )
    storage.close()
    return path


def test_what_was_answered_and_is_kept_once_is_exact(tmp_path: Path) -> None:
    Storage(tmp_path / "countersign.db").close()
    assert compare(frozenset(), tmp_path / "countersign.db").is_exact


def test_what_was_answered_and_is_not_kept_is_lost(database: Path) -> None:
    assert compare({"a", "b", "d"}, database).lost == 1


def test_what_is_kept_twice_is_doubled(database: Path) -> None:
    assert compare({"a", "c"}, database) == Kept(answered=2, kept=2, doubled=1)


def test_what_the_start_is_measured_on_is_a_ledger_that_holds(tmp_path: Path) -> None:
    path = tmp_path / "countersign.db"
    files = proof_files(path, None, None)
    signed = fill(path, 300)
    vouched = CheckpointFile(files.checkpoints).vouched(read_signing_key(files.key).public)
    with reading(path) as rooms:
        found = verify(rooms.ledger, vouched)
    assert (found.entries, found.signed_up_to, len(vouched.hashes)) == (300, 300, signed)
    assert found.faults == ()


def test_the_whole_bot_lives_through_some_events_and_its_memory_is_said() -> None:
    words = [sys.executable, "-m", "bench.load", "--only", "memory", "--events", "100"]
    lived = subprocess.run(  # noqa: S603 - our own words
        words, check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert re.search(r"memory over \d+ events: [\d.]+ MB after \d+, ", lived.stdout), lived.stderr
