"""GitHub's JSON: the state as its REST API and its webhooks show it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.standins.git import Commit, Content, FileDiff, Git, Submodule, blob_sha
from tests.standins.github.repository import Repository
from tests.standins.github.state import Check, Comment, Person, Pull, Push, Review, Status

Json = dict[str, object]

WEB_FLOW = Person("web-flow", 19864447, "GitHub", "noreply@github.com", access="none")
GHOST = Person("ghost", 10137, "Deleted user", "ghost@users.noreply.github.com", access="none")
CONTENT_LIMIT = 1_000_000
"""Bytes; the contents API says nothing of what is in a larger file."""


def moment(at: datetime | None) -> str | None:
    """A time as GitHub writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


class Views:
    """Shows the state; `base` is the API's own address, from which every URL is made."""

    def __init__(self, base: str, people: Mapping[str, Person]) -> None:
        self.base = base
        self.people = people

    def user(self, person: Person) -> Json:
        """An account."""
        return {
            "login": person.login,
            "id": person.id,
            "node_id": f"U_{person.id}",
            "type": "Bot" if person.bot else "User",
            "site_admin": False,
            "url": f"{self.base}/users/{person.login}",
            "html_url": f"https://github.test/{person.login}",
        }

    def repository(self, repo: Repository) -> Json:
        """A repository."""
        return {
            "id": repo.id,
            "name": repo.full_name.partition("/")[2],
            "full_name": repo.full_name,
            "private": True,
            "default_branch": "main",
            "url": f"{self.base}/repos/{repo.full_name}",
            "html_url": f"https://github.test/{repo.full_name}",
        }

    def pull(self, repo: Repository, pull: Pull) -> Json:
        """A pull request as lists show it."""
        url = f"{self.base}/repos/{repo.full_name}/pulls/{pull.number}"
        return {
            "id": pull.id,
            "number": pull.number,
            "url": url,
            "issue_url": f"{self.base}/repos/{repo.full_name}/issues/{pull.number}",
            "html_url": f"https://github.test/{repo.full_name}/pull/{pull.number}",
            "state": pull.state,
            "locked": False,
            "title": pull.title,
            "body": pull.body,
            "user": self.user(pull.author or GHOST),
            "labels": [{"id": 1, "name": name, "color": "ededed"} for name in pull.labels],
            "draft": pull.draft,
            "created_at": moment(pull.created_at),
            "updated_at": moment(pull.updated_at),
            "closed_at": moment(pull.merged_at),
            "merged_at": moment(pull.merged_at),
            "requested_reviewers": [self.user(person) for person in pull.requested],
            "requested_teams": [],
            "head": self._end(repo, pull.head, pull.head_sha),
            "base": self._end(repo, pull.base, pull.base_sha),
        }

    def full_pull(self, repo: Repository, pull: Pull) -> Json:
        """A pull request as its own address shows it."""
        files = repo.git.diff(pull.base_sha, pull.head_sha)
        return self.pull(repo, pull) | {
            "merged": pull.merged_at is not None,
            "mergeable": None,
            "commits": len(repo.git.between(pull.base_sha, pull.head_sha)),
            "changed_files": len(files),
            "additions": sum(file.additions for file in files),
            "deletions": sum(file.deletions for file in files),
        }

    def _end(self, repo: Repository, ref: str, sha: str) -> Json:
        owner = repo.full_name.partition("/")[0]
        return {
            "label": f"{owner}:{ref}",
            "ref": ref,
            "sha": sha,
            "repo": self.repository(repo),
        }

    def file(self, file: FileDiff) -> Json:
        """A changed file; a binary or very long one comes without `patch`."""
        view: Json = {
            "sha": file.blob,
            "filename": file.path,
            "status": file.status,
            "additions": file.additions,
            "deletions": file.deletions,
            "changes": file.additions + file.deletions,
        }
        if file.patch is not None:
            view["patch"] = file.patch
        if file.old_path is not None:
            view["previous_filename"] = file.old_path
        return view

    def commit(self, repo: Repository, commit: Commit) -> Json:
        """A commit, with the accounts that its addresses belong to."""
        url = f"{self.base}/repos/{repo.full_name}/commits"
        parts: Json = {}
        accounts: Json = {}
        for role, stamp in (("author", commit.author), ("committer", commit.committer)):
            parts[role] = {"name": stamp.name, "email": stamp.email, "date": moment(stamp.at)}
            person = self._behind(stamp.email)
            accounts[role] = self.user(person) if person else None
        return {
            "sha": commit.sha,
            "url": f"{url}/{commit.sha}",
            "commit": parts
            | {
                "message": commit.message,
                "url": f"{self.base}/repos/{repo.full_name}/git/commits/{commit.sha}",
                "verification": {
                    "verified": commit.verified,
                    "reason": "valid" if commit.verified else "unsigned",
                },
            },
            "parents": [{"sha": sha, "url": f"{url}/{sha}"} for sha in commit.parents],
        } | accounts

    def _behind(self, email: str) -> Person | None:
        address = email.lower()
        if address == WEB_FLOW.email:
            return WEB_FLOW
        everyone = self.people.values()
        return next((person for person in everyone if person.email.lower() == address), None)

    def review(self, review: Review) -> Json:
        """A review."""
        return {
            "id": review.id,
            "user": self.user(review.by) if review.by else None,
            "body": review.body,
            "state": review.state,
            "commit_id": review.commit_id,
            "submitted_at": moment(review.submitted_at),
        }

    def status(self, repo: Repository, sha: str, status: Status) -> Json:
        """A commit status."""
        return {
            "id": status.id,
            "url": f"{self.base}/repos/{repo.full_name}/statuses/{sha}",
            "state": status.state,
            "context": status.context,
            "description": status.description,
            "target_url": status.target_url,
            "creator": self.user(status.creator),
            "created_at": moment(status.created_at),
            "updated_at": moment(status.created_at),
        }

    def comment(self, repo: Repository, comment: Comment) -> Json:
        """A comment in a conversation."""
        return {
            "id": comment.id,
            "url": f"{self.base}/repos/{repo.full_name}/issues/comments/{comment.id}",
            "user": self.user(comment.by) if comment.by else None,
            "body": comment.body,
            "created_at": moment(comment.created_at),
            "updated_at": moment(comment.created_at),
        }

    def content(self, repo: Repository, path: str, content: Content) -> Json:
        """A file's content."""
        view: Json = {
            "name": path.rpartition("/")[2],
            "path": path,
            "sha": blob_sha(content),
            "url": f"{self.base}/repos/{repo.full_name}/contents/{path}",
        }
        if isinstance(content, Submodule):
            return view | {"type": "submodule", "size": 0}
        if len(content) > CONTENT_LIMIT:
            return view | {
                "type": "file",
                "size": len(content),
                "encoding": "none",
                "content": "",
            }
        return view | self.blob(content) | {"type": "file"}

    def blob(self, content: bytes) -> Json:
        """A git blob."""
        return {
            "sha": blob_sha(content),
            "size": len(content),
            "encoding": "base64",
            "content": base64.encodebytes(content).decode(),
        }

    def ref(self, repo: Repository, name: str, sha: str) -> Json:
        """A git ref by its full name."""
        url = f"{self.base}/repos/{repo.full_name}/git"
        return {
            "ref": name,
            "url": f"{url}/{name}",
            "object": {"type": "commit", "sha": sha, "url": f"{url}/commits/{sha}"},
        }

    def push(self, push: Push) -> Json:
        """An entry of a branch's record."""
        return {
            "id": push.id,
            "ref": f"refs/heads/{push.branch}",
            "after": push.after,
            "timestamp": moment(push.at),
            "activity_type": "push",
            "actor": self.user(push.by) if push.by else None,
        }

    def check(self, sha: str, check: Check) -> Json:
        """A check run."""
        return {
            "id": check.id,
            "head_sha": sha,
            "name": check.name,
            "status": check.status,
            "conclusion": check.conclusion,
            "details_url": check.details_url,
            "output": {"title": check.title, "summary": check.summary},
            "app": {"id": check.app, "slug": f"app-{check.app}"},
        }

    def comparison(self, git: Git, base: str, head: str) -> Json:
        """How two commits stand to each other."""
        ahead, behind = len(git.between(base, head)), len(git.between(head, base))
        words = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
        return {
            "status": words.get((ahead > 0, behind > 0), "diverged"),
            "ahead_by": ahead,
            "behind_by": behind,
            "total_commits": ahead,
            "commits": [],  # filled in page by page
            "files": [],
        }
