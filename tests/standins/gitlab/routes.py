"""GitLab's REST API: each route takes a call and answers with JSON, or refuses as GitLab does."""

from __future__ import annotations

from collections.abc import Sequence

from tests.standins.gitlab import project_routes as project
from tests.standins.gitlab import views
from tests.standins.gitlab.calls import Answer, Call, Created, Handler, Listing
from tests.standins.gitlab.state import DEVELOPER
from tests.standins.server import Problem

CHECK_STATES = {"passed", "failed", "pending"}


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


def list_members(call: Call) -> Answer:
    """GET everybody who has a role in the project."""
    members = [one for one in call.project.people.values() if one.access]
    return Listing([views.user(one) | {"access_level": one.access} for one in members])


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
    if call.query.get("activity_filter") == "only_activity":
        notes = [one for one in notes if one.system]
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


MR = "/merge_requests/{iid}"


ROUTES: Sequence[tuple[str, str, Handler]] = (
    ("GET", "", project.show_project),
    ("GET", "/approvals", project.show_project_approvals),
    ("GET", "/approval_rules", project.list_rules),
    ("GET", "/external_status_checks", project.list_external_checks),
    ("GET", "/labels", project.list_labels),
    ("GET", "/groups", project.list_groups),
    ("GET", "/repository/branches", project.list_branches),
    ("GET", "/repository/branches/{branch}", project.show_branch),
    ("GET", "/repository/files/{path}", project.show_file),
    ("GET", "/repository/merge_base", project.show_merge_base),
    ("GET", "/repository/commits", project.list_commits),
    ("GET", "/repository/commits/{sha}", project.show_commit),
    ("GET", "/repository/tree", project.list_tree),
    ("GET", "/repository/blobs/{sha}", project.show_blob),
    ("GET", "/repository/commits/{sha}/statuses", project.list_statuses),
    ("GET", "/repository/commits/{sha}/merge_requests", list_merge_requests_of_commit),
    ("POST", "/statuses/{sha}", project.create_status),
    ("GET", "/pipelines", project.list_pipelines),
    ("GET", "/events", project.list_events),
    ("GET", "/members/all", list_members),
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
