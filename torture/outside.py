"""The world outside the bot, which outlives it: a forge, a Slack and people, in a file of lines.

A line is written whole or not at all, and stays when the process that wrote it is killed, as what
was said to GitHub or Slack stays said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from routing.effects import GateState, SetGate
from routing.model import State
from tests.bot.fakes import MemoryForge
from tests.builders import a_change
from torture.script import QUALIFIED, Step, head_of, ref_of

Line = dict[str, Any]
Boundary = Callable[[str], None]


class Outside:
    """What has happened so far. `at` is called at every named boundary, and may not return."""

    def __init__(self, path: Path, at: Boundary) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        text = path.read_text("utf-8")
        self.lines: list[Line] = [json.loads(line) for line in text.splitlines()]
        self.at = at

    def happens(self, what: str, **more: object) -> Line:
        """Put a line down; it cannot be taken back."""
        line = {"what": what, **more}
        os.write(self._file, json.dumps(line).encode() + b"\n")
        self.lines.append(line)
        return line

    def all(self, what: str) -> Iterable[Line]:
        """The lines of one kind, in order."""
        return [line for line in self.lines if line["what"] == what]

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)


class LoggedForge(MemoryForge):
    """A forge whose gates and merge requests stand in the world's lines."""

    def __init__(self, outside: Outside, script: Sequence[Step]) -> None:
        super().__init__()
        self.outside = outside
        for line in outside.all("step"):
            self.took(script[line["number"]])

    def took(self, step: Step) -> None:
        """People did this; from now on the merge request looks like that."""
        state = State.MERGED if step.kind == "merge" else State.OPEN
        ref = ref_of(step.request)
        self.shows(a_change(ref=ref, head=head_of(step), state=state, title=f"Change {ref}"))

    async def set_gate(self, gate: SetGate) -> bool:
        """As GitHub's adapter does: look first, write once."""
        self.outside.at("effect begun")
        request = self.changes[gate.ref].merge_request
        fits = (request.head_sha, request.base_branch) == (gate.sha, gate.base_branch)
        if gate.state is GateState.SUCCESS and not fits:
            return False
        said = [gate.state.value, gate.description]
        same = [line for line in self.outside.all("gate") if line["sha"] == gate.sha]
        if same and same[-1]["said"] == said:
            return True
        self.outside.happens("gate", ref=str(gate.ref), sha=gate.sha, said=said)
        if gate.state is GateState.SUCCESS and len(self._signers(gate.sha)) < len(QUALIFIED):
            self.outside.happens("wrong success", ref=str(gate.ref), sha=gate.sha)
        self.outside.at("gate set, not recorded")
        return True

    def _signers(self, sha: str) -> set[str]:
        return {line["who"] for line in self.outside.all("click") if line["sha"] == sha}


class LoggedSlack:
    """The few methods of Slack's client that the messenger calls."""

    token = "xoxb-nobody"  # noqa: S105 - it opens nothing

    def __init__(self, outside: Outside) -> None:
        self.outside = outside

    async def conversations_open(self, *, users: str) -> Line:
        """A direct message's id."""
        return {"channel": {"id": f"D{users}"}}

    async def chat_postMessage(  # noqa: N802 - Slack's own name
        self, *, channel: str, text: str, metadata: Line, thread_ts: str | None, **_more: object
    ) -> Line:
        """Somebody sees it from now on."""
        self.outside.at("effect begun")
        where = "C1" if channel.startswith("#") else channel
        ts = f"{len(self.outside.lines)}.000000"
        key = metadata["event_payload"]["key"]
        self.outside.happens("post", channel=where, ts=ts, text=text, key=key, thread=thread_ts)
        self.outside.at("card posted, not recorded")
        return {"channel": where, "ts": ts}

    async def chat_update(self, **_what: object) -> Line:
        """The card says something else."""
        return {"ok": True}

    async def chat_postEphemeral(self, **_what: object) -> Line:  # noqa: N802 - Slack's own name
        """One person sees it until they reload: nobody counts these."""
        return {"ok": True}

    async def conversations_list(self, **_more: object) -> Line:
        """The one channel there is."""
        return {"channels": [{"id": "C1", "name": "reviews"}]}

    async def conversations_history(self, *, channel: str, **_more: object) -> Line:
        """What stands in a channel, the latest first."""
        return self._messages(channel, None)

    async def conversations_replies(self, *, channel: str, ts: str, **_more: object) -> Line:
        """What stands in a thread."""
        return self._messages(channel, ts)

    def _messages(self, channel: str, thread: str | None) -> Line:
        found = [
            {
                "ts": line["ts"],
                "bot_id": "B1",
                "metadata": {"event_payload": {"key": line["key"]}},
            }
            for line in self.outside.all("post")
            if (line["channel"], line["thread"]) == (channel, thread)
        ]
        return {"messages": found[::-1]}
