"""The `ai` and `risk` parts of the policy: what counts as AI help, and what points weigh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from routing.files.fields import (
    MAX_LIST,
    Email,
    Label,
    Listed,
    Login,
    RiskWord,
    Title,
    TrailerKey,
    Whole,
    nearest_word,
    one_of,
    one_or_many,
    wrong,
)
from routing.files.file_schema import Part
from routing.files.policy_names import BranchRef, PersonRefs
from routing.files.problems import quoted
from routing.hazards.weights import WEIGHTS, RiskWeights
from routing.hindsight.calibration import ENOUGH, Rate
from routing.levels import RiskLevel
from routing.policy import Always

Labels = Annotated[tuple[Label, ...], Listed, one_or_many(Label)]
Boxes = Annotated[tuple[Title, ...], Listed, one_or_many(Title)]
BranchNames = Annotated[tuple[BranchRef, ...], Listed, one_or_many(BranchRef)]
AlwaysWord = Annotated[Always, *one_of(Always)]


class Declaring(StrEnum):
    """Whether authors must say if AI helped."""

    OPTIONAL = "optional"
    REQUIRED = "required"


DeclaringWord = Annotated[Declaring, *one_of(Declaring)]

MOST_POINTS = 20
POINTS = {part.name for part in fields(RiskWeights) if isinstance(getattr(WEIGHTS, part.name), int)}
AREAS = {area.name for area in WEIGHTS.areas}


class AgentPart(Part):
    """An AI agent of the organisation's own: whatever these identities write is AI's."""

    tool: Title = Field(description="What people call it.", examples=["House agent"])
    addresses: tuple[Email, ...] = Field(
        default=(), description="Its commits' addresses.", examples=[["agent@acme.example"]]
    )
    logins: tuple[Login, ...] = Field(
        default=(), description="Its accounts on the forge.", examples=[["acme-agent[bot]"]]
    )


class TrailerPart(Part):
    """A trailer that a tool of the organisation's own writes into commits."""

    tool: Title = Field(description="What people call it.", examples=["House tool"])
    key: TrailerKey = Field(description="The word before the colon.", examples=["House-Tool"])


class AiPart(Part):
    """How AI assistance is found, and how it counts."""

    min_lines: Whole = Field(
        default=10,
        ge=0,
        le=10_000,
        description="Smaller AI-assisted changes count as unassisted.",
        examples=[10],
    )
    always: tuple[AlwaysWord, ...] = Field(
        default=tuple(Always),
        max_length=len(Always),
        description="Where a single line counts: critical domains, infrastructure as code.",
        examples=[["critical", "infrastructure"]],
    )
    declaration: DeclaringWord = Field(
        default=Declaring.OPTIONAL,
        description="Whether authors must say if AI helped: required or optional.",
        examples=["required"],
    )
    declaration_branches: BranchNames = Field(
        default=(),
        description="Where they must, as groups or globs of base branches; everywhere if empty.",
        examples=[["production"]],
    )
    labels: Labels = Field(
        default=(), description="Labels that declare AI help.", examples=[["ai-assisted"]]
    )
    boxes: Boxes = Field(
        default=(),
        description="Ticked boxes of the merge request template that declare AI help.",
        examples=[["AI-assisted"]],
    )
    denials: Boxes = Field(
        default=(),
        description="Ticked boxes that deny it; evidence to the contrary is shown.",
        examples=[["No AI"]],
    )
    agents: tuple[AgentPart, ...] = Field(default=(), max_length=MAX_LIST)
    trailers: tuple[TrailerPart, ...] = Field(default=(), max_length=MAX_LIST)
    may_clear: PersonRefs = Field(
        default=(),
        description="Who may take a wrong mark of AI away, saying why; nobody if left out.",
        examples=[["dana"]],
    )
    keep_trailer: TrailerKey | None = Field(
        default=None,
        description="Offer this trailer for the merge commit, where a squash would erase the mark.",
        examples=["Assisted-by"],
    )


def _known_points(points: dict[str, int]) -> dict[str, int]:
    known = sorted(POINTS | AREAS)
    for name in points:
        if name not in known:
            guess = nearest_word(name, known)
            cure = f"did you mean {guess}?" if guess else f"write one of: {', '.join(known)}"
            raise wrong(f"{quoted(name)} is no name of points", cure)
    return points


class CalibrationPart(Part):
    """What became of a project's past changes of one level, as the calibration counted them."""

    project: Title = Field(description="The project on its forge.", examples=["acme/shop"])
    level: RiskWord = Field(description="The level they were graded.", examples=["high"])
    changes: Whole = Field(description="How many there were.", examples=[412])
    faulty: Whole = Field(description="How many of them went wrong.", examples=[190])


def _sound_calibration(rows: tuple[CalibrationPart, ...]) -> tuple[CalibrationPart, ...]:
    cure = "write what countersign risk --calibrate prints"
    seen = set[tuple[str, RiskLevel]]()
    for row in rows:
        if row.faulty > row.changes:
            problem = f"{row.faulty} of {row.changes} changes cannot have gone wrong"
            raise wrong(f"{row.project}: {problem}", cure)
        if (row.project, row.level) in seen:
            raise wrong(f"{row.project}: {row.level} stands there twice", cure)
        seen.add((row.project, row.level))
    for project in dict.fromkeys(row.project for row in rows):
        known = sum(row.changes for row in rows if row.project == project)
        if known < ENOUGH:
            problem = f"{known} changes of known fate are too few for a percentage"
            raise wrong(f"{project}: {problem}", f"leave it out until there are {ENOUGH}")
    return rows


class RiskPart(Part):
    """How risk is counted."""

    points: Annotated[
        dict[str, Annotated[Whole, Field(ge=0, le=MOST_POINTS)]], AfterValidator(_known_points)
    ] = Field(
        default={},
        max_length=MAX_LIST,
        description="Points of single factors and areas, in place of the built-in ones;"
        " `after_hours` (the last commit was written outside the author's working hours) counts"
        " only if given here.",
        examples=[{"critical_domain": 2, "after_hours": 1}],
    )

    calibration: Annotated[tuple[CalibrationPart, ...], AfterValidator(_sound_calibration)] = Field(
        default=(),
        max_length=MAX_LIST,
        description="How past changes of each level fared; explanations then say it in per cent.",
        examples=[[{"project": "acme/shop", "level": "high", "changes": 412, "faulty": 190}]],
    )

    def rates(self) -> Mapping[str, Mapping[RiskLevel, Rate]]:
        """The calibration by project and level."""
        return {
            project: {
                row.level: Rate(row.changes, row.faulty)
                for row in self.calibration
                if row.project == project
            }
            for project in dict.fromkeys(row.project for row in self.calibration)
        }

    def weights(self) -> RiskWeights:
        """The card with these points put in."""
        scalars: dict[str, Any] = {
            name: value for name, value in self.points.items() if name in POINTS
        }
        areas = tuple(
            replace(area, points=self.points.get(area.name, area.points)) for area in WEIGHTS.areas
        )
        return replace(WEIGHTS, areas=areas, **scalars)
