"""`countersign check`: can the policy and people files be used, and if not, what is wrong?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from bot.forges.naming import names_nobody_has
from bot.policies import Rulebook
from bot.settings import read_settings
from routing.files.file_schema import Part, render_schema
from routing.files.people_file import parse_people
from routing.files.people_schema import PeoplePart
from routing.files.policy_file import parse_policy
from routing.files.policy_schema import PolicyPart, RepositoryPart
from routing.files.policy_warnings import warn
from routing.files.problems import InvalidFile, Problem, render_problems
from routing.people import Person
from routing.policy import Policy

SCHEMAS: dict[str, type[Part]] = {
    "policy": PolicyPart,
    "people": PeoplePart,
    "repository": RepositoryPart,
}

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ONE = {"rules": "rule", "domains": "domain", "people": "person"}
_T = TypeVar("_T")

EXAMPLE = """\b
Example:
  countersign check --policy policy.yml --people people.yml
  countersign check --policy policy.yml --people people.yml --forge acme/shop
"""


@click.command(epilog=EXAMPLE)
@click.option(
    "--policy", envvar="COUNTERSIGN_POLICY", show_envvar=True, type=_FILE, help="The policy file."
)
@click.option(
    "--people", envvar="COUNTERSIGN_PEOPLE", show_envvar=True, type=_FILE, help="The people file."
)
@click.option(
    "--forge",
    metavar="OWNER/NAME",
    multiple=True,
    help="A project on a forge of the settings: are the labels, branches and teams there?",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.option(
    "--schema", type=click.Choice(list(SCHEMAS)), help="Print a file's JSON schema, for editors."
)
def check(
    policy: Path | None,
    people: Path | None,
    forge: tuple[str, ...],
    as_json: bool,
    schema: str | None,
) -> None:
    """Check the policy and people files, and say everything that is wrong with them.

    With both files, everybody whom the policy names must be in the people file, and rules that
    nobody there could ever meet are told. With --forge, so are labels, branches and teams that no
    project of it has. Warnings change nothing about the answer.
    """
    if schema:
        click.echo(render_schema(SCHEMAS[schema]), nl=False)
        return
    if not policy and not people:
        raise click.UsageError("Name a file: --policy FILE, --people FILE, or both.")

    problems: list[Problem] = []
    everyone = _read(people, parse_people, problems)
    rules = _read(policy, partial(parse_policy, people=everyone), problems)
    warnings: tuple[Problem | str, ...] = _warnings(policy, rules, everyone)
    if forge and rules is not None:
        warnings += asyncio.run(_on_forges(forge, Rulebook(rules, tuple(everyone or ()))))
    counts = {
        "rules": len(rules.rules) if rules else None,
        "domains": len(rules.domains) if rules else None,
        "people": len(everyone) if everyone is not None else None,
    }
    if as_json:
        listed = [asdict(problem) for problem in problems]
        beside = [_plain(warning) for warning in warnings]
        said = {"fine": not problems, **counts, "problems": listed, "warnings": beside}
        click.echo(json.dumps(said))
        raise SystemExit(1 if problems else 0)
    for warning in warnings:
        click.echo(f"warning: {warning}")
    if problems:
        click.echo(render_problems(problems))
    else:
        found = (_counted(count, what) for what, count in counts.items() if count is not None)
        click.echo(f"fine: {', '.join(found)}")
    if problems:
        raise SystemExit(1)


def _warnings(
    path: Path | None, policy: Policy | None, people: Collection[Person] | None
) -> tuple[Problem, ...]:
    """What is worth a second look in a policy that can be used."""
    if path is None or policy is None:
        return ()
    return warn(_text(path), str(path), policy, people, datetime.now(UTC).date())


async def _on_forges(names: Sequence[str], rulebook: Rulebook) -> tuple[str, ...]:
    """What none of these projects has; those of one forge are looked at together."""
    settings = read_settings()
    forges = [settings.open_forge(name) for name in names]
    try:
        return tuple(await names_nobody_has(rulebook, forges))
    finally:
        await asyncio.gather(*(one.close() for one in forges))


def _plain(warning: Problem | str) -> dict[str, object]:
    return asdict(warning) if isinstance(warning, Problem) else {"message": warning}


def _counted(count: int, what: str) -> str:
    return f"1 {_ONE[what]}" if count == 1 else f"{count} {what}"


def _read(path: Path | None, parse: Callable[[str, str], _T], problems: list[Problem]) -> _T | None:
    """What the file says; None, with its problems added to the others, where it cannot be used."""
    if path is None:
        return None
    try:
        return parse(_text(path), str(path))
    except InvalidFile as invalid:
        problems.extend(invalid.problems)
        return None


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        cure = "save the file as UTF-8"
        problem = Problem(str(path), line, "", "this is not UTF-8 text", cure)
        raise InvalidFile([problem]) from error
