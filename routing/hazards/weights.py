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


MIGRATION = Area("migration", (Kind.MIGRATION,), 4, "a database migration", RiskLevel.HIGH)
AREAS = (
    MIGRATION,
    Area(
        "access",
        (Kind.AUTH, Kind.CRYPTO, Kind.SECRETS),
        4,
        "authentication, cryptography or secrets",
        RiskLevel.HIGH,
    ),
    Area(
        "infrastructure",
        (Kind.INFRASTRUCTURE, Kind.CONTAINER, Kind.CI),
        4,
        "infrastructure, containers or the build pipeline",
        RiskLevel.HIGH,
    ),
    Area("review_rules", (Kind.REVIEW_RULES,), 4, "the rules of review"),
    Area("payment", (Kind.PAYMENT,), 3, "payments"),
    Area("api_schema", (Kind.API_SCHEMA,), 3, "an interface that others build on"),
    Area("vendored", (Kind.VENDORED,), 3, "code copied from others"),
    Area("binary", (Kind.BINARY,), 3, "a program or archive that nobody can read"),
)
"""Judged. Migrations, infrastructure and everything about access are never below high."""

FINDING_POINTS: Mapping[Finding, int] = MappingProxyType(
    {
        Finding.UNSEEN: 4,
        Finding.INSTALL_SCRIPT: 4,
        Finding.SOURCE: 4,
        Finding.ADDED: 4,
        Finding.UNPINNED_ACTION: 3,
        Finding.UNREAD: 3,
        Finding.MAJOR_UPGRADE: 3,
        Finding.DOWNGRADED: 3,
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

    critical_domain: int = 4
    more_critical_domains: int = 1
    """Judged: what the organisation itself called critical."""

    areas: tuple[Area, ...] = AREAS
    destructive_migration: int = 7
    """Judged; in place of the points of a migration."""

    findings: Mapping[Finding, int] = field(default_factory=lambda: FINDING_POINTS)
    lock_alone: int = 3
    """Judged: a lock file changes although no manifest does."""

    tests_missing: Steps = ((11, 1), (51, 2))
    """Judged, by lines of source: none of the change's files is a test that gains lines."""

    tests_removed: int = 3
    tests_removed_from: int = 10
    """Judged: tests shrink by so many lines, or a test file goes, while the code does not."""

    author_new: int = 1
    """Judged: the author never changed these files. An author's total experience says little."""

    after_hours: int = 0
    """Judged, and only where a policy gives it points: the last commit was written outside the
    author's working hours."""

    ai: Steps = ((11, 1), (201, 2))
    """Judged, by lines that AI had a hand in. AI should trigger policy more than score."""

    unseen: int = 1
    gap: int = 4
    more_gaps: int = 1
    """Judged: contents that were not shown; a gap in what the forge gave, which is enough for
    moderate; several of them."""

    hidden_floor: RiskLevel = RiskLevel.HIGH
    """Judged: where whole files or commits are missing the change may touch anything."""

    bands: tuple[tuple[int, RiskLevel], ...] = (
        (3, RiskLevel.MODERATE),
        (10, RiskLevel.HIGH),
        (14, RiskLevel.CRITICAL),
    )
    """Measured: of 14,241 changes to Go's tools and to Clippy, graded as they landed, 23 % are
    low, 62 % moderate, 13 % high and 2 % critical; 6, 20, 49 and 81 % of these were later reverted,
    or had lines rewritten in a repair within a year. Critical domains and AI come on top."""


WEIGHTS = RiskWeights()
