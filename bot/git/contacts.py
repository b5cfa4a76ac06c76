"""The people whom a commit's trailers name, as the clone's mailmap has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from bot.git.clone import Clone
from bot.git.people import BOT
from routing.ai.signals import CATALOGUE

CO_AUTHOR = "co-authored-by"

CONTACT = re.compile(r"([^<>]{0,200})<([^<>\s]{1,200}@[^<>\s]{1,200})>")

Contact = tuple[str, str]
"""A name and an address."""


@cache
def is_machine(name: str, email: str) -> bool:
    """Whether a bot or an AI tool goes by this name or address: neither ever becomes an expert."""
    return (
        CATALOGUE.bot_of(name, email) is not None
        or CATALOGUE.agent_of_address(email) is not None
        or CATALOGUE.agent_of_title(name) is not None
        or any(BOT.search(text) for text in (name, email.split("@", maxsplit=1)[0]))
    )


def contacts_in(trailers: str) -> Iterator[tuple[str, Contact]]:
    """Each contact with the trailer's key in lower case."""
    for line in trailers.split("\n"):
        key, _, value = line.partition(":")
        for name, email in CONTACT.findall(value):
            yield key.strip().lower(), (name.strip(), email)


class Contacts:
    """What `git log` does for authors, done for those whom messages name."""

    def __init__(self, clone: Clone, tip: str) -> None:
        self._clone = clone
        self._mailmap = f"mailmap.blob={tip}:.mailmap"
        self._known: dict[Contact, Contact] = {}

    async def learn(self, trailers: Iterable[str]) -> None:
        """Ask git about contacts not met before, all in one question."""
        said = dict.fromkeys(contact for text in trailers for _, contact in contacts_in(text))
        fresh = [contact for contact in said if contact not in self._known]
        if not fresh:
            return
        written = [f"{name} <{email}>".strip() for name, email in fresh]
        answer = await self._clone.text(
            "-c", self._mailmap, "check-mailmap", "--end-of-options", *written
        )
        for contact, line in zip(fresh, answer.split("\n"), strict=False):
            name, _, email = line.rpartition("<")
            self._known[contact] = (name.strip(), email.removesuffix(">"))

    def named(self, trailers: str) -> Iterator[tuple[str, Contact]]:
        """Each contact under its present name, with the trailer's key in lower case."""
        for key, contact in contacts_in(trailers):
            yield key, self._known[contact]
