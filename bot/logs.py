"""Structured logs: one JSON line an event, or readable lines on a terminal; never a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_WORDS = ("token", "secret", "password", "authorization", "private_key", "cookie")
SHORTEST_SECRET = 6
"""Shorter values would black out ordinary words."""
HIDDEN = "[hidden]"

LOOKS_SECRET = re.compile(
    r"xox[a-z]-[\w-]{6,}|xapp-[\w-]{6,}"  # Slack
    r"|gh[a-z]_\w{16,}|github_pat_\w{16,}"  # GitHub
    r"|gl[a-z]{2,6}-[\w-]{16,}|whsec_[\w+/=-]{8,}"  # GitLab
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"
    r"|(?<=[Bb]earer )[\w.~+/=-]{8,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # a name and password in an address
)
"""What a secret looks like by itself, whatever it is called."""

Redact = Callable[[WrappedLogger, str, EventDict], EventDict]


def hide_secrets(known: Iterable[str] = ()) -> Redact:
    """A step of the log's pipeline that leaves no secret in any value.

    `known` are the secrets of this process, as they are; they are found as addresses and JSON write
    them as well. Values under keys that sound like a secret go whole.
    """
    written = {form for one in known if len(one) >= SHORTEST_SECRET for form in _written(one)}
    exact = sorted(written, key=len, reverse=True)
    either = re.compile("|".join([*map(re.escape, exact), LOOKS_SECRET.pattern]))

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return either.sub(HIDDEN, value)
        if isinstance(value, bytes):
            return either.sub(HIDDEN, value.decode("utf-8", "backslashreplace"))
        if isinstance(value, Mapping):
            return {key: _by_key(key, clean(inner)) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [clean(inner) for inner in value]
        if isinstance(value, bool | int | float) or value is None:
            return value
        return either.sub(HIDDEN, str(value))

    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        kept = {key: event[key] for key in event if key.startswith("_")}  # structlog's own
        return {key: _by_key(key, clean(value)) for key, value in event.items()} | kept

    return redact


def _written(secret: str) -> tuple[str, ...]:
    """A secret as it stands in texts, addresses, forms, JSON and the messages of errors."""
    return (
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
    )


def _by_key(key: object, value: Any) -> Any:
    hidden = any(word in str(key).lower() for word in SECRET_WORDS)
    return HIDDEN if hidden and isinstance(value, str | list | dict) else value


def set_up_logs(*, level: int = logging.INFO, secrets: Iterable[str] = ()) -> None:
    """Log to standard error, the libraries' own lines as well.

    Line ends inside values are escaped by the renderers.
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    readable = sys.stderr.isatty()
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    )
    last: list[Processor] = [
        structlog.processors.format_exc_info,
        hide_secrets(secrets),
        renderer,
    ]
    structlog.configure(
        processors=[*before, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*before, structlog.stdlib.add_logger_name],
            processors=[remove, *last],
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
