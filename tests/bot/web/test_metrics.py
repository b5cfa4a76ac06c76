"""`/metrics`: the numbers, and who may read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.web.metrics import Measured, Metrics, Worked, render_metrics
from bot.web.server import Handler, web_application
from routing.effects import GateState, ShowCard
from routing.events import MergeRequestTouched
from storage.database import Storage
from storage.depths import Depths
from tests.bot.builders import a_gate, a_review
from tests.builders import NOW, REF


def measured(depths: Depths | None = None) -> Measured:
    workers = {"inbox": Worked(7, 1.5), "outbox": Worked(9, 2.0)}
    return Measured(NOW, depths, workers, {"github": (4_990, 5_000)}, socket=False, problems=1)


def numbers(one: Measured) -> dict[tuple[str, ...], float]:
    """Every number by its name and labels, as Prometheus' own parser reads them."""
    text = render_metrics(one).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_queues_gates_and_the_ledger_are_counted(storage: Storage) -> None:
    def fill(rooms: Any) -> Depths:
        past = NOW - timedelta(seconds=90)
        rooms.inbox.put("a", MergeRequestTouched(REF), past)
        rooms.inbox.put_dead("b", "{", "no JSON", past)
        rooms.outbox.put([ShowCard(REF)], NOW)
        rooms.reviews.save(a_review(gate=a_gate(GateState.SUCCESS)), NOW)
        depths: Depths = rooms.gauge.read()
        return depths

    found = numbers(measured(storage.run_blocking(fill)))
    assert found["countersign_waiting", "inbox"] == 1
    assert found["countersign_oldest_seconds", "inbox"] == 90
    assert found["countersign_dead_letters", "inbox"] == 1
    assert found["countersign_waiting", "outbox"] == 1
    assert found["countersign_gates", "success"] == 1
    assert found["countersign_gates", "failure"] == 0


def test_work_quota_socket_and_problems_are_told_even_without_a_database() -> None:
    found = numbers(measured())
    assert found["countersign_worked_total", "inbox"] == 7
    assert found["countersign_api_calls_left", "github"] == 4_990
    assert found["countersign_slack_socket_up",] == 0
    assert found["countersign_problems",] == 1


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        (None, {}, 200),
        (None, {"X-Forwarded-For": "198.51.100.7"}, 403),
        ("a token", {}, 403),
        ("a token", {"Authorization": "Bearer a token"}, 200),
        ("a token", {"Authorization": "Bearer another"}, 403),
        ("a token", {"Authorization": "a token"}, 403),
    ],
)
async def test_only_this_machine_or_the_token_may_read_them(
    token: str | None, headers: dict[str, str], status: int
) -> None:
    async def measure() -> Measured:
        return measured()

    pages: dict[str, Handler] = {"/metrics": Metrics(measure, token).page}
    async with TestClient(TestServer(web_application({}, pages))) as http:
        answer = await http.get("/metrics", headers=headers)
    assert answer.status == status
