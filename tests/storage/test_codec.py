"""Values ↔ JSON text: what goes in comes out, and nothing else comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from routing.choosing.candidates import Candidate
from routing.effects import Effect
from routing.events import EscalationDue, Event
from routing.hindsight.insights import Figures, Spread
from routing.record import Binding, Review
from storage.codec import EFFECT, EVENT, REVIEW, moment, parse_moment
from tests.bot.builders import a_review
from tests.builders import NOW, REF


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        *((EVENT, kind) for kind in get_args(Event)),
        *((EFFECT, kind) for kind in get_args(Effect)),
    ],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
@given(data=st.data())
def test_every_event_and_effect_comes_back_as_it_was(
    codec: TypeAdapter[object], kind: type, data: st.DataObject
) -> None:
    value = data.draw(st.from_type(kind))
    assert codec.validate_json(codec.dump_json(value)) == value


HINTS = get_type_hints(Review)
SCORES = st.floats(allow_nan=False, allow_infinity=False)
HOURS = st.none() | SCORES
st.register_type_strategy(Spread, st.builds(Spread, middle=SCORES))
st.register_type_strategy(Figures, st.builds(Figures, hours=HOURS, merge_hours=HOURS))
NARROWED: dict[str, st.SearchStrategy[object]] = {
    "candidates": st.tuples(st.builds(Candidate, st.text(), SCORES, st.text())),
    "names": st.dictionaries(st.text(), st.text()),
    "requested": st.dictionaries(st.text(), st.text()),
    "next_up": st.dictionaries(
        st.text(), st.builds(Candidate, st.text(), SCORES, st.text(), st.just(()))
    ),
    "seen": st.dictionaries(st.text(), st.from_type(Binding)),
}
"""Where the type alone says too little: no score is infinite, and a mapping is a dict."""


@pytest.mark.parametrize("name", HINTS)
@settings(max_examples=10)
@given(data=st.data())
def test_every_part_of_a_review_comes_back_as_it_was(name: str, data: st.DataObject) -> None:
    part = data.draw(NARROWED[name] if name in NARROWED else st.from_type(HINTS[name]))
    review = a_review(**{name: part})
    assert REVIEW.validate_json(REVIEW.dump_json(review)) == review


def test_a_deadline_keeps_its_moment_and_its_zone() -> None:
    due = EscalationDue(REF, NOW)
    read = EVENT.validate_json(EVENT.dump_json(due))
    assert read == due
    assert isinstance(read, EscalationDue)
    assert read.due.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "null",
        "[]",
        "{",
        '{"kind": "merge_request_touched"}',
        '{"kind": "something_new", "ref": {"forge": "g", "project": "p", "number": 1}}',
        '{"ref": {"forge": "g", "project": "p", "number": 1}}',
        '{"kind": "digest_due", "channel": "#r", "day": "tomorrow"}',
        '{"kind": "merge_request_touched", "ref": {"forge": "g", "project": "p", "number": "x"}}',
    ],
)
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        EVENT.validate_json(text)


def test_a_review_of_another_shape_is_refused() -> None:
    with pytest.raises(ValidationError):
        REVIEW.validate_json(REVIEW.dump_json(a_review()).replace(b'"open"', b'"ajar"'))


def test_half_a_character_is_refused_rather_than_kept_broken() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        REVIEW.dump_json(replace(a_review(), title="\ud800"))


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_as_it_was(at: datetime) -> None:
    assert parse_moment(moment(at)) == at


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_moments_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    assert (moment(one) < moment(other)) is (one < other)


def test_a_moment_elsewhere_is_written_in_utc() -> None:
    at = datetime(2026, 11, 16, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert moment(at) == "2026-11-16T10:00:00.000000+00:00"
