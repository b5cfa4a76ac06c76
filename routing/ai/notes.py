"""Notes that attest, line by line, who wrote: git-ai's log and Agent Trace records.

Git AI Standard 3.0.0 (`refs/notes/ai`): file names at column 0, below each, indented by two
spaces, a key and line ranges, then `---` and JSON about the keys. Agent Trace 0.1: JSON with
ranges and contributors per file. Both are read as data that anybody could have written: what is
malformed is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from routing.ai.tiers import Evidence, Tier
from routing.generated import is_generated

DIVIDER = "---"
KEY = re.compile(
    r"(?:(s_[0-9a-f]{14})::t_[0-9a-f]{14}|(h_[0-9a-f]{14})|([0-9a-f]{16}|[0-9a-f]{7}))"
)
RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)
UNNAMED = "AI"
MOST_LETTERS = 60
"""Letters of a tool's name that are kept."""


class Contributor(StrEnum):
    """Who a note says wrote some lines."""

    HUMAN = "human"
    AI = "ai"
    MIXED = "mixed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attestation:
    """Lines of one file, in the state of the noted commit, with who wrote them.

    `ranges` are first and last line, both included; `text` is the note's own line.
    """

    path: str
    contributor: Contributor
    ranges: tuple[tuple[int, int], ...]
    tool: str = UNNAMED
    text: str = ""


def parse_ai_note(text: str) -> tuple[Attestation, ...]:
    """Everything that a note attests; nothing for a text of neither kind."""
    if text.lstrip().startswith("{"):
        return tuple(_trace_attestations(_json_object(text)))
    head, divider, tail = _divided(text)
    return tuple(_log_attestations(head, _json_object(tail))) if divider else ()


def attested_lines(attestations: Iterable[Attestation]) -> int:
    """How many lines AI had a hand in; files that nobody writes by hand do not count."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    for one in attestations:
        if one.contributor in (Contributor.AI, Contributor.MIXED) and not is_generated(one.path):
            ranges.setdefault(one.path, []).extend(one.ranges)
    return sum(_union(spans) for spans in ranges.values())


def note_evidence(attestations: Iterable[Attestation], place: str) -> Iterator[Evidence]:
    """One piece of evidence for each tool whose lines a note attests."""
    seen: set[str] = set()
    for one in attestations:
        if one.contributor in (Contributor.AI, Contributor.MIXED) and one.tool not in seen:
            seen.add(one.tool)
            proves = f"The note attests lines that {one.tool} wrote."
            yield Evidence(Tier.TOOL, place, f"{one.path} {one.text}", one.tool, proves)


def _divided(text: str) -> tuple[list[str], bool, str]:
    lines = text.replace("\r\n", "\n").split("\n")
    if DIVIDER not in lines:
        return lines, False, ""
    at = lines.index(DIVIDER)
    return lines[:at], True, "\n".join(lines[at + 1 :])


def _log_attestations(
    lines: Iterable[str], metadata: Mapping[str, object]
) -> Iterator[Attestation]:
    path = ""
    for line in lines:
        if not line.startswith("  "):
            path = line.strip('"')
            continue
        key, _, spans = line.strip().partition(" ")
        known, ranges = KEY.fullmatch(key), _ranges(spans)
        if path and known is not None and ranges:
            session, human, prompt = known.groups()
            contributor = Contributor.HUMAN if human else Contributor.AI
            records = _inner(metadata, "sessions" if session else "prompts")
            tool = _named(_inner(_inner(records, session or prompt), "agent_id"), "tool")
            yield Attestation(path, contributor, ranges, tool, line.strip())


def _named(record: Mapping[str, object], key: str) -> str:
    tool = record.get(key)
    return tool[:MOST_LETTERS] if isinstance(tool, str) and tool else UNNAMED


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    found = (RANGE.fullmatch(part) for part in text.split(","))
    spans = ((int(one[1]), int(one[2] or one[1])) for one in found if one is not None)
    return tuple((first, last) for first, last in spans if 1 <= first <= last)


def _trace_attestations(record: Mapping[str, object]) -> Iterator[Attestation]:
    tool = _named(_inner(record, "tool"), "name")
    for file in _objects(record.get("files")):
        path = file.get("path")
        if not isinstance(path, str):
            continue
        for conversation in _objects(file.get("conversations")):
            outer = _contributor(conversation, Contributor.UNKNOWN)
            for span in _objects(conversation.get("ranges")):
                first, last = span.get("start_line"), span.get("end_line")
                if isinstance(first, int) and isinstance(last, int) and 1 <= first <= last:
                    contributor = _contributor(span, outer)
                    text = f"{contributor} {first}-{last}"
                    yield Attestation(path, contributor, ((first, last),), tool, text)


def _contributor(holder: Mapping[str, object], otherwise: Contributor) -> Contributor:
    kind = _inner(holder, "contributor").get("type")
    return next((known for known in Contributor if known == kind), otherwise)


def _union(spans: Iterable[tuple[int, int]]) -> int:
    total = end = 0
    for first, last in sorted(spans):
        total += max(0, last - max(first - 1, end))
        end = max(end, last)
    return total


def _json_object(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _inner(holder: Mapping[str, object], key: str | None) -> Mapping[str, object]:
    value = holder.get(key) if key is not None else None
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
