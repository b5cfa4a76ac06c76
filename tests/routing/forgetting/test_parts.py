"""An open merge request needs its author, those who are asked, and those whose word counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from routing.forgetting.documents import read_document
from routing.forgetting.naming import Naming
from routing.forgetting.parts import part_in
from routing.record import AskState, Review, Stance
from routing.rules.qualification import Exclusion, Reason
from tests.bot.builders import (
    a_binding,
    a_review,
    a_verdict,
    an_ask,
    an_opinion,
    an_override,
)
from tests.routing.forgetting.people import DANA
from tests.routing.forgetting.test_documents import REVIEW


def part(**changes: Any) -> str | None:
    review: Review = replace(a_review(asks=()), **changes)
    return part_in(read_document(REVIEW.dump_json(review).decode()), Naming(DANA))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"author": "Dana Ng", "author_person": "dana"}, "they opened it"),
        ({"author": "dana-ng", "author_person": None}, "they opened it"),
        ({"asks": (an_ask("dana"),)}, "they are asked for their review"),
        ({"opinions": (an_opinion("dana"),)}, "they approved it"),
        (
            {"opinions": (an_opinion("dana", Stance.OBJECTS, binding=a_binding(head_sha="2")),)},
            "their request for changes stands",
        ),
        ({"override": an_override(by="omar", second="dana")}, "they took part in its override"),
        (
            {"exclusions": (Exclusion("dana", Reason.CO_AUTHOR, "Dana Ng is co-author of 1"),)},
            "they had a hand in it",
        ),
        (
            {"verdict": a_verdict(blocks=("nobody is known who wrote 1 as dana@example.com",))},
            "what keeps it from passing names them",
        ),
    ],
)
def test_it_needs_them(changes: dict[str, Any], why: str) -> None:
    assert part(**changes) == why


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"asks": (an_ask("dana", AskState.DECLINED),)},
        {"opinions": (an_opinion("dana", binding=a_binding(head_sha="2")),)},
        {"exclusions": (Exclusion("dana", Reason.AWAY, "Dana Ng is away"),)},
        {"passed": (Exclusion("dana", Reason.DECLINED, "Dana Ng declined: busy"),)},
    ],
)
def test_it_does_without_them(changes: dict[str, Any]) -> None:
    assert part(**changes) is None


def test_an_open_review_that_cannot_be_read_may_need_anybody() -> None:
    assert part_in("no JSON", Naming(DANA)) == "its review cannot be read"
