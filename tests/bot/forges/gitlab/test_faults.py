"""What goes wrong on the way to GitLab: errors, limits, lost answers, redirects, moved names."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from gitlab.exceptions import GitlabHttpError, GitlabParsingError

from bot.allowance import Allowance
from bot.clock import StoryClock
from bot.errors import Misconfigured, NotYet, Refused, Retryable
from bot.forges.gitlab.adapter import GitLab, open_gitlab
from bot.forges.gitlab.errors import translated
from bot.forges.gitlab.session import Elsewhere, Session
from routing.effects import GateState, SetGate
from routing.model import Ref
from tests.builders import NOW
from tests.standins.gitlab.site import GitLabStandIn
from tests.standins.gitlab.state import REPORTER

SHOP = "acme/shop"
DATA = Path(__file__).parents[3] / "data" / "gitlab"
REFUSALS = json.loads((DATA / "refusals.json").read_text(encoding="utf-8"))


def ref_to(iid: int) -> Ref:
    return Ref("gitlab", SHOP, iid)


def success(gitlab: GitLabStandIn, iid: int, text: str = "Approved.") -> SetGate:
    return SetGate(ref_to(iid), gitlab.head(iid), "main", GateState.SUCCESS, text)


# --- errors become ours


@pytest.mark.parametrize("case", REFUSALS, ids=[case["name"] for case in REFUSALS])
def test_an_error_says_whether_to_try_again_and_what_to_do(case: dict[str, Any]) -> None:
    error = translated(GitlabHttpError(case["message"], case["status"]), "reading acme/shop")
    if case["retry"]:
        assert isinstance(error, Retryable)
    else:
        assert isinstance(error, Refused)
        assert case["says"] in str(error)
    assert "reading acme/shop" in str(error)


@pytest.mark.parametrize("fault", [GitlabParsingError("?"), KeyError("sha"), TypeError("indices")])
def test_an_answer_that_makes_no_sense_may_make_sense_later(fault: Exception) -> None:
    assert isinstance(translated(fault, "reading"), Retryable)


async def test_an_outage_is_retryable_and_over_when_it_is_over(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.faults.down = True
    with pytest.raises(Retryable):
        await adapter.open_merge_requests(SHOP)
    gitlab.faults.down = False
    assert list(await adapter.open_merge_requests(SHOP)) == []


async def test_nobody_listening_is_retryable(unused_tcp_port: int) -> None:
    adapter = open_gitlab([SHOP], token="t", url=f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(Retryable):
        await adapter.open_merge_requests(SHOP)
    await adapter.close()


async def test_a_limit_says_how_long_and_nothing_is_asked_meanwhile(gitlab: GitLabStandIn) -> None:
    clock = StoryClock(NOW)
    allowed = Allowance(clock)
    adapter = open_gitlab([SHOP], token=gitlab.token, url=gitlab.url, allowance=allowed)
    gitlab.rate_limited(retry_after=7)
    for _ in range(2):
        with pytest.raises(NotYet) as caught:
            await adapter.open_merge_requests(SHOP)
        assert caught.value.after == 7
    assert len(gitlab.requests) == 1  # stock python-gitlab would have tried ten times
    gitlab.rate_limited()
    clock.move_to(NOW + timedelta(seconds=7))
    assert list(await adapter.open_merge_requests(SHOP)) == []
    await adapter.close()


async def test_a_limits_end_is_measured_on_gitlabs_clock() -> None:
    # A world whose clock is far from ours: only the distance on their clock may count.
    async with GitLabStandIn() as gitlab:
        start = gitlab.now() - timedelta(days=3000)
        gitlab.now = gitlab.server.now = lambda: start
        gitlab.rate_limited(until=start + timedelta(minutes=10))
        adapter = open_gitlab([SHOP], token=gitlab.token, url=gitlab.url)
        with pytest.raises(Retryable) as caught:
            await adapter.open_merge_requests(SHOP)
        await adapter.close()
    assert caught.value.after is not None
    assert 600 <= caught.value.after <= 602


async def test_a_wrong_token_names_the_setting(gitlab: GitLabStandIn) -> None:
    adapter = open_gitlab([SHOP], token="wrong", url=gitlab.url)
    with pytest.raises(Refused, match="GITLAB_TOKEN"):
        await adapter.check()
    await adapter.close()


async def test_check_names_every_project_it_cannot_open(gitlab: GitLabStandIn) -> None:
    projects = [SHOP, "acme/gone", "acme/deep/lost"]
    adapter = open_gitlab(projects, token=gitlab.token, url=gitlab.url)
    with pytest.raises(Refused) as caught:
        await adapter.check()
    await adapter.close()
    assert [name for name in projects if name in str(caught.value)] == projects[1:]


async def test_check_tells_who_we_are(adapter: GitLab) -> None:
    assert await adapter.check() == "countersign-bot"


async def test_a_further_hosts_own_setting_is_named(gitlab: GitLabStandIn) -> None:
    adapter = open_gitlab([SHOP], token=gitlab.token, url=gitlab.url, name="gitlab-2")
    with pytest.raises(Refused, match="acme/web is not in GITLAB_PROJECTS_2"):
        await adapter.open_merge_requests("acme/web")
    await adapter.close()


async def test_without_projects_nothing_is_checked(gitlab: GitLabStandIn) -> None:
    adapter = open_gitlab([], token=gitlab.token, url=gitlab.url)
    with pytest.raises(Refused, match="GITLAB_PROJECTS"):
        await adapter.check()
    await adapter.close()


def test_without_a_token_there_is_no_forge() -> None:
    with pytest.raises(Misconfigured, match="GITLAB_TOKEN"):
        open_gitlab([SHOP])


# --- writes happen once


async def test_a_failed_write_is_not_repeated_by_the_client(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.faults.failures.append(("POST", 502))
    with pytest.raises(Retryable):
        await adapter.set_gate(success(gitlab, iid))
    assert [method for method, _ in gitlab.requests].count("POST") == 1


async def test_a_gate_whose_answer_was_lost_is_found_on_the_second_try(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.faults.lost_answers = 1
    with pytest.raises(Retryable):
        await adapter.set_gate(success(gitlab, iid))
    assert await adapter.set_gate(success(gitlab, iid))
    assert len(gitlab.statuses) == 1


async def test_a_comment_whose_answer_was_lost_is_found_on_the_second_try(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    for remark in range(100):  # a page of others before it
        gitlab.say(iid, "ana", f"Remark {remark}")
    gitlab.faults.lost_answers = 1
    with pytest.raises(Retryable):
        await adapter.comment(ref_to(iid), "Asked bo.", "ask-1")
    await adapter.comment(ref_to(iid), "Asked bo.", "ask-1")
    assert len(gitlab.comments(iid)) == 101


async def test_a_gate_for_a_commit_that_is_not_there_is_refused(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gate = SetGate(ref_to(iid), "0" * 40, "main", GateState.PENDING, "Waiting.")
    with pytest.raises(Refused, match="Commit Not Found"):
        await adapter.set_gate(gate)


async def test_a_lesser_role_is_told_from_unwilling_people(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.bot.access = REPORTER
    with pytest.raises(Refused, match="Developer"):
        await adapter.request_reviewers(ref_to(iid), ["bo"])


async def test_people_already_asked_are_not_asked_again(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.ask(iid, "bo")
    assert await adapter.request_reviewers(ref_to(iid), ["BO"]) == ()
    assert "PUT" not in [method for method, _ in gitlab.requests]


async def test_withdrawing_from_people_not_asked_writes_nothing(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    await adapter.withdraw_reviewers(ref_to(iid), ["bo"])
    assert [method for method, _ in gitlab.requests] == ["GET"]


# --- threads


async def test_a_slow_answer_does_not_hold_up_the_loop(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.faults.road.clear()
    listing = asyncio.create_task(adapter.open_merge_requests(SHOP))
    await gitlab.faults.arrived.wait()  # the stand-in lives in this very loop
    assert not listing.done()
    gitlab.faults.road.set()
    assert list(await listing) == []


async def test_calls_side_by_side_do_not_mix_up_their_requests(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iids = [gitlab.open_merge_request("ana", f"feat-{n}", files={f"f{n}": "1"}) for n in range(16)]
    gates = [success(gitlab, iid, f"Approved number {iid}.") for iid in iids]
    assert all(await asyncio.gather(*(adapter.set_gate(gate) for gate in gates)))
    said = {iid: gitlab.gate_description(iid) for iid in iids}
    assert said == {iid: f"Approved number {iid}." for iid in iids}


async def test_a_closed_forge_has_no_threads_left(gitlab: GitLabStandIn) -> None:
    adapter = open_gitlab([SHOP], token=gitlab.token, url=gitlab.url)
    await adapter.check()
    await adapter.close()
    with pytest.raises(RuntimeError, match="after shutdown"):
        await adapter.check()


# --- other addresses


async def test_a_project_that_is_not_configured_is_not_even_asked_for(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    gitlab.another("acme/infra")
    with pytest.raises(Refused, match="acme/infra"):
        await adapter.open_merge_requests("acme/infra")
    assert gitlab.requests == []


async def test_pages_are_read_from_the_configured_address_whatever_the_links_say(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    for number in range(101):
        gitlab.open_merge_request("ana", f"feat-{number}", files={"a": "1"})
    async with GitLabStandIn() as elsewhere:
        gitlab.server.url = elsewhere.url
        assert len(await adapter.open_merge_requests(SHOP)) == 101
        assert elsewhere.requests == []


def test_an_address_outside_the_configured_one_is_not_sent_to(gitlab: GitLabStandIn) -> None:
    session = Session(gitlab.url)
    for address in (f"{gitlab.url}.example.org/api/v4/user", "http://127.0.0.1:9/api/v4/user"):
        with pytest.raises(Elsewhere):
            session.request(method="get", url=address)
    session.close()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed_and_the_token_stays_here(
    gitlab: GitLabStandIn, adapter: GitLab, status: int
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    kinds = {
        301: web.HTTPMovedPermanently,
        302: web.HTTPFound,
        307: web.HTTPTemporaryRedirect,
        308: web.HTTPPermanentRedirect,
    }
    async with GitLabStandIn() as elsewhere:

        def redirect(_method: str, path: str) -> None:
            raise kinds[status](elsewhere.url + path)

        gitlab.faults.meanwhile = redirect
        with pytest.raises(Refused, match="another address"):
            await adapter.set_gate(success(gitlab, iid))
        with pytest.raises(Refused, match="another address"):
            await adapter.change(ref_to(iid))
        assert elsewhere.requests == []


async def test_a_renamed_project_is_told_and_nothing_is_written(
    gitlab: GitLabStandIn, adapter: GitLab
) -> None:
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.rename_project(SHOP, "acme/store")
    with pytest.raises(Refused, match="renamed"):
        await adapter.check()
    for write in (adapter.request_reviewers, adapter.withdraw_reviewers):
        with pytest.raises(Refused, match="renamed"):
            await write(ref_to(iid), ["bo"])
    with pytest.raises(Refused, match="renamed"):
        await adapter.set_gate(success(gitlab, iid))
    assert gitlab.gate(iid) is None
