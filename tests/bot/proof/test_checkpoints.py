"""Checkpoints: what was signed is found again, and nothing that was not."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.errors import Misconfigured
from bot.proof.checkpoints import CheckpointFile, Kind, is_signed, make_checkpoint
from bot.proof.keys import SigningKey, open_signing_key, public_half, read_public_key
from tests.builders import NOW

FIRST, SECOND = (7, "a" * 64), (9, "b" * 64)


@pytest.fixture
def signing() -> SigningKey:
    return SigningKey(Ed25519PrivateKey.generate())


@pytest.fixture
def file(tmp_path: Path) -> CheckpointFile:
    return CheckpointFile(tmp_path / "checkpoints")


def sign(file: CheckpointFile, signing: SigningKey, *tails: tuple[int, str]) -> None:
    for tail in tails:
        file.append(make_checkpoint(Kind.CHECKPOINT, tail, NOW, signing))


def test_what_was_signed_is_vouched_for(file: CheckpointFile, signing: SigningKey) -> None:
    sign(file, signing, FIRST, SECOND)
    assert file.vouched(signing.public).hashes == dict([FIRST, SECOND])


def test_a_line_of_another_key_vouches_for_nothing(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, SigningKey(Ed25519PrivateKey.generate()), FIRST)
    vouched = file.vouched(signing.public)
    assert vouched.hashes == {}
    assert vouched.faults == ("checkpoints, line 1: not signed by the ledger's key",)


@pytest.mark.parametrize("change", [{"entry": 6}, {"hash": "c" * 64}, {"kind": Kind.RESTORED}])
def test_a_changed_line_is_not_signed(signing: SigningKey, change: dict[str, object]) -> None:
    one = make_checkpoint(Kind.CHECKPOINT, FIRST, NOW, signing)
    assert is_signed(one, signing.public)
    assert not is_signed(replace(one, **change), signing.public)  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize("line", ["", "{", "[]", '{"entry": 1}', '{"signature": "no base64"}'])
def test_a_line_that_is_none_is_named(file: CheckpointFile, signing: SigningKey, line: str) -> None:
    file.path.write_text(f"{line}\n")
    assert len(file.vouched(signing.public).faults) == 1


def test_a_line_torn_by_a_crash_is_passed_over_and_replaced(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, signing, FIRST, SECOND)
    file.path.write_bytes(file.path.read_bytes()[:-20])
    assert file.vouched(signing.public).hashes == dict([FIRST])
    sign(file, signing, SECOND)
    assert file.vouched(signing.public).hashes == dict([FIRST, SECOND])
    assert file.vouched(signing.public).faults == ()


def test_two_lines_that_contradict_each_other_are_named(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, signing, FIRST, (7, "c" * 64))
    assert file.vouched(signing.public).faults == (
        "checkpoints, line 2: contradicts an earlier line",
    )


def test_after_a_restore_only_what_it_left_is_vouched_for(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, signing, FIRST, SECOND)
    file.append(make_checkpoint(Kind.RESTORED, FIRST, NOW, signing))
    sign(file, signing, (9, "d" * 64))
    vouched = file.vouched(signing.public)
    assert (vouched.hashes, vouched.faults) == (dict([FIRST, (9, "d" * 64)]), ())
    assert "to entry 7" in vouched.restored[0]


def cross_out(file: CheckpointFile, *numbers: int) -> None:
    """Exchange the hash that these lines name; nobody signs them anew."""
    lines = file.path.read_text().splitlines(keepends=True)
    for number in numbers:
        said = json.loads(lines[number - 1])
        lines[number - 1] = json.dumps({**said, "hash": "e" * 64}) + "\n"
    file.path.write_text("".join(lines))


def tails(*entries: int) -> list[tuple[int, str]]:
    return [(entry, f"{entry:064}") for entry in entries]


def test_for_the_end_no_earlier_line_is_looked_at(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, signing, *tails(10, 20, 30, 40))
    cross_out(file, 1, 2)
    vouched = file.vouched_after(20, signing.public)
    assert (vouched.hashes, vouched.faults) == (dict(tails(30, 40)), ())
    assert len(file.vouched(signing.public).faults) == 2


@pytest.mark.parametrize("line", [3, 4])
def test_for_the_end_an_edited_line_that_speaks_of_it_is_named(
    file: CheckpointFile, signing: SigningKey, line: int
) -> None:
    sign(file, signing, *tails(10, 20, 30, 40))
    cross_out(file, line)
    faults = file.vouched_after(20, signing.public).faults
    assert faults == (f"checkpoints, line {line}: not signed by the ledger's key",)


def test_the_highest_entry_is_vouched_for_however_old_the_lines_after_it(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, signing, *tails(10, 40, 20, 10))
    assert file.vouched_after(50, signing.public).hashes == dict(tails(40, 10))
    cross_out(file, 4)
    assert len(file.vouched_after(50, signing.public).faults) == 1


def test_for_the_end_what_a_restore_has_given_up_is_not_looked_at(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, signing, *tails(10, 20, 30))
    file.append(make_checkpoint(Kind.RESTORED, tails(10)[0], NOW, signing))
    sign(file, signing, (12, "d" * 64))
    cross_out(file, 2, 3)
    vouched = file.vouched_after(0, signing.public)
    assert (vouched.hashes, vouched.faults) == (dict([*tails(10), (12, "d" * 64)]), ())


def test_a_restore_that_nobody_signed_is_named(file: CheckpointFile, signing: SigningKey) -> None:
    other = SigningKey(Ed25519PrivateKey.generate())
    sign(file, signing, *tails(10, 20))
    file.append(make_checkpoint(Kind.RESTORED, tails(5)[0], NOW, other))
    sign(file, signing, *tails(6))
    assert len(file.vouched_after(10, signing.public).faults) == 1


def test_for_the_end_a_torn_line_is_passed_over_as_well(
    file: CheckpointFile, signing: SigningKey
) -> None:
    sign(file, signing, *tails(10, 20))
    file.path.write_bytes(file.path.read_bytes()[:-20])
    vouched = file.vouched_after(0, signing.public)
    assert (vouched.hashes, vouched.faults) == (dict(tails(10)), ())


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    made = open_signing_key(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert open_signing_key(tmp_path / "key").public.id == made.public.id
    assert read_public_key(public_half(tmp_path / "key")).id == made.public.id


@pytest.mark.parametrize("text", ["", "no key", "-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(Misconfigured, match="cannot be used"):
        open_signing_key(tmp_path / "key")
    with pytest.raises(Misconfigured, match="public key"):
        read_public_key(tmp_path / "key")


def test_a_line_is_json_that_others_can_read(file: CheckpointFile, signing: SigningKey) -> None:
    sign(file, signing, FIRST)
    line = json.loads(file.path.read_text())
    assert (line["entry"], line["hash"], line["key"]) == (*FIRST, signing.public.id)
