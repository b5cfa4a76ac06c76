"""Where things are seen: the address of each merge request's page, as the gate carries it."""

from __future__ import annotations

from datetime import timedelta

from yarl import URL

from bot.web.seals import Seals
from routing.model import Ref

LONGEST = 255
"""What GitLab takes as the address of a commit status."""


def decision_path(ref: Ref) -> str:
    """The path of a merge request's page."""
    return f"/reviews/{ref}"


class Addresses:
    """Signed addresses below `public_url`; they end `days` after the day they were made on.

    Without a public address there are none. With 0 days they carry no proof: whoever follows
    one has to sign in.
    """

    def __init__(self, seals: Seals, public_url: str | None, days: int) -> None:
        self._seals = seals
        self._base = public_url.rstrip("/") if public_url else None
        self._life = timedelta(days=days)

    async def of(self, ref: Ref) -> str | None:
        """The page's address for the gate of a merge request; None where there is none."""
        if self._base is None:
            return None
        path = decision_path(ref)
        address = URL(self._base + str(URL.build(path=path)))
        if self._life:
            address = address.with_query(await self._seals.proof(path, self._life))
        whole = str(address)
        return whole if len(whole) <= LONGEST else None
