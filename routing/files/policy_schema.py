"""The policy files as pydantic models: what may be written, checked part by part."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from routing.files.ai_schema import AiPart, RiskPart
from routing.files.condition_schema import WhenPart
from routing.files.fields import (
    MAX_LIST,
    Channel,
    ClockTime,
    CodeownersWord,
    Days,
    Flag,
    Globs,
    Name,
    Number,
    RiskWord,
    ShowsWord,
    StepWord,
    Timezone,
    Version,
    Whole,
    WorkingTime,
    wrong,
)
from routing.files.file_schema import Part
from routing.files.policy_names import DomainName, PersonRef, RuleName
from routing.files.requirement_schema import FromPart, SmallRequirement
from routing.levels import RiskLevel
from routing.people import WORKING_WEEK
from routing.policy import Codeowners, Shows

MONDAY = frozenset({0})


class DomainPart(Part):
    """A named part of the code."""

    paths: Globs = Field(
        description="Globs of the files that belong to it, from the repository's root.",
        examples=[["services/payments/**"]],
    )
    critical: Flag = Field(default=False, description="A mistake here hurts.", examples=[True])
    lead: PersonRef | None = Field(
        default=None, description="The id of its lead, as in the people file.", examples=["dana"]
    )
    channel: Channel | None = Field(
        default=None, description="Where its cards go.", examples=["#payments"]
    )


class RulePart(Part):
    """When its conditions hold, its requirement must be met."""

    name: RuleName = Field(description="Named in every explanation.", examples=["ai-to-production"])
    when: WhenPart = Field(
        default=WhenPart(), description="When it applies.", examples=[{"ai": True}]
    )
    require: SmallRequirement = Field(
        description="What must be met.",
        examples=[{"approvals": 1, "from": {"min_tenure": "5y"}}],
    )


class ReviewPart(Part):
    """Whom to ask, where, and how many at once."""

    channel: Channel | None = Field(
        default=None, description="Where cards go.", examples=["#reviews"]
    )
    ask: Whole = Field(default=2, ge=1, le=10, description="People asked at once.", examples=[2])
    max_open: Whole = Field(
        default=5, ge=1, le=100, description="Asks a person holds at a time.", examples=[5]
    )
    approve_in_slack_up_to: RiskWord = Field(
        default=RiskLevel.HIGH,
        description="Riskier changes are approved on the forge only.",
        examples=["high"],
    )
    same_pair: Number = Field(
        default=1.0,
        ge=0,
        le=10,
        description="From high risk on, points off for whoever gave all of the author's reviews.",
        examples=[1],
    )
    spread: Number = Field(
        default=0.0,
        ge=0,
        le=1,
        description="On this share of changes, the second asked knows the code less than others.",
        examples=[0.2],
    )
    shadow: Flag = Field(
        default=False,
        description="Then somebody reads along instead of being asked; nothing waits for them.",
        examples=[True],
    )


class RungPart(Part):
    """One rung of the ladder."""

    after: WorkingTime = Field(
        description="In the asked person's own working hours; a day is 8.", examples=["4h"]
    )
    do: StepWord = Field(description="What happens then.", examples=["remind"])


def _rising(rungs: tuple[RungPart, ...]) -> tuple[RungPart, ...]:
    times = [rung.after for rung in rungs]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise wrong("the steps are not in rising order", "sort them by after, each later")
    return rungs


class OverridePart(Part):
    """The override (break-glass): who may let a change pass without its review."""

    who: FromPart = Field(
        alias="from",
        description="Who may; two of them have to agree.",
        examples=[{"min_tenure": "5y"}],
    )
    channel: Channel | None = Field(
        default=None,
        description="Where it is announced; the card's channel if left out.",
        examples=["#incidents"],
    )
    minutes: Whole = Field(
        default=60, ge=5, le=60, description="How long it holds, in minutes.", examples=[30]
    )


class DigestPart(Part):
    """A channel's summary of open reviews, or the figures of the week that ended."""

    channel: Channel = Field(description="Where it goes.", examples=["#reviews"])
    show: ShowsWord = Field(
        default=Shows.REVIEWS,
        description="What waits (reviews), or once a week the figures for leads (insights).",
        examples=["insights"],
    )
    at: ClockTime = Field(description="Local time of day.", examples=["09:00"])
    days: Days | None = Field(
        default=None,
        description="Days of the week: Mon-Fri if left out, for insights the Monday.",
        examples=["Mon-Fri"],
    )
    timezone: Timezone = Field(
        default="UTC", description="The zone of the time.", examples=["Europe/Berlin"]
    )

    @model_validator(mode="after")
    def _once_a_week(self) -> Self:
        if self.show is Shows.INSIGHTS and len(self.on) != 1:
            raise wrong("the figures of a week come once a week", "name one day, such as days: Mon")
        return self

    @property
    def on(self) -> frozenset[int]:
        """The days it comes."""
        if self.days is not None:
            return self.days
        return MONDAY if self.show is Shows.INSIGHTS else WORKING_WEEK


Domains = Annotated[
    dict[DomainName, DomainPart],
    Field(
        max_length=MAX_LIST,
        description="Named parts of the code.",
        examples=[{"payments": {"paths": ["services/payments/**"]}}],
    ),
]
Rules = Annotated[
    tuple[RulePart, ...],
    Field(
        max_length=MAX_LIST,
        description="All rules whose conditions hold apply together.",
        examples=[[{"name": "everything", "require": {"approvals": 1, "from": {"anyone": True}}}]],
    ),
]


class PolicyPart(Part):
    """The organisation's policy file."""

    model_config = ConfigDict(title="Countersign policy")

    version: Version = Field(description="The version of this format.", examples=[1])
    branches: dict[Name, Globs] = Field(
        default={},
        max_length=MAX_LIST,
        description="Groups of branches, by name.",
        examples=[{"production": ["main", "release/*"]}],
    )
    domains: Domains = Field(default={})
    codeowners: CodeownersWord = Field(
        default=Codeowners.ADVISE,
        description="ignore; advise (raises expertise); require (an owner must approve).",
        examples=["advise"],
    )
    ai: AiPart = Field(default=AiPart(), examples=[{"min_lines": 10}])
    risk: RiskPart = Field(default=RiskPart(), examples=[{"points": {"payment": 1}}])
    rules: Annotated[Rules, Field(min_length=1)]
    review: ReviewPart = Field(default=ReviewPart(), examples=[{"channel": "#reviews"}])
    escalation: Annotated[tuple[RungPart, ...], AfterValidator(_rising)] = Field(
        default=(),
        max_length=20,
        description="What happens while nobody answers.",
        examples=[[{"after": "4h", "do": "remind"}]],
    )
    digests: tuple[DigestPart, ...] = Field(
        default=(),
        max_length=50,
        description="Regular summaries.",
        examples=[[{"channel": "#reviews", "at": "09:00"}]],
    )
    override: OverridePart | None = Field(
        default=None,
        description="Who may override a review; nobody if left out.",
        examples=[{"from": {"min_tenure": "5y"}, "channel": "#incidents"}],
    )


class RepositoryPart(Part):
    """A repository's `.countersign.yml`: it may add, never relax."""

    model_config = ConfigDict(title="Countersign in a repository")

    version: Version = Field(default=1, description="The version of this format.", examples=[1])
    domains: Domains = Field(default={})
    rules: Rules = ()

    @classmethod
    def stray_key(cls, key: str) -> PydanticCustomError:
        """What to say about a key that does not belong here."""
        if key in PolicyPart.model_fields:
            message = "a repository may add domains and rules, but never relax the organisation's"
            return wrong(message, "take it out; it belongs in the organisation's policy")
        return super().stray_key(key)
