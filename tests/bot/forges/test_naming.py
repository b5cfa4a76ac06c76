"""Both forges tell what their projects have, and the command says what is not there."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import main
from bot.forges.github.adapter import GitHub
from bot.forges.gitlab.adapter import GitLab
from bot.forges.naming import Naming
from routing.files.forge_names import Names
from tests.standins.github.site import GitHubStandIn
from tests.standins.gitlab.site import GitLabStandIn

POLICY = """\
version: 1
rules:
  - {name: hot, when: {labels: hotfix}, require: {approvals: 1, from: {anyone: true}}}
  - {name: everything, require: {approvals: 1, from: {anyone: true}}}
"""


async def test_github_tells_its_names_and_its_teams_only_to_an_administrator(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.labels, github.teams = ["hotfix"], ["payments"]
    assert isinstance(forge, Naming)
    assert await forge.names("acme/shop") == Names(frozenset({"hotfix"}), frozenset({"main"}))
    github.guard.administrates = True
    assert (await forge.names("acme/shop")).teams == frozenset({"acme/payments"})


async def test_gitlab_tells_its_names(gitlab: GitLabStandIn, adapter: GitLab) -> None:
    gitlab.labels, gitlab.groups = ["hotfix"], ["acme", "acme/payments"]
    assert isinstance(adapter, Naming)
    assert await adapter.names("acme/shop") == Names(
        frozenset({"hotfix"}), frozenset({"main"}), frozenset({"acme", "acme/payments"})
    )


def check(folder: Path, environment: dict[str, str], *more: str) -> Result:
    file = folder / "policy.yml"
    file.write_text(POLICY, "utf-8")
    words = ["check", "--policy", str(file), "--forge", "acme/shop", *more]
    return CliRunner(env=environment).invoke(main, words)


async def test_check_warns_of_a_label_that_nobody_made(
    github: GitHubStandIn, tmp_path: Path
) -> None:
    settings = {"GITHUB_TOKEN": github.token, "GITHUB_API_URL": github.url}
    shown = await asyncio.to_thread(check, tmp_path, settings)
    assert shown.exit_code == 0, shown.output
    said = "acme/shop has no label “hotfix”, which the rule hot names"
    assert f"warning: {said}" in shown.stdout
    told = await asyncio.to_thread(check, tmp_path, settings, "--json")
    assert {"message": said} in json.loads(told.stdout)["warnings"]
    github.labels = ["hotfix"]
    assert "has no label" not in (await asyncio.to_thread(check, tmp_path, settings)).stdout


async def test_check_warns_on_gitlab_as_well(gitlab: GitLabStandIn, tmp_path: Path) -> None:
    settings = {"GITLAB_TOKEN": gitlab.token, "GITLAB_URL": gitlab.url}
    shown = await asyncio.to_thread(check, tmp_path, settings)
    assert "acme/shop has no label “hotfix”" in shown.stdout
