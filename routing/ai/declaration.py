"""The author's own word whether AI helped: when it is wanted, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from routing.ai.tiers import Evidence, Tier
from routing.phrases import listed
from routing.policy import Policy
from routing.rules.branches import is_branch

RULE = "declaration"
"""The name under which the result tree shows that the author is asked."""

SOME_AI = "AI"
"""The tool of those who do not say which."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody with a hand in the change said in Slack, looking at that head.

    It is said of the merge request: later pushes do not ask again, but whatever evidence they
    bring counts more.
    """

    person: str
    name: str
    ai: bool
    tools: tuple[str, ...]
    at: datetime
    head_sha: str


def declared_evidence(said: Declaration | None) -> Iterator[Evidence]:
    """What the word proves: AI help where it is admitted, nothing where it is denied."""
    if said is not None and said.ai:
        for tool in said.tools or (SOME_AI,):
            yield Evidence(Tier.DECLARED, "Slack", render_word(said), tool, "its author says so")


def render_word(said: Declaration) -> str:
    """The word in words: "Ana Ito says that AI helped (Claude Code)"."""
    tools = f" ({listed(said.tools)})" if said.tools else ""
    return f"{said.name} says that {'AI' if said.ai else 'no AI'} helped{tools}"


def wants_word(policy: Policy, base_branch: str) -> bool:
    """Whether authors must say if AI helped with what goes into this branch."""
    ai = policy.ai
    return ai.declaration_required and (
        not ai.declaration_branches or is_branch(base_branch, ai.declaration_branches, policy)
    )
