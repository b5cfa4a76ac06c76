"""GitLab's REST API of projects: files, commits and their statuses, and how it is set up."""

from __future__ import annotations

from datetime import datetime

from tests.standins.git import Submodule, blob_sha
from tests.standins.gitlab import views
from tests.standins.gitlab.calls import Answer, Call, Created, Listing
from tests.standins.gitlab.state import DEVELOPER, MAINTAINER, Pipeline, Status
from tests.standins.gitlab.views import Json
from tests.standins.server import Problem

STATES = {"pending", "running", "success", "failed", "canceled", "skipped"}


UNFINISHED = {"pending", "running"}


DESCRIPTION_LIMIT = 255


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


def list_labels(call: Call) -> Answer:
    """GET the labels of a project and of the groups above it."""
    return Listing([{"id": place, "name": name} for place, name in enumerate(call.project.labels)])


def list_branches(call: Call) -> Answer:
    """GET the branches."""
    return Listing([{"name": name} for name in call.project.git.branches])


def list_groups(call: Call) -> Answer:
    """GET the groups above a project, and those that were invited to it."""
    if call.query.get("with_shared") != "True":
        raise Problem(400, "with_shared is missing")
    groups = enumerate(call.project.groups)
    return Listing([{"id": place, "full_path": path} for place, path in groups])


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


def list_pipelines(call: Call) -> Answer:
    """GET the pipelines of a commit, newest first."""
    if (call.query.get("order_by", "id"), call.query.get("sort", "desc")) != ("id", "desc"):
        raise Problem(400, "the stand-in lists the newest first only")
    found = [one for one in call.project.pipelines if one.sha == call.query["sha"]]
    return Listing([views.pipeline(call.project, one) for one in found[::-1]])


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
    if "ref" in call.body:
        mine = [one for one in mine if one.ref == call.body["ref"]]
    if number is not None and not mine:
        raise Problem(404, "404 Pipeline for pipeline_id, sha and ref Not Found")
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
