"""Reviews and what they are made of; a test names only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from routing.approvals import Place, RuleResult, Verdict, VerdictState, Way
from routing.assessment import Assessment
from routing.candidates import Candidate
from routing.effects import GateState, SetGate
from routing.events import CardPosted, Click
from routing.levels import RiskLevel
from routing.model import (
    Account,
    Change,
    ChangedFile,
    Commit,
    FileStatus,
    MergeRequest,
    Ref,
    Signature,
    State,
)
from routing.provenance import Evidence, Provenance, ProvenanceVerdict, Tier
from routing.qualification import Exclusion, Reason
from routing.record import Ask, AskState, Binding, Opinion, Review, Stance, Via
from routing.risk import Factor, Risk

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
"""A Monday morning."""

REF = Ref("github", "acme/shop", 12)
HEAD, PUSHED, BASE = "a" * 40, "b" * 40, "0" * 40

NAMES = {"ana": "Ana Ito", "dana": "Dana Ng", "omar": "Omar Diaz", "kim": "Kim Roy"}


def a_binding(**changes: Any) -> Binding:
    return replace(Binding("R_1", 12, HEAD, "main", "p" * 64), **changes)


def an_assessment(**changes: Any) -> Assessment:
    claude = "Co-Authored-By: Claude <noreply@anthropic.com>"
    found = Assessment(
        Provenance(
            ProvenanceVerdict.AI_ASSISTED,
            Tier.TOOL,
            ("Claude Code",),
            (Evidence(Tier.TOOL, "commit aaaaaaa", claude, "Claude Code", "a trailer"),),
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


def an_ask(person: str = "dana", state: AskState = AskState.WAITING) -> Ask:
    return Ask(person, "expert in payments · 9 y here · 1 open review", NOW, state)


def an_opinion(person: str = "dana", stance: Stance = Stance.APPROVES, **changes: Any) -> Opinion:
    return replace(Opinion(person, stance, a_binding(), NOW, Via.SLACK), **changes)


def a_gate(state: GateState = GateState.PENDING, **changes: Any) -> SetGate:
    return replace(SetGate(REF, HEAD, "main", state, "needs tenure ≥ 5 y"), **changes)


def a_click(slack: str = "U0DANA", **changes: Any) -> Click:
    click = Click(slack, home=True, channel="C0REVIEWS", head_sha=HEAD, base_branch="main")
    return replace(click, **changes)


def a_card(ts: str = "1794823200.000001", ref: Ref = REF) -> CardPosted:
    return CardPosted(ref, "C0REVIEWS", ts)


def a_review(**changes: Any) -> Review:
    """An open, AI-assisted change of Ana's in payments; Dana is asked."""
    review = Review(
        ref=REF,
        binding=a_binding(),
        title="Retry refunds that time out",
        url="https://github.com/acme/shop/pull/12",
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
        channel="#reviews",
        next_due=NOW + timedelta(hours=4),
    )
    return replace(review, **changes)


def an_account(login: str = "ana-ito", forge: str = "github", **changes: Any) -> Account:
    return replace(Account(forge, f"id-{login}", login), **changes)


def a_merge_request(**changes: Any) -> MergeRequest:
    request = MergeRequest(
        ref=REF,
        project_id="R_1",
        title="Retry refunds that time out",
        body="",
        author=an_account(),
        state=State.OPEN,
        draft=False,
        head_sha=HEAD,
        head_branch="retry-refunds",
        base_branch="main",
        base_sha=BASE,
        url="https://github.com/acme/shop/pull/12",
        opened_at=NOW,
    )
    return replace(request, **changes)


def a_change(*files: ChangedFile, **changes: Any) -> Change:
    """A change by Ana, AI-assisted, in payments; `changes` are the merge request's."""
    request = a_merge_request(**changes)
    signed = Signature("Ana Ito", "ana@example.com", NOW, request.author)
    message = "Retry refunds\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    refund = ChangedFile("payments/refund.py", 30, 0, FileStatus.ADDED, patch="@@ -0,0 +1 @@\n+x")
    commit = Commit(request.head_sha, signed, signed, message)
    return Change(request, files or (refund,), (commit,))
