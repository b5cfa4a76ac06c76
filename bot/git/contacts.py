"""The people whom a commit's trailers name, as the clone's mailmap has them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.git.clone import Clone
from bot.git.people import BOT
from routing.ai.signals import CATALOGUE
from routing.people import mail_identity

CO_AUTHOR = "co-authored-by"

CONTACT = re.compile(r"([^<>]{0,200})<([^<>\s]{1,200}@[^<>\s]{1,200})>")

Contact = tuple[str, str]
"""A name and an address."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom one message names, as identities of the history; bots and AI tools are left out."""

    co_authors: tuple[str, ...]
    reviewers: tuple[str, ...]


@cache
def is_machine(name: str, email: str) -> bool:
    """Whether a bot or an AI tool goes by this name or address: neither ever becomes an expert."""
    return (
        CATALOGUE.bot_of(name, email) is not None
        or CATALOGUE.agent_of_address(email) is not None
        or CATALOGUE.agent_of_title(name) is not None
        or any(BOT.search(text) for text in (name, email.partition("@")[0]))
    )


class Contacts:
    """What `git log` does for authors, done for those whom messages name."""

    def __init__(self, clone: Clone, tip: str) -> None:
        self._clone = clone
        self._mailmap = f"mailmap.blob={tip}:.mailmap"
        self._known: dict[Contact, Contact] = {}

    async def named(self, trailers: Collection[str]) -> Mapping[str, Named]:
        """Whom each of these texts names; git is asked once about all contacts not met before."""
        said = {text: list(_contacts_in(text)) for text in set(trailers)}
        met = dict.fromkeys(contact for some in said.values() for _, contact in some)
        await self._learn([contact for contact in met if contact not in self._known])
        return {text: self._sorted(some) for text, some in said.items()}

    async def _learn(self, fresh: Sequence[Contact]) -> None:
        if not fresh:
            return
        written = [f"{name} <{email}>".strip() for name, email in fresh]
        answer = await self._clone.text(
            "-c", self._mailmap, "check-mailmap", "--end-of-options", *written
        )
        for contact, line in zip(fresh, answer.split("\n"), strict=False):
            name, _, email = line.rpartition("<")
            self._known[contact] = (name.strip(), email.removesuffix(">"))

    def _sorted(self, said: Iterable[tuple[str, Contact]]) -> Named:
        people: dict[bool, list[str]] = {True: [], False: []}
        for key, contact in said:
            name, email = self._known[contact]
            if not is_machine(name, email):
                people[key == CO_AUTHOR].append(mail_identity(email))
        return Named(tuple(people[True]), tuple(people[False]))


def _contacts_in(trailers: str) -> Iterator[tuple[str, Contact]]:
    """Each contact with its trailer's key in lower case."""
    for line in trailers.split("\n"):
        key, _, value = line.partition(":")
        for name, email in CONTACT.findall(value):
            yield key.strip().lower(), (name.strip(), email)
