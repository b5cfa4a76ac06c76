"""`countersign history`: the forge's past read at once, and how far it has come."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from tests.standins.github.site import GitHubStandIn


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_DATABASE", str(tmp_path / "countersign.db"))
    monkeypatch.setenv("GITHUB_REPOSITORIES", "acme/shop")
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_of_the_bot")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["history", *words])


async def test_what_was_merged_is_read_once(
    settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del settings
    async with GitHubStandIn() as github:
        for login in ("ana", "dana"):
            github.add_person(login)
        for number in range(3):
            pull = github.open_pull("ana", f"f{number}", files={f"{number}.py": "1\n"})
            github.review(pull, "dana", "APPROVE")
            github.merge(pull, "dana")
        monkeypatch.setenv("GITHUB_API_URL", github.url)
        first = await asyncio.to_thread(run, "import")
        again = await asyncio.to_thread(run, "import")
    assert (first.exit_code, first.stdout) == (0, "3 merged changes were new\n")
    assert "acme/shop: 3 read, back to " in first.stderr
    assert again.stdout == "0 merged changes were new\n"
    shown = await asyncio.to_thread(run, "show", "--json")
    assert json.loads(shown.stdout) == [
        {"project": "github/acme/shop", "changes": 3, "forge_read_through": True}
    ]
    assert "3 changes, its past on the forge read through" in run("show").stdout
