"""The doctor: what is wrong with an installation, each with what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CountersignError, Refused
from bot.forges.base import Forge
from bot.forges.guarantees import Finding, Guaranteeing, Standing
from bot.forges.naming import names_nobody_has
from bot.policies import Policies, Rulebook
from bot.slack.client import asked
from bot.slack.members import members
from bot.slack.scopes import LOOKING_BACK, SCOPES
from bot.troubles import CLOCK, of_clock
from routing.people import Person
from routing.policy import Policy
from routing.rules.requirements import alternatives

AtHand = Callable[[], Awaitable[Sequence[Finding]]]

SLACK = "Slack"
LATER = "try again in a moment"
REINSTALL = "paste manifest.yml into the app’s page (App Manifest), save, and install it again"


class Doctor:
    """Looks at Slack, the files and the forges; changes nothing.

    `at_hand` tells what is known without asking anybody: of the database, and of a running bot.
    """

    def __init__(
        self,
        slack: AsyncWebClient | None,
        policies: Policies,
        forges: Mapping[str, Forge],
        at_hand: AtHand,
        *,
        app_token: str | None = None,
    ) -> None:
        self._slack = slack
        self._policies = policies
        self._forges = forges
        self._at_hand = at_hand
        self._app_token = app_token

    async def examine(self) -> tuple[Finding, ...]:
        """Everything that was found, what is open first."""
        # These are asked below: what is known of them by hearsay would be said twice.
        asked_anew = {CLOCK, *self._forges}
        known = (one for one in await self._at_hand() if one.project not in asked_anew)
        found = [*known, *of_people(self._policies.current)]
        if self._slack is not None:
            found += await self._of_slack(self._slack)
        for name, forge in self._forges.items():
            found += await _of_forge(name, forge)
            found += await _of_names(name, forge, self._policies.current)
        order = (Standing.OPEN, Standing.NOTE, Standing.HOLDS)
        return tuple(sorted(found, key=lambda one: order.index(one.standing)))

    async def _of_slack(self, slack: AsyncWebClient) -> list[Finding]:
        try:
            answer = await asked(slack.auth_test())
        except Refused as exc:
            cure = "copy SLACK_BOT_TOKEN anew from OAuth & Permissions"
            return [Finding(SLACK, Standing.OPEN, f"the token does not work: {exc}", cure)]
        except CountersignError as exc:
            return [Finding(SLACK, Standing.OPEN, f"it cannot be asked: {exc}", LATER)]
        granted = _granted(answer.headers)
        found = [*of_clock(slack), *of_scopes(granted), *await self._of_socket(slack)]
        found += await self._of_members(slack)
        found += await self._of_channels(slack)
        return found

    async def _of_socket(self, slack: AsyncWebClient) -> list[Finding]:
        """Whether Slack would let us connect by Socket Mode, where that is how it comes."""
        if not self._app_token:
            return []
        try:
            await asked(slack.apps_connections_open(app_token=self._app_token))
        except Refused as exc:
            cure = (
                "switch Socket Mode on, and copy SLACK_APP_TOKEN anew: Basic Information → "
                "App-Level Tokens, scope connections:write"
            )
            return [Finding(SLACK, Standing.OPEN, f"Socket Mode does not work: {exc}", cure)]
        except CountersignError as exc:
            return [Finding(SLACK, Standing.OPEN, f"Socket Mode cannot be tried: {exc}", LATER)]
        return [Finding(SLACK, Standing.HOLDS, "Socket Mode works")]

    async def _of_members(self, slack: AsyncWebClient) -> list[Finding]:
        """People whom Slack no longer knows, has deactivated or made guests, or nobody linked."""
        people = self._policies.current.people
        found: list[Finding] = []
        try:
            users = {str(user["id"]): user async for user in members(slack)}
            addresses = {_address(user): user_id for user_id, user in users.items()}
            for person in people:
                if not person.active:
                    continue
                if person.slack is None:
                    found += _suggested(person, addresses, people)
                    continue
                state = _state(users.get(person.slack) or await _user(slack, person.slack))
                if state is not None:
                    cure = "set `active: false` for them, or write the right Slack id"
                    sentence = f"{person.name} ({person.slack}) {state}"
                    found.append(Finding("people", Standing.OPEN, sentence, cure))
        except CountersignError as exc:
            return [*found, Finding(SLACK, Standing.OPEN, f"people cannot be looked up: {exc}")]
        return found

    async def _of_channels(self, slack: AsyncWebClient) -> list[Finding]:
        """Channels of the policy that are not there, or that we are not in."""
        wanted = channels_of(self._policies.current.policy)
        if not wanted:
            return []
        try:
            known = await _channels(slack)
        except CountersignError as exc:
            sentence = f"whether we are in {', '.join(wanted)} cannot be told: {exc}"
            return [Finding(SLACK, Standing.NOTE, sentence, REINSTALL)]
        found: list[Finding] = []
        for name in wanted:
            channel = known.get(name)
            if channel is None:
                sentence = f"there is no channel {name}, or it is private and we are not in it"
                cure = f"make it, or write another; then /invite @Countersign in {name}"
                found.append(Finding(name, Standing.OPEN, sentence, cure))
            elif not channel.get("is_member"):
                cure = f"/invite @Countersign in {name}"
                found.append(Finding(name, Standing.OPEN, f"we are not in {name}", cure))
        return found


def of_people(rulebook: Rulebook) -> Iterator[Finding]:
    """People whose word cannot count for want of a link, and teams and leads that are nobody."""
    for person in rulebook.people:
        if not person.active or person.bot:
            continue
        lacks = [
            what
            for what, there in (
                ("Slack account", person.slack),
                ("account on a forge", person.logins),
                ("address", person.emails),
            )
            if not there
        ]
        if lacks:
            sentence = f"{person.name} has no {' and no '.join(lacks)}"
            yield Finding("people", Standing.NOTE, sentence, f"add it to {person.id}’s entry")
    yield from _leads(rulebook)
    yield from _teams(rulebook)


def _leads(rulebook: Rulebook) -> Iterator[Finding]:
    active = {one.id for one in rulebook.people if one.active}
    for domain in rulebook.policy.domains:
        if domain.lead is not None and domain.lead not in active:
            sentence = f"{domain.lead}, the lead of {domain.name}, has left"
            yield Finding("policy", Standing.OPEN, sentence, "name another lead")


def _teams(rulebook: Rulebook) -> Iterator[Finding]:
    """Teams that the policy asks for and that have no active member."""
    active = [one for one in rulebook.people if one.active and not one.bot]
    for team in teams_of(rulebook.policy):
        if not any(person.is_in(team) for person in active):
            sentence = f"nobody active is in the team {team}, which the policy asks for"
            yield Finding("people", Standing.OPEN, sentence, "add somebody to its members")


def teams_of(policy: Policy) -> Sequence[str]:
    """Every team that a rule asks for, once."""
    found = (
        team
        for rule in policy.rules
        for way in alternatives(rule.require)
        for place in way
        for team in place.qualification.teams
    )
    return tuple(dict.fromkeys(found))


def channels_of(policy: Policy) -> Sequence[str]:
    """Every channel that the policy names, once."""
    named = (
        policy.review.channel,
        *(domain.channel for domain in policy.domains),
        *(digest.channel for digest in policy.digests),
    )
    return tuple(dict.fromkeys(name for name in named if name))


def of_scopes(granted: frozenset[str]) -> Iterator[Finding]:
    """How the installed app differs from the manifest; nothing when Slack does not tell."""
    if not granted:
        return
    missing, extra = sorted(SCOPES - granted), sorted(granted - SCOPES - LOOKING_BACK)
    if missing:
        sentence = f"the installed app lacks {', '.join(missing)}"
        yield Finding(SLACK, Standing.OPEN, sentence, REINSTALL)
    if extra:
        sentence = f"the installed app may do more than it needs: {', '.join(extra)}"
        yield Finding(SLACK, Standing.NOTE, sentence, REINSTALL)
    if not missing and not extra:
        yield Finding(SLACK, Standing.HOLDS, "the installed app has the manifest’s scopes")


def _suggested(
    person: Person, addresses: Mapping[str, str], people: Iterable[Person]
) -> Iterator[Finding]:
    """Whose Slack account it may be, by an address; addresses can be forged: it links nobody."""
    for email in person.emails:
        user = addresses.get(email.lower())
        if user is None:
            continue
        other = next((one.name for one in people if one.slack == user), None)
        if other is not None:
            sentence = f"{email} is {person.name}’s address here, but in Slack {other}’s ({user})"
            cure = f"see who is who: {person.id}’s addresses, or {other}’s Slack id"
            yield Finding("people", Standing.OPEN, sentence, cure)
        else:
            sentence = f"{person.name} may be {user} in Slack, by the address {email}"
            yield Finding("people", Standing.NOTE, sentence, f"if so, add `slack: {user}`")
        return


def _address(user: Mapping[str, Any]) -> str:
    """The address of somebody who is there; empty for everybody else."""
    gone = user.get("deleted") or user.get("is_bot")
    return "" if gone else str((user.get("profile") or {}).get("email") or "").lower()


async def _user(slack: AsyncWebClient, user: str) -> Mapping[str, Any] | None:
    """Somebody who is not among the members: of another workspace, or nobody at all."""
    try:
        found: Mapping[str, Any] = (await asked(slack.users_info(user=user)))["user"]
    except Refused:
        return None
    return found


async def _of_forge(name: str, forge: Forge) -> list[Finding]:
    found: list[Finding] = []
    try:
        account = await forge.check()
        found.append(Finding(name, Standing.HOLDS, f"we are {account} there"))
        if isinstance(forge, Guaranteeing):
            for project in await forge.projects():
                found += await forge.guarantees(project)
    except CountersignError as exc:
        found.append(Finding(name, Standing.OPEN, f"it cannot be asked: {exc}"))
    return found


async def _of_names(name: str, forge: Forge, rulebook: Rulebook) -> list[Finding]:
    """What the policy names and the forge has not; where it cannot be asked, that is said above."""
    try:
        said = await names_nobody_has(rulebook, (forge,))
    except CountersignError:
        return []
    cure = "make it, or write the name as it is there"
    return [Finding(name, Standing.NOTE, one, cure) for one in said]


async def _channels(slack: AsyncWebClient) -> Mapping[str, dict[str, Any]]:
    """Channels by name and by id."""
    known: dict[str, dict[str, Any]] = {}
    cursor = ""
    while True:
        answer = await asked(
            slack.conversations_list(
                exclude_archived=True,
                limit=200,
                types="public_channel,private_channel",
                cursor=cursor,
            )
        )
        for channel in answer["channels"]:
            known[f"#{channel['name']}"] = known[channel["id"]] = channel
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return known


def _granted(headers: Mapping[str, str]) -> frozenset[str]:
    """The scopes that Slack's answer names in its headers."""
    said = next((text for name, text in headers.items() if name.lower() == "x-oauth-scopes"), "")
    return frozenset(part.strip() for part in said.split(",") if part.strip())


def _state(user: Mapping[str, Any] | None) -> str | None:
    if user is None:
        return "is unknown to Slack"
    if user.get("deleted"):
        return "is deactivated in Slack"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "is a guest in Slack and cannot decide"
    if user.get("is_bot"):
        return "is a bot in Slack"
    return None


def is_well(found: Iterable[Finding]) -> bool:
    """Whether nothing is open."""
    return all(one.standing is not Standing.OPEN for one in found)
