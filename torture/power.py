"""Power cuts: what was not synced is dropped, torn or out of order, and the bot goes on from that.

A life is recorded write by write (recorder.c, loaded into the process). A cut at a chosen write
leaves each file as it was at its last fsync; of the writes since, each is there or not, by chance,
or there up to some sector of 512 bytes. Modelled: loss, reordering and tearing of file contents.
Not modelled: names of files that were not synced in their folder (a removed file stays removed),
and disks that lie about fsync.
"""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from torture.killing import finish
from torture.preload import MISSING, build
from torture.script import write_script
from torture.tally import Tally

ROOT = Path(__file__).parents[1]
SECTOR = 512
CUTS_A_LIFE = 25
OUTSIDE = "outside.jsonl"
"""The world outside has its own power."""


@dataclass(frozen=True, slots=True)
class Record:
    """A write, a truncation (`data` None), a sync (`offset` None) or the removal of one file."""

    file: str
    offset: int | None
    data: bytes | None
    removed: bool = False


def cut_power(cuts: int, seed: int) -> Tally:
    """So many power cuts in one life, at writes nobody chose."""
    tally, chance = Tally(), random.Random(seed)  # noqa: S311 - no secret
    with TemporaryDirectory() as name:
        library = build("recorder", Path(name))
        if library is None:
            tally.tried[MISSING] = 1
            return tally
        records = _record(Path(name), library, seed)
        for _ in range(cuts):
            _cut(records, chance.randint(1, len(records)), seed, chance, tally)
            tally.tried["cuts"] += 1
    return tally


def _record(folder: Path, library: Path, seed: int) -> list[Record]:
    """One life, write by write."""
    home, log = folder / f"life {seed}", folder / f"log {seed}"
    home.mkdir()
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    environment |= {"RECORD_FOLDER": f"{home}/", "RECORD_LOG": str(log)}
    words = [sys.executable, "-m", "torture.recorded", str(home), str(seed)]
    subprocess.run(words, check=True, env=environment, cwd=ROOT)  # noqa: S603 - our own
    return list(_read(log.read_bytes(), f"{home}/"))


def _read(log: bytes, folder: str) -> Iterator[Record]:
    at = 0
    while at < len(log):
        kind, length = struct.unpack_from("=cH", log, at)
        at += 3
        file = log[at : at + length].decode().removeprefix(folder)
        at += length
        offset, size = struct.unpack_from("=qI", log, at)
        at += 12
        data = log[at : at + size]
        at += size
        match kind:
            case b"s":
                yield Record(file, None, None)
            case b"u":
                yield Record(file, None, None, removed=True)
            case b"t":
                yield Record(file, offset, None)
            case _:
                yield Record(file, offset, data)


def _cut(
    records: Sequence[Record], at: int, seed: int, chance: random.Random, tally: Tally
) -> None:
    """Cut the power after so many records, and let the bot go on from what is left."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in _left(records[:at], chance).items():
            if not file.endswith("-shm"):
                (folder / file).write_bytes(content)
        try:
            finish(folder, write_script(seed), tally)
        except Exception as exc:  # noqa: BLE001 - this is what is looked for
            tally.faults.append(f"after write {at} of {len(records)}: {type(exc).__name__}: {exc}")


def _left(records: Sequence[Record], chance: random.Random) -> dict[str, bytes]:
    """What is on the disk: everything synced, and of the rest what chance has let through."""
    last_sync = {one.file: index for index, one in enumerate(records) if one.offset is None}
    files: dict[str, bytearray] = {}
    for index, one in enumerate(records):
        content = files.setdefault(one.file, bytearray())
        if one.removed:
            del files[one.file]
        if one.offset is None:
            continue
        if one.file == OUTSIDE or index < last_sync.get(one.file, -1):
            _apply(content, one.offset, one.data)
        elif chance.random() < 0.5:
            data = one.data
            if data and chance.random() < 0.3:
                data = data[: chance.randrange(0, len(data), SECTOR)]
            _apply(content, one.offset, data)
    return {file: bytes(content) for file, content in files.items()}


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    start = len(content) if offset < 0 else offset
    content.extend(bytes(max(0, start - len(content))))
    content[start : start + len(data)] = data
