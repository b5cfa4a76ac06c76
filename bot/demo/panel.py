"""The panel beside the playground's page: merge requests with their gates, and the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.stage import Stage
from bot.errors import Refused
from bot.playground.page import PanelButton, PanelItem, PanelState
from routing.forge_words import short_name, words_of
from routing.model import MergeRequest, State

WAITS = {"hour": "Let an hour pass", "hours": "Let 4 hours pass", "morning": "Until 9:00 UTC"}
MORNING = 9


@dataclass(frozen=True, slots=True)
class Deed:
    """Something outside Slack that can be done; `once` means that it is not offered again."""

    label: str
    do: Callable[[], Awaitable[str]]
    once: bool = False


Push = Callable[[MergeRequest], Awaitable[str]]


class DemoPanel:
    """Does the setting's deeds, pushes (where it knows how) and merges, and lets time pass."""

    def __init__(self, stage: Stage, deeds: Mapping[str, Deed], push: Push | None = None) -> None:
        self._stage = stage
        self._deeds = dict(deeds)
        self._push = push

    def state(self) -> PanelState:
        """The merge requests with their gates."""
        now, words = self._stage.clock.now(), words_of(self._stage.forge.name)
        deeds: list[PanelButton] = [
            {"name": name, "label": deed.label} for name, deed in self._deeds.items()
        ]
        waits: list[PanelButton] = [
            {"name": "wait", "label": label, "fields": {"span": span}}
            for span, label in WAITS.items()
        ]
        return {
            "title": f"{words.request.capitalize()}s · it is {now:%A %H:%M} UTC",
            "links": [
                {"label": name.capitalize(), "url": f"{self._stage.pages}/{name}"}
                for name in ("ledger", "insights")
            ],
            "items": [self._item(one) for one in reversed(self._stage.forge.requests())],
            "buttons": [*deeds, *waits],
        }

    async def act(self, name: str, fields: dict[str, str]) -> str:
        """Do what a button says."""
        try:
            said = await self._act(name, fields)
        except Refused as exc:
            said = f"{exc}."
        self._stage.slack.touch()
        return said

    async def _act(self, name: str, fields: dict[str, str]) -> str:
        if name in self._deeds:
            deed = self._deeds[name]
            if deed.once:
                del self._deeds[name]
            return await deed.do()
        if name == "wait" and fields.get("span") in WAITS:
            await self._stage.pass_time(self._span(fields["span"]))
            return f"It is {self._stage.clock.now():%A %H:%M} UTC."
        if name == "push" and self._push is not None:
            return await self._push(self._request(fields))
        if name == "merge":
            request = self._request(fields)
            await self._stage.ends(request.ref, State.MERGED)
            return f"{short_name(request.ref)} is merged."
        return f"There is no “{name}” here."

    def _span(self, span: str) -> timedelta:
        if span == "morning":
            return _until_morning(self._stage.clock.now())
        return timedelta(hours=1 if span == "hour" else 4)

    def _item(self, request: MergeRequest) -> PanelItem:
        gate = self._stage.forge.gate(request.ref)
        fields = {"number": str(request.ref.number)}
        buttons: list[PanelButton] = [{"name": "merge", "label": "Merge", "fields": fields}]
        if self._push is not None:
            buttons.insert(0, {"name": "push", "label": "Push", "fields": fields})
        item: PanelItem = {
            "title": f"{short_name(request.ref)} {request.title}",
            "state": gate.value if gate else "pending",
            "detail": request.state.value,
            "lines": [self._stage.forge.gate_description(request.ref)],
            "buttons": buttons if request.state is State.OPEN else [],
        }
        address = self._stage.forge.gate_url(request.ref)
        return item | {"url": address} if address else item

    def _request(self, fields: dict[str, str]) -> MergeRequest:
        wanted = fields.get("number", "")
        for request in self._stage.forge.requests():
            if str(request.ref.number) == wanted:
                return request
        words = words_of(self._stage.forge.name)
        raise Refused(f"there is no {words.request} {words.sign}{wanted}")


def _until_morning(now: datetime) -> timedelta:
    nine = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return (nine if nine > now else nine + timedelta(days=1)) - now
