"""A reliability plot in letters: what scores promised, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.calibration import Bin
from routing.phrases import counted

WIDTH = 48
"""Letters across."""

TICKS = 4
SCALES = (0.1, 0.2, 0.4, 0.6, 0.8)
"""Where the plot may end instead of at 1: the first that holds everything is taken."""

PROMISED, HAPPENED, BOTH, INTERVAL = "○●◉─"


def plot(bins: Sequence[Bin]) -> Iterator[str]:
    """A line for the axis, one for each bin from low to high scores, and one that explains."""
    highest = max(max(one.promised.share, _interval(one)[1]) for one in bins)
    scale = next((end for end in SCALES if end >= highest), 1.0)
    labels = [_scores(one) for one in bins]
    margin = max(len(label) for label in (*labels, "score"))
    yield f"{'score':<{margin}}  {_axis(scale)}"
    for label, one in zip(labels, bins, strict=True):
        later = counted(one.happened.changes, "change")
        yield f"{label:<{margin}}  {_row(one, scale)}  {later}"
    yield f"{PROMISED} promised by the earlier changes, {HAPPENED} happened to the later ones"


def _axis(scale: float) -> str:
    step = WIDTH // TICKS
    marks = (f"{100 * scale * tick / TICKS:.3g} %" for tick in range(TICKS + 1))
    return "".join(mark.ljust(step) for mark in marks).rstrip()


def _row(one: Bin, scale: float) -> str:
    low, high = (round(WIDTH * share / scale) for share in _interval(one))
    letters = [
        INTERVAL if one.happened.changes and low <= at <= high else " " for at in range(WIDTH + 1)
    ]
    promised = round(WIDTH * one.promised.share / scale)
    letters[promised] = PROMISED
    if one.happened.changes:
        happened = round(WIDTH * one.happened.share / scale)
        letters[happened] = BOTH if happened == promised else HAPPENED
    return "".join(letters)


def _interval(one: Bin) -> tuple[float, float]:
    """Where the true share of what happened lies; nothing where nothing happened."""
    return one.happened.interval if one.happened.changes else (0.0, 0.0)


def _scores(one: Bin) -> str:
    return f"{one.low:g}" if one.low == one.high else f"{one.low:g}–{one.high:g}"
