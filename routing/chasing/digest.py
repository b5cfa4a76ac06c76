"""When a digest is due, what stands in it, and what becomes of that until the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.chasing.preferences import Preferences, as_they_say
from routing.effects import DigestEntry, PostDigest
from routing.model import Ref, State
from routing.people import Person
from routing.policy import Digest, Shows
from routing.record import AskState, Review
from routing.rules.approvals import VerdictState

LATE = timedelta(hours=4)
"""A digest missed for longer than this (the bot was down) is not sent any more that day."""
LATE_IN_THE_WEEK = timedelta(days=4)
"""The week's figures are late rather than lost, until those of the next week are near."""

LIVING = timedelta(days=1)
"""For so long a digest that was posted is kept up to date, or until the next one."""

YOUR_TURN, READY, DONE = "Your turn", "Yours: can be merged", "Done since then"


def due_day(digest: Digest, now: datetime) -> date | None:
    """The local day whose digest is due at `now`, or None.

    The answer stays the same for the four hours after its time (the week's figures: four days);
    whoever sends it keeps a record of the day, so that a night on which the clocks change sends
    neither two nor none.
    """
    zone = ZoneInfo(digest.timezone)
    late = LATE if digest.shows is Shows.REVIEWS else LATE_IN_THE_WEEK
    today = now.astimezone(zone).date()
    for back in range(late.days + 2):
        day = today - timedelta(days=back)
        at = datetime.combine(day, digest.at, tzinfo=zone)
        if day.weekday() in digest.days and timedelta(0) <= now - at <= late:
            return day
    return None


def compose_digest(channel: str, reviews: Iterable[Review]) -> PostDigest | None:
    """The channel's open reviews, those longest open first; None when there are none."""
    mine = (one for one in reviews if one.channel == channel)
    return _composed(PostDigest(channel, ()), mine)


def own_digests(people: Iterable[Person], said: Mapping[str, Preferences]) -> Iterator[Digest]:
    """The digests that people want for themselves, each in a channel with them alone."""
    for person in people:
        own = said.get(person.id)
        if own is not None and own.digest_at is not None and person.slack is not None:
            known = as_they_say(person, own)
            yield Digest(person.slack, own.digest_at, known.days, known.timezone)


def compose_own_digest(person: Person, reviews: Iterable[Review]) -> PostDigest | None:
    """What waits for one person, and what of theirs wants something; None when nothing does."""
    concern = (
        one
        for one in reviews
        if one.author_person == person.id or any(ask.person == person.id for ask in one.waiting)
    )
    return _composed(PostDigest(str(person.slack), (), person.id), concern)


def refreshed(digest: PostDigest, reviews: Mapping[Ref, Review]) -> PostDigest:
    """A digest that was posted, as it stands now: what is done says so, nothing is added."""
    entries = (
        _entry(reviews[one.ref], digest.person) if one.ref in reviews else one
        for one in digest.entries
    )
    return replace(digest, entries=_grouped(entries))


def moves(digest: PostDigest, before: Review | None, after: Review) -> bool:
    """Whether something else is needed of a review in the digest now, or nothing any more."""
    then = _entry(before, digest.person) if before is not None else None
    now = _entry(after, digest.person)
    return then is None or (then.group, then.done) != (now.group, now.done)


def _composed(empty: PostDigest, reviews: Iterable[Review]) -> PostDigest | None:
    """The digest with what is not done yet, the oldest first; None without any."""
    ordered = sorted(reviews, key=lambda one: (one.opened_at, one.ref))
    entries = (_entry(one, empty.person) for one in ordered)
    grouped = _grouped(one for one in entries if not one.done)
    return replace(empty, entries=grouped) if grouped else None


def _grouped(entries: Iterable[DigestEntry]) -> tuple[DigestEntry, ...]:
    """Those that need the same beside each other, the most wanted first, the done ones last."""
    groups: dict[str, list[DigestEntry]] = {YOUR_TURN: [], READY: []}
    done: list[DigestEntry] = []
    for one in entries:
        (done if one.done else groups.setdefault(one.group, [])).append(one)
    return (*(one for several in groups.values() for one in several), *done)


def _entry(review: Review, person: str | None) -> DigestEntry:
    """What a review needs, in the eyes of a channel or of one person."""
    done = _done(review, person)
    group = DONE if done is not None else _needs(review, person)
    said = done if done is not None else "; ".join(_waiting_for(review))
    return DigestEntry(review.ref, review.title, review.url, said, group, done is not None)


def _done(review: Review, person: str | None) -> str | None:
    """What became of it, where nothing is needed any more; None while something is."""
    if review.state is not State.OPEN and not review.wants_follow_up:
        return "merged" if review.state is State.MERGED else "closed without merging"
    if review.draft:
        return "a draft again"
    return _signed(review) if person is None else _answered(review, person)


def _signed(review: Review) -> str | None:
    names = ", ".join(review.name(one.person) for one in review.approvals)
    said = f"approved by {names}" if names else "may be merged"
    return said if review.satisfied else None


def _answered(review: Review, person: str) -> str | None:
    if person == review.author_person or any(ask.person == person for ask in review.waiting):
        return None
    asked = next((ask for ask in review.asks if ask.person == person), None)
    return ANSWERED[asked.state] if asked is not None else "no longer yours"


ANSWERED = {
    AskState.WAITING: "asked again",
    AskState.APPROVED: "you approved",
    AskState.OBJECTED: "you asked for changes",
    AskState.DECLINED: "you declined",
    AskState.REPLACED: "somebody else is asked",
    AskState.HANDED_ON: "handed on",
}


def _needs(review: Review, person: str | None) -> str:
    """What has to happen, as a heading."""
    if person is not None and person != review.author_person:
        return YOUR_TURN
    if person is not None and review.satisfied:
        return READY
    if review.wants_follow_up:
        needs = "To be reviewed yet, merged under an override"
    elif review.verdict.state is VerdictState.BLOCKED:
        needs = "Stuck"
    else:
        needs = "Waiting for a reviewer" if review.waiting else "Nobody is asked"
    return needs if person is None else f"Yours: {needs.lower()}"


def _waiting_for(review: Review) -> Iterator[str]:
    if review.satisfied:
        yield "approved"
    elif review.verdict.state is VerdictState.BLOCKED:
        yield from review.verdict.blocks
    elif review.waiting:
        late = any(ask.overdue_since is not None for ask in review.waiting)
        names = ", ".join(review.name(ask.person) for ask in review.waiting)
        yield f"{'overdue, ' if late else ''}waiting for {names}"
    else:
        yield "; ".join(review.verdict.missing)
