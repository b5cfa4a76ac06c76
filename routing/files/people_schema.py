"""The people file as pydantic models: what may be written about a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, model_validator

from routing.files.fields import (
    MAX_LIST,
    Date,
    Days,
    Email,
    Flag,
    Globs,
    Group,
    Hours,
    LevelWord,
    Listed,
    Login,
    Name,
    Region,
    SlackUser,
    Timezone,
    Title,
    Whole,
    nearest_word,
    one_or_many,
    wrong,
)
from routing.files.file_schema import Part
from routing.files.problems import on_lines, quoted
from routing.people import WORKING_WEEK

MAX_PEOPLE = 20_000
MAX_TEAMS = 2_000


@dataclass(frozen=True, slots=True)
class Repeated:
    """What stands for more than one person: kind → text in lower case → the lines it is on.

    `ids` are everybody's, so that teams can be held against them.
    """

    lines: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()


def _only_mine(kind: str) -> AfterValidator:
    """Refuses what identifies somebody else too: we would take one person for the other."""

    def check(text: str, info: ValidationInfo) -> str:
        repeated = info.context if isinstance(info.context, Repeated) else Repeated()
        if lines := repeated.lines.get(kind, {}).get(text.lower()):
            cure = "let one person have it, once"
            raise wrong(f"this is written more than once ({on_lines(lines)})", cure)
        return text

    return AfterValidator(check)


def _somebody(name: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Repeated) and name not in info.context.ids:
        guess = nearest_word(name, sorted(info.context.ids))
        cure = f"did you mean {guess}?" if guess else "write the id of somebody under people"
        raise wrong(f"nobody has the id {quoted(name)}", cure)
    return name


Member = Annotated[Name, AfterValidator(_somebody)]
PersonId = Annotated[Name, _only_mine("id")]
PersonSlack = Annotated[SlackUser, _only_mine("slack")]
GithubLogin = Annotated[Login, _only_mine("github")]
GitlabLogin = Annotated[Login, _only_mine("gitlab")]
PersonEmail = Annotated[Email, _only_mine("emails")]

FURTHER_FORGE = re.compile(r"(?:github|gitlab)-[2-9]")


def _is_further(name: str) -> str:
    if not FURTHER_FORGE.fullmatch(name):
        cure = "write gitlab-2 for the host whose variables end in _2; the first are github, gitlab"
        raise wrong("this is no name of a further host", cure)
    return name


def _nobody_elses(logins: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    """As `_only_mine`, each login together with its forge."""
    repeated = info.context if isinstance(info.context, Repeated) else Repeated()
    for forge, login in logins.items():
        if lines := repeated.lines.get("logins", {}).get(f"{forge} {login.lower()}"):
            said = f"{login} on {forge} is written more than once ({on_lines(lines)})"
            raise wrong(said, "let one person have it, once")
    return logins


ForgeName = Annotated[str, AfterValidator(_is_further)]
FurtherLogins = Annotated[dict[ForgeName, Login], AfterValidator(_nobody_elses)]


class AwayPart(Part):
    """Days on which somebody is not at work; both ends included."""

    first: Date = Field(alias="from", description="The first day.", examples=["2026-12-20"])
    last: Date = Field(alias="to", description="The last day.", examples=["2027-01-02"])

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            raise wrong("this ends before it begins", "write the earlier day under from")
        return self


class PersonPart(Part):
    """One person who may write or review."""

    id: PersonId = Field(description="A short name of ours, never changed.", examples=["dana"])
    name: Title = Field(description="As others call them.", examples=["Dana Ng"])
    slack: PersonSlack | None = Field(
        default=None, description="Slack member id.", examples=["U0DANA"]
    )
    github: GithubLogin | None = Field(
        default=None, description="Login on GitHub.", examples=["dana-ng"]
    )
    gitlab: GitlabLogin | None = Field(
        default=None, description="Login on GitLab.", examples=["dana"]
    )
    logins: FurtherLogins = Field(
        default={},
        max_length=MAX_LIST,
        description="Logins on further hosts, by the forge's name.",
        examples=[{"gitlab-2": "dana"}],
    )
    emails: Annotated[
        tuple[PersonEmail, ...],
        Listed,
        one_or_many(PersonEmail),
    ] = Field(
        default=(), description="Addresses they commit with.", examples=[["dana@example.com"]]
    )
    started: Date | None = Field(
        default=None, description="First day in the company.", examples=["2017-03-01"]
    )
    experience_since: Date | None = Field(
        default=None, description="First day in the trade.", examples=["2011-09-01"]
    )
    timezone: Timezone = Field(
        default="UTC", description="Where their hours are.", examples=["Europe/Berlin"]
    )
    region: Region | None = Field(
        default=None,
        description="Where their public holidays are: a country or one of its parts.",
        examples=["DE-BE"],
    )
    hours: Hours = Field(
        default=(time(9), time(17, 30)),
        description="Working hours, start to end of one day.",
        examples=["09:00-17:30"],
    )
    days: Days = Field(default=WORKING_WEEK, description="Working days.", examples=["Mon-Fri"])
    max_open: Whole | None = Field(
        default=None, ge=0, le=100, description="Asks they hold at a time.", examples=[4]
    )
    domains: dict[Name, LevelWord] = Field(
        default={},
        max_length=MAX_LIST,
        description="Declared expertise, by domain.",
        examples=[{"payments": "expert"}],
    )
    away: tuple[AwayPart, ...] = Field(
        default=(),
        max_length=MAX_LIST,
        description="When they are not at work.",
        examples=[[{"from": "2026-12-20", "to": "2027-01-02"}]],
    )
    opted_out: Globs = Field(
        default=(),
        description="Paths they are not asked about; they may still approve.",
        examples=[["legacy/**"]],
    )
    bot: Flag = Field(default=False, description="An account of a program.", examples=[True])
    active: Flag = Field(default=True, description="False for somebody who left.", examples=[False])


class TeamPart(Part):
    """A named group of people."""

    members: Annotated[tuple[Member, ...], Field(min_length=1), one_or_many(Member)] = Field(
        max_length=MAX_PEOPLE,
        description="Who is in it, by id; at least one.",
        examples=[["dana", "omar"]],
    )
    github: Group | None = Field(
        default=None,
        description="The GitHub team it is, as CODEOWNERS files name it, without @.",
        examples=["acme/payments"],
    )
    gitlab: Group | None = Field(
        default=None,
        description="The GitLab group it is, likewise.",
        examples=["acme/payments"],
    )
    groups: dict[ForgeName, Group] = Field(
        default={},
        max_length=MAX_LIST,
        description="What it is on further hosts, by the forge's name.",
        examples=[{"gitlab-2": "acme/payments"}],
    )


class PeoplePart(Part):
    """The people file."""

    model_config = ConfigDict(title="Countersign people")

    people: tuple[PersonPart, ...] = Field(
        max_length=MAX_PEOPLE,
        description="Everybody who may write or review.",
        examples=[[{"id": "dana", "name": "Dana Ng"}]],
    )
    teams: dict[Name, TeamPart] = Field(
        default={},
        max_length=MAX_TEAMS,
        description="Named groups of people, for rules and for CODEOWNERS.",
        examples=[{"payments": {"members": ["dana", "omar"]}}],
    )
