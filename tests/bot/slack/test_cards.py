"""The card, state by state as people see it; and whatever words are in it, it stays a card."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from bot.playground.limits import UPDATED_TEXT
from bot.slack.blocks import Block, Message, when
from bot.slack.cards import headline, render_card, review_buttons
from bot.slack.commands import render_why
from routing.levels import RiskLevel
from routing.model import State
from routing.policy import Step
from routing.provenance import Evidence, Tier
from routing.record import AskState, Coming, Doing, Review, Stance, Via
from routing.risk import Factor, Risk
from routing.rules.qualification import Exclusion, Reason
from tests.bot.builders import (
    a_place,
    a_review,
    a_risk,
    a_rule,
    a_verdict,
    an_ask,
    an_assessment,
    an_opinion,
    an_override,
)
from tests.bot.slack.golden import DATA, agreed
from tests.bot.slack.hostile import reviews
from tests.bot.slack.payloads import LIVELY, check_message, mrkdwn_of, objects_in
from tests.builders import NOW

CARD_ID = "card-id"

TWO_PLACES = a_rule(a_place("dana"), a_place(wants="expert in payments"), name="ai-in-payments")
EVERYTHING = a_rule(a_place("dana", wants="one approval"), name="everything")

STATES: dict[str, Review] = {
    "fresh": a_review(asks=(an_ask("dana"), an_ask("omar"))),
    "overdue": a_review(asks=(an_ask("dana", overdue_since=NOW), an_ask("omar"))),
    "partly approved": a_review(
        verdict=a_verdict(TWO_PLACES, EVERYTHING),
        asks=(an_ask("dana", AskState.APPROVED), an_ask("omar")),
        opinions=(an_opinion("dana"),),
    ),
    "blocked": a_review(
        verdict=a_verdict(a_rule(), blocks=("Omar Diaz asked for changes",)),
        asks=(an_ask("dana"), an_ask("omar", AskState.OBJECTED)),
        opinions=(an_opinion("omar", Stance.OBJECTS, comment="Name it better."),),
    ),
    "undeclared": a_review(
        assessment=an_assessment(undeclared=True),
        verdict=a_verdict(a_rule(), a_rule(a_place(wants="Ana Ito's word whether AI helped"))),
    ),
    "override wanted": a_review(override=an_override()),
    "overridden": a_review(override=an_override(second="omar", until=NOW + timedelta(hours=1))),
    "follow-up wanted": a_review(
        state=State.MERGED, asks=(), next_due=None, override=an_override(used_at=NOW)
    ),
    "approved": a_review(
        verdict=a_verdict(a_rule(a_place("dana")), EVERYTHING),
        asks=(an_ask("dana", AskState.APPROVED),),
        opinions=(an_opinion("dana"), an_opinion("kim", via=Via.FORGE)),
        next_due=None,
    ),
    "not counted": a_review(
        void=(Exclusion("ana", Reason.HAS_A_HAND_IN_IT, "Ana Ito opened it"),),
        asks=(an_ask("dana", AskState.DECLINED), an_ask("omar", AskState.REPLACED)),
    ),
    "draft": a_review(draft=True, asks=(), next_due=None),
    "merged": a_review(
        state=State.MERGED,
        verdict=a_verdict(a_rule(a_place("dana")), EVERYTHING),
        opinions=(an_opinion("dana"), an_opinion("kim", via=Via.FORGE)),
        asks=(),
        next_due=None,
    ),
    "merged past the gate": a_review(state=State.MERGED, asks=(), next_due=None),
    "small": a_review(
        additions=1,
        deletions=1,
        file_count=1,
        small_diff="src/cart.py\n@@ -1 +1 @@\n-total = 1 <!channel>\n+total = 2",
    ),
    "at work": a_review(
        asks=(
            an_ask("dana", doing=Doing.ON_IT),
            an_ask("omar", doing=Doing.COMMENTED),
            an_ask("kim", snoozed_until=NOW + timedelta(hours=2)),
        ),
        coming=(
            Coming(NOW + timedelta(hours=4), Step.REMIND, "dana"),
            Coming(NOW + timedelta(hours=27), Step.REASSIGN, "dana"),
            Coming(NOW + timedelta(hours=31), Step.TELL_LEAD, "dana"),
            Coming(NOW + timedelta(hours=31), Step.TELL_LEAD, "omar"),
        ),
    ),
    "closed": a_review(state=State.CLOSED, asks=(), next_due=None),
    "risky": a_review(assessment=an_assessment(risk=a_risk(RiskLevel.HIGH))),
    "too risky for Slack": a_review(
        assessment=an_assessment(risk=a_risk(RiskLevel.CRITICAL, 60)),
        approve_on_forge="its risk is critical; above high approve where the whole diff is seen",
    ),
}


def buttons(message: Message) -> list[Block]:
    return [
        element
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


@pytest.mark.parametrize("state", STATES)
def test_a_card_looks_as_it_was_agreed(state: str) -> None:
    assert agreed("cards", state, render_card(STATES[state], CARD_ID))


@pytest.mark.parametrize("state", STATES)
def test_slack_takes_every_card(state: str) -> None:
    check_message(render_card(STATES[state], CARD_ID))


def test_every_agreed_card_is_still_shown_by_a_test() -> None:
    names = {path.stem for path in (DATA / "cards").glob("*.json")}
    assert names == {state.replace(" ", "_") for state in STATES}


@pytest.mark.parametrize("state", ["draft", "merged", "closed"])
def test_a_card_that_waits_for_nobody_has_no_buttons(state: str) -> None:
    assert buttons(render_card(STATES[state], CARD_ID)) == []


@pytest.mark.parametrize("state", ["fresh", "partly approved", "blocked", "approved", "risky"])
def test_every_button_carries_the_cards_id_and_nothing_else(state: str) -> None:
    shown = buttons(render_card(STATES[state], CARD_ID))
    assert {button["value"] for button in shown if button["type"] == "button"} == {CARD_ID}
    (menu,) = (one for one in shown if one["type"] == "overflow")
    assert all(choice["value"].endswith(f" {CARD_ID}") for choice in menu["options"])


@pytest.mark.parametrize("state", ["fresh", "blocked", "risky", "too risky for Slack"])
def test_one_button_at_most_is_the_primary_one_and_labels_are_short(state: str) -> None:
    shown = buttons(render_card(STATES[state], CARD_ID))
    assert sum(button.get("style") == "primary" for button in shown) <= 1
    words = [one for button in shown for one in button.get("options", [button])]
    assert all(len(one["text"]["text"]) <= 30 for one in words)


@pytest.mark.parametrize("level", RiskLevel)
def test_from_moderate_risk_on_a_click_is_asked_once_more(level: RiskLevel) -> None:
    review = a_review(assessment=an_assessment(risk=a_risk(level)))
    approve = review_buttons(review, CARD_ID)[0]
    assert ("confirm" in approve) is (level >= RiskLevel.MODERATE)


def test_where_slack_is_not_enough_the_button_only_opens_the_diff() -> None:
    review = STATES["too risky for Slack"]
    approve = review_buttons(review, CARD_ID)[0]
    assert approve["url"] == review.url
    assert approve["action_id"] != "review.approve"


@pytest.mark.parametrize(
    ("review", "said"),
    [
        (a_review(), f"Review shop#7 · 84 lines · due {when(NOW + timedelta(hours=4))}"),
        (a_review(next_due=None), "Review shop#7 · 84 lines"),
        (
            a_review(asks=(an_ask(overdue_since=NOW), an_ask("omar"))),
            f"Review shop#7 · 84 lines · overdue since {when(NOW)}",
        ),
        (STATES["approved"], "shop#7 is approved · 84 lines"),
        (STATES["draft"], "shop#7 is a draft · 84 lines"),
        (STATES["merged"], "shop#7 · Merged."),
        (STATES["closed"], "shop#7 · Closed without merging."),
    ],
)
def test_a_notification_says_verb_object_and_deadline(review: Review, said: str) -> None:
    assert headline(review) == said


@settings(max_examples=150)
@given(reviews())
def test_whatever_others_write_a_card_stays_within_limits_and_harmless(review: Review) -> None:
    message = render_card(review, CARD_ID)
    check_message(message, UPDATED_TEXT)
    if review.is_open:
        assert len(buttons(message)) == 6


@settings(max_examples=150)
@given(reviews())
def test_whatever_others_write_an_explanation_stays_within_limits_and_harmless(
    review: Review,
) -> None:
    check_message(render_why(review))


def a_card_saying(words: str) -> Message:
    """A card with these words wherever somebody outside may choose them."""
    return render_card(
        a_review(
            title=words,
            head_branch=words,
            author=words,
            assessment=an_assessment(
                provenance=replace(
                    an_assessment().provenance,
                    evidence=(Evidence(Tier.TOOL, "commit 1111111", words, "Claude Code", ""),),
                ),
                risk=Risk(RiskLevel.LOW, 2, (Factor("path", 2, f"It touches {words}."),)),
            ),
        ),
        CARD_ID,
    )


@pytest.mark.parametrize(
    "words", [*LIVELY, "x" * 5000, "&" * 5000, "<" * 5000], ids=lambda words: repr(words)[:20]
)
def test_no_words_of_others_mention_link_or_reorder(words: str) -> None:
    check_message(a_card_saying(words))


def test_no_words_of_others_add_a_line_of_our_own() -> None:
    def lines(message: Message) -> Counter[int]:
        return Counter(text.count("\n") for text in mrkdwn_of(message.blocks))

    spoofed = "a\n• ✓ ai-in-payments: Dana Ng"
    assert lines(a_card_saying(spoofed)) == lines(a_card_saying("a"))


def test_slack_is_told_to_leave_plain_words_alone() -> None:
    card = a_card_saying("see http://evil.example in #general")
    shown = [one for one in objects_in(card.blocks) if one.get("type") == "mrkdwn"]
    assert shown
    assert all(one.get("verbatim") is True for one in shown)


def test_a_paragraph_that_is_cut_ends_with_a_whole_letter() -> None:
    rules = [a_rule(a_place(wants="&" * 300), name="n") for _ in range(3)]
    texts = list(mrkdwn_of(render_card(a_review(verdict=a_verdict(*rules)), CARD_ID).blocks))
    assert max(map(len, texts)) > 2900
    assert not [text for text in texts if re.search(r"&[a-z]{0,3}\Z", text)]


def test_a_card_is_cut_from_its_end_and_says_so() -> None:
    rules = [a_rule(a_place(wants="w" * 300), name=f"rule {number}") for number in range(200)]
    asks = tuple(replace(an_ask(), person=f"p{number}", why="y" * 200) for number in range(60))
    review = a_review(verdict=a_verdict(*rules), asks=asks, title="t" * 300)
    message = render_card(review, CARD_ID)
    check_message(message, UPDATED_TEXT)
    assert len(buttons(message)) == 6
