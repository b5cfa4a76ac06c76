"""A simulation as plots: SVG by matplotlib, to stand inside one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

from routing.hindsight.simulation import Demand, Simulated, Summary
from routing.levels import RiskLevel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {
    Demand.NOBODY: "#9a9fa8",
    Demand.ANYONE: "#b7d9c8",
    Demand.NAMED: "#6fa8c9",
    Demand.EXPERT: "#16704f",
    Demand.SENIOR_OR_EXPERT: "#d9a441",
    Demand.SENIOR: "#b0482f",
}
FIRST, SECOND = "#16704f", "#d9a441"
PEOPLE = 20
WEEKS = 26
WIDTH, HEIGHT = 7.2, 3.0
A_BAR = 0.18
"""Inches that one person's bar takes."""


def plot_demands(names: Sequence[str], summaries: Sequence[Summary]) -> str:
    """What each policy asked for, by risk."""
    figure = _figure(HEIGHT)
    panels = figure.subplots(1, len(summaries), sharey=True, squeeze=False)[0]
    for axes, name, summary in zip(panels, names, summaries, strict=True):
        labels, below = [str(risk) for risk in RiskLevel], [0] * len(RiskLevel)
        for demand, colour in COLOURS.items():
            counts = [summary.of_risk[risk].get(demand, 0) for risk in RiskLevel]
            if any(counts):
                axes.bar(labels, counts, bottom=below, color=colour, label=str(demand))
                below = [low + count for low, count in zip(below, counts, strict=True)]
        axes.set_title(name, fontsize=10)
        axes.legend(frameon=False, fontsize=8)
        _dress(axes)
    panels[0].set_ylabel("merge requests")
    return _svg(figure)


def plot_asked(
    names: Sequence[str], summaries: Sequence[Summary], people: Mapping[str, str]
) -> str:
    """How often people would have been asked, those asked most first."""
    total = {
        who: sum(summary.asked.get(who, 0) for summary in summaries)
        for summary in summaries
        for who in summary.asked
    }
    shown = sorted(total, key=lambda who: (-total[who], who))[:PEOPLE]
    figure = _figure(max(1.4, A_BAR * len(shown) * len(summaries) + 0.8))
    axes = figure.subplots()
    thick = 0.8 / len(summaries)
    for number, (name, summary) in enumerate(zip(names, summaries, strict=True)):
        places = [place + number * thick for place in range(len(shown))]
        counts = [summary.asked.get(who, 0) for who in shown]
        axes.barh(places, counts, height=thick, color=(FIRST, SECOND)[number], label=name)
    middle = thick * (len(summaries) - 1) / 2
    axes.set_yticks([place + middle for place in range(len(shown))])
    axes.set_yticklabels([people.get(who, who)[:40] for who in shown], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("times asked")
    if len(summaries) > 1:
        axes.legend(frameon=False, fontsize=8)
    _dress(axes, "x")
    return _svg(figure)


def plot_weeks(outcomes: Sequence[Simulated]) -> str:
    """What was asked for week by week, by the first policy; the last half year."""
    weeks: dict[str, dict[Demand, int]] = {}
    last = max(one.at for one in outcomes)
    for one in outcomes:
        if one.at > last - timedelta(weeks=WEEKS):
            monday = (one.at - timedelta(days=one.at.weekday())).strftime("%m-%d")
            its = weeks.setdefault(monday, {})
            its[one.demand] = its.get(one.demand, 0) + 1
    figure = _figure(HEIGHT)
    axes = figure.subplots()
    below = [0] * len(weeks)
    for demand, colour in COLOURS.items():
        counts = [its.get(demand, 0) for its in weeks.values()]
        if any(counts):
            axes.bar(list(weeks), counts, bottom=below, color=colour, label=str(demand))
            below = [low + count for low, count in zip(below, counts, strict=True)]
    axes.tick_params(axis="x", rotation=60, labelsize=8)
    axes.set_ylabel("merge requests")
    axes.legend(frameon=False, fontsize=8)
    _dress(axes)
    return _svg(figure)


def _figure(height: float) -> Figure:
    # Loading matplotlib takes a second, which only who wants plots should wait for.
    from matplotlib.figure import Figure  # noqa: PLC0415 - see above

    return Figure(figsize=(WIDTH, height), layout="constrained")


def _dress(axes: Axes, along: str = "y") -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x" if along == "x" else "y", color="#dcdfe5", linewidth=0.8)
    axes.set_axisbelow(True)


def _svg(figure: Figure) -> str:
    """The drawing without what belongs to a file of its own."""
    import matplotlib as mpl  # noqa: PLC0415 - as above

    out = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "countersign"}):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    drawn = out.getvalue()
    return drawn[drawn.index("<svg") :]
