"""One life of the bot as a process of its own: `python -m torture.recorded FOLDER SEED`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from torture.life import Bomb, live
from torture.script import write_script

if __name__ == "__main__":
    live(Path(sys.argv[1]), write_script(int(sys.argv[2])), Bomb(), time.monotonic())
