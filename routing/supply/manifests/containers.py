"""Container images and workflow actions: Dockerfile, compose files, GitHub workflows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from routing.supply.manifests.entry import Entry, Role, dependency

FROM = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
IMAGE = re.compile(r"""\s*(?:-\s+)?image\s*:\s*["']?([^\s"'#]+)""")
USES = re.compile(r"""\s*(?:-\s+)?["']?uses["']?\s*:\s*["']?([^\s"'#@]+)@([^\s"'#]+)""")
EMPTY_IMAGE = "scratch"
NO_TAG = "no tag"


def read_dockerfile(lines: Sequence[str]) -> Iterator[Entry]:
    """The base images; stages of the same file are none."""
    stages: set[str] = set()
    for line in lines:
        if found := FROM.match(line):
            image, stage = found.groups()
            if image.lower() not in stages and image != EMPTY_IMAGE:
                yield _image(image)
            if stage:
                stages.add(stage.lower())


def read_images(lines: Sequence[str]) -> Iterator[Entry]:
    """The images that a compose file or a GitLab pipeline runs."""
    for line in lines:
        if found := IMAGE.match(line):
            yield _image(found[1])


def _image(reference: str) -> Entry:
    named, _, digest = reference.partition("@")
    folder, slash, last = named.rpartition("/")
    name, _, tag = last.partition(":")
    return dependency(f"{folder}{slash}{name}", tag or digest or NO_TAG)


def read_workflow(lines: Sequence[str]) -> Iterator[Entry]:
    """The actions a workflow uses, but for those of the same repository."""
    for line in lines:
        if (found := USES.match(line)) and not found[1].startswith("."):
            yield Entry(Role.ACTION, found[1], found[2])
