"""What a trial has tried, measured and found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """`tried` counts by what it was; `measured` holds the worst of each figure, by its unit.

    `slow` are what took too long: faults where the whole is tried, for which a machine has to be
    left alone. `seconds` is how long it took, however many parts ran side by side.
    """

    tried: Counter[str] = field(default_factory=Counter)
    measured: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def measure(self, what: str, value: float) -> None:
        """Keep the worst, which is the largest."""
        self.measured[what] = max(value, self.measured.get(what, value))

    def add(self, other: Tally) -> None:
        """Take in what another part of the same trial came to."""
        self.tried += other.tried
        self.faults += other.faults
        self.slow += other.slow
        self.seconds += other.seconds
        for what, value in other.measured.items():
            self.measure(what, value)
