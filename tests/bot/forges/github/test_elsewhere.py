"""Where GitHub points elsewhere: other addresses, repositories that moved or are not ours."""

from __future__ import annotations

import pytest
from aiohttp import web

from bot.errors import Refused, Retryable
from bot.forges.github.adapter import GitHub
from routing.effects import GateState, SetGate
from routing.model import Ref
from tests.standins.github.site import GitHubStandIn

SHOP = "acme/shop"


def ref_to(number: int) -> Ref:
    return Ref("github", SHOP, number)


def success(github: GitHubStandIn, number: int, text: str = "Approved.") -> SetGate:
    return SetGate(ref_to(number), github.head(number), "main", GateState.SUCCESS, text)


async def test_a_repository_that_is_not_configured_is_not_even_asked_for(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.another("acme/infra")
    with pytest.raises(Refused, match="acme/infra"):
        await forge.open_merge_requests("acme/infra")
    assert github.requests == []


async def test_a_page_at_another_address_is_not_fetched(
    github: GitHubStandIn, forge: GitHub
) -> None:
    for number in range(101):
        github.open_pull("ana", f"feat-{number}", files={"a": "1"})
    async with GitHubStandIn() as elsewhere:
        github.server.url = elsewhere.url
        with pytest.raises(Refused, match="GITHUB_API_URL"):
            await forge.open_merge_requests(SHOP)
        assert elsewhere.requests == []


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_to_another_host_is_not_followed(
    github: GitHubStandIn, forge: GitHub, status: int
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    kinds = {301: web.HTTPMovedPermanently, 302: web.HTTPFound, 307: web.HTTPTemporaryRedirect}
    async with GitHubStandIn() as elsewhere:
        target = elsewhere.url.replace("127.0.0.1", "localhost")

        def redirect(_method: str, path: str) -> None:
            raise kinds[status](target + path)

        github.faults.meanwhile = redirect
        with pytest.raises((Refused, Retryable)):
            await forge.set_gate(success(github, number))
        with pytest.raises((Refused, Retryable)):
            await forge.change(ref_to(number))
        assert elsewhere.requests == []


async def test_a_renamed_repository_is_named(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.rename_repository(SHOP, "acme/store")
    with pytest.raises(Refused, match="acme/store"):
        await forge.change(ref_to(number))
    with pytest.raises(Refused, match="acme/store"):
        await forge.check()


async def test_a_gate_that_a_renamed_repository_did_not_take_is_not_taken_for_set(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    pending = SetGate(ref_to(number), github.head(number), "main", GateState.PENDING, "Waiting.")
    github.rename_repository(SHOP, "acme/store")
    with pytest.raises(Refused, match="renamed"):
        await forge.set_gate(pending)
    with pytest.raises(Refused, match="renamed"):
        await forge.comment(ref_to(number), "Asked bo.", "ask-1")
    for write in (forge.request_reviewers, forge.withdraw_reviewers):
        with pytest.raises(Refused, match="acme/store"):
            await write(ref_to(number), ["bo"])
    assert github.gate(number) is None
