"""The names in a policy file: which may be given, and which must exist to be referred to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from routing.files.fields import Glob, Listed, Name, nearest_word, one_or_many, wrong
from routing.files.problems import on_lines, quoted
from routing.policy import CRITICAL


@dataclass(frozen=True, slots=True)
class Known:
    """The names a policy file may refer to, and those it may not take again.

    `branches` are the groups and `listed` what stands in them; `people` and `teams` are None
    where nobody knows who exists; `repeated` maps rule names used twice to their lines.
    """

    domains: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    people: frozenset[str] | None = None
    teams: frozenset[str] | None = None
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
        raise wrong(f"{quoted(CRITICAL)} means every critical domain", "choose another name")
    if (known := _known(info)) and name in known.taken_domains:
        message = f"{quoted(name)} is the organisation's; a repository may add, never change"
        raise wrong(message, "choose another name")
    return name


def _new_rule(name: str, info: ValidationInfo) -> str:
    known = _known(info) or Known()
    if lines := known.repeated.get(name):
        raise wrong(f"{len(lines)} rules have this name ({on_lines(lines)})", "give each its own")
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


def _known_team(name: str, info: ValidationInfo) -> str:
    known = _known(info)
    if known and known.teams is not None and name not in known.teams:
        cure = _instead(name, known.teams, "name it under teams in the people file")
        raise wrong(f"there is no team {quoted(name)}", cure)
    return name


DomainName = Annotated[Name, AfterValidator(_new_domain)]
DomainRef = Annotated[Name, AfterValidator(_known_domain)]
BranchRef = Annotated[Glob, AfterValidator(_known_branch)]
PersonRef = Annotated[Name, AfterValidator(_known_person)]
TeamRef = Annotated[Name, AfterValidator(_known_team)]
RuleName = Annotated[Name, AfterValidator(_new_rule)]

DomainRefs = Annotated[tuple[DomainRef, ...], Listed, one_or_many(DomainRef)]
BranchRefs = Annotated[tuple[BranchRef, ...], Listed, one_or_many(BranchRef)]
PersonRefs = Annotated[tuple[PersonRef, ...], Listed, one_or_many(PersonRef)]
TeamRefs = Annotated[tuple[TeamRef, ...], Listed, one_or_many(TeamRef)]
