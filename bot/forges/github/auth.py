"""Who we are at GitHub: a token's account or an app, and the clients that speak for it."""

from __future__ import annotations

import threading

from github import Auth, Github, GithubIntegration
from github.Repository import Repository

from routing.model import Account

PER_PAGE = 100
"""The most that GitHub puts on one page."""
TIMEOUT_SECONDS = 10


class Clients:
    """PyGithub clients, one for each thread and installation.

    A PyGithub connection keeps the request that it is about to send in its own attributes, so a
    client shared by two threads can send one thread's write to the other's address.

    Nothing here repeats or paces requests by itself: a write is looked for before it is tried
    again, and only the outbox knows when.
    """

    def __init__(self, forge: str, api_url: str, auth: Auth.Auth) -> None:
        self._forge = forge
        self._api_url = api_url.rstrip("/")
        self._auth = auth
        self._here = threading.local()
        self._lock = threading.Lock()
        self._open: list[Github | GithubIntegration] = []
        self._installations: dict[str, int] = {}
        self._me: Account | None = None

    @property
    def app(self) -> int | None:
        """The id of the app that we are, if we are one."""
        return int(self._auth.app_id) if isinstance(self._auth, Auth.AppAuth) else None

    def repository(self, project: str) -> Repository:
        """The repository, not fetched yet."""
        return self._client(project).get_repo(project)

    def forget(self, project: str) -> None:
        """Look the app's installation up again: it may have been removed and made anew."""
        self._installations.pop(project, None)

    def me(self, project: str) -> Account:
        """Our own account; for an app, its bot's."""
        if self._me is None:
            client = self._client(project)
            if isinstance(self._auth, Auth.AppAuth):
                # GET /user is closed to apps. No person can hold a login with brackets.
                slug = self._integration(self._auth).get_app().slug
                bot = client.get_user(f"{slug}[bot]")
                self._me = Account(self._forge, str(bot.id), bot.login, bot=True)
            else:
                user = client.get_user()
                bot_account = user.type == "Bot"
                self._me = Account(self._forge, str(user.id), user.login, bot=bot_account)
        return self._me

    def quota(self) -> tuple[int, int] | None:
        """Calls left and the limit: the least of what GitHub last told any client."""
        with self._lock:
            told = [client.requester.rate_limiting for client in self._open]
        return min(((left, limit) for left, limit in told if limit >= 0), default=None)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            while self._open:
                self._open.pop().close()

    def _client(self, project: str) -> Github:
        if isinstance(self._auth, Auth.AppAuth):
            installation = self._installation(self._auth, project)
            return self._kept(installation, self._auth.get_installation_auth(installation))
        return self._kept(0, self._auth)

    def _installation(self, auth: Auth.AppAuth, project: str) -> int:
        if project not in self._installations:
            owner, _, name = project.partition("/")
            found = self._integration(auth).get_repo_installation(owner, name)
            self._installations[project] = found.id
        return self._installations[project]

    def _kept(self, key: int, auth: Auth.Auth) -> Github:
        """This thread's client of that installation."""
        clients: dict[int, Github] = self._here.__dict__.setdefault("clients", {})
        if key not in clients:
            clients[key] = Github(
                auth=auth,
                base_url=self._api_url,
                timeout=TIMEOUT_SECONDS,
                per_page=PER_PAGE,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
                lazy=True,
            )
            self._remember(clients[key])
        return clients[key]

    def _integration(self, auth: Auth.AppAuth) -> GithubIntegration:
        """This thread's client that speaks as the app itself."""
        integration: GithubIntegration | None = self._here.__dict__.get("integration")
        if integration is None:
            integration = self._here.integration = GithubIntegration(
                auth=auth,
                base_url=self._api_url,
                timeout=TIMEOUT_SECONDS,
                per_page=PER_PAGE,
                retry=None,
                seconds_between_requests=None,
                seconds_between_writes=None,
            )
            self._remember(integration)
        return integration

    def _remember(self, client: Github | GithubIntegration) -> None:
        with self._lock:
            self._open.append(client)
