"""What the ledger is told: one entry for each thing decided, said or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.record import Binding, Review

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger entry: what kind of thing happened, and its particulars as plain JSON."""

    kind: str
    data: Mapping[str, Plain]


def bound_to(binding: Binding) -> dict[str, Plain]:
    """A binding as plain JSON."""
    return {
        "project_id": binding.project_id,
        "number": binding.number,
        "head_sha": binding.head_sha,
        "base_branch": binding.base_branch,
        "policy_hash": binding.policy_hash,
    }


def merged_entry(review: Review) -> Entry:
    """What an auditor asks of a merged change: who wrote it, which AI tools, who signed what."""
    provenance, risk = review.assessment.provenance, review.assessment.risk
    return Entry(
        "merged",
        {
            "binding": bound_to(review.binding),
            "author": review.author_person or review.author,
            "provenance": {
                "verdict": provenance.verdict.value,
                "tools": list(provenance.tools),
                "assisted_lines": provenance.assisted_lines,
            },
            "risk": {"level": risk.level.value, "score": risk.score},
            "verdict": review.verdict.state.value,
            "rules": [
                {"name": rule.name, "applies": rule.applies, "met": rule.met}
                for rule in review.verdict.rules
            ],
            "approvals": [
                {
                    "person": one.person,
                    "via": one.via.value,
                    "at": one.at.isoformat(),
                    "binding": bound_to(one.binding),
                }
                for one in review.approvals
            ],
        },
    )


def substance(review: Review) -> Mapping[str, Plain]:
    """What makes a decision another one: everything but the scores, which move with the clock."""
    return {
        key: value
        for key, value in decision_entry(review).data.items()
        if key not in {"candidates", "remarks"}
    }


def decision_entry(review: Review) -> Entry:
    """The decision as it stands: what was found, what is asked for, who may and who may not."""
    assessment, verdict = review.assessment, review.verdict
    provenance = assessment.provenance
    return Entry(
        "decision",
        {
            "binding": bound_to(review.binding),
            "provenance": {
                "verdict": provenance.verdict.value,
                "tools": list(provenance.tools),
                "assisted_lines": provenance.assisted_lines,
                "evidence": [
                    {"tier": one.tier.value, "place": one.place, "text": one.text, "tool": one.tool}
                    for one in provenance.evidence
                ],
            },
            "risk": {
                "level": assessment.risk.level.value,
                "score": assessment.risk.score,
                "factors": [
                    {"name": one.name, "points": one.points, "sentence": one.sentence}
                    for one in assessment.risk.factors
                ],
            },
            "domains": list(assessment.domains),
            "counts_as_ai": assessment.counts_as_ai,
            "dependencies": list(assessment.dependencies),
            "contradictions": list(assessment.contradictions),
            "gaps": list(assessment.gaps),
            "rules": [
                {
                    "name": rule.name,
                    "applies": rule.applies,
                    "reason": rule.reason,
                    "met": rule.met,
                    "missing": rule.missing,
                }
                for rule in verdict.rules
            ],
            "verdict": verdict.state.value,
            "blocks": list(verdict.blocks),
            "asked": [{"person": ask.person, "why": ask.why} for ask in review.waiting],
            "candidates": [
                {
                    "person": one.person,
                    "score": one.score,
                    "why": one.why,
                    "points": {term.term: round(term.points, 3) for term in one.points},
                }
                for one in review.candidates
            ],
            "shadow": review.shadow,
            "remarks": list(review.remarks),
            "excluded": [
                {"person": one.person, "reason": one.reason.value, "sentence": one.sentence}
                for one in review.exclusions
            ],
        },
    )
