"""Sign in with Slack, as Slack's own side of it: who you are is chosen on a page.

Source: Slack's "Sign in with Slack" pages: a code lives ten minutes and is spent once, the token
is signed with RS256 and carries Slack's own claims.
"""

from __future__ import annotations

import html
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from yarl import URL

from bot.playground.nouns import Json
from bot.playground.workspace import Workspace

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(minutes=5)
KID = "playground"
ASKED = ("client_id", "redirect_uri", "state", "nonce")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for."""

    user: str
    redirect_uri: str
    nonce: str
    given: datetime


class OpenId:
    """The pages and the one method; `client_id` and `client_secret` are the app's."""

    def __init__(self, workspace: Workspace) -> None:
        self.client_id = f"playground.{secrets.token_hex(4)}"
        self.client_secret = secrets.token_hex(16)
        self._workspace = workspace
        self._grants: dict[str, Grant] = {}

    def routes(self) -> list[web.RouteDef]:
        """Where it is served."""
        return [
            web.get("/openid/connect/authorize", self._authorize),
            web.get("/openid/connect/keys", self._keys),
            web.post("/api/openid.connect.token", self._token),
        ]

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        """Made when somebody signs in first: it takes a moment."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    async def _authorize(self, request: web.Request) -> web.Response:
        """Ask who is there; with `as` they have said it."""
        query = request.query
        if query.get("client_id") != self.client_id or any(one not in query for one in ASKED):
            raise web.HTTPBadRequest(text="invalid_client_id, or a parameter is missing")
        user = self._workspace.users.get(query.get("as", ""))
        if user is None or user.bot or user.deleted:
            return web.Response(text=self._choice(request.rel_url), content_type="text/html")
        code = secrets.token_urlsafe(16)
        self._grants[code] = Grant(
            user.id, query["redirect_uri"], query["nonce"], self._workspace.clock.now()
        )
        back = URL(query["redirect_uri"]).update_query(code=code, state=query["state"])
        return web.Response(status=302, headers={"Location": str(back)})

    def _choice(self, asked: URL) -> str:
        people = [user for user in self._workspace.users.values() if not (user.bot or user.deleted)]
        links = "".join(
            f'<li><a href="{html.escape(str(asked.update_query({"as": user.id})))}">'
            f"{html.escape(user.real_name)}</a></li>"
            for user in people
        )
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>Sign in with Slack</title>"
            '<link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="/playground/static/sign_in.css">'
            f"<main><h1>Sign in with Slack</h1><p>Who are you?</p><ul>{links}</ul></main></html>"
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        public: Json = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return web.json_response({"keys": [public | {"kid": KID, "alg": "RS256", "use": "sig"}]})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("client_id") != self.client_id:
            return _refused("invalid_client_id")
        if form.get("client_secret") != self.client_secret:
            return _refused("bad_client_secret")
        grant = self._grants.pop(str(form.get("code", "")), None)
        now = self._workspace.clock.now()
        if grant is None or now - grant.given > CODE_LIFE:
            return _refused("invalid_code")
        if form.get("redirect_uri") != grant.redirect_uri:
            return _refused("bad_redirect_uri")
        token = jwt.encode(
            dict(self._claims(grant, now)), self._key, algorithm="RS256", headers={"kid": KID}
        )
        return web.json_response({"ok": True, "token_type": "Bearer", "id_token": token})

    def _claims(self, grant: Grant, now: datetime) -> Mapping[str, str | int]:
        user = self._workspace.user(grant.user)
        return {
            "iss": self._workspace.url.rstrip("/"),
            "sub": user.id,
            "aud": self.client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "nonce": grant.nonce,
            "name": user.real_name,
            "https://slack.com/user_id": user.id,
            "https://slack.com/team_id": user.team_id,
        }


def _refused(code: str) -> web.Response:
    return web.json_response({"ok": False, "error": code})
