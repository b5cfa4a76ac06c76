"""What the write-ahead log held before SQLite took it in, and what of that it had to pass over.

SQLite ends at the first frame of the log that does not fit, and says nothing: it may be the torn
end of what was never kept. One transaction can be torn so, the last one. Where more of them lie
behind a frame that does not fit, these were kept, and the disk has lost them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

HEADER, FRAME = 32, 24
MAGIC = (0x377F0682, 0x377F0683)
TORN = 1
"""So many transactions may lie behind a torn frame."""


def commits_in(database: Path) -> Sequence[int]:
    """The frames with which transactions end in the log, counted from 1, whether they fit or not.

    Frames of an earlier round, which the log has begun to write over, are none.
    """
    log = database.with_name(f"{database.name}-wal")
    if not log.exists():
        return ()
    with log.open("rb") as file:
        head = file.read(HEADER)
        if len(head) < HEADER:
            return ()
        magic, _, page, _, *salts = struct.unpack(">6L", head[:24])
        if magic not in MAGIC:
            return ()
        found: list[int] = []
        number = 0
        while len(frame := file.read(FRAME)) == FRAME:
            number += 1
            _, pages, *own = struct.unpack(">4L", frame[:16])
            if pages and own == salts:
                found.append(number)
            file.seek(page, 1)
    return found


def passed_over(commits: Sequence[int], taken_in: int) -> int:
    """How many transactions that were kept are lost, of a log taken in up to that frame."""
    behind = sum(number > taken_in for number in commits)
    return behind if behind > TORN else 0
