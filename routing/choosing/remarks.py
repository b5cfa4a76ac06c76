"""What must be said of a choice as a whole: on how little it rests, and why it is not fuller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from routing.choosing.candidates import Field
from routing.phrases import counted, listed
from routing.rules.qualification import Exclusion


def remarks(
    field: Field, unfilled: Iterable[str], left_out: Iterable[Exclusion]
) -> tuple[str, ...]:
    """The sentences; `unfilled` are rules for which too few people can be asked."""
    found = list(_thin(field))
    reasons = Counter(one.reason for one in left_out)
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    why = listed((f"{count} {reason}" for reason, count in ordered), most=6)
    for rule in unfilled:
        said = f"not enough people can be asked for “{rule}”"
        found.append(f"{said}: {why}" if why else said)
    return tuple(found)


def _thin(field: Field) -> Sequence[str]:
    if not field.roll.thin:
        return ()
    changes = field.roll.changes
    known = f"only {counted(changes, 'past change')}" if changes else "no past change"
    grounds = "code ownership, declared expertise and leads"
    return (f"{known} of this repository can be learnt from: {grounds} count as much",)
