"""The commands as processes, the way people start them."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from bot.clock import SystemClock
from bot.playground.server import Playground
from tests.processes import (
    PATIENCE,
    a_place,
    asked,
    complete_settings,
    countersign,
    ends,
    running,
    says,
)
from tests.standins.github.site import GitHubStandIn

TOLD: dict[str, str] = {}
"""What the demo told on each forge: it takes seconds, and more than one test reads it."""


async def the_story_on(forge: str) -> str:
    if forge not in TOLD:
        code, TOLD[forge], err = await countersign("demo", "--once", "--forge", forge)
        assert (code, err) == (0, "")
    return TOLD[forge]


async def test_the_demo_tells_its_whole_story_and_the_chain_holds() -> None:
    out = await the_story_on("github")
    assert "Could not approve: Ana Ito opened it." in out
    assert re.search(r"Gate of shop#1: success — approved by .*Dana Ng", out)
    assert "Dana Ng asked for changes: Two refunds after a timeout?" in out
    assert "Omar Diaz's approval" in out
    assert "An approval does not count: Grace Holm opened it." in out
    assert "Reminder: review shop#3" in out
    assert "1 review waiting" in out
    assert out.endswith("entries; the chain holds.\n2 of 3 changes merged.\n")


async def test_the_demo_tells_the_same_story_in_gitlabs_words() -> None:
    out = await the_story_on("gitlab")
    assert re.search(r"Gate of shop!1: success — approved by .*Dana Ng", out)
    assert not re.search("shop#|pull request|github", out, re.IGNORECASE)
    retold = out.replace("shop!", "shop#").replace("GitLab", "GitHub").replace("gitlab", "github")
    assert without_names(retold) == without_names(await the_story_on("github"))


def without_names(out: str) -> str:
    """The story without what is another in every run, and without how many accounts people have."""
    return re.sub(r"\b[0-9a-f]{7,8}\b|127\.0\.0\.1:\d+|links \(\d\)", "…", out)


async def test_run_without_settings_names_each_missing_one_and_exits_with_2() -> None:
    code, _, err = await countersign("run")
    assert code == 2
    lines = err.splitlines()
    assert [line.split(" ")[0].rstrip(",") for line in lines] == [
        "COUNTERSIGN_PEOPLE",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "GITHUB_TOKEN",
        "GITHUB_REPOSITORIES",
        "GITHUB_WEBHOOK_SECRET",
    ]


async def test_run_with_a_bad_policy_shows_every_problem_and_exits_with_2(tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text("version: 2\nruels: []\n", "utf-8")
    env = complete_settings(tmp_path, "http://127.0.0.1:9", "http://127.0.0.1:9/api/")
    code, _, err = await countersign("run", env=env)
    assert code == 2
    assert "policy.yml:1: version" in err
    assert "ruels" in err


async def test_run_refuses_a_token_that_slack_does_not_take(tmp_path: Path) -> None:
    async with GitHubStandIn() as github, Playground(SystemClock()) as slack:
        env = complete_settings(tmp_path, github.url, slack.api_url)
        code, _, err = await countersign("run", env=env)
    assert code == 2
    assert "SLACK_BOT_TOKEN" in err.splitlines()[-1]


async def test_run_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    async with a_place(tmp_path) as (github, slack, env):
        github.open_pull("ana-ito", "feature", files={"web/a.ts": "x\n"})
        async with running(env) as process:
            await slack.until(lambda: slack.workspace.messages("#reviews"), PATIENCE)
            await says(process, "serving")
            process.send_signal(signal.SIGTERM)
            await says(process, "stopping")
            assert await process.wait() == 0


async def test_who_stands_by_says_so_and_goes_on_when_the_other_is_killed(tmp_path: Path) -> None:
    async with a_place(tmp_path) as (_, _, env), running(env) as first:
        await says(first, "serving")
        async with running(env) as second:
            waits = await says(second, "standing_by")
            assert (await asked("/healthz", waits))[0] == 200
            status, text = await asked("/readyz", waits)
            assert status == 503
            assert "lease: another bot works on this database; nothing to do" in text
            assert (await asked("/reviews/github/acme/shop/1", waits))[0] == 503
            first.kill()
            assert (await asked("/readyz", await says(second, "serving")))[0] == 200


async def test_who_stands_by_ends_when_it_is_told_to(tmp_path: Path) -> None:
    async with a_place(tmp_path) as (_, _, env), running(env) as first:
        await says(first, "serving")
        async with running(env) as second:
            await says(second, "standing_by")
            assert await ends(second) == 0


async def test_a_start_that_hangs_is_broken_off_when_it_is_told_to_stop(tmp_path: Path) -> None:
    async with a_place(tmp_path) as (github, _, env):
        github.faults.road.clear()
        async with running(env) as process:
            await says(process, "slack_signed_in")
            await github.faults.arrived.wait()
            assert await ends(process) == 0
            assert not github.faults.road.is_set()


async def test_help_names_every_command() -> None:
    code, out, _ = await countersign("--help")
    assert code == 0
    for command in ("run", "demo", "route", "check", "owners", "provenance", "risk", "ledger"):
        assert f"\n  {command} " in out
