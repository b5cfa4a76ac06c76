"""What a GitLab project has by name: labels, branches, and the groups whose members enter it."""

from __future__ import annotations

from gitlab.v4.objects import Project

from routing.files.forge_names import Names


def read_names(project: Project) -> Names:
    """Groups are those above the project, and those that were invited to it."""
    groups = project.groups.list(iterator=True, with_shared=True)
    return Names(
        frozenset(str(one.name) for one in project.labels.list(iterator=True)),
        frozenset(str(one.name) for one in project.branches.list(iterator=True)),
        frozenset(str(one.full_path) for one in groups),
    )
