"""Every message and view besides cards and digests, as people were promised to see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.forges.guarantees import Finding, Standing
from bot.playground.limits import check_view
from bot.slack.blocks import Message
from bot.slack.commands import (
    render_doctor,
    render_help,
    render_ledger,
    render_mine,
    render_queue,
    render_stats,
    render_status,
    render_stranger,
    render_trouble,
    render_unknown_url,
    render_why,
)
from bot.slack.declining import decline_modal
from bot.slack.home import AtHome, render_home, render_strangers_home
from bot.slack.modals import assign_modal, changes_modal, why_modal
from bot.slack.notes import News, render_below, render_call, render_direct, render_line
from bot.slack.own_forms import away_modal, hours_modal
from bot.slack.snoozing import snooze_modal
from routing.chasing.escalation import OVERDUE
from routing.chasing.preferences import Preferences
from routing.choosing.candidates import Candidate
from routing.effects import Topic
from routing.hindsight.insights import Figures, Spread
from routing.model import State
from routing.people import Away
from routing.policy import Step
from routing.record import AskState, Coming, Review
from storage.ledger import Opened
from tests.bot.builders import (
    a_place,
    a_review,
    a_rule,
    a_verdict,
    an_ask,
    an_assessment,
    some_news,
)
from tests.bot.slack.golden import agreed, names_of
from tests.bot.slack.hostile import WORDS, reviews
from tests.bot.slack.payloads import check_message, lively_in, mrkdwn_of
from tests.builders import NOW, REF, a_person

CARD_ID = "card-id"
READY = a_review(verdict=a_verdict(a_rule(a_place("dana"))), asks=())
TAKEN_LATER = a_review(coming=(Coming(NOW + timedelta(hours=8), Step.REASSIGN, "dana"),))
UNDECLARED = a_review(assessment=an_assessment(undeclared=True))
TEXTS = {
    Topic.YOUR_TURN: "Why you: expert in payments · 9 y here · 1 open review.",
    Topic.REMINDER: OVERDUE,
    Topic.LEAD_NEWS: "Nobody has answered for a long time: please help to find a reviewer.",
    Topic.DECLARATION: "Did AI help to write this? Nothing passes before you say so.",
}


def told(topic: Topic, review: Review | None = None) -> News:
    text = TEXTS.get(topic, "What happened, in a sentence.")
    return some_news(topic, review or (UNDECLARED if topic is Topic.DECLARATION else None), text)


def later(topic: Topic, **changes: Any) -> Message:
    """The same message after something has happened."""
    return render_direct([replace(told(topic), review=a_review(**changes))])


def a_week(monday: str, opened: int) -> Figures:
    return Figures(monday, opened, 4, 3.5, 20.25, Spread(6, 1, 2.5, 7), 2, 3, 0)


MESSAGES: dict[str, Message] = {
    **{f"told {topic.value}": render_direct([told(topic)]) for topic in Topic},
    "told several things at once": render_direct(
        [
            told(Topic.YOUR_TURN),
            told(Topic.DECLARATION, UNDECLARED),
            told(Topic.AUTHOR_NEWS, READY),
        ]
    ),
    "turn overdue": later(Topic.YOUR_TURN, asks=(an_ask(overdue_since=NOW),)),
    "turn snoozed": later(Topic.YOUR_TURN, asks=(an_ask(snoozed_until=NOW),)),
    "turn done": later(Topic.YOUR_TURN, asks=(an_ask("dana", AskState.APPROVED),)),
    "turn of somebody else": later(Topic.YOUR_TURN, asks=(an_ask("dana", AskState.REPLACED),)),
    "question answered": later(Topic.DECLARATION),
    "reminder below the turn": render_below([told(Topic.REMINDER)], "U0DANA"),
    "taken back below the turn": render_below([told(Topic.TAKEN_BACK)], "U0DANA"),
    "line in the thread": render_line("Dana Ng approved 11111111."),
    "call in the channel": render_call(a_review(), "Who can review this?"),
    "help": render_help(),
    "status": render_status([a_review(), READY], ["policy.yml:3: this is missing"]),
    "mine": render_mine([TAKEN_LATER], [READY], "dana"),
    "queue": render_queue([a_review(), READY], "payments"),
    "why": render_why(a_review()),
    "stats": render_stats([a_review()], NOW, [a_week("2026-11-02", 9), a_week("2026-11-09", 12)]),
    "ledger": render_ledger(
        a_review(), [Opened(7, NOW.isoformat(), str(REF), "approval", '{"person": "dana"}', "0f")]
    ),
    "doctor": render_doctor(
        [
            Finding("#payments", Standing.OPEN, "the bot is not in it", "invite it there"),
            Finding("acme/shop", Standing.HOLDS, "the gate is required", ""),
        ]
    ),
    "not found": render_unknown_url("https://github.example/acme/shop/pull/8"),
    "stranger": render_stranger("U0NOBODY"),
    "trouble": render_trouble("It cannot be looked at now: down. Nothing was changed."),
}

DANA = a_person("dana", timezone="Europe/Berlin", region="DE-BE")
FIVE_OTHERS = {who: count for count, who in enumerate(["ana", "omar", "kim", "lee", "max"])}
BUSY = AtHome(
    DANA,
    Preferences(digest_at=time(9), away=Away(date(2026, 11, 20), date(2026, 11, 24))),
    turn=[a_review()],
    own=[READY],
    loads={"dana": 2, **FIVE_OTHERS},
    picked=[(a_review(), "expert in payments · 9 y here")],
    opted_out=["legacy/**"],
    pinned=frozenset({"github"}),
    problems=["policy.yml:3: this is missing"],
)
NEXT_UP = {"dana": Candidate("omar", 2.5, "reviewed 12 changes in `payments/` since August")}

VIEWS: dict[str, dict[str, Any]] = {
    "home": render_home(BUSY),
    "home with nothing to do": render_home(AtHome(DANA, Preferences(), [], [], {})),
    "home of a stranger": render_strangers_home("U0NOBODY"),
    "request changes": changes_modal(a_review(), CARD_ID),
    "decline": decline_modal(a_review(next_up=NEXT_UP, places=("payments/**",)), CARD_ID, "dana"),
    "snooze": snooze_modal(TAKEN_LATER, CARD_ID, DANA, NOW),
    "snooze past the deadline": snooze_modal(TAKEN_LATER, CARD_ID, DANA, NOW, "tomorrow"),
    "snooze of who is not asked": snooze_modal(a_review(asks=()), CARD_ID, DANA, NOW),
    "decline of who is not asked": decline_modal(a_review(), CARD_ID, "omar"),
    "assign": assign_modal(a_review(), CARD_ID),
    "why": why_modal(a_review()),
    "why of what was merged": why_modal(a_review(state=State.MERGED)),
    "hours": hours_modal(DANA, Preferences(digest_at=time(9))),
    "away": away_modal(),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_it_was_agreed(name: str) -> None:
    assert agreed("messages", name, MESSAGES[name])
    check_message(MESSAGES[name])


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_it_was_agreed(name: str) -> None:
    assert agreed("views", name, VIEWS[name])
    check_view(VIEWS[name], VIEWS[name]["type"])


@pytest.mark.parametrize("name", [*MESSAGES, *VIEWS])
def test_a_row_has_one_primary_button_at_most_and_short_labels(name: str) -> None:
    shown = MESSAGES[name].blocks if name in MESSAGES else VIEWS[name]["blocks"]
    for row in (block["elements"] for block in shown if block["type"] == "actions"):
        buttons = [one for one in row if one["type"] == "button"]
        assert sum(one.get("style") == "primary" for one in buttons) <= 1
        assert all(len(one["text"]["text"]) <= 30 for one in buttons)
        assert all("confirm" in one for one in buttons if one.get("style") == "danger")


@pytest.mark.parametrize(("folder", "shown"), [("messages", MESSAGES), ("views", VIEWS)])
def test_all_that_was_agreed_is_still_shown(folder: str, shown: dict[str, Any]) -> None:
    assert names_of(folder) == {name.replace(" ", "_") for name in shown}


def test_the_load_of_a_small_group_is_not_told() -> None:
    few = AtHome(DANA, Preferences(), [], [], {"dana": 2, "ana": 7})
    assert "You hold 2 reviews. What others hold is shown from 5 people on." in str(
        render_home(few)
    )


@settings(max_examples=40)
@given(st.lists(reviews(), min_size=1, max_size=3), WORDS)
def test_slack_shows_every_home_whatever_others_write(many: list[Review], words: str) -> None:
    home = AtHome(
        DANA,
        Preferences(),
        turn=many * 5,
        own=many * 5,
        loads={},
        picked=[(one, f"because {words}") for one in many * 4],
        opted_out=[f"src/{words}"] * 12,
        problems=[f"policy.yml: {words}"] * 6,
    )
    view = render_home(home)
    check_view(view, "home")
    for text in mrkdwn_of(view):
        assert lively_in(text) == []
