"""A stand-in for GitHub: its REST API and webhooks over real HTTP, with state, and strict.

It is its first repository ("acme/shop"); `another` makes further ones. Tests say what people do
(`github.open_pull("ana", "feat", files=…)`) and look at what people would see
(`github.gate(number)`), while stock client libraries talk to `github.url`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Literal, Self

from tests.standins.github.app import App
from tests.standins.github.hooks import Hooks
from tests.standins.github.repository import Repository
from tests.standins.github.server import Server
from tests.standins.github.state import Person
from tests.standins.github.views import WEB_FLOW
from tests.standins.site import Site, real_time

BOT = "countersign-bot"
TOKEN = "ghp_of_the_bot"


class GitHubStandIn(Site[Server, Hooks], Repository):
    """GitHub on 127.0.0.1. Use as `async with GitHubStandIn() as github`.

    `token` belongs to the account `countersign-bot`; `tokens` maps every token to its account.
    """

    def __init__(
        self,
        full_name: str = "acme/shop",
        *,
        token: str = TOKEN,
        now: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__(full_name, {WEB_FLOW.login: WEB_FLOW}, now, count(1001))
        self.token = token
        self.tokens = {token: self.add_person(BOT)}
        self.repositories: dict[str, Repository] = {full_name: self}
        self.server = Server(self.repositories, self.people, self.tokens, now)

    async def __aenter__(self) -> Self:
        """Listen on a free port; from here on, what happens is told to the webhook."""
        self.url = await self.server.start()
        self.hooks = Hooks(self.server.views)
        for repo in self.repositories.values():
            repo.hook = self.hooks.tell
        return self

    # --- accounts, apps, further repositories

    def add_person(
        self,
        login: str,
        *,
        id: int | None = None,  # noqa: A002 - GitHub's word
        name: str | None = None,
        email: str | None = None,
        bot: bool = False,
        access: Literal["none", "read", "write"] = "write",
    ) -> Person:
        """Make an account; its commits carry `email`."""
        person = Person(
            login,
            id if id is not None else next(self.ids),
            name or login.title(),
            email or f"{login}@example.com",
            bot,
            access,
        )
        self.people[login.lower()] = person
        return person

    def rename_person(self, login: str, new: str) -> None:
        """Give an account another login; its id stays."""
        person = self.people.pop(login.lower())
        person.login = new
        self.people[new.lower()] = person

    def delete_person(self, login: str) -> None:
        """Remove an account: what it wrote stays, and belongs to nobody."""
        person = self.people.pop(login.lower())
        for repo in self.repositories.values():
            for pull in repo.pulls.values():
                pull.author = None if pull.author is person else pull.author
                pull.requested = [who for who in pull.requested if who is not person]
                for review in pull.reviews:
                    review.by = None if review.by is person else review.by
                for comment in pull.comments:
                    comment.by = None if comment.by is person else comment.by

    def register_app(self, id: int, slug: str, public_key: str) -> App:  # noqa: A002 - GitHub's word
        """Register a GitHub App by its public key (PEM). Install it with `app.installations`."""
        bot = self.add_person(f"{slug}[bot]", bot=True)
        self.server.app = App(id, slug, public_key, bot)
        return self.server.app

    def another(self, full_name: str) -> Repository:
        """Make a further repository with the same people."""
        repo = Repository(full_name, self.people, self.now, self.ids)
        repo.hook = self.hook
        self.repositories[full_name] = repo
        return repo

    def rename_repository(self, old: str, new: str) -> None:
        """Rename a repository; the old name redirects, as on GitHub."""
        repo = self.repositories.pop(old)
        repo.former_names.add(old)
        repo.full_name = new
        self.repositories[new] = repo

    # --- faults

    @property
    def down(self) -> bool:
        """Whether every connection is cut without an answer."""
        return self.faults.down

    @down.setter
    def down(self, value: bool) -> None:
        self.faults.down = value

    def fail_next(self, times: int, status: int = 502, method: str | None = None) -> None:
        """Answer the next requests (of that method) with an error, having done nothing."""
        self.faults.failures += [(method, status)] * times
