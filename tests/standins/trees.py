"""Git's trees of the stand-in: a commit's files, directory by directory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from tests.standins.git import Commit, Content, Git, Submodule, blob_sha


def root_tree(commit: Commit) -> str:
    """The SHA of a commit's tree."""
    return _sha(commit, ".")


def find_tree(git: Git, sha: str) -> list[dict[str, object]] | None:
    """The entries of the tree with this SHA, one level deep; None when there is none."""
    for commit in git.commits.values():
        for directory in _directories(commit.tree):
            if _sha(commit, directory) == sha:
                return list(_entries(commit, directory))
    return None


def _entries(commit: Commit, directory: str) -> Iterator[dict[str, object]]:
    seen = set[str]()
    for path, content in sorted(commit.tree.items()):
        if directory != "." and not path.startswith(f"{directory}/"):
            continue
        name, deeper, _ = path.removeprefix(f"{directory}/").partition("/")
        if name in seen:
            continue
        seen.add(name)
        if deeper:
            below = name if directory == "." else f"{directory}/{name}"
            yield {"path": name, "mode": "040000", "type": "tree", "sha": _sha(commit, below)}
        elif not isinstance(content, Submodule):
            sha, size = blob_sha(content), len(content)
            yield {"path": name, "mode": "100644", "type": "blob", "sha": sha, "size": size}


def _directories(tree: Mapping[str, Content]) -> set[str]:
    return {"."} | {str(parent) for path in tree for parent in PurePosixPath(path).parents}


def _sha(commit: Commit, directory: str) -> str:
    """Like git's, it comes from the content alone: the same directory has the same SHA."""
    inside = {
        path.removeprefix(f"{directory}/"): blob_sha(content)
        for path, content in commit.tree.items()
        if directory == "." or path.startswith(f"{directory}/")
    }
    text = repr(sorted(inside.items())).encode()
    return hashlib.sha1(b"tree " + text, usedforsecurity=False).hexdigest()
