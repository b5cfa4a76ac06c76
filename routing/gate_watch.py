"""When somebody else says the gate in our place: it says again what was decided, and who did it.

Where a gate is a commit status, everybody who may push may set it as well. Nothing of ours keeps
them from it; what keeps a merge request from being merged so is a lock of the forge's own (an app's
check run, an approval rule), which the doctor asks for. Here it is noticed, mended and on record.
"""

from __future__ import annotations

from routing.effects import Effect, GateState, TellChannel, TellThread
from routing.facts import Facts
from routing.model import State
from routing.record import Review
from routing.trail import Entry


def restored(
    before: Review | None, after: Review, facts: Facts
) -> tuple[tuple[Effect, ...], tuple[Entry, ...]]:
    """What is done and put on record where somebody else said the gate last; else nothing.

    The gate is written again though it has not changed. That somebody opened a gate that we keep
    shut is told in the channel as well.
    """
    said, gate = facts.said_by_others, after.gate
    head = after.binding.head_sha
    if said is None or before is None or before.gate is None or gate is None:
        return (), ()
    if after.state is not State.OPEN or before.binding.head_sha != head:
        return (), ()
    told = (
        f"{said.by} set the status `countersign` of {head[:8]} to {said.state}. "
        f"It says {gate.state} again, as was decided."
    )
    effects: list[Effect] = [gate] if gate == before.gate else []
    effects.append(TellThread(after.ref, told))
    opened = said.state == GateState.SUCCESS and gate.state is not GateState.SUCCESS
    if opened and after.channel is not None:
        effects.append(TellChannel(after.ref, after.channel, told))
    entry = Entry("gate_taken", {"head_sha": head, "state": said.state, "by": said.by})
    return tuple(effects), (entry,)
