"""Answers that GitHub gives seldom, and how they are read."""

from __future__ import annotations

from typing import Any

import pytest
from github import Github
from github.File import File
from github.NamedUser import NamedUser
from github.PullRequest import PullRequest
from github.PullRequestReview import PullRequestReview

from bot.forges.bases import Bases
from bot.forges.github import reading
from routing.model import Commit, FileStatus, Signature
from tests.builders import NOW

REQUESTER = Github(lazy=True).requester
HEAD = "1" * 40


def a_file(**seen: Any) -> File:
    shown = {"filename": "a.py", "status": "modified", "sha": "2" * 40, "additions": 1}
    shown |= {"deletions": 0, "changes": 1, "patch": "@@ -0,0 +1 @@\n+x"}
    kept = {key: value for key, value in (shown | seen).items() if value is not None}
    return File(REQUESTER, {}, kept)


def gaps(
    *files: File, said: int = 1, commits: int = 1, listed_commits: int = 0, head: str = HEAD
) -> tuple[str, ...]:
    attributes = {"changed_files": said, "commits": commits, "head": {"sha": head}}
    pull = PullRequest(REQUESTER, {}, attributes, completed=True)
    ana = Signature("Ana", "ana@example.com", NOW)
    listed = [Commit(HEAD, ana, ana, "Work")] * (listed_commits or commits)
    return (
        *reading.hidden_files(pull, files),
        *reading.hidden_commits(pull, listed),
        *reading.unseen_contents(files),
    )


def test_a_change_seen_whole_has_no_gap() -> None:
    assert gaps(a_file()) == ()


def test_fewer_files_than_github_says_are_a_gap() -> None:
    assert gaps(a_file(), said=2) == ("GitHub lists 1 of 2 changed files.",)


def test_as_many_files_as_github_ever_lists_are_a_gap() -> None:
    (gap,) = gaps(*[a_file()] * 3000, said=3000)
    assert gap.startswith("GitHub lists no more than 3,000 changed files")


def test_fewer_commits_than_github_says_are_a_gap() -> None:
    assert gaps(a_file(), commits=2, listed_commits=1) == ("GitHub lists 1 of 2 commits.",)


def test_as_many_commits_as_github_ever_lists_are_a_gap() -> None:
    (gap,) = gaps(a_file(), commits=10_000)
    assert gap.startswith("GitHub lists no more than 10,000 commits")


def test_commits_without_the_head_are_a_gap() -> None:
    assert gaps(a_file(), head="3" * 40) == ("GitHub's list of commits lacks the head.",)


@pytest.mark.parametrize(
    "seen",
    [
        {"patch": None},
        {"patch": None, "status": "renamed"},
        {"patch": None, "changes": 0, "additions": 0},
        {"additions": 2, "changes": 2},
        {"deletions": 1, "changes": 2},
        {"patch": "@@ -1 +1 @@\n-Subproject commit " + "4" * 40, "additions": 0, "deletions": 1},
    ],
    ids=[
        "no patch",
        "renamed and changed without a patch",
        "no lines and no patch",
        "a patch without all additions",
        "a patch without all deletions",
        "a submodule that went",
    ],
)
def test_a_file_not_seen_whole_is_a_gap(seen: dict[str, Any]) -> None:
    (gap,) = gaps(a_file(**seen))
    assert gap.startswith("a.py: ")


def test_lines_that_look_like_a_patchs_own_are_counted_as_they_are() -> None:
    patch = "@@ -1,2 +1,2 @@\n--- a\n+++ b\n same\n\\ No newline at end of file"
    assert gaps(a_file(patch=patch, additions=1, deletions=1, changes=2)) == ()


@pytest.mark.parametrize(
    ("word", "status"),
    [("copied", FileStatus.ADDED), ("changed", FileStatus.MODIFIED), ("odd", FileStatus.MODIFIED)],
)
def test_githubs_rarer_words_for_files_are_known(word: str, status: FileStatus) -> None:
    assert reading.changed_file(a_file(status=word)).status is status


def test_an_account_without_anything_in_it_is_nobody() -> None:
    # GitHub writes {} where an address once belonged to an account.
    assert reading.account("github", NamedUser(REQUESTER, {}, {})) is None


def test_a_review_of_a_commit_that_is_gone_has_no_head() -> None:
    attributes = {
        "id": 1,
        "state": "APPROVED",
        "commit_id": None,
        "user": None,
        "submitted_at": "2026-11-16T10:00:00Z",
    }
    review = reading.review("github", PullRequestReview(REQUESTER, {}, attributes), Bases("main"))
    assert review is not None
    assert (review.sha, review.account.login) == ("", "ghost")
