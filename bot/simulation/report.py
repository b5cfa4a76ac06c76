"""A simulation as one HTML file that needs nothing else, and as plain values for programs."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.simulation.plots import plot_asked, plot_demands, plot_weeks
from bot.simulation.replay import Simulation
from routing.hindsight.simulation import (
    DEMAND_WORDS,
    Change,
    Counted,
    Demand,
    Difference,
    Simulated,
    Summary,
    compare,
    summarise,
)

ENVIRONMENT = Environment(
    loader=PackageLoader("bot.simulation"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def differ(simulation: Simulation) -> Difference | None:
    """What the second policy changes, where there are two."""
    if len(simulation.outcomes) == 1:
        return None
    return compare(simulation.outcomes[0], simulation.outcomes[1])


def render_html(simulation: Simulation, names: tuple[str, ...]) -> str:
    """The whole report; `names` are what the policies are called."""
    summaries = [summarise(outcomes) for outcomes in simulation.outcomes]
    return ENVIRONMENT.get_template("report.html").render(
        simulation=simulation,
        named=list(zip(names, summaries, strict=True)),
        names=names,
        demands=[one for one in reversed(Demand) if any(s.demands[one].count for s in summaries)],
        words=DEMAND_WORDS,
        difference=differ(simulation),
        changes=Change,
        # Drawn by us from numbers and names, which matplotlib escapes.
        plots={
            "demands": Markup(plot_demands(names, summaries)),  # noqa: S704 - see above
            "asked": Markup(plot_asked(names, summaries, simulation.people)),  # noqa: S704 - see above
            "weeks": Markup(plot_weeks(simulation.outcomes[0])),  # noqa: S704 - see above
        },
    )


def plain(simulation: Simulation, names: tuple[str, ...]) -> dict[str, object]:
    """The same as plain JSON, with every merge request's outcome."""
    found = differ(simulation)
    return {
        "since": simulation.since.isoformat(),
        "until": simulation.until.isoformat(),
        "branch": simulation.branch,
        "project": simulation.project,
        "unread": list(simulation.unread),
        "people_from_commits": simulation.invented_people,
        "policies": [
            {
                "policy": name,
                **_plain_summary(summarise(outcomes)),
                "merge_requests": [_plain_outcome(one) for one in outcomes],
            }
            for name, outcomes in zip(names, simulation.outcomes, strict=True)
        ],
        "difference": _plain_difference(found) if found is not None else None,
    }


def _plain_summary(summary: Summary) -> dict[str, object]:
    return {
        "total": summary.total,
        "ai": summary.ai,
        "needed": {one.value: its.count for one, its in summary.demands.items()},
        "asked": dict(summary.asked),
        "blocked": summary.blocked_total,
        "blocked_because": _plain_counts(summary.blocked),
        "rules": dict(summary.rules),
        "signed": summary.signed.count if summary.signed else None,
    }


def _plain_counts(counts: Mapping[str, Counted]) -> dict[str, object]:
    return {
        reason: {"count": its.count, "examples": [one.id for one in its.examples]}
        for reason, its in counts.items()
    }


def _plain_outcome(one: Simulated) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "at": one.at.isoformat(),
        "author": one.author,
        "ai": one.ai,
        "risk": one.risk.value,
        "domains": list(one.domains),
        "rules": list(one.rules),
        "needed": one.demand.value,
        "asked": list(one.asked),
        "blocked": list(one.blocks),
        "signed": one.signed,
    }


def _plain_difference(found: Difference) -> dict[str, object]:
    return {
        "counts": {change.value: count for change, count in found.counts.items()},
        "examples": {
            change.value: [pair.now.id for pair in pairs]
            for change, pairs in found.examples.items()
        },
        "asks": dict(found.asks),
    }
