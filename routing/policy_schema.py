"""The policy files as pydantic models: what may be written, checked part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import Annotated, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from routing.fields import (
    MAX_LIST,
    Channel,
    ClockTime,
    CodeownersWord,
    Days,
    Declaration,
    Flag,
    Glob,
    Globs,
    Label,
    LevelWord,
    Months,
    Name,
    RiskWord,
    StepWord,
    Timezone,
    Version,
    Whole,
    WorkingTime,
    nearest_word,
    one_or_many,
    wrong,
)
from routing.file_schema import Part
from routing.levels import Level, RiskLevel
from routing.people import WORKING_WEEK
from routing.policy import CRITICAL, Codeowners
from routing.problems import quoted

MAX_ALTERNATIVES = 64
MAX_PLACES = 10


@dataclass(frozen=True, slots=True)
class Known:
    """The names a policy file may refer to, and those it may not take again.

    `branches` are the groups and `listed` what stands in them; `people` is None where nobody
    knows who exists; `repeated` maps rule names used twice to the lines they stand on.
    """

    domains: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    people: frozenset[str] | None = None
    taken_domains: frozenset[str] = frozenset()
    taken_rules: frozenset[str] = frozenset()
    repeated: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def _known(info: ValidationInfo) -> Known | None:
    return info.context if isinstance(info.context, Known) else None


def _instead(word: str, names: frozenset[str], otherwise: str) -> str:
    guess = nearest_word(word, sorted(names))
    return f"did you mean {guess}?" if guess else otherwise


def _new_domain(name: str, info: ValidationInfo) -> str:
    if name == CRITICAL:
        raise wrong(f"{CRITICAL!r} means every critical domain", "choose another name")
    if (known := _known(info)) and name in known.taken_domains:
        message = f"{quoted(name)} is the organisation's; a repository may add, never change"
        raise wrong(message, "choose another name")
    return name


def _new_rule(name: str, info: ValidationInfo) -> str:
    known = _known(info) or Known()
    if lines := known.repeated.get(name):
        message = f"rules on lines {' and '.join(map(str, lines))} have the same name"
        raise wrong(message, "give each its own")
    if name in known.taken_rules:
        message = f"the organisation has a rule named {quoted(name)}"
        raise wrong(message, "choose another name; a repository may add rules, never change one")
    return name


def _known_domain(name: str, info: ValidationInfo) -> str:
    known = _known(info)
    if known and name != CRITICAL and name not in known.domains:
        otherwise = "name it under domains, or write critical for every critical one"
        cure = _instead(name, known.domains | {CRITICAL}, otherwise)
        raise wrong(f"there is no domain {quoted(name)}", cure)
    return name


def _known_branch(name: str, info: ValidationInfo) -> str:
    """Let groups, globs and branches that stand in a group pass.

    Any other word would be a typing slip more often than a branch, and such a rule never fires.
    """
    known = _known(info)
    if known and not set(name) & set("*?[") and name not in known.branches | known.listed:
        cure = _instead(
            name, known.branches, f"name a group under branches ({name}: [{name}]), or write a glob"
        )
        raise wrong(f"there is no branch group {quoted(name)}", cure)
    return name


def _known_person(name: str, info: ValidationInfo) -> str:
    known = _known(info)
    if known and known.people is not None and name not in known.people:
        cure = _instead(name, known.people, "write the id of somebody in the people file")
        raise wrong(f"nobody has the id {quoted(name)}", cure)
    return name


DomainName = Annotated[Name, AfterValidator(_new_domain)]
DomainRef = Annotated[Name, AfterValidator(_known_domain)]
BranchRef = Annotated[Glob, AfterValidator(_known_branch)]
PersonRef = Annotated[Name, AfterValidator(_known_person)]
RuleName = Annotated[Name, AfterValidator(_new_rule)]

_Listed = Field(min_length=1, max_length=MAX_LIST)
DomainRefs = Annotated[tuple[DomainRef, ...], _Listed, one_or_many(DomainRef)]
BranchRefs = Annotated[tuple[BranchRef, ...], _Listed, one_or_many(BranchRef)]
PersonRefs = Annotated[tuple[PersonRef, ...], _Listed, one_or_many(PersonRef)]
Labels = Annotated[tuple[Label, ...], _Listed, one_or_many(Label)]


class DomainPart(Part):
    """A named part of the code."""

    paths: Globs = Field(
        description="Gitignore-style patterns of the files that belong to it.",
        examples=[["services/payments/**"]],
    )
    critical: Flag = Field(default=False, description="A mistake here hurts.", examples=[True])
    lead: PersonRef | None = Field(
        default=None, description="The id of its lead, as in the people file.", examples=["dana"]
    )
    channel: Channel | None = Field(
        default=None, description="Where its cards go.", examples=["#payments"]
    )


class AiPart(Part):
    """How AI assistance counts."""

    min_lines: Whole = Field(
        default=10,
        ge=0,
        le=10_000,
        description="Smaller AI-assisted changes count as unassisted.",
        examples=[10],
    )
    declaration: Declaration = Field(
        default="optional",
        description="Whether authors must say if AI helped; only optional is supported.",
        examples=["optional"],
    )


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


class FromPart(Part):
    """Who may approve; every condition named must hold."""

    min_tenure: Months | None = Field(
        default=None, description="At least so long in the company.", examples=["5y"]
    )
    min_experience: Months | None = Field(
        default=None, description="At least so long in the trade.", examples=["8y"]
    )
    min_expertise: LevelWord | None = Field(
        default=None,
        description="At least this expertise in the domains the change touches.",
        examples=["proficient"],
    )
    people: PersonRefs = Field(
        default=(), description="One of these people, by id.", examples=[["dana", "emil"]]
    )
    owners: Flag = Field(
        default=False, description="A code owner of a path the change touches.", examples=[True]
    )
    anyone: Flag = Field(default=False, description="Anybody; stands alone.", examples=[True])

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        """A forgotten condition must not open the door to everybody."""
        conditions = (
            self.min_tenure,
            self.min_experience,
            self.min_expertise not in {None, Level.NONE},
            self.people,
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
        named = len(set(self.who.people))
        if named and named < self.approvals:
            message = f"{self.approvals} approvals can never come from {named} named"
            raise wrong(message, "name more people, or ask for fewer approvals")
        return self

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


class RulePart(Part):
    """When its conditions hold, its requirement must be met."""

    name: RuleName = Field(description="Named in every explanation.", examples=["ai-to-production"])
    when: WhenPart = Field(
        default=WhenPart(), description="When it applies.", examples=[{"ai": True}]
    )
    require: Annotated[RequirementPart, AfterValidator(_small)] = Field(
        description="What must be met.",
        examples=[{"approvals": 1, "from": {"min_tenure": "5y"}}],
    )


class ReviewPart(Part):
    """Whom to ask, where, and how many at once."""

    channel: Channel | None = Field(
        default=None, description="Where cards go.", examples=["#reviews"]
    )
    ask: Whole = Field(
        default=2, ge=1, le=10, description="People asked at once, at least.", examples=[2]
    )
    max_open: Whole = Field(
        default=5, ge=1, le=100, description="Asks a person holds at a time.", examples=[5]
    )
    approve_in_slack_up_to: RiskWord = Field(
        default=RiskLevel.HIGH,
        description="Riskier changes are approved on the forge only.",
        examples=["high"],
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


class DigestPart(Part):
    """A channel's summary of open reviews."""

    channel: Channel = Field(description="Where it goes.", examples=["#reviews"])
    at: ClockTime = Field(description="Local time of day.", examples=["09:00"])
    days: Days = Field(default=WORKING_WEEK, description="Days of the week.", examples=["Mon-Fri"])
    timezone: Timezone = Field(
        default="UTC", description="The zone of the time.", examples=["Europe/Berlin"]
    )


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


class RepositoryPart(Part):
    """A repository's `.countersign.yml`: it may add, never relax."""

    version: Version = 1
    domains: Domains = Field(default={})
    rules: Rules = ()

    @classmethod
    def stray_key(cls, key: str) -> PydanticCustomError:
        """What to say about a key that does not belong here."""
        if key in PolicyPart.model_fields:
            message = "a repository may add domains and rules, but never relax the organisation's"
            return wrong(message, "take it out; it belongs in the organisation's policy")
        return super().stray_key(key)
