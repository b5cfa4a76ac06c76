"""The recipe of docs/ledger.md, by which an export is checked without Countersign."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode

from storage.ledger import GENESIS


def check_export(exported: str) -> int:
    """Check every line against the one before, and every text; returns how many lines there are."""
    previous = GENESIS
    for line in exported.splitlines():
        entry = json.loads(line)
        fields = [entry[key] for key in ("seq", "at", "ref", "kind", "data", "previous")]
        whole = json.dumps(fields, separators=(",", ":"))
        assert hashlib.sha256(whole.encode()).hexdigest() == entry["hash"]
        assert entry["previous"] == previous
        previous = entry["hash"]
        for token, (salt, text) in entry["texts"].items():
            digest = hashlib.sha256((salt + text).encode()).digest()
            assert urlsafe_b64encode(digest).decode().rstrip("=") == token
            assert json.dumps({"~": token}, separators=(",", ":")) in entry["data"]
    return len(exported.splitlines())
