"""The HTTP of the stand-in: who may ask, what goes wrong on the way, pages, redirects, errors."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlencode

from aiohttp import web

from tests.standins.faults import Faults
from tests.standins.github.app import App
from tests.standins.github.calls import Call, Created, Handler, Listing, Problem, page
from tests.standins.github.graphql import Mistake, answer
from tests.standins.github.repository import Repository
from tests.standins.github.routes import ROUTES
from tests.standins.github.state import Person
from tests.standins.github.views import Json, Views

BUDGET = 5000
"""Requests an hour that GitHub grants to a token."""

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers requests from the repositories it is given."""

    def __init__(
        self,
        repositories: Mapping[str, Repository],
        people: Mapping[str, Person],
        tokens: Mapping[str, Person],
        now: Callable[[], datetime],
    ) -> None:
        self.repositories = repositories
        self.people = people
        self.tokens = tokens
        self.now = now
        self.app: App | None = None
        self.faults = Faults()
        self.requests: list[tuple[str, str]] = []
        self.url = ""
        self._spent = 0

    async def start(self) -> str:
        """Listen on a free port of 127.0.0.1; returns the address."""
        application = web.Application(middlewares=[self._guard])
        router = application.router
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
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.views = Views(self.url, self.people)
        return self.url

    async def stop(self) -> None:
        """Stop listening."""
        self.faults.road.set()
        await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Answering) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        self.faults.arrived.set()
        await self.faults.road.wait()
        if self.faults.down:
            return self._cut(request)
        self._spent += 1
        try:
            self._fail(request.method)
            self.faults.meanwhile(request.method, request.path)
            answer = await handler(request)
            if self.faults.lost_answers and request.method != "GET":
                self.faults.lost_answers -= 1
                return self._cut(request)
        except Problem as problem:
            return self._refusal(problem)
        except web.HTTPRedirection:
            raise
        except web.HTTPException as refusal:
            return self._refusal(Problem(refusal.status, refusal.reason))
        return answer

    def _cut(self, request: web.Request) -> web.Response:
        """End the connection; the answer goes nowhere."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _fail(self, method: str) -> None:
        status = self.faults.failure(method)
        if status is not None:
            raise Problem(status, "Server Error")
        if self.faults.retry_after is not None:
            raise Problem(
                403, "You have exceeded a secondary rate limit. Please wait a few minutes."
            )
        if self.faults.limited_until is not None:
            raise Problem(403, "API rate limit exceeded for user ID 1001.")

    def _refusal(self, problem: Problem) -> web.Response:
        body: Json = {
            "message": problem.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(problem.status),
        }
        if problem.errors:
            body["errors"] = list(problem.errors)
        return self._response(body, problem.status)

    def _response(
        self, body: object, status: int = 200, links: Mapping[str, str] | None = None
    ) -> web.Response:
        now, until = self.now(), self.faults.limited_until
        headers = {
            "Date": format_datetime(now, usegmt=True),
            "X-RateLimit-Limit": str(BUDGET),
            "X-RateLimit-Remaining": "0" if until else str(max(BUDGET - self._spent, 0)),
            "X-RateLimit-Reset": str(int((until or now).timestamp())),
        }
        if self.faults.retry_after is not None:
            headers["Retry-After"] = str(self.faults.retry_after)
        if links:
            headers["Link"] = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items())
        return web.Response(
            text=json.dumps(body), status=status, headers=headers, content_type="application/json"
        )

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
        within = listing.within
        return self._response(
            items if within is None else within | {listing.key: items}, links=links
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
