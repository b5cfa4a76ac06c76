"""Which pipeline GitLab looks at before it merges, and on what that runs.

Commit statuses hang on pipelines. With merged results or merge trains, GitLab runs the pipeline
on a commit of its own making, and which head went into that only GitLab knows: with squashing or
fast-forward merges the head is not among its parents. REST shows a merge request's pipeline as it
is stored, be it of a head that was left; GraphQL shows it only where it stands for the head.
Sources: https://docs.gitlab.com/ci/pipelines/merged_results_pipelines/,
https://docs.gitlab.com/ci/pipelines/merge_trains/ and
https://docs.gitlab.com/api/graphql/reference/#mergerequest
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from gitlab.v4.objects import Project, ProjectMergeRequest

from bot.forges.gitlab.reading import Json
from routing.model import Pipeline

EXTERNAL = "external"
"""The source of pipelines that GitLab made to hold statuses such as ours."""

MADE = re.compile(r"refs/merge-requests/([0-9]+)/(?:merge|train)")
"""The refs of commits that GitLab makes to check what merging would give."""

HEAD_PIPELINE = """
query ($project: ID!, $number: String!) {
  project(fullPath: $project) {
    mergeRequest(iid: $number) { diffHeadSha headPipeline { id sha } }
  }
}
"""


Ask = Callable[[str, Mapping[str, str]], Json]
"""Puts a question to GraphQL, with its variables; see `Clients.ask`."""


def read_pipeline(ask: Ask, path: str, found: ProjectMergeRequest) -> Pipeline | None:
    """The pipeline that stands for the head of a merge request of the project at `path`.

    None where there is none yet, or none but what holds statuses such as ours.
    """
    told: Json = found.attributes.get("head_pipeline") or {}
    if told.get("source") == EXTERNAL or told.get("project_id") != found.target_project_id:
        return None
    if told["sha"] == found.sha:
        return Pipeline(str(told["id"]), found.sha)
    return _made(ask, path, found) if is_made(told["ref"], found) else None


def is_made(ref: str, found: ProjectMergeRequest) -> bool:
    """Whether a pipeline of this ref runs on what GitLab made of this merge request."""
    named = MADE.fullmatch(ref)
    return named is not None and int(named[1]) == found.iid


def _made(ask: Ask, path: str, found: ProjectMergeRequest) -> Pipeline | None:
    """The pipeline of which GitLab itself says that it stands for this head."""
    answer = ask(HEAD_PIPELINE, {"project": path, "number": str(found.iid)})
    told = answer["project"]["mergeRequest"]
    pipeline = told["headPipeline"]
    if pipeline is None or told["diffHeadSha"] != found.sha:
        return None
    return Pipeline(pipeline["id"].rpartition("/")[2], pipeline["sha"])


def newest_made(project: Project, found: ProjectMergeRequest, sha: str) -> Json | None:
    """The newest pipeline on a commit that GitLab made of this merge request."""
    listed = project.pipelines.list(sha=sha, order_by="id", sort="desc", iterator=True)
    ours = (one.attributes for one in listed if is_made(one.ref, found))
    return next(ours, None)
