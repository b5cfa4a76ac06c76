"""What people do while the bot is being tortured: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from routing.events import ApprovalGiven, Event, MergeRequestTouched
from routing.model import Ref
from tests.builders import a_click

REQUESTS = 4
QUALIFIED = ("dana", "omar")
POLICY = """\
version: 1
rules:
  - name: everything
    require: {approvals: 2, from: {min_tenure: 5y}}
review: {channel: "#reviews", ask: 2}
"""
PEOPLE = """\
people:
  - {id: ana, name: Ana, slack: U0ANA, github: ana, emails: [ana@example.com], started: 2024-02-01}
  - {id: dana, name: Dana, slack: U0DANA, github: dana, started: 2017-03-01}
  - {id: omar, name: Omar, slack: U0OMAR, github: omar, started: 2016-03-01}
  - {id: kim, name: Kim, slack: U0KIM, github: kim, started: 2025-03-01}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does: push, click or merge; `push` counts the request's heads."""

    kind: str
    request: int
    push: int
    who: str = ""


def write_script(seed: int, length: int = 40) -> tuple[Step, ...]:
    """So many steps; the first to touch a request opens it."""
    chance = random.Random(seed)  # noqa: S311 - the same every time
    pushes: dict[int, int] = {}
    merged: set[int] = set()
    steps: list[Step] = []
    while len(steps) < length:
        request = chance.randint(1, REQUESTS)
        if request in merged:
            request = min(set(range(1, REQUESTS + 1)) - merged, default=0)
            if not request:
                break
        kind = chance.choices(["click", "push", "merge"], [7, 2, 0.3])[0]
        if request not in pushes or kind == "push":
            pushes[request] = pushes.get(request, 0) + 1
            steps.append(Step("push", request, pushes[request]))
        elif kind == "click":
            who = chance.choice(["dana", "omar", "kim", "ana"])
            steps.append(Step("click", request, pushes[request], who))
        else:
            merged.add(request)
            steps.append(Step("merge", request, pushes[request]))
    return tuple(steps)


def ref_of(request: int) -> Ref:
    """A merge request's address."""
    return Ref("github", "acme/shop", request)


def head_of(step: Step) -> str:
    """The head that the request has at this step."""
    return f"{step.request:05d}{step.push:05d}"


def event_of(step: Step) -> Event:
    """What the bot is told of it."""
    ref = ref_of(step.request)
    if step.kind == "click":
        return ApprovalGiven(ref, a_click(step.who, head=head_of(step)))
    return MergeRequestTouched(ref, head_of(step), "main")


def gates_wanted(script: Sequence[Step]) -> dict[int, bool]:
    """The oracle, which knows nothing of the bot: which open request must pass in the end."""
    heads = {step.request: step.push for step in script if step.kind == "push"}
    merged = {step.request for step in script if step.kind == "merge"}
    signed = {
        request: {
            step.who
            for step in script
            if (step.kind, step.request, step.push) == ("click", request, push)
        }
        for request, push in heads.items()
    }
    return {
        request: set(QUALIFIED) <= signers
        for request, signers in signed.items()
        if request not in merged
    }
