"""Erasing what the ledger says of a person: the chain stays as it was, and nothing else goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from routing.chasing.preferences import Preferences
from routing.forgetting.whom import Whom
from routing.trail import Entry
from storage.database import Rooms, Storage
from tests.builders import NOW, REF
from tests.storage.blank import open_blank
from tests.storage.erased import erase

SAID = [
    Entry("approves", {"person": "dana", "via": "slack", "binding": {"head_sha": "1111111111"}}),
    Entry("decision", {"excluded": [{"person": "kim", "sentence": "Kim Roy: tenure short"}]}),
    Entry("not_counted", {"person": "dana", "reason": "Dana Ng opened it"}),
    Entry("opened", {"title": "Let danadesk retry"}),
]
DANA = Whom("dana", frozenset({"Dana Ng"}), emails=frozenset({"dana@example.com"}))


@pytest.fixture
def told(storage: Storage) -> Storage:
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, SAID, NOW))
    return storage


def faults(storage: Storage) -> list[str]:
    return storage.run_blocking(lambda rooms: list(rooms.ledger.faults()))


def data(storage: Storage) -> list[dict[str, object]]:
    entries = storage.run_blocking(lambda rooms: list(rooms.ledger.entries()))
    return [json.loads(entry.data) for entry in entries]


def test_what_speaks_of_a_person_can_be_read_until_it_is_erased(told: Storage) -> None:
    assert data(told) == [entry.data for entry in SAID]


def test_a_persons_texts_are_erased_and_the_chain_holds(told: Storage) -> None:
    erased = erase(told, DANA)
    assert erased.rows == {"texts of the ledger": 2}
    assert data(told)[0]["person"] == erased.stand_in
    assert data(told)[2] == {"person": erased.stand_in, "reason": "[erased]"}
    assert faults(told) == []


def test_what_was_approved_stays_provable(told: Storage) -> None:
    erase(told, DANA)
    assert data(told)[0]["binding"] == {"head_sha": "1111111111"}
    assert data(told)[0]["via"] == "slack"


def test_that_it_was_the_same_person_stays_provable(told: Storage) -> None:
    erase(told, DANA)
    chained = told.run_blocking(lambda rooms: [json.loads(e.data) for e in rooms.ledger.chain()])
    assert chained[0]["person"] == chained[2]["person"]


def test_others_stay_as_they_are(told: Storage) -> None:
    erase(told, DANA)
    assert [data(told)[1], data(told)[3]] == [SAID[1].data, SAID[3].data]


def test_nothing_of_it_is_left_in_the_file(tmp_path: Path) -> None:
    told = open_blank(tmp_path / "another.db")
    told.run_blocking(lambda rooms: rooms.ledger.append(REF, SAID, NOW))
    erase(told, DANA)
    told.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Dana Ng opened it" not in left
    assert b"Kim Roy: tenure short" in left


def test_the_erasure_itself_is_on_record(told: Storage) -> None:
    stand_in = erase(told, DANA).stand_in
    entries = told.run_blocking(lambda rooms: list(rooms.ledger.entries()))
    assert (entries[-1].kind, entries[-1].ref) == ("erased", "")
    assert data(told)[-1] == {"as": stand_in, "named": [stand_in], "texts": ["[erased]"]}


def test_erasing_somebody_unknown_leaves_no_trace(told: Storage) -> None:
    assert erase(told, "zoe").rows == {}
    assert len(data(told)) == len(SAID)


BESIDE = [
    Entry("declined", {"person": "dana", "reason": "busy", "note": "my mother is ill"}),
    Entry("declined", {"person": "kim", "reason": "busy", "note": "no time"}),
    Entry("refused", {"slack": "U0DANA", "deed": "approve", "problem": "you are a guest"}),
    Entry("decision", {"asked": [{"person": "dana", "why": "wrote 4 of 10"}], "note": "no time"}),
    Entry("assigned", {"by": "dana", "to": "omar", "instead_of": "zoe"}),
    Entry("account_pinned", {"forge": "github", "login": "dana-ng", "account": "1001"}),
    Entry("account_pinned", {"forge": "github", "login": "kim-roy", "account": "1002"}),
]


def test_what_they_said_and_what_is_said_of_them_goes_though_it_does_not_name_them(
    storage: Storage,
) -> None:
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, BESIDE, NOW))
    whom = Whom(
        "dana",
        slack=frozenset({"U0DANA"}),
        logins=frozenset({("github", "dana-ng")}),
        accounts=frozenset({("github", "1001")}),
    )
    her = erase(storage, whom).stand_in
    assert data(storage)[:-1] == [
        {"person": her, "reason": "busy", "note": "[erased]"},
        BESIDE[1].data,
        {"slack": her, "deed": "[erased]", "problem": "[erased]"},
        {"asked": [{"person": her, "why": "[erased]"}], "note": "no time"},
        {"by": her, "to": "omar", "instead_of": "zoe"},
        {"forge": "github", "login": her, "account": "[erased]"},
        BESIDE[6].data,
    ]
    assert faults(storage) == []


def sql(text: str) -> Callable[[Rooms], object]:
    return lambda rooms: rooms.ledger._db.conn.execute(text)


@pytest.mark.parametrize(
    ("hand", "fault"),
    [
        ("DELETE FROM disclosures WHERE text = 'dana'", "a text of entry 1 is gone"),
        (
            "UPDATE disclosures SET text = 'kim2' WHERE text = 'dana'",
            "a text of entry 1 was changed",
        ),
        (
            "UPDATE disclosures SET text = X'FF' WHERE text = 'dana'",
            "a text of entry 1 was changed",
        ),
        ("UPDATE disclosures SET salt = 'x' WHERE text = 'kim'", "a text of entry 2 was changed"),
    ],
)
def test_a_text_touched_by_hand_is_found(told: Storage, hand: str, fault: str) -> None:
    told.run_blocking(sql(hand))
    assert faults(told)[0].startswith(fault)


def test_a_stand_in_that_was_exchanged_by_hand_is_found(told: Storage) -> None:
    stand_in = erase(told, DANA).stand_in
    assert faults(told) == []
    told.run_blocking(sql("UPDATE stand_ins SET name = 'kim'"))
    assert faults(told) == ["kim is read where no erasure has put it"]
    assert data(told)[0]["person"] == "kim"
    assert data(told)[-1]["as"] == stand_in


def test_a_stand_in_without_an_erasure_is_found(told: Storage) -> None:
    told.run_blocking(sql("DELETE FROM disclosures WHERE text = 'dana'"))
    told.run_blocking(
        sql(
            "INSERT INTO stand_ins (token, name) SELECT substr(data, instr(data, '~') + 4, 43),"
            " 'kim' FROM ledger WHERE seq = 1"
        )
    )
    assert sorted(faults(told)) == [
        "a text of entry 1 is gone, and no erasure is on record",
        "kim is read where no erasure has put it",
    ]


def test_a_text_that_looks_like_a_commitment_is_only_a_text(storage: Storage) -> None:
    sly = Entry("opened", {"title": '{"~":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}'})
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, [sly], NOW))
    assert data(storage) == [sly.data]
    assert faults(storage) == []


def test_what_is_kept_of_a_person_beside_the_ledger_goes_and_nobody_elses(storage: Storage) -> None:
    def work(rooms: Rooms) -> None:
        for person in ("dana", "kim"):
            rooms.preferences.opt_out(person, ["*.sql"], NOW)
            rooms.preferences.keep(person, Preferences(), NOW)
            rooms.preferences.let_pass(person)
            rooms.pins.add({("github", f"{person}-login"): person}, NOW)

    storage.run_blocking(work)
    dana = Whom("Dana", logins=frozenset({("github", "dana-login")}))
    assert erase(storage, dana).rows == {
        "hours and absences": 1,
        "opt-outs": 1,
        "counts of silence": 1,
        "pinned accounts": 1,
    }
    assert storage.run_blocking(lambda rooms: set(rooms.preferences.said())) == {"kim"}
    assert storage.run_blocking(lambda rooms: set(rooms.pins.all())) == {("github", "kim-login")}
