"""What a change is: its provenance, its risk, its dependencies and the domains it touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from routing.ai.catalogue import Box, Catalogue
from routing.ai.declaration import Declaration, declared_evidence, render_word, wants_word
from routing.ai.remembered import NOTHING, Remembered
from routing.ai.signals import CATALOGUE
from routing.chasing.working_hours import outside_hours
from routing.facts import Facts
from routing.generated import is_generated
from routing.hazards.inspection import inspect
from routing.hazards.kinds import Kind, kinds_of
from routing.hindsight.outlook import with_outlook
from routing.model import Change
from routing.people import Person
from routing.policy import Always, Domain, Policy
from routing.provenance import Provenance, assess_provenance, assess_record
from routing.risk import Risk, RiskContext, assess_risk, effective_lines
from routing.rules.domains import touched_domains

INFRASTRUCTURE = frozenset({Kind.INFRASTRUCTURE, Kind.CONTAINER, Kind.CI})


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found.

    `domains`, `critical` and `added` are names of touched domains: all, those marked critical,
    those a repository added. `counts_as_ai` says whether the policy's AI rules see the change.
    `dependencies` are phrases ("adds left-pad 1.3"), `contradictions` sentences in which the
    author's word and the evidence disagree, `gaps` what could not be seen. `undeclared` says that
    the policy wants the author's word whether AI helped, and that nothing answers it yet.
    """

    provenance: Provenance
    risk: Risk
    domains: tuple[str, ...]
    critical: tuple[str, ...]
    added: tuple[str, ...] = ()
    counts_as_ai: bool = False
    dependencies: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    undeclared: bool = False


def assess(facts: Facts, policy: Policy, remembered: Remembered = NOTHING) -> Assessment:
    """Look at the change.

    With what is `remembered` of the same merge request: a mark of AI once seen stays, since
    trailers can be amended away.
    """
    change, look = facts.change, inspect(facts.change)
    touched: Mapping[Domain, tuple[str, ...]] = touched_domains(policy.domains, change.paths)
    catalogue = _catalogue(policy.ai.signals)
    found = assess_provenance(
        change,
        catalogue,
        change.notes,
        declared_evidence(remembered.said),
        remembered.disregarded,
    )
    provenance = _sticking(found, remembered.provenance, facts)
    denials = tuple(_denials(policy, change.merge_request.body, remembered.said))
    critical = tuple(domain.name for domain in touched if domain.critical)
    author = facts.people.of_account(change.merge_request.author)
    context = RiskContext(
        critical_domains=critical,
        developers_on_files=len(facts.history.writers) if facts.history.changes_known else None,
        author_knows_files=_knows(facts, author.id) if author is not None else None,
        recent_changes=facts.history.lately if facts.history.changes_known else None,
        recent_fixes=facts.history.repairs if facts.history.changes_known else None,
        after_hours=_after_hours(change, author) if policy.weights.after_hours else None,
    )
    return Assessment(
        provenance,
        with_outlook(
            assess_risk(change, provenance, context, policy.weights, look),
            policy.calibration.get(change.merge_request.ref.project, {}),
        ),
        tuple(domain.name for domain in touched),
        critical,
        tuple(domain.name for domain in touched if domain.added),
        _counts_as_ai(provenance, policy, facts, critical=bool(critical)),
        tuple(dict.fromkeys(one.phrase for one in look.dependencies)),
        (*_contradictions(provenance, denials), *remembered.contradictions(provenance)),
        change.gaps,
        undeclared=wants_word(policy, change.merge_request.base_branch)
        and not (provenance.ai or provenance.bot or denials),
    )


def _after_hours(change: Change, author: Person | None) -> str | None:
    if author is None or not change.commits:
        return None
    return outside_hours(author, max(one.committer.at for one in change.commits))


def _counts_as_ai(provenance: Provenance, policy: Policy, facts: Facts, *, critical: bool) -> bool:
    """Whether AI helped with more than a few lines, or where a single line counts."""
    if not provenance.ai:
        return False
    taken = sum(file.deletions for file in facts.change.files if not is_generated(file.path))
    if provenance.assisted_lines + taken >= policy.ai.min_lines:
        return True
    always = policy.ai.always
    return (critical and Always.CRITICAL in always) or (
        Always.INFRASTRUCTURE in always
        and any(kinds_of(path) & INFRASTRUCTURE for path in facts.change.paths)
    )


@lru_cache(maxsize=16)
def _catalogue(own: Catalogue) -> Catalogue:
    return CATALOGUE.extended(own)


def _denials(policy: Policy, body: str, said: Declaration | None) -> Iterator[str]:
    """Where the author denies that AI helped: ticked boxes of the description, words in Slack."""
    if policy.ai.denials:
        boxes = Catalogue(boxes=tuple(Box(text) for text in policy.ai.denials))
        for denial in assess_record({"body": body}, boxes).evidence:
            yield f"the author ticked “{denial.text}”"
    if said is not None and not said.ai:
        yield render_word(said)


def _contradictions(provenance: Provenance, denials: Iterable[str]) -> Iterator[str]:
    for denial in denials if provenance.ai else ():
        first = provenance.evidence[0]
        yield f"{denial}, yet {first.place} says: {first.text}"


def _sticking(found: Provenance, before: Provenance | None, facts: Facts) -> Provenance:
    if before is None or found.ai or not before.ai:
        return found
    # Which lines of the later pushes are AI's nobody can tell any more: all of them count.
    return replace(before, assisted_lines=max(before.assisted_lines, effective_lines(facts.change)))


def _knows(facts: Facts, person: str) -> bool | None:
    return person in facts.history.writers if facts.history.changes_known else None
