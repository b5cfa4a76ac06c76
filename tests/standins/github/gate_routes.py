"""The routes of a gate: commit statuses, which anybody with a push can set, and check runs."""

from __future__ import annotations

from tests.standins.github.calls import Answer, Call, Created, Listing
from tests.standins.github.state import Check
from tests.standins.server import Problem

CHECK_STATES = {"queued", "in_progress", "completed"}
CONCLUSIONS = {"success", "failure", "neutral", "cancelled", "action_required"}
STATUS_STATES = {"error", "failure", "pending", "success"}
DESCRIPTION_LIMIT = 140


def create_status(call: Call) -> Answer:
    """POST a commit status."""
    call.may_write()
    commit = call.commit(call.match["sha"])
    state, description = call.text("state"), call.body.get("description")
    if state not in STATUS_STATES:
        problem = {"resource": "Status", "code": "custom", "field": "state"}
        raise Problem(422, "Validation Failed", [problem])
    if description is not None and len(str(description)) > DESCRIPTION_LIMIT:
        raise Problem(
            422,
            "Validation Failed",
            ["description is too long (maximum is 140 characters)"],
        )
    target = call.body.get("target_url")
    status = call.repo.set_status(
        commit.sha,
        state,
        by=call.person.login,
        context=call.text("context", "default"),
        description=None if description is None else str(description),
        target_url=None if target is None else str(target),
    )
    return Created(call.views.status(call.repo, commit.sha, status))


def create_check(call: Call) -> Answer:
    """POST a check run, which only apps may."""
    if call.app is None:
        raise Problem(403, "You must authenticate via a GitHub App.")
    commit, status = call.commit(call.text("head_sha")), call.text("status", "queued")
    conclusion, output = call.body.get("conclusion"), call.body.get("output")
    if status not in CHECK_STATES or (status == "completed") != (conclusion in CONCLUSIONS):
        raise Problem(422, "Invalid request.", ["status and conclusion do not fit"])
    said = output if isinstance(output, dict) else {}
    url = call.body.get("details_url")
    check = Check(
        next(call.repo.ids),
        call.app,
        call.text("name"),
        status,
        str(conclusion) if conclusion else None,
        said.get("title"),
        said.get("summary"),
        str(url) if url else None,
    )
    call.repo.checks.setdefault(commit.sha, []).append(check)
    return Created(call.views.check(commit.sha, check))


def list_checks(call: Call) -> Answer:
    """GET the check runs of a commit: of each app and name the newest."""
    commit = call.commit(call.match["sha"])
    wanted = call.query.get("check_name")
    newest = {
        (check.app, check.name): check
        for check in call.repo.checks.get(commit.sha, [])
        if wanted in (None, check.name)
    }
    views = [call.views.check(commit.sha, check) for check in newest.values()]
    return Listing(views, within={"total_count": len(views)}, key="check_runs")


def list_statuses(call: Call) -> Answer:
    """GET a commit's statuses, newest first."""
    commit = call.commit(call.match["sha"])
    found = call.repo.statuses.get(commit.sha, [])
    return Listing([call.views.status(call.repo, commit.sha, status) for status in found[::-1]])


def combined_status(call: Call) -> Answer:
    """GET the newest status of each context, and what they come to."""
    commit = call.commit(call.match["sha"])
    newest = {status.context: status for status in call.repo.statuses.get(commit.sha, [])}
    states = {status.state for status in newest.values()}
    failed, waiting = states & {"error", "failure"}, "pending" in states or not states
    return {
        "state": "failure" if failed else "pending" if waiting else "success",
        "sha": commit.sha,
        "total_count": len(newest),
        "statuses": [
            call.views.status(call.repo, commit.sha, status) for status in newest.values()
        ],
    }
