"""The insights as plots by matplotlib: SVG for light and dark pages, one PNG for Slack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO, StringIO
from threading import Lock
from typing import TYPE_CHECKING

from bot.insights.words import TITLES
from routing.hindsight.insights import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTERS = 5
"""The month and day of a week's label: "11-16"."""


HEADROOM = 1.15
"""The part above the largest figure, where the legend stands."""
SIZE = (4.8, 2.5)
"""Inches; so small that its words can still be read on a telephone."""
SHEET, DOTS = (9.6, 5.8), 160
"""The picture for Slack, in inches and dots an inch: read in the channel and when opened."""
LABELS = 6
"""About so many weeks are named below a plot."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a page."""

    text: str
    line: str
    main: str
    second: str
    third: str


THEMES: Mapping[str, Theme] = {
    "light": Theme("#1c2026", "#dcdfe5", "#16704f", "#8a5a00", "#a3293d"),
    "dark": Theme("#e4e7ec", "#343b45", "#55c39b", "#e8b85c", "#ff8b9a"),
}

Draw = Callable[["Axes", Sequence[Figures], Theme], None]

_one_at_a_time = Lock()
"""matplotlib is not made for two threads."""


def _hours(axes: Axes, weeks: Sequence[Figures], theme: Theme) -> None:
    for label, colour, hours in (
        ("first review", theme.main, [one.hours for one in weeks]),
        ("merge", theme.second, [one.merge_hours for one in weeks]),
    ):
        known = [float("nan") if one is None else one for one in hours]
        axes.plot(known, color=colour, marker="o", label=label, clip_on=False)
    _explain(axes, theme)
    axes.set_ylabel("hours")


def _ai(axes: Axes, weeks: Sequence[Figures], theme: Theme) -> None:
    shares = [float("nan") if one.ai_share is None else one.ai_share * 100 for one in weeks]
    axes.plot(shares, color=theme.main, marker="o", linewidth=2, clip_on=False)
    axes.set_ylabel("% of merge requests")
    axes.set_ylim(top=100)


def _load(axes: Axes, weeks: Sequence[Figures], theme: Theme) -> None:
    known = [(number, one.load) for number, one in enumerate(weeks) if one.load]
    places = [number for number, _ in known]
    least, most = [load.least for _, load in known], [load.most for _, load in known]
    axes.vlines(places, least, most, color=theme.second, linewidth=3)
    middle = [load.middle for _, load in known]
    axes.plot(places, middle, color=theme.main, marker="o", linestyle="none")
    axes.set_ylabel("changes a person")


def _exceptions(axes: Axes, weeks: Sequence[Figures], theme: Theme) -> None:
    below = [one.overdue for one in weeks]
    above = [one.overdue + one.overridden for one in weeks]
    top = [one.overdue + one.overridden + one.past_gate for one in weeks]
    _steps(axes, [0] * len(weeks), below, theme.second, "overdue")
    _steps(axes, below, above, theme.main, "overrides")
    _steps(axes, above, top, theme.third, "past the gate")
    _explain(axes, theme)
    axes.set_ylabel("merge requests")


def _steps(axes: Axes, below: Sequence[int], above: Sequence[int], colour: str, label: str) -> None:
    """A bar for each week; as one shape, which is drawn much quicker than fifty bars."""
    edges = [number + side for number in range(len(above)) for side in (-0.4, -0.4, 0.4, 0.4)]
    low = [value for one in below for value in (one,) * 4]
    high = [
        value
        for under, over in zip(below, above, strict=True)
        for value in (under, over, over, under)
    ]
    axes.fill_between(edges, low, high, color=colour, linewidth=0, label=label)


def _explain(axes: Axes, theme: Theme) -> None:
    axes.legend(frameon=False, labelcolor=theme.text, loc="upper left", ncols=2, fontsize=9)


PLOTS: Mapping[str, Draw] = {
    "time": _hours,
    "ai": _ai,
    "load": _load,
    "exceptions": _exceptions,
}


@lru_cache(maxsize=64)
def render_plot(name: str, weeks: tuple[Figures, ...], theme_name: str) -> str:
    """The plot as SVG; slow the first time, so not for the event loop.

    Raises:
        KeyError: there is no such plot, or no such theme.
    """
    draw, theme = PLOTS[name], THEMES[theme_name]
    with _one_at_a_time:
        # Loading matplotlib takes a second, which only who looks at plots should wait for.
        import matplotlib as mpl  # noqa: PLC0415 - see above
        from matplotlib.figure import Figure  # noqa: PLC0415 - see above

        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
            figure = Figure(figsize=SIZE, layout="constrained")
            axes = figure.subplots()
            draw(axes, weeks, theme)
            _dress(axes, weeks, theme)
            out = StringIO()
            figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return out.getvalue()


def render_picture(weeks: tuple[Figures, ...]) -> bytes:
    """All the plots on one sheet, as PNG; slow, so not for the event loop.

    Slack shows pictures on light and on dark, so this one brings its own background. The same
    figures give the same bytes.
    """
    theme = THEMES["light"]
    with _one_at_a_time:
        import matplotlib as mpl  # noqa: PLC0415 - as above
        from matplotlib.figure import Figure  # noqa: PLC0415 - as above

        with mpl.rc_context():
            figure = Figure(figsize=SHEET, dpi=DOTS, layout="constrained", facecolor="white")
            for axes, (name, draw) in zip(figure.subplots(2, 2).flat, PLOTS.items(), strict=True):
                draw(axes, weeks, theme)
                _dress(axes, weeks, theme)
                axes.set_title(TITLES[name], color=theme.text, fontsize=11, loc="left")
            figure.supxlabel("weeks, each by its Monday", color=theme.text, fontsize=9)
            out = BytesIO()
            figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _dress(axes: Axes, weeks: Sequence[Figures], theme: Theme) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.line)
    axes.tick_params(colors=theme.text, labelsize=9)
    axes.yaxis.label.set_color(theme.text)
    axes.locator_params(axis="y", integer=True)
    axes.grid(axis="y", color=theme.line, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlim(-0.5, len(weeks) - 0.5)  # weeks without figures have their place as well
    axes.set_ylim(bottom=0, top=max(1, axes.get_ylim()[1] * HEADROOM))
    named = range(0, len(weeks), max(1, len(weeks) // LABELS))
    axes.set_xticks(named, [weeks[number].label[-LETTERS:] for number in named])
