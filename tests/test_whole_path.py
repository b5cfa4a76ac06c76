"""The whole path through the public faces: a pull request in, a signed-off gate out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from yarl import URL

from bot.app import Front
from tests.world import AI_MESSAGE, World

PAYMENT = {"payments/refund.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def test_an_opened_pull_request_gets_a_pending_gate_that_names_what_is_missing(
    world: World,
) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert world.github.gate(number) == "pending"
    assert "tenure ≥ 5 y, or expert in payments" in str(world.github.gate_description(number))


async def test_whoever_is_asked_gets_a_direct_message_and_a_request_on_github(
    world: World,
) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert world.dms("omar")[0].startswith("Your turn: review shop#1")
    assert world.github.requested(number) == {"omar-d"}
    assert not world.dms("kim")


async def test_the_author_is_not_told_of_their_own_doings(world: World) -> None:
    await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    assert not world.dms("ana")


async def test_a_qualified_click_opens_the_gate(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves("dana")
    assert world.github.gate(number) == "success"
    assert world.github.gate_description(number) == "approved by Dana Ng"
    assert "approved, it may be merged" in world.text(world.card())


async def test_a_qualified_review_on_github_opens_the_gate(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.reviews("omar", number, "APPROVE")
    assert world.github.gate(number) == "success"
    assert world.thread()[0].startswith("Omar Diaz approved")


async def test_an_unqualified_click_leaves_the_gate_shut(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves("kim")
    assert world.github.gate(number) == "pending"


async def test_the_author_cannot_approve_and_is_told_why(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.approves("ana")
    assert world.github.gate(number) == "pending"
    assert world.told("ana") == ["Could not approve: Ana Ito opened it. Nothing was changed."]
    assert "refused" in await world.kinds(number)


async def test_a_push_after_approval_shuts_the_gate_and_tells_the_approver(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves("omar")
    await world.pushes("ana", number, {"payments/refund.py": "x = 2\n"})
    assert world.github.gate(number) == "pending"
    assert world.dms("omar")[-1].startswith("Changed since you approved")
    assert "no longer counts" in world.thread()[-2]
    assert world.thread()[-1] == "Asked: Omar Diaz again."


async def test_a_retarget_shuts_the_gate_of_the_same_head(world: World) -> None:
    world.github.branch("release")
    number = await world.opens("ana", {"docs/a.md": "x\n"})
    await world.approves("dana")
    assert world.github.gate(number) == "success"
    world.github.retarget(number, "release")
    await world.settled()
    assert world.github.gate(number) == "pending"


async def test_an_approval_and_a_retarget_before_the_first_look_open_nothing(
    world: World,
) -> None:
    world.github.branch("release")
    world.github.hooks.automatic = False  # nobody tells, nobody looks
    number = world.github.open_pull("ana-ito", "feat", base="release", files={"docs/a.md": "x"})
    world.github.review(number, "dana-ng", "APPROVE")
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    world.github.retarget(number, "main")
    await world.pass_time(minutes=5)
    assert world.github.gate(number) == "pending"
    world.github.hooks.automatic = True
    await world.reviews("dana", number, "APPROVE")
    assert world.github.gate(number) == "success"


async def test_a_stale_card_is_refused_and_refreshed(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    stale = world.card()
    world.github.hooks.automatic = False  # the webhook of this push is late
    world.github.push(number, {"payments/refund.py": "x = 3\n"}, "ana-ito")
    await world.clicks("dana", "approve", stale)
    assert world.github.gate(number) == "pending"
    assert "was pushed since" in world.told("dana")[0]
    assert world.github.head(number)[:8] in world.text(world.card())


async def test_requested_changes_are_posted_word_for_word_and_hold_the_gate(
    world: World,
) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.clicks("dana", "request_changes")
    await world.submits("dana", comment="Use the key <!channel> @kim-roy")
    assert world.github.gate(number) == "failure"
    assert world.github.gate_description(number) == "Dana Ng asked for changes"
    comment = world.github.comments(number)[0]
    assert "Use the key" in comment
    assert "@kim-roy" not in comment  # the words stay, the ping does not
    assert "asked for changes" in world.dms("ana")[0]


async def test_an_empty_request_for_changes_stays_open_with_an_error(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.clicks("dana", "request_changes")
    assert await world.submits("dana", comment="  ") == {"comment": "Say what should change."}
    assert world.github.gate(number) == "pending"


async def test_the_objector_clears_their_objection_by_approving(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.reviews("dana", number, "REQUEST_CHANGES")
    assert world.github.gate(number) == "failure"
    await world.reviews("dana", number, "APPROVE")
    assert world.github.gate(number) == "success"


async def test_a_dismissed_review_no_longer_counts(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    review = await world.reviews("dana", number, "APPROVE")
    world.github.dismiss(number, review)
    await world.settled()
    assert world.github.gate(number) == "pending"


async def test_when_somebody_declines_the_next_person_is_asked(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="busy")
    assert world.github.requested(number) == {"dana-ng"}
    assert world.dms("dana")[0].startswith("Your turn")
    assert "Omar Diaz declined: busy." in world.thread()


async def test_nobody_is_asked_for_a_draft_until_it_is_ready(world: World) -> None:
    number = await world.opens("ana", PAYMENT, draft=True)
    assert world.github.requested(number) == set()
    assert world.github.gate_description(number) == "a draft: nobody is asked yet"
    world.github.ready(number)
    await world.settled()
    assert len(world.github.requested(number)) == 1


async def test_a_merged_pull_request_keeps_a_card_without_buttons(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.approves("dana")
    world.github.merge(number, "ana-ito")
    await world.settled()
    card = world.text(world.card())
    assert card.endswith("Merged. Approved by Dana Ng.")
    assert "[ Approve ]" not in card
    assert (await world.kinds(number))[-1] == "merged"


async def test_a_closed_pull_request_asks_nobody_any_more(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    world.github.close(number)
    await world.settled()
    await world.pass_time(hours=30)
    assert world.text(world.card()).endswith("Closed without merging.")
    assert sum(len(world.dms(who)) for who in ("dana", "omar", "kim")) == 1


async def test_one_pull_request_has_one_card(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.pushes("ana", number, {"payments/refund.py": "x = 2\n"})
    await world.approves("dana")
    assert len(world.cards()) == 1


async def test_the_ledger_has_it_all_and_its_chain_holds(world: World) -> None:
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.approves("dana")
    kinds = await world.kinds(number)
    assert kinds[:3] == ["opened", "decision", "gate"]
    assert kinds.count("approval") == 1
    assert await world.storage.run(lambda rooms: list(rooms.ledger.faults())) == []


async def test_an_invalid_repository_policy_on_the_base_branch_blocks_and_says_where(
    world: World,
) -> None:
    world.github.write_file("main", ".countersign.yml", "rules: 7\n")
    number = await world.opens("ana", PAYMENT)
    await world.approves("dana")
    assert world.github.gate(number) == "failure"
    assert ".countersign.yml:1" in str(world.github.gate_description(number))


async def test_a_policy_in_the_change_itself_changes_nothing(world: World) -> None:
    number = await world.opens("ana", {**PAYMENT, ".countersign.yml": "rules: 7\n"})
    await world.reviews("dana", number, "APPROVE")
    assert world.github.gate(number) == "success"


async def test_a_recycled_login_is_a_stranger(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.reviews("dana", number, "COMMENT")  # dana-ng is seen, with her account's id
    world.github.rename_person("dana-ng", "dana-old")
    world.github.add_person("dana-ng", email="mallory@example.com")
    world.github.review(number, "dana-ng", "APPROVE")
    await world.settled()
    assert world.github.gate(number) == "pending"


async def test_a_guest_cannot_approve(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    user = world.slack.workspace.users["U0DANA"]
    world.slack.workspace.add_user(replace(user, guest=True))
    await world.approves("dana")
    assert world.github.gate(number) == "pending"
    assert "guests and deactivated accounts cannot decide" in world.told("dana")[0]


async def test_slack_by_socket_mode_walks_the_same_path(tmp_path: Path) -> None:
    async with World(tmp_path, socket=True) as world:
        number = await world.opens("ana", PAYMENT)
        await world.approves("dana")
        assert world.github.gate(number) == "success"


async def test_a_restart_loses_nothing(world: World) -> None:
    number = await world.opens("ana", PAYMENT)
    await world.stop_bot()
    world.clock.move_to(world.clock.now() + timedelta(seconds=1))
    world.github.push(number, {"payments/refund.py": "x = 2\n"}, "ana-ito")
    await world.start_bot()
    await world.approves("dana")
    assert world.github.gate(number) == "success"
    assert len(world.cards()) == 1


async def test_the_gates_details_lead_to_the_decision_and_are_not_written_again(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.front = Front("https://review.example")
    async with world:
        number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
        address = URL(str(world.github.gate_url(number)))
        written = len(world.github.statuses[world.github.head(number)])
        await world.pass_time(hours=3, minutes=30)
        assert len(world.github.statuses[world.github.head(number)]) == written
        async with ClientSession() as http, http.get(world.url + address.path_qs) as page:
            assert page.status == 200
            assert "Retry refunds" in await page.text()
