"""The forge's own words: "merge request !12" on GitLab is "pull request #12" on GitHub."""

from __future__ import annotations

from dataclasses import dataclass

from routing.model import Ref
from routing.owners.codeowners import Dialect


@dataclass(frozen=True, slots=True)
class Words:
    """What people of a forge call it (`forge`), a request to merge (`request`), and its number.

    `dialect` is whose rules its CODEOWNERS files are written by.
    """

    forge: str
    request: str
    sign: str
    dialect: Dialect


GITHUB = Words("GitHub", "pull request", "#", Dialect.GITHUB)
GITLAB = Words("GitLab", "merge request", "!", Dialect.GITLAB)
ELSEWHERE = Words("the forge", "merge request", "#", Dialect.GITHUB)
"""A clone, which has no words of its own."""


def words_of(forge: str) -> Words:
    """The words of a configured forge by its name: "gitlab", "gitlab-2", "github", "local"."""
    match forge.partition("-")[0]:
        case "github":
            return GITHUB
        case "gitlab":
            return GITLAB
        case _:
            return ELSEWHERE


def short_name(ref: Ref) -> str:
    """What people call it: "shop#12", "shop!12"."""
    return f"{ref.project.rsplit('/', 1)[-1]}{words_of(ref.forge).sign}{ref.number}"
