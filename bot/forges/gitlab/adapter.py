"""GitLab as a forge: `Forge` over python-gitlab, which blocks, so each call has its thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.allowance import COSTLY, MINUTE, PLAIN, URGENT, Allowance, Limit
from bot.clock import SystemClock
from bot.errors import CountersignError, Misconfigured
from bot.forges.archive import MergedPage
from bot.forges.gitlab import gate as gates
from bot.forges.gitlab import history, locks, snapshot, writing
from bot.forges.gitlab.archive import read_merged
from bot.forges.gitlab.errors import FAULTS, translated
from bot.forges.gitlab.guarantees import findings, read_setup
from bot.forges.gitlab.locks import Tier
from bot.forges.gitlab.names import read_names
from bot.forges.gitlab.notes import AiNotes
from bot.forges.gitlab.opinions import read_opinions
from bot.forges.gitlab.session import Clients
from bot.forges.guarantees import Finding
from bot.forges.threaded import Threaded
from routing.effects import GateState, SetGate
from routing.files.forge_names import Names
from routing.model import Change, ForgeReview, PastChange, Ref, SaidByOthers

URL = "https://gitlab.com"
GITLAB_COM = (
    Limit(2000, MINUTE, plain=1, costly=1, spare=200),
    Limit(60, MINUTE, costly=1, spare=16),
)
"""Calls of a user a minute, and notes, which are the costly ones.
Source: https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom"""


def open_gitlab(
    projects: Sequence[str],
    *,
    token: str | None = None,
    url: str = URL,
    name: str = "gitlab",
    allowance: Allowance | None = None,
) -> GitLab:
    """GitLab by a token: a project's, a group's or a user's, with the scope `api`.

    `allowance` is what may be asked; without one, as much as GitLab.com allows, or a GitLab of
    one's own tells.

    Raises `Misconfigured` without a token.
    """
    if not token:
        raise Misconfigured("Set GITLAB_TOKEN.")
    limits = GITLAB_COM if url.rstrip("/") == URL else ()
    allowed = allowance or Allowance(SystemClock(), limits)
    return GitLab(name, Clients(name, url, token), projects, allowed)


class GitLab(Threaded[Project]):
    """GitLab. `projects` are full paths ("acme/shop"); nothing but these is touched."""

    setting = "GITLAB_PROJECTS"
    faults = FAULTS

    def __init__(
        self, name: str, clients: Clients, projects: Sequence[str], allowance: Allowance
    ) -> None:
        super().__init__(name, projects, allowance)
        self._clients = clients
        self._tiers: dict[str, Tier] = {}
        self._notes = AiNotes()

    def _open(self, project: str) -> Project:
        return self._clients.client().projects.get(project, lazy=True)

    def _seen(self, place: Project, project: str) -> tuple[str, str]:
        found = place.manager.gitlab.projects.get(project)
        return str(found.path_with_namespace), self._clients.me().login

    def _translated(self, fault: Exception, project: str, doing: str) -> CountersignError:
        del project
        return translated(fault, doing)

    def _disconnect(self) -> None:
        self._clients.close()

    async def open_merge_requests(self, project: str) -> Sequence[Ref]:
        """Every open merge request, drafts included."""

        def read(found: Project) -> tuple[Ref, ...]:
            self._tiers.pop(project, None)  # a reconcile is the time to notice another tier
            listed = found.mergerequests.list(state="opened", iterator=True)
            return tuple(Ref(self.name, project, one.iid) for one in listed)

        return await self._on(project, f"listing what is open in {project}", read)

    async def change(self, ref: Ref) -> Change:
        """The merge request with its files and commits; `base_sha` is the base branch's tip."""
        return await self._on(
            ref.project,
            f"reading {ref}",
            lambda project: snapshot.read_change(project, ref, self._notes, self._clients.ask),
        )

    async def reviews(self, ref: Ref) -> Sequence[ForgeReview]:
        """Approvals and requests for changes as they stand, oldest first."""
        return await self._on(
            ref.project,
            f"reading the approvals of {ref}",
            lambda project: read_opinions(ref.forge, project.mergerequests.get(ref.number)),
        )

    async def requested_reviewers(self, ref: Ref) -> frozenset[str]:
        """Logins of the people whose review is requested now."""
        return await self._on(
            ref.project,
            f"reading whose review of {ref} is requested",
            lambda project: writing.requested(project.mergerequests.get(ref.number)),
        )

    async def read_file(self, project: str, branch: str, sha: str, path: str) -> str | None:
        """A file's text at `sha`, which must be part of refs/heads/`branch`, or None."""
        return await self._on(
            project,
            f"reading {path} of {project}",
            lambda found: snapshot.read_file(found, branch, sha, path),
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
            lambda found: history.read_history(found, sha, paths, since),
        )

    async def members(self, project: str) -> frozenset[str]:
        """Usernames of all members, those of its groups included."""
        return await self._on(
            project,
            f"reading who may enter {project}",
            lambda found: frozenset(
                str(one.username).lower() for one in found.members_all.list(iterator=True)
            ),
        )

    async def merged(self, project: str, cursor: str | None) -> MergedPage:
        """A page of what was merged, with files and reviewers; see `Archive`."""
        return await self._on(
            project,
            f"reading what was merged in {project}",
            lambda found: read_merged(found, self.name, cursor),
        )

    async def tip(self, project: str, branch: str) -> str | None:
        """The commit of refs/heads/`branch` now, or None."""
        return await self._on(
            project,
            f"looking at {branch} of {project}",
            lambda found: snapshot.branch_tip(found, branch),
        )

    async def names(self, project: str) -> Names:
        """Its labels, branches and groups."""
        doing = f"reading the labels, branches and groups of {project}"
        return await self._on(project, doing, read_names)

    async def set_gate(self, gate: SetGate) -> bool:
        """Set the commit status `countersign` and the tier's further locks, once.

        A success is set only where it still fits.
        """
        return await self._on(
            gate.ref.project,
            f"setting the gate of {gate.ref}",
            lambda project: self._set_gate(project, gate),
            URGENT if gate.state is not GateState.SUCCESS else PLAIN,
        )

    def _set_gate(self, project: Project, gate: SetGate) -> bool:
        me, found = self._clients.me(), project.mergerequests.get(gate.ref.number)
        if gate.state is GateState.SUCCESS and not gates.stands(found, gate):
            return False
        self._turn(project, found, gate)
        if gate.head is not None:  # what GitLab made of the head is nobody else's
            return True
        # GitLab keeps a status for each branch: what is decided for a commit goes to all of
        # them, but nobody's gate is opened before it was looked at.
        for other in gates.sharing(project, found, gate.sha):
            opens = gate.state is GateState.SUCCESS
            if not opens or gates.has_said(project, other, gate.sha, me):
                self._turn(project, other, gate)
        return True

    def _turn(self, project: Project, found: ProjectMergeRequest, gate: SetGate) -> None:
        me = self._clients.me()
        gates.write_status(project, found, gate, me)
        if found.sha == gate.sha and found.state == "opened":
            locks.turn(found, self._tier(project, gate.ref.project), gate.state, me)

    def _tier(self, project: Project, path: str) -> Tier:
        if path not in self._tiers:
            self._tiers[path] = locks.project_tier(project)
        return self._tiers[path]

    async def said_by_others(self, ref: Ref, sha: str) -> SaidByOthers | None:
        """Who set our status last, where that was not us."""
        return await self._on(
            ref.project,
            f"looking at the gate of {ref}",
            lambda project: gates.said_by_others(
                project, project.mergerequests.get(ref.number), sha, self._clients.me()
            ),
        )

    async def request_reviewers(self, ref: Ref, logins: Iterable[str]) -> tuple[str, ...]:
        """Ask these people; returns those whom GitLab would not take."""
        return await self._on(
            ref.project,
            f"requesting reviews of {ref}",
            lambda project: writing.request_reviewers(self._clients.client(), project, ref, logins),
        )

    async def withdraw_reviewers(self, ref: Ref, logins: Iterable[str]) -> None:
        """Take requests back; people not asked are passed over."""
        await self._on(
            ref.project,
            f"withdrawing requests for review of {ref}",
            lambda project: writing.withdraw_reviewers(project, ref, logins),
        )

    async def comment(self, ref: Ref, body: str, key: str, *, thread: bool = False) -> None:
        """Comment once for each key, perhaps in a thread.

        Escape what people wrote with `markdown.escape_markdown`.
        """
        await self._on(
            ref.project,
            f"commenting on {ref}",
            lambda project: writing.comment(
                project, ref, body, key, self._clients.me(), thread=thread
            ),
            COSTLY,
        )

    async def guarantees(self, project: str) -> Sequence[Finding]:
        """What holds and what is open in a project, the most important first."""
        return await self._on(
            project,
            f"looking at how {project} is set up",
            lambda found: findings(project, read_setup(found), self._clients.me()),
        )

    def quota(self) -> tuple[int, int] | None:
        """Calls left and the limit, as GitLab's last answer said; not every GitLab says so."""
        return self._clients.quota
