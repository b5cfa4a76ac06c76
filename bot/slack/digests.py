"""Digests: what waits, in a channel or for one person, and the week's figures for leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from bot.insights.words import FIGURES, TOO_FEW
from bot.slack.blocks import (
    Block,
    Message,
    context,
    facts,
    fits,
    harmless,
    header,
    link,
    picture,
    room_for,
    section,
)
from routing.effects import DigestEntry, PostDigest
from routing.forge_words import short_name
from routing.hindsight.insights import GROUP, Figures
from routing.phrases import counted

SHOWN = 15
"""Entries at most: a digest that nobody reads to its end is none."""

NOBODY_NAMED = (
    f"Nobody is named or ranked; {TOO_FEW} where fewer than {GROUP} people are behind a figure"
)


def render_digest(digest: PostDigest) -> Message:
    """What waits, grouped by what is needed, then what is done; what does not fit is counted."""
    text = _title(digest)
    blocks = [section(f"*{text}*")]
    shown, group = 0, ""
    for entry in digest.entries[:SHOWN]:
        alike = sum(one.group == entry.group for one in digest.entries)
        heading = f"*{harmless(entry.group, 80)}* ({alike})"
        headed = [section(heading)] if entry.group != group else []
        more = [*headed, section(_entry(entry))]
        if not room_for([*blocks, *more]):
            break
        blocks += more
        shown, group = shown + 1, entry.group
    if shown < len(digest.entries):
        where = "queue" if digest.person is None else "mine"
        blocks.append(context(f"+{len(digest.entries) - shown} more: `/review {where}`"))
    return fits(Message(text, blocks))


def _title(digest: PostDigest) -> str:
    done = sum(entry.done for entry in digest.entries)
    waiting = len(digest.entries) - done
    if not waiting:
        return f"Nothing is left: {counted(done, 'review')} done"
    what, whose = ("review", "waiting") if digest.person is None else ("thing", "for you")
    return f"{counted(waiting, what)} {whose}" + (f", {done} done" if done else "")


def _entry(entry: DigestEntry) -> str:
    title = link(entry.url, f"{short_name(entry.ref)} · {entry.title}")
    said = harmless(entry.waiting_for, 300)
    return f"✓ {title} · {said}" if entry.done else f"{title}\n{said}"


def render_insights(weeks: Sequence[Figures], file: str | None, page: str | None) -> Message:
    """The last week's figures beside the week before; `file` is the uploaded picture of all.

    `page` is the address of the insights page.
    """
    text = week_words(weeks[-1])
    blocks = [header(text), figures_block(weeks)]
    if file is not None:
        blocks.append(picture(file, alt_words(weeks)))
    blocks.append(context(_footer(file, page)))
    return fits(Message(f"{text}: {summary_words(weeks[-1])}", blocks))


def week_words(week: Figures) -> str:
    """Which week it is, from its Monday to its Sunday."""
    first = date.fromisoformat(week.label)
    return f"The week from {first:%d %B} to {first + timedelta(days=6):%d %B %Y}"


def figures_block(weeks: Sequence[Figures]) -> Block:
    """Each figure of the last week, with that of the week before where there was one."""
    last, before = weeks[-1], weeks[-2] if len(weeks) > 1 else None

    def said(figure: Callable[[Figures], str]) -> str:
        was = f" · week before {figure(before)}" if before and before.opened else ""
        return f"{figure(last)}{was}"

    return facts({name: said(figure) for name, figure in FIGURES.items()})


def summary_words(week: Figures) -> str:
    """A week in one line, as a notification says it."""
    share, wait = FIGURES["AI helped with"](week), FIGURES["Median time to first review"](week)
    said = [counted(week.opened, "merge request")]
    said += [f"AI helped with {share}"] if share != TOO_FEW else []
    said += [f"first review after {wait}"] if wait != TOO_FEW else []
    said += [f"{week.overdue} overdue", counted(week.overridden, "override")]
    said += [f"{week.past_gate} merged past the gate"] if week.past_gate else []
    return ", ".join(said)


def alt_words(weeks: Sequence[Figures]) -> str:
    """The picture for whoever cannot see it: what it shows, and its last week in numbers."""
    numbers = ", ".join(f"{name}: {figure(weeks[-1])}" for name, figure in FIGURES.items())
    return (
        f"Four plots over {counted(len(weeks), 'week')}: time to first review and to merge, AI "
        "share, changes asked of each person, overdue, overrides and merges past the gate. "
        f"The last week: {numbers}."
    )


def _footer(file: str | None, page: str | None) -> str:
    said = [NOBODY_NAMED]
    if file is None:
        said.append("the picture could not be shown here")
    if page is not None:
        said.append(link(page, "All weeks and domains"))
    return " · ".join(said)
