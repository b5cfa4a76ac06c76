"""GitLab's REST API: each route takes a call and answers with JSON, or refuses as GitLab does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.standins import gitlab_views as views
from tests.standins.git import Commit, Submodule, blob_sha
from tests.standins.gitlab_project import Project
from tests.standins.gitlab_state import (
    DEVELOPER,
    MAINTAINER,
    MergeRequest,
    Person,
    Pipeline,
    Status,
)
from tests.standins.gitlab_views import Json

STATES = {"pending", "running", "success", "failed", "canceled", "skipped"}
UNFINISHED = {"pending", "running"}
DESCRIPTION_LIMIT = 255
CHECK_STATES = {"passed", "failed", "pending"}


class Problem(Exception):
    """An answer that is not a success, with GitLab's words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Call:
    """One request: who asks for what."""

    project: Project
    person: Person
    match: Mapping[str, str]
    query: Mapping[str, str]
    refs: Sequence[str]
    body: Mapping[str, object]

    @property
    def found(self) -> MergeRequest:
        """The merge request of the address."""
        try:
            return self.project.merge_requests[int(self.match["iid"])]
        except (KeyError, ValueError):
            raise Problem(404, "404 Not found") from None

    def commit(self, name: str) -> Commit:
        """The commit that a SHA or short name means."""
        sha = self.project.git.resolve(name)
        if sha is None:
            raise Problem(404, "404 Commit Not Found")
        return self.project.git.commits[sha]

    def text(self, key: str, default: str | None = None) -> str:
        """A string of the body that must be there."""
        value = self.body.get(key, default)
        if not isinstance(value, str):
            raise Problem(400, f"{key} is missing")
        return value

    def optional(self, key: str) -> str | None:
        """A string of the body that may be absent."""
        value = self.body.get(key)
        return None if value is None else str(value)

    def at_least(self, access: int) -> None:
        """Refuse those with a lesser role."""
        if self.person.access < access:
            raise Problem(403, "403 Forbidden")

    def licensed(self, *tiers: str) -> None:
        """What the tier lacks is not there."""
        if self.project.tier not in tiers:
            raise Problem(404, "404 Not Found")


@dataclass(frozen=True)
class Listing:
    """An answer that comes in pages."""

    items: Sequence[object]


@dataclass(frozen=True)
class Created:
    """An answer with status 201."""

    body: object


Answer = Json | Listing | Created
Handler = Callable[[Call], Answer]


def show_project(call: Call) -> Answer:
    """GET a project."""
    return views.project(call.project, call.person.access)


def show_project_approvals(call: Call) -> Answer:
    """GET how approvals work in a project."""
    call.licensed("premium", "ultimate")
    cleared = call.project.settings.get("reset_approvals_on_push", False)
    return {"reset_approvals_on_push": cleared, "merge_requests_author_approval": False}


def list_rules(call: Call) -> Answer:
    """GET the approval rules of a project."""
    call.licensed("premium", "ultimate")
    return Listing([views.rule(one) for one in call.project.rules])


def list_external_checks(call: Call) -> Answer:
    """GET the external status checks of a project."""
    call.licensed("ultimate")
    call.at_least(MAINTAINER)
    checks = call.project.external_checks.items()
    return Listing([{"id": number, "name": name} for number, name in checks])


def show_branch(call: Call) -> Answer:
    """GET a branch; a tag of its name is none."""
    sha = call.project.git.branches.get(call.match["branch"])
    if sha is None:
        raise Problem(404, "404 Branch Not Found")
    return {
        "name": call.match["branch"],
        "commit": views.commit(call.project.git.commits[sha]),
        "protected": False,
    }


def show_file(call: Call) -> Answer:
    """GET a file at a ref."""
    if "ref" not in call.query:
        raise Problem(400, "ref is missing")
    found = call.commit(call.query["ref"])
    content = found.tree.get(call.match["path"])
    if content is None or isinstance(content, Submodule):
        raise Problem(404, "404 File Not Found")
    return views.file(call.match["path"], content, found.sha)


def show_merge_base(call: Call) -> Answer:
    """GET the nearest commit that two stand on."""
    one, other = (call.commit(name) for name in call.refs)
    return views.commit(call.commit(call.project.git.merge_base(one.sha, other.sha)))


def list_commits(call: Call) -> Answer:
    """GET the history of a ref, perhaps of one path, newest first."""
    git = call.project.git
    found = list(git.ancestry(call.commit(call.query.get("ref_name", "main")).sha))
    if path := call.query.get("path"):
        found = [commit for commit in found if git.touches(commit, path)]
    if since := call.query.get("since"):
        first = datetime.fromisoformat(since)
        found = [commit for commit in found if commit.committer.at >= first]
    found.sort(key=lambda commit: commit.committer.at, reverse=True)
    return Listing([views.commit(commit) for commit in found])


def show_commit(call: Call) -> Answer:
    """GET one commit, by any name that git would resolve."""
    git, name = call.project.git, call.match["sha"]
    noted = git.notes.get(name.removeprefix("refs/notes/"))
    if name.startswith("refs/notes/") and noted:
        return views.commit(git.commits[noted])
    return views.commit(call.commit(name))


def list_tree(call: Call) -> Answer:
    """GET what is directly in a folder."""
    tree, folder = call.commit(call.query["ref"]).tree, call.query.get("path", "")
    prefix = f"{folder}/" if folder else ""
    below = {name.removeprefix(prefix): it for name, it in tree.items() if name.startswith(prefix)}
    if folder and not below:
        raise Problem(404, "404 Tree Not Found")
    entries: dict[str, Json] = {}
    for name, content in below.items():
        first, _, rest = name.partition("/")
        kind = "tree" if rest else "blob"
        entries[first] = {"id": blob_sha(content), "name": first, "type": kind, "mode": "100644"}
    return Listing(list(entries.values()))


def show_blob(call: Call) -> Answer:
    """GET a blob."""
    for commit in call.project.git.commits.values():
        for path, content in commit.tree.items():
            if blob_sha(content) == call.match["sha"]:
                return views.file(path, content, commit.sha)
    raise Problem(404, "404 Blob Not Found")


def list_events(call: Call) -> Answer:
    """GET what was pushed, newest first."""
    if call.query.get("action") != "pushed":
        raise Problem(400, "the stand-in records pushes only")
    return Listing([views.push(call.project, one) for one in call.project.pushes[::-1]])


def list_merge_requests_of_commit(call: Call) -> Answer:
    """GET the merge requests that have a commit."""
    sha = call.commit(call.match["sha"]).sha
    git = call.project.git
    found = [
        one
        for one in call.project.merge_requests.values()
        if any(sha == commit.sha for commit in git.between(git.branches[one.target], one.head))
    ]
    return Listing([views.merge_request(call.project, one) for one in found])


def list_merge_requests(call: Call) -> Answer:
    """GET merge requests, newest first."""
    state = call.query.get("state", "all")
    found = [one for one in call.project.merge_requests.values() if state in {one.state, "all"}]
    return Listing([views.merge_request(call.project, one) for one in found[::-1]])


def show_merge_request(call: Call) -> Answer:
    """GET one merge request."""
    return views.full_merge_request(call.project, call.found)


def update_merge_request(call: Call) -> Answer:
    """PUT the reviewers; those who cannot read it are passed over in silence."""
    if call.person is not call.found.author:
        call.at_least(DEVELOPER)
    ids = call.body.get("reviewer_ids")
    if ids is None:
        raise Problem(400, "reviewer_ids is missing")
    if not isinstance(ids, list) or not all(isinstance(one, int) for one in ids):
        raise Problem(400, "reviewer_ids is invalid")
    wanted = ids[:1] if call.project.tier == "free" else ids
    known = {person.id: person for person in call.project.people.values() if person.access}
    readable = [known[one].username for one in wanted if one in known]
    if readable or wanted == [0]:
        call.project.ask(call.found.iid, *readable)
    return views.full_merge_request(call.project, call.found)


def list_diffs(call: Call) -> Answer:
    """GET the changed files."""
    found = call.found
    files = call.project.git.diff(_compared_with(call), found.head)
    return Listing([views.diff(call.project, found, file) for file in files])


def list_merge_request_commits(call: Call) -> Answer:
    """GET the commits, newest first."""
    commits = call.project.git.between(_compared_with(call), call.found.head)
    return Listing([views.commit(commit) for commit in commits[::-1]])


def _compared_with(call: Call) -> str:
    """The tip of the target; once it is merged, what the head was last compared with."""
    if call.found.merged_at is not None:
        return call.found.versions[-1].base_sha
    return call.project.git.branches[call.found.target]


def list_versions(call: Call) -> Answer:
    """GET the heads that it has had, newest first."""
    return Listing([views.version(one) for one in call.found.versions[::-1]])


def show_approvals(call: Call) -> Answer:
    """GET who approved."""
    return views.approvals(call.project, call.found)


def show_approval_state(call: Call) -> Answer:
    """GET the approval rules."""
    call.licensed("premium", "ultimate")
    return views.approval_state(call.project, call.found)


def approve(call: Call) -> Answer:
    """POST an approval; with `sha` only of that head."""
    found, who = call.found, call.person
    if who is found.author or who.access < DEVELOPER or who.username in found.approvals:
        raise Problem(401, "401 Unauthorized")
    if "sha" in call.body and call.body["sha"] != found.head:
        raise Problem(409, "SHA does not match HEAD of source branch: " + found.head)
    call.project.approve(found.iid, who.username)
    return Created(views.approvals(call.project, found))


def unapprove(call: Call) -> Answer:
    """POST the end of one's own approval."""
    if call.person.username not in call.found.approvals:
        raise Problem(404, "404 Not found")
    call.project.unapprove(call.found.iid, call.person.username)
    return Created(views.approvals(call.project, call.found))


def reset_approvals(call: Call) -> Answer:
    """PUT the end of all approvals; only for the bots of project and group tokens."""
    if "_bot" not in call.person.username:
        raise Problem(401, "401 Unauthorized")
    call.project.reset_approvals(call.found.iid, call.person.username)
    return {"message": "202 Accepted"}


def list_reviewers(call: Call) -> Answer:
    """GET the reviewers and where their reviews stand."""
    found = call.found
    return Listing(
        [
            {
                "user": views.user(person),
                "state": found.reviews.get(person.username, "unreviewed"),
                "created_at": views.moment(found.created_at),
            }
            for person in found.reviewers
        ]
    )


def list_notes(call: Call) -> Answer:
    """GET the conversation, GitLab's own notes included; newest first unless asked otherwise."""
    notes = call.found.notes if call.query.get("sort") == "asc" else call.found.notes[::-1]
    return Listing([views.note(one) for one in notes])


def create_note(call: Call) -> Answer:
    """POST a comment."""
    note = call.project.say(call.found.iid, call.person.username, call.text("body"))
    return Created(views.note(note))


def create_discussion(call: Call) -> Answer:
    """POST the beginning of a thread that has to be resolved."""
    who, body = call.person.username, call.text("body")
    note = call.project.say(call.found.iid, who, body, resolvable=True)
    view = {"id": f"{note.id:040x}", "individual_note": False, "notes": [views.note(note)]}
    return Created(view)


def list_status_checks(call: Call) -> Answer:
    """GET the external status checks of a merge request."""
    call.licensed("ultimate")
    return Listing(
        [
            {
                "id": number,
                "name": name,
                "external_url": "https://c.test",
                "status": call.found.checks.get(number, "pending"),
            }
            for number, name in call.project.external_checks.items()
        ]
    )


def respond_to_status_check(call: Call) -> Answer:
    """POST what an external check found of exactly this head."""
    call.licensed("ultimate")
    call.at_least(DEVELOPER)
    number = call.body.get("external_status_check_id")
    if not isinstance(number, int) or number not in call.project.external_checks:
        raise Problem(404, "404 Not Found")
    if call.text("sha") != call.found.head:
        raise Problem(409, "SHA does not match HEAD of source branch: " + call.found.head)
    if call.text("status") not in CHECK_STATES:
        raise Problem(400, "status does not have a valid value")
    call.found.checks[number] = call.text("status")
    return Created({"id": number})


def list_statuses(call: Call) -> Answer:
    """GET the latest statuses of a commit."""
    sha = call.commit(call.match["sha"]).sha
    wanted = {"name": "name", "ref": "ref"}
    found = [one for one in call.project.statuses if one.sha == sha]
    for key, attribute in wanted.items():
        if key in call.query:
            found = [one for one in found if getattr(one, attribute) == call.query[key]]
    if "pipeline_id" in call.query:
        found = [one for one in found if str(one.pipeline.id) == call.query["pipeline_id"]]
    if call.query.get("all") != "true":
        found = [one for one in found if not one.retried]
    return Listing([views.status(one) for one in found])


def create_status(call: Call) -> Answer:
    """POST a commit status: it hangs on a pipeline, and only some states follow on others."""
    call.at_least(DEVELOPER)
    sha = call.match["sha"]
    if sha not in call.project.git.commits:
        raise Problem(404, "404 Commit Not Found")
    state, name = call.text("state"), call.text("name", "default")
    if state not in STATES:
        raise Problem(400, "state does not have a valid value")
    description, url = call.optional("description"), call.optional("target_url")
    if description is not None and len(description) > DESCRIPTION_LIMIT:
        raise Problem(400, "description: is too long (maximum is 255 characters)")
    place, standing = _place(call, sha), None
    for one in call.project.statuses:
        mine = one.pipeline is place and one.author is call.person and one.name == name
        standing = one if mine and one.state in UNFINISHED else standing
    if standing is not None:
        return Created(views.status(_moved_on(standing, state, description, url)))
    new = call.project.set_status(
        sha,
        state,
        by=call.person.username,
        ref=call.text("ref", place.ref if place else "main"),
        name=name,
        description=description,
        target_url=url,
        pipeline=place,
    )
    return Created(views.status(new))


def _place(call: Call, sha: str) -> Pipeline | None:
    """The pipeline asked for, or the newest of this commit and ref."""
    mine = [one for one in call.project.pipelines if one.sha == sha]
    number = call.body.get("pipeline_id")
    if number is not None:
        mine = [one for one in mine if one.id == number]
        if not mine:
            raise Problem(404, "404 Pipeline Not Found")
    if "ref" in call.body:
        mine = [one for one in mine if one.ref == call.body["ref"]]
    return mine[-1] if mine else None


def _moved_on(standing: Status, state: str, description: str | None, url: str | None) -> Status:
    if state == standing.state or (standing.state, state) == ("running", "pending"):
        event = {"pending": "enqueue", "running": "run"}[state]
        raise Problem(
            400,
            f"Cannot transition status via :{event} from :{standing.state} "
            f'(Reason(s): Status cannot transition via "{event}")',
        )
    standing.state, standing.description = state, description or standing.description
    standing.target_url = url or standing.target_url
    return standing


MR = "/merge_requests/{iid}"

ROUTES: Sequence[tuple[str, str, Handler]] = (
    ("GET", "", show_project),
    ("GET", "/approvals", show_project_approvals),
    ("GET", "/approval_rules", list_rules),
    ("GET", "/external_status_checks", list_external_checks),
    ("GET", "/repository/branches/{branch}", show_branch),
    ("GET", "/repository/files/{path}", show_file),
    ("GET", "/repository/merge_base", show_merge_base),
    ("GET", "/repository/commits", list_commits),
    ("GET", "/repository/commits/{sha}", show_commit),
    ("GET", "/repository/tree", list_tree),
    ("GET", "/repository/blobs/{sha}", show_blob),
    ("GET", "/repository/commits/{sha}/statuses", list_statuses),
    ("GET", "/repository/commits/{sha}/merge_requests", list_merge_requests_of_commit),
    ("POST", "/statuses/{sha}", create_status),
    ("GET", "/events", list_events),
    ("GET", "/merge_requests", list_merge_requests),
    ("GET", MR, show_merge_request),
    ("PUT", MR, update_merge_request),
    ("GET", f"{MR}/diffs", list_diffs),
    ("GET", f"{MR}/commits", list_merge_request_commits),
    ("GET", f"{MR}/versions", list_versions),
    ("GET", f"{MR}/approvals", show_approvals),
    ("GET", f"{MR}/approval_state", show_approval_state),
    ("POST", f"{MR}/approve", approve),
    ("POST", f"{MR}/unapprove", unapprove),
    ("PUT", f"{MR}/reset_approvals", reset_approvals),
    ("GET", f"{MR}/reviewers", list_reviewers),
    ("GET", f"{MR}/notes", list_notes),
    ("POST", f"{MR}/notes", create_note),
    ("POST", f"{MR}/discussions", create_discussion),
    ("GET", f"{MR}/status_checks", list_status_checks),
    ("POST", f"{MR}/status_check_responses", respond_to_status_check),
)
"""Method and address below a project, and who answers."""
