"""Ledger entries → sentences, for people who want to know what happened."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from routing.forge_words import words_of
from routing.phrases import counted, cut, listed
from routing.rules.approvals import VerdictState
from storage.ledger import Opened

Data = Mapping[str, Any]
"""An entry's particulars, as its kind has them."""

Name = Callable[[str], str]
"""What to call the person with that id."""

SHA_SHOWN = 8
LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: `at` is UTC to the minute, `iso` the same for programs, `tone` how it looks."""

    seq: int
    at: str
    iso: str
    kind: str
    sentence: str
    ref: str
    tone: str = ""


def moment(entry: Opened, name: Name = str) -> Moment:
    """An entry as people read it; kinds nobody has words for are shown with their particulars."""
    data: Data = json.loads(entry.data)
    try:
        sentence = _sentence(entry, data, name)
    except (KeyError, TypeError, AttributeError):
        sentence = _particulars(data)  # written by another version: what it holds is still shown
    return Moment(
        entry.seq,
        f"{entry.at[:10]} {entry.at[11:16]}",
        entry.at,
        entry.kind.replace("_", " "),
        cut(sentence, LONGEST_SENTENCE),
        entry.ref,
        TONES.get(entry.kind, ""),
    )


TONES = {
    "approval": "good",
    "approves": "good",
    "merged": "good",
    "changes_requested": "bad",
    "objects": "bad",
    "lapsed": "bad",
    "not_counted": "bad",
    "refused": "bad",
    "override_asked": "bad",
    "override": "bad",
    "override_lapsed": "bad",
    "evaluation_failed": "bad",
    "effect_abandoned": "bad",
}


def _changed(data: Data, _name: Name) -> str:
    was, now = data["was"], data["binding"]
    parts = []
    if was["head_sha"] != now["head_sha"]:
        heads = (was["head_sha"][:SHA_SHOWN], now["head_sha"][:SHA_SHOWN])
        parts.append("pushed: the head went from {} to {}".format(*heads))
    if was["base_branch"] != now["base_branch"]:
        parts.append(f"retargeted from {was['base_branch']} to {now['base_branch']}")
    if was["policy_hash"] != now["policy_hash"]:
        parts.append("the policy changed")
    return "; ".join(parts) or "seen again"


def _decision(data: Data, name: Name) -> str:
    provenance, risk = data["provenance"], data["risk"]
    tools = f" ({', '.join(provenance['tools'])})" if provenance["tools"] else ""
    points = counted(risk["score"], "point")
    found = f"{provenance['verdict']}{tools}, risk {risk['level']} ({points})"
    parts = [f"{found}: {data['verdict']}"]
    missing = [rule["missing"] for rule in data["rules"] if rule["missing"]]
    if data["verdict"] == VerdictState.BLOCKED.value:
        parts.append("; ".join(data["blocks"]))
    elif missing:
        parts.append("needs " + "; ".join(dict.fromkeys(missing)))
    if data["asked"]:
        parts.append(f"asked {listed((name(one['person']) for one in data['asked']), most=5)}")
    return " · ".join(parts)


def _escalated(data: Data, name: Name) -> str:
    steps = {
        "remind": "{} was reminded",
        "reassign": "{} did not answer: somebody else is asked",
        "tell_lead": "the lead was told that {} has not answered",
        "tell_channel": "the channel was told that {} has not answered",
    }
    return steps[data["step"]].format(name(data["person"]))


def _declined(data: Data, name: Name) -> str:
    note = f" ({data['note']})" if data.get("note") else ""
    return f"{name(data['person'])} declined: {data['reason'].replace('_', ' ')}{note}"


def _assigned(data: Data, name: Name) -> str:
    instead = f" instead of {name(data['instead_of'])}" if data["instead_of"] else ""
    return f"{name(data['by'])} asked {name(data['to'])}{instead}"


def _override_asked(data: Data, name: Name) -> str:
    return f"{name(data['by'])} wants to let it pass without the signatures: {data['reason']}"


def _override(data: Data, name: Name) -> str:
    both = f"{name(data['by'])} and {name(data['second'])}"
    return f"{both} let it pass without the signatures: {data['reason']}"


def _erased(data: Data, _name: Name) -> str:
    texts = counted(len(data["named"]) + len(data["texts"]), "text")
    return f"somebody was erased: {texts} cannot be read any more, {data['as']} stands for them"


TOLD: Mapping[str, Callable[[Data, Name], str]] = {
    "changed": _changed,
    "decision": _decision,
    "escalated": _escalated,
    "declined": _declined,
    "assigned": _assigned,
    "override_asked": _override_asked,
    "override": _override,
    "erased": _erased,
}

SENTENCES: Mapping[str, str] = {
    "override_lapsed": "the override ended before its time: {why}",
    "opened": "seen first: “{title}” at {head}",
    "approval": "{who} approved {head} in Slack",
    "approves": "{who} approved {head} on {forge}",
    "changes_requested": "{who} asked for changes to {head}: {comment}",
    "objects": "{who} asked for changes to {head} on {forge}",
    "claimed": "{who} took it on",
    "snoozed": "{who} put it off until {until}",
    "lapsed": "{who}’s approval of {head} no longer counts",
    "not_counted": "an approval does not count: {reason}",
    "refused": "{slack} tried to {deed} and could not: {problem}",
    "gate_taken": "{by} set the gate of {head} to {state}: it was set again as was decided",
    "gate": "the gate of {head} says {state}",
    "effect_abandoned": "{effect} was given up: {problem}",
    "evaluation_failed": "could not be decided, the gate stays shut: {problem}",
    "merged": "merged at {head}",
    "closed": "closed without merging",
    "open": "opened again",
}
"""`who` is the person's name, `head` the first letters of the head, `forge` where it lives; the
rest is the entry's own."""


def _sentence(entry: Opened, data: Data, name: Name) -> str:
    kind = entry.kind
    if kind in TOLD:
        return TOLD[kind](data, name)
    if kind not in SENTENCES:
        return _particulars(data)
    words = {**data, "forge": words_of(entry.ref.partition("/")[0]).forge}
    if "person" in data:
        words["who"] = name(data["person"])
    head = data.get("head_sha") or data.get("binding", {}).get("head_sha")
    if head:
        words["head"] = str(head)[:SHA_SHOWN]
    return SENTENCES[kind].format(**words)


def _particulars(data: Data) -> str:
    parts = []
    for key, value in data.items():
        shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        if value not in (None, "", [], {}):
            parts.append(f"{key.replace('_', ' ')}: {shown}")
    return " · ".join(parts)
