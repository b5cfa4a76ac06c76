"""The decision page: what it says of a review, state by state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.web.pages.decision import decision_page
from bot.web.templating import marked, render
from routing.model import State
from routing.record import AskState, Review, Stance, Via
from routing.rules.approvals import RuleResult, Way
from routing.rules.override import Override
from routing.rules.qualification import Exclusion, Reason
from tests.bot.builders import (
    PUSHED,
    a_binding,
    a_place,
    a_review,
    a_rule,
    a_verdict,
    an_ask,
    an_assessment,
    an_opinion,
)
from tests.bot.web.pages.golden import agreed
from tests.builders import NOW

NOT_APPLYING = RuleResult("newcomers", False, "does not hold: the author is new")
ONE_OF_TWO = RuleResult(
    "ai-in-payments",
    True,
    "AI helped to write it",
    (
        Way((a_place("dana"),), possible=True),
        Way((a_place(wants="expert in payments"), a_place()), possible=False),
    ),
)

STATES: dict[str, Review] = {
    "fresh": a_review(verdict=a_verdict(a_rule(), NOT_APPLYING)),
    "approved": a_review(
        verdict=a_verdict(ONE_OF_TWO),
        asks=(an_ask("dana", AskState.APPROVED),),
        opinions=(an_opinion("dana"), an_opinion("kim", via=Via.FORGE)),
    ),
    "blocked": a_review(
        verdict=a_verdict(
            RuleResult("nobody", True, "applies to every change", (Way((), possible=False),)),
            a_rule(),
            blocks=("Omar Diaz asked for changes",),
        ),
        opinions=(an_opinion("omar", Stance.OBJECTS, comment="Name it better."),),
    ),
    "merged": a_review(state=State.MERGED, asks=(), next_due=None),
}


@pytest.mark.parametrize("state", STATES)
def test_the_page_says_what_was_agreed(state: str) -> None:
    assert agreed(f"decision_{state}", decision_page(STATES[state], ()))


@pytest.mark.parametrize(
    ("given", "counts", "reason"),
    [
        (a_binding(), "counts", "given for exactly this"),
        (
            a_binding(head_sha=PUSHED),
            "does not count",
            "given for another head; it is 11111111 now",
        ),
        (
            a_binding(base_branch="release"),
            "does not count",
            "given for release; it goes to main now",
        ),
        (a_binding(policy_hash="policy-0"), "does not count", "given under another policy"),
    ],
)
def test_an_approval_counts_for_what_it_was_given_only(
    given: object, counts: str, reason: str
) -> None:
    review = a_review(opinions=(an_opinion("dana", binding=given),))
    [shown] = decision_page(review, ()).opinions
    assert (shown.counts, shown.reason) == (counts, reason)


def test_an_approval_that_never_counts_says_why() -> None:
    void = (Exclusion("ana", Reason.HAS_A_HAND_IN_IT, "Ana Ito opened it"),)
    [shown] = decision_page(a_review(opinions=(an_opinion("ana"),), void=void), ()).opinions
    assert (shown.counts, shown.reason) == ("does not count", "Ana Ito opened it")


def test_whoever_has_answered_stands_before_those_in_line() -> None:
    asks = (an_ask("omar", AskState.DECLINED), an_ask("dana"))
    people = decision_page(a_review(asks=asks), ()).candidates
    assert [(one.rank, one.name, one.standing) for one in people] == [
        ("", "Omar Diaz", "declined"),
        ("1", "Dana Ng", "asked"),
    ]


def test_too_little_help_for_the_rules_is_said() -> None:
    little = an_assessment(counts_as_ai=False)
    [note] = decision_page(a_review(assessment=little), ()).notes
    assert "so little of it" in note


@pytest.mark.parametrize(
    ("second", "until", "said"),
    [
        (None, None, "Dana Ng wants to let 11111111 pass without the signatures"),
        (
            "omar",
            NOW,
            "Dana Ng and Omar Diaz let 11111111 pass without the signatures until 2026-11-16 10:00",
        ),
    ],
)
def test_an_override_is_said_aloud(second: str | None, until: datetime | None, said: str) -> None:
    given = Override("1111111111", "main", "prod is down", "dana", NOW, second, until)
    ai = an_assessment(counts_as_ai=True)
    [note] = decision_page(a_review(override=given, assessment=ai), ()).notes
    assert note.startswith(said)
    assert note.endswith(": prod is down")


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("wrote 3 changes in `web/`", "wrote 3 changes in <code>web/</code>"),
        ("`<b>` and `c`", "<code>&lt;b&gt;</code> and <code>c</code>"),
        ("a lone ` of <b>", "a lone ` of &lt;b&gt;"),
    ],
)
def test_a_path_in_backticks_is_shown_as_code(sentence: str, shown: str) -> None:
    assert marked(sentence) == shown


HOSTILE = "<script>alert(1)</script> \u202egnp.exe \x1b[31m"


def test_whatever_a_forge_says_is_shown_as_text() -> None:
    review = a_review(title=HOSTILE, author=HOSTILE, head_branch=HOSTILE)
    review = replace(review, exclusions=(Exclusion("x", Reason.BOT, HOSTILE),))
    page = render("decision.html", page=decision_page(review, ()), viewer=None).text or ""
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert page.count("&lt;script&gt;") >= 4
