"""`python -m bench.load`: everything, or one part of it with `--only`.

Ends with 1 when a delivery that was answered is lost or doubled.
"""

from __future__ import annotations

import argparse
import sys

from bench.load.beginning import beginning
from bench.load.decisions import decisions
from bench.load.memory.measure import memory
from bench.load.webhooks import webhooks

PARTS = ("webhooks", "decisions", "start")
LONG = ("memory",)
"""What takes so long that it is done only when it is asked for."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="how long webhooks come")
    parser.add_argument("--rows", type=int, default=100_000, help="of the ledger at the start")
    parser.add_argument("--events", type=int, default=100_000, help="for the memory")
    parser.add_argument("--only", choices=(*PARTS, *LONG), help="one part of it")
    chosen = parser.parse_args()
    fine = True
    for part in PARTS if chosen.only is None else (chosen.only,):
        match part:
            case "webhooks":
                fine = webhooks(chosen.seconds)
            case "decisions":
                decisions()
            case "memory":
                fine = memory(chosen.events)
            case _:
                beginning(chosen.rows)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
