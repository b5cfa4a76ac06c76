"""The card: how many points each thing about a change is worth, and where the numbers are from.

*Measured* rows were counted on seven public sets of changes with known defects, each split 70/30
by time: their bands rise in all seven. *Judged* rows are what reviewers and auditors ask for;
nobody has measured them. All of it can be replaced by the value given to `assess_risk`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from routing.hazards.kinds import Kind
from routing.levels import RiskLevel
from routing.supply.dependencies import Finding

Steps = tuple[tuple[int, int], ...]
"""(from this value on, so many points), rising."""


def points_at(steps: Steps, value: int) -> int:
    """The points of the last step that the value reaches; none below the first."""
    return max((points for least, points in steps if value >= least), default=0)


@dataclass(frozen=True, slots=True)
class Area:
    """Kinds of files that carry a risk of their own; `phrase` names it within a sentence.

    A change that touches the area never falls below `floor`.
    """

    name: str
    kinds: tuple[Kind, ...]
    points: int
    phrase: str
    floor: RiskLevel | None = None


MIGRATION = Area("migration", (Kind.MIGRATION,), 3, "a database migration", RiskLevel.HIGH)
AREAS = (
    MIGRATION,
    Area(
        "access",
        (Kind.AUTH, Kind.CRYPTO, Kind.SECRETS),
        3,
        "authentication, cryptography or secrets",
        RiskLevel.HIGH,
    ),
    Area(
        "infrastructure",
        (Kind.INFRASTRUCTURE, Kind.CONTAINER, Kind.CI),
        3,
        "infrastructure, containers or the build pipeline",
        RiskLevel.HIGH,
    ),
    Area("review_rules", (Kind.REVIEW_RULES,), 3, "the rules of review"),
    Area("payment", (Kind.PAYMENT,), 2, "payments"),
    Area("api_schema", (Kind.API_SCHEMA,), 2, "an interface that others build on"),
    Area("vendored", (Kind.VENDORED,), 2, "code copied from others"),
    Area("binary", (Kind.BINARY,), 2, "a program or archive that nobody can read"),
)
"""Judged. Migrations, infrastructure and everything about access are never below high."""

FINDING_POINTS: Mapping[Finding, int] = MappingProxyType(
    {
        Finding.UNSEEN: 3,
        Finding.INSTALL_SCRIPT: 3,
        Finding.SOURCE: 3,
        Finding.ADDED: 3,
        Finding.UNPINNED_ACTION: 2,
        Finding.UNREAD: 2,
        Finding.MAJOR_UPGRADE: 2,
        Finding.DOWNGRADED: 2,
        Finding.UPGRADED: 1,
        Finding.CHANGED: 1,
        Finding.REMOVED: 0,
    }
)
"""What cannot be seen counts like the worst that could be there."""


@dataclass(frozen=True, slots=True)
class RiskWeights:
    """Points for everything that counts.

    Of several findings about dependencies the worst counts. `bands` are the scores from which
    a level begins.
    """

    lines: Steps = ((11, 1), (51, 2), (101, 3), (201, 4), (401, 5))
    """Measured: 201-400 lines carry 5.7 times the defects of up to 10. Reviewers find most in up
    to 200 lines, 400 is the limit (Cohen: Best Kept Secrets of Peer Code Review, 2006)."""

    lines_of_tests_for_one: int = 4
    """Judged: so many lines of tests weigh like one of code; documentation weighs nothing."""

    files: Steps = ((2, 1), (4, 2), (11, 3), (31, 4))
    """Measured."""

    scattered_directories: int = 5
    scattered_entropy: float = 2.0
    scattered: int = 1
    """Judged: so many directories with the lines so evenly spread. Entropy and directories add
    nothing measurable once size and files are counted, hence one point."""

    fix: int = 1
    """Measured: a change that repairs a defect."""

    developers: Steps = ((10, 1),)
    """Measured: developers who changed these files before."""

    recent_changes: Steps = ((20, 1),)
    recent_fixes: Steps = ((2, 1), (5, 2))
    """Judged, in the direction that was measured: busy files and files just repaired."""

    critical_domain: int = 3
    more_critical_domains: int = 1
    """Judged: what the organisation itself called critical."""

    areas: tuple[Area, ...] = AREAS
    destructive_migration: int = 5
    """Judged; in place of the points of a migration."""

    findings: Mapping[Finding, int] = field(default_factory=lambda: FINDING_POINTS)
    lock_alone: int = 2
    """Judged: a lock file changes although no manifest does."""

    tests_missing: Steps = ((11, 1), (51, 2))
    """Judged, by lines of source: none of the change's files is a test that gains lines."""

    tests_removed: int = 2
    tests_removed_from: int = 10
    """Judged: tests shrink by so many lines, or a test file goes, while the code does not."""

    author_new: int = 1
    """Judged: the author never changed these files. An author's total experience says little."""

    ai: Steps = ((11, 1), (201, 2))
    """Judged, by lines that AI had a hand in. AI should trigger policy more than score."""

    unseen: int = 1
    gap: int = 3
    more_gaps: int = 1
    """Judged: contents that were not shown; a gap in what the forge gave, which is worth a whole
    band."""

    bands: tuple[tuple[int, RiskLevel], ...] = (
        (2, RiskLevel.MODERATE),
        (5, RiskLevel.HIGH),
        (8, RiskLevel.CRITICAL),
    )


WEIGHTS = RiskWeights()
