"""Who is who: the people of the organisation, and which accounts and addresses are theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property

from routing.levels import Level
from routing.model import Account

MONTHS_A_YEAR = 12
NOREPLY = re.compile(r"(?:\d+\+)?([a-z0-9-]+)@users\.noreply\.github\.com\Z")
GITLAB_NOREPLY = re.compile(r"\d+-([a-z0-9_.-]+)@users\.noreply\.(?!github\.com\Z)[a-z0-9.-]+\Z")
WORKING_WEEK = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which a person is not at work; both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Team:
    """A named group of people; `groups` maps a forge's name to what it is called there.

    A group is a GitHub team ("acme/payments") or a GitLab group, as CODEOWNERS files name it.
    """

    name: str
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may write or review.

    `logins` maps a forge's name ("github", "gitlab-2") to the login there; `days` are ISO weekdays
    minus one (Monday is 0); `hours` are local to `timezone`; `domains` are declared levels of
    expertise; `opted_out` are globs of paths they are not asked about; `region` is where their
    public holidays are, such as "DE-BE".
    """

    id: str
    name: str
    slack: str | None = None
    logins: Mapping[str, str] = field(default_factory=dict)
    emails: tuple[str, ...] = ()
    started: date | None = None
    experience_since: date | None = None
    timezone: str = "UTC"
    region: str | None = None
    hours: tuple[time, time] = (time(9), time(17, 30))
    days: frozenset[int] = WORKING_WEEK
    max_open: int | None = None
    domains: Mapping[str, Level] = field(default_factory=dict)
    away: tuple[Away, ...] = ()
    opted_out: tuple[str, ...] = ()
    bot: bool = False
    active: bool = True
    teams: tuple[Team, ...] = ()

    def is_in(self, team: str) -> bool:
        """Whether the person is a member of that team."""
        return any(one.name == team for one in self.teams)

    def tenure_months(self, today: date) -> int | None:
        """Whole months in the company, or None when nobody wrote down the start."""
        return _months(self.started, today)

    def experience_months(self, today: date) -> int | None:
        """Whole months in the trade; at least the tenure."""
        known = [_months(since, today) for since in (self.experience_since, self.started)]
        return max((months for months in known if months is not None), default=None)

    def is_away(self, day: date) -> bool:
        """Whether the person is away on that day of theirs."""
        return any(away.first <= day <= away.last for away in self.away)


def _months(since: date | None, today: date) -> int | None:
    if since is None:
        return None
    months = (today.year - since.year) * MONTHS_A_YEAR + today.month - since.month
    return max(0, months - (today.day < since.day))


Identities = tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], ...]
"""What makes a past somebody's, for everybody: their id, addresses and logins."""


@dataclass(frozen=True)
class People:
    """Everybody, found by id, Slack id, forge account or e-mail address.

    `pins` maps (forge, login) to the immutable account id first seen under that login. A login
    that comes back with another id is a stranger: logins can be recycled.
    """

    everyone: tuple[Person, ...]
    pins: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Person]:
        """People by their own id."""
        return {person.id: person for person in self.everyone}

    @cached_property
    def identities(self) -> Identities:
        """What makes a past theirs."""
        return tuple((one.id, one.emails, tuple(one.logins.items())) for one in self.everyone)

    @cached_property
    def by_slack(self) -> Mapping[str, Person]:
        """People by Slack user id."""
        return {person.slack: person for person in self.everyone if person.slack}

    @cached_property
    def _by_login(self) -> Mapping[tuple[str, str], Person]:
        return {
            (forge, login.lower()): person
            for person in self.everyone
            for forge, login in person.logins.items()
        }

    @cached_property
    def _by_email(self) -> Mapping[str, Person]:
        return {email.lower(): person for person in self.everyone for email in person.emails}

    def of_account(self, account: Account | None) -> Person | None:
        """The person behind a forge account, or None for a stranger."""
        if account is None:
            return None
        key = (account.forge, account.login.lower())
        pinned = self.pins.get(key)
        if key in self._by_login and pinned == account.id:
            return self._by_login[key]
        former = self._logins_of_ids.get((account.forge, account.id))
        if former is not None:
            return self._by_login[(account.forge, former)]
        return self._by_login.get(key) if pinned is None else None

    @cached_property
    def _logins_of_ids(self) -> Mapping[tuple[str, str], str]:
        return {
            (forge, id_): login
            for (forge, login), id_ in self.pins.items()
            if (forge, login) in self._by_login
        }

    def of_team(self, team: str) -> tuple[Person, ...]:
        """The members of a team of ours."""
        return self._by_team.get(team, ())

    @cached_property
    def _by_team(self) -> Mapping[str, tuple[Person, ...]]:
        members: dict[str, list[Person]] = {}
        for person in self.everyone:
            for team in person.teams:
                members.setdefault(team.name, []).append(person)
        return {team: tuple(its) for team, its in members.items()}

    def of_domain(self, domain: str) -> tuple[Person, ...]:
        """Those who declared a level in that domain."""
        return self._by_domain.get(domain, ())

    @cached_property
    def _by_domain(self) -> Mapping[str, tuple[Person, ...]]:
        declared: dict[str, list[Person]] = {}
        for person in self.everyone:
            for domain in person.domains:
                declared.setdefault(domain, []).append(person)
        return {domain: tuple(its) for domain, its in declared.items()}

    @cached_property
    def opted_out(self) -> tuple[str, ...]:
        """Every glob of paths that somebody is not asked about, each once."""
        return tuple(dict.fromkeys(glob for person in self.everyone for glob in person.opted_out))

    def longest_here(self, most: int) -> Sequence[Person]:
        """Those who started first, as far as that is written down."""
        return self._by_start[:most]

    @cached_property
    def _by_start(self) -> Sequence[Person]:
        dated = [(one.started, one.id) for one in self.everyone if one.started is not None]
        return [self.by_id[who] for _, who in sorted(dated)]

    def of_login(self, forge: str, login: str) -> Person | None:
        """Whose login it is said to be, in the people file; of an account ask `of_account`."""
        return self._by_login.get((forge, login.lower()))

    def of_group(self, forge: str, group: str) -> tuple[Person, ...]:
        """The members of the team that is this group of the forge."""
        return self._by_group.get((forge, group.lower()), ())

    @cached_property
    def _by_group(self) -> Mapping[tuple[str, str], tuple[Person, ...]]:
        members: dict[tuple[str, str], list[Person]] = {}
        for person in self.everyone:
            for team in person.teams:
                for forge, group in team.groups.items():
                    members.setdefault((forge, group.lower()), []).append(person)
        return {group: tuple(its) for group, its in members.items()}

    def of_email(self, email: str) -> Person | None:
        """The person with that address. Addresses can be forged: never use it to let pass.

        The addresses that GitHub and GitLab make up for those who hide theirs hold their login.
        """
        address = email.lower()
        listed = self._by_email.get(address)
        if listed is not None:
            return listed
        if made_up := NOREPLY.match(address):
            return self._by_login.get(("github", made_up.group(1)))
        if made_up := GITLAB_NOREPLY.match(address):
            return self._on_gitlabs.get(made_up.group(1))
        return None

    @cached_property
    def _on_gitlabs(self) -> Mapping[str, Person]:
        """People by their login on any GitLab, where that is one person's on all of them."""
        found: dict[str, dict[str, Person]] = {}
        for (forge, login), person in self._by_login.items():
            if forge.partition("-")[0] == "gitlab":
                found.setdefault(login, {})[person.id] = person
        return {login: next(iter(its.values())) for login, its in found.items() if len(its) == 1}

    def of_identity(self, identity: str) -> Person | None:
        """The person behind an identity of the history.

        That is a person's id, `mail:ADDRESS` or `account:FORGE:ID:LOGIN`.
        """
        if identity.startswith(MAIL):
            return self.of_email(identity.removeprefix(MAIL))
        if identity.startswith(ACCOUNT):
            forge, id_, login = identity.removeprefix(ACCOUNT).split(":", 2)
            return self.of_account(Account(forge, id_, login))
        return self.by_id.get(identity)

    def new_pins(self, accounts: Iterable[Account]) -> Mapping[tuple[str, str], str]:
        """Accounts of known people whose immutable id is seen for the first time."""
        return {
            (account.forge, account.login.lower()): account.id
            for account in accounts
            if (account.forge, account.login.lower()) in self._by_login
            and (account.forge, account.login.lower()) not in self.pins
        }


MAIL, ACCOUNT = "mail:", "account:"


def mail_identity(email: str) -> str:
    """An identity for an address that belongs to nobody known (yet)."""
    return MAIL + email.lower()


def account_identity(account: Account) -> str:
    """An identity for an account, which may belong to somebody known or not (yet)."""
    return f"{ACCOUNT}{account.forge}:{account.id}:{account.login}"
