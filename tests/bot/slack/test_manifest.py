"""The manifest is one that Slack takes, and asks for what the bot listens to, no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.slack.commands import WORDS
from bot.slack.links import ROUTE
from bot.web.access import RETURN_PATH

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
SCHEMA = json.loads((ROOT / "tests/data/slack/manifest.schema.json").read_text("utf-8"))
SOURCES = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot" / "slack").glob("*.py"))


def faults(manifest: dict[str, Any]) -> list[str]:
    return [fault.message for fault in Draft202012Validator(SCHEMA).iter_errors(manifest)]


def test_slack_takes_the_manifest() -> None:
    assert faults(MANIFEST) == []


def test_slack_takes_it_with_what_signing_in_needs_as_well() -> None:
    text = (ROOT / "manifest.yml").read_text("utf-8")
    for line in (
        "redirect_urls:",
        "  - https://YOUR-HOST/sign-in/slack",
        "user: [openid, profile]",
    ):
        assert text.count(f"# {line}") == 1
        text = text.replace(f"# {line}", line)
    manifest = yaml.safe_load(text)
    assert faults(manifest) == []
    asked_for = (ROOT / "bot/web/openid.py").read_text("utf-8")
    assert f'"scope": "{" ".join(manifest["oauth_config"]["scopes"]["user"])}"' in asked_for
    assert manifest["oauth_config"]["redirect_urls"][0].endswith(RETURN_PATH)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("display_information", {"name": "x" * 36}),
        ("settings", {"socket_mode": True}),
        ("oauth_config", {"scopes": {"bot": ["chat write"]}}),
        ("features", {"slash_commands": [{"command": "review", "description": "x"}]}),
        ("features", {"slash_commands": []}),
        ("features", {"shortcuts": []}),
        (
            "settings",
            {"interactivity": {"is_enabled": True, "request_url": f"https://{'x' * 3500}"}},
        ),
    ],
)
def test_the_schema_refuses_what_slack_would(part: str, wrong: dict[str, Any]) -> None:
    assert faults({**MANIFEST, part: wrong})


@pytest.mark.parametrize("event", MANIFEST["settings"]["event_subscriptions"]["bot_events"])
def test_every_event_it_subscribes_to_is_listened_to(event: str) -> None:
    assert f'app.event("{event}")' in SOURCES


def test_editors_hold_it_against_the_schema_that_slack_publishes() -> None:
    first, *_ = (ROOT / "manifest.yml").read_text("utf-8").splitlines()
    published = "https://raw.githubusercontent.com/slackapi/manifest-schema/main/"
    assert first == f"# yaml-language-server: $schema={published}manifest.schema.json"


@pytest.mark.parametrize("word", ["reply_broadcast", "link_names", "@channel", "@here"])
def test_nothing_that_the_bot_sends_calls_everybody(word: str) -> None:
    assert word not in SOURCES


def test_every_event_that_is_listened_to_is_subscribed_to() -> None:
    listened = SOURCES.count("app.event(")
    assert listened == len(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def test_it_has_the_command_and_the_tab_that_the_bot_serves() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == "/review"
    hinted = {part.split()[0] for part in command["usage_hint"].strip("[]").split(" | ")}
    assert hinted <= set(WORDS)
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]


def test_socket_mode_comes_first_so_that_no_public_address_is_needed() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"]
    assert "http" not in json.dumps(MANIFEST)


def test_its_shortcut_is_the_one_that_is_listened_to() -> None:
    (shortcut,) = MANIFEST["features"]["shortcuts"]
    assert (shortcut["callback_id"], shortcut["type"]) == (ROUTE, "message")
