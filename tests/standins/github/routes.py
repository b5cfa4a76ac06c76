"""GitHub's REST API: each route takes a call and answers with JSON, or refuses as GitHub does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.standins.git import Submodule, blob_sha
from tests.standins.github.calls import Answer, Call, Created, Handler, Listing
from tests.standins.github.gate_routes import (
    combined_status,
    create_check,
    create_status,
    list_checks,
    list_statuses,
)
from tests.standins.github.protection import (
    list_branch_rules,
    show_branch,
    show_protection,
    show_ruleset,
)
from tests.standins.github.repository import REVIEW_STATES
from tests.standins.github.state import Comment
from tests.standins.github.views import WEB_FLOW
from tests.standins.server import Problem
from tests.standins.trees import find_tree, root_tree

FILES_SHOWN, COMMITS_SHOWN, COMPARED = 3000, 250, 10_000
COMMENT_LIMIT = 65_536


def show_repository(call: Call) -> Answer:
    """GET a repository."""
    view = call.views.repository(call.repo)
    return view | {"permissions": {"pull": True, "push": call.person.access == "write"}}


def list_collaborators(call: Call) -> Answer:
    """GET everybody who has access; only those who may write may look."""
    call.may_write()
    people = call.repo.people.values()
    members = [one for one in people if one.access != "none" and one is not WEB_FLOW]
    return Listing([call.views.user(one) for one in members])


def list_pulls(call: Call) -> Answer:
    """GET pull requests, newest first."""
    state = call.query.get("state", "open")
    pulls = [pull for pull in call.repo.pulls.values() if state in (pull.state, "all")]
    return Listing([call.views.pull(call.repo, pull) for pull in pulls[::-1]])


def show_pull(call: Call) -> Answer:
    """GET one pull request."""
    return call.views.full_pull(call.repo, call.pull)


def list_files(call: Call) -> Answer:
    """GET the changed files, up to GitHub's limit."""
    files = call.repo.git.diff(call.pull.base_sha, call.pull.head_sha)
    return Listing([call.views.file(file) for file in files[:FILES_SHOWN]])


def list_pull_commits(call: Call) -> Answer:
    """GET the commits, up to GitHub's limit."""
    commits = call.repo.git.between(call.pull.base_sha, call.pull.head_sha)
    return Listing([call.views.commit(call.repo, commit) for commit in commits[:COMMITS_SHOWN]])


def list_reviews(call: Call) -> Answer:
    """GET the reviews, oldest first."""
    return Listing([call.views.review(review) for review in call.pull.reviews])


def create_review(call: Call) -> Answer:
    """POST a review."""
    event = call.text("event")
    if event not in REVIEW_STATES:
        raise Problem(422, "Unprocessable Entity", [f"Event {event!r} is not known"])
    if event == "APPROVE" and call.person is call.pull.author:
        raise Problem(422, "Unprocessable Entity", ["Can not approve your own pull request"])
    call.repo.review(call.pull.number, call.person.login, event, call.text("body", ""))
    return call.views.review(call.pull.reviews[-1])


def dismiss_review(call: Call) -> Answer:
    """PUT the dismissal of a review."""
    call.may_write()
    call.text("message")
    call.repo.dismiss(call.pull.number, call.review_id)
    review = next(review for review in call.pull.reviews if review.id == call.review_id)
    return call.views.review(review)


def list_requested(call: Call) -> Answer:
    """GET whose review is requested."""
    return {"users": [call.views.user(who) for who in call.pull.requested], "teams": []}


def request_reviewers(call: Call) -> Answer:
    """POST requests for review; one person who cannot be asked spoils all."""
    call.may_write()
    logins = _logins(call)
    for login in logins:
        person = call.repo.people.get(login.lower())
        if person is not None and person is call.pull.author:
            raise Problem(422, "Review cannot be requested from pull request author.")
        if person is None or person.access == "none":
            raise Problem(
                422,
                "Reviews may only be requested from collaborators. One or more of the users or "
                f"teams you specified is not a collaborator of the {call.repo.full_name} "
                "repository.",
            )
    call.repo.ask(call.pull.number, *logins)
    return Created(call.views.pull(call.repo, call.pull))


def remove_reviewers(call: Call) -> Answer:
    """DELETE requests for review."""
    call.may_write()
    call.repo.unask(call.pull.number, *_logins(call))
    return call.views.pull(call.repo, call.pull)


def _logins(call: Call) -> list[str]:
    logins = call.body.get("reviewers")
    if not isinstance(logins, list) or not all(isinstance(login, str) for login in logins):
        raise Problem(422, "Invalid request.", ["reviewers is not an array of strings"])
    return logins


def list_comments(call: Call) -> Answer:
    """GET the conversation, oldest first."""
    return Listing([call.views.comment(call.repo, comment) for comment in call.pull.comments])


def create_comment(call: Call) -> Answer:
    """POST a comment."""
    comment = call.repo.say(call.pull.number, call.person.login, _comment_text(call))
    return Created(call.views.comment(call.repo, comment))


def edit_comment(call: Call) -> Answer:
    """PATCH a comment."""
    for pull in call.repo.pulls.values():
        for comment in pull.comments:
            if str(comment.id) == call.match["item"]:
                return _edited(call, comment)
    raise Problem(404, "Not Found")


def _edited(call: Call, comment: Comment) -> Answer:
    if comment.by is not call.person:
        call.may_write()
    comment.body = _comment_text(call)
    return call.views.comment(call.repo, comment)


def _comment_text(call: Call) -> str:
    text = call.text("body")
    if len(text) > COMMENT_LIMIT:
        raise Problem(422, "Validation Failed", ["body is too long (maximum is 65536 characters)"])
    return text


def show_content(call: Call) -> Answer:
    """GET a file or directory at a ref."""
    commit = call.commit(call.query.get("ref", "main"), status=404)
    path = call.match["path"].strip("/")
    if path in commit.tree:
        return call.views.content(call.repo, path, commit.tree[path])
    inside = [name for name in commit.tree if name.startswith(f"{path}/")]
    if not inside:
        raise Problem(404, "Not Found")
    return Listing([{"type": "file", "path": name, "name": name} for name in inside])


def show_blob(call: Call) -> Answer:
    """GET a git blob."""
    for commit in call.repo.git.commits.values():
        for content in commit.tree.values():
            if not isinstance(content, Submodule) and blob_sha(content) == call.match["sha"]:
                return call.views.blob(content)
    raise Problem(404, "Not Found")


def show_ref(call: Call) -> Answer:
    """GET one git ref by its full name."""
    kind, _, name = call.match["ref"].partition("/")
    git = call.repo.git
    sha = {"heads": git.branches, "tags": git.tags, "notes": git.notes}.get(kind, {}).get(name)
    if sha is None:
        raise Problem(404, "Not Found")
    return call.views.ref(call.repo, f"refs/{kind}/{name}", sha)


def show_git_commit(call: Call) -> Answer:
    """GET a commit as git keeps it, with its tree."""
    commit = call.commit(call.match["sha"], status=404)
    return {"sha": commit.sha, "message": commit.message, "tree": {"sha": root_tree(commit)}}


def show_tree(call: Call) -> Answer:
    """GET one level of a git tree."""
    entries = find_tree(call.repo.git, call.match["sha"])
    if entries is None:
        raise Problem(404, "Not Found")
    return {"sha": call.match["sha"], "tree": entries, "truncated": False}


def show_comparison(call: Call) -> Answer:
    """GET how two commits stand to each other."""
    base, _, head = call.match["range"].partition("...")
    one, other = call.commit(base, status=404), call.commit(head, status=404)
    found = call.repo.git.between(one.sha, other.sha)[:COMPARED]
    return Listing(
        [call.views.commit(call.repo, commit) for commit in found],
        size=250,
        most=1000,
        within=call.views.comparison(call.repo.git, one.sha, other.sha),
        key="commits",
    )


def list_activity(call: Call) -> Answer:
    """GET what happened to a branch, newest first."""
    ref = call.query.get("ref", "")
    pushes = [push for push in call.repo.pushes if f"refs/heads/{push.branch}" == ref]
    return Listing([call.views.push(push) for push in reversed(pushes)])


def list_commits(call: Call) -> Answer:
    """GET the history of a ref, perhaps of one path, newest first."""
    git = call.repo.git
    start = call.commit(call.query.get("sha", "main"), status=404)
    found = list(git.ancestry(start.sha))
    if path := call.query.get("path"):
        found = [commit for commit in found if git.touches(commit, path)]
    if since := call.query.get("since"):
        first = datetime.fromisoformat(since)
        found = [commit for commit in found if commit.committer.at >= first]
    found.sort(key=lambda commit: commit.committer.at, reverse=True)
    return Listing([call.views.commit(call.repo, commit) for commit in found])


def list_labels(call: Call) -> Answer:
    """GET the repository's labels."""
    return Listing([{"name": name} for name in call.repo.labels])


def list_branches(call: Call) -> Answer:
    """GET the branches."""
    branches = call.repo.git.branches.items()
    return Listing([{"name": name, "commit": {"sha": sha}} for name, sha in branches])


def list_teams(call: Call) -> Answer:
    """GET the teams, for those who may administrate."""
    if not call.repo.guard.administrates:
        raise Problem(403, "Resource not accessible by personal access token")
    return Listing([{"slug": slug, "name": slug.title()} for slug in call.repo.teams])


ROUTES: Sequence[tuple[str, str, Handler]] = (
    ("GET", "", show_repository),
    ("GET", "/rules/branches/{branch}", list_branch_rules),
    ("GET", "/rulesets/{item}", show_ruleset),
    ("GET", "/branches/{branch}", show_branch),
    ("GET", "/branches/{branch}/protection", show_protection),
    ("GET", "/collaborators", list_collaborators),
    ("GET", "/labels", list_labels),
    ("GET", "/branches", list_branches),
    ("GET", "/teams", list_teams),
    ("GET", "/pulls", list_pulls),
    ("GET", "/pulls/{number}", show_pull),
    ("GET", "/pulls/{number}/files", list_files),
    ("GET", "/pulls/{number}/commits", list_pull_commits),
    ("GET", "/pulls/{number}/reviews", list_reviews),
    ("POST", "/pulls/{number}/reviews", create_review),
    ("PUT", "/pulls/{number}/reviews/{item}/dismissals", dismiss_review),
    ("GET", "/pulls/{number}/requested_reviewers", list_requested),
    ("POST", "/pulls/{number}/requested_reviewers", request_reviewers),
    ("DELETE", "/pulls/{number}/requested_reviewers", remove_reviewers),
    ("GET", "/commits", list_commits),
    ("GET", "/commits/{sha}/status", combined_status),
    ("GET", "/commits/{sha}/statuses", list_statuses),
    ("GET", "/statuses/{sha}", list_statuses),
    ("POST", "/statuses/{sha}", create_status),
    ("GET", "/issues/{number}/comments", list_comments),
    ("POST", "/issues/{number}/comments", create_comment),
    ("PATCH", "/issues/comments/{item}", edit_comment),
    ("GET", "/contents/{path:.*}", show_content),
    ("GET", "/git/blobs/{sha}", show_blob),
    ("GET", "/git/commits/{sha}", show_git_commit),
    ("GET", "/git/trees/{sha}", show_tree),
    ("GET", "/git/ref/{ref:.*}", show_ref),
    ("GET", "/compare/{range}", show_comparison),
    ("POST", "/check-runs", create_check),
    ("GET", "/commits/{sha}/check-runs", list_checks),
    ("GET", "/activity", list_activity),
)
"""Method and address below a repository, and who answers."""
