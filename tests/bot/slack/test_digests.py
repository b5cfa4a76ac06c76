"""Digests as people read them: what waits, what is done since, and the week in figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.limits import UPDATED_TEXT
from bot.slack.blocks import Message
from bot.slack.digests import render_digest, render_insights
from routing.chasing.digest import DONE
from routing.effects import DigestEntry, PostDigest
from routing.hindsight.cases import Case
from routing.model import Ref
from tests.bot.slack.golden import agreed
from tests.bot.slack.hostile import WORDS
from tests.bot.slack.payloads import check_message
from tests.builders import NOW, REF
from tests.weeks import gain_insights

HOUR = timedelta(hours=1)
CROWD = tuple("abcde")


def an_entry(
    number: int, group: str, said: str, *, done: bool = False, title: str = "Change <of> prices"
) -> DigestEntry:
    ref = Ref("github", "acme/shop", number)
    address = f"https://github.example/acme/shop/pull/{number}"
    return DigestEntry(ref, title, address, said, group, done)


WAITING = tuple(
    an_entry(number, "Waiting for a reviewer", "waiting for Dana Ng") for number in range(1, 4)
)
STUCK = an_entry(4, "Stuck", "Omar Diaz asked for changes")
SIGNED = an_entry(5, DONE, "approved by Dana Ng", done=True)
MERGED = an_entry(6, DONE, "merged", done=True)

DIGESTS = {
    "channel": PostDigest("#reviews", (*WAITING, STUCK)),
    "channel later": PostDigest("#reviews", (*WAITING[1:], STUCK, SIGNED, MERGED)),
    "channel all done": PostDigest("#reviews", (SIGNED, MERGED)),
    "channel of many": PostDigest(
        "#reviews",
        tuple(an_entry(number, "Nobody is asked", "one approval") for number in range(40)),
    ),
    "own": PostDigest(
        "U0DANA",
        (
            an_entry(1, "Your turn", "waiting for Dana Ng, Omar Diaz"),
            an_entry(2, "Yours: can be merged", "approved"),
            an_entry(3, DONE, "you approved", done=True),
        ),
        "dana",
    ),
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_digest_looks_as_it_was_agreed(name: str) -> None:
    message = render_digest(DIGESTS[name])
    assert agreed("digests", name, message)
    check_message(message, UPDATED_TEXT)


def a_week(people: tuple[str, ...]) -> Message:
    """The digest of a week in which these people wrote and reviewed."""
    cases = [
        Case(NOW, who, who == "a", asked=people, answered=NOW + 2 * HOUR, merged=NOW + 9 * HOUR)
        for who in people
    ]
    before = [Case(NOW - timedelta(weeks=1), who, asked=people, escalations=1) for who in people]
    weeks = gain_insights([*cases, *before], date(2026, 11, 9), 2).weeks
    picture = "F0WEEK00000" if len(people) == len(CROWD) else None
    return render_insights(weeks, picture, "https://github.example/insights")


@pytest.mark.parametrize(
    ("name", "people"), [("week", CROWD), ("week of few without a picture", CROWD[:4])]
)
def test_the_weeks_figures_look_as_agreed(name: str, people: tuple[str, ...]) -> None:
    message = a_week(people)
    assert agreed("digests", name, message)
    assert "Median time to first review" in str(message.blocks)


def test_the_picture_says_in_words_what_it_shows() -> None:
    (picture,) = [block for block in a_week(CROWD).blocks if block["type"] == "image"]
    assert "AI helped with: 20%" in picture["alt_text"]
    assert "Median time to merge: 9.0 h" in picture["alt_text"]


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, st.booleans()), min_size=1, max_size=40))
def test_no_digest_is_too_long_or_does_harm(waiting: list[tuple[str, str, str, bool]]) -> None:
    entries = tuple(
        an_entry(number, group, said, done=done, title=title)
        for number, (title, group, said, done) in enumerate(waiting)
    )
    check_message(render_digest(PostDigest("#reviews", entries)), UPDATED_TEXT)


@pytest.mark.parametrize(
    ("count", "text", "more"),
    [
        (1, "1 review waiting", None),
        (15, "15 reviews waiting", None),
        (16, "16 reviews waiting", "+1 more: `/review queue`"),
        (40, "40 reviews waiting", "+25 more: `/review queue`"),
    ],
)
def test_what_does_not_fit_into_a_digest_is_counted(
    count: int, text: str, more: str | None
) -> None:
    entry = DigestEntry(REF, "Retry refunds", "https://github.example/7", "waiting for Dana Ng")
    digest = render_digest(PostDigest("#reviews", (entry,) * count))
    assert digest.text == text
    last = digest.blocks[-1]
    assert (last["elements"][0]["text"] if last["type"] == "context" else None) == more


def test_what_is_too_long_for_slack_is_counted_as_well() -> None:
    long = "&" * 300
    entries = tuple(
        DigestEntry(
            Ref("github", "acme/shop", number), long, f"https://github.example/{long}", long
        )
        for number in range(12)
    )
    digest = render_digest(PostDigest("#reviews", entries))
    shown = sum("github.example" in str(block) for block in digest.blocks)
    assert digest.blocks[-1]["elements"][0]["text"] == f"+{12 - shown} more: `/review queue`"
    assert 0 < shown < 12
