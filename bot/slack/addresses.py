"""What people call a merge request: its address as they paste it, or its short name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from routing.forge_words import short_name
from routing.record import Review

ANGLED = re.compile(r"\A<(https?://[^|>\s]+)(?:\|[^>]*)?>\Z")
"""How Slack hands over an address that it has made a link of."""
MERGE_REQUEST = re.compile(
    r"\A(https?://[^\s?#<>|]+?/(?:pull|pulls|(?:-/)?merge_requests)/\d{1,9})(?:[/?#][^\s<>|]*)?\Z"
)


def parse_address(text: str) -> str:
    """The merge request's own address, without tabs (`/files`), notes (`#…`) and queries.

    What is no such address comes back as it is, trimmed: nothing will be found there.
    """
    said = text.strip()
    angled = ANGLED.match(said)
    address = (angled.group(1) if angled else said).replace("&amp;", "&")
    found = MERGE_REQUEST.match(address)
    if found is None:
        return address.rstrip("/")
    return found.group(1).replace("/pulls/", "/pull/")


def called(text: str, reviews: Iterable[Review]) -> Review | None:
    """The one review that people call by this name (`shop#12`, `shop!12`, `#12`, `12`)."""
    said = text.strip().lower()
    found = [
        one
        for one in reviews
        if said in {short_name(one.ref).lower(), f"#{one.ref.number}", f"!{one.ref.number}"}
        or said == str(one.ref.number)
    ]
    return found[0] if len(found) == 1 else None
