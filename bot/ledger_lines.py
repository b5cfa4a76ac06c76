"""Ledger entries as lines that people read."""

from __future__ import annotations

import json

from storage.ledger import Opened


def render_entry(entry: Opened) -> str:
    """One line: when, what, about which merge request, and the particulars that fit."""
    data = json.loads(entry.data)
    said = ", ".join(
        f"{key} {str(value)[:8] if key == 'head_sha' else _short(value)}"
        for key, value in data.items()
        if value
    )
    return f"{entry.seq:>5}  {entry.at[:19]}  {entry.kind:<17} {entry.ref}  {said}"


def _short(value: object) -> str:
    if isinstance(value, dict):
        head = value.get("head_sha")
        return str(head)[:8] if head else str(value.get("verdict") or value.get("level") or "…")
    if isinstance(value, list):
        return f"({len(value)})"
    return str(value)[:80]
