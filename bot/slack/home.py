"""The Home tab: what waits for somebody, their load, their hours, and why they were picked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bot.slack.blocks import Block, actions, button, context, harmless, header, link, section
from bot.slack.deadlines import until_of, until_of_all
from routing.chasing.preferences import Preferences
from routing.explain import gate_description
from routing.forge_words import short_name, words_of
from routing.hindsight.insights import GROUP
from routing.people import Person
from routing.phrases import counted, day_words, whole_parts
from routing.record import Review

EDIT, GO_AWAY, COME_BACK, ASK_AGAIN = "home.edit", "home.away", "home.back", "home.ask_again"
SHOWN, PICKED, PATHS = 10, 10, 10
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class AtHome:
    """Everything that one person's Home tab shows.

    `person` is as they say of themselves; `picked` are the latest asks as (review, why); `loads`
    are the open asks of everybody who holds any; `pinned` are the forges on which their account
    was seen.
    """

    person: Person
    said: Preferences
    turn: Sequence[Review]
    own: Sequence[Review]
    loads: Mapping[str, int]
    picked: Sequence[tuple[Review, str]] = ()
    opted_out: Sequence[str] = ()
    pinned: frozenset[str] = frozenset()
    problems: Sequence[str] = field(default=())


def render_home(home: AtHome) -> dict[str, Any]:
    """The view, as Slack's JSON."""
    return {"type": "home", "blocks": list(_blocks(home))}


def render_strangers_home(slack: str) -> dict[str, Any]:
    """What somebody sees whom the people file does not know."""
    said = (
        f"Your Slack account `{harmless(slack, 20)}` is linked to nobody. Ask an admin to add "
        f"`slack: {harmless(slack, 20)}` to your entry in the people file."
    )
    return {"type": "home", "blocks": [header("Not linked yet"), section(said)]}


def _blocks(home: AtHome) -> Iterator[Block]:
    yield header(f"Your turn: {counted(len(home.turn), 'review')}")
    yield from _reviews(home.turn, "Nothing waits for you.", home.person.id)
    yield context(_load(home))
    yield header(f"Waiting on others: {counted(len(home.own), 'change')} of yours")
    yield from _reviews(home.own, "None of your changes is open.")
    yield header("Your hours")
    yield section("\n".join(_hours(home)))
    away = home.said.away is not None
    yield actions(
        [
            button("Change hours", EDIT, home.person.id),
            button("I am back", COME_BACK, home.person.id)
            if away
            else button("I am away…", GO_AWAY, home.person.id),
        ]
    )
    yield header("Your accounts")
    yield section("\n".join(_accounts(home)))
    yield header("Why you were picked")
    yield section("\n".join(_picked(home)) or "You were not asked yet.")
    yield header("Paths you are not asked about")
    yield from _paths(home)
    if home.problems:
        said = "\n".join(harmless(problem, 200) for problem in home.problems[:5])
        yield section(f"*The policy on disk is not in force:*\n{said}")


def _reviews(reviews: Sequence[Review], none: str, person: str | None = None) -> Iterator[Block]:
    """Each with what it waits for, and when the next step comes: of the ladder, or for `person`."""
    if not reviews:
        yield section(none)
    for review in reviews[:SHOWN]:
        title = link(review.url, f"{short_name(review.ref)} · {review.title}")
        until = until_of(review, person) if person is not None else until_of_all(review)
        yield section(f"{title}\n{harmless(gate_description(review, by_name=True), 200)}{until}")
    if len(reviews) > SHOWN:
        yield context(f"+{len(reviews) - SHOWN} more")


def _load(home: AtHome) -> str:
    """One's own load beside everybody's; nobody is named, and no small group told of."""
    mine = home.loads.get(home.person.id, 0)
    others = [count for who, count in home.loads.items() if who != home.person.id]
    told = f"The others who hold any hold {median(others or [0]):g} (median)."
    few = f"What others hold is shown from {GROUP} people on."
    return f"You hold {counted(mine, 'review')}. {told if len(others) >= GROUP else few}"


def _hours(home: AtHome) -> Iterator[str]:
    person = home.person
    start, end = person.hours
    yield f"{_days(person.days)}, {start:%H:%M} to {end:%H:%M}, {harmless(person.timezone, 60)}"
    if person.region is not None:
        yield f"Public holidays of {harmless(person.region, 10)}"
    if home.said.away is not None:
        by = " (read off your Slack status)" if home.said.by_status else ""
        yield f"*Away* until {day_words(home.said.away.last)}{by}"
    at = home.said.digest_at
    yield (
        f"Your digest comes at {at:%H:%M}." if at is not None else "You get no digest of your own."
    )


def _days(days: Collection[int]) -> str:
    """Weekdays in short: "Mon–Fri", "Mon, Wed, Thu"."""
    inner = range(min(days, default=0), max(days, default=0) + 1)
    if len(days) > 2 and set(inner) == set(days):  # noqa: PLR2004 - of two a list is as short
        return f"{WEEKDAYS[inner[0]]}–{WEEKDAYS[inner[-1]]}"
    return ", ".join(WEEKDAYS[day] for day in sorted(days)) or "No day"


def _accounts(home: AtHome) -> Iterator[str]:
    yield f"Slack: `{harmless(home.person.slack or '', 20)}`, linked"
    for forge, login in sorted(home.person.logins.items()):
        state = "linked" if forge in home.pinned else "not seen there yet"
        yield f"{harmless(_forge(forge), 40)}: `{harmless(login, 60)}`, {state}"
    if not home.person.logins:
        yield "No account on a forge: your reviews there cannot count."
    yield f"{counted(len(home.person.emails), 'address', 'addresses')} for your commits"


def _forge(name: str) -> str:
    """What people call a configured forge: GitHub; gitlab-2 where there are several."""
    words = words_of(name).forge
    return words if words.lower() == name else name


def _picked(home: AtHome) -> Iterator[str]:
    for review, why in home.picked[:PICKED]:
        said = harmless(whole_parts(why, 180), 180)
        yield f"• {link(review.url, short_name(review.ref))}: {said}"


def _paths(home: AtHome) -> Iterator[Block]:
    if not home.opted_out:
        yield section("None.")
    for glob in home.opted_out[:PATHS]:
        again = button("Ask me again", ASK_AGAIN, glob)
        yield {**section(f"`{harmless(glob.replace('`', ''), 150)}`"), "accessory": again}
    if len(home.opted_out) > PATHS:
        yield context(f"+{len(home.opted_out) - PATHS} more")
