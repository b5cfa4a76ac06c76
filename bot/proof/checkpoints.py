"""Signed checkpoints: "entry N had this hash", one JSON line each, in a file beside the database.

Whoever rewrites the ledger or cuts its end off would have to sign these lines anew. Copy them to
another machine, and even the key does not help.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter
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


Line = tuple[int, Checkpoint | None]
"""A line's number, and what it says; None where that is nothing that can be read."""


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

    def append(self, *ones: Checkpoint) -> None:
        """Add a line for each, and have them on the disk.

        Raises:
            OSError: the file cannot be written.
        """
        lines = "".join(f"{json.dumps(asdict(one))}\n" for one in ones)
        with self.path.open("a+b") as file:
            file.truncate(_whole_lines(file))
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())

    def vouched(self, public: PublicKey) -> Vouched:
        """Everything these lines vouch for, and each line that cannot be trusted.

        Raises:
            Misconfigured: the file is there and cannot be read.
        """
        return self._checked(self._lines(), public)

    def vouched_after(self, since: int, public: PublicKey) -> Vouched:
        """What they vouch for after entry `since`, and the highest entry they vouch for at all.

        Only the signatures of the lines that say so are checked: what that takes does not grow
        with the file.

        Raises:
            Misconfigured: the file is there and cannot be read.
        """
        return self._checked(_that_matter(self._lines(), since), public)

    def _checked(self, lines: Iterable[Line], public: PublicKey) -> Vouched:
        hashes: dict[int, str] = {}
        faults: list[str] = []
        restored: list[str] = []
        for number, one in lines:
            if one is None or not is_signed(one, public):
                faults.append(f"{self.path.name}, line {number}: not signed by the ledger's key")
                continue
            if one.kind is Kind.RESTORED:
                hashes = {entry: hash_ for entry, hash_ in hashes.items() if entry <= one.entry}
                restored.append(f"restored from a backup at {one.at}, to entry {one.entry}")
            if one.entry and hashes.setdefault(one.entry, one.hash) != one.hash:
                faults.append(f"{self.path.name}, line {number}: contradicts an earlier line")
        return Vouched(hashes, tuple(faults), tuple(restored))

    def _lines(self) -> Iterator[Line]:
        """Each line with its number; a last one that was torn by a crash is passed over."""
        try:
            if not self.path.exists():
                return
            with self.path.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    if line.endswith(b"\n"):
                        yield number, _parsed(line)
        except OSError as exc:
            raise Misconfigured(f"{self.path}: cannot be read: {exc.strerror}") from exc


def _that_matter(lines: Iterable[Line], since: int) -> list[Line]:
    """The lines by which entries after `since` are judged, in their order.

    Whatever takes back what was said before is among them, and what names the highest entry, and
    the last line: an end that was cut off cannot hide behind older lines put after it. To pass
    over the others gives nobody anything: who edits them could as well have left them out.
    """
    matter: list[Line] = []
    highest: tuple[int, Line | None] = (0, None)
    last: Line | None = None
    for line in lines:
        last, one = line, line[1]
        if one is None:
            matter.append(line)
            continue
        if one.kind is Kind.RESTORED:
            matter = [earlier for earlier in matter if _outlives(earlier[1], one)]
            highest = (0, None)
        if one.kind is Kind.RESTORED or one.entry > since:
            matter.append(line)
        if one.entry >= highest[0]:
            highest = one.entry, line
    ends = [line for line in (highest[1], last) if line is not None]
    return sorted({line[0]: line for line in (*matter, *ends)}.values(), key=itemgetter(0))


def _outlives(one: Checkpoint | None, restored: Checkpoint) -> bool:
    """Whether a line still counts once the ledger has gone back."""
    return one is None or one.kind is Kind.RESTORED or one.entry <= restored.entry


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
