"""What a forge's webhook must offer, whichever the forge: is it theirs, what does it say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from routing.events import Event

DELIVERY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Hook(Protocol):
    """One configured forge's deliveries. Nothing here touches a socket."""

    @property
    def forge(self) -> str:
        """The forge's name."""
        ...

    def is_genuine(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        """Whether the forge sent exactly this body. Never raises; without a secret nothing is."""
        ...

    def key(self, body: bytes, headers: Mapping[str, str]) -> str:
        """What makes the delivery unique."""
        ...

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event | None:
        """What a genuine delivery says, or None where it is of no interest to us.

        Raises `payloads.Unusable`, and nothing else.
        """
        ...


def delivery_key(delivery_id: str | None, body: bytes) -> str:
    """What makes a delivery unique: its id (often an unsigned header) and what it says."""
    known = delivery_id if delivery_id and DELIVERY.fullmatch(delivery_id) else "unnamed"
    return f"{known}:{hashlib.sha256(body).hexdigest()}"
