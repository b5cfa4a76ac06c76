"""A thousand hands on the ledger, every one of them found; and one that nobody could find."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from torture import tampering
from torture.tampering import HANDS, tamper

A_THOUSAND = 1_000


def test_every_one_of_a_thousand_hands_on_the_ledger_is_found() -> None:
    tally = tamper(A_THOUSAND, seed=9)
    assert tally.faults == []
    assert sum(tally.tried.values()) == A_THOUSAND
    assert set(tally.tried) == set(HANDS.values())


def test_a_hand_that_changes_nothing_is_told_as_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def idle(_db: sqlite3.Connection, _checkpoints: Path, _chance: random.Random) -> None:
        """Nothing is done."""

    monkeypatch.setattr(tampering, "HANDS", {idle: "idle hands"})
    assert tamper(1, seed=9).faults == ["number 0, one of the idle hands, was not found"]
