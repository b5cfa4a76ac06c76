"""Small libraries that stand between a process and its disk, loaded with LD_PRELOAD."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MISSING = "skipped: needs Linux and a C compiler"
"""What a trial that needs one says it has tried where there is none."""


def build(name: str, folder: Path) -> Path | None:
    """Compile `name`.c from beside this file; None where it cannot be had."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    library = folder / f"{name}.so"
    words = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(HERE / f"{name}.c")]
    subprocess.run([*words, "-ldl", "-lpthread"], check=True)  # noqa: S603 - our own words
    return library
