"""The kinds of signal that can be catalogued, and the index that finds them quickly.

The signals themselves stand in `routing.ai.signals`; an organisation adds its own as values:
`CATALOGUE.extended(Catalogue(labels=("ai-assisted",), boxes=(Box("I used an AI tool"),)))`.
Everything is compared without regard to letter case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

from routing.ai.tiers import Tier

NOREPLY = "@users.noreply.github.com"
APP = "[bot]"
"""How GitHub marks the login of an app; people cannot take such a login."""
UUID_LENGTH = 36
UUID_LETTERS = frozenset("0123456789abcdef-")


@dataclass(frozen=True, slots=True)
class Agent:
    """Identities that only one AI tool writes under.

    `ids` are immutable GitHub account ids, `addresses` are exact, `logins` are accounts on a
    forge, `titles` are beginnings of display names that no person bears. As author of a commit
    or merge request it is evidence of tier `author`, named in a trailer of tier `co_author`.
    `ai_name`: the address is shared, so the display name must name a model or tool.
    `makers_models`: words for the maker's own models, for tools that run no others.
    """

    tool: str
    ids: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    author: Tier | None = Tier.AGENT
    co_author: Tier = Tier.TOOL
    ai_name: bool = False
    makers_models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trailer:
    """A line `key: value` that a tool writes.

    The value must be one of `values`, begin like one of `begins` (and hold `contains`), or, with
    `uuid`, be a UUID.
    """

    tool: str
    key: str
    values: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    contains: str = ""
    uuid: bool = False
    tier: Tier = Tier.TOOL

    def fits(self, value: str) -> bool:
        """Whether the value is the tool's."""
        value = value.lower().rstrip(" .,;")
        if self.uuid:
            return len(value) == UUID_LENGTH and UUID_LETTERS.issuperset(value)
        return value in _lower(self.values) or (
            value.startswith(_lower(self.begins)) and self.contains.lower() in value
        )


@dataclass(frozen=True, slots=True)
class Footer:
    """A line "Generated with NAME": NAME links to one of `sites`, or is bare when `plain`."""

    tool: str
    names: tuple[str, ...]
    sites: tuple[str, ...] = ()
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """An address of a tool's session or task, wherever it stands in a line."""

    tool: str
    url: str


@dataclass(frozen=True, slots=True)
class Marker:
    """An invisible comment that a tool leaves in the texts it writes, by its beginning."""

    tool: str
    begins: str


@dataclass(frozen=True, slots=True)
class Hint:
    """How a branch name or a subject begins when a tool made it; anybody may write the same."""

    tool: str
    begins: str


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a merge request template, by how its text begins; it counts when ticked."""

    begins: str
    tool: str = "AI"


@dataclass(frozen=True, slots=True)
class Bot:
    """Automation that is not AI. `quotes` says that its texts repeat other projects' texts."""

    login: str
    ids: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    quotes: bool = False


@dataclass(frozen=True)
class Catalogue:
    """Every signal that is looked for. `labels` are label names that declare AI help."""

    agents: tuple[Agent, ...] = ()
    trailers: tuple[Trailer, ...] = ()
    footers: tuple[Footer, ...] = ()
    links: tuple[Link, ...] = ()
    markers: tuple[Marker, ...] = ()
    author_endings: tuple[Hint, ...] = ()
    branches: tuple[Hint, ...] = ()
    subjects: tuple[Hint, ...] = ()
    boxes: tuple[Box, ...] = ()
    labels: tuple[str, ...] = ()
    declarations: tuple[str, ...] = ()
    bots: tuple[Bot, ...] = ()

    def extended(self, more: Catalogue) -> Catalogue:
        """This catalogue with the signals of another; what `more` names wins."""
        return Catalogue(
            **{
                part.name: getattr(more, part.name) + getattr(self, part.name)
                for part in fields(self)
            }
        )

    def agent_of_address(self, address: str) -> Agent | None:
        """The agent behind an e-mail address: the exact address, then GitHub's id, then app."""
        address = address.strip().lower()
        exact = self._agents_by_address.get(address)
        if exact is not None or not address.endswith(NOREPLY):
            return exact
        account, login = _github_account(address)
        if account in self._agents_by_id:
            return self._agents_by_id[account]
        return self._agents_by_login.get(login) if login.endswith(APP) else None

    def agent_of_account(self, account: int | None, login: str) -> Agent | None:
        """The agent behind an account of a forge; `account` is GitHub's id where known.

        Logins can be recycled, apps' logins cannot: a known id overrules any other login.
        """
        if account in self._agents_by_id:
            return self._agents_by_id[account]
        login = login.strip().lower()
        agent = self._agents_by_login.get(login)
        recycled = account is not None and agent is not None and agent.ids
        return None if recycled and not login.endswith(APP) else agent

    def agent_of_title(self, name: str) -> Agent | None:
        """The agent that a display name alone gives away."""
        name = name.strip().lower()
        for title, agent in self._agents_by_title.items():
            if name.startswith(title):
                return agent
        return None

    def bot_of(self, name: str, address: str) -> Bot | None:
        """The automation behind a login or display name, or an address; None for agents."""
        name, address = name.strip().lower(), address.strip().lower()
        if name in self._agents_by_login or self.agent_of_address(address) is not None:
            return None
        found = self._bots_by_login.get(name) or self._bots_by_address.get(address)
        if found is not None:
            return found
        account, login = _github_account(address) if address.endswith(NOREPLY) else (None, "")
        if account in self._bots_by_id:
            return self._bots_by_id[account]
        app = next((it for it in (login, name) if it.endswith(APP)), None)
        return self._bots_by_login.get(login) or (Bot(app) if app is not None else None)

    @cached_property
    def keyed(self) -> Mapping[str, tuple[Trailer, ...]]:
        """Trailers by their key."""
        keys = {trailer.key.lower() for trailer in self.trailers}
        return {key: tuple(t for t in self.trailers if t.key.lower() == key) for key in keys}

    @cached_property
    def declaration_keys(self) -> frozenset[str]:
        """Keys of trailers in which a person declares AI help."""
        return frozenset(_lower(self.declarations))

    @cached_property
    def declaring_labels(self) -> frozenset[str]:
        """Labels that declare AI help."""
        return frozenset(_lower(self.labels))

    @cached_property
    def _agents_by_id(self) -> Mapping[int | None, Agent]:
        return {account: agent for agent in reversed(self.agents) for account in agent.ids}

    @cached_property
    def _agents_by_address(self) -> Mapping[str, Agent]:
        exact = {it: agent for agent in reversed(self.agents) for it in _lower(agent.addresses)}
        return {
            login + NOREPLY: agent
            for agent in reversed(self.agents)
            for login in _lower(agent.logins)
            if login.endswith(APP)
        } | exact

    @cached_property
    def _agents_by_login(self) -> Mapping[str, Agent]:
        return {it: agent for agent in reversed(self.agents) for it in _lower(agent.logins)}

    @cached_property
    def _agents_by_title(self) -> Mapping[str, Agent]:
        return {it: agent for agent in self.agents for it in _lower(agent.titles)}

    @cached_property
    def _bots_by_id(self) -> Mapping[int | None, Bot]:
        return {account: bot for bot in reversed(self.bots) for account in bot.ids}

    @cached_property
    def _bots_by_login(self) -> Mapping[str, Bot]:
        return {bot.login.lower(): bot for bot in reversed(self.bots)}

    @cached_property
    def _bots_by_address(self) -> Mapping[str, Bot]:
        return {it: bot for bot in reversed(self.bots) for it in _lower(bot.addresses)}


def _lower(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def _github_account(address: str) -> tuple[int | None, str]:
    """The id and login inside GitHub's no-reply address; the id is None in the oldest ones."""
    local = address.removesuffix(NOREPLY)
    number, plus, login = local.partition("+")
    if plus and number.isascii() and number.isdecimal() and len(number) <= len("9999999999"):
        return int(number), login
    return None, local
