"""GitHub as a forge: `Forge` over PyGithub, which blocks, so each call has a thread of our own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from github import Auth
from github.Repository import Repository

from bot.allowance import COSTLY, URGENT, Allowance
from bot.clock import SystemClock
from bot.errors import CountersignError, Misconfigured
from bot.forges.archive import MergedPage
from bot.forges.base import Sighting
from bot.forges.github import history, snapshot, writing
from bot.forges.github.archive import read_merged
from bot.forges.github.auth import Clients
from bot.forges.github.errors import FAULTS, translated
from bot.forges.github.gate import said_by_others, set_gate
from bot.forges.github.guarantees import Lock, findings, read_locks
from bot.forges.github.limits import GITHUB_COM
from bot.forges.github.listing import read_list
from bot.forges.github.names import read_names
from bot.forges.github.notes import AiNotes
from bot.forges.guarantees import Finding
from bot.forges.threaded import Threaded
from routing.effects import GateState, SetGate
from routing.files.forge_names import Names
from routing.model import Change, ForgeReview, PastChange, Ref, SaidByOthers

API_URL = "https://api.github.com"


def open_github(
    projects: Sequence[str],
    *,
    token: str | None = None,
    app: tuple[str, str] | None = None,
    api_url: str = API_URL,
    name: str = "github",
    allowance: Allowance | None = None,
) -> GitHub:
    """GitHub by a token, or by an app's id and private key (PEM).

    `allowance` is what may be asked; without one, as much as GitHub.com allows, or a server of
    one's own tells.

    Raises `Misconfigured` without either.
    """
    limits = GITHUB_COM if api_url.rstrip("/") == API_URL else ()
    allowed = allowance or Allowance(SystemClock(), limits)
    if app is not None:
        return GitHub(name, Clients(name, api_url, Auth.AppAuth(*app)), projects, allowed)
    if token:
        return GitHub(name, Clients(name, api_url, Auth.Token(token)), projects, allowed)
    raise Misconfigured("Set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY.")


class GitHub(Threaded[Repository]):
    """GitHub. Nothing but the configured `projects` is touched."""

    setting = "GITHUB_REPOSITORIES"
    faults = FAULTS

    def __init__(
        self, name: str, clients: Clients, projects: Sequence[str], allowance: Allowance
    ) -> None:
        super().__init__(name, projects, allowance)
        self._clients = clients
        self._notes = AiNotes()

    def _open(self, project: str) -> Repository:
        return self._clients.repository(project)

    def _seen(self, place: Repository, project: str) -> tuple[str, str]:
        return place.complete().full_name, self._clients.me(project).login

    def _translated(self, fault: Exception, project: str, doing: str) -> CountersignError:
        self._clients.forget(project)
        return translated(fault, doing)

    def _disconnect(self) -> None:
        self._clients.close()

    async def open_merge_requests(self, project: str) -> Sequence[Ref]:
        """Every open pull request, drafts included."""

        def read(repo: Repository) -> tuple[Ref, ...]:
            pulls = repo.get_pulls(state="open")
            return tuple(Ref(self.name, project, pull.number) for pull in pulls)

        return await self._on(project, f"listing what is open in {project}", read)

    async def listed(self, project: str) -> Sequence[Sighting]:
        """Every open pull request, with what tells whether it has changed; see `Listing`."""
        return await self._on(
            project,
            f"seeing what has changed in {project}",
            lambda repo: read_list(repo, self.name, project),
        )

    async def change(self, ref: Ref) -> Change:
        """The pull request with its files and commits; `base_sha` is the base branch's tip."""
        return await self._on(
            ref.project,
            f"reading {ref}",
            lambda repo: snapshot.read_change(repo, ref, self._notes),
        )

    async def reviews(self, ref: Ref) -> Sequence[ForgeReview]:
        """All submitted reviews, oldest first."""
        return await self._on(
            ref.project,
            f"reading the reviews of {ref}",
            lambda repo: snapshot.read_reviews(repo, ref),
        )

    async def requested_reviewers(self, ref: Ref) -> frozenset[str]:
        """Logins of the people whose review is requested now; teams are not people."""
        return await self._on(
            ref.project,
            f"reading whose review of {ref} is requested",
            lambda repo: snapshot.read_requested(repo, ref.number),
        )

    async def read_file(self, project: str, branch: str, sha: str, path: str) -> str | None:
        """A file's text at `sha`, which must be part of refs/heads/`branch`, or None."""
        return await self._on(
            project,
            f"reading {path} of {project}",
            lambda repo: snapshot.read_file(repo, branch, sha, path),
        )

    async def past_changes(
        self, project: str, sha: str, paths: Sequence[str], since: datetime
    ) -> Sequence[PastChange]:
        """Commits of `sha` that touched these paths or their directories, newest first.

        See `past_queries.past_changes` for what is left out to keep it affordable.
        """
        return await self._on(
            project,
            f"reading the history of {project}",
            lambda repo: history.read_history(repo, sha, paths, since),
        )

    async def members(self, project: str) -> frozenset[str]:
        """Logins of everybody whose review can be requested: GitHub's collaborators."""
        return await self._on(
            project,
            f"reading who may enter {project}",
            lambda repo: frozenset(one.login.lower() for one in repo.get_collaborators()),
        )

    async def merged(self, project: str, cursor: str | None) -> MergedPage:
        """A page of what was merged, with files and reviewers; see `Archive`."""
        return await self._on(
            project,
            f"reading what was merged in {project}",
            lambda repo: read_merged(repo, self.name, project, cursor),
        )

    async def tip(self, project: str, branch: str) -> str | None:
        """The commit of refs/heads/`branch` now, or None."""
        return await self._on(
            project,
            f"looking at {branch} of {project}",
            lambda repo: snapshot.branch_tip(repo, branch),
        )

    async def names(self, project: str) -> Names:
        """Its labels, branches and teams."""
        return await self._on(
            project,
            f"reading the labels, branches and teams of {project}",
            lambda repo: read_names(repo, project),
        )

    async def set_gate(self, gate: SetGate) -> bool:
        """Set the check run or commit status `countersign`; a success only where it still fits."""
        project = gate.ref.project
        return await self._on(
            project,
            f"setting the gate of {gate.ref}",
            lambda repo: set_gate(repo, gate, self._clients.me(project), self._clients.app),
            URGENT if gate.state is not GateState.SUCCESS else COSTLY,
        )

    async def said_by_others(self, ref: Ref, sha: str) -> SaidByOthers | None:
        """Who set our status last, where that was not us."""
        return await self._on(
            ref.project,
            f"looking at the gate of {ref}",
            lambda repo: said_by_others(
                repo, sha, self._clients.me(ref.project), self._clients.app
            ),
        )

    async def request_reviewers(self, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
        """Ask these people; returns those whom GitHub would not take."""
        return await self._on(
            ref.project,
            f"requesting reviews of {ref}",
            lambda repo: writing.request_reviewers(repo, ref, logins),
            COSTLY,
        )

    async def withdraw_reviewers(self, ref: Ref, logins: Iterable[str]) -> None:
        """Take requests back; people not asked are passed over."""
        await self._on(
            ref.project,
            f"withdrawing requests for review of {ref}",
            lambda repo: writing.withdraw_reviewers(repo, ref, logins),
            COSTLY,
        )

    async def comment(self, ref: Ref, body: str, key: str, *, thread: bool = False) -> None:
        """Comment once for each key. Escape what people wrote with `markdown.escape_markdown`."""
        del thread  # GitHub's conversation has none
        await self._on(
            ref.project,
            f"commenting on {ref}",
            lambda repo: writing.comment(repo, ref, body, key, self._clients.me(ref.project)),
            COSTLY,
        )

    async def guarantees(self, project: str) -> Sequence[Finding]:
        """What holds and what is open in a repository, the most important first."""
        branch, locks = await self.locks(project)
        return findings(project, branch, locks, self._clients.app)

    async def locks(self, project: str) -> tuple[str, tuple[Lock, ...]]:
        """The default branch, and everything that requires the check there."""
        return await self._on(project, f"reading the rules of {project}", read_locks)

    def quota(self) -> tuple[int, int] | None:
        """Calls left and the limit, as GitHub's last answer said."""
        return self._clients.quota()
