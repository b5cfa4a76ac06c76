"""The `/review` command: text → what is asked for, and the answers, from stored state."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from bot.forges.guarantees import Finding, Standing
from bot.slack.blocks import Message, context, fits, harmless, link, section, when
from bot.slack.deadlines import until_of
from bot.slack.digests import NOBODY_NAMED, figures_block, week_words
from bot.slack.explanation import explanation_blocks
from bot.web.pages.timeline import moment
from routing.explain import gate_description
from routing.forge_words import short_name
from routing.hindsight.insights import Figures
from routing.phrases import counted, listed
from routing.record import Review
from storage.codec import parse_moment
from storage.ledger import Opened

WORDS = {
    "mine": "see what waits for you, and where your own changes stand",
    "status": "see what is open, and what each waits for",
    "queue": "see what waits for a signature, the oldest first",
    "why": "see why these people are asked, and what is missing",
    "assign": "ask somebody to review it",
    "claim": "say that you are on it",
    "decline": "say why you cannot, and see who is next",
    "snooze": "hear nothing of it until then",
    "away": "say until when nobody shall ask you",
    "prefs": "set your hours, zone, days and digest",
    "simulate": "see what a fresh look would decide; nothing is done",
    "override": "let it pass unreviewed, if a second person agrees",
    "clear": "take a wrong mark of AI away, if the policy names you for it",
    "ledger": "see what is on record",
    "doctor": "see what is wrong with this installation",
    "stats": "see what is open, and last week in figures",
    "help": "see this list",
}
FOLLOWED_BY = {
    "queue": "[domain]",
    "why": "<url>",
    "assign": "<url> @who",
    "claim": "<url>",
    "decline": "<url>",
    "snooze": "<url> 2h",
    "away": "until <date>, or off",
    "simulate": "<url>",
    "override": "<url> <reason>",
    "clear": "<url> <reason>",
    "ledger": "<url>",
}
"""What a word is followed by; an address, or a name such as shop#12."""
SAME = {"preferences": "prefs", "settings": "prefs", "hours": "prefs"}
"""What people type for a word of ours."""
ON_A_REVIEW = frozenset(
    {"why", "assign", "claim", "decline", "snooze", "override", "clear", "ledger"}
)
"""Words that are followed by an address."""
SHOWN = 20
LEDGER_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Asked:
    """A known word with what follows it; `unknown` is what was typed instead, if anything."""

    word: str
    rest: str
    unknown: str | None = None


def parse_command(text: str) -> Asked:
    """What somebody typed after `/review`; nothing at all means `mine`."""
    typed, _, rest = text.strip().partition(" ")
    word = typed.lower()
    if not word:
        return Asked("mine", "")
    if word in WORDS:
        return Asked(word, rest.strip())
    near = difflib.get_close_matches(SAME.get(word, word), WORDS, n=1)
    return Asked(near[0] if near else "help", rest.strip(), unknown=typed)


def usage(word: str) -> str:
    """How a command is typed: `/review snooze <url> 2h`."""
    return " ".join(("/review", word, FOLLOWED_BY.get(word, ""))).rstrip()


def render_help() -> Message:
    """What `/review` can do."""
    lines = [
        f"`{harmless(usage(word), 60)}` – {harmless(about, 100)}" for word, about in WORDS.items()
    ]
    return Message("What /review can do", [section("\n".join(lines))])


def render_guess(typed: str, near: str) -> Message:
    """A word nobody knows: the nearest one, or all of them."""
    unknown = f"I do not know “{harmless(typed, 40)}”."
    if near == "help":
        known = render_help()
        return Message(unknown, [section(unknown), *known.blocks])
    said = (
        f"{unknown} Did you mean `{harmless(usage(near), 60)}`: {harmless(WORDS[near], 100)}? "
        "`/review help` lists every word."
    )
    return Message(said, [section(said)])


def render_status(open_reviews: Sequence[Review], problems: Sequence[str]) -> Message:
    """What is open, and what it waits for."""
    wanted = [review for review in open_reviews if review.is_open]
    passed = sum(review.satisfied for review in wanted)
    waiting = [review for review in wanted if not review.satisfied]
    text = f"{len(wanted)} open: {len(waiting)} waiting, {passed} approved"
    blocks = [section(f"*{text}*"), *(section(_line(one)) for one in waiting[:SHOWN])]
    if len(waiting) > SHOWN:
        blocks.append(context(f"+{len(waiting) - SHOWN} more"))
    if problems:
        said = "\n".join(harmless(problem, 200) for problem in problems[:5])
        blocks.append(section(f"*The policy on disk is not in force:*\n{said}"))
    return fits(Message(text, blocks))


def render_mine(asked_of_me: Sequence[Review], my_own: Sequence[Review], person: str) -> Message:
    """What waits for a person (by id), until when, and where their own changes stand."""
    own = f"{len(my_own)} of your own open" if my_own else "none of your own is open"
    text = f"{counted(len(asked_of_me), 'review')} for you, {own}"
    blocks = [section(f"*{text}*")]
    blocks += [
        section(f"*Your turn:* {_line(one)}{until_of(one, person)}") for one in asked_of_me[:SHOWN]
    ]
    blocks += [section(f"*Yours:* {_line(one)}") for one in my_own[:SHOWN]]
    more = max(0, len(asked_of_me) - SHOWN) + max(0, len(my_own) - SHOWN)
    if more:
        blocks.append(context(f"+{more} more"))
    return fits(Message(text, blocks))


def render_why(review: Review) -> Message:
    """Why this decision."""
    return fits(Message(f"Why {short_name(review.ref)}", explanation_blocks(review)))


def render_unknown_url(url: str, word: str = "why") -> Message:
    """No such review."""
    said = (
        f"No merge request, or more than one, goes by {harmless(url, 200)}. "
        f"Copy its address from the browser: `/review {word} https://…`"
        if url
        else f"Say which one: `{harmless(usage(word), 60)}`"
    )
    return Message("Not found", [section(said)])


def render_stranger(slack: str) -> Message:
    """Somebody nobody linked."""
    said = (
        f"Your Slack account `{harmless(slack, 20)}` is linked to nobody. Ask an admin to add "
        f"`slack: {harmless(slack, 20)}` to your entry in the people file."
    )
    return Message("Not linked", [section(said)])


def render_queue(reviews: Sequence[Review], domain: str, domains: Sequence[str] = ()) -> Message:
    """What waits for a signature, in one domain or everywhere, the oldest first.

    `domains` are those of the policy: asked for another, it says so.
    """
    if domain and domains and domain not in domains:
        near = difflib.get_close_matches(domain, domains, n=1)
        names = listed(near or domains[:SHOWN])
        said = f"There is no domain “{harmless(domain, 40)}”. "
        said += (
            f"Did you mean {harmless(names, 500)}?" if near else f"There is {harmless(names, 500)}."
        )
        return Message(said, [section(said)])
    waiting = [
        one
        for one in reviews
        if one.is_open and not one.satisfied and (not domain or domain in one.assessment.domains)
    ]
    waiting.sort(key=lambda one: (one.opened_at, one.ref))
    where = f" in {domain}" if domain else ""
    text = f"{counted(len(waiting), 'review')} waiting{harmless(where, 80)}"
    blocks = [section(f"*{text}*")]
    blocks += [section(f"{_line(one)} · since {when(one.opened_at)}") for one in waiting[:SHOWN]]
    if len(waiting) > SHOWN:
        blocks.append(context(f"+{len(waiting) - SHOWN} more"))
    return fits(Message(text, blocks))


def render_stats(reviews: Sequence[Review], now: datetime, weeks: Sequence[Figures]) -> Message:
    """Figures of what is open, and of the last of these weeks as the leads' digest has them."""
    wanted = [one for one in reviews if one.is_open and not one.satisfied]
    ages = [(now - one.opened_at).total_seconds() / 3600 for one in wanted]
    marked = sum(one.assessment.provenance.ai for one in wanted)
    late = sum(any(ask.overdue_since for ask in one.waiting) for one in wanted)
    lines = [f"*{counted(len(wanted), 'review')} waiting*, {marked} of them AI-assisted"]
    if ages:
        age = median(ages)
        lines.append(f"Open for {f'{age:.0f} h' if age >= 1 else 'less than an hour'} (median)")
        lines.append(f"{late or 'None'} overdue")
    blocks = [
        section("\n".join(lines)),
        section(f"*{week_words(weeks[-1])}*"),
        figures_block(weeks),
        context(NOBODY_NAMED),
    ]
    return fits(Message(f"{counted(len(wanted), 'review')} waiting", blocks))


def render_ledger(review: Review, entries: Sequence[Opened]) -> Message:
    """The last entries about a merge request, the newest last."""
    blocks = [section(f"*On record of {link(review.url, short_name(review.ref))}*")]
    blocks += [
        section(
            f"`{one.seq}` {when(parse_moment(one.at))} · "
            f"*{harmless(told.kind, 40)}* – {harmless(told.sentence, 300)}"
        )
        for one in entries[-LEDGER_SHOWN:]
        for told in (moment(one, review.name),)
    ]
    if len(entries) > LEDGER_SHOWN:
        blocks.append(context(f"{len(entries) - LEDGER_SHOWN} earlier entries are not shown"))
    return fits(Message(f"{counted(len(entries), 'entry', 'entries')} on record", blocks))


def render_simulation(review: Review) -> Message:
    """What a fresh look would decide."""
    first = section("*What a fresh look would decide now.* Nothing was done.")
    return fits(
        Message(f"Simulated {short_name(review.ref)}", [first, *explanation_blocks(review)])
    )


def render_doctor(found: Sequence[Finding]) -> Message:
    """What the doctor found, what is to be mended first."""
    wrong = [one for one in found if one.standing is Standing.OPEN]
    fine = f"Nothing to mend: {counted(len(found), 'thing')} looked at"
    text = f"{counted(len(wrong), 'thing')} to mend" if wrong else fine
    lines = [
        f"• *{harmless(one.project, 60)}*: {harmless(one.sentence, 250)}"
        + (f"\n   {harmless(one.cure, 200)}" if one.cure else "")
        for one in found
        if one.standing is not Standing.HOLDS
    ]
    blocks = [section(f"*{text}*"), *(section(line) for line in lines[:SHOWN])]
    if len(lines) > SHOWN:
        blocks.append(context(f"+{len(lines) - SHOWN} more: `countersign doctor`"))
    return fits(Message(text, blocks))


def render_trouble(problem: str) -> Message:
    """What happened, whether anything changed, and the next step."""
    return Message(harmless(problem, 500), [section(harmless(problem, 500))])


def _line(review: Review) -> str:
    title = link(review.url, f"{short_name(review.ref)} · {review.title}")
    return f"{title}\n{harmless(gate_description(review, by_name=True), 200)}"
