"""Breaks the guards of the gate one at a time, and shows that the tests notice every one.

Run it with `python -m bench.mutants`. Each mutant is one replacement in a copy of the sources; it
is killed when its tests fail, and survives when they pass. A mutant whose text is no longer there
is a failure too: it has to be written anew. The sound copy goes first, for tests that fail anyway
kill nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bench.guard import Mutant
from bench.guards_of_changes import GUARDS_OF_CHANGES
from bench.guards_of_people import GUARDS_OF_PEOPLE

ROOT = Path(__file__).parents[1]
COPIED = ("routing", "storage", "bot", "tests", "examples", "docs", "pyproject.toml")
SECONDS = 600
PASSED, FAILED = 0, 1
"""What pytest ends with; anything else (no tests, wrong use) proves nothing."""


@click.command()
@click.option("--only", help="Only mutants of rows whose name holds this.")
def main(only: str | None) -> None:
    """Break every guard in turn; the exit status is 1 when a mutant survives or fits nowhere."""
    chosen = [
        one for one in (*GUARDS_OF_CHANGES, *GUARDS_OF_PEOPLE) if only is None or only in one.row
    ]
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            _copy(ROOT / name, copy / name)
        every = dict.fromkeys(test for mutant in chosen for test in mutant.tests)
        if _tested(copy, tuple(every)) != PASSED:
            raise click.ClickException("The tests fail on the sound copy already.")
        bad = 0
        for mutant in chosen:
            answer = _fate(mutant, copy)
            bad += answer != "killed"
            said = f"{answer:9} {mutant.row}: {mutant.path}: {mutant.broken.strip()}"
            click.echo(said)
    click.echo(f"{len(chosen) - bad} of {len(chosen)} killed")
    raise click.exceptions.Exit(bool(bad))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _fate(mutant: Mutant, copy: Path) -> str:
    path = copy / mutant.path
    sound = path.read_text("utf-8")
    if sound.count(mutant.guard) != 1:
        return "fits not"
    path.write_text(sound.replace(mutant.guard, mutant.broken), "utf-8")
    try:
        code = _tested(copy, mutant.tests)
    finally:
        path.write_text(sound, "utf-8")
    return {PASSED: "SURVIVED", FAILED: "killed"}.get(code, "no answer")


def _tested(copy: Path, tests: tuple[str, ...]) -> int:
    """What pytest says of these tests in the copy."""
    command = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests)
    done = subprocess.run(  # noqa: S603 - our own tests, of a copy of our own sources
        command, cwd=copy, capture_output=True, timeout=SECONDS, check=False
    )
    return done.returncode


if __name__ == "__main__":
    main()
