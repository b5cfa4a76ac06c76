"""Text → the people of the organisation, or every problem that keeps them from being read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from routing.files.file_schema import read_part
from routing.files.people_schema import PeoplePart, PersonPart, Repeated
from routing.files.yaml_text import Node, parse_yaml
from routing.people import Away, Person, Team

MAX_CHARACTERS = 4_000_000
"""Room for about 15,000 people."""

_OWN = ("id", "slack", "github", "gitlab", "emails")


def parse_people(text: str, file: str) -> tuple[Person, ...]:
    """Everybody the file names, in its order.

    `file` is the name shown in problems.

    Raises:
        InvalidFile: with every problem found.
    """
    document = parse_yaml(text, file, limit=MAX_CHARACTERS)
    part = read_part(PeoplePart, document, file, _repeated_in(document.root))
    teams = defaultdict[str, list[Team]](list)
    for name, team in part.teams.items():
        its = Team(name, {**_by_forge(team.github, team.gitlab), **team.groups})
        for member in dict.fromkeys(team.members):
            teams[member].append(its)
    return tuple(_person(person, teams[person.id]) for person in part.people)


def _by_forge(github: str | None, gitlab: str | None) -> Mapping[str, str]:
    names = {"github": github, "gitlab": gitlab}
    return {forge: name for forge, name in names.items() if name}


def _person(part: PersonPart, teams: Iterable[Team]) -> Person:
    return Person(
        id=part.id,
        name=part.name,
        slack=part.slack,
        logins={**_by_forge(part.github, part.gitlab), **part.logins},
        emails=part.emails,
        started=part.started,
        experience_since=part.experience_since,
        timezone=part.timezone,
        region=part.region,
        hours=part.hours,
        days=part.days,
        max_open=part.max_open,
        domains=part.domains,
        away=tuple(Away(away.first, away.last) for away in part.away),
        opted_out=part.opted_out,
        bot=part.bot,
        active=part.active,
        teams=tuple(teams),
    )


def _repeated_in(root: Node) -> Repeated:
    """What must be one person's alone but is written more than once."""
    lines = {kind: defaultdict[str, list[int]](list) for kind in (*_OWN, "logins")}
    for person in root.nearest(("people",)).items():
        for kind in _OWN:
            node = person.child(kind)
            for own in (node, *node.items()) if node else ():
                if text := own.text():
                    lines[kind][text.lower()].append(own.line)
        further = person.child("logins")
        for forge, login in further.named() if further else ():
            if text := login.text():
                lines["logins"][f"{forge} {text.lower()}"].append(login.line)
    return Repeated(
        {
            kind: {text: tuple(on) for text, on in texts.items() if len(on) > 1}
            for kind, texts in lines.items()
        },
        ids=frozenset(
            text
            for person in root.nearest(("people",)).items()
            if (node := person.child("id")) and (text := node.text())
        ),
    )
