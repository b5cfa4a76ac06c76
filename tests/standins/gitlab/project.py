"""One project of the stand-in: what people do to it, and what they see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count

from tests.standins.branches import NewCommit
from tests.standins.git import Edit
from tests.standins.gitlab.pipelines import Pipelines
from tests.standins.gitlab.state import MergeRequest, Note, Person, Push, Rule, Version


class Project(Pipelines):
    """One project with its git, merge requests and pipelines. Every change is told to `hook`.

    The methods say what people do ("ana pushes"); what the API shows follows from the state.
    """

    def __init__(
        self,
        path: str,
        people: dict[str, Person],
        now: Callable[[], datetime],
        ids: count[int],
    ) -> None:
        super().__init__(people, now, ids)
        self.path = path
        self.former_paths: set[str] = set()
        self.id = next(ids)
        self.rules: list[Rule] = []
        self.labels: list[str] = []
        self.groups: list[str] = []
        self.external_checks: dict[int, str] = {}
        self.pushes: list[Push] = []

    def _record(self, branch: str, sha: str, by: str | None) -> Person | None:
        person = self.people.get(by or "")
        if person is not None:
            self.pushes.append(Push(next(self.ids), branch, sha, person, self.moment()))
        return person

    def _move(self, branch: str, sha: str, by: str | None) -> None:
        before, self.git.branches[branch] = self.git.branches[branch], sha
        pusher = self._record(branch, sha, by)
        push = {"ref": f"refs/heads/{branch}", "before": before, "after": sha}
        self.hook(self, "push", None, pusher, push)
        for found in self.merge_requests.values():
            if found.source == branch and found.state == "opened":
                self._see(found, sha)
                self._tell(found, "update", pusher, oldrev=before)

    def _see(self, found: MergeRequest, sha: str) -> None:
        base = self.git.merge_base(self.git.branches[found.target], sha)
        found.versions.append(Version(next(self.ids), sha, base, self.moment()))
        found.checks.clear()

    # --- merge requests

    def open_merge_request(  # noqa: PLR0913 - what a person fills in
        self,
        author: str,
        source: str,
        *,
        target: str = "main",
        files: Mapping[str, Edit] | None = None,
        commits: Sequence[NewCommit] = (),
        title: str | None = None,
        description: str | None = "",
        draft: bool = False,
        labels: Sequence[str] = (),
    ) -> int:
        """Push a branch (one commit of `files`, then `commits`) and open a merge request."""
        title = title or f"Change {source}"
        if source not in self.git.branches:
            self.branch(source, target)
        tip = self.git.branches[source]
        for new in [*([NewCommit(title, files, author)] if files else []), *commits]:
            tip = self._write(tip, new.by(author))
        self.git.branches[source] = tip
        self._record(source, tip, author)
        iid = max(self.merge_requests, default=0) + 1
        person = self.people[author]
        found = MergeRequest(
            next(self.ids), iid, title, description, person, source, target, self.moment()
        )
        found.draft, found.labels = draft, list(labels)
        self.merge_requests[iid] = found
        self._see(found, tip)
        self._tell(found, "open", person)
        return iid

    def push(
        self,
        iid: int,
        files: Mapping[str, Edit],
        author: str,
        message: str = "More",
        *,
        by: str | None = None,
    ) -> str:
        """Push one more commit to the branch (`by` whom, if not the author); returns the head."""
        new = NewCommit(message, files, author, pushed_by=by)
        return self.commit(self.merge_requests[iid].source, new)

    def force_push(
        self, iid: int, files: Mapping[str, Edit], author: str, message: str = "Redone"
    ) -> str:
        """Replace the branch by one commit on the target's tip; returns the new head."""
        found = self.merge_requests[iid]
        sha = self._write(self.git.branches[found.target], NewCommit(message, files, author))
        self._move(found.source, sha, author)
        return sha

    def retarget(self, iid: int, target: str) -> None:
        """Point the merge request at another branch."""
        found = self.merge_requests[iid]
        before, found.target = found.target, target
        self._see(found, found.head)
        self._note(found, found.author, f"changed target branch from `{before}` to `{target}`")
        self._tell(found, "update", found.author, changes={"target_branch": {}})

    def edit(self, iid: int, *, title: str | None = None, description: str | None = None) -> None:
        """Change the title or the description."""
        found = self.merge_requests[iid]
        found.title = found.title if title is None else title
        found.description = found.description if description is None else description
        self._tell(found, "update", found.author)

    def label(self, iid: int, *labels: str) -> None:
        """Give the merge request exactly these labels."""
        self.merge_requests[iid].labels = list(labels)
        self._tell(self.merge_requests[iid], "update", self.merge_requests[iid].author)

    def set_draft(self, iid: int, *, draft: bool) -> None:
        """Say that it is (not) ready."""
        self.merge_requests[iid].draft = draft
        self._tell(self.merge_requests[iid], "update", self.merge_requests[iid].author)

    def close(self, iid: int) -> None:
        """Close without merging."""
        self.merge_requests[iid].state = "closed"
        self._tell(self.merge_requests[iid], "close", self.merge_requests[iid].author)

    def reopen(self, iid: int) -> None:
        """Open a closed merge request again."""
        self.merge_requests[iid].state = "opened"
        self._tell(self.merge_requests[iid], "reopen", self.merge_requests[iid].author)

    def merge(self, iid: int, by: str) -> str:
        """Merge into the target with a merge commit; returns its SHA."""
        found = self.merge_requests[iid]
        message = f"Merge branch '{found.source}' into '{found.target}'"
        sha = self._merged(self.git.branches[found.target], found.head, by, message, committer=by)
        found.state, found.merged_at = "merged", self.moment()
        self._move(found.target, sha, by)
        self._tell(found, "merge", self.people[by])
        return sha

    # --- reviews and conversation

    def approve(self, iid: int, by: str) -> None:
        """Approve. GitLab keeps who and when, but not which commit."""
        found, person = self.merge_requests[iid], self.people[by]
        found.approvals[by] = self.moment()
        self._reviewed(found, person, "approved")
        self._note(found, person, "approved this merge request")
        self._tell(found, "approved", person)

    def unapprove(self, iid: int, by: str) -> None:
        """Take an approval back."""
        found, person = self.merge_requests[iid], self.people[by]
        del found.approvals[by]
        self._reviewed(found, person, "unapproved")
        self._note(found, person, "unapproved this merge request")
        self._tell(found, "unapproved", person)

    def reset_approvals(self, iid: int, by: str) -> None:
        """Clear every approval, as project and group bots may."""
        self.merge_requests[iid].approvals.clear()
        self._tell(self.merge_requests[iid], "unapproval", self.people[by])

    def request_changes(self, iid: int, by: str) -> None:
        """Ask for changes in a review."""
        found, person = self.merge_requests[iid], self.people[by]
        if person not in found.reviewers:
            found.reviewers.append(person)
        found.approvals.pop(by, None)
        self._reviewed(found, person, "requested_changes")
        self._note(found, person, "requested changes")
        self._tell(found, "update", person)

    def _reviewed(self, found: MergeRequest, person: Person, state: str) -> None:
        if person in found.reviewers:
            found.reviews[person.username] = state

    def say(self, iid: int, by: str, body: str, *, resolvable: bool = False) -> Note:
        """Comment on the merge request, perhaps in a thread that has to be resolved."""
        found, person = self.merge_requests[iid], self.people[by]
        note = Note(next(self.ids), person, body, self.moment(), resolvable=resolvable)
        found.notes.append(note)
        self.hook(self, "note", found, person, {"note": note})
        return note

    def notes_itself(self, iid: int, by: str, body: str) -> None:
        """Have GitLab itself note something that somebody did."""
        self._note(self.merge_requests[iid], self.people[by], body)

    def _note(self, found: MergeRequest, person: Person, body: str) -> None:
        found.notes.append(Note(next(self.ids), person, body, self.moment(), system=True))

    def ask(self, iid: int, *usernames: str) -> None:
        """Make exactly these people the reviewers; a free GitLab takes the first alone."""
        found = self.merge_requests[iid]
        people = [self.people[username] for username in usernames]
        found.reviewers = people[:1] if self.tier == "free" else people
        kept = {one.username for one in found.reviewers}
        found.reviews = {who: said for who, said in found.reviews.items() if who in kept}
        self._tell(found, "update", found.author, changes={"reviewers": {}})

    # --- what people see

    def comments(self, iid: int) -> list[str]:
        """The texts of the conversation, oldest first, without GitLab's own notes."""
        return [note.body for note in self.merge_requests[iid].notes if not note.system]

    def requested(self, iid: int) -> set[str]:
        """Usernames of the reviewers."""
        return {person.username for person in self.merge_requests[iid].reviewers}

    def approved(self, iid: int) -> set[str]:
        """Usernames of those whose approval stands."""
        return set(self.merge_requests[iid].approvals)

    def head(self, iid: int) -> str:
        """The head SHA."""
        return self.merge_requests[iid].head

    def _tell(self, found: MergeRequest, action: str, by: Person | None, **extra: object) -> None:
        self.hook(self, "merge_request", found, by, {"action": action, **extra})
