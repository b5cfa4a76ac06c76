"""Clients that wait shorter for an answer: a call that hangs runs into its timeout soon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

PATIENCE = 1
"""Seconds that each client waits here, instead of ten; PyGithub takes whole ones only."""
HANGS = 1.5 * PATIENCE
"""Seconds that a call hangs: nobody waits for its answer any more, and still it is done."""

DONE_WITHIN = 0.2
"""Seconds after which it is done then."""


@contextmanager
def impatience() -> Iterator[None]:
    """Every client that is opened meanwhile waits so long and no longer."""
    with (
        patch("bot.forges.github.auth.TIMEOUT_SECONDS", PATIENCE),
        patch("bot.forges.gitlab.session.TIMEOUT_SECONDS", PATIENCE),
        patch("bot.slack.client.TIMEOUT", PATIENCE),
    ):
        yield
