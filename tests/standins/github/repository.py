"""One repository of the stand-in: what people do to it, and what they see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count

from tests.standins.branches import Branches, NewCommit
from tests.standins.git import Edit
from tests.standins.github.guard import Guard
from tests.standins.github.state import (
    BaseChange,
    Check,
    Comment,
    Person,
    Pull,
    Push,
    Review,
    Status,
)

CONTEXT = "countersign"
REVIEW_STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}

Hook = Callable[["Repository", str, str, Pull | None, Mapping[str, object]], None]
"""Told of everything that happens: repository, event type, action, pull request, extra payload."""


class Repository(Branches):
    """One repository with its git, pull requests and statuses. Every change is told to `hook`.

    The methods say what people do ("ana pushes"); what the API shows follows from the state.
    """

    def __init__(
        self,
        full_name: str,
        people: dict[str, Person],
        now: Callable[[], datetime],
        ids: count[int],
    ) -> None:
        super().__init__(people, now)
        self.full_name = full_name
        self.former_names: set[str] = set()
        self.people = people
        self.ids = ids
        self.id = next(ids)
        self.pulls: dict[int, Pull] = {}
        self.statuses: dict[str, list[Status]] = {}
        self.pushes: list[Push] = []
        self.guard = Guard()
        self.labels: list[str] = []
        self.teams: list[str] = []
        self.checks: dict[str, list[Check]] = {}
        self.hook: Hook = lambda *_: None

    def _record(self, branch: str, sha: str, by: str | None) -> None:
        person = self.people.get((by or "").lower())
        self.pushes.append(Push(next(self.ids), branch, sha, person, self.now()))

    def _move(self, branch: str, sha: str, by: str | None) -> None:
        self.git.branches[branch] = sha
        self._record(branch, sha, by)
        self.hook(self, "push", "", None, {"ref": f"refs/heads/{branch}", "after": sha})
        for pull in self.pulls.values():
            if pull.head == branch and pull.state == "open":
                before, pull.head_sha = pull.head_sha, sha
                pull.base_sha = self.git.branches[pull.base]
                self._tell(pull, "synchronize", before=before, after=sha)

    # --- pull requests

    def open_pull(  # noqa: PLR0913 - what a person fills in
        self,
        author: str,
        head: str,
        *,
        base: str = "main",
        files: Mapping[str, Edit] | None = None,
        commits: Sequence[NewCommit] = (),
        title: str | None = None,
        body: str | None = "",
        draft: bool = False,
        labels: Sequence[str] = (),
    ) -> int:
        """Push a branch (one commit of `files`, then `commits`) and open a pull request."""
        title = title or f"Change {head}"
        if head not in self.git.branches:
            self.branch(head, base)
        tip = self.git.branches[head]
        for new in [*([NewCommit(title, files, author)] if files else []), *commits]:
            tip = self._write(tip, new.by(author))
        self.git.branches[head] = tip
        self._record(head, tip, author)
        number = max(self.pulls, default=0) + 1
        self.pulls[number] = Pull(
            next(self.ids),
            number,
            title,
            body,
            self.people[author.lower()],
            head,
            base,
            tip,
            self.git.branches[base],
            self.now(),
            draft,
            labels=list(labels),
        )
        self._tell(self.pulls[number], "opened")
        return number

    def push(
        self,
        number: int,
        files: Mapping[str, Edit],
        author: str,
        message: str = "More",
        *,
        by: str | None = None,
    ) -> str:
        """Push one more commit, perhaps by somebody else; returns the new head."""
        new = NewCommit(message, files, author, pushed_by=by)
        return self.commit(self.pulls[number].head, new)

    def force_push(
        self, number: int, files: Mapping[str, Edit], author: str, message: str = "Redone"
    ) -> str:
        """Replace the branch by one commit on the base's tip; returns the new head."""
        pull = self.pulls[number]
        sha = self._write(self.git.branches[pull.base], NewCommit(message, files, author))
        self._move(pull.head, sha, author)
        return sha

    def retarget(self, number: int, base: str, *, automatic: bool = False) -> None:
        """Point the pull request at another base branch, or have GitHub itself do it."""
        pull = self.pulls[number]
        before, pull.base = pull.base, base
        pull.base_sha = self.git.branches[base]
        pull.base_changes.append(BaseChange(self.now(), before, base, automatic))
        self._tell(pull, "edited", changes={"base": {"ref": {"from": before}}})

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Change the title or the description."""
        pull = self.pulls[number]
        changes: dict[str, object] = {}
        if title is not None:
            changes["title"] = {"from": pull.title}
            pull.title = title
        if body is not None:
            changes["body"] = {"from": pull.body}
            pull.body = body
        self._tell(pull, "edited", changes=changes)

    def label(self, number: int, *labels: str) -> None:
        """Give the pull request exactly these labels."""
        pull = self.pulls[number]
        pull.labels = list(labels)
        self._tell(pull, "labeled")

    def convert_to_draft(self, number: int) -> None:
        """Say that it is not ready."""
        self.pulls[number].draft = True
        self._tell(self.pulls[number], "converted_to_draft")

    def ready(self, number: int) -> None:
        """Say that it is ready for review."""
        self.pulls[number].draft = False
        self._tell(self.pulls[number], "ready_for_review")

    def close(self, number: int) -> None:
        """Close without merging."""
        self.pulls[number].state = "closed"
        self._tell(self.pulls[number], "closed")

    def reopen(self, number: int) -> None:
        """Open a closed pull request again."""
        self.pulls[number].state = "open"
        self._tell(self.pulls[number], "reopened")

    def merge(self, number: int, by: str) -> str:
        """Merge into the base with a merge commit; returns its SHA."""
        pull = self.pulls[number]
        message = f"Merge pull request #{number} from {pull.head}"
        sha = self._merged(
            self.git.branches[pull.base], pull.head_sha, by, message, committer="web-flow"
        )
        pull.state, pull.merged_at, pull.merge_sha = "closed", self.now(), sha
        self._move(pull.base, sha, by)
        self._tell(pull, "closed")
        return sha

    def queue(self, number: int, onto: str | None = None) -> str:
        """Put it into the merge queue, perhaps behind the commit of another; returns its own."""
        pull = self.pulls[number]
        below = onto or self.git.branches[pull.base]
        tree = self.git.commits[pull.head_sha].tree
        sha = self.git.commit(
            (below, pull.head_sha),
            dict(tree),
            self.stamp("web-flow"),
            self.stamp("web-flow"),
            f"Merge pull request #{number} from {pull.head}",
            verified=True,
        )
        group = {
            "head_sha": sha,
            "head_ref": f"refs/heads/gh-readonly-queue/{pull.base}/pr-{number}-{below}",
            "base_sha": below,
            "base_ref": f"refs/heads/{pull.base}",
        }
        self.hook(self, "merge_group", "checks_requested", None, {"merge_group": group})
        return sha

    def status_of(self, sha: str) -> str | None:
        """What our context says on any commit."""
        on_it = self.statuses.get(sha, [])
        return next((one.state for one in reversed(on_it) if one.context == CONTEXT), None)

    # --- reviews and conversation

    def review(self, number: int, by: str, event: str, body: str = "") -> int:
        """Leave a review ("APPROVE", "REQUEST_CHANGES", "COMMENT") on the head; returns its id."""
        pull, person = self.pulls[number], self.people[by.lower()]
        review = Review(
            next(self.ids), person, REVIEW_STATES[event], pull.head_sha, body, self.now()
        )
        pull.reviews.append(review)
        if person in pull.requested:
            pull.requested.remove(person)
        pull.changed_at = self.now()
        self.hook(self, "pull_request_review", "submitted", pull, {"review": review})
        return review.id

    def dismiss(self, number: int, review_id: int) -> None:
        """Dismiss a review."""
        pull = self.pulls[number]
        review = next(review for review in pull.reviews if review.id == review_id)
        review.state = "DISMISSED"
        pull.changed_at = self.now()
        self.hook(self, "pull_request_review", "dismissed", pull, {"review": review})

    def say(self, number: int, by: str, body: str) -> Comment:
        """Comment on the pull request."""
        pull = self.pulls[number]
        comment = Comment(next(self.ids), self.people[by.lower()], body, self.now())
        pull.comments.append(comment)
        pull.changed_at = self.now()
        self.hook(self, "issue_comment", "created", pull, {"comment": comment})
        return comment

    def ask(self, number: int, *logins: str) -> None:
        """Request the review of these people."""
        pull = self.pulls[number]
        for person in (self.people[login.lower()] for login in logins):
            pull.requests += 1
            if person in pull.requested:
                pull.asked_again.append(person.login)
            else:
                pull.requested.append(person)
                self._tell(pull, "review_requested", requested_reviewer=person)

    def unask(self, number: int, *logins: str) -> None:
        """Take requests for review back."""
        pull = self.pulls[number]
        wanted = {login.lower() for login in logins}
        for person in [who for who in pull.requested if who.login.lower() in wanted]:
            pull.requested.remove(person)
            self._tell(pull, "review_request_removed", requested_reviewer=person)

    def set_status(
        self,
        sha: str,
        state: str,
        *,
        by: str,
        context: str = CONTEXT,
        description: str | None = None,
        target_url: str | None = None,
    ) -> Status:
        """Put a commit status on a commit, as any app or person with write access could."""
        creator = self.people[by.lower()]
        new = Status(next(self.ids), state, context, description, target_url, creator, self.now())
        self.statuses.setdefault(sha, []).append(new)
        return new

    # --- what people see

    def check(self, number: int, name: str = CONTEXT) -> Check | None:
        """The newest check run of that name on the head now."""
        on_head = self.checks.get(self.pulls[number].head_sha, [])
        return next((one for one in reversed(on_head) if one.name == name), None)

    def gate(self, number: int, context: str = CONTEXT) -> str | None:
        """What the gate says on the head now, or None where it says nothing."""
        shown = self._shown(number, context)
        return shown.state if shown else None

    def gate_description(self, number: int) -> str | None:
        """The sentence beside the gate on the head now."""
        shown = self._shown(number, CONTEXT)
        return shown.description if shown else None

    def gate_url(self, number: int) -> str | None:
        """Where "Details" beside the gate leads."""
        shown = self._shown(number, CONTEXT)
        return shown.target_url if shown else None

    def _shown(self, number: int, context: str) -> Status | None:
        """The newest status of that context on the head."""
        on_head = self.statuses.get(self.pulls[number].head_sha, [])
        return next((status for status in on_head[::-1] if status.context == context), None)

    def comments(self, number: int) -> list[str]:
        """The texts of the conversation, oldest first."""
        return [comment.body for comment in self.pulls[number].comments]

    def requested(self, number: int) -> set[str]:
        """Logins of the people asked for their review."""
        return {person.login for person in self.pulls[number].requested}

    def head(self, number: int) -> str:
        """The head SHA."""
        return self.pulls[number].head_sha

    def _tell(self, pull: Pull, action: str, **extra: object) -> None:
        pull.changed_at = self.now()
        self.hook(self, "pull_request", action, pull, extra)
