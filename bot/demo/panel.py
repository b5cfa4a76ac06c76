"""The panel beside the playground's page: the merge requests of the story, and the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.demo.repository import NAMES, PAYMENTS, WEB, Commit
from bot.demo.stage import Stage
from bot.demo.story import AI_COMMIT, BACKOFF, IDEMPOTENT
from bot.errors import Refused
from bot.playground.page import PanelButton, PanelItem, PanelState
from routing.forge_words import short_name, words_of
from routing.model import MergeRequest, Ref, State

HOURS = 4

Act = Callable[[dict[str, str]], Awaitable[str]]


class DemoPanel:
    """Opens, pushes and merges changes, and lets time pass."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._acts: dict[str, Act] = {
            "open_ai": self._open_ai,
            "open_small": self._open_small,
            "push": self._push,
            "merge": self._merge,
            "wait": self._wait,
        }

    def state(self) -> PanelState:
        """The merge requests with their gates."""
        now, words = self._stage.clock.now(), words_of(self._stage.forge.name)
        return {
            "title": f"{words.request.capitalize()}s · it is {now:%A %H:%M} UTC",
            "items": [self._item(one) for one in self._stage.forge.requests()],
            "buttons": [
                {"name": "open_ai", "label": "Ana: AI-assisted payments change"},
                {"name": "open_small", "label": "Kim: small web change"},
                {"name": "wait", "label": f"Let {HOURS} hours pass"},
            ],
        }

    async def act(self, name: str, fields: dict[str, str]) -> str:
        """Do what a button says."""
        act = self._acts.get(name)
        if act is None:
            return f"There is no “{name}” here."
        try:
            said = await act(fields)
        except Refused as exc:
            said = f"{exc}."
        self._stage.slack.touch()
        return said

    def _item(self, request: MergeRequest) -> PanelItem:
        gate = self._stage.forge.gate(request.ref)
        number = str(request.ref.number)
        buttons: list[PanelButton] = [
            {"name": "push", "label": "Push", "fields": {"number": number}},
            {"name": "merge", "label": "Merge", "fields": {"number": number}},
        ]
        item: PanelItem = {
            "title": f"{short_name(request.ref)} {request.title}",
            "state": gate.value if gate else "pending",
            "detail": request.state.value,
            "lines": [self._stage.forge.gate_description(request.ref)],
            "buttons": buttons if request.state is State.OPEN else [],
        }
        address = self._stage.forge.gate_url(request.ref)
        return item | {"url": address} if address else item

    async def _open_ai(self, _fields: dict[str, str]) -> str:
        number = len(self._stage.forge.requests()) + 1
        commit = Commit(
            "ana",
            self._stage.clock.now(),
            AI_COMMIT,
            {f"{PAYMENTS}/retry_{number}.py": BACKOFF},
        )
        title = "Retry refunds when the bank times out"
        ref = await self._stage.opens("ana", f"retry-{number}", commit, title)
        return f"{NAMES['ana']} opened {short_name(ref)}."

    async def _open_small(self, _fields: dict[str, str]) -> str:
        number = len(self._stage.forge.requests()) + 1
        path = f"{WEB}/banner_{number}.ts"
        commit = Commit("kim", self._stage.clock.now(), "Show the banner", {path: "show()\n"})
        ref = await self._stage.opens("kim", f"banner-{number}", commit, "Show the banner")
        return f"{NAMES['kim']} opened {short_name(ref)}."

    async def _push(self, fields: dict[str, str]) -> str:
        request = self._request(fields)
        now = self._stage.clock.now()
        path = f"{PAYMENTS}/retry_{request.ref.number}.py"
        text = f"{IDEMPOTENT}\n# {now:%H:%M:%S}\n"
        await self._stage.pushes(request.ref, Commit("ana", now, "One more fix", {path: text}))
        return f"{NAMES['ana']} pushed to {short_name(request.ref)}."

    async def _merge(self, fields: dict[str, str]) -> str:
        request = self._request(fields)
        await self._stage.ends(request.ref, State.MERGED)
        return f"{short_name(request.ref)} is merged."

    async def _wait(self, _fields: dict[str, str]) -> str:
        await self._stage.pass_time(timedelta(hours=HOURS))
        return f"{HOURS} hours have passed."

    def _request(self, fields: dict[str, str]) -> MergeRequest:
        wanted = fields.get("number", "")
        for request in self._stage.forge.requests():
            ref: Ref = request.ref
            if str(ref.number) == wanted:
                return request
        raise Refused(f"there is no merge request {wanted}")
