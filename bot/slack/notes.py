"""Everything else people are told: direct messages, lines in a thread, answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    fits,
    harmless,
    link,
    plain_section,
    room_for,
    section,
    when,
)
from bot.slack.cards import ASSIGN, assessment_lines, review_buttons
from bot.slack.deadlines import until_of
from bot.slack.declaring import declaration_buttons
from routing.chasing.turns import ASKING, Over, ask_of, due, over
from routing.effects import Told, Topic
from routing.forge_words import short_name
from routing.model import Ref
from routing.phrases import counted, listed
from routing.record import Ask, Review

SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}")

OPENINGS = {
    Topic.YOUR_TURN: "Your turn",
    Topic.REMINDER: "Reminder",
    Topic.TAKEN_BACK: "Taken back",
    Topic.APPROVAL_LAPSED: "Changed since you approved",
    Topic.AUTHOR_NEWS: "Your change",
    Topic.LEAD_NEWS: "Needs a lead",
    Topic.DECLARATION: "One question",
    Topic.READ_ALONG: "Read along",
    Topic.NOT_ASKED: "You are not asked for now",
}
DONE, NOT_YOURS = "Done", "No longer yours"
"""How a thing begins of which nothing is wanted any more."""
CALLING = frozenset({Topic.REMINDER, Topic.LEAD_NEWS})
"""Topics of which somebody has to hear though they are said in a thread."""


@dataclass(frozen=True, slots=True)
class News:
    """A thing that somebody is told: the review as it stands now, and its card's id."""

    review: Review
    told: Told
    card_id: str

    @property
    def over(self) -> Over | None:
        """What became of it, where nothing is wanted any more."""
        return over(self.review, self.told)

    @property
    def ask(self) -> Ask | None:
        """What the person has to answer; None where it is not their turn."""
        if self.told.thing.topic not in ASKING or self.over is not None:
            return None
        return ask_of(self.review, self.told.thing.person)


def still_true(news: Iterable[News]) -> list[News]:
    """What is worth saying by now: no turn that is over, nothing taken back that was never given.

    A message may have waited for the morning; the review went on.
    """
    kept: dict[tuple[Ref, Topic], News] = {}
    begun: set[Ref] = set()
    for one in news:
        thing, ask = one.told.thing, one.ask
        if thing.topic in ASKING:
            asleep = ask is not None and ask.snoozed_until is not None
            unwanted = thing.topic is Topic.REMINDER and asleep
            if ask is not None and thing.ref not in begun and not unwanted:
                kept[thing.ref, thing.topic] = one
            begun.add(thing.ref)
        elif thing.topic is not Topic.TAKEN_BACK or thing.ref not in begun:
            kept[thing.ref, thing.topic] = one
    return list(kept.values())


def render_direct(news: Sequence[News]) -> Message:
    """One message to one person: what it is about, why them, and what they can do about it.

    Of a single thing it shows what is known of the change; several are kept short.
    """
    if len(news) == 1:
        return fits(Message(_in_short(news), list(_thing(news[0], in_full=True))))
    blocks: list[Block] = []
    for number, one in enumerate(news):
        more = list(_thing(one, in_full=False))
        if not room_for([*blocks, *more]):  # never a button far from what it is for
            blocks.append(context(f"+{len(news) - number} more: `/review mine`"))
            break
        blocks += more
    return fits(Message(_in_short(news), blocks))


def render_below(news: Sequence[News], slack: str) -> Message:
    """What is added below a message that told a person of it; a mention has Slack tell them."""
    calls = any(one.told.thing.topic in CALLING for one in news)
    who = f"<@{slack}> " if calls and SLACK_ID.fullmatch(slack) else ""
    lines = [f"{_heading(one)}\n{harmless(one.told.thing.text, 400)}" for one in news]
    text = f"{who}{_in_short(news)}"
    return fits(Message(text, [section(f"{who}{lines[0]}"), *map(section, lines[1:])]))


def _thing(news: News, *, in_full: bool) -> Iterator[Block]:
    review, thing, ended = news.review, news.told.thing, news.over
    yield section(_heading(news))
    if ended is not None:
        yield section(harmless(ended.sentence, 300))
        return
    if news.ask is not None and in_full:
        yield section("\n".join(assessment_lines(review)))
    yield section(harmless(thing.text, 2900 if in_full else 400))
    if news.ask is not None:
        if in_full:
            yield context(f"head `{review.binding.head_sha[:8]}`")
        yield actions(review_buttons(review, news.card_id))
    if thing.topic is Topic.DECLARATION:
        yield declaration_buttons(news.card_id)
    if thing.topic is Topic.LEAD_NEWS:
        yield actions([button("Ask somebody…", ASSIGN, news.card_id)])


def _heading(news: News) -> str:
    """`*Your turn:* review shop#7 · Retry refunds · 84 lines · due 15:00`."""
    review, ask = news.review, news.ask
    if news.told.thing.topic is Topic.NOT_ASKED:  # of themselves, not of the change it came by
        return f"*{_opening(news)}:*"
    title = link(review.url, f"{short_name(review.ref)} · {review.title}")
    if news.over is not None:
        return f"*{_opening(news)}:* {title}"
    size = counted(review.additions + review.deletions, "line")
    verb, until = ("review ", until_of(review, ask.person)) if ask is not None else ("", "")
    return f"*{_opening(news)}:* {verb}{title} · {size}{until}"


def _opening(news: News) -> str:
    if news.over is not None:
        return DONE if news.over.by_themselves else NOT_YOURS
    return OPENINGS[news.told.thing.topic]


def _in_short(news: Sequence[News]) -> str:
    """What a notification and a screen reader say: verb, object, deadline."""
    turns = [one for one in news if one.ask is not None]
    if len(news) == 1:
        return _one_in_short(news[0])
    wanted = [one for one in news if one.over is None]
    others = len(wanted) - len(turns)
    parts = []
    if turns:
        names = listed((short_name(one.review.ref) for one in turns), 3)
        ends = min((at for one in turns if (at := _ends(one)) is not None), default=None)
        parts.append(f"Review {harmless(names, 300)}" + (f" · due {when(ends)}" if ends else ""))
    if others:
        parts.append(counted(others, "other thing" if turns else "thing") + " for you")
    return " · ".join(parts) or "Nothing here is left to do"


def _one_in_short(news: News) -> str:
    review, ask, ended = news.review, news.ask, news.over
    name = short_name(review.ref)
    if news.told.thing.topic is Topic.NOT_ASKED:
        return f"{_opening(news)}: {harmless(news.told.thing.text, 300)}"
    if ended is not None:
        return f"{_opening(news)}: {name} · {harmless(ended.sentence, 300)}"
    size = counted(review.additions + review.deletions, "line")
    if ask is None:
        return f"{_opening(news)}: {name} · {harmless(news.told.thing.text, 300)}"
    return f"{_opening(news)}: review {name} · {size}{until_of(review, ask.person)}"


def _ends(news: News) -> datetime | None:
    return due(news.review, news.told.thing.person)


def render_line(text: str) -> Message:
    """A line of history in a thread, or an answer to one person."""
    return Message(harmless(text, 2900), [plain_section(text)])


def render_call(review: Review, text: str) -> Message:
    """One thing said in a channel about a merge request."""
    title = link(review.url, f"{short_name(review.ref)} · {review.title}")
    return fits(
        Message(
            f"{short_name(review.ref)}: {harmless(text, 500)}",
            [section(title), plain_section(text)],
        )
    )
