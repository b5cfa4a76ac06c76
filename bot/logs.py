"""Structured logs: one JSON line an event, or readable lines on a terminal."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRET_WORDS = ("token", "secret", "password", "authorization", "private_key")


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the value of every key that sounds like a secret."""
    return {
        key: "[hidden]" if any(word in key.lower() for word in SECRET_WORDS) else value
        for key, value in event.items()
    }


def set_up_logs(*, level: int = logging.INFO) -> None:
    """Log to standard error. Line ends inside values are escaped by the renderers."""
    readable = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
