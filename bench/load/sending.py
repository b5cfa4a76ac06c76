"""Sends deliveries over HTTP: as many as are answered, or so many a second come what may."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.load.deliveries import Deliveries, Delivery

CONNECTIONS = 48
STORED = 202

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Sent:
    """What a run of deliveries came to; times in seconds.

    `answered` holds the ids that were answered 202, `refused` counts other answers by status.
    """

    times: list[float] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    refused: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0

    def add(self, other: Sent) -> None:
        """Take in what another run came to."""
        self.times += other.times
        self.answered |= other.answered
        self.refused += other.refused
        self.unanswered += other.unanswered


async def deliver(port: int, seconds: float, deliveries: Deliveries) -> Sent:
    """As much as `CONNECTIONS` senders get answered, each waiting for its answer.

    Whoever is hung up on goes home; what had no answer is given back.
    """
    sent, until = Sent(), time.monotonic() + seconds

    async def sender() -> None:
        connection = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            delivery = deliveries.next()
            try:
                await _ask(connection, delivery, sent, time.monotonic())
            except (asyncio.IncompleteReadError, ConnectionError):
                sent.unanswered += 1
                deliveries.back.append(delivery)
                break
        connection[1].close()

    await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))
    return sent


async def arrive(port: int, seconds: float, rate: int, burst: int, deliveries: Deliveries) -> Sent:
    """So many a second, whether the earlier ones are answered or not; half-way a burst besides.

    Each is timed from the moment at which it was due: one that waits for its turn to be sent has
    waited for its answer (no coordinated omission).
    """
    sent, began = Sent(), time.monotonic()
    idle: list[Connection] = []

    async def one(due: float) -> None:
        connection = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", port)
        await _ask(connection, deliveries.next(), sent, due)
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


async def _ask(connection: Connection, delivery: Delivery, sent: Sent, since: float) -> None:
    """Send one and wait for its answer."""
    reader, writer = connection
    writer.write(delivery.raw)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    sent.times.append(time.monotonic() - since)
    status = int(head.split(b" ", 2)[1])
    if status == STORED:
        sent.answered.add(delivery.id)
    else:
        sent.refused[status] += 1
