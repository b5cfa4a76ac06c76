"""Who had a hand in a change, and so must not be the one to approve it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from routing.model import Account, Change, Signature
from routing.people import People, Person
from routing.provenance import ProvenanceVerdict, assess_record

CO_AUTHOR = re.compile(
    r"^[ \t]*co-authored-by:[^<\n]{0,200}<([^<>\s]{3,254})>", re.IGNORECASE | re.MULTILINE
)


class Role(StrEnum):
    """What part somebody had in a change."""

    AUTHOR = "author"
    CO_AUTHOR = "co-author"
    HAND = "hand"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to a change: the part they had in it, and the words."""

    role: Role
    told: str

    def __str__(self) -> str:
        """What they did, as it follows their name."""
        return self.told


def barred_people(change: Change, people: People) -> Mapping[str, Deed]:
    """Person id → what they did: opener, commit author, committer, co-author, pusher of the head.

    All of a person's accounts and addresses count. A forged address can only bar somebody
    here, never let somebody pass.
    """
    barred: dict[str, Deed] = {}
    for person, deed in _hands(change, people):
        if person is not None:
            barred.setdefault(person.id, deed)
    return barred


def _hands(change: Change, people: People) -> Iterator[tuple[Person | None, Deed]]:
    request = change.merge_request
    yield people.of_account(request.author), Deed(Role.AUTHOR, "opened it")
    yield people.of_account(request.pusher), Deed(Role.HAND, f"pushed {request.head_sha[:8]}")
    for commit in change.commits:
        short = commit.sha[:8]
        wrote, committed = (
            Deed(Role.AUTHOR, f"wrote {short}"),
            Deed(Role.HAND, f"committed {short}"),
        )
        yield from ((who, wrote) for who in _behind(commit.author, people))
        yield from ((who, committed) for who in _behind(commit.committer, people))
        for email in CO_AUTHOR.findall(commit.message):
            yield people.of_email(email), Deed(Role.CO_AUTHOR, f"is co-author of {short}")


def _behind(signature: Signature, people: People) -> tuple[Person | None, ...]:
    return people.of_account(signature.account), people.of_email(signature.email)


def authors_of(change: Change, people: People) -> Iterator[Person | None]:
    """Whoever opened the change or wrote a commit of it; None for somebody who is not known.

    Bots and AI agents are known for what they are, and left out.
    """
    opener = change.merge_request.author
    if not opener.bot:
        yield people.of_account(opener)
    if change.unknown_hands:
        yield None
    for commit in change.commits:
        known = [person for person in _behind(commit.author, people) if person is not None]
        if known:
            yield from known
        elif not _is_program(commit.author):
            yield None
        for email in CO_AUTHOR.findall(commit.message):
            if (person := people.of_email(email)) is not None:
                yield person


def unknown_hands(change: Change, people: People) -> Iterator[str]:
    """Commits written by nobody known, or not to be seen, each as a sentence with the cure.

    Whoever wrote them could be anybody, the approver included. Bots and AI agents are known
    for what they are, and approve nothing.
    """
    for gap in change.unknown_hands:
        yield f"who wrote all of it cannot be known: {gap.rstrip('.')}; squash or split it"
    for commit in change.commits:
        hand, deed = commit.author, "wrote"
        if _is_program(hand):  # then whoever committed its work had a hand in it
            hand, deed = commit.committer, "committed"
        if not any(_behind(hand, people)) and not _is_program(hand):
            yield (
                f"nobody is known who {deed} {commit.sha[:8]} as {hand.email}; "
                "add the address to somebody in the people file"
            )


def _is_program(signature: Signature) -> bool:
    if signature.account is not None and signature.account.bot:
        return True
    record = {"author_name": signature.name, "author_email": signature.email}
    return assess_record(record).verdict in {ProvenanceVerdict.AI_AUTHORED, ProvenanceVerdict.BOT}


def accounts_in(change: Change) -> Iterator[Account]:
    """Every account of the forge that the change names."""
    request = change.merge_request
    yield from (one for one in (request.author, request.pusher) if one is not None)
    for commit in change.commits:
        for signature in (commit.author, commit.committer):
            if signature.account is not None:
                yield signature.account
