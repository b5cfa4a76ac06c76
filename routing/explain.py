"""The trail → sentences that a tired person understands at once."""

from __future__ import annotations

from collections.abc import Sequence

from routing.phrases import cut
from routing.provenance import Provenance, ProvenanceVerdict
from routing.record import Binding, Review
from routing.rules.approvals import VerdictState

DESCRIPTION_LENGTH = 140
"""What a commit status shows (GitHub's limit)."""
NAMES_LENGTH = 60
SHA_SHOWN = 8

PROVENANCE_WORDS = {
    ProvenanceVerdict.AI_AUTHORED: "written by AI",
    ProvenanceVerdict.AI_ASSISTED: "AI-assisted",
    ProvenanceVerdict.AI_SUGGESTION: "has accepted AI suggestions",
    ProvenanceVerdict.DECLARED: "declared AI-assisted",
    ProvenanceVerdict.POSSIBLE: "perhaps AI-assisted (a hint, no proof)",
    ProvenanceVerdict.UNKNOWN: "no sign of AI (which proves nothing)",
    ProvenanceVerdict.BOT: "by a bot, not AI",
}


def given_for_something_else(given: Binding, now: Binding) -> str | None:
    """Why an approval does not count for what there is to approve now; None where it does."""
    if given.head_sha != now.head_sha:
        return f"given for another head; it is {now.head_sha[:SHA_SHOWN]} now"
    if given.base_branch != now.base_branch:
        meant = given.base_branch or "a branch that nobody can tell"
        return f"given for {meant}; it goes to {now.base_branch} now"
    return None if given == now else "given under another policy"


def gate_description(review: Review, *, overridden: bool = False, by_name: bool = False) -> str:
    """What the gate says in a line, naming what is missing; at most 140 characters.

    Who is asked goes by their id, or `by_name` where there is room to be read at leisure.
    """
    if review.draft:
        return "a draft: nobody is asked yet"
    if overridden and not review.satisfied and (given := review.override) is not None:
        names = " and ".join(review.name(who) for who in (given.by, given.second) if who)
        until = f" until {given.until:%H:%M} UTC" if given.until is not None else ""
        return cut(f"OVERRIDDEN by {names}{until}: {given.reason}", DESCRIPTION_LENGTH)
    if review.satisfied:
        names = ", ".join(review.name(one.person) for one in review.approvals)
        said = f"approved by {names}" if names else "no approval is needed"
        return cut(said, DESCRIPTION_LENGTH)
    if review.verdict.state is VerdictState.BLOCKED:
        return cut("; ".join(review.verdict.blocks), DESCRIPTION_LENGTH)
    needs = f"needs {'; '.join(review.verdict.missing)}"
    asked = [ask.person for ask in review.waiting]
    return _with_asked(needs, list(map(review.name, asked)) if by_name else asked)


def _with_asked(needs: str, asked: Sequence[str]) -> str:
    """What is missing and who is asked: as many names as fit beside it, one at least."""
    for named in range(len(asked), 0, -1):
        more = f" and {len(asked) - named} more" if named < len(asked) else ""
        suffix = f" (asked {cut(', '.join(asked[:named]), NAMES_LENGTH)}{more})"
        room = DESCRIPTION_LENGTH - len(suffix)
        if len(needs) <= room or named == 1:
            return cut(needs, room) + suffix
    return cut(needs, DESCRIPTION_LENGTH)


def provenance_sentence(provenance: Provenance) -> str:
    """The verdict in words with its tools: "AI-assisted (Claude Code)"."""
    tools = f" ({', '.join(provenance.tools)})" if provenance.tools else ""
    return PROVENANCE_WORDS[provenance.verdict] + tools
