"""SIGKILL, at random and at every named boundary, again and again in one life's work."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from routing.effects import GateState
from storage.database import Rooms, reading
from torture.life import Bomb, live
from torture.outside import Line, Outside
from torture.script import REQUESTS, Step, gates_wanted, head_of, ref_of, write_script
from torture.tally import Tally

LONGEST = 0.25
"""Seconds that a life may last at most before it is ended, where it is ended at random."""
KILLS_A_STORY = 10


def kill_at_random(kills: int, seed: int) -> Tally:
    """So many SIGKILLs, at moments nobody chose."""
    tally, chance, number = Tally(), random.Random(seed), 0  # noqa: S311 - no secret
    while tally.tried["kills"] < kills:
        number += 1
        with TemporaryDirectory() as name:
            folder, script = Path(name), write_script(seed * 1000 + number)
            for _ in range(min(KILLS_A_STORY, kills - tally.tried["kills"])):
                child = begin(folder, script, Bomb())
                time.sleep(chance.random() * LONGEST)
                os.kill(child, signal.SIGKILL)
                tally.tried["kills"] += killed(child)
            finish(folder, script, tally)
    return tally


def kill_at_boundary(boundary: str, times: int, seed: int) -> Tally:
    """At a named boundary, the first, second, third … time that it is reached."""
    tally = Tally()
    with TemporaryDirectory() as name:
        folder, script = Path(name), write_script(seed)
        for nth in range(1, times + 1):
            tally.tried[f"× {boundary}"] += killed(begin(folder, script, Bomb(boundary, nth)))
        finish(folder, script, tally)
    if not tally.tried[f"× {boundary}"]:
        tally.faults.append(f"nothing was ever killed at {boundary!r}: is it still there?")
    return tally


def begin(folder: Path, script: Sequence[Step], bomb: Bomb) -> int:
    """Begin a life in a process of its own; returns its id."""
    born = time.monotonic()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        live(folder, script, bomb, born)
        code = 0
    finally:
        os._exit(code)


def killed(child: int) -> bool:
    """Wait for a life's end; whether it was killed."""
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def finish(folder: Path, script: Sequence[Step], tally: Tally) -> None:
    """Let the bot live to the end of the script, and look at what has become of everything."""
    if killed(begin(folder, script, Bomb())):
        tally.faults.append("the last life did not end by itself")
    outside = Outside(folder / "outside.jsonl", Bomb())
    for line in outside.all("ready"):
        tally.measure("s until ready", line["seconds"])
        tally.tried["lives"] += 1
    tally.tried["events"] += len(script)
    with reading(folder / "countersign.db") as rooms:
        tally.faults += found(outside, script, rooms)
    outside.close()


def found(outside: Outside, script: Sequence[Step], rooms: Rooms) -> Iterator[str]:
    """Everything that is not as it must be."""
    if not list(outside.all("end")):
        yield "the script did not come to its end"
    yield from rooms.ledger.faults()
    if rooms.inbox.waiting() or rooms.outbox.waiting() or rooms.inbox.dead():
        yield "something was left in the queues"
    known = {
        row[0]
        for row in rooms.inbox._db.conn.execute("SELECT key FROM inbox")  # noqa: SLF001 - seen from outside
    }
    for line in outside.all("acknowledged"):
        if f"delivery {line['number']}" not in known:
            yield f"event {line['number']} was acknowledged and is lost"
    yield from (f"a success that nobody signed: {line}" for line in outside.all("wrong success"))
    yield from _doubled(outside)
    yield from _gates(outside, script)
    yield from _clicks(script, rooms)


def _doubled(outside: Outside) -> Iterator[str]:
    keys = Counter(line["key"] for line in outside.all("post"))
    yield from (f"{key} was posted {count} times" for key, count in keys.items() if count > 1)
    cards = Counter(
        found[0]
        for line in outside.all("post")
        if line["channel"] == "C1" and line["thread"] is None
        if (found := re.search(r"shop#\d+", line["text"]))
    )
    yield from (f"{count} cards for {which}" for which, count in cards.items() if count > 1)
    last: dict[str, list[str]] = {}
    for line in outside.all("gate"):
        if last.get(line["sha"]) == line["said"]:
            yield f"the gate of {line['sha']} was written twice"
        last[line["sha"]] = line["said"]


def _gates(outside: Outside, script: Sequence[Step]) -> Iterator[str]:
    says: dict[str, Line] = {line["sha"]: line for line in outside.all("gate")}
    for request, passes in gates_wanted(script).items():
        head = head_of([step for step in script if step.request == request][-1])
        state = says[head]["said"][0] if head in says else None
        if (state == GateState.SUCCESS) is not passes:
            yield f"the gate of request {request} says {state}, and passes should be {passes}"


def _clicks(script: Sequence[Step], rooms: Rooms) -> Iterator[str]:
    """Each was decided on, once: it stands on record as an approval, or as refused.

    Who clicks again on a head that they have approved leaves no further trace.
    """
    clicks = Counter(
        (step.request, step.who, head_of(step)) for step in script if step.kind == "click"
    )
    found = Counter(_recorded(rooms))
    for (request, who, head), count in clicks.items():
        click = f"the click of {who} on {head}"
        approved, refused = (found[request, who, head, kind] for kind in ("approval", "refused"))
        if approved > 1 or approved + refused > count:
            yield f"{click} is on record twice"
        elif not approved and refused < count:
            yield f"{click} was acknowledged and never decided on"


def _recorded(rooms: Rooms) -> Iterator[tuple[int, str, str, str]]:
    """What the ledger has of clicks: the request, who, on which head, and what came of it."""
    for request in range(1, REQUESTS + 1):
        for entry in rooms.ledger.entries(str(ref_of(request))):
            said = json.loads(entry.data)
            match entry.kind:
                case "approval":
                    yield request, said["person"], said["binding"]["head_sha"], entry.kind
                case "refused":
                    who = said["slack"].removeprefix("U0").lower()
                    yield request, who, said["head_sha"], entry.kind
                case _:
                    pass
