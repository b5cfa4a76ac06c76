"""Which paths' history a forge is asked for, and what one of its commits teaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from routing.identities import CO_AUTHOR
from routing.model import PastChange
from routing.people import mail_identity
from routing.repairs import names_repair

QUERIES = 10
"""Paths and directories asked for, one page of a hundred commits each."""
DIRECTORIES = 5


def queries(paths: Sequence[str]) -> tuple[str, ...]:
    """What to ask for: the directories with the most of the paths, then the paths themselves."""
    counts = Counter(path.rpartition("/")[0] for path in paths if "/" in path)
    directories = [f"{directory}/" for directory, _ in counts.most_common(DIRECTORIES)]
    files = list(dict.fromkeys(paths))[: QUERIES - len(directories)]
    return (*directories, *files)


def past_change(
    sha: str, at: datetime, author_email: str, message: str, places: Sequence[str]
) -> PastChange:
    """A commit as history: who wrote it, found under these places, without line counts."""
    emails = [author_email, *CO_AUTHOR.findall(message)]
    return PastChange(
        id=sha,
        at=at,
        authors=tuple(dict.fromkeys(mail_identity(email) for email in emails if email)),
        reviewers=(),
        files=tuple((place, 0, 0) for place in places),
        fix=names_repair(message.partition("\n")[0]),
    )
