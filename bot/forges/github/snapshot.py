"""Reading GitHub so that what is read belongs together: one head, one base, one tree."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Sequence

from github import UnknownObjectException
from github.Commit import Commit
from github.ContentFile import ContentFile
from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.errors import Refused, Retryable
from bot.forges.github.notes import AiNotes
from bot.forges.github.pushes import head_pusher
from bot.forges.github.reading import (
    COMMITS_LIMIT,
    changed_file,
    commit,
    hidden_commits,
    hidden_files,
    merge_request,
    review,
    unseen_contents,
)
from bot.forges.github.retargets import read_bases
from routing.model import Change, ForgeReview, Ref

ATTEMPTS = 3
"""How often a merge request that moves while it is read is read again."""


def read_pull(repo: Repository, ref: Ref) -> PullRequest:
    """The pull request as it is now."""
    pull = repo.get_pull(ref.number).complete()
    name = pull.base.repo.full_name
    if name != ref.project:
        # GitHub redirects from a former name, until somebody else takes that name.
        raise Refused(f"{ref.project} is {name} on GitHub; write {name} into GITHUB_REPOSITORIES.")
    return pull


def read_change(repo: Repository, ref: Ref, notes: AiNotes) -> Change:
    """The pull request, its files, commits and their notes, all of the same head and base."""
    pull = read_pull(repo, ref)
    for _ in range(ATTEMPTS):
        change = _read_once(repo, ref, pull, notes)
        again = read_pull(repo, ref)
        if (again.head.sha, again.base.ref) == (pull.head.sha, pull.base.ref):
            return change
        pull = again
    raise Retryable(f"{ref} keeps moving while it is read.", after=5)


def _read_once(repo: Repository, ref: Ref, pull: PullRequest, notes: AiNotes) -> Change:
    base_sha = _base_sha(repo, pull)
    files = list(pull.get_files())
    commits = tuple(commit(ref.forge, found) for found in _commits(repo, pull))
    noted = notes.read(repo, [one.sha for one in commits])
    files_gone, commits_gone = hidden_files(pull, files), hidden_commits(pull, commits)
    return Change(
        merge_request=merge_request(ref, pull, base_sha, head_pusher(ref.forge, repo, pull)),
        files=tuple(changed_file(file) for file in files),
        commits=commits,
        gaps=(*files_gone, *commits_gone, *unseen_contents(files), *noted.gaps),
        hidden=bool(files_gone or commits_gone),
        unknown_hands=commits_gone,
        notes=noted.texts,
    )


def _commits(repo: Repository, pull: PullRequest) -> Iterable[Commit]:
    """Its commits. The list of a pull request ends early, that of a comparison goes on."""
    if pull.commits <= COMMITS_LIMIT:
        return pull.get_commits()
    return repo.compare(pull.base.sha, pull.head.sha).commits


def _base_sha(repo: Repository, pull: PullRequest) -> str:
    """The tip of the base branch. `pull.base.sha` is older: the tip when the head last moved."""
    tip = branch_tip(repo, pull.base.ref)
    if tip is not None:
        return tip
    if pull.state == "open":
        raise Refused(f"The base branch {pull.base.ref} does not exist.")
    return pull.base.sha


def branch_tip(repo: Repository, branch: str) -> str | None:
    """The commit of refs/heads/`branch`; a tag of that name changes nothing."""
    try:
        ref = repo.get_git_ref(f"heads/{branch}").complete()
    except UnknownObjectException:
        return None
    return ref.object.sha if ref.ref == f"refs/heads/{branch}" else None


def read_reviews(repo: Repository, ref: Ref) -> Sequence[ForgeReview]:
    """All reviews, oldest first, each with the base that the pull request had then.

    The record of bases is read after the reviews, so that it knows of whatever came before them.
    """
    left = list(repo.get_pull(ref.number).get_reviews())
    if not left:
        return ()
    bases = read_bases(repo, ref)
    found = (review(ref.forge, one, bases) for one in left)
    return tuple(one for one in found if one is not None)


def read_requested(repo: Repository, number: int) -> frozenset[str]:
    """Logins of those whose review is requested."""
    people, _ = repo.get_pull(number).get_review_requests()
    return frozenset(person.login for person in people)


def read_file(repo: Repository, branch: str, sha: str, path: str) -> str | None:
    """A file's text at `sha`, once that is known to be part of the branch."""
    tip = branch_tip(repo, branch)
    if tip is None:
        raise Refused(f"The branch {branch} does not exist.")
    if tip != sha and repo.compare(sha, tip).status != "ahead":
        raise Retryable(f"The branch {branch} was rewritten and no longer has {sha[:12]}.")
    try:
        found = repo.get_contents(path, ref=sha)
    except UnknownObjectException:
        return None
    if not isinstance(found, ContentFile) or found.type != "file":
        raise Refused(f"{path} on {branch} is not a file.")
    try:
        return _content(repo, found).decode()
    except UnicodeDecodeError as fault:
        raise Refused(f"{path} on {branch} is not text in UTF-8: {fault}.") from fault


def _content(repo: Repository, found: ContentFile) -> bytes:
    if found.encoding == "base64":
        return found.decoded_content
    # Beyond 1 MB the contents API answers with an empty text and the encoding "none".
    blob = repo.get_git_blob(found.sha)
    if blob.encoding != "base64":
        raise Refused(f"{found.path} is too large to be read.")
    return b64decode(blob.content)
