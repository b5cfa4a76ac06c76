"""What people do in Slack, over real signed HTTP: recorded first, acknowledged, never decided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.doctor import Doctor
from bot.facts import Gatherer
from bot.playground.delivery import Patience
from bot.playground.nouns import Message
from bot.playground.refusal import NotAcknowledged
from bot.playground.rendering import render_message_text
from bot.playground.server import Playground
from bot.slack.answering import Answering, Reception
from bot.slack.directory import SlackDirectory
from bot.slack.gateway import SlackHttp, bolt_app
from bot.slack.listeners import Listeners
from bot.slack.messenger import SlackMessenger
from bot.web.server import runner_of, small, web_application
from routing.effects import ShowCard
from routing.events import ApprovalGiven, ChangesRequested, DeclineReason, Event, ReviewDeclined
from storage.database import Rooms, Storage, StorageFailed
from tests.bot.builders import PUSHED, a_binding, a_review
from tests.bot.fakes import MemoryForge, files_in, nothing_at_hand
from tests.builders import HEAD, NOW, REF


class Hearing:
    """A workspace whose clicks reach our listeners, with one card in it."""

    listeners: Listeners

    def __init__(self, storage: Storage, playground: Playground) -> None:
        self.storage = storage
        self.playground = playground
        self.nudges = 0

    def nudged(self) -> None:
        self.nudges += 1

    def card(self) -> Message:
        return self.playground.workspace.messages("#reviews")[0]

    async def clicks(self, who: str, action: str) -> None:
        card = self.card()
        await self.playground.people.click(who, card.channel, card.ts, f"review.{action}")

    async def submits(self, who: str, **filled: str) -> dict[str, str]:
        return await self.playground.people.submit_view(who, filled)

    async def asks(self, who: str, text: str) -> str:
        """What somebody reads who types `/review …`."""
        await self.playground.people.slash(who, "#reviews", "/review", text)
        return self.told(who)[-1]

    async def modal_of(self, who: str) -> dict[str, Any]:
        await self.playground.until(lambda: self.playground.workspace.view_of(who))
        view = self.playground.workspace.view_of(who)
        assert view is not None
        return view.content

    def told(self, who: str) -> list[str]:
        return [render_message_text(one) for one in self.playground.workspace.ephemerals(who)]

    async def recorded(self) -> list[Event]:
        def work(rooms: Rooms) -> list[Event]:
            return list(rooms.inbox.waiting_for(REF))

        return await self.storage.run(work)

    async def forget_the_card(self) -> None:
        await self.storage.run(lambda rooms: rooms.cards._db.conn.execute("DELETE FROM cards"))


@pytest.fixture
async def hearing(
    storage: Storage,
    playground: Playground,
    client: AsyncWebClient,
    clock: StoryClock,
    tmp_path: Path,
) -> AsyncIterator[Hearing]:
    hearing = Hearing(storage, playground)
    policies = files_in(tmp_path)
    directory = SlackDirectory(client, clock)
    await directory.sign_in()
    bolt = bolt_app(client, playground.signing_secret)
    hearing.listeners = Listeners(storage, policies, directory, clock, hearing.nudged)
    hearing.listeners.listen(bolt)
    reception = Reception(storage, policies, directory, clock, hearing.nudged)
    forge = MemoryForge()
    gatherer = Gatherer({"github": forge}, storage, policies, directory, clock)
    Answering(reception, gatherer, Doctor(client, policies, {}, nothing_at_hand)).listen(bolt)
    handler = small(SlackHttp(bolt, playground.signing_secret, clock).handle)
    runner = runner_of(web_application({"/slack/events": handler}, {}))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    playground.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    await storage.run(lambda rooms: rooms.reviews.save(a_review(), NOW))
    await SlackMessenger(client, storage, policies, clock).say(ShowCard(REF), "effect-1")
    yield hearing
    await runner.cleanup()


async def test_a_click_on_approve_is_recorded_with_what_the_card_showed(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "approve")
    (event,) = await hearing.recorded()
    assert isinstance(event, ApprovalGiven)
    assert (event.click.slack, event.click.home) == ("U0DANA", True)
    assert (event.click.head_sha, event.click.base_branch) == (HEAD, "main")
    assert hearing.nudges == 1


async def test_a_click_on_an_old_card_tells_what_that_one_showed(hearing: Hearing) -> None:
    newer = a_review(binding=a_binding(head_sha=PUSHED))
    await hearing.storage.run(lambda rooms: rooms.reviews.save(newer, NOW))
    await hearing.clicks("U0DANA", "approve")
    (event,) = await hearing.recorded()
    assert isinstance(event, ApprovalGiven)
    assert event.click.head_sha == HEAD


async def test_a_click_delivered_twice_is_one_event(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "approve")
    await hearing.playground.courier.repeat(hearing.playground.courier.sent[-1])
    assert len(await hearing.recorded()) == 1


async def test_clicking_twice_is_two_acts_and_does_no_harm(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "approve")
    await hearing.clicks("U0DANA", "approve")
    first, second = await hearing.recorded()
    assert first == second


async def test_somebody_of_another_workspace_is_recorded_as_such(hearing: Hearing) -> None:
    await hearing.clicks("U0FAR", "approve")
    (event,) = await hearing.recorded()
    assert isinstance(event, ApprovalGiven)
    assert not event.click.home


async def test_a_click_on_a_card_nobody_knows_changes_nothing_and_says_so(
    hearing: Hearing,
) -> None:
    await hearing.forget_the_card()
    await hearing.clicks("U0DANA", "approve")
    await hearing.playground.until(lambda: hearing.told("U0DANA"))
    assert "Nothing was changed" in hearing.told("U0DANA")[0]
    assert await hearing.recorded() == []


@pytest.mark.parametrize(
    ("action", "title"),
    [
        ("request_changes", "Request changes"),
        ("decline", "Decline this review"),
        ("why", "Why this decision"),
    ],
)
async def test_the_other_buttons_open_a_modal_and_record_nothing(
    hearing: Hearing, action: str, title: str
) -> None:
    await hearing.clicks("U0DANA", action)
    assert (await hearing.modal_of("U0DANA"))["title"]["text"] == title
    assert await hearing.recorded() == []


async def test_a_modal_for_a_card_nobody_knows_is_not_opened(hearing: Hearing) -> None:
    await hearing.forget_the_card()
    await hearing.clicks("U0DANA", "decline")
    await hearing.playground.until(lambda: hearing.told("U0DANA"))
    assert hearing.playground.workspace.view_of("U0DANA") is None


async def test_a_modal_that_slack_does_not_open_is_said(hearing: Hearing) -> None:
    hearing.playground.fail_next(1, 500)
    await hearing.clicks("U0DANA", "decline")
    await hearing.playground.until(lambda: hearing.told("U0DANA"))
    assert "click once more" in hearing.told("U0DANA")[0]


async def test_words_submitted_are_recorded(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "request_changes")
    await hearing.modal_of("U0DANA")
    assert await hearing.submits("U0DANA", comment="Name it better.") == {}
    (event,) = await hearing.recorded()
    assert isinstance(event, ChangesRequested)
    assert event.comment == "Name it better."
    assert hearing.playground.workspace.view_of("U0DANA") is None


async def test_blank_words_keep_the_modal_open(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "request_changes")
    await hearing.modal_of("U0DANA")
    errors = await hearing.submits("U0DANA", comment="   ")
    assert errors == {"comment": "Say what should change."}
    assert await hearing.recorded() == []
    assert await hearing.submits("U0DANA", comment="Name it better.") == {}
    assert len(await hearing.recorded()) == 1


async def test_a_submission_delivered_twice_is_one_event(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "request_changes")
    await hearing.modal_of("U0DANA")
    await hearing.submits("U0DANA", comment="Name it better.")
    await hearing.playground.courier.repeat(hearing.playground.courier.sent[-1])
    assert len(await hearing.recorded()) == 1


async def test_declining_records_the_reason_and_the_note(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "decline")
    await hearing.modal_of("U0DANA")
    await hearing.submits("U0DANA", reason="busy", note="until Monday")
    (event,) = await hearing.recorded()
    assert isinstance(event, ReviewDeclined)
    assert (event.reason, event.note) == (DeclineReason.BUSY, "until Monday")


async def test_a_submission_for_a_card_nobody_knows_says_so_in_place(hearing: Hearing) -> None:
    await hearing.clicks("U0DANA", "request_changes")
    await hearing.modal_of("U0DANA")
    await hearing.forget_the_card()
    errors = await hearing.submits("U0DANA", comment="Name it better.")
    assert "Nothing was changed" in errors["comment"]


async def test_what_cannot_be_recorded_is_not_acknowledged(
    hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise StorageFailed("the database refused: database or disk is full")

    monkeypatch.setattr(Storage, "run", fail)
    hearing.playground.courier._patience = Patience(ack_seconds=1.0)
    with pytest.raises(NotAcknowledged):
        await hearing.clicks("U0DANA", "approve")
    monkeypatch.undo()
    assert await hearing.recorded() == []


async def test_what_somebody_did_is_recorded_before_it_is_acknowledged(hearing: Hearing) -> None:
    at_ack: list[int] = []

    async def ack(**_: object) -> None:
        at_ack.append(len(await hearing.recorded()))

    await hearing.clicks("U0DANA", "approve")
    body = hearing.playground.courier.sent[-1].payload
    body["actions"][0]["action_ts"] = "9.0"
    await hearing.listeners.on_act(ack, body, ack)  # type: ignore[arg-type]  # what Bolt hands over
    assert at_ack == [2]


# `/review`


async def test_mine_tells_whom_it_waits_for(hearing: Hearing) -> None:
    assert "1 review for you, none of your own is open" in await hearing.asks("U0DANA", "")
    assert "0 reviews for you, 1 of your own open" in await hearing.asks("U0ANA", "mine")


async def test_the_answer_is_seen_by_the_asker_alone(hearing: Hearing) -> None:
    await hearing.asks("U0DANA", "status")
    assert len(hearing.playground.workspace.messages("#reviews")) == 1
    assert hearing.told("U0ANA") == []


async def test_who_is_linked_to_nobody_is_told_what_to_ask_for(hearing: Hearing) -> None:
    assert "linked to nobody" in await hearing.asks("U0GUEST", "mine")


async def test_the_status_tells_what_is_open(hearing: Hearing) -> None:
    assert "1 open: 1 waiting, 0 approved" in await hearing.asks("U0DANA", "status")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("why https://github.example/acme/shop/pull/7", "Left out, and why"),
        (
            "why https://github.example/acme/shop/pull/8",
            "No merge request, or more than one, goes by",
        ),
        ("why", "Say which one"),
        ("statsu", "Did you mean"),
        ("help", "/review why"),
    ],
)
async def test_the_other_words_are_answered(hearing: Hearing, text: str, said: str) -> None:
    assert said in await hearing.asks("U0DANA", text)


async def test_why_names_the_rules_the_people_asked_and_those_left_out(hearing: Hearing) -> None:
    told = await hearing.asks("U0DANA", "why https://github.example/acme/shop/pull/7")
    for part in ("ai-in-payments", "Dana Ng", "tenure short by 4 y"):
        assert part in told
