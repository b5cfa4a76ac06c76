"""What the system says of a process."""

from __future__ import annotations

import os
import resource
from pathlib import Path

MB = 1e6


def cpu_seconds(pid: int) -> float:
    """Seconds of CPU that it has used so far."""
    ticks = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """MB of memory that it holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages * resource.getpagesize() / MB
