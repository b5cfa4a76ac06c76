"""Reviews and what they are made of, beside `tests.builders`; a test names what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.slack.notes import News
from routing.assessment import Assessment
from routing.chasing.turns import told_now
from routing.choosing.candidates import Candidate
from routing.effects import GateState, SetGate, TellPerson, Topic
from routing.events import CardPosted
from routing.levels import RiskLevel
from routing.model import Ref, State
from routing.provenance import Evidence, Provenance, ProvenanceVerdict, Tier
from routing.record import Ask, AskState, Binding, Opinion, Review, Stance, Via
from routing.risk import Factor, Risk
from routing.rules.approvals import Place, RuleResult, Verdict, VerdictState, Way
from routing.rules.override import Override
from routing.rules.qualification import Exclusion, Reason
from tests.builders import HEAD, NOW, REF

PUSHED = "2222222222"
"""The head after a push."""

NAMES = {"ana": "Ana Ito", "dana": "Dana Ng", "omar": "Omar Diaz", "kim": "Kim Roy"}


def a_binding(**changes: Any) -> Binding:
    return replace(Binding("42", REF.number, HEAD, "main", "policy-1"), **changes)


def an_assessment(**changes: Any) -> Assessment:
    claude = "Co-Authored-By: Claude <noreply@anthropic.com>"
    found = Assessment(
        Provenance(
            ProvenanceVerdict.AI_ASSISTED,
            Tier.TOOL,
            ("Claude Code",),
            (Evidence(Tier.TOOL, "commit 1111111", claude, "Claude Code", "a trailer"),),
            84,
        ),
        Risk(RiskLevel.LOW, 2, (Factor("size", 2, "84 lines were changed."),)),
        ("payments",),
        ("payments",),
    )
    return replace(found, **changes)


def a_risk(level: RiskLevel, score: int = 30) -> Risk:
    return Risk(level, score, (Factor("migration", score, "It drops the column `paid_at`."),))


def a_place(by: str | None = None, wants: str = "tenure ≥ 5 y") -> Place:
    return Place(wants, by, ("dana", "omar"))


def a_rule(*places: Place, name: str = "ai-in-payments", applies: bool = True) -> RuleResult:
    ways = (Way(places or (a_place(),), possible=True),)
    return RuleResult(name, applies, "it is AI-assisted and touches payments", ways)


def a_verdict(*rules: RuleResult, blocks: tuple[str, ...] = ()) -> Verdict:
    held = rules or (a_rule(),)
    state = VerdictState.SATISFIED if all(rule.met for rule in held) else VerdictState.PENDING
    return Verdict(VerdictState.BLOCKED if blocks else state, held, blocks)


def an_ask(person: str = "dana", state: AskState = AskState.WAITING, **changes: Any) -> Ask:
    return replace(
        Ask(person, "expert in payments · 9 y here · 1 open review", NOW, state), **changes
    )


def an_override(**changes: Any) -> Override:
    """Dana wants to override the review of the head."""
    wanted = Override(HEAD, "main", "payments are down", "dana", NOW)
    return replace(wanted, **changes)


def an_opinion(person: str = "dana", stance: Stance = Stance.APPROVES, **changes: Any) -> Opinion:
    return replace(Opinion(person, stance, a_binding(), NOW, Via.SLACK), **changes)


def a_gate(state: GateState = GateState.PENDING, **changes: Any) -> SetGate:
    return replace(SetGate(REF, HEAD, "main", state, "needs tenure ≥ 5 y"), **changes)


def a_card(ts: str = "1794823200.000001", ref: Ref = REF) -> CardPosted:
    return CardPosted(ref, "C0REVIEWS", ts)


def a_review(**changes: Any) -> Review:
    """An open, AI-assisted change of Ana's in payments; Dana is asked."""
    review = Review(
        ref=REF,
        binding=a_binding(),
        title="Retry refunds that time out",
        url="https://github.example/acme/shop/pull/7",
        author="Ana Ito",
        author_person="ana",
        state=State.OPEN,
        draft=False,
        head_branch="retry-refunds",
        additions=70,
        deletions=14,
        file_count=3,
        opened_at=NOW,
        assessment=an_assessment(),
        verdict=a_verdict(),
        asks=(an_ask(),),
        candidates=(Candidate("dana", 3.25, "expert in payments"),),
        exclusions=(
            Exclusion("ana", Reason.HAS_A_HAND_IN_IT, "Ana Ito opened it"),
            Exclusion("kim", Reason.NOT_QUALIFIED, "Kim Roy: tenure short by 4 y"),
        ),
        names=NAMES,
        requested={"dana": "dana-ng"},
        channel="#reviews",
        next_due=NOW + timedelta(hours=4),
    )
    return replace(review, **changes)


def some_news(topic: Topic, review: Review | None = None, text: str = "Why you: …") -> News:
    """Something Dana was told a moment ago of `review`, as it was asked of her."""
    about = review or a_review()
    return News(about, told_now(TellPerson(about.ref, "dana", topic, text), about), "card-id")
