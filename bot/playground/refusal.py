"""How Slack says no: an error code, and for malformed blocks the list of what is wrong."""

from __future__ import annotations

from collections.abc import Sequence


class ApiRefusal(Exception):
    """A Web API call is refused with one of Slack's own error codes.

    `messages` become `response_metadata.messages`, as Slack sends them for `invalid_blocks` and
    `invalid_arguments`; `extra` are further top-level fields of the answer (`missing_scope`
    names the scope needed).
    """

    def __init__(self, code: str, messages: Sequence[str] = (), **extra: str) -> None:
        super().__init__(": ".join((code, *messages)))
        self.code = code
        self.messages = tuple(messages)
        self.extra = extra


class Impossible(Exception):
    """A person tried what Slack's client would not let them do, such as a button not shown."""


class NotAcknowledged(Exception):
    """The app did not acknowledge a delivery in time, or answered with an error."""
