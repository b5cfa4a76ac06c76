"""The doctor finds what is wrong, says what to do about it, and is content when nothing is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import StoryClock
from bot.doctor import Doctor, is_well, of_scopes
from bot.forges.guarantees import Finding, Standing
from bot.playground.nouns import User
from bot.playground.server import Playground
from bot.slack.client import open_client
from bot.slack.scopes import LOOKING_BACK, SCOPES
from bot.troubles import of_files
from tests.bot.fakes import POLICY, files_in, nothing_at_hand

MANIFEST = Path(__file__).parents[3] / "manifest.yml"
TEAM = """\
people:
  - {id: ana, name: Ana, slack: U0ANA, github: ana, emails: [ana@example.com]}
  - {id: dana, name: Dana, slack: U0DANA, github: dana, emails: [dana@example.com]}
"""


async def open_ones(
    folder: Path, client: AsyncWebClient, *, policy: str = POLICY, people: str = TEAM
) -> list[str]:
    found = await Doctor(client, files_in(folder, policy, people), {}, nothing_at_hand).examine()
    return [one.sentence for one in found if one.standing is Standing.OPEN]


async def test_a_whole_installation_is_well(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    assert playground.workspace.scopes == SCOPES
    found = await Doctor(client, files_in(tmp_path, POLICY, TEAM), {}, nothing_at_hand).examine()
    assert is_well(found)
    assert found


async def test_a_missing_scope_is_named_with_what_to_do(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    playground.workspace.scopes = SCOPES - {"im:write"}
    assert "the installed app lacks im:write" in await open_ones(tmp_path, client)


def test_no_more_is_asked_for_than_to_read_what_is_said_to_the_bot() -> None:
    assert not [scope for scope in SCOPES if scope.endswith(":history")]
    assert is_well(list(of_scopes(SCOPES | LOOKING_BACK)))


def test_a_scope_too_many_is_worth_knowing() -> None:
    (one,) = of_scopes(SCOPES | {"files:read"})
    assert (one.standing, "files:read" in one.sentence) == (Standing.NOTE, True)


async def test_a_channel_the_bot_is_not_in_is_named(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    playground.workspace.add_channel("#money", ["U0ANA"], invite_bot=False)
    policy = POLICY.replace('channel: "#reviews", ask', 'channel: "#money", ask')
    assert "we are not in #money" in await open_ones(tmp_path, client, policy=policy)


async def test_a_channel_that_is_not_there_is_named(tmp_path: Path, client: AsyncWebClient) -> None:
    policy = POLICY.replace('channel: "#reviews", ask', 'channel: "#nowhere", ask')
    (said,) = await open_ones(tmp_path, client, policy=policy)
    assert "there is no channel #nowhere" in said


@pytest.mark.parametrize(
    ("slack", "said"),
    [
        ("U0GONE", "is deactivated in Slack"),
        ("U0GUEST", "is a guest in Slack"),
        ("U0NOBODY", "is unknown to Slack"),
    ],
)
async def test_people_who_have_left_are_named(
    tmp_path: Path, client: AsyncWebClient, slack: str, said: str
) -> None:
    people = TEAM.replace("U0DANA", slack)
    (found,) = await open_ones(tmp_path, client, people=people)
    assert found.startswith(f"Dana ({slack}) {said}")


async def test_a_team_without_members_is_named(tmp_path: Path, client: AsyncWebClient) -> None:
    policy = POLICY.replace("from: {min_tenure: 5y}", "from: {teams: [sre]}")
    people = (
        TEAM.rstrip()
        + "\n  - {id: old, name: Old, active: false}\nteams: {sre: {members: [old]}}\n"
    )
    assert any(
        "nobody active is in the team sre" in said
        for said in await open_ones(tmp_path, client, policy=policy, people=people)
    )


async def test_people_without_links_are_worth_knowing(
    tmp_path: Path, client: AsyncWebClient
) -> None:
    people = TEAM + "  - {id: kim, name: Kim}\n"
    found = await Doctor(client, files_in(tmp_path, POLICY, people), {}, nothing_at_hand).examine()
    said = "Kim has no Slack account and no account on a forge and no address"
    assert Finding("people", Standing.NOTE, said, "add it to kim’s entry") in found


async def test_whose_account_it_may_be_is_suggested_by_an_address(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    playground.workspace.add_user(User("U0KIM", "kim", "Kim Roy", email="kim@example.com"))
    people = TEAM + "  - {id: kim, name: Kim, github: kim, emails: [kim@example.com]}\n"
    found = await Doctor(client, files_in(tmp_path, POLICY, people), {}, nothing_at_hand).examine()
    assert any("Kim may be U0KIM in Slack" in one.sentence for one in found)


async def test_an_address_that_is_somebody_elses_in_slack_is_ambiguous(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    playground.workspace.add_user(User("U0DANA", "dana", "Dana Ng", email="kim@example.com"))
    people = TEAM + "  - {id: kim, name: Kim, github: kim, emails: [kim@example.com]}\n"
    (said,) = await open_ones(tmp_path, client, people=people)
    assert said == "kim@example.com is Kim’s address here, but in Slack Dana’s (U0DANA)"


@pytest.mark.parametrize("own", ["slack: U0DANA", "github: dana", "emails: [dana@example.com]"])
async def test_what_two_people_claim_as_theirs_is_ambiguous(
    tmp_path: Path, client: AsyncWebClient, own: str
) -> None:
    policies = files_in(tmp_path, POLICY, TEAM)
    file = tmp_path / "people.yml"
    file.write_text(TEAM + f"  - {{id: kim, name: Kim, {own}}}\n", "utf-8")
    policies.reload()

    async def at_hand() -> tuple[Finding, ...]:
        return tuple(of_files(policies))

    found = await Doctor(client, policies, {}, at_hand).examine()
    first = next(one for one in found if one.standing is Standing.OPEN)
    assert "this is written more than once (lines 3, 4)" in first.sentence


async def test_socket_mode_that_works_is_said_and_so_is_a_token_that_does_not(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    async def look(token: str) -> list[Finding]:
        files = files_in(tmp_path, POLICY, TEAM)
        found = await Doctor(client, files, {}, nothing_at_hand, app_token=token).examine()
        return [one for one in found if "Socket Mode" in one.sentence]

    (works,) = await look(playground.app_token)
    (fails,) = await look("xapp-wrong")
    assert (works.standing, fails.standing) == (Standing.HOLDS, Standing.OPEN)
    assert "connections:write" in fails.cure


async def test_a_clock_that_is_wrong_is_said_once(
    tmp_path: Path, playground: Playground, clock: StoryClock
) -> None:
    late = StoryClock(clock.now() - timedelta(minutes=9))
    client = open_client(playground.bot_token, playground.api_url, late, paced=False)

    async def at_hand() -> tuple[Finding, ...]:
        return (Finding("clock", Standing.OPEN, "as it was a minute ago"),)

    found = await Doctor(client, files_in(tmp_path, POLICY, TEAM), {}, at_hand).examine()
    (said,) = [one for one in found if one.project == "clock"]
    assert said.sentence == "this machine's is 9 minutes behind Slack's"


async def test_a_token_that_does_not_work_is_said(
    tmp_path: Path, client: AsyncWebClient, playground: Playground
) -> None:
    client.token = "xoxb-wrong"
    (said,) = await open_ones(tmp_path, client)
    assert "the token does not work" in said
    assert playground.workspace.scopes == SCOPES


async def test_hundreds_of_people_are_looked_up_within_slacks_limits(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    people = TEAM
    for number in range(300):
        own = f"U0N{number}"
        email = f"n{number}@example.com"
        playground.workspace.add_user(User(own, own.lower(), own, email=email))
        linked = f", slack: {own}" if number % 2 else ""
        people += f"  - {{id: n{number}, name: N{number}, emails: [{email}]{linked}}}\n"
    playground.limits_on = True
    found = await Doctor(client, files_in(tmp_path, POLICY, people), {}, nothing_at_hand).examine()
    assert is_well(found)
    assert sum("may be U0N" in one.sentence for one in found) == 150


async def test_slack_that_is_down_is_no_reason_to_accuse_anybody(
    tmp_path: Path, playground: Playground, client: AsyncWebClient
) -> None:
    playground.down = True
    (said,) = await open_ones(tmp_path, client)
    assert said.startswith("it cannot be asked: Slack is in trouble")


def test_the_manifest_asks_for_what_the_doctor_expects_and_the_playground_grants() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
