"""A slice of `make torture`: each trial, small, finds nothing; and they can find something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.playground.server import Playground
from storage.database import reading
from tests.builders import NOW
from tests.standins.github.site import GitHubStandIn
from tests.standins.quotas import github_quotas
from torture.aftermath import Acknowledged, channel_of, judge
from torture.killing import found
from torture.life import Bomb
from torture.outside import Outside
from torture.script import write_script

ROOT = Path(__file__).parents[1]
SEED = 3
TRIALS = (
    "SIGKILL at every",
    "SIGKILL at random",
    "SIGKILL of the whole",
    "SIGTERM",
    "power",
    "full disk",
    "damaged",
    "lost log",
    "backup",
    "hands",
    "long ledger",
    "deliveries",
    "failing",
    "quotas",
    "DST",
)


@pytest.mark.parametrize("trial", [*TRIALS, "garbage"])
def test_a_slice_of_every_trial_finds_nothing(trial: str) -> None:
    part = "0.002" if trial == "garbage" else "0.03"
    words = [sys.executable, "-m", "torture", "--jobs", "1"]
    words += ["--part", part, "--seed", str(SEED), "--only", trial]
    tortured = subprocess.run(  # noqa: S603 - our own words
        words, check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert tortured.returncode == 0, tortured.stdout + tortured.stderr
    assert "nothing" in tortured.stdout


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one undisturbed life leaves behind."""
    folder = tmp_path_factory.mktemp("lived")
    words = [sys.executable, "-m", "torture.recorded", str(folder), str(SEED)]
    subprocess.run(words, check=True, cwd=ROOT)  # noqa: S603 - our own words
    return folder


def faults(folder: Path, *more: dict[str, object]) -> list[str]:
    """What is found after a life, with these lines put into the world by hand."""
    outside = Outside(folder / "outside.jsonl", Bomb())
    outside.lines += more
    with reading(folder / "countersign.db") as rooms:
        listed = list(found(outside, write_script(SEED), rooms))
    outside.close()
    return listed


def test_a_stand_in_notes_the_call_that_is_one_too_many() -> None:
    quotas = github_quotas(lambda: NOW)
    waits = [quotas.refused_for("GET", "/user") for _ in range(901)]
    assert [wait > 0 for wait in waits] == [False] * 900 + [True]
    assert quotas.overruns == ["GET /user is beyond 900 points a minute"]


POST = {
    "what": "post",
    "channel": "C1",
    "ts": "1",
    "text": "shop#1 · x",
    "key": "k",
    "thread": None,
}
GATE = {"what": "gate", "sha": "s", "said": ["pending", ""], "ref": "github/acme/shop/1"}


def test_an_undisturbed_life_has_no_faults(lived: Path) -> None:
    assert faults(lived) == []


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([{"what": "acknowledged", "number": 999}], "event 999 was acknowledged and is lost"),
        ([POST, POST], "k was posted 2 times"),
        ([POST], "2 cards for shop#1"),
        ([GATE, GATE], "the gate of s was written twice"),
        ([{"what": "wrong success", "sha": "s"}], "a success that nobody signed"),
    ],
)
def test_what_must_not_be_is_found(lived: Path, lines: list[dict[str, object]], fault: str) -> None:
    assert any(one.startswith(fault) for one in faults(lived, *lines))


def test_what_is_done_twice_at_a_forge_is_found_there(lived: Path) -> None:
    github, slack = GitHubStandIn(), Playground(SystemClock())
    for who in ("ana", "dana"):
        github.add_person(who)
    number = github.open_pull("ana", "feature", files={"a.py": "1\n"}, title="Change it")
    slack.workspace.add_channel(channel_of(number), [])
    for _ in range(2):
        github.ask(number, "dana")
        github.set_status(github.head(number), "pending", by="ana", description="needs dana")
    with reading(lived / "countersign.db") as rooms:
        said = list(judge(Acknowledged(), rooms, github, slack))
    assert f"the review of dana was requested of {number} though it was requested already" in said
    assert f"the gate of {github.head(number)} was set to 'pending' twice" in said
