"""`/metrics`: numbers for Prometheus. They name no person, project or merge request."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from routing.effects import GateState
from storage.depths import Depths


@dataclass(frozen=True, slots=True)
class Worked:
    """What a queue's worker has done since the start: items, and seconds spent on them."""

    items: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything at one moment. `depths` is None when the database does not answer.

    `quotas` are calls left and the limit, by forge; `socket` is None without Socket Mode.
    """

    now: datetime
    depths: Depths | None
    workers: Mapping[str, Worked]
    quotas: Mapping[str, tuple[int, int]]
    socket: bool | None
    problems: int


Measure = Callable[[], Awaitable[Measured]]


class Metrics:
    """The page. Without a token only this machine may read it, and not through a proxy."""

    def __init__(self, measure: Measure, token: str | None) -> None:
        self._measure = measure
        self._token = token

    async def page(self, request: web.Request) -> web.Response:
        """The numbers, or 403."""
        if not self._may_read(request):
            return web.Response(status=403, text="from this machine, or with the metrics token")
        text = render_metrics(await self._measure())
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _may_read(self, request: web.Request) -> bool:
        if self._token is not None:
            given = request.headers.get("Authorization", "")
            right = f"Bearer {self._token}"
            return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())
        forwarded = {"Forwarded", "X-Forwarded-For"} & request.headers.keys()
        peer = request.remote
        return not forwarded and peer is not None and ip_address(peer).is_loopback


def render_metrics(measured: Measured) -> bytes:
    """The numbers as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(measured))
    return generate_latest(registry)


class _Families(Collector):
    def __init__(self, measured: Measured) -> None:
        self._measured = measured

    def collect(self) -> Iterable[Metric]:
        """Every number under its name."""
        one = self._measured
        yield GaugeMetricFamily(
            "countersign_problems", "Parts that are down; /readyz names them.", one.problems
        )
        if one.depths is not None:
            yield from _depths(one.depths, one.now)
        items = CounterMetricFamily(
            "countersign_worked",
            "Items worked off since the start: inbox (decisions), outbox (effects).",
            labels=["queue"],
        )
        seconds = CounterMetricFamily(
            "countersign_work_seconds", "Seconds spent on them.", labels=["queue"]
        )
        for queue, worked in one.workers.items():
            items.add_metric([queue], worked.items)
            seconds.add_metric([queue], worked.seconds)
        yield from (items, seconds)
        left = GaugeMetricFamily(
            "countersign_api_calls_left", "Calls that the forge still allows.", labels=["forge"]
        )
        limit = GaugeMetricFamily(
            "countersign_api_calls_limit", "Calls it allows in its window.", labels=["forge"]
        )
        for forge, (remaining, most) in one.quotas.items():
            left.add_metric([forge], remaining)
            limit.add_metric([forge], most)
        yield from (left, limit)
        if one.socket is not None:
            yield GaugeMetricFamily(
                "countersign_slack_socket_up", "Whether Slack's socket is open.", int(one.socket)
            )


def _depths(depths: Depths, now: datetime) -> Iterable[Metric]:
    waiting = GaugeMetricFamily("countersign_waiting", "Rows that wait.", labels=["queue"])
    oldest = GaugeMetricFamily(
        "countersign_oldest_seconds", "How long the oldest row has waited.", labels=["queue"]
    )
    dead = GaugeMetricFamily(
        "countersign_dead_letters", "Rows that nobody could use.", labels=["queue"]
    )
    for queue, depth in depths.queues.items():
        waiting.add_metric([queue], depth.waiting)
        age = (now - depth.oldest).total_seconds() if depth.oldest is not None else 0.0
        oldest.add_metric([queue], max(0.0, age))
        dead.add_metric([queue], depth.dead)
    gates = GaugeMetricFamily(
        "countersign_gates", "Open merge requests by what their gate says.", labels=["state"]
    )
    for state in [*GateState, "none"]:
        gates.add_metric([str(state)], depths.gates.get(str(state), 0))
    yield from (waiting, oldest, dead, gates)
    yield GaugeMetricFamily(
        "countersign_unreadable_reviews",
        "Reviews that this version cannot read; their gates are shut.",
        depths.unreadable,
    )
    yield CounterMetricFamily(
        "countersign_ledger_entries", "Entries of the ledger.", depths.ledger_entries
    )
