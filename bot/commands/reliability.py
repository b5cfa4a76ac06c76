"""A reliability plot in letters: what scores promised, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.hindsight.calibration import Bin
from routing.phrases import counted

WIDTH = 48
"""Letters across."""

TICKS = 4
SCALES = (0.1, 0.2, 0.4, 0.6, 0.8)
"""Where the plot may end instead of at 1: the first that holds everything is taken."""

PROMISED, HAPPENED, BOTH, INTERVAL = "○●◉─"


def plot(bins: Sequence[Bin]) -> Iterator[str]:
    """A line for the axis, one for each bin from low to high scores, and one that explains."""
    reached = [one.happened.interval[1] for one in bins if one.happened.changes]
    highest = max(reached + [one.promised.share for one in bins])
    scale = next((end for end in SCALES if end >= highest), 1.0)
    labels = [_scores(one) for one in bins]
    margin = max(len(label) for label in (*labels, "score"))
    yield f"{'score':<{margin}}  {_axis(scale)}"
    for label, one in zip(labels, bins, strict=True):
        later = counted(one.happened.changes, "change")
        yield f"{label:<{margin}}  {_row(one, scale)}  {later}"
    yield f"{PROMISED} promised by the earlier changes, {HAPPENED} happened to the later ones"
    yield f"{INTERVAL} where the later share lies, 95 times in 100"


def _axis(scale: float) -> str:
    step = WIDTH // TICKS
    marks = (f"{100 * scale * tick / TICKS:.3g} %" for tick in range(TICKS + 1))
    return "".join(mark.ljust(step) for mark in marks).rstrip()


def _row(one: Bin, scale: float) -> str:
    def place(share: float) -> int:
        return round(WIDTH * share / scale)

    letters = [" "] * (WIDTH + 1)
    promised, happened = place(one.promised.share), place(one.happened.share)
    if one.happened.changes:
        low, high = map(place, one.happened.interval)
        letters[low : high + 1] = INTERVAL * (high + 1 - low)
        letters[happened] = HAPPENED
    both = letters[promised] == HAPPENED
    letters[promised] = BOTH if both else PROMISED
    return "".join(letters)


def _scores(one: Bin) -> str:
    return f"{one.low:g}" if one.low == one.high else f"{one.low:g}–{one.high:g}"
