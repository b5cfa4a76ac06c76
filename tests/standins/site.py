"""What tests do with every stand-in for a forge: its webhooks and faults, and what was asked."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Generic, TypeVar

from tests.standins.deliveries import Deliveries, Delivery
from tests.standins.faults import Faults
from tests.standins.server import StandInServer


def real_time() -> datetime:
    """The time, for those who play no story."""
    return datetime.now(UTC)


HttpT = TypeVar("HttpT", bound=StandInServer)
HooksT = TypeVar("HooksT", bound=Deliveries)


class Site(Generic[HttpT, HooksT]):
    """A forge that listens on 127.0.0.1 (`server`) and tells a webhook what happens (`hooks`)."""

    server: HttpT
    hooks: HooksT

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish what is under way and stop listening."""
        await self.hooks.close()
        await self.server.stop()

    def hooks_to(self, url: str, secret: str, *, automatic: bool = False) -> None:
        """Send webhooks there: when `deliver` is called, or at once where `automatic`."""
        self.hooks.url, self.hooks.secret, self.hooks.automatic = url, secret, automatic

    @property
    def deliveries(self) -> list[Delivery]:
        """Deliveries that wait to be sent: drop, double or reorder them as a list."""
        return self.hooks.waiting

    async def deliver(self) -> list[int | None]:
        """Send what waits; returns the HTTP statuses that came back."""
        return await self.hooks.deliver()

    async def quiet(self) -> None:
        """Wait until no automatic delivery is under way."""
        await self.hooks.quiet()

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Method and path (below the API's own) of every request so far."""
        return self.server.requests

    @property
    def faults(self) -> Faults:
        """What goes wrong: `down`, and `road`, which holds requests back while cleared."""
        return self.server.faults

    def rate_limited(self, retry_after: int | None = None, until: datetime | None = None) -> None:
        """Refuse every request until called again with nothing.

        With `retry_after` (seconds) the forge says how long to wait (on GitHub that is its
        secondary limit), with `until` when its own limit is over.
        """
        self.faults.retry_after, self.faults.limited_until = retry_after, until
