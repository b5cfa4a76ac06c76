"""Slack payload → event: who clicked, on which card, and what they said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.slack.clicks import (
    Body,
    action_of,
    card_id_of,
    key_of,
    missing_words,
    parse_click,
    said_besides,
)
from routing.events import (
    ApprovalGiven,
    AwaySaid,
    ChangesRequested,
    Click,
    DeclineReason,
    PathsSaid,
    ReviewAssigned,
    ReviewClaimed,
    ReviewDeclined,
    ReviewSnoozed,
)
from storage.cards import Shown
from tests.builders import HEAD, NOW, REF

SHOWN = Shown(REF, HEAD, "main")
TEAM = "T0ACME"
DANA = Click("U0DANA", home=True, channel="C0REVIEWS", head_sha=HEAD, base_branch="main", at=NOW)
AT_HOME = Click("U0DANA", home=True, channel="U0DANA", head_sha=HEAD, base_branch="main", at=NOW)


def a_click(action: str = "review.approve", **user: Any) -> Body:
    return {
        "type": "block_actions",
        "user": {"id": "U0DANA", "team_id": TEAM} | user,
        "channel": {"id": "C0REVIEWS"},
        "actions": [{"action_id": action, "value": "card-id", "action_ts": "1.0"}],
    }


def a_submission(callback: str, values: dict[str, Any], **user: Any) -> Body:
    return {
        "type": "view_submission",
        "user": {"id": "U0DANA", "team_id": TEAM} | user,
        "view": {
            "id": "V1",
            "hash": "h1",
            "callback_id": callback,
            "private_metadata": "card-id",
            "state": {"values": values},
        },
    }


def asking_for_changes(comment: str | None = "Name it better.") -> Body:
    return a_submission("review.request_changes", {"comment": {"value": {"value": comment}}})


def declining(note: str | None = "until Monday", reason: str = "busy", **more: Any) -> Body:
    chosen = {"selected_option": {"value": reason}}
    inputs = {"reason": chosen, "note": {"value": note}, **more}
    return a_submission("review.decline", {name: {"value": held} for name, held in inputs.items()})


def test_a_click_on_approve_is_an_approval_of_what_the_card_showed() -> None:
    assert parse_click(a_click(), SHOWN, TEAM, NOW) == ApprovalGiven(REF, DANA)


def test_a_submitted_comment_is_a_request_for_changes() -> None:
    event = parse_click(asking_for_changes("  Name it better.\n"), SHOWN, TEAM, NOW)
    assert event == ChangesRequested(REF, AT_HOME, "Name it better.")


@pytest.mark.parametrize(
    ("note", "kept"), [("until Monday", "until Monday"), (None, ""), (" ", "")]
)
def test_a_submitted_reason_declines(note: str | None, kept: str) -> None:
    event = parse_click(declining(note), SHOWN, TEAM, NOW)
    assert event == ReviewDeclined(REF, AT_HOME, DeclineReason.BUSY, kept)


@pytest.mark.parametrize("action", ["review.why", "review.approve.link", "review.decline", "other"])
def test_any_other_button_is_no_event(action: str) -> None:
    assert parse_click(a_click(action), SHOWN, TEAM, NOW) is None


def test_any_other_modal_is_no_event() -> None:
    assert parse_click(a_submission("other", {}), SHOWN, TEAM, NOW) is None


@pytest.mark.parametrize(
    ("team", "user"),
    [(TEAM, {"team_id": "T0ELSEWHERE"}), (None, {}), (TEAM, {"team_id": None}), ("", {})],
)
def test_who_is_not_known_to_be_of_our_team_is_not_at_home(
    team: str | None, user: dict[str, Any]
) -> None:
    event = parse_click(a_click(**user), SHOWN, team, NOW)
    assert isinstance(event, ApprovalGiven)
    assert not event.click.home


def test_who_comes_without_a_team_is_not_at_home() -> None:
    body = a_click()
    del body["user"]["team_id"]
    event = parse_click(body, SHOWN, TEAM, NOW)
    assert isinstance(event, ApprovalGiven)
    assert not event.click.home


def test_what_a_click_claims_of_head_and_base_is_not_read() -> None:
    body = a_click()
    body["actions"][0] |= {"head_sha": "f" * 40, "base_branch": "lenient"}
    event = parse_click(body, SHOWN, TEAM, NOW)
    assert isinstance(event, ApprovalGiven)
    assert (event.click.head_sha, event.click.base_branch) == (HEAD, "main")


@pytest.mark.parametrize(
    ("body", "card"),
    [
        (a_click(), "card-id"),
        (asking_for_changes(), "card-id"),
        ({"type": "block_actions", "actions": []}, ""),
        ({"type": "block_actions"}, ""),
        ({"type": "block_actions", "actions": [{"value": None}]}, ""),
        ({"type": "view_submission", "view": {"private_metadata": None}}, ""),
    ],
)
def test_the_cards_id_is_found_where_it_is_carried(body: Body, card: str) -> None:
    assert card_id_of(body) == card


def later(body: Body) -> Body:
    body["actions"][0]["action_ts"] = "2.0"
    return body


def test_a_retry_of_the_same_act_has_the_same_key() -> None:
    assert key_of(a_click()) == key_of(a_click())
    assert key_of(asking_for_changes()) == key_of(asking_for_changes())


@pytest.mark.parametrize(
    "other", [a_click(id="U0OMAR"), a_click("review.decline"), later(a_click())]
)
def test_another_act_has_another_key(other: Body) -> None:
    assert key_of(other) != key_of(a_click())


@pytest.mark.parametrize("comment", ["", "   ", "\n", None])
def test_a_request_for_changes_without_words_stays_open(comment: str | None) -> None:
    assert list(missing_words(asking_for_changes(comment))) == ["comment"]


@pytest.mark.parametrize("body", [asking_for_changes("x"), declining(None)])
def test_a_modal_with_all_that_it_needs_closes(body: Body) -> None:
    assert missing_words(body) == {}


AWAY: dict[str, Any] = {"day": {"selected_date": "2026-11-30"}}
PATHS: dict[str, Any] = {"paths": {"selected_options": [{"value": "web/**"}, {"value": "docs/**"}]}}


def test_who_is_away_must_say_until_when() -> None:
    assert list(missing_words(declining(reason="away"))) == ["day"]
    assert missing_words(declining(reason="away", **AWAY)) == {}


def test_who_declines_may_name_the_day_and_a_substitute() -> None:
    body = declining(reason="away", to={"selected_user": "U0KIM"}, **AWAY)
    event = parse_click(body, SHOWN, TEAM, NOW)
    assert isinstance(event, ReviewDeclined)
    assert (event.until, event.substitute) == (date(2026, 11, 30), "U0KIM")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (declining(), ()),
        (declining(**AWAY), ()),
        (declining(reason="away", **AWAY), (AwaySaid("U0DANA", date(2026, 11, 30)),)),
        (declining(**PATHS), (PathsSaid("U0DANA", ("web/**", "docs/**")),)),
        (asking_for_changes(), ()),
        (a_click(), ()),
    ],
)
def test_what_is_said_besides_is_heard_too(body: Body, said: tuple[object, ...]) -> None:
    assert said_besides(body) == said


def a_choice(what: str) -> Body:
    body = a_click("review.more")
    body["actions"][0]["selected_option"] = {"value": f"{what} card-id"}
    return body


def test_a_choice_in_the_menu_carries_the_cards_id_too() -> None:
    assert card_id_of(a_choice("review.claim")) == "card-id"
    assert action_of(a_choice("review.assign")) == "review.assign"
    assert parse_click(a_choice("review.claim"), SHOWN, TEAM, NOW) == ReviewClaimed(REF, DANA)
    assert parse_click(a_choice("review.assign"), SHOWN, TEAM, NOW) is None


def held(**inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in inputs.items()}


HOUR = {"selected_option": {"value": "1h"}}


@pytest.mark.parametrize(
    ("inputs", "until"), [(held(until=HOUR), "1h"), (held(until=HOUR, **AWAY), "2026-11-30")]
)
def test_a_day_goes_before_the_hours_that_were_chosen(inputs: dict[str, Any], until: str) -> None:
    body = a_submission("review.snooze", inputs)
    assert parse_click(body, SHOWN, TEAM, NOW) == ReviewSnoozed(REF, AT_HOME, until)


@pytest.mark.parametrize(("instead", "gone"), [("-", None), ("dana", "dana")])
def test_whom_to_ask_may_come_instead_of_somebody(instead: str, gone: str | None) -> None:
    chosen = {"selected_option": {"value": instead}}
    body = a_submission("review.assign", held(to={"selected_user": "U0KIM"}, instead=chosen))
    assert parse_click(body, SHOWN, TEAM, NOW) == ReviewAssigned(REF, AT_HOME, "U0KIM", gone)
