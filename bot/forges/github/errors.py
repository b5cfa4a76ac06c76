"""What went wrong with GitHub, in our words: try again later, or what somebody has to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from json import JSONDecodeError

from github import (
    BadAttributeException,
    GithubException,
    IncompletableObject,
    RateLimitExceededException,
)

from bot.errors import CountersignError, NotYet, Refused, Retryable, Unauthorized

FAULTS = (
    GithubException,
    BadAttributeException,
    OSError,  # every error of requests is one: no connection, timeout, cut answer
    JSONDecodeError,  # an answer that is no JSON, or half of one
    AssertionError,  # PyGithub's way to refuse URLs of other hosts
    RuntimeError,  # PyGithub's way to refuse redirects to other hosts
    AttributeError,  # PyGithub took a redirect or a proxy's page for what it had asked for
    KeyError,
    TypeError,
)
"""What PyGithub and the layers below it raise."""

LIMIT_STATUSES = frozenset({403, 429})
SERVER_ERROR = 500
UNAUTHORIZED = 401
REQUEST_TIMEOUT = 408
SLOW_GRAPHQL = "Something went wrong while executing your query"
"""How GraphQL says, in an answer of status 200, that it did not get to an answer."""
GRAPHQL_SECONDS = 600.0
"""How long to wait for GraphQL's quota of an hour where the answer does not say it."""
SECONDARY = 60.0
"""Seconds to wait where GitHub names none: "at least one minute"."""

ADVICE = {
    401: "the credentials are not accepted; renew GITHUB_TOKEN or the app's private key",
    403: "the credentials may not do this; give them access to pull requests (write), commit "
    "statuses (write), contents (read)",
    404: "it does not exist or the credentials cannot see it; check GITHUB_REPOSITORIES and what "
    "the token or app may access",
    409: "the repository is empty or in conflict",
    410: "it is gone, or switched off for this repository",
    422: "GitHub finds the request impossible",
    451: "GitHub has blocked it for legal reasons",
}


def translated(fault: Exception, doing: str) -> CountersignError:
    """The error to raise instead of `fault`; `doing` completes "GitHub … while"."""
    match fault:
        case GithubException() if not isinstance(fault, IncompletableObject):
            return _answered(fault, doing)
        case AssertionError() | RuntimeError():
            return Refused(
                f"GitHub pointed to another address while {doing}, and we do not follow; "
                f"check GITHUB_API_URL. ({fault})"
            )
        case OSError():
            return Retryable(f"GitHub could not be reached while {doing}.")
        case _:
            return Retryable(f"GitHub's answer made no sense while {doing}. ({fault!r:.200})")


def _answered(fault: GithubException, doing: str) -> CountersignError:
    headers = {name.lower(): value for name, value in (fault.headers or {}).items()}
    if any(one.get("type") == "RATE_LIMITED" for one in _graphql_errors(fault)):
        # A quota of its own: what asks REST, gates above all, has not to wait for it.
        after = _wait(headers) or GRAPHQL_SECONDS
        return Retryable(f"GitHub's GraphQL quota is used up while {doing}.", after=after)
    if _is_limit(fault, headers):
        wait = _wait(headers)
        after = SECONDARY if wait is None else wait
        return NotYet(f"GitHub's rate limit is used up while {doing}.", after=after)
    if fault.status >= SERVER_ERROR or fault.status == REQUEST_TIMEOUT or _is_slow(fault):
        return Retryable(
            f"GitHub answered {fault.status} while {doing}.", after=_seconds(headers, "retry-after")
        )
    advice = ADVICE.get(fault.status, "see GitHub's words")
    said = f"GitHub said no ({fault.status}) while {doing}: {advice}. {_words(fault)}"
    return Unauthorized(said) if fault.status == UNAUTHORIZED else Refused(said)


def _is_limit(fault: GithubException, headers: Mapping[str, str]) -> bool:
    # https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    if isinstance(fault, RateLimitExceededException):
        return True
    if fault.status not in LIMIT_STATUSES:
        return False
    spent = headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in headers or fault.status not in ADVICE


def _is_slow(fault: GithubException) -> bool:
    return any(str(one.get("message")).startswith(SLOW_GRAPHQL) for one in _graphql_errors(fault))


def _graphql_errors(fault: GithubException) -> Sequence[Mapping[str, object]]:
    """What GraphQL found fault with; PyGithub raises it as a status of 400."""
    told = fault.data.get("errors") if isinstance(fault.data, Mapping) else None
    return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait. The hourly limit's reset is measured on GitHub's own clock."""
    asked = _seconds(headers, "retry-after")
    if asked is not None:
        return asked
    reset = _seconds(headers, "x-ratelimit-reset")
    if reset is None or headers.get("x-ratelimit-remaining") != "0":
        return None
    try:
        there = parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return None
    return max(reset - there, 0.0) + 1.0


def _seconds(headers: Mapping[str, str], name: str) -> float | None:
    text = str(headers.get(name, ""))
    return float(text) if text.isascii() and text.isdecimal() else None


def _words(fault: GithubException) -> str:
    """GitHub's own message, kept short."""
    data = fault.data if isinstance(fault.data, Mapping) else {}
    errors = data.get("errors")
    message = str(data.get("message", "")) or ("" if not errors else "GraphQL:")
    if errors:
        message = f"{message} {errors}"
    return f"GitHub's words: {message[:300]}" if message else ""
