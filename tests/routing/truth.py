"""The truth of the state machine: a merge request, people and a house as they really are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from routing.facts import Facts
from routing.model import Commit, ForgeReview, ReviewState, State
from routing.people import People
from tests.builders import (
    AI_TRAILER,
    NOW,
    a_change,
    a_commit,
    a_file,
    a_signature,
    a_stranger,
    an_account,
)
from tests.routing.house import AUTHOR, BOTS, CAST, HISTORY, HOUSES, NAMES, House

NOBODY = "nobody"
"""Writes commits under an address that is unknown here."""


@dataclass(frozen=True)
class Head:
    """What a push left: `hands` are the names of everybody who had one in it."""

    sha: str
    lines: int
    commits: tuple[Commit, ...]
    hands: frozenset[str]
    trailer: bool

    def and_then(self, other: Head) -> Head:
        """The branch after one more push on top of this one."""
        return replace(
            other,
            lines=max(self.lines, other.lines),
            commits=(*self.commits, *other.commits),
            hands=self.hands | other.hands,
            trailer=self.trailer or other.trailer,
        )


def a_head(
    number: int,
    author: str,
    co_authors: frozenset[str] = frozenset(),
    *,
    lines: int = 40,
    trailer: bool = False,
) -> Head:
    """A head of one commit."""
    sha = f"{number:010d}"
    message = "".join(f"\nCo-authored-by: X <{who}@example.com>" for who in sorted(co_authors))
    said = f"Do {number}\n{message}{AI_TRAILER if trailer else ''}"
    signed = a_stranger() if author == NOBODY else a_signature(author)
    commit = a_commit(signed=signed, message=said, sha=sha)
    return Head(sha, lines, (commit,), co_authors | {author}, trailer)


@dataclass
class Truth:
    """Everything as it is now; `facts()` is what looking at it shows."""

    head: Head
    base: str
    house: House = HOUSES["anyone"]
    now: datetime = NOW
    draft: bool = False
    state: State = State.OPEN
    renamed: bool = False
    inactive: set[str] = field(default_factory=set)
    guests: set[str] = field(default_factory=set)
    reviews: dict[str, ForgeReview] = field(default_factory=dict)
    heads: list[Head] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it could be merged if the gate let it."""
        return self.state is State.OPEN and not self.draft

    @property
    def hands(self) -> frozenset[str]:
        """Everybody who had a hand in what stands there now."""
        return self.head.hands | {AUTHOR}

    def may_approve(self, who: str) -> bool:
        """Whether an approval by this person could count at all."""
        gone = who in self.inactive or who in self.guests
        return who in NAMES and who not in BOTS and not gone and who not in self.hands

    def facts(self) -> Facts:
        """What a look at all this shows."""
        login = "ana-renamed" if self.renamed else AUTHOR
        change = a_change(
            account=an_account(AUTHOR, login=login),
            head=self.head.sha,
            base=self.base,
            draft=self.draft,
            state=self.state,
            files=[a_file(lines=self.head.lines)],
            commits=[self._as_shown(commit) for commit in self.head.commits],
        )
        team = tuple(replace(one, active=one.id not in self.inactive) for one in CAST)
        pins = {("github", who): f"id-{who}" for who in NAMES}
        return Facts(
            change,
            People(team, pins),
            HISTORY,
            forge_reviews=tuple(self.reviews.values()),
            left_slack=frozenset(f"U0{who.upper()}" for who in self.guests),
        )

    def _as_shown(self, commit: Commit) -> Commit:
        """After renaming her account Ana signs with an address that nobody here knows."""
        if not self.renamed or commit.author.email != f"{AUTHOR}@example.com":
            return commit
        account = an_account(AUTHOR, login="ana-renamed")
        signed = a_signature(AUTHOR, email="ana@home.example", account=account)
        return replace(commit, author=signed, committer=signed)

    def leaves(self, review: ForgeReview) -> None:
        """A review is left on the forge."""
        self.reviews[review.id] = review

    def dismisses(self, number: str) -> None:
        """A review on the forge is dismissed."""
        self.reviews[number] = replace(self.reviews[number], state=ReviewState.DISMISSED)
