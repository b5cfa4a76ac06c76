"""The engine: one event, one transaction; whatever fails on the way leaves the gate shut."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.clock import StoryClock
from bot.errors import Retryable
from routing.effects import (
    GateState,
    PostDigest,
    SetGate,
    ShowCard,
    TellPerson,
)
from routing.events import (
    CardPosted,
    DigestDue,
    EffectAbandoned,
    GateWritten,
    MergeRequestTouched,
)
from routing.model import Ref, State
from storage.database import Storage
from tests.bot.builders import PUSHED, a_card
from tests.bot.deciding import (
    always,
    approved,
    effects,
    gates,
    kinds,
    review_of,
    waiting_and_dead,
)
from tests.bot.fakes import Decider, files_in, no_trouble
from tests.builders import HEAD, NOW, REF, a_change, approves, due, touched


@pytest.fixture
def decider(storage: Storage, clock: StoryClock, tmp_path: Path) -> Decider:
    return Decider(storage, files_in(tmp_path), clock)


async def test_a_review_that_cannot_be_read_costs_its_own_events_and_no_others(
    decider: Decider,
) -> None:
    await decider.decides(touched())
    await decider.storage.run(
        lambda rooms: rooms.reviews._db.conn.execute("UPDATE reviews SET body = '{}'")
    )
    await decider.decides(touched())
    assert await waiting_and_dead(decider) == (0, 0)
    await decider.decides(approves("dana"))
    assert await waiting_and_dead(decider) == (0, 1)
    assert await decider.storage.run(lambda rooms: rooms.reviews.open()) == []


async def test_one_look_answers_every_hint_that_came_before_it(decider: Decider) -> None:
    for _ in range(3):
        await decider.put(touched())
    arrival = await decider.next()
    assert arrival is not None
    await decider.engine.work(arrival)
    assert await waiting_and_dead(decider) == (0, 0)


async def test_a_hint_that_comes_while_one_looks_is_not_answered_by_that_look(
    decider: Decider,
) -> None:
    await decider.put(touched())
    arrival = await decider.next()
    assert arrival is not None
    late = MergeRequestTouched(REF)

    def comes_late() -> None:
        decider.forge.trouble = no_trouble
        work = decider.storage._submit(lambda rooms: rooms.inbox.put("late", late, NOW))
        assert work.result()

    decider.forge.trouble = comes_late
    await decider.engine.work(arrival)
    assert await waiting_and_dead(decider) == (1, 0)


async def test_a_click_is_decided_on_by_itself_whatever_was_looked_at_before(
    decider: Decider,
) -> None:
    await decider.put(touched())
    arrival = await decider.next()
    await decider.put(approves("dana"))
    assert arrival is not None
    await decider.engine.work(arrival)
    assert await waiting_and_dead(decider) == (1, 0)


async def test_a_click_goes_first_and_its_look_answers_the_hints_before_it(
    decider: Decider,
) -> None:
    await decider.put(touched())
    await decider.decides(approves("dana"))
    assert await waiting_and_dead(decider) == (0, 0)
    assert (await gates(decider))[-1] == (HEAD, GateState.SUCCESS)


async def test_a_new_merge_request_is_remembered_recorded_and_acted_on(decider: Decider) -> None:
    await decider.decides(touched())
    assert (await review_of(decider)).binding.head_sha == HEAD
    assert await kinds(decider) == ["opened", "decision", "account_pinned"]
    kept = await effects(decider)
    assert [one.state for one in kept if isinstance(one, SetGate)] == [GateState.PENDING]
    assert ShowCard(REF) in kept
    assert [one.person for one in kept if isinstance(one, TellPerson)] == ["dana"]
    assert await waiting_and_dead(decider) == (0, 0)


async def test_the_dispatcher_is_told_that_something_waits(decider: Decider) -> None:
    await decider.decides(touched())
    assert decider.nudges == 1


async def test_looking_again_at_what_has_not_changed_does_nothing(decider: Decider) -> None:
    await decider.decides(touched())
    await effects(decider)
    before = await kinds(decider)
    await decider.decides(touched())
    assert await effects(decider) == []
    assert await kinds(decider) == before


async def test_a_qualified_click_opens_the_gate(decider: Decider) -> None:
    await approved(decider)
    assert (await review_of(decider)).satisfied


async def test_accounts_of_known_people_are_pinned_when_they_are_first_seen(
    decider: Decider,
) -> None:
    await decider.decides(touched())
    pins = await decider.storage.run(lambda rooms: rooms.pins.all())
    assert pins == {("github", "ana"): "id-ana"}


async def test_a_clicker_whom_slack_bars_opens_nothing(decider: Decider) -> None:
    await decider.decides(touched())
    decider.directory.barred = frozenset({"U0DANA"})
    await decider.decides(approves("dana"))
    assert GateState.SUCCESS not in [state for _, state in await gates(decider)]


async def test_an_approver_whom_slack_bars_later_does_not_count_any_more(decider: Decider) -> None:
    await approved(decider)
    decider.directory.barred = frozenset({"U0DANA"})
    await decider.decides(touched())
    assert await gates(decider) != []
    assert not (await review_of(decider)).satisfied


# Hints shut gates early.


@pytest.mark.parametrize(
    "hint", [touched(head=PUSHED), touched(base="release"), touched(head=PUSHED, base="release")]
)
async def test_a_hint_of_another_head_or_base_shuts_the_gate_before_the_facts_are_known(
    decider: Decider, hint: MergeRequestTouched
) -> None:
    await approved(decider)
    decider.forge.trouble = always(Retryable("GitHub is down"))
    await decider.decides(hint)
    shut = dict(await gates(decider))
    assert shut[hint.head_sha or HEAD] is GateState.PENDING
    assert shut[HEAD] is GateState.PENDING


@pytest.mark.parametrize("hint", [touched(), touched(head=HEAD, base="main"), due()])
async def test_any_other_hint_leaves_the_gate_until_the_facts_are_known(
    decider: Decider, hint: MergeRequestTouched
) -> None:
    await approved(decider)
    decider.forge.trouble = always(Retryable("GitHub is down"))
    await decider.decides(hint)
    assert await gates(decider) == []


async def test_a_hint_that_was_wrong_costs_the_gate_only_until_the_look(decider: Decider) -> None:
    await approved(decider)
    await decider.decides(touched(head=PUSHED))
    assert await gates(decider) == [(PUSHED, GateState.PENDING), (HEAD, GateState.SUCCESS)]


async def test_a_hint_never_opens_a_gate(decider: Decider) -> None:
    await decider.decides(touched(head=HEAD, base="main"))
    assert GateState.SUCCESS not in [state for _, state in await gates(decider)]


async def test_a_push_ends_the_approval(decider: Decider) -> None:
    await approved(decider)
    decider.forge.shows(a_change(head=PUSHED))
    await decider.decides(touched(head=PUSHED))
    assert (await gates(decider))[-1] == (PUSHED, GateState.PENDING)
    assert not (await review_of(decider)).approvals


# Events that are no change of a merge request.


async def test_a_digest_lists_what_is_open_in_its_channel(decider: Decider) -> None:
    await decider.decides(touched())
    await effects(decider)
    await decider.decides(DigestDue("#reviews", date(2026, 11, 16)))
    (digest,) = await effects(decider)
    assert isinstance(digest, PostDigest)
    assert [entry.ref for entry in digest.entries] == [REF]


@pytest.mark.parametrize("channel", ["#reviews", "#others"])
async def test_a_digest_with_nothing_to_say_is_not_sent(decider: Decider, channel: str) -> None:
    if channel == "#others":
        await decider.decides(touched())
        await effects(decider)
    await decider.decides(DigestDue(channel, date(2026, 11, 16)))
    assert await effects(decider) == []
    assert await waiting_and_dead(decider) == (0, 0)


async def test_where_the_card_stands_is_remembered(decider: Decider) -> None:
    await decider.decides(touched())
    await decider.decides(a_card())
    assert (await review_of(decider)).card == a_card()


async def test_a_written_gate_is_put_on_record(decider: Decider) -> None:
    await decider.decides(touched())
    await decider.decides(GateWritten(REF, HEAD, "pending"))
    assert (await kinds(decider))[-1] == "gate"


async def test_a_gate_that_was_given_up_is_written_at_the_next_look(decider: Decider) -> None:
    await approved(decider)
    await decider.decides(EffectAbandoned(REF, "set_gate", "403"))
    await decider.decides(touched())
    assert await gates(decider) == [(HEAD, GateState.SUCCESS)]


@pytest.mark.parametrize(
    "outcome",
    [
        CardPosted(Ref("github", "acme/shop", 99), "C1", "1.0"),
        GateWritten(Ref("github", "acme/shop", 99), HEAD, "pending"),
        EffectAbandoned(Ref("github", "acme/shop", 99), "show_card", "no such channel"),
    ],
    ids=lambda one: one.kind,
)
async def test_an_outcome_of_what_nobody_remembers_is_done_with(
    decider: Decider, outcome: CardPosted | GateWritten | EffectAbandoned
) -> None:
    await decider.decides(outcome)
    assert await waiting_and_dead(decider) == (0, 0)
    assert await effects(decider) == []


# What a merge teaches.


async def learned(decider: Decider) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    since = NOW - timedelta(days=30)
    found = await decider.storage.run(
        lambda rooms: rooms.history.near("github/acme/shop", ["src/app.py"], since)
    )
    return [(one.id, one.authors, one.reviewers) for one in found]


async def test_a_merge_teaches_who_wrote_and_who_approved(decider: Decider) -> None:
    await approved(decider)
    decider.forge.shows(a_change(state=State.MERGED, merged_at=NOW))
    await decider.decides(touched())
    assert await learned(decider) == [(f"merge request {REF.number}", ("ana",), ("dana",))]


async def test_a_merge_that_calls_itself_a_repair_is_learnt_as_one(decider: Decider) -> None:
    await approved(decider)
    decider.forge.shows(a_change(state=State.MERGED, merged_at=NOW, title="Fix the rounding"))
    await decider.decides(touched())
    (found,) = await decider.storage.run(
        lambda rooms: rooms.history.near("github/acme/shop", ["src/app.py"], NOW)
    )
    assert found.fix


async def test_what_was_closed_teaches_nothing(decider: Decider) -> None:
    await approved(decider)
    decider.forge.shows(a_change(state=State.CLOSED))
    await decider.decides(touched())
    assert await learned(decider) == []


async def test_events_of_one_merge_request_are_of_one_lane(decider: Decider) -> None:
    await decider.put(touched())
    first = await decider.next()
    assert first is not None
    await decider.put(approves("dana"))
    assert await decider.engine.take({decider.engine.lane(first)}) is None
