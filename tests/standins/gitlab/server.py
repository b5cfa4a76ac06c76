"""The HTTP of the stand-in: who may ask, what goes wrong on the way, pages, redirects, errors."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote, urlencode

from aiohttp import web

from tests.standins.gitlab import views
from tests.standins.gitlab.calls import Call, Created, Handler, Listing
from tests.standins.gitlab.project import Project
from tests.standins.gitlab.routes import ROUTES
from tests.standins.gitlab.state import Person
from tests.standins.quotas import PER_MINUTE
from tests.standins.server import Answering, Problem, StandInServer, number

API = "/api/v4"
PER_PAGE, MOST_PER_PAGE = 20, 100
BUDGET = 2000
"""Requests a minute that GitLab grants to a user."""


class Server(StandInServer):
    """Answers requests from the projects it is given."""

    prefix = API

    def __init__(
        self,
        projects: Mapping[str, Project],
        people: Mapping[str, Person],
        tokens: Mapping[str, Person],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(now)
        self.projects = projects
        self.people = people
        self.tokens = tokens

    def _routes(self, router: web.UrlDispatcher) -> None:
        for method, path, handler in ROUTES:
            router.add_route(method, f"{API}/projects/{{id}}{path}", self._answering(handler))
        router.add_get(f"{API}/user", self._me)
        router.add_get(f"{API}/users", self._users)
        router.add_post("/api/graphql", self._graphql)

    def _limit(self) -> Problem:
        return Problem(429, "Retry later")

    def _refusal(self, problem: Problem) -> web.Response:
        return self._response({"message": problem.message}, problem.status)

    def _headers(self) -> Mapping[str, str]:
        headers = {"Date": format_datetime(self.now(), usegmt=True)}
        until = self.faults.limited_until
        if until is not None:
            reset = str(int(until.timestamp()))
            return headers | {"RateLimit-Remaining": "0", "RateLimit-Reset": reset}
        if self.faults.retry_after is not None:
            return headers
        left, most = max(BUDGET - len(self.requests), 0), BUDGET
        if self.quotas is not None:
            left, most, renewed = self.quotas.left(PER_MINUTE)
            headers["RateLimit-Reset"] = str(math.ceil(renewed.timestamp()))
        return headers | {"RateLimit-Limit": str(most), "RateLimit-Remaining": str(left)}

    def _person(self, request: web.Request) -> Person:
        token = request.headers.get("PRIVATE-TOKEN", "")
        if token not in self.tokens:
            raise Problem(401, "401 Unauthorized")
        return self.tokens[token]

    def _project(self, request: web.Request) -> Project:
        name = request.match_info["id"]
        for project in self.projects.values():
            if name in {project.path, str(project.id)}:
                return project
            if name in project.former_paths:
                if request.method != "GET":
                    raise Problem(405, "Non GET methods are not allowed for moved projects")
                rest = request.path.removeprefix(f"{API}/projects/{quote(name, safe='')}")
                raise web.HTTPMovedPermanently(f"{self.url}{API}/projects/{project.id}{rest}")
        raise Problem(404, "404 Project Not Found")

    def _answering(self, handler: Handler) -> Answering:
        async def answer(request: web.Request) -> web.StreamResponse:
            person, project = self._person(request), self._project(request)
            if not person.access:
                raise Problem(404, "404 Project Not Found")
            body, refs = await self._body(request), request.query.getall("refs[]", [])
            call = Call(project, person, request.match_info, request.query, refs, body)
            match handler(call):
                case Created(view):
                    return self._response(view, 201)
                case Listing(items):
                    return self._page(items, request)
                case view:
                    return self._response(view)

        return answer

    async def _body(self, request: web.Request) -> Mapping[str, object]:
        raw = await request.read()
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            raise Problem(400, "400 Bad Request") from None
        if not isinstance(body, dict):
            raise Problem(400, "400 Bad Request")
        return body

    def _page(self, items: Sequence[object], request: web.Request) -> web.Response:
        size = min(max(number(request.query, "per_page", PER_PAGE), 1), MOST_PER_PAGE)
        page = max(number(request.query, "page", 1), 1)
        last = max(-(-len(items) // size), 1)
        after = str(page + 1) if page < last else ""
        numbers = {"first": 1, "last": last, **({"next": page + 1} if after else {})}
        links = []
        for relation, at in numbers.items():
            query = urlencode(dict(request.query) | {"page": str(at), "per_page": str(size)})
            address = f"{self.url}{request.rel_url.raw_path}?{query}"
            links.append(f'<{address}>; rel="{relation}"')
        headers = {
            "Link": ", ".join(links),
            "X-Page": str(page),
            "X-Per-Page": str(size),
            "X-Prev-Page": str(page - 1) if page > 1 else "",
            "X-Next-Page": after,
            "X-Total": str(len(items)),
            "X-Total-Pages": str(last),
        }
        return self._response(list(items[(page - 1) * size : page * size]), more=headers)

    async def _me(self, request: web.Request) -> web.StreamResponse:
        return self._response(views.user(self._person(request)))

    async def _users(self, request: web.Request) -> web.StreamResponse:
        self._person(request)
        wanted = request.query.get("username", "").lower()
        people = [one for one in self.people.values() if one.username.lower() == wanted]
        return self._page([views.user(one) for one in people], request)

    async def _graphql(self, request: web.Request) -> web.StreamResponse:
        """The one question that REST does not answer: which pipeline stands for the head.

        Who is not known is nobody, and what nobody may see is not there.
        """
        _, _, token = request.headers.get("Authorization", "").partition("Bearer ")
        asked = await self._body(request)
        if "mergeRequest(iid: $number) { diffHeadSha headPipeline { id sha } }" not in str(
            asked.get("query")
        ):
            return self._response({"errors": [{"message": "Parse error on a field"}]})
        variables = asked["variables"]
        wanted = variables if isinstance(variables, dict) else {}
        project = self.projects.get(wanted["project"]) if token in self.tokens else None
        found = project.merge_requests.get(int(wanted["number"])) if project else None
        shown = views.graphql_merge_request(project, found) if project and found else None
        view = {"mergeRequest": shown} if project else None
        return self._response({"data": {"project": view}})
