"""Block Kit's bricks: text is cut, then made harmless; what is too long is cut and says so."""

from __future__ import annotations

import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.limits import check_message_blocks
from bot.slack.blocks import (
    BLOCKS,
    Block,
    Message,
    actions,
    button,
    context,
    fits,
    harmless,
    header,
    link,
    plain,
    plain_section,
    section,
    when,
)
from tests.bot.slack.payloads import DANGEROUS, check_message, lively_in
from tests.builders import NOW


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a & b", "a &amp; b"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("Zürich ✓", "Zürich ✓"),
    ],
)
def test_what_slack_reads_as_its_own_is_escaped(text: str, shown: str) -> None:
    assert harmless(text, 100) == shown


@given(st.text(), st.integers(2, 50))
def test_harmless_text_is_what_was_said_cut_to_length(text: str, length: int) -> None:
    shown = harmless(text, length)
    assert lively_in(shown) == []
    assert not DANGEROUS.search(shown)
    assert len(unescape(shown)) <= length


@given(st.text(st.characters(categories=["L", "N", "Zs"]), max_size=50))
def test_plain_letters_stay_as_they_are(text: str) -> None:
    assert harmless(text, 50) == text


@pytest.mark.parametrize("make", [lambda text: harmless(text, 10), lambda text: plain(text, 10)])
def test_what_is_cut_ends_with_an_ellipsis(make: object) -> None:
    assert callable(make)
    shown = make("a very long text")
    assert (shown if isinstance(shown, str) else shown["text"]) == "a very lo…"


@pytest.mark.parametrize(
    "name",
    [
        "SOFT HYPHEN",
        "MONGOLIAN VOWEL SEPARATOR",
        "LINE SEPARATOR",
        "PARAGRAPH SEPARATOR",
        "INTERLINEAR ANNOTATION ANCHOR",
        "TAG LATIN SMALL LETTER A",
        "LANGUAGE TAG",
        "HANGUL FILLER",
    ],
)
def test_letters_that_cannot_be_seen_are_dropped(name: str) -> None:
    assert harmless(f"a{unicodedata.lookup(name)}b", 10) == "ab"


@given(st.text(), st.integers(2, 200))
def test_plain_text_is_never_empty_and_never_too_long(text: str, length: int) -> None:
    shown = plain(text, length)
    assert 1 <= len(shown["text"]) <= length
    assert not DANGEROUS.search(shown["text"])
    assert shown["emoji"] is False


BRICKS = [header, section, plain_section, context]


@pytest.mark.parametrize("brick", BRICKS, ids=lambda brick: brick.__name__)
@pytest.mark.parametrize("text", ["x", "x" * 20_000, "a\nb", "*" * 150])
def test_slack_takes_every_brick(brick: object, text: str) -> None:
    assert callable(brick)
    check_message_blocks([brick(text)])


@given(st.text(min_size=1))
def test_slack_takes_a_row_of_buttons_whatever_stands_on_them(text: str) -> None:
    check_message_blocks([actions([button(text, "a", "id"), button(text * 9, "b", "id")])])


@pytest.mark.parametrize(
    ("url", "label", "shown"),
    [
        ("https://github.example/1", "shop#1", "<https://github.example/1|shop#1>"),
        ("https://x.example/?a=1&b=2", "x", "<https://x.example/?a=1&amp;b=2|x>"),
        ("https://x.example/", "a|b > c", "<https://x.example/|a¦b &gt; c>"),
        ("https://x.example/", "two\nlines", "<https://x.example/|two lines>"),
        ("javascript:alert(1)", "click", "click"),
        ("", "shop#1", "shop#1"),
        ("https://x.example/>|<!channel>", "x", "x"),
        ("https://x.example/ <!here>", "x", "x"),
        ("slack://open", "x", "x"),
    ],
)
def test_only_web_addresses_become_links(url: str, label: str, shown: str) -> None:
    assert link(url, label) == shown


@given(st.text(), st.text())
def test_a_link_is_one_link_or_plain_words(address: str, label: str) -> None:
    shown = link(f"https://github.example/{address}", label)
    assert lively_in(shown) == []
    assert shown.count("<") <= 1


def test_a_moment_is_told_in_each_readers_zone_and_in_utc_where_that_is_not_known() -> None:
    assert when(NOW) == "<!date^1794823200^{date_short_pretty} {time}|2026-11-16 10:00 UTC>"


def sections(count: int, length: int) -> list[Block]:
    return [section("x" * length) for _ in range(count)]


BUTTONS = actions([button("Approve", "a", "id")])


@pytest.mark.parametrize(
    "blocks",
    [
        sections(3, 100),
        sections(50, 10),
        sections(51, 10),
        sections(500, 1),
        sections(20, 2900),
        [*sections(200, 100), BUTTONS],
        [*sections(4, 2900), BUTTONS],
        [header("x" * 150), *sections(90, 3000), context("y"), BUTTONS],
    ],
)
def test_whatever_is_in_it_a_message_that_fits_is_taken(blocks: list[Block]) -> None:
    fitted = fits(Message("text", blocks))
    check_message(fitted)
    assert len(fitted.blocks) <= BLOCKS


def test_a_message_that_fits_stays_as_it_is() -> None:
    message = Message("text", [*sections(3, 100), BUTTONS])
    assert fits(message) is message


def test_what_is_cut_off_a_message_is_said() -> None:
    fitted = fits(Message("text", sections(60, 10)))
    assert "more than fits" in fitted.blocks[-1]["elements"][0]["text"]


def test_buttons_are_never_cut_off() -> None:
    assert fits(Message("text", [*sections(200, 100), BUTTONS])).blocks[-1] == BUTTONS
