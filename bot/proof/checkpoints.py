"""Signed checkpoints: "entry N had this hash", one JSON line each, in a file beside the database.

Whoever rewrites the ledger or cuts its end off would have to sign these lines anew. Copy them to
another machine, and even the key does not help.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from bot.errors import Misconfigured
from bot.proof.keys import PublicKey, SigningKey

CONTEXT = b"countersign ledger checkpoint v1\n"
"""What is signed begins with this, so that no signature of ours fits anything else."""


LONGEST_LINE = 4096


class Kind(StrEnum):
    """What a line says."""

    CHECKPOINT = "checkpoint"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Entry `entry` has this hash; `restored`: and what came after it was given up at `at`.

    `key` is the id of the public key, `signature` is base64.
    """

    kind: Kind
    entry: int
    hash: str
    at: str
    key: str = ""
    signature: str = ""

    @property
    def statement(self) -> bytes:
        """What is signed: the context, then everything but the signature as canonical JSON."""
        fields = {name: value for name, value in asdict(self).items() if name != "signature"}
        return CONTEXT + json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


CHECKPOINT: TypeAdapter[Checkpoint] = TypeAdapter(Checkpoint)


def make_checkpoint(
    kind: Kind, tail: tuple[int, str], now: datetime, signing: SigningKey
) -> Checkpoint:
    """A signed statement about an entry (its number and its hash)."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    unsigned = Checkpoint(kind, *tail, at, signing.public.id)
    signature = b64encode(signing.sign(unsigned.statement)).decode()
    return replace(unsigned, signature=signature)


def is_signed(one: Checkpoint, public: PublicKey) -> bool:
    """Whether this key signed exactly this."""
    try:
        signature = b64decode(one.signature, validate=True)
    except ValueError:
        return False
    return one.key == public.id and public.signed(signature, one.statement)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the checkpoints say together: the hash each entry must have, and what is wrong."""

    hashes: dict[int, str]
    faults: tuple[str, ...]
    restored: tuple[str, ...]

    @property
    def last(self) -> int:
        """The last entry that is vouched for; 0 when none is."""
        return max(self.hashes, default=0)


class CheckpointFile:
    """The file they are appended to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, one: Checkpoint) -> None:
        """Add a line, and have it on the disk.

        Raises:
            OSError: the file cannot be written.
        """
        line = json.dumps(asdict(one)).encode() + b"\n"
        with self.path.open("a+b") as file:
            file.truncate(_whole_lines(file))
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def vouched(self, public: PublicKey) -> Vouched:
        """Everything these lines vouch for, and each line that cannot be trusted.

        Raises:
            Misconfigured: the file is there and cannot be read.
        """
        hashes: dict[int, str] = {}
        faults: list[str] = []
        restored: list[str] = []
        for number, one in self._lines():
            if one is None or not is_signed(one, public):
                faults.append(f"{self.path.name}, line {number}: not signed by the ledger's key")
                continue
            if one.kind is Kind.RESTORED:
                hashes = {entry: hash_ for entry, hash_ in hashes.items() if entry <= one.entry}
                restored.append(f"restored from a backup at {one.at}, to entry {one.entry}")
            if one.entry and hashes.setdefault(one.entry, one.hash) != one.hash:
                faults.append(f"{self.path.name}, line {number}: contradicts an earlier line")
        return Vouched(hashes, tuple(faults), tuple(restored))

    def last(self) -> Checkpoint | None:
        """The last line that can be read; nobody has checked its signature."""
        return next((one for _, one in reversed(list(self._lines())) if one is not None), None)

    def _lines(self) -> Iterator[tuple[int, Checkpoint | None]]:
        """Each line with its number; a last one that was torn by a crash is passed over."""
        try:
            lines = self.path.read_bytes().split(b"\n") if self.path.exists() else [b""]
        except OSError as exc:
            raise Misconfigured(f"{self.path}: cannot be read: {exc.strerror}") from exc
        for number, line in enumerate(lines[:-1], start=1):
            yield number, _parsed(line)


def _whole_lines(file: BinaryIO) -> int:
    """How many bytes of the file are whole lines: a crash may have torn the last one."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_LINE))
    rest = file.read()
    return size - len(rest) + rest.rfind(b"\n") + 1


def _parsed(line: bytes) -> Checkpoint | None:
    try:
        return CHECKPOINT.validate_json(line)
    except ValidationError:
        return None
