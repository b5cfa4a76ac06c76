"""The card: one living message a merge request, rendered from the stored review alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    fits,
    harmless,
    header,
    link,
    menu,
    plain_section,
    section,
    verbatim,
    when,
)
from bot.slack.deadlines import until_of_all
from bot.slack.declaring import declaration_buttons
from bot.slack.overriding import override_blocks
from routing.chasing.escalation import COMING_SHOWN, PERSONAL
from routing.choosing.spreading import READING
from routing.explain import provenance_sentence
from routing.forge_words import short_name
from routing.hindsight.outlook import OUTLOOK, outlook
from routing.levels import RiskLevel
from routing.model import State
from routing.phrases import counted, listed, whole_parts
from routing.policy import Step
from routing.record import Ask, AskState, Coming, Doing, Review, Stance
from routing.risk import Factor
from routing.rules.approvals import RuleResult, Way
from routing.rules.conditions import Truth

APPROVE = "review.approve"
REQUEST_CHANGES = "review.request_changes"
DECLINE = "review.decline"
SNOOZE = "review.snooze"
WHY = "review.why"
MORE = "review.more"
CLAIM, ASSIGN = "review.claim", "review.assign"
"""What the menu behind the buttons offers; a choice's value is one of these and the card's id."""

REASONS_SHOWN = 3

ASK_WORDS = {
    AskState.APPROVED: "✓ approved",
    AskState.OBJECTED: "✗ asked for changes",
    AskState.DECLINED: "declined",
    AskState.REPLACED: "did not answer",
    AskState.HANDED_ON: "handed on",
}

DOING_WORDS = {
    Doing.ASKED: "asked",
    Doing.ON_IT: "on it",
    Doing.COMMENTED: "commented on the diff",
}

STEP_WORDS = {
    Step.REMIND: "reminder to {}",
    Step.REASSIGN: "somebody else is asked instead of {}",
    Step.TELL_LEAD: "the lead is told",
    Step.TELL_CHANNEL: "the channel is asked",
}

STANCE_WORDS = {
    Stance.APPROVES: ASK_WORDS[AskState.APPROVED],
    Stance.OBJECTS: ASK_WORDS[AskState.OBJECTED],
}

ENDINGS = {
    State.MERGED: "Merged.",
    State.CLOSED: "Closed without merging.",
}


def render_card(review: Review, card_id: str) -> Message:
    """The card in the channel. `card_id` is what its buttons carry."""
    return fits(Message(headline(review), list(_blocks(review, card_id))))


def headline(review: Review) -> str:
    """Verb, object, deadline, as a notification says it."""
    name, lines = short_name(review.ref), counted(review.additions + review.deletions, "line")
    if review.state is not State.OPEN and not review.wants_follow_up:
        return f"{name} · {ENDINGS[review.state]}"
    if review.draft:
        return f"{name} is a draft · {lines}"
    if review.satisfied:
        return f"{name} is approved · {lines}"
    return f"Review {name} · {lines}{until_of_all(review)}"


def _blocks(review: Review, card_id: str) -> Iterator[Block]:
    yield header(f"{short_name(review.ref)} · {review.title}")
    yield plain_section(
        f"by {review.author} · +{review.additions} −{review.deletions} in "
        f"{counted(review.file_count, 'file')} · {review.head_branch} → "
        f"{review.binding.base_branch}"
    )
    yield section("\n".join(assessment_lines(review)))
    if review.state is not State.OPEN and not review.wants_follow_up:
        yield section(f"*{ENDINGS[review.state]}* {harmless(outcome(review), 300)}".rstrip())
        yield from override_blocks(review, card_id)
        return
    if not review.is_open:
        yield section("*A draft:* nobody is asked yet.")
        return
    yield section("\n".join(_progress(review)))
    if review.asks or review.opinions or review.void or review.remarks:
        yield section("\n".join(_asked(review)))
    if review.small_diff:
        yield verbatim(review.small_diff)
    if review.approve_on_forge:
        yield section(f"*Approve on the diff:* {harmless(review.approve_on_forge, 200)}.")
    if review.coming and not review.satisfied:
        coming = coming_words(review, review.coming[:COMING_SHOWN])
        yield context(f"If nobody answers: {coming}")
    yield from override_blocks(review, card_id)
    if review.assessment.undeclared:
        yield declaration_buttons(card_id)
    yield context(_footer(review))
    yield actions(review_buttons(review, card_id))


def assessment_lines(review: Review) -> Iterator[str]:
    """AI, risk and domains, each a line of mrkdwn with what it rests on."""
    assessment = review.assessment
    basis = next(iter(assessment.provenance.evidence), None)
    seen = f" — {harmless(f'{basis.place}: {basis.text}', 120)}" if basis else ""
    yield f"*AI:* {harmless(provenance_sentence(assessment.provenance), 150)}{seen}"
    risk = assessment.risk
    largest = [one for one in risk.factors if one.name != OUTLOOK][:REASONS_SHOWN]
    reasons = "; ".join(harmless(_reason(one), 100) for one in largest)
    points = counted(risk.score, "point")
    yield f"*Risk:* {risk.level} ({points})" + (f" — {reasons}" if reasons else "")
    fared = outlook(risk)
    if fared is not None:
        yield f"_{fared}_"
    for contradiction in assessment.contradictions:
        yield f"*Contradiction:* {harmless(contradiction, 200)}"
    if assessment.dependencies:
        yield f"*Dependencies:* {harmless(listed(assessment.dependencies), 300)}"
    if assessment.gaps:
        yield f"*Not seen:* {harmless(listed(assessment.gaps), 300)}"
    if assessment.domains:
        names = (
            f"{harmless(name, 60)} (critical)"
            if name in assessment.critical
            else harmless(name, 60)
            for name in assessment.domains
        )
        yield f"*Touches:* {', '.join(names)}"


def _reason(factor: Factor) -> str:
    """A factor's sentence as one of several: without its capital and its full stop."""
    said = factor.sentence.removesuffix(".")
    plain_word = said[1:2].islower() or said[1:2] == " "
    return f"{said[:1].lower()}{said[1:]}" if plain_word else said


def _progress(review: Review) -> Iterator[str]:
    rules = [rule for rule in review.verdict.rules if rule.applies]
    met = sum(rule.met for rule in rules)
    outcome = "approved, it may be merged" if review.satisfied else f"{met} of {len(rules)} met"
    yield f"*Signatures:* {outcome}"
    yield from (rule_line(rule, review) for rule in rules)
    yield from (f"• ✗ {harmless(block, 300)}" for block in review.verdict.blocks)


def rule_line(rule: RuleResult, review: Review) -> str:
    """One requirement in words: who has met it, or what it still needs."""
    name = harmless(rule.name, 80)
    if not rule.met:
        unsure = rule.why is not None and rule.why.truth is Truth.UNKNOWN
        perhaps = f" _({harmless(rule.reason, 150)})_" if unsure else ""
        return f"• {name}{perhaps}: {_begun(rule, review)}needs {harmless(rule.missing, 300)}"
    way = next(way for way in rule.ways if way.met)
    by = ", ".join(review.name(place.by) for place in way.places if place.by)
    return f"• ✓ {name}: {harmless(by, 200)}"


def _begun(rule: RuleResult, review: Review) -> str:
    """How far the way has come on which most has been signed: "1 of 2: ✓ Dana Ng · "."""

    def signed(way: Way) -> int:
        return sum(place.by is not None for place in way.places)

    way = max(rule.ways, key=signed)
    if not signed(way):
        return ""
    names = ", ".join(
        f"{review.name(place.by)} ({place.wants})" for place in way.places if place.by
    )
    return f"{signed(way)} of {len(way.places)}: ✓ {harmless(names, 200)} · "


def outcome(review: Review) -> str:
    """What a merge request that ended had: its signatures, or what was still missing."""
    if review.state is not State.MERGED:
        return ""
    names = ", ".join(review.name(one.person) for one in review.approvals)
    if review.satisfied:
        return f"Approved by {names}." if names else ""
    open_parts = "; ".join(review.verdict.blocks or review.verdict.missing)
    return f"Countersign’s gate was not open: {open_parts}."


def coming_words(review: Review, steps: Iterable[Coming]) -> str:
    """What the ladder does next, each step with its moment in the reader's own zone."""
    seen: dict[tuple[datetime, Step], list[str]] = {}
    for one in steps:
        if one.step in PERSONAL or all(step is not one.step for _, step in seen):
            names = seen.setdefault((one.at, one.step), [])
            names.append(harmless(review.name(one.person), 60))
    return " · ".join(
        f"{when(at)} {STEP_WORDS[step].format(', '.join(names))}"
        for (at, step), names in seen.items()
    )


def _asked(review: Review) -> Iterator[str]:
    yield "*Reviewers:*"
    for ask in review.asks:
        name, why = harmless(review.name(ask.person), 80), harmless(whole_parts(ask.why, 200), 200)
        yield f"• {name} — {ask_words(ask)} · {why}"
    asked = {ask.person for ask in review.asks}
    for opinion in (*review.approvals, *review.objections):
        if opinion.person not in asked:
            yield f"• {harmless(review.name(opinion.person), 80)} — {STANCE_WORDS[opinion.stance]}"
    for exclusion in review.void:
        yield f"• an approval does not count: {harmless(exclusion.sentence, 150)}"
    if review.shadow:
        yield f"• {harmless(review.name(review.shadow), 80)} — {READING}"
    if not review.waiting and not review.satisfied:
        yield from (f"_{harmless(remark, 300)}_" for remark in review.remarks)


def ask_words(ask: Ask) -> str:
    """What somebody who was asked is doing."""
    if ask.state is not AskState.WAITING:
        return ASK_WORDS[ask.state]
    if ask.snoozed_until is not None:
        return f"snoozed until {when(ask.snoozed_until)}"
    late = f", overdue since {when(ask.overdue_since)}" if ask.overdue_since is not None else ""
    return f"{DOING_WORDS[ask.doing]}{late}"


def _footer(review: Review) -> str:
    head = f"head `{review.binding.head_sha[:8]}`"
    return f"{link(review.url, 'Open the diff')} · {head}{until_of_all(review)}"


def review_buttons(review: Review, card_id: str) -> list[Block]:
    """What a reviewer can do, the most wanted first."""
    return [
        _approve_button(review, card_id),
        button("Request changes", REQUEST_CHANGES, card_id),
        button("Decline", DECLINE, card_id),
        button("Snooze", SNOOZE, card_id),
        button("Why?", WHY, card_id),
        menu(
            MORE,
            {"I am on it": f"{CLAIM} {card_id}", "Ask somebody else…": f"{ASSIGN} {card_id}"},
        ),
    ]


def _approve_button(review: Review, card_id: str) -> Block:
    """From moderate risk on it asks once more; where Slack is not enough it opens the diff."""
    level = review.assessment.risk.level
    if review.approve_on_forge:
        return button("Approve on the diff", f"{APPROVE}.link", card_id, url=review.url)
    if level < RiskLevel.MODERATE:
        return button("Approve", APPROVE, card_id, style="primary")
    confirm = {
        "title": {"type": "plain_text", "text": "Approve this change?"},
        "text": {
            "type": "plain_text",
            "text": f"Its risk is {level}. Your approval counts for "
            f"{review.binding.head_sha[:8]} only.",
        },
        "confirm": {"type": "plain_text", "text": "Approve"},
        "deny": {"type": "plain_text", "text": "Not yet"},
    }
    return button("Approve", APPROVE, card_id, style="primary", confirm=confirm)
