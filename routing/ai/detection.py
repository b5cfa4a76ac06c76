"""Signals found: who signed, and what a message says, held against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from routing.ai.catalogue import Agent, Catalogue, Footer
from routing.ai.messages import Line, Message
from routing.ai.names import makers_named, names_ai, says_yes, short_name
from routing.ai.tiers import Evidence, Tier

AUTHOR_KEYS = frozenset(
    {
        "co-authored-by",
        "coauthored-by",
        "co-authored by",
        "co-author",
        "co-developed-by",
        "signed-off-by",
        "author",
    }
)
"""Lines that name somebody who wrote. Reviewed-by and its like name somebody who read."""

BETWEEN_WORDS = re.compile(r"[\s<>(),;&\"\\]+")
NOBODYS_ADDRESS = ("noreply@", "no-reply@", "no_reply@")

FOOTER = re.compile(
    r"[?\u0080-\U0010ffff]{0,8}\s{0,3}[*_]{0,3}(?:generated|made) (?:with|by|using) ", re.IGNORECASE
)
LINKED_NAME = re.compile(r"\[([^\]\[]{1,40})\]\((?:https?://)?(?:www\.)?([^)\s]{1,300})\)")
AFTER_NAME = re.compile(
    r"\s*(?:\Z|[^\w\s]|(?:via|and|with|using|by|on|in|for|at|from|as)\b)", re.IGNORECASE
)
CODE_SPAN = re.compile(r"`[^`]*`")

UNCERTAIN = "uncertain"
"""The tool, when address and display name speak of different makers: AI is certain, it is not."""

MOST_EVIDENCE = 100
"""Pieces kept from one text, strongest first: enough to read, whatever somebody pasted."""

PROOF = {
    Tier.AGENT: "{tool} works under this identity: an agent is the author.",
    Tier.TOOL: "{tool} leaves this line on what it helped to write.",
    Tier.SUGGESTION: "A suggestion of {tool} was accepted into the change.",
    Tier.DECLARED: "Somebody declares that {tool} helped to write the change.",
    Tier.HINT: "{tool} leaves this too, but so may anybody: a hint, no proof.",
}
DISAGREEMENT = " Address and display name speak of different makers, so the tool is uncertain."
REVERT = "It stands in a revert, where it may speak of the commit taken back: a hint, no proof."
PICKED = " It was cherry-picked from {sha} together with the lines it speaks of."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who wrote something, as far as one knows; `account` is GitHub's immutable id."""

    name: str = ""
    address: str = ""
    login: str = ""
    account: int | None = None


def author_evidence(who: Identity, place: str, catalogue: Catalogue) -> Iterator[Evidence]:
    """What the author's identity proves: id, login and address before any name."""
    agent = catalogue.agent_of_account(who.account, who.login)
    text = who.login if agent is not None else f"{who.name} <{who.address}>".strip()
    if agent is None:
        agent = catalogue.agent_of_address(who.address)
    if agent is not None:
        if agent.author is not None and (not agent.ai_name or names_ai(who.name)):
            yield _signed(agent, agent.author, place, text, who.name)
        return
    name = who.name.rstrip().lower()
    for ending in catalogue.author_endings:
        if name.endswith(ending.begins.lower()):
            yield _evidence(Tier.AGENT, place, text, ending.tool)


def text_evidence(
    message: Message, where: str, catalogue: Catalogue, *, quotes: bool = False
) -> tuple[Evidence, ...]:
    """Everything that a commit message or a body says about AI, strongest first.

    A cherry-pick brings along the lines that its trailers speak of, so they count, and say where
    they come from. A revert takes lines away, so what its message says is a hint at most.

    `where` names the text ("commit 1a2b3c4", "body"). `quotes`: its author is automation that
    repeats other projects' texts, so that only its own last paragraph speaks.
    """
    lines = [line for line in message.lines if line.trailer or not quotes]
    found = [one for line in lines for one in _line_evidence(line, where, catalogue)]
    if message.picked_from is not None:
        note = PICKED.format(sha=message.picked_from)
        found = [replace(one, proves=one.proves + note) for one in found]
    if not quotes:
        found.extend(_whole_text_evidence(message, where, catalogue))
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.tier)[:MOST_EVIDENCE])


def hint_evidence(branch: str, catalogue: Catalogue) -> Iterator[Evidence]:
    """What the name of a branch lets one guess."""
    for hint in catalogue.branches:
        if branch.lower().startswith(hint.begins.lower()):
            yield _evidence(Tier.HINT, "branch name", branch, hint.tool)


def label_evidence(labels: Iterable[str], catalogue: Catalogue) -> Iterator[Evidence]:
    """Labels that the organisation says declare AI help."""
    for label in labels:
        if label.lower() in catalogue.declaring_labels:
            yield _evidence(Tier.DECLARED, "label", label, "AI")


def _whole_text_evidence(message: Message, where: str, catalogue: Catalogue) -> Iterator[Evidence]:
    for hint in catalogue.subjects:
        if message.subject.lower().startswith(hint.begins.lower()):
            yield _evidence(Tier.HINT, f"{where} subject", message.subject, hint.tool)
    for comment in message.comments:
        inner = comment.strip("<!-> ").lower()
        for marker in catalogue.markers:
            if inner.startswith(marker.begins.lower()):
                yield _evidence(Tier.TOOL, where, comment, marker.tool)
    for text in message.ticked:
        for box in catalogue.boxes:
            if text.strip("*_ ").lower().startswith(box.begins.lower()):
                yield _evidence(Tier.DECLARED, f"{where} box", f"[x] {text}", box.tool)


def _line_evidence(line: Line, where: str, catalogue: Catalogue) -> Iterator[Evidence]:
    """What one line says; it is one kind of signal, never two."""
    place = f"{where} trailer" if line.trailer else where
    found = (
        tuple(_trailer_evidence(line, place, catalogue))
        or tuple(_footer_evidence(line, place, catalogue))
        or tuple(_link_evidence(line, place, catalogue))
    )
    for one in found:
        yield replace(one, tier=Tier.HINT, proves=REVERT) if line.reverted else one


def _trailer_evidence(line: Line, place: str, catalogue: Catalogue) -> Iterator[Evidence]:
    key, colon, value = line.bare.partition(":")
    if not colon:
        return
    key, value = key.rstrip("*_ ").lower(), value.strip("*_ \t")
    if key in AUTHOR_KEYS:
        yield from _co_author_evidence(line, value, place, catalogue)
        return
    for trailer in catalogue.keyed.get(key, ()):
        if trailer.fits(value):
            yield _evidence(trailer.tier, place, line.text, trailer.tool)
            return
    if key in catalogue.declaration_keys:
        tool = _declared_tool(key, value, catalogue)
        if tool is not None:
            yield _evidence(Tier.DECLARED, place, line.text, tool)


def _co_author_evidence(
    line: Line, value: str, place: str, catalogue: Catalogue
) -> Iterator[Evidence]:
    addresses = _addresses(value)
    name = value.partition(addresses[0])[0].strip(" <[\"'") if addresses else value
    agents = [catalogue.agent_of_address(address) for address in addresses]
    for agent in dict.fromkeys(agents):
        if agent is not None and (not agent.ai_name or names_ai(name)):
            yield _signed(agent, agent.co_author, place, line.text, name)
    if not any(agents) and (agent := catalogue.agent_of_title(name)) is not None:
        yield _signed(agent, agent.co_author, place, line.text, name)


def _declared_tool(key: str, value: str, catalogue: Catalogue) -> str | None:
    """The tool that a declaration names; None when it names a person or nothing."""
    addresses = _addresses(value)
    for address in addresses:
        agent = catalogue.agent_of_address(address)
        if agent is not None:
            return agent.tool
    if addresses and not addresses[0].lower().startswith(NOBODYS_ADDRESS):
        return None
    if names_ai(value):
        return short_name(value)
    return "AI" if key.startswith("ai-") and says_yes(value) else None


def _addresses(value: str) -> list[str]:
    """The e-mail addresses in a value, out of angle brackets and Markdown links."""
    if "@" not in value:
        return []
    words = (word.removeprefix("mailto:").strip(".,;:'*_") for word in BETWEEN_WORDS.split(value))
    return [word.strip("[]") if word[:1] == "[" else word for word in words if "@" in word]


def _footer_evidence(line: Line, place: str, catalogue: Catalogue) -> Iterator[Evidence]:
    opening = FOOTER.match(line.bare)
    if opening is None:
        return
    rest = line.bare[opening.end() :]
    for footer in catalogue.footers:
        if _names_tool(rest, footer):
            yield _evidence(Tier.TOOL, place, line.text, footer.tool)
            return


def _names_tool(rest: str, footer: Footer) -> bool:
    linked = LINKED_NAME.match(rest)
    if linked is None:
        return footer.plain and any(
            rest[: len(name)].lower() == name.lower() and AFTER_NAME.match(rest, len(name))
            for name in footer.names
        )
    name, url = linked.groups()
    return name.strip().lower() in (known.lower() for known in footer.names) and any(
        _is_at(url.lower(), site) for site in footer.sites
    )


def _is_at(url: str, site: str) -> bool:
    host, _, path = url.partition("/")
    site_host, _, site_path = site.partition("/")
    return f".{host}".endswith(f".{site_host}") and path.startswith(site_path)


def _link_evidence(line: Line, place: str, catalogue: Catalogue) -> Iterator[Evidence]:
    if "/" not in line.text:
        return
    text = CODE_SPAN.sub("", line.text) if "`" in line.text else line.text
    lower = text.lower()
    for link in catalogue.links:
        start = lower.find(link.url)
        end = start + len(link.url)
        if start >= 0 and lower[end : end + 1].isalnum() and not lower[start - 1 : start].isalnum():
            yield _evidence(Tier.TOOL, place, line.text, link.tool)
            return


def _signed(agent: Agent, tier: Tier, place: str, text: str, name: str) -> Evidence:
    named = makers_named(name) if agent.makers_models else frozenset()
    if named and not named.intersection(agent.makers_models):
        proof = PROOF[tier].format(tool=agent.tool) + DISAGREEMENT
        return Evidence(tier, place, text, UNCERTAIN, proof)
    return _evidence(tier, place, text, agent.tool)


def _evidence(tier: Tier, place: str, text: str, tool: str) -> Evidence:
    return Evidence(tier, place, text, tool, PROOF[tier].format(tool=tool))
