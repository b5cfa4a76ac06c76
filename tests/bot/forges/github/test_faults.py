"""What goes wrong on the way to GitHub: errors, limits, lost answers, slow ones."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from github import Auth, BadAttributeException, GithubException, IncompletableObject
from github.Requester import Requester

from bot.allowance import Allowance
from bot.clock import StoryClock
from bot.errors import Misconfigured, NotYet, Refused, Retryable
from bot.forges.github.adapter import GitHub, open_github
from bot.forges.github.auth import Clients
from bot.forges.github.errors import translated
from routing.effects import GateState, SetGate
from routing.model import Ref
from tests.builders import NOW
from tests.standins.github.site import GitHubStandIn

SHOP = "acme/shop"
DATA = Path(__file__).parents[3] / "data" / "github"
REFUSALS = json.loads((DATA / "refusals.json").read_text(encoding="utf-8"))


def ref_to(number: int) -> Ref:
    return Ref("github", SHOP, number)


def success(github: GitHubStandIn, number: int, text: str = "Approved.") -> SetGate:
    return SetGate(ref_to(number), github.head(number), "main", GateState.SUCCESS, text)


# --- errors become ours


@pytest.mark.parametrize("case", REFUSALS, ids=[case["name"] for case in REFUSALS])
def test_an_error_says_whether_to_try_again_and_what_to_do(case: dict[str, Any]) -> None:
    body = {"message": case["message"]}
    fault = Requester.createException(case["status"], case["headers"], body)
    error = translated(fault, "reading acme/shop")
    if case["retry"]:
        assert isinstance(error, Retryable)
        assert error.after == case["after"]
    else:
        assert isinstance(error, Refused)
        assert case["says"] in str(error)
    assert "reading acme/shop" in str(error)


@pytest.mark.parametrize(
    "fault", [BadAttributeException("a", {}, None), IncompletableObject(400), TypeError("indices")]
)
def test_an_answer_that_makes_no_sense_may_make_sense_later(fault: Exception) -> None:
    assert isinstance(translated(fault, "reading"), Retryable)


def test_an_answer_that_is_no_object_is_still_told() -> None:
    error = translated(GithubException(500, "<html>", None), "reading")
    assert isinstance(error, Retryable)


async def test_an_outage_is_retryable(github: GitHubStandIn, forge: GitHub) -> None:
    github.down = True
    with pytest.raises(Retryable):
        await forge.open_merge_requests(SHOP)


async def test_without_the_record_of_bases_no_review_is_told(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.review(number, "bo", "APPROVE")
    github.faults.graphql_limited = True
    with pytest.raises(Retryable, match="GraphQL quota"):
        await forge.reviews(ref_to(number))
    github.faults.graphql_limited = False
    assert len(await forge.reviews(ref_to(number))) == 1


@pytest.mark.parametrize(
    ("error", "retry"),
    [
        ({"message": "Something went wrong while executing your query on 2026-11-16"}, True),
        ({"type": "INSUFFICIENT_SCOPES", "message": "Your token has not been granted"}, False),
        ({"message": "Field 'baseRefName' doesn't exist on type 'PullRequest'"}, False),
    ],
)
def test_what_graphql_finds_fault_with_is_told(error: dict[str, str], *, retry: bool) -> None:
    fault = GithubException(400, {"errors": [error]}, {})
    told = translated(fault, "reading acme/shop")
    assert isinstance(told, Retryable if retry else Refused)
    assert retry or error["message"] in str(told)


async def test_nobody_listening_is_retryable(unused_tcp_port: int) -> None:
    forge = open_github([SHOP], token="t", api_url=f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(Retryable):
        await forge.open_merge_requests(SHOP)
    await forge.close()


async def test_the_secondary_limit_says_how_long_and_nothing_is_asked_meanwhile(
    github: GitHubStandIn,
) -> None:
    clock = StoryClock(NOW)
    allowed = Allowance(clock)
    forge = open_github([SHOP], token=github.token, api_url=github.url, allowance=allowed)
    github.rate_limited(retry_after=7)
    for _ in range(2):
        with pytest.raises(NotYet) as caught:
            await forge.open_merge_requests(SHOP)
        assert caught.value.after == 7
    assert len(github.requests) == 1
    github.rate_limited()
    clock.move_to(NOW + timedelta(seconds=7))
    assert list(await forge.open_merge_requests(SHOP)) == []
    await forge.close()


async def test_the_hourly_limit_says_how_long_by_githubs_clock() -> None:
    # A world whose clock is far from ours: only the distance on their clock may count.
    async with GitHubStandIn() as github:
        start = github.now() - timedelta(days=3000)
        github.now = github.server.now = lambda: start
        github.rate_limited(until=start + timedelta(minutes=10))
        forge = open_github([SHOP], token=github.token, api_url=github.url)
        with pytest.raises(Retryable) as caught:
            await forge.open_merge_requests(SHOP)
        await forge.close()
    assert caught.value.after is not None
    assert 600 <= caught.value.after <= 602


async def test_a_wrong_token_names_the_setting(github: GitHubStandIn) -> None:
    forge = open_github([SHOP], token="wrong", api_url=github.url)
    with pytest.raises(Refused, match="GITHUB_TOKEN"):
        await forge.check()
    await forge.close()


async def test_check_names_every_repository_it_cannot_open(github: GitHubStandIn) -> None:
    projects = [SHOP, "acme/gone", "acme/lost"]
    forge = open_github(projects, token=github.token, api_url=github.url)
    with pytest.raises(Refused) as caught:
        await forge.check()
    await forge.close()
    assert [name for name in projects if name in str(caught.value)] == projects[1:]


async def test_check_tells_who_we_are(forge: GitHub) -> None:
    assert await forge.check() == "countersign-bot"


async def test_without_repositories_nothing_is_checked(github: GitHubStandIn) -> None:
    forge = open_github([], token=github.token, api_url=github.url)
    with pytest.raises(Refused, match="GITHUB_REPOSITORIES"):
        await forge.check()
    await forge.close()


def test_without_credentials_there_is_no_forge() -> None:
    with pytest.raises(Misconfigured, match="GITHUB_TOKEN"):
        open_github([SHOP])


# --- writes happen once


async def test_a_failed_write_is_not_repeated_by_the_client(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.fail_next(1, method="POST")
    with pytest.raises(Retryable):
        await forge.set_gate(success(github, number))
    assert [method for method, _ in github.requests].count("POST") == 1


async def test_a_gate_whose_answer_was_lost_is_found_on_the_second_try(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.faults.lost_answers = 1
    with pytest.raises(Retryable):
        await forge.set_gate(success(github, number))
    assert await forge.set_gate(success(github, number))
    assert len(github.statuses[github.head(number)]) == 1


async def test_a_comment_whose_answer_was_lost_is_found_on_the_second_try(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.faults.lost_answers = 1
    with pytest.raises(Retryable):
        await forge.comment(ref_to(number), "Asked bo.", "ask-1")
    await forge.comment(ref_to(number), "Asked bo.", "ask-1")
    assert len(github.comments(number)) == 1


async def test_our_comment_is_found_behind_a_page_of_others(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    for remark in range(100):
        github.say(number, "ana", f"Remark {remark}")
    await forge.comment(ref_to(number), "Asked bo.", "ask-1")
    await forge.comment(ref_to(number), "Asked bo.", "ask-1")
    assert len(github.comments(number)) == 101


async def test_the_same_status_by_somebody_else_is_not_ours(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.set_status(github.head(number), "success", by="bo", description="Approved.")
    assert await forge.set_gate(success(github, number))
    assert github.statuses[github.head(number)][-1].creator.login == "countersign-bot"


async def test_a_success_by_somebody_else_is_overruled(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    pending = SetGate(ref_to(number), github.head(number), "main", GateState.PENDING, "Waiting.")
    assert await forge.set_gate(pending)
    github.set_status(github.head(number), "success", by="ana", description="Waiting.")
    assert await forge.set_gate(pending)
    assert github.gate(number) == "pending"


async def test_our_gate_is_found_behind_a_page_of_other_statuses(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    assert await forge.set_gate(success(github, number))
    for job in range(100):
        github.set_status(github.head(number), "success", by="bo", context=f"ci/{job}")
    assert await forge.set_gate(success(github, number))
    assert len(github.statuses[github.head(number)]) == 101


async def test_a_gate_for_a_commit_that_is_not_there_is_refused(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    gate = SetGate(ref_to(number), "0" * 40, "main", GateState.PENDING, "Waiting.")
    with pytest.raises(Refused, match="No commit found"):
        await forge.set_gate(gate)


async def test_people_already_asked_are_not_asked_again(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.ask(number, "bo")
    assert await forge.request_reviewers(ref_to(number), ["BO"]) == ()
    assert ("POST", f"/repos/{SHOP}/pulls/{number}/requested_reviewers") not in github.requests


async def test_the_author_cannot_be_asked(github: GitHubStandIn, forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    assert await forge.request_reviewers(ref_to(number), ["ana"]) == ("ana",)
    assert [method for method, _ in github.requests].count("POST") == 1


async def test_withdrawing_from_people_not_asked_writes_nothing(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    await forge.withdraw_reviewers(ref_to(number), ["bo"])
    assert [method for method, _ in github.requests] == ["GET"]


async def test_a_missing_right_is_not_taken_for_unwilling_people(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.people["countersign-bot"].access = "read"
    with pytest.raises(Refused, match="may not do this"):
        await forge.request_reviewers(ref_to(number), ["bo"])


async def test_a_very_long_comment_is_cut_rather_than_lost(
    github: GitHubStandIn, forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    await forge.comment(ref_to(number), "x" * 70_000, "long")
    (text,) = github.comments(number)
    assert len(text) == 65_536


# --- threads


async def test_no_client_serves_two_threads(github: GitHubStandIn) -> None:
    # PyGithub keeps the request that it is about to send on its connection.
    clients = Clients("github", github.url, Auth.Token(github.token))
    here = clients.repository(SHOP).requester
    there = await asyncio.to_thread(lambda: clients.repository(SHOP).requester)
    assert here is not there
    assert clients.repository(SHOP).requester is here


async def test_a_slow_answer_does_not_hold_up_the_loop(
    github: GitHubStandIn, forge: GitHub
) -> None:
    github.faults.road.clear()
    listing = asyncio.create_task(forge.open_merge_requests(SHOP))
    await github.faults.arrived.wait()  # the stand-in lives in this very loop
    assert not listing.done()
    github.faults.road.set()
    assert list(await listing) == []


async def test_calls_side_by_side_do_not_mix_up_their_requests(
    github: GitHubStandIn, forge: GitHub
) -> None:
    numbers = [github.open_pull("ana", f"feat-{i}", files={f"f{i}": "1"}) for i in range(16)]
    gates = [success(github, number, f"Approved number {number}.") for number in numbers]
    assert all(await asyncio.gather(*(forge.set_gate(gate) for gate in gates)))
    said = {number: github.gate_description(number) for number in numbers}
    assert said == {number: f"Approved number {number}." for number in numbers}


async def test_a_closed_forge_has_no_threads_left(github: GitHubStandIn) -> None:
    forge = open_github([SHOP], token=github.token, api_url=github.url)
    await forge.check()
    await forge.close()
    with pytest.raises(RuntimeError, match="after shutdown"):
        await forge.check()
