"""Garbage at every door: nothing crashes, nothing is slow, nothing is kept for ever."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import resource
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from aiohttp import web

from bot.clock import SystemClock
from bot.forges.github.webhooks import GitHubHook
from bot.forges.gitlab.webhooks import GitLabHook
from bot.slack.commands import parse_command
from bot.slack.gateway import is_signed
from bot.web.webhooks import ForgeWebhook
from routing.files.people_file import parse_people
from routing.files.policy_file import parse_policy
from routing.files.problems import InvalidFile
from routing.owners.codeowners import Dialect, parse_codeowners
from routing.provenance import assess_record
from storage.database import Storage
from torture.killing import Tally
from torture.slack_door import SEEDS, slack_door

ROOT = Path(__file__).parents[1]
SLOW = 0.05
TRIES = 3
"""A slow one is tried again: on a shared machine the first may have waited for its turn."""
GROWTH_MB = 50
SECRET = "a webhook secret"  # noqa: S105 - it opens nothing

Act = Callable[[bytes], Awaitable[None]]

HOSTILE = (
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"NaN", b"1e999", b"-0", b"{", b"]"),
    *(b"9" * 400, b"[" * 400, b"{" * 200, b"&a *a ", b"!!python/object", b"<<: ", b"\r\n", b"\t"),
    *("\u202e".encode(), "\u2028".encode(), b"../" * 20, b"<!channel>", b"' OR 1=1 --", b"(a+)+$"),
    *(b"Co-Authored-By: " * 20, b"@" * 100, b"null", b"true", b'""', b": ", b"- ", b"#", b"*/**/"),
    b"a" * 3000,
)


@dataclass(frozen=True, slots=True)
class Door:
    """Where garbage is thrown at: real inputs to begin from, and what is done with one.

    `share` is how much of it: what goes through a whole framework takes its time.
    """

    name: str
    seeds: Sequence[bytes]
    act: Act
    share: float = 1.0


def throw(each: int, seed: int) -> dict[str, Tally]:
    """So many inputs at each door."""
    with TemporaryDirectory() as name:
        return asyncio.run(_throw(Path(name), each, seed))


async def _throw(folder: Path, each: int, seed: int) -> dict[str, Tally]:
    storage = Storage(folder / "countersign.db")
    try:
        return {door.name: await _at(door, each, seed) for door in doors(storage, folder)}
    finally:
        storage.close()


async def _at(door: Door, each: int, seed: int) -> Tally:
    tally, chance = Tally(), random.Random(f"{door.name} {seed}")  # noqa: S311 - seeded
    before = _memory()
    count = max(1, round(each * door.share))
    for _ in range(count):
        thrown = mutated(door.seeds, chance)
        try:
            took = await _timed(door, thrown)
        except Exception as exc:  # noqa: BLE001 - this is what is looked for
            tally.faults.append(f"{type(exc).__name__}: {exc!s:.80} from {thrown[:60]!r}")
            continue
        tally.slowest_start = max(tally.slowest_start, took)
        if took > SLOW:
            tally.faults.append(f"{took * 1000:.0f} ms for {thrown[:60]!r}")
    tally.tried["inputs"] = count
    grown = _memory() - before
    if grown > GROWTH_MB:
        tally.faults.append(f"memory grew by {grown:.0f} MB")
    return tally


async def _timed(door: Door, thrown: bytes) -> float:
    """Seconds of this process' own time that an input takes; of a slow one the best of three."""
    took = float("inf")
    for _ in range(TRIES):
        began = time.thread_time()
        await door.act(thrown)
        took = min(took, time.thread_time() - began)
        if took <= SLOW:
            break
    return took


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """A real input after up to six mishaps."""
    text = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(text))
        match chance.randrange(5):
            case 0:
                text[at:at] = chance.choice(HOSTILE)
            case 1:
                del text[at : at + chance.randint(1, 40)]
            case 2:
                other = chance.choice(seeds)
                start = chance.randint(0, len(other))
                text[at:at] = other[start : start + chance.randint(1, 200)]
            case 3:
                text[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                text[at : at + len(text) // 4] = text[: len(text) // 4]
    return bytes(text[:30_000])


def doors(storage: Storage, folder: Path) -> Iterator[Door]:
    """Every way in."""
    payload = json.dumps(
        {
            "action": "synchronize",
            "number": 7,
            "pull_request": {"number": 7, "head": {"sha": "a" * 40}, "base": {"ref": "main"}},
            "repository": {"full_name": "acme/shop", "owner": {"login": "acme"}},
            "sender": {"login": "ana", "id": 3},
        }
    ).encode()
    hook = ForgeWebhook(GitHubHook("github", (SECRET,)), storage, SystemClock(), lambda: None)

    async def webhook(body: bytes) -> None:
        answer = await hook.handle(cast("web.Request", _Request(body)))
        if answer.status >= 500:
            raise AssertionError(f"answered {answer.status}")

    yield Door("GitHub webhooks, signed", [payload], webhook)
    merge_request = json.dumps(
        {
            "object_kind": "merge_request",
            "project": {"id": 3, "path_with_namespace": "acme/shop"},
            "object_attributes": {
                "iid": 7,
                "action": "update",
                "target_branch": "main",
                "last_commit": {"id": "a" * 40},
            },
        }
    ).encode()
    tanuki = ForgeWebhook(
        GitLabHook("gitlab", (SECRET,), ("acme/shop",)), storage, SystemClock(), lambda: None
    )

    async def gitlab(body: bytes) -> None:
        sent = {"X-Gitlab-Token": SECRET, "X-Gitlab-Event": "Merge Request Hook"}
        answer = await tanuki.handle(cast("web.Request", _Request(body, sent)))
        if answer.status >= 400:  # four errors in a row, and GitLab switches the hook off
            raise AssertionError(f"answered {answer.status}")

    yield Door("GitLab webhooks, genuine", [merge_request], gitlab)
    yield Door("Slack requests, signed", SEEDS, slack_door(storage, folder), 0.1)

    async def headers(text: bytes) -> None:
        given = text.decode("latin-1")
        sent = {"X-Hub-Signature-256": given, "X-GitHub-Event": given, "X-GitHub-Delivery": given}
        answer = await hook.handle(cast("web.Request", _Request(payload, sent)))
        if answer.status != 401:
            raise AssertionError(f"answered {answer.status}")

    yield Door("GitHub webhooks, headers", [b"sha256=" + b"a" * 64, b"sha1=aa"], headers)

    async def slack(text: bytes) -> None:
        given = text.decode("latin-1")
        sent = {"X-Slack-Request-Timestamp": given, "X-Slack-Signature": given}
        if is_signed(sent, text, SECRET, time.time()):
            raise AssertionError("taken for signed")

    yield Door("Slack requests, headers", [b"v0=" + b"a" * 64, b"1763805000"], slack)
    yield Door(
        "/review", [b"mine", b"why https://x.example/1", b"status all"], _text(parse_command)
    )
    policies = [path.read_bytes() for path in sorted((ROOT / "examples").glob("*.yml"))]
    yield Door("policy files", policies, _file(lambda text: parse_policy(text, "policy.yml")))
    people = [(ROOT / "examples" / "people.yml").read_bytes()]
    yield Door("people files", people, _file(lambda text: parse_people(text, "people.yml")))
    owners = [
        b"* @all\n/docs/ @dora dora@example.com\n^[Data][2] @dana\n*.sql @@maintainer\n!/x/*\n"
    ]
    for dialect in Dialect:
        yield Door(
            f"CODEOWNERS of {dialect.value}",
            owners,
            _text(lambda text, dialect=dialect: parse_codeowners(text, dialect)),  # type: ignore[misc]  # mypy knows no defaults of lambdas
        )
    messages = [
        b"Retry\n\nCo-Authored-By: Claude <noreply@anthropic.com>\nSigned-off-by: A <a@b.c>\n",
        b"Merge branch x\n\n* one\n* two\n\nAssisted-by: House tool\n---\n",
    ]
    yield Door("commit messages", messages, _text(lambda text: assess_record({"message": text})))


class _Request:
    """As much of a request as the webhook looks at."""

    def __init__(self, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self._body = body
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        self.headers = headers or {
            "X-Hub-Signature-256": f"sha256={digest}",
            "X-GitHub-Event": "pull_request",
            "X-GitHub-Delivery": digest[:36],
        }

    async def read(self) -> bytes:
        """The body."""
        return self._body


def _text(read: Callable[[str], object]) -> Act:
    async def act(thrown: bytes) -> None:
        read(thrown.decode("utf-8", "replace"))

    return act


def _file(read: Callable[[str], object]) -> Act:
    async def act(thrown: bytes) -> None:
        with suppress(InvalidFile):
            read(thrown.decode("utf-8", "replace"))

    return act


def _memory() -> float:
    """The most memory that this process has held so far, in MB."""
    usage: Any = resource.getrusage(resource.RUSAGE_SELF)
    return float(usage.ru_maxrss) / 1024
