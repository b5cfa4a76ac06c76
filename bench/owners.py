"""How fast CODEOWNERS is read and asked: ours beside PyPI's `codeowners`, cold, on one machine.

Run it with `python -m bench.owners`. Each figure is the best of several runs of parsing the file
and asking for every path, nothing kept from run to run. PyPI's package knows GitHub's dialect
alone, and has no answer at all within reason to the pattern of twelve stars.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from importlib import import_module

import click

from routing.owners.codeowners import Dialect, parse_codeowners

RULES = 5_000
PATHS = 3_000
FOLDERS = 2_000
STARS = "*a" * 12 + "b"

_NAMES = ("api", "auth", "billing", "cart", "core", "docs", "edge", "feed", "graph", "jobs", "kit")
_ENDS = ("go", "py", "ts", "tsx", "rs", "rb", "md", "yml", "json", "tf", "sql", "css")


def a_tree(chance: random.Random) -> list[str]:
    """The folders of a large repository, one to six levels deep."""
    tree = [f"{name}{number}" for name in _NAMES for number in range(3)]
    while len(tree) < FOLDERS:
        parent = chance.choice(tree)
        if parent.count("/") < 5:  # noqa: PLR2004 - six levels, as the docstring says
            tree.append(f"{parent}/{chance.choice(_NAMES)}{chance.randrange(9)}")
    return tree


def a_pattern(tree: list[str], chance: random.Random) -> str:
    """A pattern as real files have them: seven in ten are plain and anchored."""
    folder = chance.choice(tree)
    name = f"{chance.choice(_NAMES)}{chance.randrange(400)}"
    end = chance.choice(_ENDS)
    return chance.choices(
        (
            f"/{folder}/",
            f"/{folder}/{name}.{end}",
            f"{name}.{end}",
            f"{name}/",
            f"/{folder}/*.{end}",
            f"/{folder}/**/*.{end}",
            f"/{folder}/*",
            f"**/{name}/**",
            f"*{name}*.{end}",
        ),
        (45, 25, 6, 4, 7, 5, 4, 2, 2),
    )[0]


def a_file(tree: list[str], chance: random.Random, *, sections: int = 0) -> str:
    """A CODEOWNERS file of 5,000 rules, spread over so many GitLab sections."""
    lines = ["* @acme/everyone"]
    for number in range(1, RULES):
        if sections and number % (RULES // sections) == 0:
            lines.append(f"[Section {number}] @acme/section-{number}")
        lines.append(
            f"{a_pattern(tree, chance)} @acme/team-{chance.randrange(120)} @ana-{number % 9}"
        )
    return "\n".join(lines)


def a_path(tree: list[str], chance: random.Random) -> str:
    """A changed file somewhere in the tree."""
    name = f"{chance.choice(_NAMES)}{chance.randrange(400)}.{chance.choice(_ENDS)}"
    return f"{chance.choice(tree)}/{name}"


def best_of(runs: int, work: Callable[[], object]) -> float:
    """The shortest of several runs, in milliseconds."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1000


def ours(text: str, dialect: Dialect, paths: list[str]) -> Callable[[], object]:
    """Parse and ask for every path, by this project's matcher."""

    def work() -> object:
        codeowners = parse_codeowners(text, dialect)
        return [codeowners.owners(path).owners for path in paths]

    return work


def theirs(text: str, paths: list[str]) -> Callable[[], object]:
    """Parse and ask for every path, by PyPI's package."""
    package = import_module("codeowners")

    def work() -> object:
        codeowners = package.CodeOwners(text)
        return [codeowners.of(path) for path in paths]

    return work


@click.command()
def main() -> None:
    """Measure, and print one line for each case."""
    chance = random.Random(20)  # noqa: S311 - the same file and paths in every run
    tree = a_tree(chance)
    text = a_file(tree, chance)
    sections = a_file(tree, chance, sections=40)
    paths = [a_path(tree, chance) for _ in range(PATHS)]
    here = best_of(7, ours(text, Dialect.GITHUB, paths))
    there = best_of(1, theirs(text, paths))
    gitlab = best_of(7, ours(sections, Dialect.GITLAB, paths))
    stars = best_of(7, ours(f"{STARS} @ana", Dialect.GITHUB, ["a" * 200]))
    click.echo(f"{RULES} rules x {PATHS} paths in {FOLDERS} folders, cold, in milliseconds")
    click.echo(f"GitHub, ours              {here:9.1f}")
    click.echo(f"GitHub, PyPI's codeowners {there:9.1f}   ({there / here:.0f} times as long)")
    click.echo(f"GitLab, ours, 40 sections {gitlab:9.1f}")
    click.echo(f"twelve stars, ours        {stars:9.3f}")


if __name__ == "__main__":
    main()
