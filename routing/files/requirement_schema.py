"""What a rule requires, as pydantic models: approvals from somebody, combined by any and all."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from routing.files.fields import Flag, Months, SomeLevelWord, Whole, nearest_word, wrong
from routing.files.file_schema import Part
from routing.files.policy_names import PersonRefs, TeamRefs
from routing.files.problems import quoted

MAX_ALTERNATIVES = 64
MAX_PLACES = 10


class FromPart(Part):
    """Who may approve; every condition named must hold."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    min_tenure: Months | None = Field(
        default=None, description="At least so long in the company.", examples=["5y"]
    )
    min_experience: Months | None = Field(
        default=None, description="At least so long in the trade.", examples=["8y"]
    )
    min_expertise: SomeLevelWord | None = Field(
        default=None,
        description="At least this expertise in the domains the change touches.",
        examples=["proficient"],
    )
    people: PersonRefs = Field(
        default=(), description="One of these people, by id.", examples=[["dana", "emil"]]
    )
    teams: TeamRefs = Field(
        default=(),
        description="A member of one of these teams of the people file.",
        examples=[["payments"]],
    )
    owners: Flag = Field(
        default=False,
        description="A code owner of a touched path; at least as many as its sections ask for.",
        examples=[True],
    )
    anyone: Flag = Field(default=False, description="Anybody; stands alone.", examples=[True])

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        """A forgotten condition must not open the door to everybody."""
        conditions = (
            self.min_tenure,
            self.min_experience,
            self.min_expertise,
            self.people,
            self.teams,
            self.owners,
        )
        if self.anyone and any(conditions):
            raise wrong("`anyone` stands beside conditions", "keep either anyone or the conditions")
        if not self.anyone and not any(conditions):
            raise wrong("no condition is named", "write {anyone: true} if anybody may approve")
        return self


class ApprovalsPart(Part):
    """So many different people with this qualification."""

    approvals: Whole = Field(
        ge=1, le=MAX_PLACES, description="How many different people.", examples=[1]
    )
    who: FromPart = Field(
        alias="from", description="Who may approve.", examples=[{"min_tenure": "5y"}]
    )

    @model_validator(mode="after")
    def _enough_people(self) -> Self:
        if self.who.people and len(set(self.who.people)) < self.approvals:
            message = "more approvals are asked for than people are named"
            raise wrong(message, "name more people, or ask for fewer approvals")
        return self

    @classmethod
    def stray_key(cls, key: str) -> PydanticCustomError:
        """What to say about a key that does not belong here."""
        if guess := nearest_word(key, ["any", "all"]):
            return wrong(f"{quoted(key)} is not a key that belongs here", f"did you mean {guess}?")
        return super().stray_key(key)

    def alternatives(self) -> int:
        """How many ways lead through it."""
        return 1

    def places(self) -> int:
        """How many people the longest way needs."""
        return self.approvals


class AnyPart(Part):
    """One of the parts is enough."""

    any: tuple[RequirementPart, ...] = Field(
        min_length=1,
        max_length=MAX_ALTERNATIVES,
        examples=[[{"approvals": 1, "from": {"min_tenure": "5y"}}]],
    )

    def alternatives(self) -> int:
        """How many ways lead through it."""
        return sum(part.alternatives() for part in self.any)

    def places(self) -> int:
        """How many people the longest way needs."""
        return max(part.places() for part in self.any)


class AllPart(Part):
    """Every part, each by different people."""

    all: tuple[RequirementPart, ...] = Field(
        min_length=1,
        max_length=MAX_ALTERNATIVES,
        examples=[[{"approvals": 1, "from": {"min_tenure": "5y"}}]],
    )

    def alternatives(self) -> int:
        """How many ways lead through it."""
        return prod(part.alternatives() for part in self.all)

    def places(self) -> int:
        """How many people the longest way needs."""
        return sum(part.places() for part in self.all)


def _shape(value: object) -> str:
    """Which requirement was meant; the tags are in brackets to tell them from written keys."""
    keys: Mapping[str, object] = value if isinstance(value, Mapping) else {}
    return next((f"[{key}]" for key in ("any", "all") if key in keys), "[approvals]")


RequirementPart = Annotated[
    Annotated[ApprovalsPart, Tag("[approvals]")]
    | Annotated[AnyPart, Tag("[any]")]
    | Annotated[AllPart, Tag("[all]")],
    Discriminator(_shape),
]


def _small(requirement: RequirementPart) -> RequirementPart:
    """Every way through a requirement is looked at, so there may not be too many."""
    if requirement.alternatives() > MAX_ALTERNATIVES:
        message = f"this can be met in more than {MAX_ALTERNATIVES} ways"
        raise wrong(message, "split it into several rules, or take parts out of any")
    if requirement.places() > MAX_PLACES:
        message = f"this needs more than {MAX_PLACES} people"
        raise wrong(message, "ask for fewer approvals")
    return requirement


SmallRequirement = Annotated[RequirementPart, AfterValidator(_small)]
