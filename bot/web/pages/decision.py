"""The decision page as a value: why this merge request stands where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.web.pages.timeline import SHA_SHOWN, Moment, moment
from routing.ai.tiers import Tier
from routing.effects import GateState
from routing.explain import gate_description, given_for_something_else, provenance_sentence
from routing.forge_words import short_name, words_of
from routing.model import State
from routing.phrases import counted
from routing.record import AskState, Opinion, Review, Stance, Via
from routing.rules.approvals import RuleResult, Way
from routing.rules.override import Override
from routing.rules.tree import Node, conditions, mark_of
from storage.ledger import Opened


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A place that somebody must fill: who has, or who could."""

    wants: str
    by: str
    could: str


@dataclass(frozen=True, slots=True)
class WayShown:
    """One way to meet a rule; `note` says what is special about it."""

    mark: str
    places: tuple[PlaceShown, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """A condition of a rule: whether it holds, and the conditions that it is made of."""

    mark: str
    sentence: str
    parts: tuple[ConditionShown, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule, met, unmet, impossible or not applicable; `reason` says why it applies or not."""

    name: str
    mark: str
    reason: str
    ways: tuple[WayShown, ...] = ()
    conditions: tuple[ConditionShown, ...] = ()


@dataclass(frozen=True, slots=True)
class OpinionShown:
    """What somebody said, of which head, and whether it counts now, with the reason."""

    who: str
    said: str
    head: str
    where: str
    at: str
    counts: str
    reason: str
    tone: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """A place where AI shows, with its exact text."""

    tier: str
    tool: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class FactorShown:
    """A part of the risk with its points."""

    points: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A candidate, or somebody left out."""

    name: str
    standing: str
    why: str
    rank: str = ""


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Everything the page says, in the order it says it."""

    name: str
    title: str
    url: str
    gate: str
    gate_line: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    blocks: tuple[str, ...]
    rules: tuple[RuleShown, ...]
    opinions: tuple[OpinionShown, ...]
    provenance: str
    evidence: tuple[EvidenceShown, ...]
    contradictions: tuple[str, ...]
    risk: str
    risk_level: str
    factors: tuple[FactorShown, ...]
    domains: tuple[str, ...]
    dependencies: tuple[str, ...]
    gaps: tuple[str, ...]
    candidates: tuple[PersonShown, ...]
    left_out: tuple[PersonShown, ...]
    timeline: tuple[Moment, ...]


def decision_page(review: Review, entries: Iterable[Opened]) -> DecisionPage:
    """The page of a stored review; `entries` are its own in the ledger, oldest first."""
    assessment = review.assessment
    provenance, risk = assessment.provenance, assessment.risk
    return DecisionPage(
        name=short_name(review.ref),
        title=review.title,
        url=review.url,
        gate=_gate(review),
        gate_line=_gate_line(review),
        facts=tuple(_facts(review)),
        notes=tuple(_notes(review)),
        blocks=review.verdict.blocks,
        rules=tuple(_rule(rule, review) for rule in review.verdict.rules),
        opinions=tuple(_opinion(one, review) for one in reversed(review.opinions)),
        provenance=provenance_sentence(provenance),
        evidence=tuple(
            EvidenceShown(TIERS[one.tier], one.tool, one.place, one.text)
            for one in provenance.evidence
        ),
        contradictions=assessment.contradictions,
        risk=f"{risk.level}, {counted(risk.score, 'point')}",
        risk_level=risk.level.value,
        factors=tuple(FactorShown(f"{one.points:+d}", one.sentence) for one in risk.factors),
        domains=tuple(
            f"{name} (critical)" if name in assessment.critical else name
            for name in assessment.domains
        ),
        dependencies=assessment.dependencies,
        gaps=assessment.gaps,
        candidates=tuple(_candidates(review)),
        left_out=tuple(
            PersonShown(name, one.reason.value, one.sentence.removeprefix(f"{name}: "))
            for one in review.exclusions
            for name in [review.name(one.person)]
        ),
        timeline=tuple(moment(entry, review.name) for entry in entries),
    )


def _gate(review: Review) -> str:
    if review.state is not State.OPEN:
        return review.state.value
    return (review.gate.state if review.gate is not None else GateState.PENDING).value


def _gate_line(review: Review) -> str:
    if review.state is not State.OPEN:
        return "closed without merging" if review.state is State.CLOSED else "it is merged"
    return review.gate.description if review.gate is not None else gate_description(review)


def _facts(review: Review) -> Iterator[tuple[str, str]]:
    yield "Author", review.author
    yield "Branch", f"{review.head_branch} → {review.binding.base_branch}"
    yield "Head", review.binding.head_sha
    files = counted(review.file_count, "file")
    yield "Size", f"+{review.additions} −{review.deletions} in {files}"
    yield "Opened", f"{review.opened_at:%Y-%m-%d %H:%M} UTC"
    if review.next_due is not None:
        yield "Next step", f"{review.next_due:%Y-%m-%d %H:%M} UTC"
    yield "Policy", review.binding.policy_hash[:SHA_SHOWN]


def _notes(review: Review) -> Iterator[str]:
    if review.draft:
        yield "It is a draft: nobody is asked yet."
    if review.override is not None:
        yield _override(review.override, review)
    if review.wants_follow_up:
        yield (
            "It was merged under the override: its signatures are wanted yet, by people who had no "
            "part in it."
        )
    if review.approve_on_forge is not None:
        yield f"An approval in Slack is not enough: {review.approve_on_forge}."
    if review.assessment.provenance.ai and not review.assessment.counts_as_ai:
        yield "AI helped with so little of it that the policy’s rules for AI do not see it."


def _override(given: Override, review: Review) -> str:
    head, wants = given.head_sha[:SHA_SHOWN], review.name(given.by)
    if given.second is None:
        return f"{wants} wants to let {head} pass without the signatures: {given.reason}"
    until = f" until {given.until:%Y-%m-%d %H:%M} UTC" if given.until is not None else ""
    both = f"{wants} and {review.name(given.second)}"
    return f"{both} let {head} pass without the signatures{until}: {given.reason}"


def _rule(rule: RuleResult, review: Review) -> RuleShown:
    return RuleShown(
        rule.name,
        mark_of(rule).value,
        rule.reason,
        tuple(_way(way, review) for way in rule.ways),
        tuple(map(_condition, conditions(rule))),
    )


def _condition(node: Node) -> ConditionShown:
    return ConditionShown(node.mark.value, node.sentence, tuple(map(_condition, node.nodes)))


def _way(way: Way, review: Review) -> WayShown:
    places = tuple(
        PlaceShown(
            place.wants,
            review.name(place.by) if place.by is not None else "",
            ", ".join(map(review.name, place.could)),
        )
        for place in way.places
    )
    if way.met:
        return WayShown("met", places)
    if not way.possible:
        return WayShown("impossible", places, "there are not enough different people for this")
    return WayShown("unmet", places)


def _opinion(opinion: Opinion, review: Review) -> OpinionShown:
    objects = opinion.stance is Stance.OBJECTS
    problem = None if objects else _why_not(opinion, review)
    return OpinionShown(
        who=review.name(opinion.person),
        said="asked for changes" if objects else "approved",
        head=opinion.binding.head_sha,
        where="in Slack" if opinion.via is Via.SLACK else f"on {words_of(review.ref.forge).forge}",
        at=f"{opinion.at:%Y-%m-%d %H:%M} UTC",
        counts="counts" if problem is None else "does not count",
        reason=problem or ("keeps the gate shut" if objects else "given for exactly this"),
        tone="" if problem else ("failure" if objects else "success"),
        comment=opinion.comment,
    )


def _why_not(opinion: Opinion, review: Review) -> str | None:
    problem = given_for_something_else(opinion.binding, review.binding)
    if problem is not None:
        return problem
    void = next((one for one in review.void if one.person == opinion.person), None)
    return void.sentence if void is not None else None


TIERS = {
    Tier.AGENT: "A · an agent’s identity",
    Tier.TOOL: "B · a tool’s own mark",
    Tier.SUGGESTION: "C · an accepted suggestion",
    Tier.DECLARED: "D · declared",
    Tier.HINT: "E · a hint, no proof",
}

STANDINGS = {
    AskState.WAITING: "asked",
    AskState.APPROVED: "approved",
    AskState.OBJECTED: "asked for changes",
    AskState.DECLINED: "declined",
    AskState.REPLACED: "did not answer",
}


def _candidates(review: Review) -> Iterator[PersonShown]:
    """Those who have answered, then everybody who still can, in the order they are asked."""
    asks = {ask.person: ask for ask in review.asks}
    ranked = {one.person for one in review.candidates}
    for ask in asks.values():
        if ask.person not in ranked:
            yield PersonShown(review.name(ask.person), STANDINGS[ask.state], ask.why)
    for number, one in enumerate(review.candidates, start=1):
        standing = STANDINGS[asks[one.person].state] if one.person in asks else "could be asked"
        yield PersonShown(review.name(one.person), standing, one.why, str(number))
