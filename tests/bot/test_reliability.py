"""The reliability plot, letter by letter."""

from __future__ import annotations

import pytest

from bot.commands.reliability import plot
from routing.hindsight.calibration import Bin, Rate

NONE = Rate(0, 0)


def row(*bins: Bin) -> str:
    """The first bin's line without its label and count."""
    return list(plot(bins))[1][7:56]


def test_a_plot_stands_as_people_read_it() -> None:
    bins = [
        Bin(0, 2, Rate(100, 5), Rate(40, 1)),
        Bin(3, 3, Rate(100, 10), Rate(50, 5)),
        Bin(4.5, 9, Rate(100, 30), NONE),
    ]
    assert list(plot(bins)) == [
        "score  0 %         10 %        20 %        30 %        40 %",
        "0–2     ──●──○─────────                                   40 changes",
        "3           ───────◉──────────────                        50 changes",
        "4.5–9                                      ○              0 changes",
        "○ promised by the earlier changes, ● happened to the later ones",
        "─ where the later share lies, 95 times in 100",
    ]


@pytest.mark.parametrize(
    ("share", "end"), [(0.04, "10 %"), (0.1, "10 %"), (0.11, "20 %"), (0.7, "80 %"), (1, "100 %")]
)
def test_a_plot_ends_where_everything_is_held(share: float, end: str) -> None:
    axis = next(plot([Bin(0, 1, Rate(100, round(100 * share)), NONE)]))
    assert axis.endswith(f" {end}")


def test_where_nothing_happened_yet_only_the_promise_stands() -> None:
    assert row(Bin(0, 1, Rate(10, 1), NONE)).strip() == "○"


def test_a_promise_that_held_is_one_mark() -> None:
    shown = row(Bin(0, 1, Rate(10, 1), Rate(1000, 100)))
    assert "◉" in shown
    assert not {"○", "●"} & set(shown)
