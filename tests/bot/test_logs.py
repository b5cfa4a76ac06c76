"""Logs: canaries in every place a secret could slip through, and none of them sings."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import pytest
import structlog

from bot.logs import HIDDEN, hide_secrets, set_up_logs
from bot.settings import read_settings

CANARIES = {
    "SLACK_BOT_TOKEN": "xoxb-canary-1111111111",
    "SLACK_SIGNING_SECRET": "canary of the signing secret",
    "SLACK_APP_TOKEN": "xapp-canary-2222222222",
    "GITHUB_TOKEN": "canary/of+the=token",
    "GITHUB_APP_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----",
    "GITHUB_WEBHOOK_SECRET": "canary one,canary two",
    "COUNTERSIGN_METRICS_TOKEN": "canary of the metrics",
}
SINGING = [one for value in CANARIES.values() for one in value.split(",")]


@pytest.fixture
def as_run_does() -> Iterator[Callable[[], None]]:
    """Sets up logs as `run` does; to be called once standard error is being caught."""
    yield lambda: set_up_logs(secrets=read_settings(CANARIES).secrets())
    logging.basicConfig(handlers=[], force=True)


def stumble(over: str) -> None:
    raise RuntimeError(over)


def places(canary: str) -> list[dict[str, object]]:
    """A canary wherever code could put it."""
    return [
        {"problem": f"GET https://x:{canary}@forge.example failed"},
        {"headers": {"Authorization": f"Bearer {canary}", "X": [canary, {"deep": canary}]}},
        {"raw": canary.encode()},
        {"error": ValueError(canary)},
        {canary[:5] + "token": canary},
        {"url": f"https://forge.example/?key={quote(canary, safe='')}&also={quote_plus(canary)}"},
        {"payload": json.dumps({"value": canary})},
        {"said": f"no such value: {canary!r}"},
    ]


@pytest.mark.parametrize("canary", SINGING)
def test_no_secret_of_ours_is_logged_wherever_it_stands(
    canary: str, capsys: pytest.CaptureFixture[str], as_run_does: Callable[[], None]
) -> None:
    as_run_does()
    log = structlog.get_logger()
    for place in places(canary):
        log.warning("happened", **place)
    log.warning(canary)
    try:
        stumble(canary)
    except RuntimeError:
        log.exception("failed")
    logging.getLogger("a.library").error("it said %s", canary)
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 11
    for form in (canary, quote(canary), quote(canary, safe=""), quote_plus(canary), repr(canary)):
        assert form not in said
    assert json.dumps(canary)[1:-1] not in said


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123456789012-abcdef",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "github_pat_11ABCDEFG0abcdefghij_klmnop",
        "glpat-abcdefghij0123456789",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
    ],
)
def test_what_looks_like_a_secret_is_hidden_though_nobody_told_of_it(secret: str) -> None:
    assert hide_secrets()(None, "", {"said": f"it was {secret}."}) == {"said": f"it was {HIDDEN}."}


@pytest.mark.parametrize("sly", ["a\nb", "a\r\nlevel=error", "a\x1b[2Jb", "a\u2028b"])
def test_one_event_is_one_line_whatever_is_in_it(
    sly: str, capsys: pytest.CaptureFixture[str], as_run_does: Callable[[], None]
) -> None:
    as_run_does()
    structlog.get_logger().warning("happened", said=sly)
    logging.getLogger("a.library").error("it said %s", sly)
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["level"] for line in lines] == ["warning", "error"]
    assert "\x1b" not in "".join(lines)


def test_what_is_no_secret_stays_as_it_is(
    capsys: pytest.CaptureFixture[str], as_run_does: Callable[[], None]
) -> None:
    as_run_does()
    structlog.get_logger().info("serving", host="127.0.0.1", port=8080, ready=True)
    said = json.loads(capsys.readouterr().err)
    assert (said["event"], said["host"], said["port"]) == ("serving", "127.0.0.1", 8080)
