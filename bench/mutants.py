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
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import click

ROOT = Path(__file__).parents[1]
COPIED = ("routing", "storage", "bot", "tests", "examples", "docs", "pyproject.toml")
SECONDS = 600
PASSED, FAILED = 0, 1
"""What pytest ends with; anything else (no tests, wrong use) proves nothing."""

RULES = (
    "tests/routing/test_identities.py",
    "tests/routing/answering/test_opinions.py",
    "tests/routing/rules/test_conditions.py",
    "tests/routing/rules/test_requirements.py",
    "tests/routing/test_review.py",
    "tests/routing/test_review_memory.py",
    "tests/routing/files/test_policy_signals.py",
    "tests/routing/test_risk.py",
    "tests/routing/test_state_machine.py",
)
FACTS = ("tests/bot/test_facts.py", "tests/bot/test_policies.py", "tests/test_whole_path.py")
GITHUB = ("tests/bot/forges/github/test_contract.py", "tests/bot/forges/github/test_facts.py")
APP = ("tests/bot/forges/github/test_app.py", "tests/bot/forges/github/test_contract.py")
QUEUE = ("tests/storage/test_outbox.py",)
TRAIN = ("tests/routing/test_merge_queue.py", "tests/bot/forges/gitlab/test_contract.py")


class Row(StrEnum):
    """What a guard is against."""

    SELF_APPROVAL = "approving one's own work"
    NEW_HEAD = "approvals of another head"
    NEW_BASE = "approvals for another base or policy"
    OWN_RULES = "rules taken from the change itself"
    STRIPPED = "marks of AI amended away"
    BLIND_SPOTS = "what could not be seen"
    OTHERS_GATE = "somebody else's word for the gate"
    LATE_REVOKING = "a success that stands too long"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard broken: in `path`, `guard` becomes `broken`."""

    row: Row
    path: str
    guard: str
    broken: str
    tests: tuple[str, ...] = RULES


HANDS, OPINIONS = "routing/identities.py", "routing/answering/opinions.py"
SITUATION, BASE = "routing/situation.py", "bot/base_files.py"
SNAPSHOT, GATE = "bot/forges/github/snapshot.py", "bot/forges/github/gate.py"

MUTANTS = (
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        'yield people.of_account(request.author), Deed(Role.AUTHOR, "opened it")',
        'yield None, Deed(Role.AUTHOR, "opened it")',
    ),
    Mutant(Row.SELF_APPROVAL, HANDS, "yield people.of_account(request.pusher), ", "yield None, "),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "((who, wrote) for who in _behind(commit.author, people))",
        "((None, wrote) for who in _behind(commit.author, people))",
    ),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "((who, committed) for who in _behind(commit.committer, people))",
        "((None, committed) for who in _behind(commit.committer, people))",
    ),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "yield people.of_email(email), Deed(Role.CO_AUTHOR",
        "yield None, Deed(Role.CO_AUTHOR",
    ),
    Mutant(
        Row.SELF_APPROVAL,
        HANDS,
        "if not any(_behind(hand, people)) and not _is_program(hand):",
        "if False:",
    ),
    Mutant(
        Row.NEW_HEAD,
        SITUATION,
        "if one.stance is Stance.APPROVES and one.binding == self.binding",
        "if one.stance is Stance.APPROVES",
    ),
    Mutant(Row.NEW_HEAD, SITUATION, "            request.head_sha,\n", '            "",\n'),
    Mutant(
        Row.NEW_HEAD,
        OPINIONS,
        "review.id: replace(known, head_sha=review.sha)",
        "review.id: known",
    ),
    Mutant(Row.NEW_BASE, SITUATION, "            request.base_branch,\n", '            "",\n'),
    Mutant(Row.NEW_BASE, SITUATION, "            self.policy.hash,\n", '            "",\n'),
    Mutant(
        Row.NEW_BASE,
        OPINIONS,
        'known = replace(binding, base_branch="", policy_hash="") if moved else binding',
        "known = binding",
    ),
    Mutant(
        Row.OWN_RULES,
        "bot/facts.py",
        "read_file(ref.project, request.base_branch, request.base_sha, path)",
        "read_file(ref.project, request.head_branch, request.head_sha, path)",
        FACTS,
    ),
    Mutant(
        Row.OWN_RULES,
        BASE,
        'return organisation, tuple(f"on {branch}, {line}" for line in str(exc).splitlines())',
        "return organisation, ()",
        FACTS,
    ),
    Mutant(
        Row.OWN_RULES,
        SNAPSHOT,
        'return ref.object.sha if ref.ref == f"refs/heads/{branch}" else None',
        "return repo.get_commit(branch).sha",
        GITHUB,
    ),
    Mutant(
        Row.OWN_RULES,
        SNAPSHOT,
        'if tip != sha and repo.compare(sha, tip).status != "ahead":',
        "if False:",
        GITHUB,
    ),
    Mutant(
        Row.STRIPPED,
        "routing/assessment.py",
        "if before is None or found.ai or not before.ai:",
        "if before is None or not before.bot:",
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/rules/requirements.py",
        "if hidden or one.name in touched",
        "if one.name in touched",
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/rules/conditions.py",
        "return Truth.YES if found else Truth.UNKNOWN if self.facts.change.hidden else Truth.NO",
        "return Truth.YES if found else Truth.NO",
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/rules/conditions.py",
        "return Truth.UNKNOWN if unsure else Truth.NO",
        "return Truth.NO",
    ),
    Mutant(Row.BLIND_SPOTS, "routing/risk.py", "if change.hidden:", "if False:"),
    Mutant(
        Row.BLIND_SPOTS,
        SNAPSHOT,
        "hidden=bool(files_gone or commits_gone),",
        "hidden=False,",
        GITHUB,
    ),
    Mutant(
        Row.BLIND_SPOTS,
        "routing/model.py",
        "for file in self.files for path in file.paths",
        "for file in self.files for path in (file.path,)",
    ),
    Mutant(
        Row.OTHERS_GATE,
        GATE,
        "if run.app is not None and run.app.id == app",
        "if run.app is not None",
        APP,
    ),
    Mutant(
        Row.OTHERS_GATE,
        GATE,
        "if gate.state is GateState.SUCCESS and not _stands(repo, gate):",
        "if False:",
        (*GITHUB, *APP),
    ),
    Mutant(
        Row.NEW_HEAD,
        "routing/merge_queue.py",
        "if (one.head_sha, one.base_branch) != (gate.sha, gate.base_branch):",
        "if one.base_branch != gate.base_branch:",
        TRAIN,
    ),
    Mutant(
        Row.NEW_HEAD,
        "bot/forges/gitlab/gate.py",
        'return now == ("opened", gate.head or gate.sha, gate.base_branch)',
        "return now[2] == gate.base_branch",
        TRAIN,
    ),
    Mutant(
        Row.LATE_REVOKING,
        "routing/review.py",
        "return Decision(shut, (gate, *left, *merge_queue.gates(review, shut)))",
        "return Decision(shut, (gate, *left))",
        TRAIN,
    ),
    Mutant(
        Row.LATE_REVOKING,
        "storage/outbox.py",
        "return GATE if effect.state is GateState.SUCCESS else REVOKE",
        "return GATE",
        QUEUE,
    ),
    Mutant(
        Row.LATE_REVOKING,
        "storage/outbox.py",
        " ORDER BY priority, seq LIMIT 1",
        " ORDER BY seq LIMIT 1",
        QUEUE,
    ),
)


@click.command()
@click.option("--only", help="Only mutants of rows whose name holds this.")
def main(only: str | None) -> None:
    """Break every guard in turn; the exit status is 1 when a mutant survives or fits nowhere."""
    chosen = [one for one in MUTANTS if only is None or only in one.row]
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
