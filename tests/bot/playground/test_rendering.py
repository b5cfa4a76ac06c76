"""A message in a terminal reads like the message in Slack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.playground.elements import complete
from bot.playground.nouns import Message
from bot.playground.rendering import render_message_text, render_mrkdwn

CASES = json.loads(
    (Path(__file__).parents[2] / "data/playground/rendering.json").read_text(encoding="utf-8")
)
NAMES = {"U0DANA": "Dana Ng", "C0REVIEWS": "reviews"}


@pytest.mark.parametrize("case", CASES["blocks"], ids=lambda case: case["name"])
def test_blocks_read_as_lines(case: dict[str, Any]) -> None:
    message = Message("C0REVIEWS", "1.000000", "U0DANA", "x", tuple(complete(case["blocks"])))

    assert render_message_text(message, NAMES).split("\n") == case["lines"]


@pytest.mark.parametrize("case", CASES["mrkdwn"], ids=lambda case: case["name"])
def test_markup_reads_as_plain_text(case: dict[str, Any]) -> None:
    assert render_mrkdwn(case["text"], NAMES) == case["plain"]


def test_without_blocks_the_text_is_read() -> None:
    message = Message("C0REVIEWS", "1.000000", "U0DANA", "*Review* `api!412`")

    assert render_message_text(message) == "Review `api!412`"


def test_without_names_the_ids_stand() -> None:
    assert render_mrkdwn("ask <@U0DANA>") == "ask @U0DANA"
