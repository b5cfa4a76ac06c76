"""A stand-in for GitLab: its REST API and webhooks over real HTTP, with state, and strict.

It is its first project ("acme/shop"); `another` makes further ones. `tier` switches what is
licensed. Tests say what people do (`gitlab.open_merge_request("ana", "feat", files=…)`) and look
at what people would see (`gitlab.gate(iid)`), while stock python-gitlab talks to `gitlab.url`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Self

from tests.standins.gitlab.hooks import Hooks
from tests.standins.gitlab.project import Project
from tests.standins.gitlab.server import Server
from tests.standins.gitlab.state import DEVELOPER, Person, Rule
from tests.standins.site import Site, real_time

BOT = "countersign-bot"
TOKEN = "glpat-of-the-bot"


class GitLabStandIn(Site[Server, Hooks], Project):
    """GitLab on 127.0.0.1. Use as `async with GitLabStandIn() as gitlab`.

    `token` belongs to the account `bot`; `tokens` maps every token to its account.
    """

    def __init__(
        self,
        path: str = "acme/shop",
        *,
        token: str = TOKEN,
        bot: str = BOT,
        now: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__(path, {}, now, count(2001))
        self.committers = self.people
        self.token = token
        self.bot = self.add_person(bot)
        self.tokens = {token: self.bot}
        self.projects: dict[str, Project] = {path: self}
        self.server = Server(self.projects, self.people, self.tokens, now)
        self.hooks = Hooks(now)

    async def __aenter__(self) -> Self:
        """Listen on a free port; from here on, what happens is told to the webhook."""
        self.url = await self.server.start()
        for project in self.projects.values():
            project.hook = self.hooks.tell
        return self

    def add_person(
        self,
        username: str,
        *,
        name: str | None = None,
        email: str | None = None,
        access: int = DEVELOPER,
    ) -> Person:
        """Make an account; its commits carry `email`."""
        person = Person(
            username, next(self.ids), name or username.title(), email or f"{username}@example.com",
            access,
        )  # fmt: skip
        self.people[username] = person
        return person

    def rename_person(self, username: str, new: str) -> None:
        """Give an account another username; its id stays."""
        person = self.people.pop(username)
        person.username = new
        self.people[new] = person

    def another(self, path: str) -> Project:
        """Make a further project with the same people."""
        project = Project(path, self.people, self.now, self.ids)
        project.hook = self.hook
        self.projects[path] = project
        return project

    def rename_project(self, old: str, new: str) -> None:
        """Rename a project; the old path redirects what only reads, as on GitLab."""
        project = self.projects.pop(old)
        project.former_paths.add(old)
        project.path = new
        self.projects[new] = project

    def require_approval_of(self, *usernames: str, kind: str = "regular") -> None:
        """Make an approval rule that names these people; CODEOWNERS make "code_owner" ones."""
        people = tuple(self.people[one] for one in usernames)
        self.rules.append(Rule(next(self.ids), "Signed off", people, kind=kind))

    def add_external_check(self, name: str = "Countersign") -> int:
        """Make an external status check; returns its id."""
        number = next(self.ids)
        self.external_checks[number] = name
        return number
