"""What the bot bears: `python -m bench.load`; all of it with `--seconds 60 --rows 1000000`.

Webhooks go over real HTTP from one process to another, each signed, 20 KB, and answered only when
it is on the disk: as many as are answered, the same with a commit for each, and 800 a second come
what may, with 500 at once on top half-way. Decisions and the way from a click
to the gate have a forge that answers at once: what is measured is ours alone.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import storage.database
from bot.clock import SystemClock
from bot.dispatcher import Dispatcher
from bot.engine import Engine
from bot.facts import Gatherer
from bot.forges.github.webhooks import GitHubHook
from bot.proof.keys import SigningKey
from bot.proof.notary import Notary
from bot.web.server import web_application
from bot.web.webhooks import ForgeWebhook
from bot.worker import Nudge, Worker
from routing.events import ApprovalGiven, MergeRequestTouched
from routing.model import Ref
from routing.trail import Entry
from storage.database import Rooms, Storage
from storage.inbox import Arrival
from storage.outbox import Task
from tests.bot.fakes import ListeningMessenger, MemoryForge, OpenDirectory, files_in
from tests.builders import HEAD, NOW, a_change, a_click

SECRET = "a webhook secret"  # noqa: S105 - it opens nothing
BODY = 20 * 1024
CONNECTIONS = 48
RATE = 800
BURST = 500
REQUESTS = 200


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--together", type=int, default=storage.database.TOGETHER)
    chosen = parser.parse_args()
    if chosen.serve is not None:
        storage.database.TOGETHER = chosen.together
        asyncio.run(_serve(chosen.serve))
        return
    for together in (storage.database.TOGETHER, 1):
        _webhooks(chosen.seconds, together)
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(_decisions(Path(name)))
    with tempfile.TemporaryDirectory() as name:
        _start(Path(name), chosen.rows)


# Webhooks


@dataclass
class Sent:
    """What one run of deliveries came to; times in seconds."""

    times: list[float] = field(default_factory=list)
    refused: int = 0


def _webhooks(seconds: float, together: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        words = [sys.executable, "-m", "bench.load", "--serve", name, "--together", str(together)]
        server = subprocess.Popen(words, stdout=subprocess.PIPE)  # noqa: S603 - our own words
        try:
            if server.stdout is None:
                raise AssertionError
            port = int(server.stdout.readline())
            asyncio.run(_deliver(port, 1.0))
            before, began = _used(server.pid), time.monotonic()
            sent = asyncio.run(_deliver(port, seconds))
            spent, after = time.monotonic() - began, _used(server.pid)
            if together > 1:
                for rate, burst in ((RATE, 0), (RATE, BURST)):
                    _say_paced(rate, burst, asyncio.run(_arrive(port, seconds, rate, burst)))
        finally:
            server.terminate()
            server.wait()
        kept = Storage(Path(name) / "countersign.db")
        rows = kept.run_blocking(lambda rooms: rooms.inbox.waiting())
        kept.close()
    count = len(sent.times)
    tail = statistics.quantiles(sent.times, n=100)
    click.echo(
        f"webhooks, {'group commit' if together > 1 else 'a commit for each'}: "
        f"{count / spent:,.0f}/s for {spent:.0f} s, p50 {tail[49] * 1000:.0f} ms, "
        f"p99 {tail[98] * 1000:.0f} ms, {sent.refused} refused, {rows:,} rows kept; "
        f"server CPU {(after[0] - before[0]) / count * 1e6:,.0f} us each, "
        f"memory {before[1]:.0f} to {after[1]:.0f} MB"
    )


async def _serve(folder: Path) -> None:
    kept = Storage(folder / "countersign.db")
    hook = ForgeWebhook(GitHubHook("github", (SECRET,)), kept, SystemClock(), lambda: None)
    runner = web.AppRunner(web_application({"/webhooks/github": hook.handle}, {}), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    click.echo(runner.addresses[0][1])
    await asyncio.Event().wait()


async def _deliver(port: int, seconds: float) -> Sent:
    """As much as `CONNECTIONS` senders get answered, each waiting for its answer."""
    sent, until, requests = Sent(), time.monotonic() + seconds, _requests()

    async def sender() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            await _ask(reader, writer, next(requests), sent, time.monotonic())
        writer.close()

    await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))
    return sent


async def _arrive(port: int, seconds: float, rate: int, burst: int) -> Sent:
    """So many a second, whether the earlier ones are answered or not; half-way a burst besides.

    Each is timed from the moment at which it was due: one that waits for its turn to be sent has
    waited for its answer (no coordinated omission).
    """
    sent, requests, began = Sent(), _requests(), time.monotonic()
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def one(due: float) -> None:
        connection = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", port)
        await _ask(*connection, next(requests), sent, due)
        idle.append(connection)

    moments = [began + number / rate for number in range(round(seconds * rate))]
    moments += [began + seconds / 2] * burst
    under_way: list[asyncio.Task[None]] = []
    for due in sorted(moments):
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        under_way.append(asyncio.create_task(one(due)))
    await asyncio.gather(*under_way)
    for _, writer in idle:
        writer.close()
    return sent


def _say_paced(rate: int, burst: int, sent: Sent) -> None:
    tail = statistics.quantiles(sent.times, n=100)
    more = f" and {burst} at once on top" if burst else ""
    click.echo(
        f"webhooks, {rate}/s arriving{more}: {len(sent.times):,} answered, "
        f"p50 {tail[49] * 1000:.0f} ms, p99 {tail[98] * 1000:.0f} ms, "
        f"slowest {max(sent.times) * 1000:.0f} ms, {sent.refused} refused"
    )


async def _ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: bytes,
    sent: Sent,
    since: float,
) -> None:
    """Send one and wait for its answer."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    sent.times.append(time.monotonic() - since)
    sent.refused += b" 202 " not in head.split(b"\r\n")[0]


def _requests() -> Iterator[bytes]:
    """Deliveries of 20 KB about two hundred pull requests, each with an id of its own."""
    bodies = []
    for number in range(1, REQUESTS + 1):
        pull = {"number": number, "head": {"sha": HEAD * 4}, "base": {"ref": "main"}, "body": ""}
        payload = {"action": "synchronize", "number": number, "pull_request": pull}
        payload |= {"repository": {"full_name": "acme/shop"}}
        pull["body"] = "x" * (BODY - len(json.dumps(payload)))
        body = json.dumps(payload).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        bodies.append((body, digest))
    count, run = 0, os.urandom(6).hex()
    while True:
        body, digest = bodies[count % REQUESTS]
        count += 1
        head = (
            "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-GitHub-Event: pull_request\r\n"
            f"X-GitHub-Delivery: {run}-{count}\r\nX-Hub-Signature-256: sha256={digest}\r\n\r\n"
        )
        yield head.encode() + body


def _used(pid: int) -> tuple[float, float]:
    """Seconds of CPU and MB of memory of a process."""
    ticks = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    cpu = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    return cpu, pages * resource.getpagesize() / 1e6


# Decisions


async def _decisions(folder: Path) -> None:
    kept, clock, forge = Storage(folder / "countersign.db"), SystemClock(), MemoryForge()
    refs = [Ref("github", "acme/shop", number) for number in range(1, REQUESTS + 1)]
    for ref in refs:
        forge.shows(a_change(ref=ref, head=_head(ref)))
    gatherer = Gatherer({"github": forge}, kept, files_in(folder), OpenDirectory(), clock)
    workers: list[Worker[Arrival] | Worker[Task]] = []

    def nudge() -> None:
        for worker in workers:
            worker.nudge()

    engine = Worker[Arrival](Engine(kept, gatherer, clock, nudge), clock)
    dispatcher = Worker[Task](
        Dispatcher(kept, {"github": forge}, ListeningMessenger(), clock, nudge), clock
    )
    workers += [engine, dispatcher]
    engine.start()
    began, cpu = time.monotonic(), time.process_time()
    for round_ in range(5):

        def put(rooms: Rooms, round_: int = round_) -> None:
            for ref in refs:
                rooms.inbox.put(f"{ref} {round_}", MergeRequestTouched(ref), clock.now())

        await kept.run(put)
        engine.nudge()
        await engine.idle()
    count = REQUESTS * 5
    spent, used = time.monotonic() - began, time.process_time() - cpu
    click.echo(f"decisions: {count / spent:,.0f}/s, {used / count * 1000:.1f} ms of CPU each")
    dispatcher.start()
    dispatcher.nudge()
    await dispatcher.idle()
    times = [await _click(kept, forge, refs[index], nudge) for index in range(REQUESTS)]
    p50, p95 = statistics.median(times) * 1000, statistics.quantiles(times, n=20)[18] * 1000
    click.echo(f"click to gate: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    await engine.stop(1)
    await dispatcher.stop(1)
    kept.close()


def _head(ref: Ref) -> str:
    return f"{ref.number:010d}"


async def _click(kept: Storage, forge: MemoryForge, ref: Ref, nudge: Nudge) -> float:
    began, event = time.monotonic(), ApprovalGiven(ref, a_click("dana", head=_head(ref)))
    await kept.run(lambda rooms: rooms.inbox.put(f"click {ref}", event, NOW))
    nudge()
    while not (forge.gates and forge.gates[-1].ref == ref and forge.gates[-1].state == "success"):
        await asyncio.sleep(0.001)
        if time.monotonic() - began > 30:  # noqa: PLR2004 - something is wrong
            raise TimeoutError(str(ref))
    return time.monotonic() - began


# Start


def _start(folder: Path, rows: int) -> None:
    path = folder / "countersign.db"
    kept = Storage(path)
    batch = [Entry("gate", {"head_sha": HEAD, "state": "success"}) for _ in range(5_000)]
    for _ in range(rows // len(batch)):
        kept.run_blocking(lambda rooms: rooms.ledger.append(Ref("github", "a/b", 1), batch, NOW))
    kept.close()
    began = time.monotonic()
    kept = Storage(path)
    signing = SigningKey(Ed25519PrivateKey.generate())
    notary = Notary(kept, folder / "checkpoints", signing, SystemClock())
    asyncio.run(_begin(notary))
    spent = time.monotonic() - began
    click.echo(f"start: {spent:.2f} s with {rows:,} ledger rows, its end checked")
    kept.close()


async def _begin(notary: Notary) -> None:
    await notary.start()
    await notary.stop()


if __name__ == "__main__":
    main()
