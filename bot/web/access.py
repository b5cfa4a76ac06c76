"""Who may look: members of the home workspace who signed in, and who has a signed address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.errors import Refused
from bot.slack.directory import SlackDirectory
from bot.web.openid import SlackOpenId
from bot.web.seals import Seals

SESSION = timedelta(hours=12)
ATTEMPT = timedelta(minutes=10)
"""How long somebody may take to sign in."""
RETURN_PATH = "/sign-in/slack"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who signed in: their Slack user id, and what they are called."""

    user: str
    name: str


class Access:
    """Sessions. Without `openid` or `public_url` nobody can sign in, and addresses must prove."""

    def __init__(
        self,
        seals: Seals,
        directory: SlackDirectory,
        openid: SlackOpenId | None,
        public_url: str | None,
    ) -> None:
        self._seals = seals
        self._directory = directory
        self._openid = openid
        self._base = (public_url or "").rstrip("/")
        self._secure = self._base.startswith("https://")
        # The prefix makes browsers keep the cookie to this host, and to https.
        prefix = "__Host-" if self._secure else ""
        self._session_cookie = f"{prefix}countersign-session"
        self._attempt_cookie = f"{prefix}countersign-sign-in"

    @property
    def offers_sign_in(self) -> bool:
        """Whether anybody could sign in at all."""
        return self._openid is not None and bool(self._base)

    async def viewer(self, request: web.Request) -> Viewer | None:
        """Who is looking, if they signed in and are still a full member of the workspace.

        Raises:
            Retryable: Slack cannot be asked whether they are.
        """
        sealed = request.cookies.get(self._session_cookie)
        content = await self._seals.open("session", sealed) if sealed else None
        if content is None or await self._directory.without_say([content["user"]]):
            return None
        return Viewer(content["user"], content["name"])

    async def proves(self, request: web.Request, subject: str) -> bool:
        """Whether the address itself carries the right to see this."""
        return await self._seals.proves(subject, request.query)

    async def begin(self, to: str) -> web.Response:
        """Send the browser to Slack; afterwards it comes back to `to`, a path of ours."""
        if self._openid is None or not self._base:
            raise web.HTTPNotFound
        state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        attempt = {"state": state, "nonce": nonce, "to": _own_path(to)}
        address = self._openid.authorize_url(
            self._base + RETURN_PATH, state, nonce, self._directory.team
        )
        response = web.Response(status=302, headers={"Location": address})
        sealed = await self._seals.close("sign-in", attempt, ATTEMPT)
        self._set(response, self._attempt_cookie, sealed, ATTEMPT)
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """The browser is back with a code.

        Raises:
            Refused: why nobody was signed in.
            Retryable: Slack cannot be reached now.
        """
        attempt = await self._attempt(request)
        if self._openid is None or attempt is None:
            raise Refused("the sign-in was not begun in this browser, or took too long")
        if not secrets.compare_digest(
            request.query.get("state", "").encode(), attempt["state"].encode()
        ):
            raise Refused("the sign-in belongs to another browser")
        if "code" not in request.query:
            raise Refused("Slack was told not to sign you in")
        who = await self._openid.exchange(
            request.query["code"], self._base + RETURN_PATH, attempt["nonce"]
        )
        if who.team != self._directory.team or await self._directory.without_say([who.user]):
            raise Refused("only full members of this workspace may look")
        response = web.Response(status=303, headers={"Location": attempt["to"]})
        session = await self._seals.close("session", {"user": who.user, "name": who.name}, SESSION)
        self._set(response, self._session_cookie, session, SESSION)
        self._drop(response, self._attempt_cookie)
        return response

    def end(self) -> web.Response:
        """Sign out."""
        response = web.Response(status=303, headers={"Location": "/ledger"})
        self._drop(response, self._session_cookie)
        return response

    async def _attempt(self, request: web.Request) -> Mapping[str, str] | None:
        sealed = request.cookies.get(self._attempt_cookie)
        return await self._seals.open("sign-in", sealed) if sealed else None

    def _set(self, response: web.Response, name: str, value: str, life: timedelta) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(life.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            # Lax, not Strict: the way back from Slack is a link from another site.
            samesite="Lax",
        )

    def _drop(self, response: web.Response, name: str) -> None:
        response.del_cookie(name, path="/", secure=self._secure, httponly=True, samesite="Lax")


def _own_path(to: str) -> str:
    """The path, if it is one of ours; what could lead elsewhere leads to the ledger."""
    own = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if own else "/ledger"
