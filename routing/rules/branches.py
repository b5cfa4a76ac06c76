"""Branches as policies name them: a group of the policy's, or a glob."""

from __future__ import annotations

from routing.policy import Policy
from routing.rules.domains import patterns_of


def is_branch(branch: str, wanted: tuple[str, ...], policy: Policy) -> bool:
    """Whether one of the wanted names, each a group of branches or a glob, means this branch."""
    globs = tuple(glob for name in wanted for glob in policy.branches.get(name, (name,)))
    return patterns_of(globs).matches(branch)
