"""What `countersign risk --calibrate` prints: how well risk foretold what went wrong here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bot.commands.reliability import plot
from bot.git.calibrate import Replay, Score, Untold
from bot.git.faults import Kind
from routing.hindsight.calibration import ENOUGH, Calibration, Ranking, Z
from routing.levels import RiskLevel
from routing.phrases import counted, listed

NAMES = {
    Score.CARD: "card",
    Score.FEATURES: "measures",
    Score.LINES_ADDED: "lines added",
}
REASONS = {
    Untold.YOUNG: "stood for less than half the horizon",
    Untold.CUT: "came too soon after the point where the history was cut off",
    Untold.EMPTY: "changed no line",
    Untold.FIRST: "began the history",
}
FEW = 10
"""With fewer reverts, chance alone ranks them."""


def show(replay: Replay, console: Console) -> None:
    """Print everything for people."""
    for line in _summary(replay):
        console.print(line)
    if not replay.card.total.changes:
        return
    console.print(_rankings(replay), _levels(replay), sep="")
    for name, found in ((Score.CARD, replay.card), (Score.FEATURES, replay.features)):
        if found.bins is not None and found.gap is not None:
            console.print(f"\n[bold]Reliability of the {NAMES[name]}[/bold]")
            console.print("\n".join(plot(found.bins)), markup=False, no_wrap=True)
            console.print(f"Promise and outcome lie {100 * found.gap:.1f} percentage points apart.")
    if replay.card.enough:
        for line in for_the_policy(replay.card):
            console.print(line, markup=False, soft_wrap=True)


def for_the_policy(found: Calibration) -> Iterator[str]:
    """The levels as `risk.calibration` of a policy takes them."""
    yield "\nTo let explanations say so, write into the policy, with the project's name:"
    yield "risk:\n  calibration:"
    for level, rate in found.levels.items():
        if rate.changes:
            figures = f"level: {level}, changes: {rate.changes}, faulty: {rate.faulty}"
            yield f"    - {{project: OWNER/NAME, {figures}}}"


def _summary(replay: Replay) -> Iterator[str]:
    total, days = replay.card.total, replay.span.horizon.days
    missing = ", older ones not read (--last, or a shallow clone)" if replay.cut else ""
    yield (
        f"{counted(replay.read, 'change')} on the main line, "
        f"{replay.since:%Y-%m-%d} to {replay.until:%Y-%m-%d}{missing}."
    )
    yield (
        f"{counted(total.changes, 'change')} of known fate: {total.faulty} went wrong within "
        f"{counted(days, 'day')}, {replay.faults[Kind.REVERTED]} by being reverted and "
        f"{replay.faults[Kind.REPAIRED]} by having lines rewritten in a repair."
    )
    yield (
        f"The history holds {counted(replay.repairs, 'repair')} and "
        f"{counted(replay.reverts, 'revert')}, {replay.unmatched_reverts} of which "
        "could not be matched."
    )
    left = [
        f"{replay.untold[one]} that {words}" for one, words in REASONS.items() if replay.untold[one]
    ]
    if left:
        yield f"Left out: {listed(left, most=len(REASONS))}."
    if not replay.card.enough:
        yield (
            f"[bold]No percentages:[/bold] they need {ENOUGH} changes of known fate, "
            f"and here are {total.changes}."
        )


def _rankings(replay: Replay) -> Table:
    table = Table(
        title="\nHow well the riskier change is told from the sounder one",
        caption="The card routes merge requests. AUC: how often a faulty change scores above a\n"
        "sound one; 0.5 is guessing. Tenth, fifth: of the changes, the riskiest.",
        title_justify="left", caption_justify="left", box=None, pad_edge=False,
    )  # fmt: skip
    few = replay.faults[Kind.REVERTED] < FEW
    table.add_column("")
    for column in ("AUC", "tenth catches", "fifth catches", "AUC of reverts alone"):
        if replay.card.enough or column.startswith("AUC"):
            table.add_column(column, justify="right")
    for name, found in replay.rankings.items():
        shares = (found.tenth, found.fifth) if found is not None else ()
        caught = [f"{100 * share:.0f} %" for share in shares] or ["–", "–"]
        reverts = None if few else replay.of_reverts[name]
        middle = caught if replay.card.enough else ()
        table.add_row(NAMES[name], _auc(found), *middle, _auc(reverts))
    return table


def _auc(found: Ranking | None) -> str:
    return "–" if found is None else f"{found.auc:.3f} ± {Z * found.error:.3f}"


def _levels(replay: Replay) -> Table:
    found = {Score.CARD: replay.card, Score.FEATURES: replay.features}
    table = Table(
        title="\nHow many went wrong at each level",
        title_justify="left", caption_justify="left", box=None, pad_edge=False,
    )  # fmt: skip
    table.add_column("")
    for name in found:
        table.add_column(NAMES[name], justify="right")
    for level in RiskLevel:
        table.add_row(level, *(_rate(one, level) for one in found.values()))
    falling = [NAMES[name] for name, one in found.items() if not one.rises]
    if falling:
        table.caption = f"Not always more at a higher level: {listed(falling)}."
    return table


def _rate(found: Calibration, level: RiskLevel) -> str:
    rate = found.levels[level]
    percentage = (found.percentages or {}).get(level)
    of = f"{rate.faulty} of {rate.changes}"
    if percentage is None:
        return of
    low, high = rate.interval
    return f"{of}, {percentage:.1f} % ({100 * low:.0f}–{100 * high:.0f})"


def plain(replay: Replay) -> dict[str, object]:
    """Everything, for JSON. Shares lie between 0 and 1, percentages between 0 and 100."""
    return {
        "changes": replay.read,
        "since": replay.since.isoformat(),
        "until": replay.until.isoformat(),
        "older_history_missing": replay.cut,
        "horizon_days": replay.span.horizon.days,
        "left_out": {reason: replay.untold[reason] for reason in Untold},
        "repairs": replay.repairs,
        "reverts": replay.reverts,
        "unmatched_reverts": replay.unmatched_reverts,
        "graded": replay.card.total.changes,
        "faulty": replay.card.total.faulty,
        "faulty_by_kind": {kind: replay.faults[kind] for kind in Kind},
        "enough_for_percentages": replay.card.enough,
        "ranking": _plain_rankings(replay.rankings),
        "ranking_of_reverts_alone": _plain_rankings(replay.of_reverts),
        "card": _plain_calibration(replay.card),
        "features": _plain_calibration(replay.features),
    }


def _plain_rankings(found: Mapping[Score, Ranking | None]) -> dict[str, object]:
    return {name: asdict(one) if one else None for name, one in found.items()}


def _plain_calibration(found: Calibration) -> dict[str, object]:
    return {
        "levels": {level: asdict(rate) for level, rate in found.levels.items()},
        "percentages": found.percentages,
        "rises": found.rises,
        "reliability": found.bins and [asdict(one) for one in found.bins],
        "gap": found.gap,
    }
