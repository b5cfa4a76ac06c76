"""Text → Policy, or every problem that keeps it from being one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from routing.ai.catalogue import Agent, Box, Catalogue, Trailer
from routing.files.ai_schema import AiPart, Declaring
from routing.files.condition_schema import WhenPart
from routing.files.fields import MAX_LIST
from routing.files.file_schema import read_part
from routing.files.policy_names import Known
from routing.files.policy_schema import (
    DomainPart,
    OverridePart,
    PolicyPart,
    RepositoryPart,
    ReviewPart,
    RulePart,
)
from routing.files.problems import InvalidFile, Problem
from routing.files.requirement_schema import AnyPart, ApprovalsPart, FromPart, RequirementPart
from routing.files.yaml_text import Node, parse_yaml
from routing.people import Person
from routing.policy import (
    Ai,
    AllOf,
    AnyOf,
    Approvals,
    Asking,
    Digest,
    Domain,
    Overriding,
    Policy,
    Qualification,
    Requirement,
    Rule,
    Rung,
    TenureSpan,
    When,
)


def parse_policy(text: str, file: str, people: Collection[Person] | None = None) -> Policy:
    """The organisation's policy.

    `file` is the name shown in problems. With `people`, everybody the policy names must be
    among them.

    Raises:
        InvalidFile: with every problem found.
    """
    document = parse_yaml(text, file)
    part = read_part(PolicyPart, document, file, _known_in(document.root, people))
    return Policy(
        hash=_digest(text),
        branches=part.branches,
        domains=_domains(part.domains),
        codeowners=part.codeowners,
        ai=_ai(part.ai),
        weights=part.risk.weights(),
        calibration=part.risk.rates(),
        rules=tuple(_rule(rule) for rule in part.rules),
        review=_asking(part.review),
        escalation=tuple(Rung(rung.after, rung.do) for rung in part.escalation),
        digests=tuple(
            Digest(digest.channel, digest.at, digest.on, digest.timezone, digest.show)
            for digest in part.digests
        ),
        override=_override(part.override) if part.override is not None else None,
    )


def parse_repository_policy(
    text: str, file: str, organisation: Policy, people: Collection[Person] | None = None
) -> Policy:
    """The organisation's policy with what a repository's own file adds to it.

    A repository may add domains and rules under new names; everything else is refused, since
    whoever can write to a repository must not be able to relax what is asked of them.

    Raises:
        InvalidFile: with every problem found.
    """
    document = parse_yaml(text, file)
    known = _known_in(document.root, people)
    taken = frozenset(domain.name for domain in organisation.domains)
    known = replace(
        known,
        domains=known.domains | taken,
        branches=frozenset(organisation.branches),
        listed=frozenset(glob for globs in organisation.branches.values() for glob in globs),
        taken_domains=taken,
        taken_rules=frozenset(rule.name for rule in organisation.rules),
    )
    part = read_part(RepositoryPart, document, file, known)
    if len(organisation.rules) + len(part.rules) > MAX_LIST:
        message = f"with the organisation's there are more than {MAX_LIST} rules"
        line = document.root.nearest(("rules",)).line
        raise InvalidFile([Problem(file, line, "rules", message, "take some out")])
    return replace(
        organisation,
        hash=_digest(f"{organisation.hash}\n{text}"),
        domains=organisation.domains
        + tuple(replace(domain, added=True) for domain in _domains(part.domains)),
        rules=organisation.rules + tuple(replace(_rule(rule), added=True) for rule in part.rules),
    )


def _known_in(root: Node, people: Collection[Person] | None) -> Known:
    """What the file itself names; read before its parts are, so that they can be checked."""
    lines = defaultdict[str, list[int]](list)
    for rule in root.nearest(("rules",)).items():
        name = rule.nearest(("name",))
        if text := name.text():
            lines[text].append(name.line)
    branches = root.child("branches")
    groups = branches.items() if branches else ()
    return Known(
        domains=_keys(root.child("domains")),
        branches=_keys(branches),
        listed=frozenset(
            text for group in groups for node in (group, *group.items()) if (text := node.text())
        ),
        people=None if people is None else frozenset(person.id for person in people),
        teams=None
        if people is None
        else frozenset(team.name for person in people for team in person.teams),
        repeated={name: tuple(on) for name, on in lines.items() if len(on) > 1},
    )


def _keys(node: Node | None) -> frozenset[str]:
    return frozenset(node.value) if node and isinstance(node.value, Mapping) else frozenset()


def _domains(parts: Mapping[str, DomainPart]) -> tuple[Domain, ...]:
    return tuple(
        Domain(name, part.paths, part.critical, part.lead, part.channel)
        for name, part in parts.items()
    )


def _ai(part: AiPart) -> Ai:
    return Ai(
        min_lines=part.min_lines,
        always=frozenset(part.always),
        signals=Catalogue(
            agents=tuple(
                Agent(agent.tool, addresses=agent.addresses, logins=agent.logins)
                for agent in part.agents
            ),
            trailers=tuple(
                Trailer(trailer.tool, trailer.key, begins=("",)) for trailer in part.trailers
            ),
            boxes=tuple(Box(text) for text in part.boxes),
            labels=part.labels,
        ),
        denials=part.denials,
        keep_trailer=part.keep_trailer,
        declaration_required=part.declaration is Declaring.REQUIRED,
        declaration_branches=part.declaration_branches,
        may_clear=part.may_clear,
    )


def _rule(part: RulePart) -> Rule:
    return Rule(part.name, _when(part.when), _requirement(part.require))


def _when(part: WhenPart) -> When:
    tenure = part.author_tenure
    return When(
        ai=part.ai,
        branch=part.branch,
        min_risk=part.min_risk,
        domains=part.domains,
        paths=part.paths,
        labels=part.labels,
        authors=part.authors,
        author_teams=part.author_teams,
        author_tenure=TenureSpan(tenure.at_least, tenure.less_than) if tenure else None,
        min_lines=part.min_lines,
        draft=part.draft,
        dependencies_changed=part.dependencies_changed,
        not_=_when(part.not_) if part.not_ else None,
        any_of=tuple(_when(inner) for inner in part.any),
        all_of=tuple(_when(inner) for inner in part.all),
    )


def _requirement(part: RequirementPart) -> Requirement:
    if isinstance(part, ApprovalsPart):
        return Approvals(part.approvals, _qualification(part.who))
    if isinstance(part, AnyPart):
        return AnyOf(tuple(_requirement(inner) for inner in part.any))
    return AllOf(tuple(_requirement(inner) for inner in part.all))


def _qualification(part: FromPart) -> Qualification:
    return Qualification(
        min_tenure=part.min_tenure,
        min_experience=part.min_experience,
        min_expertise=part.min_expertise,
        people=part.people,
        teams=part.teams,
        owners=part.owners,
    )


def _asking(part: ReviewPart) -> Asking:
    return Asking(
        channel=part.channel,
        ask=part.ask,
        max_open=part.max_open,
        approve_in_slack_up_to=part.approve_in_slack_up_to,
        same_pair=part.same_pair,
        spread=part.spread,
        shadow=part.shadow,
    )


def _override(part: OverridePart) -> Overriding:
    return Overriding(_qualification(part.who), part.channel, timedelta(minutes=part.minutes))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
