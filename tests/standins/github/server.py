"""The HTTP of the stand-in: who may ask, what goes wrong on the way, pages, redirects, errors."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from urllib.parse import urlencode

from aiohttp import web

from tests.standins.github.app import App
from tests.standins.github.calls import Call, Created, Handler, Listing, page
from tests.standins.github.graphql import Mistake, answer
from tests.standins.github.repository import Repository
from tests.standins.github.routes import ROUTES
from tests.standins.github.state import Person
from tests.standins.github.views import Json, Views
from tests.standins.quotas import HOURLY
from tests.standins.server import Answering, Problem, StandInServer

BUDGET = 5000
"""Requests an hour that GitHub grants to a token."""


class Server(StandInServer):
    """Answers requests from the repositories it is given."""

    def __init__(
        self,
        repositories: Mapping[str, Repository],
        people: Mapping[str, Person],
        tokens: Mapping[str, Person],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(now)
        self.repositories = repositories
        self.people = people
        self.tokens = tokens
        self.app: App | None = None

    def _routes(self, router: web.UrlDispatcher) -> None:
        for prefix in ("/repos/{owner}/{name}", "/repositories/{id}"):
            router.add_get(f"{prefix}/installation", self._installation)
            for method, path, handler in ROUTES:
                router.add_route(method, prefix + path, self._answering(handler))
        router.add_post("/graphql", self._graphql)
        router.add_get("/user", self._user)
        router.add_get("/users/{login}", self._user)
        router.add_get("/app", self._app)
        router.add_get("/app/installations", self._installations)
        router.add_post("/app/installations/{id}/access_tokens", self._access_token)

    @cached_property
    def views(self) -> Views:
        """What is shown, with addresses of where it listens."""
        return Views(self.url, self.people)

    def _limit(self) -> Problem:
        if self.faults.retry_after is None:
            return Problem(403, "API rate limit exceeded for user ID 1001.")
        return Problem(403, "You have exceeded a secondary rate limit. Please wait a few minutes.")

    def _refusal(self, problem: Problem) -> web.Response:
        body: Json = {
            "message": problem.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(problem.status),
        }
        if problem.errors:
            body["errors"] = list(problem.errors)
        return self._response(body, problem.status)

    def _headers(self) -> Mapping[str, str]:
        now, until = self.now(), self.faults.limited_until
        left, most, reset = max(BUDGET - len(self.requests), 0), BUDGET, until or now
        if self.quotas is not None:
            left, most, reset = self.quotas.left(HOURLY)
        return {
            "Date": format_datetime(now, usegmt=True),
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": "0" if until else str(left),
            "X-RateLimit-Reset": str(math.ceil(reset.timestamp())),
        }

    def _token(self, request: web.Request) -> str:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() not in {"bearer", "token"}:
            raise Problem(401, "Requires authentication")
        return token

    def _person(self, request: web.Request, repo: Repository | None = None) -> Person:
        """Whose token this is; an installation's opens only its own repositories."""
        token = self._token(request)
        if token in self.tokens:
            return self.tokens[token]
        if self.app is not None and token in self.app.tokens:
            if repo is None:
                raise Problem(403, "Resource not accessible by integration")
            if not self.app.may_enter(token, repo.full_name):
                raise Problem(404, "Not Found")
            return self.app.bot
        raise Problem(401, "Bad credentials")

    def _repository(self, request: web.Request) -> Repository:
        match = request.match_info
        name = f"{match.get('owner')}/{match.get('name')}".lower()
        for repo in self.repositories.values():
            if repo.full_name.lower() == name or str(repo.id) == match.get("id"):
                return repo
            if name in {former.lower() for former in repo.former_names}:
                rest = request.path.split("/", 4)[4:]
                target = "/".join([f"{self.url}/repositories/{repo.id}", *rest])
                # GitHub keeps the method of everything but a GET.
                moved = web.HTTPMovedPermanently if request.method == "GET" else None
                raise (moved or web.HTTPTemporaryRedirect)(target)
        raise Problem(404, "Not Found")

    def _answering(self, handler: Handler) -> Answering:
        async def answer(request: web.Request) -> web.StreamResponse:
            body = await self._body(request)
            self._token(request)
            repo = self._repository(request)
            person = self._person(request, repo)
            if person.access == "none":
                raise Problem(404, "Not Found")
            app = self.app.id if self.app is not None and person is self.app.bot else None
            call = Call(repo, person, self.views, request.match_info, request.query, body, app)
            match handler(call):
                case Created(view):
                    return self._response(view, 201)
                case Listing() as listing:
                    return self._page(listing, request)
                case view:
                    return self._response(view)

        return answer

    async def _body(self, request: web.Request) -> Mapping[str, object]:
        raw = await request.read()
        if not raw:
            return {}
        try:
            body = json.loads(raw)
        except ValueError:
            raise Problem(400, "Problems parsing JSON") from None
        if not isinstance(body, dict):
            raise Problem(400, "Body should be a JSON object")
        return body

    def _page(self, listing: Listing, request: web.Request) -> web.Response:
        items, numbers = page(listing, request.query)
        links = {}
        for relation, number in numbers.items():
            query = urlencode(dict(request.query) | {"page": str(number)})
            links[relation] = f"{self.url}{request.path}?{query}"
        shown = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items())
        within = listing.within
        return self._response(
            items if within is None else within | {listing.key: items},
            more={"Link": shown} if shown else {},
        )

    async def _graphql(self, request: web.Request) -> web.StreamResponse:
        body = await self._body(request)
        query, variables = body.get("query"), body.get("variables")
        if not isinstance(query, str) or not isinstance(variables, dict):
            raise Problem(400, "A query attribute must be specified and must be a string.")
        repo = self.repositories.get(f"{variables.get('owner')}/{variables.get('name')}")
        self._person(request, repo)
        if self.faults.graphql_limited:
            limited = {"type": "RATE_LIMITED", "message": "API rate limit exceeded"}
            return self._response({"data": None, "errors": [limited]})
        if repo is None:
            name = f"{variables.get('owner')}/{variables.get('name')}"
            gone = {
                "type": "NOT_FOUND",
                "path": ["repository"],
                "message": f"Could not resolve to a Repository with the name '{name}'.",
            }
            return self._response({"data": {"repository": None}, "errors": [gone]})
        try:
            return self._response(answer(repo, query, variables))
        except Mistake as mistake:
            return self._response({"errors": [{"message": str(mistake)}]})

    async def _user(self, request: web.Request) -> web.StreamResponse:
        login = request.match_info.get("login")
        if login is None:
            return self._response(self.views.user(self._person(request)))
        self._token(request)
        person = self.people.get(login.lower())
        if person is None:
            raise Problem(404, "Not Found")
        return self._response(self.views.user(person))

    def _proven_app(self, request: web.Request) -> App:
        if self.app is None or not self.app.proves(self._token(request)):
            raise Problem(401, "A JSON web token could not be decoded")
        return self.app

    async def _app(self, request: web.Request) -> web.StreamResponse:
        return self._response(self._proven_app(request).view())

    async def _installations(self, request: web.Request) -> web.StreamResponse:
        app = self._proven_app(request)
        views = [app.installation_view(name, self.url) for name in app.installations]
        return self._page(Listing(views), request)

    async def _installation(self, request: web.Request) -> web.StreamResponse:
        app, repo = self._proven_app(request), self._repository(request)
        if repo.full_name not in app.installations:
            raise Problem(404, "Not Found")
        return self._response(app.installation_view(repo.full_name, self.url))

    async def _access_token(self, request: web.Request) -> web.StreamResponse:
        app = self._proven_app(request)
        installation = request.match_info["id"]
        if installation not in {str(known) for known in app.installations.values()}:
            raise Problem(404, "Not Found")
        return self._response(app.issue(int(installation)), 201)
