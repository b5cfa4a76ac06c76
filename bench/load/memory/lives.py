"""What people do to forty merge requests at a time, each from its opening to its end."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import aiohttp

from bench.load.deliveries import BODY, SECRET
from bench.load.memory.forge import Told
from bench.slack_day.town import DOMAINS
from bot.clock import Clock
from bot.playground.refusal import Impossible
from bot.playground.server import Playground
from bot.slack.cards import APPROVE, DECLINE, REQUEST_CHANGES
from routing.model import ReviewState, State
from routing.people import Person
from routing.record import Review

TOGETHER = 40
"""So many are open at a time."""
ASSISTED, MERGED = 0.4, 0.9
"""How many AI helped with, and how many are merged in the end."""
FOLDERS, FILES, TOUCHED = 40, 3, 3
"""Of each domain: so few that whatever remembers paths has met most of them in the first tenth."""
IN_BETWEEN = ("home", "mine", "why", "snooze", "decline", "ask for changes")
STORED = 202


@dataclass
class Life:
    """A merge request, and what is still to happen to it."""

    told: Told
    left: Iterator[str]
    pushes: int = 0


class Lives:
    """Plays them in rounds; `done` counts what people did."""

    def __init__(
        self, slack: Playground, people: Sequence[Person], clock: Clock, seed: int
    ) -> None:
        self.done = Counter[str]()
        self._slack, self._people, self._clock = slack, people, clock
        self._chance = random.Random(seed)  # noqa: S311 - the same lives for the same seed
        self._number = 0
        self._lives = [self._life() for _ in range(TOGETHER)]
        self._at_a_form: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def numbers(self) -> Sequence[int]:
        """Those that are under way."""
        return [life.told.number for life in self._lives]

    async def go_on(
        self, http: aiohttp.ClientSession, url: str, reviews: Sequence[Review | None]
    ) -> None:
        """The next thing happens to each of them, at the same time; `reviews` are theirs."""
        ways = zip(self._lives, reviews, strict=True)
        await asyncio.gather(*(self._step(http, url, life, review) for life, review in ways))
        self._lives = [
            life if life.told.state is State.OPEN else self._life() for life in self._lives
        ]

    def _life(self) -> Life:
        self._number += 1
        chance = self._chance
        told = Told(
            number=self._number,
            author=chance.choice(self._people).id,
            head=f"{self._number:036x}0000",
            paths=tuple(sorted({self._path() for _ in range(TOUCHED)})),
            assisted=chance.random() < ASSISTED,
            opened_at=self._clock.now(),
        )
        end = "merge" if chance.random() < MERGED else "close"
        early = (chance.choice(("push", "comment")), chance.choice(IN_BETWEEN))
        steps = ("open", *early, "approve", "push", "approve", "approve on the forge", end)
        return Life(told, iter(steps))

    def _path(self) -> str:
        chance = self._chance
        place = chance.randrange(FOLDERS)
        return f"{chance.choice(DOMAINS)}/part{place}/file{chance.randrange(FILES)}.py"

    async def _step(
        self, http: aiohttp.ClientSession, url: str, life: Life, review: Review | None
    ) -> None:
        step = next(life.left)
        asked = [ask.person for ask in review.waiting] if review is not None else []
        who = self._chance.choice(asked or [one.id for one in self._people])
        moved = _on_the_forge(step, who, life)
        try:
            if moved is not None:
                action, life.told = moved
                await self._deliver(http, url, life.told.payload(action))
            else:
                await self._in_slack(step, f"U0{who.upper()}", life.told.url, review)
        except Impossible:
            step = f"{step}, which could not be"  # the button is not there any more
        self.done[step] += 1

    async def _deliver(
        self, http: aiohttp.ClientSession, url: str, payload: dict[str, object]
    ) -> None:
        payload["filler"] = "x" * (BODY - len(json.dumps(payload)))
        body = json.dumps(payload).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "X-GitHub-Event": "pull_request",
            "X-GitHub-Delivery": f"delivery-{self.done.total()}-{payload['number']}",
            "X-Hub-Signature-256": f"sha256={digest}",
            "Content-Type": "application/json",
        }
        async with http.post(f"{url}/webhooks/github", data=body, headers=headers) as answer:
            if answer.status != STORED:
                raise AssertionError(f"{answer.status} {await answer.text()}")

    async def _in_slack(self, step: str, user: str, url: str, review: Review | None) -> None:
        people = self._slack.people
        card = review.card if review is not None else None
        if step in {"approve", "decline", "ask for changes"} and card is None:
            raise Impossible("its card is not there yet")
        match step:
            case "home":
                await people.open_home(user)
            case "mine":
                await people.slash(user, "#reviews", "/review", "mine")
            case "why":
                await people.slash(user, "#reviews", "/review", f"why {url}")
            case "snooze":
                await people.slash(user, "#reviews", "/review", f"snooze {url} 2h")
            case "approve" if card is not None:
                await people.click(user, card.channel, card.ts, APPROVE)
            case "decline" if card is not None:
                await self._fills(user, (card.channel, card.ts, DECLINE), reason="busy")
            case _ if card is not None:
                words = {"comment": "Name it better"}
                await self._fills(user, (card.channel, card.ts, REQUEST_CHANGES), **words)

    async def _fills(self, user: str, click: tuple[str, str, str], **filled: str) -> None:
        """Click, wait for the form, fill it in and send it; one at a time for each person."""
        async with self._at_a_form[user]:
            await self._slack.people.click(user, *click)
            await self._slack.until(lambda: self._slack.workspace.view_of(user), seconds=30)
            await self._slack.people.submit_view(user, filled)


def _on_the_forge(step: str, who: str, life: Life) -> tuple[str, Told] | None:
    """The action that is delivered, and how the merge request is from then on.

    None for what is done in Slack.
    """
    told, action = life.told, "synchronize"
    match step:
        case "open":
            action = "opened"
        case "push":
            life.pushes += 1
            told = replace(told, head=f"{told.number:036x}{life.pushes:04x}")
        case "comment":
            told = replace(told, said=(*told.said, (who, ReviewState.COMMENTED, told.head)))
        case "approve on the forge":
            told = replace(told, said=(*told.said, (who, ReviewState.APPROVED, told.head)))
        case "merge":
            action, told = "closed", replace(told, state=State.MERGED)
        case "close":
            action, told = "closed", replace(told, state=State.CLOSED)
        case _:
            return None
    return action, told
