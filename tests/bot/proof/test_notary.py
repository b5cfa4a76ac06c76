"""The notary: vouches for the end, and does not go on from an end that it did not sign."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.clock import StoryClock
from bot.errors import Misconfigured
from bot.proof.checkpoints import CheckpointFile
from bot.proof.keys import SigningKey
from bot.proof.notary import EVERY, Notary
from routing.trail import Entry
from storage.database import Storage
from tests.builders import NOW, REF

KEY = SigningKey(Ed25519PrivateKey.generate())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints"


@pytest.fixture
def notary(storage: Storage, file: Path, clock: StoryClock) -> Notary:
    return Notary(storage, file, KEY, clock)


async def entries(storage: Storage, count: int) -> None:
    made = [Entry("opened", {}) for _ in range(count)]
    await storage.run(lambda rooms: rooms.ledger.append(REF, made, NOW))


def signed(file: Path) -> list[int]:
    return sorted(CheckpointFile(file).vouched(KEY.public).hashes)


async def test_at_the_start_the_end_is_vouched_for(
    storage: Storage, notary: Notary, file: Path
) -> None:
    await entries(storage, 3)
    await notary.start()
    assert signed(file) == [3]
    await notary.stop()


async def test_what_is_written_later_is_vouched_for_at_the_stop(
    storage: Storage, notary: Notary, file: Path
) -> None:
    await notary.start()
    await entries(storage, 3)
    await notary.stop()
    assert signed(file) == [3]


async def test_every_minute_the_end_is_vouched_for(
    storage: Storage, notary: Notary, file: Path, clock: StoryClock
) -> None:
    await notary.start()
    await entries(storage, 3)
    clock.move_to(NOW + EVERY + timedelta(seconds=1))
    await notary.vouch()
    await notary.vouch()
    assert signed(file) == [3]
    await notary.stop()


@pytest.mark.parametrize(
    ("hand", "said"),
    [
        ("DELETE FROM ledger WHERE seq = 3", "entry 3 is missing: the end was cut off"),
        ("UPDATE ledger SET kind = 'approves' WHERE seq = 2", "entry 2 was changed"),
    ],
)
async def test_a_touched_end_is_refused_at_the_start(
    storage: Storage, notary: Notary, file: Path, clock: StoryClock, hand: str, said: str
) -> None:
    await entries(storage, 3)
    await notary.start()
    await notary.stop()
    await storage.run(lambda rooms: rooms.ledger._db.conn.execute(hand))
    with pytest.raises(Misconfigured, match=said):
        await Notary(storage, file, KEY, clock).start()


async def test_a_checkpoint_that_cannot_be_written_is_said_and_made_up_for(
    storage: Storage, notary: Notary, file: Path
) -> None:
    await notary.start()
    await entries(storage, 1)
    await asyncio.to_thread(file.mkdir)
    await notary.vouch()
    failures = [notary.failure]
    await asyncio.to_thread(file.rmdir)
    await notary.vouch()
    failures.append(notary.failure)
    assert [failure is None for failure in failures] == [False, True]
    assert signed(file) == [1]
    await notary.stop()
