"""What a change is: its provenance, its risk and the domains it touches, worked out together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from routing.domains import touched_domains
from routing.facts import Facts
from routing.policy import Domain, Policy
from routing.provenance import Provenance, assess_provenance
from routing.risk import Risk, RiskContext, assess_risk, effective_lines


@dataclass(frozen=True, slots=True)
class Assessment:
    """Provenance, risk and the names of the domains touched: all, critical ones, added ones."""

    provenance: Provenance
    risk: Risk
    domains: tuple[str, ...]
    critical: tuple[str, ...]
    added: tuple[str, ...] = ()


def assess(facts: Facts, policy: Policy, before: Provenance | None = None) -> Assessment:
    """Look at the change.

    `before` is the provenance found earlier on the same merge request: a mark of AI once seen
    stays, since trailers can be amended away.
    """
    touched: Mapping[Domain, tuple[str, ...]] = touched_domains(policy.domains, facts.change.paths)
    found = assess_provenance(facts.change)
    provenance = _sticking(found, before, facts)
    critical = tuple(domain.name for domain in touched if domain.critical)
    author = facts.people.of_account(facts.change.merge_request.author)
    risk = assess_risk(
        facts.change,
        provenance,
        RiskContext(
            critical_domains=critical,
            developers_on_files=len(facts.history.writers) if facts.history.changes_known else None,
            author_knows_files=_knows(facts, author.id) if author is not None else None,
        ),
    )
    return Assessment(
        provenance,
        risk,
        tuple(domain.name for domain in touched),
        critical,
        tuple(domain.name for domain in touched if domain.added),
    )


def _sticking(found: Provenance, before: Provenance | None, facts: Facts) -> Provenance:
    if before is None or found.ai or not before.ai:
        return found
    # Which lines of the later pushes are AI's nobody can tell any more: all of them count.
    return replace(before, assisted_lines=max(before.assisted_lines, effective_lines(facts.change)))


def _knows(facts: Facts, person: str) -> bool | None:
    return person in facts.history.writers if facts.history.changes_known else None
