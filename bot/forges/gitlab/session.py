"""The HTTP under python-gitlab: one address only, no redirects, limits told with their wait.

Stock python-gitlab follows redirects and carries `PRIVATE-TOKEN` along to other hosts, sleeps
through rate limits in the calling thread, and loses the answer's headers in its exceptions.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from gitlab import Gitlab
from gitlab.exceptions import GitlabHttpError

from bot.allowance import Allowance, Told, in_use
from bot.forges.gitlab.reading import Json
from routing.model import Account

TIMEOUT_SECONDS = 10
PER_PAGE = 100
"""The most that GitLab puts on one page."""

TOO_MANY, UNAVAILABLE = 429, 503
MINUTE = 60.0
"""Seconds: so long are the spans of GitLab's limits."""
NOTES = ("/notes", "/discussions")
REDIRECTS = range(300, 400)


class Elsewhere(Exception):
    """GitLab pointed to another address; nothing was sent there."""


class Busy(Exception):
    """GitLab asks us to come back later; `after` is in seconds, where it said so."""

    def __init__(self, status: int, after: float | None) -> None:
        super().__init__(f"GitLab answered {status}")
        self.status = status
        self.after = after


class Session(requests.Session):
    """Sends below `home` alone, and never where an answer points."""

    def __init__(self, home: str) -> None:
        super().__init__()
        self._home = home.rstrip("/") + "/"
        self.quota: tuple[int, int] | None = None
        """Calls left and the limit, as the last answer said."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As `requests` does it, without redirects.

        Raises:
            Elsewhere: the address is not below `home`, or the answer is a redirect.
            Busy: the answer is 429, or a 503 that says how long.
        """
        url = str(kwargs["url"])
        if not url.startswith(self._home):
            raise Elsewhere(url[:200])
        allowance = in_use()
        if allowance is not None:
            writes = str(kwargs["method"]).upper() == "POST"
            allowance.spend(costly=writes and url.endswith(NOTES))
        response = super().request(*args, **{**kwargs, "allow_redirects": False})
        if response.status_code in REDIRECTS:
            raise Elsewhere(response.headers.get("Location", "")[:200])
        self.quota = _quota(response.headers) or self.quota
        limited = response.status_code == TOO_MANY
        if allowance is not None:
            _tell(allowance, response.headers, limited=limited)
        if limited or (response.status_code == UNAVAILABLE and "Retry-After" in response.headers):
            raise Busy(response.status_code, wait(response.headers))
        return response


def _tell(allowance: Allowance, headers: Mapping[str, str], *, limited: bool) -> None:
    """Pass on what an answer says of the limit that is nearest."""
    told, seconds = _quota(headers), _until_reset(headers)
    if told is not None and seconds is not None:
        allowance.tell(Told(*told, seconds))
    if limited:
        allowance.close(wait(headers) or MINUTE)


def wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait. A limit's reset is a moment on GitLab's own clock.

    Source: https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
    """
    asked = headers.get("Retry-After", "")
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    reset = _until_reset(headers)
    return reset + 1.0 if reset is not None else None


def _until_reset(headers: Mapping[str, str]) -> float | None:
    reset = headers.get("RateLimit-Reset", "")
    try:
        there = parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return None
    return max(float(reset) - there, 0.0) if reset.isascii() and reset.isdecimal() else None


def _quota(headers: Mapping[str, str]) -> tuple[int, int] | None:
    left, limit = headers.get("RateLimit-Remaining", ""), headers.get("RateLimit-Limit", "")
    told = all(text.isascii() and text.isdecimal() for text in (left, limit))
    return (int(left), int(limit)) if told else None


class Clients:
    """python-gitlab clients of one host, one for each thread: their session is not shared."""

    def __init__(self, forge: str, url: str, token: str) -> None:
        self._forge = forge
        self._url = url.rstrip("/")
        self._token = token
        self._here = threading.local()
        self._lock = threading.Lock()
        self._sessions: list[Session] = []
        self._me: Account | None = None

    def client(self) -> Gitlab:
        """This thread's client."""
        client: Gitlab | None = self._here.__dict__.get("client")
        if client is None:
            session = Session(self._url)
            client = self._here.client = Gitlab(
                self._url,
                private_token=self._token,
                timeout=TIMEOUT_SECONDS,
                per_page=PER_PAGE,
                retry_transient_errors=False,
                keep_base_url=True,
                session=session,
            )
            with self._lock:
                self._sessions.append(session)
        return client

    def ask(self, question: str, variables: Mapping[str, str]) -> Json:
        """The data of GraphQL's answer: the little that REST does not tell.

        Raises `GitlabHttpError` where GitLab refuses, ValueError where it finds fault with it.
        """
        answer = self.client().session.request(
            method="post",
            url=f"{self._url}/api/graphql",
            json={"query": question, "variables": dict(variables)},
            auth=self._sign,
            timeout=TIMEOUT_SECONDS,
        )
        if not answer.ok:
            raise GitlabHttpError(answer.text[:300], answer.status_code)
        told: Json = answer.json()
        if told.get("errors"):
            raise ValueError(told["errors"][0]["message"])
        data: Json = told["data"]
        return data

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """GraphQL's way to send a token; as `auth`, since a ~/.netrc would replace a header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    @property
    def quota(self) -> tuple[int, int] | None:
        """Calls left and the limit; the fewest that any thread was told of."""
        with self._lock:
            told = [session.quota for session in self._sessions if session.quota is not None]
        return min(told, default=None)

    def me(self) -> Account:
        """Our own account."""
        if self._me is None:
            user = dict(self.client().http_get("/user"))  # type: ignore[arg-type]  # JSON: an object
            self._me = Account(self._forge, str(user["id"]), user["username"], bot=True)
        return self._me

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            while self._sessions:
                self._sessions.pop().close()
