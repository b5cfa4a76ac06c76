"""Addresses of merge requests as people paste them → as the forge gives them."""

from __future__ import annotations

import re

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
