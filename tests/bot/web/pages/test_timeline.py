"""Ledger entries in words; none goes unsaid, whatever version wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.web.pages.timeline import moment
from routing.trail import decision_entry
from storage.ledger import Opened
from tests.bot.builders import NAMES, a_review

BOUND = {
    "project_id": "42",
    "number": 7,
    "head_sha": "1111111111",
    "base_branch": "main",
    "policy_hash": "a",
}


def said(kind: str, **data: Any) -> str:
    text = json.dumps(data)
    entry = Opened(3, "2026-11-16T10:00:00.000000+00:00", "github/acme/shop/7", kind, text, "")
    return moment(entry, NAMES.__getitem__).sentence


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("opened", {"title": "Retry", "binding": BOUND}, "seen first: “Retry” at 11111111"),
        (
            "changed",
            {"was": BOUND, "binding": BOUND | {"head_sha": "2222222222"}},
            "pushed: the head went from 11111111 to 22222222",
        ),
        (
            "changed",
            {"was": BOUND, "binding": BOUND | {"base_branch": "release", "policy_hash": "b"}},
            "retargeted from main to release; the policy changed",
        ),
        (
            "approval",
            {"person": "dana", "via": "slack", "binding": BOUND},
            "Dana Ng approved 11111111 in Slack",
        ),
        (
            "objects",
            {"person": "dana", "via": "forge", "binding": BOUND},
            "Dana Ng asked for changes to 11111111 on GitHub",
        ),
        (
            "declined",
            {"person": "omar", "reason": "not_my_area", "note": "ask Dana"},
            "Omar Diaz declined: not my area (ask Dana)",
        ),
        ("escalated", {"person": "omar", "step": "remind"}, "Omar Diaz was reminded"),
        (
            "erased",
            {"as": "erased-7f3a", "named": ["erased-7f3a"], "texts": ["[erased]"]},
            "somebody was erased: 2 texts cannot be read any more, erased-7f3a stands for them",
        ),
        (
            "gate",
            {"head_sha": "1111111111", "state": "success"},
            "the gate of 11111111 says success",
        ),
        ("closed", {"head_sha": "1111111111"}, "closed without merging"),
    ],
)
def test_an_entry_is_a_sentence(kind: str, data: dict[str, Any], sentence: str) -> None:
    assert said(kind, **data) == sentence


def test_a_decision_names_its_verdict_what_is_missing_and_who_is_asked() -> None:
    assert said("decision", **decision_entry(a_review()).data) == (
        "ai-assisted (Claude Code), risk low (2 points): pending · needs tenure ≥ 5 y · "
        "asked Dana Ng"
    )


def test_a_kind_nobody_has_words_for_shows_its_particulars() -> None:
    assert said("relinked", person="dana", was=["1"], to="") == 'person: dana · was: ["1"]'


def test_a_known_kind_in_another_shape_shows_its_particulars() -> None:
    assert said("gate", colour="red") == "colour: red"
