"""The HTTP face of the Web API: who is calling, with what, how often, and the answer's shape."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from bot.playground import (
    chat_methods,
    directory_methods,
    file_methods,
    history_methods,
    unfurling,
    view_methods,
)
from bot.playground.arguments import Arguments
from bot.playground.chat_methods import answer
from bot.playground.methods import Method
from bot.playground.nouns import Json
from bot.playground.pacing import Pacing
from bot.playground.refusal import ApiRefusal
from bot.playground.trouble import Trouble
from bot.playground.workspace import Workspace


class WebApi:
    """Serves `/api/{method}` and response URLs.

    `tokens` maps a token to what it is ("bot" or "app"); `calls` is the names of all methods
    called, in order, refused ones included.
    """

    def __init__(
        self, workspace: Workspace, tokens: Mapping[str, str], *more_methods: Method
    ) -> None:
        self.trouble = Trouble()
        self.pacing = Pacing(workspace.clock)
        self.calls: list[str] = []
        self._workspace = workspace
        self._tokens = tokens
        tables = (
            chat_methods.METHODS,
            directory_methods.METHODS,
            file_methods.METHODS,
            history_methods.METHODS,
            view_methods.METHODS,
            unfurling.METHODS,
            more_methods,
        )
        self._methods = {method.name: method for table in tables for method in table}

    def routes(self) -> list[web.RouteDef]:
        """Where it is served."""
        return [
            web.post("/api/{method}", self._call),
            web.get("/api/{method}", self._call),
            web.post("/response/{key}", self._respond),
            file_methods.upload_route(self._workspace),
        ]

    async def _call(self, request: web.Request) -> web.Response:
        answer = await self._answered(request)
        answer.headers["Date"] = format_datetime(self._workspace.clock.now(), usegmt=True)
        return answer

    async def _answered(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        self.calls.append(name)
        status = self.trouble.refusal()
        if status is not None:
            return _broken(status)
        try:
            arguments = await _arguments(request)
            if slow := self.trouble.slow():
                await asyncio.sleep(slow)
            method = self._allowed(name, _token(request, arguments))
            place = self._workspace.place_id(arguments.text("channel"))
            wait = self.pacing.wait(method, place)
            if wait:
                return _rate_limited(wait)
            result = method.act(self._workspace, arguments)
        except ApiRefusal as refusal:
            return _refused(refusal)
        if self.trouble.loses_answer() and request.transport is not None:
            request.transport.abort()
        scopes = ",".join(sorted(self._workspace.scopes))
        return web.json_response({"ok": True, **result}, headers={"x-oauth-scopes": scopes})

    def _allowed(self, name: str, token: str) -> Method:
        method = self._methods.get(name)
        if method is None:
            raise ApiRefusal("unknown_method", req_method=name)
        if not token:
            raise ApiRefusal("not_authed")
        if self.trouble.revoked:
            raise ApiRefusal("token_revoked")
        if token not in self._tokens:
            raise ApiRefusal("invalid_auth")
        if self._tokens[token] != method.caller:
            raise ApiRefusal("not_allowed_token_type")
        granted = self._workspace.scopes
        if method.scope is not None and method.scope not in granted:
            raise ApiRefusal(
                "missing_scope", needed=method.scope, provided=",".join(sorted(granted))
            )
        return method

    async def _respond(self, request: web.Request) -> web.Response:
        status = self.trouble.refusal()
        if status is not None:
            return _broken(status)
        try:
            body = await request.json()
        except ValueError:
            return _refused(ApiRefusal("invalid_payload"), status=400)
        try:
            response = self._workspace.handles.use_response(request.match_info["key"])
            answer(self._workspace, response, body)
        except ApiRefusal as refusal:
            return _refused(refusal, status=404 if refusal.code.endswith("_url") else 400)
        return web.json_response({"ok": True})


async def _arguments(request: web.Request) -> Arguments:
    sources: list[Mapping[str, Any]] = [dict(request.query)]
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError as exc:
            raise ApiRefusal("invalid_json") from exc
        if not isinstance(body, dict):
            raise ApiRefusal("json_not_object")
        sources.append(body)
    elif request.method == "POST":
        sources.append(dict(await request.post()))
    return Arguments(*sources)


def _token(request: web.Request, arguments: Arguments) -> str:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip()
    return arguments.text("token")


def _refused(refusal: ApiRefusal, status: int = 200) -> web.Response:
    body: Json = {"ok": False, "error": refusal.code, **refusal.extra}
    if refusal.messages:
        body["response_metadata"] = {"messages": list(refusal.messages)}
        body["errors"] = [message.removeprefix("[ERROR] ") for message in refusal.messages]
    return web.json_response(body, status=status)


def _rate_limited(seconds: int) -> web.Response:
    return web.json_response(
        {"ok": False, "error": "ratelimited"},
        status=429,
        headers={"Retry-After": str(seconds)},
    )


def _broken(status: int) -> web.Response:
    if status == web.HTTPTooManyRequests.status_code:
        return _rate_limited(1)
    return web.json_response({"ok": False, "error": "internal_error"}, status=status)
