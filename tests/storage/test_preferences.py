"""Preferences: what people are not to be asked about, until they take it back."""

from __future__ import annotations

from datetime import timedelta

from routing.chasing.preferences import NOTHING_SAID, Preferences
from storage.database import Storage
from tests.builders import NOW


def test_globs_are_kept_in_the_order_they_were_given(storage: Storage) -> None:
    storage.run_blocking(lambda it: it.preferences.opt_out("dana", ["web/**"], NOW))
    later = NOW + timedelta(days=1)
    storage.run_blocking(lambda it: it.preferences.opt_out("dana", ["legacy/**", "web/**"], later))
    assert storage.run_blocking(lambda it: it.preferences.opted_out()) == {
        "dana": ("web/**", "legacy/**")
    }


def test_what_is_taken_back_is_gone_and_nobody_elses_is_touched(storage: Storage) -> None:
    storage.run_blocking(lambda it: it.preferences.opt_out("dana", ["web/**"], NOW))
    storage.run_blocking(lambda it: it.preferences.opt_out("omar", ["web/**"], NOW))
    storage.run_blocking(lambda it: it.preferences.opt_in("dana", ["web/**", "never/said"]))
    assert storage.run_blocking(lambda it: it.preferences.opted_out()) == {"omar": ("web/**",)}


def test_each_has_their_own_word_and_whoever_said_nothing_has_none(storage: Storage) -> None:
    tokyo = Preferences(timezone="Asia/Tokyo")
    storage.run_blocking(lambda it: it.preferences.keep("dana", tokyo, NOW))
    assert storage.run_blocking(lambda it: it.preferences.said_by("dana")) == tokyo
    assert storage.run_blocking(lambda it: it.preferences.said_by("omar")) == NOTHING_SAID
