"""Sign in with Slack: OpenID Connect's authorization code, spoken with Slack or its stand-in.

Source: Slack's "Sign in with Slack" pages and OpenID Connect Core 1.0, section 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import jwt
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from yarl import URL

from bot.clock import Clock
from bot.errors import Refused, Retryable
from bot.slack.client import TIMEOUT, asked, open_client

ALGORITHM = "RS256"
CLAIM = "https://slack.com/"
"""What Slack's own claims begin with, whoever issues the token."""
KEYS_FRESH = timedelta(hours=1)
NO_CODE = "no-code"
OF_THE_APP = ("invalid_client_id", "bad_client_secret")
"""What Slack says to an id and secret that are not the app's, whatever the code."""
AHEAD = timedelta(minutes=1)
"""How far two clocks may be apart."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who Slack says is there."""

    user: str
    team: str
    name: str


class SlackOpenId:
    """Speaks with the Slack of that Web API, for the app with this id and secret.

    `trouble` is why nobody could sign in when it was last looked, if so.
    """

    def __init__(self, api_url: str, app: tuple[str, str], clock: Clock) -> None:
        self._client = open_client("", api_url)
        self._id, self._secret = app
        self._clock = clock
        self._issuer = str(URL(api_url).origin())
        self._keys: tuple[datetime, jwt.PyJWKSet] | None = None
        self.trouble: str | None = None

    def authorize_url(self, redirect_uri: str, state: str, nonce: str, team: str | None) -> str:
        """Where the browser goes to be asked."""
        query = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self._id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
        }
        if team is not None:
            query["team"] = team
        return str(URL(f"{self._issuer}/openid/connect/authorize").with_query(query))

    async def exchange(self, code: str, redirect_uri: str, nonce: str) -> SignedIn:
        """Who the code stands for.

        Raises:
            Refused: Slack does not take the code, or its answer does not prove what it says.
            Retryable: Slack cannot be reached now.
        """
        answer = await self._token(code, redirect_uri)
        claims = await self._claims(str(answer.get("id_token", "")))
        if claims["nonce"] != nonce:
            raise Refused("the sign-in belongs to another browser")
        try:
            user, team = claims[f"{CLAIM}user_id"], claims[f"{CLAIM}team_id"]
        except KeyError as exc:
            raise Refused(f"Slack's answer lacks {exc}") from exc
        return SignedIn(str(user), str(team), str(claims.get("name", user)))

    async def look(self) -> None:
        """See whether anybody could sign in: with a code that Slack never gave out.

        `trouble` says then why nobody could; None when all that was wrong is the code.
        """
        try:
            await self._fetched()
            await self._token(NO_CODE, "")
        except Refused as exc:
            self.trouble = str(exc) if any(one in str(exc) for one in OF_THE_APP) else None
        except Retryable as exc:
            self.trouble = str(exc)

    async def _token(self, code: str, redirect_uri: str) -> AsyncSlackResponse:
        return await asked(
            self._client.api_call(
                "openid.connect.token",
                data={
                    "client_id": self._id,
                    "client_secret": self._secret,
                    "code": code,
                    "redirect_uri": redirect_uri,
                },
            )
        )

    async def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            key = await self._key(str(jwt.get_unverified_header(token).get("kid")))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._id,
                issuer=self._issuer,
                # Held against our own clock below.
                options={
                    "require": ["exp", "iat", "nonce"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError as exc:
            raise Refused(f"Slack's answer proves nothing: {exc}") from exc
        now = self._clock.now().timestamp()
        if not claims["iat"] - AHEAD.total_seconds() <= now < claims["exp"]:
            raise Refused("Slack's answer is not of this moment")
        return claims

    async def _key(self, kid: str) -> jwt.PyJWK:
        """The key of that id; Slack is asked again where it is not among those known."""
        known = self._keys
        if known is None or self._clock.now() - known[0] > KEYS_FRESH or not _has(known[1], kid):
            self._keys = known = (self._clock.now(), await self._fetched())
        return known[1][kid]

    async def _fetched(self) -> jwt.PyJWKSet:
        address = f"{self._issuer}/openid/connect/keys"
        limit = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit, raise_for_status=True) as session,
                session.get(address, allow_redirects=False) as response,
            ):
                return jwt.PyJWKSet.from_dict(await response.json())
        except (TimeoutError, aiohttp.ClientError, ValueError, OSError) as exc:
            raise Retryable(f"Slack's keys cannot be read: {exc or type(exc).__name__}") from exc


def _has(keys: jwt.PyJWKSet, kid: str) -> bool:
    return any(key.key_id == kid for key in keys.keys)
