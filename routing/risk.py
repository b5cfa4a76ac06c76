"""How much could a change hurt? Points that add up, each with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from routing.hazards.inspection import Inspection, effective_lines, inspect
from routing.hazards.kinds import Kind
from routing.hazards.weights import MIGRATION, WEIGHTS, Area, RiskWeights, points_at
from routing.levels import RiskLevel
from routing.model import Change
from routing.phrases import counted, listed
from routing.provenance import Provenance
from routing.repairs import names_repair

__all__ = ["Factor", "Risk", "RiskContext", "assess_risk", "effective_lines"]


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for the score, as a sentence, with its points."""

    name: str
    points: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Risk:
    """The level, the score in points and the factors that add up to it, largest first."""

    level: RiskLevel
    score: int
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class RiskContext:
    """What only the history and the policy know; None where nobody knows.

    `critical_domains` are those the change touches. `developers_on_files` counts who changed
    these files before; `recent_changes` and `recent_fixes` count earlier changes to them in the
    last 90 days. `after_hours` is the author's local time in words, where the last commit was
    written outside their working hours.
    """

    critical_domains: tuple[str, ...] = ()
    developers_on_files: int | None = None
    author_knows_files: bool | None = None
    recent_changes: int | None = None
    recent_fixes: int | None = None
    after_hours: str | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything that factors are found in."""

    change: Change
    provenance: Provenance
    context: RiskContext
    look: Inspection
    weights: RiskWeights

    @property
    def size(self) -> int:
        """Lines, with those of tests weighed and without documentation."""
        lines = self.look.lines
        return lines.code + lines.tests // self.weights.lines_of_tests_for_one


def assess_risk(
    change: Change,
    provenance: Provenance,
    context: RiskContext,
    weights: RiskWeights = WEIGHTS,
    look: Inspection | None = None,
) -> Risk:
    """Grade a change. What could not be seen raises the answer and never lowers it.

    `look` is what was found in the change, where somebody has looked already.

    The score is the sum of the factors' points. The level follows from the score, and does not
    fall below the floor of any area the change touches, or may touch where files are missing.
    """
    case = _Case(change, provenance, context, look or inspect(change), weights)
    found = [factor for find in FINDERS for factor in find(case)]
    score = sum(factor.points for factor in found)
    floors = [area.floor for area in _areas(case) if area.floor is not None]
    if change.hidden:
        floors.append(weights.hidden_floor)
    return Risk(
        max((_band(score, weights), *floors), key=lambda level: level.rank),
        score,
        tuple(sorted(found, key=lambda factor: -factor.points)),
    )


def _band(score: int, weights: RiskWeights) -> RiskLevel:
    reached = [level for least, level in weights.bands if score >= least]
    return reached[-1] if reached else RiskLevel.LOW


def _areas(case: _Case) -> list[Area]:
    return [
        area for area in case.weights.areas if any(kind in case.look.kinds for kind in area.kinds)
    ]


def _size(case: _Case) -> Iterator[Factor]:
    lines = case.look.lines
    parts = [f"{counted(lines.code, 'line')} of code"]
    if lines.tests:
        each = case.weights.lines_of_tests_for_one
        parts.append(f"{lines.tests} of tests ({each} weigh like one)")
    if lines.docs:
        parts.append(f"{lines.docs} of documentation (weighs nothing)")
    points = points_at(case.weights.lines, case.size)
    yield Factor("size", points, f"Changes {listed(parts, most=3)}.")


def _spread(case: _Case) -> Iterator[Factor]:
    spread, weights = case.look.spread, case.weights
    points = points_at(weights.files, spread.files)
    if (
        spread.directories >= weights.scattered_directories
        and spread.entropy >= weights.scattered_entropy
    ):
        points += weights.scattered
    if points:
        where = counted(spread.directories, "directory", "directories")
        yield Factor(
            "spread",
            points,
            f"Touches {spread.files} files of code in {where}, entropy {spread.entropy:.1f} bits.",
        )


def _critical_domains(case: _Case) -> Iterator[Factor]:
    names, weights = case.context.critical_domains, case.weights
    if names:
        points = weights.critical_domain + weights.more_critical_domains * (len(names) > 1)
        what = counted(len(names), "critical domain")
        yield Factor("critical_domain", points, f"Touches {what}: {listed(names)}.")


def _touched_areas(case: _Case) -> Iterator[Factor]:
    for area in _areas(case):
        kinds = case.look.kinds
        paths = dict.fromkeys(path for kind in area.kinds for path in kinds.get(kind, ()))
        sentence = f"Touches {area.phrase} in {counted(len(paths), 'file')}: {listed(paths)}"
        points = area.points
        if area is MIGRATION and case.look.destructive is not None:
            points = case.weights.destructive_migration
            sentence += f"; it may destroy ({listed([case.look.destructive])})"
        if area.floor is not None:
            sentence += f"; never below {area.floor}"
        yield Factor(area.name, points, f"{sentence}.")


def _dependencies(case: _Case) -> Iterator[Factor]:
    found, worth = case.look.dependencies, case.weights.findings
    points = max((worth[change.finding] for change in found), default=0)
    if points:
        what = counted(len(found), "change")
        said = listed([change.phrase for change in found])
        yield Factor("dependencies", points, f"Makes {what} to dependencies: {said}.")


def _lock_alone(case: _Case) -> Iterator[Factor]:
    kinds = case.look.kinds
    locks = kinds.get(Kind.LOCK, ())
    if locks and Kind.MANIFEST not in kinds:
        yield Factor(
            "lock_alone",
            case.weights.lock_alone,
            f"Changes {counted(len(locks), 'lock file')} but no manifest: {listed(locks)}.",
        )


def _tests(case: _Case) -> Iterator[Factor]:
    source, tests, weights = case.look.lines.source, case.look.tests, case.weights
    points = points_at(weights.tests_missing, source)
    if points and not tests.written:
        yield Factor(
            "tests_missing", points, f"Changes {source} lines of source, but no test gains a line."
        )
    if tests.net_removed and (
        tests.files_removed or tests.net_removed >= weights.tests_removed_from
    ):
        yield Factor(
            "tests_removed",
            weights.tests_removed,
            f"Takes {counted(tests.net_removed, 'line')} of tests away, "
            f"{counted(tests.files_removed, 'whole file')} among them.",
        )


def _fix(case: _Case) -> Iterator[Factor]:
    request = case.change.merge_request
    told = next((text for text in (request.title, *request.labels) if names_repair(text)), None)
    if told is not None:
        yield Factor(
            "fix", case.weights.fix, f'Repairs a defect, by its own words: "{listed([told])}".'
        )


def _history(case: _Case) -> Iterator[Factor]:
    context, weights = case.context, case.weights
    counts = (
        (
            "developers",
            weights.developers,
            context.developers_on_files,
            "developers changed these files before",
        ),
        (
            "churn",
            weights.recent_changes,
            context.recent_changes,
            "changes went into these files in 90 days",
        ),
        (
            "recent_fixes",
            weights.recent_fixes,
            context.recent_fixes,
            "repairs went into these files in 90 days",
        ),
    )
    for name, steps, count, words in counts:
        points = points_at(steps, count or 0)
        if points:
            yield Factor(name, points, f"{count} {words}.")
    if context.author_knows_files is False:
        files = counted(len(case.change.files), "file")
        yield Factor("author_new", weights.author_new, f"New to the author: none of {files} known.")


def _after_hours(case: _Case) -> Iterator[Factor]:
    said, points = case.context.after_hours, case.weights.after_hours
    if said is not None and points:
        yield Factor("after_hours", points, f"Last written outside working hours: {said}.")


def _ai(case: _Case) -> Iterator[Factor]:
    if not case.provenance.ai:
        return
    lines = min(case.provenance.assisted_lines or case.size, case.size)
    points = points_at(case.weights.ai, lines)
    if points:
        tools = f" ({listed(case.provenance.tools)})" if case.provenance.tools else ""
        yield Factor("ai", points, f"AI{tools} had a hand in {lines} lines.")


def _unseen(case: _Case) -> Iterator[Factor]:
    unseen, gaps, weights = case.look.unseen, case.change.gaps, case.weights
    if unseen:
        what = counted(len(unseen), "file")
        yield Factor(
            "unseen", weights.unseen, f"The contents of {what} were not shown: {listed(unseen)}."
        )
    if gaps:
        points = weights.gap + weights.more_gaps * (len(gaps) > 1)
        what = counted(len(gaps), "gap")
        end = f"; never below {weights.hidden_floor}." if case.change.hidden else "."
        yield Factor("gaps", points, f"Seen with {what}: {listed(gaps)}{end}")


FINDERS: tuple[Callable[[_Case], Iterator[Factor]], ...] = (
    *(_size, _spread, _critical_domains, _touched_areas, _dependencies, _lock_alone),
    *(_tests, _fix, _history, _after_hours, _ai, _unseen),
)
"""Where points come from; of equal factors the earlier is shown first."""
