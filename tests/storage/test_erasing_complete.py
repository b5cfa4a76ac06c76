"""Whatever is kept anew has to be thought of where a person is erased: these tests ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

from routing.effects import Effect
from routing.events import Event
from routing.forgetting.documents import JOINED, PEOPLE, PLACES, SPOKEN
from routing.record import Review
from storage.database import Storage

TABLES = {
    # their rows go, or lose or exchange the person: storage/erasing.py
    *("preferences", "opt_outs", "silences", "asks", "links", "pins", "authors"),
    *(
        "digests",
        "digest_entries",
        "directs",
        "direct_entries",
        "reviews",
        "changes",
        "merged_requests",
        "inbox",
        "outbox",
    ),
    *("disclosures", "stand_ins", "forgotten", "looks"),
    "carried",  # goes with the rows of `asks`, by their triggers
    # they are read anew after an erasure
    *("cases", "cases_mark", "ledger_words"),
    # they name no person: addresses, commits, numbers, keys; in the chain stand commitments
    *("ledger", "cards", "queued", "unreadable", "uploads", "keys", "places", "touches", "pulse"),
    *("history_marks", "history_revisions", "revisions", "_sqlite_migrations"),
}

SENTENCES = {
    *("title", "description", "small_diff", "remarks", "blocks", "stuck", "contradictions"),
    *("gaps", "problem", "problems", "waiting_for", "group", "lead", "approve_on_forge", "place"),
    *("proves", "wants", "instead", "kept_trailer", "label", "reason", "name"),
    "trace",
}
"""Searched for names."""

BESIDES = {
    # keys are people (`documents.BY_PERSON`) or accounts (`documents.SEEN`); one's own channel
    *("names", "next_up", "requested", "seen", "channel"),
    # ours or the code's, and harmless to search
    *(
        "added",
        "critical",
        "domains",
        "dependencies",
        "effect",
        "term",
        "tool",
        "tools",
        "pipeline",
    ),
    # of personal events, which lose all their text
    *("out", "back", "timezone", "until"),
    # commits and runs
    *("head", "opened", "pipeline"),
}


def test_every_table_is_thought_of(storage: Storage) -> None:
    names = storage.run_blocking(lambda rooms: rooms.inbox._db.table_names())
    shadows = {name for name in names if name.startswith("ledger_words_")}
    assert set(names) - shadows == TABLES


def test_every_text_that_is_kept_as_json_is_thought_of() -> None:
    kept: set[str] = set()
    for kind in (Review, Effect, Event):
        kept.update(_texts(kind, "", set()))
    assert kept <= PEOPLE | PLACES | JOINED | SPOKEN | SENTENCES | BESIDES


def _texts(hint: Any, name: str, seen: set[Any]) -> Iterator[str]:
    """The names of all fields that hold texts."""
    if hint is str:
        yield name
    elif is_dataclass(hint) and hint not in seen:
        seen.add(hint)
        for field, inner in get_type_hints(hint).items():
            yield from _texts(inner, field, seen)
    for inner in get_args(hint):
        if not isinstance(inner, str):
            yield from _texts(inner, name, seen)
