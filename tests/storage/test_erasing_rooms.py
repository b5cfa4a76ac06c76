"""Erasing reaches into every room: reviews, history, queues, digests, links and accounts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from routing.effects import (
    DigestEntry,
    Effect,
    GateState,
    PostDigest,
    RequestReviewers,
    ShowCard,
    ShowDirect,
    TellPerson,
    TellThread,
    Told,
    Topic,
    WithdrawReviewers,
)
from routing.events import AwaySaid, DigestPosted, DirectPosted, MergeRequestTouched
from routing.forgetting.documents import ERASED
from routing.links import Link
from routing.model import Account, MergedRequest, PastChange, Ref, State
from routing.people import account_identity
from routing.reconciling import Look
from routing.record import Review
from routing.trail import Entry
from storage.database import Rooms, Storage
from storage.history import Author
from tests.bot.builders import a_binding, a_gate, a_review, an_opinion
from tests.builders import (
    HEAD,
    NOW,
    REF,
    a_change,
    a_commit,
    a_signature,
    an_account,
    approves,
    assigns,
    declines,
)
from tests.routing.forgetting.people import DANA
from tests.storage.erased import erase

SHOP = "github/acme/shop"
HERS = account_identity(Account("github", "1001", "dana-ng"))


def rows(storage: Storage, sql: str) -> list[tuple[Any, ...]]:
    return storage.run_blocking(lambda rooms: rooms.inbox._db.conn.execute(sql).fetchall())


def save(storage: Storage, *reviews: Review) -> None:
    def work(rooms: Rooms) -> None:
        for one in reviews:
            rooms.reviews.save(one, NOW)

    storage.run_blocking(work)


def merged(**changes: Any) -> Review:
    return a_review(state=State.MERGED, asks=(), **changes)


def test_a_closed_review_names_the_stand_in(storage: Storage) -> None:
    save(storage, merged(opinions=(an_opinion("dana"),)))
    stand_in = erase(storage, DANA).stand_in
    after = storage.run_blocking(lambda rooms: rooms.reviews.get(REF))
    assert after is not None
    assert after.approvals[0].person == stand_in


def test_an_open_one_that_needs_them_is_named_and_nothing_is_touched(storage: Storage) -> None:
    save(storage, merged(ref=Ref("github", "acme/shop", 8)), a_review())
    erased = erase(storage, DANA)
    assert [(one.ref, one.why) for one in erased.open] == [
        (str(REF), "they are asked for their review")
    ]
    assert not erased.rows
    assert "dana" in rows(storage, "SELECT body FROM reviews WHERE number = 8")[0][0]
    assert storage.run_blocking(lambda rooms: rooms.forgotten.revision()) == 0


def test_an_open_one_that_only_lists_them_names_the_stand_in(storage: Storage) -> None:
    save(storage, a_review(asks=()))
    erased = erase(storage, DANA)
    assert erased.rows["reviews"] == 1
    after = storage.run_blocking(lambda rooms: rooms.reviews.open())
    assert after[0].candidates[0].person == erased.stand_in


def test_a_damaged_closed_review_loses_the_name_as_well(storage: Storage) -> None:
    save(storage, merged())
    rows(storage, 'UPDATE reviews SET body = \'{"torn": "Dana Ng\'')
    erased = erase(storage, DANA)
    assert rows(storage, "SELECT body FROM reviews") == [(f'{{"torn": "{erased.stand_in}',)]


def test_the_history_names_the_stand_in_by_whatever_identity_it_knew_them(
    storage: Storage,
) -> None:
    past = [
        PastChange("1", NOW, (HERS, "mail:dana@example.com"), ("kim",)),
        PastChange("2", NOW, ("mail:kim@example.com",), ("dana",)),
        PastChange("3", NOW, ("mail:danae@example.com",), ("kim",)),
    ]
    storage.run_blocking(lambda rooms: rooms.history.add(SHOP, past))
    before = storage.run_blocking(lambda rooms: rooms.history.revision(SHOP))
    stand_in = erase(storage, DANA).stand_in
    after = storage.run_blocking(lambda rooms: rooms.history.onwards(SHOP, (0, 0), 9))
    assert [(one.authors, one.reviewers) for _, one in after] == [
        ((stand_in,), ("kim",)),
        (("mail:kim@example.com",), (stand_in,)),
        (("mail:danae@example.com",), ("kim",)),
    ]
    assert storage.run_blocking(lambda rooms: rooms.history.revision(SHOP)) > before


def test_reading_the_past_anew_finds_the_stand_in_and_later_work_is_their_own(
    storage: Storage,
) -> None:
    erased = erase(storage, DANA)
    later = NOW.replace(year=NOW.year + 1)
    past = [
        PastChange("1", NOW, (HERS,), ("mail:dana@example.com",)),
        PastChange("2", later, (HERS,), ()),
    ]
    storage.run_blocking(lambda rooms: rooms.history.add(SHOP, past))
    after = storage.run_blocking(lambda rooms: rooms.history.onwards(SHOP, (0, 0), 9))
    assert [one.authors for _, one in after] == [(erased.stand_in,), (HERS,)]


def test_addresses_of_the_history_go_and_do_not_come_back(storage: Storage) -> None:
    authors = [
        Author("Dana Ng", "dana@example.com", NOW, NOW),
        Author("Dana Ng", "dana@home.example", NOW, NOW),
        Author("Kim Roy", "kim@example.com", NOW, NOW),
    ]
    storage.run_blocking(lambda rooms: rooms.history.add_authors(SHOP, authors))
    assert erase(storage, DANA).rows == {"addresses of the history": 2}
    storage.run_blocking(lambda rooms: rooms.history.add_authors(SHOP, authors))
    left = storage.run_blocking(lambda rooms: rooms.history.authors(SHOP))
    assert [one.name for one in left] == ["Kim Roy"]


def a_merged_request() -> MergedRequest:
    dana = an_account("dana-ng", id="1001")
    commit = a_commit(signed=a_signature("Dana Ng", email="dana@example.com", account=dana))
    change = a_change(account=dana, commits=[commit], title="Danang's", state=State.MERGED)
    return MergedRequest(change, ())


def test_an_account_is_found_by_its_number_alone(storage: Storage) -> None:
    renamed = an_account("somebody-else", id="1001")
    at = NOW.isoformat()
    review = merged(candidates=(), names={}, seen={f"approval 1001 {at}": a_binding()})
    save(storage, replace(review, verdict=replace(review.verdict, rules=())))
    request = MergedRequest(a_change("omar", account=renamed, state=State.MERGED), ())
    storage.run_blocking(lambda rooms: rooms.merged.keep(request))
    stand_in = erase(storage, DANA).stand_in
    found = storage.run_blocking(lambda rooms: rooms.merged.get([REF]))[REF].change
    after = storage.run_blocking(lambda rooms: rooms.reviews.get(REF))
    assert found.merge_request.author.id == stand_in
    assert after is not None
    assert list(after.seen) == [f"approval {stand_in} {at}"]


@pytest.mark.parametrize("first", ["kept", "erased"])
def test_what_simulations_keep_names_the_stand_in(storage: Storage, first: str) -> None:
    if first == "kept":
        storage.run_blocking(lambda rooms: rooms.merged.keep(a_merged_request()))
    stand_in = erase(storage, DANA).stand_in
    if first == "erased":
        storage.run_blocking(lambda rooms: rooms.merged.keep(a_merged_request()))
    found = storage.run_blocking(lambda rooms: rooms.merged.get([REF]))[REF].change
    assert found.merge_request.author.login == stand_in
    assert found.commits[0].author.email == stand_in


def test_what_came_in_and_was_decided_loses_its_text_and_is_known_again(storage: Storage) -> None:
    def come(rooms: Rooms) -> bool:
        return rooms.inbox.put("slack click U0DANA review.approve 1.0", approves("dana"), NOW)

    assert storage.run_blocking(come)
    storage.run_blocking(lambda rooms: rooms.inbox.done(1))
    erase(storage, DANA)
    ((key, body, state),) = rows(storage, "SELECT key, body, state FROM inbox")
    assert (body, state) == (ERASED, "done")
    assert "U0DANA" not in key
    assert not storage.run_blocking(come)


def test_what_they_said_and_nobody_decided_on_is_let_go(storage: Storage) -> None:
    def come(rooms: Rooms) -> None:
        rooms.inbox.put("1", declines("dana", note="I am ill"), NOW)
        rooms.inbox.put("2", AwaySaid("U0DANA", NOW.date()), NOW)
        rooms.inbox.put("3", MergeRequestTouched(REF), NOW)

    storage.run_blocking(come)
    erase(storage, DANA)
    assert rows(storage, "SELECT subject, state FROM inbox ORDER BY seq")[1][1] == "done"
    assert [state for (state,) in rows(storage, "SELECT state FROM inbox ORDER BY seq")] == [
        *("done", "done", "new")
    ]
    arrival = storage.run_blocking(lambda rooms: rooms.inbox.next(NOW))
    assert arrival is not None
    assert arrival.event == MergeRequestTouched(REF)


def test_what_others_said_of_them_is_decided_on_without_them(storage: Storage) -> None:
    storage.run_blocking(lambda rooms: rooms.inbox.put("1", assigns("omar", "dana"), NOW))
    stand_in = erase(storage, DANA).stand_in
    arrival = storage.run_blocking(lambda rooms: rooms.inbox.next(NOW))
    assert arrival is not None
    assert arrival.event == replace(assigns("omar", "dana"), to=stand_in)


@pytest.mark.parametrize(
    "letter",
    [
        '{"user": {"login": "dana-ng"}',
        '{"sender": {"login": "x", "id": 1001}}',
        '{"user_id":1001}',
        '{"name": "\\u0044ana Ng"}',
        "payload=%7B%22name%22%3A%22Dana+Ng%22%7D",
        "mail=dana%40example.com",
    ],
)
def test_a_dead_letter_that_names_them_in_any_spelling_loses_its_text(
    storage: Storage, letter: str
) -> None:
    storage.run_blocking(lambda rooms: rooms.inbox.put_dead("1", letter, "no use: dana-ng", NOW))
    stand_in = erase(storage, DANA).stand_in
    assert rows(storage, "SELECT body, problem, state FROM inbox") == [
        (ERASED, f"no use: {stand_in}", "dead")
    ]


def test_a_dead_letter_of_others_stays(storage: Storage) -> None:
    letter = '{"user": {"login": "danae", "id": 10010}, "number": 1001}'
    storage.run_blocking(lambda rooms: rooms.inbox.put_dead("1", letter, "", NOW))
    assert erase(storage, DANA).rows == {}
    assert rows(storage, "SELECT body FROM inbox") == [(letter,)]


def outbox(storage: Storage, *effects: Effect, state: str = "new") -> list[tuple[str, str, Any]]:
    """What the effects are after the erasure: lane, state, body."""
    storage.run_blocking(lambda rooms: rooms.outbox.put(effects, NOW))
    if state == "done":
        rows(storage, "UPDATE outbox SET state = 'done'")
    erase(storage, DANA)
    found = rows(storage, "SELECT lane, state, body FROM outbox ORDER BY seq")
    return [(lane, state, body) for lane, state, body in found]


def test_what_was_done_loses_its_text(storage: Storage) -> None:
    ((lane, state, body),) = outbox(
        storage, TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: …"), state="done"
    )
    assert lane.startswith("person erased-")
    assert (state, body) == ("done", ERASED)


def test_nobody_is_told_of_them_any_more(storage: Storage) -> None:
    told = outbox(
        storage,
        TellPerson(REF, "dana", Topic.YOUR_TURN, "Why you: …"),
        TellThread(REF, "Dana Ng declined: busy (ill)."),
        TellThread(REF, "Omar Diaz approved."),
    )
    assert [state for _, state, _ in told] == ["superseded", "superseded", "new"]


def test_a_gate_is_set_nevertheless(storage: Storage) -> None:
    gate = a_gate(GateState.SUCCESS, description="approved by Dana Ng")
    (_, (_, state, body)) = outbox(storage, ShowCard(REF), gate)
    assert state == "new"
    assert json.loads(body)["description"].startswith("approved by erased-")


def test_others_are_requested_and_withdrawn_on_the_forge_without_them(storage: Storage) -> None:
    both, alone = outbox(
        storage, RequestReviewers(REF, ("dana-ng", "omar-d")), WithdrawReviewers(REF, ("dana-ng",))
    )
    assert json.loads(both[2])["logins"] == ["omar-d"]
    assert (both[1], alone[1]) == ("new", "superseded")


def test_what_a_forges_list_showed_of_them_is_looked_at_anew(storage: Storage) -> None:
    def keep(rooms: Rooms) -> None:
        for number, login in ((7, "dana-ng"), (8, "danae")):
            trace = json.dumps({"state": "SUCCESS", "creator": {"login": login}})
            rooms.looks.keep(Ref("github", "acme/shop", number), Look(trace, NOW))

    storage.run_blocking(keep)
    assert erase(storage, DANA).rows == {"looks at what is open": 1}
    left = storage.run_blocking(lambda rooms: rooms.looks.of("github"))
    assert [ref.number for ref in left] == [8]


def a_digest(channel: str, said: str) -> DigestPosted:
    entry = DigestEntry(REF, "Retry", "https://github.example/7", said)
    return DigestPosted(PostDigest(channel, (entry,)), "C0", "1.0")


def test_their_own_digest_goes_and_a_channels_names_the_stand_in(storage: Storage) -> None:
    def keep(rooms: Rooms) -> None:
        rooms.digests.keep(a_digest("dana", "you"), NOW)
        rooms.digests.keep(a_digest("#reviews", "waits for Dana Ng"), NOW)

    storage.run_blocking(keep)
    stand_in = erase(storage, DANA).stand_in
    assert storage.run_blocking(lambda rooms: rooms.digests.last("dana")) is None
    left = storage.run_blocking(lambda rooms: rooms.digests.last("#reviews"))
    assert left is not None
    assert left.digest.entries[0].waiting_for == f"waits for {stand_in}"
    assert rows(storage, "SELECT channel FROM digest_entries") == [("#reviews",)]


def a_direct(person: str, place: str, text: str) -> DirectPosted:
    told = Told(TellPerson(REF, person, Topic.YOUR_TURN, text), NOW, HEAD)
    return DirectPosted(person, (told,), place, "1.0")


def test_direct_messages_to_them_go_and_others_name_the_stand_in(storage: Storage) -> None:
    def keep(rooms: Rooms) -> None:
        rooms.directs.keep(a_direct("dana", "D0HERS", "Why you: …"), NOW)
        rooms.directs.keep(a_direct("omar", "D0OMAR", "Dana Ng asked for you."), NOW)
        rooms.outbox.put((ShowDirect("D0HERS", "1.0"), ShowDirect("D0OMAR", "1.0")), NOW)

    storage.run_blocking(keep)
    stand_in = erase(storage, DANA).stand_in
    assert storage.run_blocking(lambda rooms: rooms.directs.at("D0HERS", "1.0")) is None
    left = storage.run_blocking(lambda rooms: rooms.directs.at("D0OMAR", "1.0"))
    assert left is not None
    assert left.told[0].thing.text == f"{stand_in} asked for you."
    effects = rows(storage, "SELECT state, body FROM outbox ORDER BY seq")
    assert [state for state, _ in effects] == ["superseded", "new"]
    assert all("D0HERS" not in body for _, body in effects)


@pytest.mark.parametrize("listed", [True, False], ids=["in the file", "taken out of it"])
def test_names_are_found_in_the_links_even_those_of_long_ago(
    storage: Storage, *, listed: bool
) -> None:
    def keep(rooms: Rooms) -> None:
        rooms.ledger.append(
            None, [Entry("linked", {"person": "dana", "links": ["gitlab dn", "slack U1"]})], NOW
        )
        if listed:
            rooms.links.replace([Link("dana", "github", "dana-ng"), Link("kim", "slack", "U2")])
        rooms.pins.add({("gitlab", "dn"): "77", ("gitlab", "dn-old"): "77"}, NOW)

    storage.run_blocking(keep)
    erased = erase(storage, "dana")
    expected = {"dana", "dn", "dn-old", "U1"} | ({"dana-ng"} if listed else set())
    assert set(erased.naming.whom.words) == expected
    assert erased.listed is listed
    assert rows(storage, "SELECT login FROM pins") == []
    assert rows(storage, "SELECT person FROM links") == ([("kim",)] if listed else [])


def test_an_address_that_is_somebody_elses_now_is_not_theirs(storage: Storage) -> None:
    def keep(rooms: Rooms) -> None:
        entry = Entry("linked", {"person": "dana", "links": ["mail team@example.com"]})
        rooms.ledger.append(None, [entry], NOW)

    storage.run_blocking(keep)
    erased = erase(storage, "dana", "kim", "team@example.com")
    assert erased.naming.whom.words == ("dana",)


def test_two_who_were_erased_have_two_stand_ins_and_each_keeps_theirs(storage: Storage) -> None:
    first, second = erase(storage, "dana").stand_in, erase(storage, "kim").stand_in
    assert first != second
    assert erase(storage, "dana").stand_in == first
