"""The errors that cross rooms: what went wrong, whether trying again helps, what to do next."""

from __future__ import annotations


class CountersignError(Exception):
    """An error whose text is fit for the person who reads it."""


class Retryable(CountersignError):
    """The other side could not answer now; trying again may help.

    `after` is how many seconds to wait at least, where the other side said so.
    """

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class NotYet(Retryable):
    """The other side asks to slow down: nothing was done, nothing failed, the turn comes later."""

    after: float

    def __init__(self, message: str, after: float) -> None:
        super().__init__(message, after)


class Refused(CountersignError):
    """The other side understood and said no; trying again will not help."""


class Unauthorized(Refused):
    """The other side does not take our credentials: nothing works until they are renewed."""


class Misconfigured(CountersignError):
    """What a person wrote cannot be used. The text lists every problem, one a line."""
