"""The notary: vouches for the end, and does not go on from an end that it did not sign."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.clock import StoryClock
from bot.errors import Misconfigured
from bot.proof import checkpoints
from bot.proof.checkpoints import Checkpoint, CheckpointFile, Kind, make_checkpoint
from bot.proof.keys import SigningKey
from bot.proof.notary import EVERY, TAIL, Notary
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


async def reborn(storage: Storage, file: Path, clock: StoryClock) -> None:
    """A bot begins and ends."""
    notary = Notary(storage, file, KEY, clock)
    await notary.start()
    await notary.stop()


def lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)


async def test_a_cut_off_end_does_not_hide_behind_old_lines(
    storage: Storage, file: Path, clock: StoryClock
) -> None:
    for count in (TAIL + 5, TAIL, TAIL):
        await entries(storage, count)
        await reborn(storage, file, clock)
    left, more, whole = lines(file)
    file.write_bytes(left + more + whole + more + left)  # noqa: ASYNC240 - once
    cut = ("DELETE FROM ledger WHERE seq > ?", (2 * TAIL + 5,))
    await storage.run(lambda rooms: rooms.ledger._db.conn.execute(*cut))
    with pytest.raises(Misconfigured, match="the end was cut off"):
        await reborn(storage, file, clock)


async def test_a_chain_written_anew_does_not_hide_behind_new_entries(
    storage: Storage, file: Path, clock: StoryClock
) -> None:
    await entries(storage, 3)
    await reborn(storage, file, clock)
    await storage.run(lambda rooms: rooms.ledger._db.conn.execute("DELETE FROM ledger"))
    await storage.run(lambda rooms: rooms.ledger.append(None, [Entry("approves", {})], NOW))
    await entries(storage, TAIL + 5)
    with pytest.raises(Misconfigured, match="entry 3 is not the one that was signed"):
        await reborn(storage, file, clock)


async def test_after_a_restore_the_bot_begins_on_a_shorter_ledger(
    storage: Storage, file: Path, clock: StoryClock
) -> None:
    await entries(storage, 3)
    await reborn(storage, file, clock)
    backup = await storage.run(lambda rooms: rooms.ledger.tail())
    assert backup is not None
    await entries(storage, TAIL)
    await reborn(storage, file, clock)
    CheckpointFile(file).append(make_checkpoint(Kind.RESTORED, backup, NOW, KEY))
    await storage.run(lambda rooms: rooms.ledger._db.conn.execute("DELETE FROM ledger WHERE seq>3"))
    await entries(storage, 1)
    await reborn(storage, file, clock)
    assert signed(file) == [3, 4]


async def test_the_start_checks_no_more_signatures_the_longer_the_file_is(
    storage: Storage, file: Path, clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await entries(storage, TAIL + 50)
    chain = await storage.run(lambda rooms: [(one.seq, one.hash) for one in rooms.ledger.chain()])
    for entry in chain[:50]:
        CheckpointFile(file).append(make_checkpoint(Kind.CHECKPOINT, entry, NOW, KEY))
    await reborn(storage, file, clock)
    checked: list[int] = []

    def is_signed(one: Checkpoint, _: object) -> bool:
        checked.append(one.entry)
        return True

    monkeypatch.setattr(checkpoints, "is_signed", is_signed)
    await reborn(storage, file, clock)
    assert checked == [TAIL + 50]


async def test_what_is_vouched_for_is_not_signed_again_at_every_start(
    storage: Storage, file: Path, clock: StoryClock
) -> None:
    await entries(storage, 3)
    for _ in range(3):
        await reborn(storage, file, clock)
    assert len(lines(file)) == 1


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
