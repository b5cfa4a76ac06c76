"""Whether a change repairs a defect, by its own words."""

from __future__ import annotations

import re

REPAIR = re.compile(
    r"\b(?:bug ?fix|fix|fixes|fixed|bug|bugs|hotfix|defect|regression)\b", re.IGNORECASE
)
"""Words by which people call the repair of a defect."""


def names_repair(title: str) -> bool:
    """Whether a title, or a label, calls the change a repair."""
    return REPAIR.search(title) is not None
