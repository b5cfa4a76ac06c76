"""`/review`: what was typed, understood or nearly; the answers stay within limits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.commands import (
    SHOWN,
    WORDS,
    Asked,
    parse_command,
    render_guess,
    render_help,
    render_mine,
    render_queue,
    render_status,
    render_stranger,
    render_unknown_url,
    render_why,
)
from routing.record import Review
from tests.bot.builders import a_place, a_review, a_rule, a_verdict
from tests.bot.slack import hostile
from tests.bot.slack.payloads import check_message, mrkdwn_of

URL = "https://github.example/acme/shop/pull/7"
SATISFIED = a_review(verdict=a_verdict(a_rule(a_place("dana"))))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Asked("mine", "")),
        ("   ", Asked("mine", "")),
        ("mine", Asked("mine", "")),
        (" STATUS ", Asked("status", "")),
        (f"why {URL}", Asked("why", URL)),
        (f"why    {URL}  ", Asked("why", URL)),
        ("why", Asked("why", "")),
        ("help", Asked("help", "")),
        ("sttatus", Asked("status", "", unknown="sttatus")),
        ("mien now", Asked("mine", "now", unknown="mien")),
        ("preferences", Asked("prefs", "", unknown="preferences")),
        ("settings", Asked("prefs", "", unknown="settings")),
        ("xyzzy", Asked("help", "", unknown="xyzzy")),
    ],
)
def test_what_is_typed_is_understood_or_guessed(typed: str, asked: Asked) -> None:
    assert parse_command(typed) == asked


@given(st.text())
def test_whatever_is_typed_some_word_is_meant(typed: str) -> None:
    assert parse_command(typed).word in WORDS


def text_of(message: object) -> str:
    return "\n".join(mrkdwn_of(getattr(message, "blocks", ())))


@pytest.mark.parametrize("word", WORDS)
def test_help_tells_of_every_word(word: str) -> None:
    assert f"/review {word}" in text_of(render_help())


def test_an_unknown_word_is_said_and_the_near_one_offered_as_it_is_typed() -> None:
    said = text_of(render_guess("snoze", "snooze"))
    assert "I do not know “snoze”. Did you mean `/review snooze &lt;url&gt; 2h`" in said
    assert "/review queue" not in said


def test_where_no_word_is_near_all_of_them_are_told() -> None:
    said = text_of(render_guess("xyzzy", "help"))
    assert "I do not know “xyzzy”" in said
    assert all(f"/review {word}" in said for word in WORDS)


def test_the_status_counts_what_waits_and_what_is_approved() -> None:
    reviews = [a_review(), a_review(), SATISFIED, a_review(draft=True)]
    assert render_status(reviews, ()).text == "3 open: 2 waiting, 1 approved"


def test_the_status_says_when_the_policy_on_disk_is_not_in_force() -> None:
    said = text_of(render_status([], ["policy.yml:1: unknown key <ruls>"]))
    assert "not in force" in said
    assert "&lt;ruls&gt;" in said
    assert "not in force" not in text_of(render_status([], ()))


@pytest.mark.parametrize(("count", "more"), [(SHOWN, None), (SHOWN + 3, "+3 more")])
def test_what_does_not_fit_into_the_status_is_counted(count: int, more: str | None) -> None:
    message = render_status([a_review()] * count, ())
    assert ("more" in text_of(message)) is (more is not None)
    assert more is None or more in text_of(message)


def test_mine_tells_my_turn_and_my_own() -> None:
    message = render_mine([a_review()], [SATISFIED, SATISFIED], "dana")
    assert message.text == "1 review for you, 2 of your own open"
    assert text_of(message).count("*Your turn:*") == 1
    assert text_of(message).count("*Yours:*") == 2


def test_what_does_not_fit_into_mine_is_counted() -> None:
    assert "+5 more" in text_of(render_mine([a_review()] * (SHOWN + 5), [], "dana"))


def test_why_without_an_address_asks_for_one() -> None:
    assert "Say which one" in text_of(render_unknown_url(""))
    assert URL in text_of(render_unknown_url(URL))


def test_who_is_linked_to_nobody_is_told_what_to_ask_for() -> None:
    assert "slack: U0NEW" in text_of(render_stranger("U0NEW"))


@settings(max_examples=60)
@given(st.lists(hostile.reviews(), max_size=3), hostile.WORDS)
def test_no_answer_is_too_long_or_does_harm(reviews: list[Review], words: str) -> None:
    check_message(render_status(reviews * 9, [words] * 9))
    check_message(render_mine(reviews * 9, reviews * 9, "dana"))
    check_message(render_help())
    check_message(render_guess(words, "status"))
    check_message(render_queue(reviews * 9, words, ["payments", words + "s"]))
    check_message(render_unknown_url(words))
    check_message(render_stranger(words))
    for review in reviews:
        check_message(render_why(review))
