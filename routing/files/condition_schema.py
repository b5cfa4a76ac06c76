"""When a rule applies, as pydantic models: conditions, combined by not, any and all."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from routing.files.ai_schema import Labels
from routing.files.fields import Flag, Globs, Months, RiskWord, Whole, wrong
from routing.files.file_schema import Part
from routing.files.policy_names import BranchRefs, DomainRefs, PersonRefs, TeamRefs

MAX_CONDITIONS = 50


class TenurePart(Part):
    """How long the author has been in the company."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    less_than: Months | None = Field(
        default=None, description="Less than that: a newcomer.", examples=["6 months"]
    )
    at_least: Months | None = Field(default=None, description="That or more.", examples=["2y"])

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.less_than is None and self.at_least is None:
            raise wrong("no limit is named", "write {less_than: 6 months}, or at_least")
        if self.less_than and self.at_least and self.less_than <= self.at_least:
            raise wrong("nobody is both", "write at_least shorter than less_than")
        return self


class WhenPart(Part):
    """The conditions of a rule: all of them must hold. With none, the rule always applies."""

    ai: Flag | None = Field(
        default=None, description="AI helped (true), or nothing says so (false).", examples=[True]
    )
    branch: BranchRefs = Field(
        default=(),
        description="The base branch: names of groups, or globs.",
        examples=["production"],
    )
    min_risk: RiskWord | None = Field(
        default=None, description="At least this risk.", examples=["moderate"]
    )
    domains: DomainRefs = Field(
        default=(),
        description="The change touches one of these domains; critical means any critical one.",
        examples=["critical"],
    )
    paths: Globs = Field(
        default=(), description="The change touches one of these paths.", examples=[["db/**"]]
    )
    labels: Labels = Field(
        default=(), description="The merge request has one of these labels.", examples=["hotfix"]
    )
    authors: PersonRefs = Field(
        default=(),
        description="One of these people, by id, opened it or wrote a commit.",
        examples=[["suri"]],
    )
    author_teams: TeamRefs = Field(
        default=(),
        description="The same for members of these teams of the people file.",
        examples=["contractors"],
    )
    author_tenure: TenurePart | None = Field(
        default=None,
        description="How long its author has been in the company.",
        examples=[{"less_than": "6 months"}],
    )
    min_lines: Whole | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="At least so many lines are added or deleted.",
        examples=[400],
    )
    draft: Flag | None = Field(
        default=None, description="It is a draft (or not).", examples=[False]
    )
    dependencies_changed: Flag | None = Field(
        default=None, description="It adds or changes dependencies (or not).", examples=[True]
    )
    not_: SomeConditions | None = Field(
        default=None,
        alias="not",
        description="These conditions do not hold together; written like `when`.",
        examples=[{"author_teams": "maintainers"}],
    )
    any: tuple[SomeConditions, ...] = Field(
        default=(),
        min_length=1,
        max_length=MAX_CONDITIONS,
        description="One of these holds; each is written like `when`.",
        examples=[[{"labels": "risky"}, {"min_risk": "high"}]],
    )
    all: tuple[SomeConditions, ...] = Field(
        default=(),
        min_length=1,
        max_length=MAX_CONDITIONS,
        description="All of these hold; each is written like `when`.",
        examples=[[{"paths": "db/**"}, {"paths": "api/**"}]],
    )


def _some(part: WhenPart) -> WhenPart:
    """Inside a tree an empty condition is a forgotten one: alone it would always hold."""
    if not part.model_fields_set:
        raise wrong("no condition is named", "write one such as {min_risk: high}")
    return part


SomeConditions = Annotated[
    WhenPart, Field(json_schema_extra={"minProperties": 1}), AfterValidator(_some)
]
