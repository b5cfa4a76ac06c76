"""The README's walk into a real workspace, word for word, with stand-ins at the other ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from yarl import URL

from bot.clock import SystemClock
from bot.playground.nouns import User
from bot.playground.server import Playground
from tests.processes import countersign, start
from tests.standins.github.guard import Ruleset
from tests.standins.github.site import GitHubStandIn

ROOT = Path(__file__).parents[1]
WALK = (ROOT / "README.md").read_text("utf-8").split("## Into a real workspace")[1]
WALK = WALK.split("### GitLab")[0]
POLICY, PEOPLE, EXPORTS = re.findall(r"^```\w*\n(.*?)^```$", WALK, re.DOTALL | re.MULTILINE)
APP = 71
PATIENCE = 60.0


@dataclass
class Newcomer:
    """Somebody with the README, a workspace, a repository, and a folder."""

    folder: Path
    slack: Playground
    github: GitHubStandIn
    key: str

    @property
    def env(self) -> dict[str, str]:
        """What the walk exports, with what the web pages gave out, and the stand-ins' addresses."""
        given = {
            "COUNTERSIGN_POLICY": str(self.folder / "policy.yml"),
            "COUNTERSIGN_PEOPLE": str(self.folder / "people.yml"),
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "GITHUB_APP_ID": str(APP),
            "GITHUB_APP_PRIVATE_KEY": self.key,
            "GITHUB_REPOSITORIES": "acme/shop",
            "GITHUB_WEBHOOK_SECRET": "0123456789abcdef",
        }
        assert set(given) == set(re.findall(r"([A-Z_]{6,})=", EXPORTS))
        return given | {
            "SLACK_API_URL": self.slack.api_url,
            "GITHUB_API_URL": self.github.url,
            "COUNTERSIGN_DATABASE": str(self.folder / "countersign.db"),
            "COUNTERSIGN_PORT": "0",
        }

    def writes(self, policy: str = POLICY, people: str = PEOPLE) -> None:
        (self.folder / "policy.yml").write_text(policy, "utf-8")
        (self.folder / "people.yml").write_text(people, "utf-8")

    async def doctor(self) -> tuple[int | None, str]:
        code, out, err = await countersign("doctor", env=self.env)
        assert "Traceback" not in err
        return code, out


@pytest.fixture
async def newcomer(tmp_path: Path) -> AsyncIterator[Newcomer]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    async with Playground(SystemClock()) as slack, GitHubStandIn() as github:
        for who, login in (("ana", "ana-ito"), ("dana", "dana-ng")):
            slack.workspace.add_user(
                User(f"U0{who.upper()}", who, who.title(), email=f"{who}@example.com")
            )
            github.add_person(login, email=f"{who}@example.com")
        slack.workspace.add_channel("#reviews", ["U0ANA", "U0DANA"])
        app = github.register_app(APP, "countersign", public.decode())
        app.installations["acme/shop"] = 501
        yield Newcomer(tmp_path, slack, github, private.decode())


async def test_the_files_of_the_walk_are_without_fault(newcomer: Newcomer) -> None:
    newcomer.writes()
    files = [newcomer.env[f"COUNTERSIGN_{kind}"] for kind in ("POLICY", "PEOPLE")]
    code, _, err = await countersign("check", "--policy", files[0], "--people", files[1])
    assert (code, err) == (0, "")


async def test_the_walk_ends_with_a_doctor_who_says_fine(newcomer: Newcomer) -> None:
    newcomer.writes()
    code, out = await newcomer.doctor()
    assert code == 1
    assert "Ana Ito may be U0ANA in Slack, by the address ana@example.com" in out
    assert "if so, add `slack: U0ANA`" in out
    assert "the gate only advises: main does not require the check countersign" in out
    linked = re.sub(r"id: (\w+),", lambda who: f"{who[0]} slack: U0{who[1].upper()},", PEOPLE)
    newcomer.writes(people=linked)
    code, out = await newcomer.doctor()
    assert (code, out.splitlines()[-1]) == (1, "1 to mend")
    newcomer.github.guard.rulesets = (Ruleset(5, "gate", {"countersign": APP}),)
    code, out = await newcomer.doctor()
    assert (code, out.splitlines()[-1]) == (0, "fine"), out
    assert "Socket Mode works" in out


async def test_a_pull_request_that_is_open_has_its_card_once_the_bot_runs(
    newcomer: Newcomer,
) -> None:
    newcomer.writes(people=PEOPLE.replace("id: dana,", "id: dana, slack: U0DANA,"))
    newcomer.github.open_pull("ana-ito", "feature", files={"src/a.py": "x\n"}, title="Retry")
    process = await start("run", env=newcomer.env)
    try:
        await newcomer.slack.until(
            lambda: newcomer.slack.workspace.messages("#reviews"), seconds=PATIENCE
        )
    finally:
        process.terminate()
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    (card,) = newcomer.slack.workspace.messages("#reviews")
    assert card.text.startswith("Review shop#1")


async def test_mistakes_in_the_files_are_findings_among_the_others(newcomer: Newcomer) -> None:
    newcomer.writes(policy=POLICY.replace("rules:", "ruls:"))
    code, out = await newcomer.doctor()
    assert code == 1
    assert "policy.yml:3" in out
    assert "Socket Mode works" in out


async def test_what_was_not_exported_is_named(newcomer: Newcomer) -> None:
    newcomer.writes()
    forgotten = {"SLACK_BOT_TOKEN", "COUNTERSIGN_PEOPLE", "GITHUB_REPOSITORIES"}
    env = {name: value for name, value in newcomer.env.items() if name not in forgotten}
    code, out, err = await countersign("doctor", env=env)
    assert (code, "Traceback" in err) == (1, False)
    assert all(f"{name} is not set" in out for name in forgotten)


def test_the_link_of_the_walk_asks_for_the_rights_that_the_text_names() -> None:
    (address,) = re.findall(r"^\[app\]: (\S+)$", WALK, re.MULTILINE)
    asked = URL(address).query
    rights = {"contents": "read"} | dict.fromkeys(
        ("pull_requests", "issues", "checks", "statuses"), "write"
    )
    assert {name: asked[name] for name in rights} == rights
    assert (asked["public"], asked["webhook_active"]) == ("false", "false")
