"""When a card is edited: at once where somebody's next step depends on it, else within a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing import showing
from routing.effects import ShowCard
from routing.levels import RiskLevel
from routing.model import State
from routing.policy import Step
from routing.record import AskState, Coming, Review
from tests.bot.builders import (
    PUSHED,
    a_binding,
    a_card,
    a_gate,
    a_review,
    a_risk,
    an_ask,
    an_assessment,
    an_opinion,
)
from tests.builders import NOW, REF

CARD = a_review(card=a_card())


def after(**changes: Any) -> list[ShowCard]:
    return list(showing.card(CARD, replace(CARD, **changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"asks": (an_ask("dana", AskState.APPROVED),)},
        {"asks": (an_ask(overdue_since=NOW),)},
        {"opinions": (an_opinion("omar"),)},
        {"binding": a_binding(head_sha=PUSHED)},
        {"state": State.MERGED},
        {"draft": True},
        {"assessment": an_assessment(risk=a_risk(RiskLevel.HIGH))},
        {"assessment": an_assessment(undeclared=True)},
        {"approve_on_forge": "its risk is high"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_what_decides_who_does_what_is_shown_at_once(changes: dict[str, Any]) -> None:
    assert after(**changes) == [ShowCard(REF)]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another title"},
        {"additions": 71},
        {"assessment": an_assessment(dependencies=("adds left-pad 1.3",))},
        {"coming": (Coming(NOW, Step.REMIND, "dana"),)},
        {"shadow": "kim"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_what_only_describes_the_change_is_shown_within_a_minute(changes: dict[str, Any]) -> None:
    assert after(**changes) == [ShowCard(REF, at_once=False)]


FAR = tuple(Coming(NOW + timedelta(hours=hour), Step.REMIND, "dana") for hour in range(5))


@pytest.mark.parametrize(
    "changes",
    [{"gate": a_gate()}, {"remarks": ("only 3 past changes",)}, {"next_due": None}, {}],
    ids=str,
)
def test_what_no_card_shows_is_worth_no_edit(changes: dict[str, Any]) -> None:
    assert after(**changes) == []


def test_a_step_too_far_ahead_to_be_shown_is_worth_no_edit() -> None:
    before = replace(CARD, coming=FAR)
    assert not list(showing.card(before, replace(CARD, coming=FAR[:4])))


@pytest.mark.parametrize(
    ("review", "shown"),
    [
        (a_review(), [ShowCard(REF)]),
        (a_review(draft=True), []),
        (a_review(state=State.CLOSED), []),
    ],
)
def test_a_card_is_begun_for_what_is_open(review: Review, shown: list[ShowCard]) -> None:
    assert list(showing.card(None, review)) == shown
