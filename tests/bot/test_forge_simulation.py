"""Simulating on a forge's past: GitHub's and GitLab's, read as the bot would read them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.errors import Misconfigured, Retryable
from bot.forges.github.adapter import open_github
from bot.forges.gitlab.adapter import open_gitlab
from bot.policies import Rulebook
from bot.simulation.forge import PastForge, Pasts, simulate_forge
from bot.simulation.replay import Simulation
from bot.simulation.report import render_html
from routing.hindsight.simulation import Demand
from storage.database import Storage
from tests.bot.fakes import files_in
from tests.bot.heard import Heard
from tests.bot.test_forge_history import Hurried
from tests.builders import NOW
from tests.standins.branches import NewCommit
from tests.standins.github.site import GitHubStandIn
from tests.standins.gitlab.site import GitLabStandIn

POLICY = """\
version: 1
domains: {payments: {paths: ["pay/**"], critical: true}}
rules:
  - name: ai-in-payments
    when: {ai: true, domains: payments}
    require: {approvals: 1, from: {min_tenure: 5y}}
  - name: everything
    require: {approvals: 1, from: {anyone: true}}
"""
STRICTER = "version: 1\nrules: [{name: two, require: {approvals: 2, from: {anyone: true}}}]\n"
PEOPLE = "people:" + "".join(
    f"\n  - {{id: {who}, name: {who.title()}, github: {who}, gitlab: {who},"
    f" emails: [{who}@example.com], started: {start}-02-01}}"
    for who, start in (("ana", 2024), ("dana", 2017), ("omar", 2025))
)
CLAUDE = "Retry refunds\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
CODE = "x = 1\n" * 30


@dataclass
class Shop:
    """One forge's shop with two merged changes, one of them AI's, which Omar approved."""

    forge: PastForge
    sign: str
    requests: list[tuple[str, str]]
    limited: Callable[[int | None], None]
    goes_down: Callable[[], None]

    async def simulate(
        self, storage: Storage, *rulebooks: Rulebook, heard: Heard | None = None
    ) -> Simulation:
        """What comes of the last 90 days."""
        past = Pasts(self.forge, "acme/shop", storage, Hurried(NOW), heard or Heard())
        return await simulate_forge(past, 90, rulebooks)


def fill_github(github: GitHubStandIn) -> None:
    for login in ("ana", "dana", "omar"):
        github.add_person(login)
    commit = NewCommit(CLAUDE, {"pay/refund.py": CODE}, "ana")
    marked = github.open_pull("ana", "refunds", commits=[commit], title="Retry refunds")
    github.review(marked, "omar", "APPROVE")
    plain = github.open_pull("ana", "docs", files={"a.md": "Hi\n"}, title="Say hi")
    github.review(plain, "omar", "APPROVE")
    for number in (plain, marked):
        github.merge(number, "ana")
    github.open_pull("ana", "open", files={"b.md": "Hi\n"})


def fill_gitlab(gitlab: GitLabStandIn) -> None:
    for login in ("ana", "dana", "omar"):
        gitlab.add_person(login)
    commit = NewCommit(CLAUDE, {"pay/refund.py": CODE}, "ana")
    marked = gitlab.open_merge_request("ana", "refunds", commits=[commit], title="Retry refunds")
    gitlab.approve(marked, "omar")
    plain = gitlab.open_merge_request("ana", "docs", files={"a.md": "Hi\n"}, title="Say hi")
    gitlab.approve(plain, "omar")
    for iid in (plain, marked):
        gitlab.merge(iid, "ana")
    gitlab.open_merge_request("ana", "open", files={"b.md": "Hi\n"})


@pytest.fixture(params=["github", "gitlab"])
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    clock = Hurried(NOW)
    if request.param == "github":
        async with GitHubStandIn(now=clock.now) as github:
            fill_github(github)
            forge = open_github(["acme/shop"], token=github.token, api_url=github.url)
            yield Shop(
                forge, "#", github.requests,
                github.rate_limited, lambda: setattr(github.faults, "down", True),
            )  # fmt: skip
            await forge.close()
    else:
        async with GitLabStandIn(now=clock.now) as gitlab:
            fill_gitlab(gitlab)
            adapter = open_gitlab(["acme/shop"], token=gitlab.token, url=gitlab.url)
            yield Shop(
                adapter, "!", gitlab.requests,
                gitlab.rate_limited, lambda: setattr(gitlab.faults, "down", True),
            )  # fmt: skip
            await adapter.close()


@pytest.fixture
def rulebook(tmp_path: Path) -> Callable[[str], Rulebook]:
    """A policy's text with the people above."""

    def of(policy: str, people: str = PEOPLE) -> Rulebook:
        place = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        place.mkdir()
        return files_in(place, policy, people).current

    return of


Reads = Callable[..., Rulebook]


async def test_what_was_merged_is_decided_and_what_is_open_is_not(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    found = await shop.simulate(storage, rulebook(POLICY))
    ((marked, plain),) = found.outcomes
    assert (marked.id, plain.id) == (f"{shop.sign}1", f"{shop.sign}2")
    assert (marked.author, marked.title) == ("Ana", "Retry refunds")
    assert (marked.ai, marked.demand) == (True, Demand.SENIOR)
    assert (plain.ai, plain.demand) == (False, Demand.ANYONE)
    assert "dana" in marked.asked
    assert found.where == "merged in acme/shop"
    assert not marked.blocks


async def test_it_says_whether_the_approvals_it_had_would_have_been_enough(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    ((marked, plain),) = (await shop.simulate(storage, rulebook(POLICY))).outcomes
    assert (marked.signed, plain.signed) == (False, True)


async def test_both_policies_go_through_the_same_merge_requests(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    found = await shop.simulate(storage, rulebook(POLICY), rulebook(STRICTER))
    now, other = found.outcomes
    assert [one.id for one in now] == [one.id for one in other]
    assert [one.signed for one in other] == [False, False]


async def test_the_page_says_where_they_were_merged(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    found = await shop.simulate(storage, rulebook(POLICY))
    page = " ".join(render_html(found, ("policy.yml",)).split())
    assert "2 merge requests merged in acme/shop" in page
    assert "the approvals it had were enough" in page


async def test_a_second_time_nothing_is_read_again(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    first = await shop.simulate(storage, rulebook(POLICY))
    asked, heard = len(shop.requests), Heard()
    again = await shop.simulate(storage, rulebook(POLICY), heard=heard)
    assert again.outcomes == first.outcomes
    assert ("Reading merge requests", 0) in heard.stages
    assert len(shop.requests) - asked < asked / 2


async def test_a_rate_limit_is_told_and_waited_for(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    heard = Heard()
    shop.limited(30)

    class Patient(Heard):
        def waits(self, why: str, until: object) -> None:
            del until
            heard.waited.append(why)
            shop.limited(None)

    found = await shop.simulate(storage, rulebook(POLICY), heard=Patient())
    assert len(found.outcomes[0]) == 2
    assert "rate limit" in heard.waited[0] or "asked too often" in heard.waited[0]


async def test_a_forge_that_stays_away_is_given_up_and_what_was_read_is_kept(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    class Cut(Heard):
        def begins(self, what: str, count: int | None = None) -> None:
            super().begins(what, count)
            if what == "Reading merge requests":
                shop.goes_down()

    heard = Cut()
    with pytest.raises(Retryable, match="the same command goes on from here"):
        await shop.simulate(storage, rulebook(POLICY), heard=heard)
    assert len(heard.waited) >= 4


async def test_what_the_forge_will_not_show_is_named_and_the_rest_is_decided(
    rulebook: Reads, storage: Storage
) -> None:
    async with GitHubStandIn(now=Hurried(NOW).now) as github:
        fill_github(github)
        forge = open_github(["acme/shop"], token=github.token, api_url=github.url)

        class Barred(Heard):
            def begins(self, what: str, count: int | None = None) -> None:
                super().begins(what, count)
                if what == "Reading merge requests":
                    github.fail_next(1, 451)

        shop = Shop(forge, "#", github.requests, github.rate_limited, lambda: None)
        found = await shop.simulate(storage, rulebook(POLICY), heard=Barred())
        await forge.close()
    assert len(found.outcomes[0]) == 1
    (problem,) = found.unread
    assert "blocked it for legal reasons" in problem


async def test_without_people_it_says_what_to_do(
    shop: Shop, storage: Storage, rulebook: Reads
) -> None:
    with pytest.raises(Misconfigured, match="name a people file"):
        await shop.simulate(storage, rulebook(POLICY, "people: []"))


async def test_where_nothing_was_merged_it_is_said(rulebook: Reads, storage: Storage) -> None:
    async with GitHubStandIn() as github:
        forge = open_github(["acme/shop"], token=github.token, api_url=github.url)
        empty = Shop(forge, "#", github.requests, github.rate_limited, lambda: None)
        with pytest.raises(Misconfigured, match="nothing was merged in acme/shop"):
            await empty.simulate(storage, rulebook(POLICY))
        await forge.close()


# The command.


def run(tmp_path: Path, environment: dict[str, str], *more: str) -> Result:
    for name, text in (("policy.yml", POLICY), ("other.yml", STRICTER), ("people.yml", PEOPLE)):
        (tmp_path / name).write_text(text, "utf-8")
    words = ["simulate", "--policy", str(tmp_path / "policy.yml"), *more]
    words += ["--people", str(tmp_path / "people.yml")]
    caches = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    return CliRunner(env=environment | caches).invoke(main, words)


async def test_the_command_reads_the_forge_of_the_settings(tmp_path: Path) -> None:
    async with GitHubStandIn() as github:
        fill_github(github)
        settings = {"GITHUB_TOKEN": github.token, "GITHUB_API_URL": github.url}
        more = ["--forge", "acme/shop", "--against", str(tmp_path / "other.yml")]
        shown = await asyncio.to_thread(run, tmp_path, settings, *more)
        told = await asyncio.to_thread(run, tmp_path, settings, *more, "--json")
    assert shown.exit_code == 0, shown.output
    text = " ".join(shown.stdout.split())
    assert "2 merge requests merged in acme/shop" in text
    assert "the approvals it had were enough 1 (50%) 0 (0%)" in text
    found = json.loads(told.stdout)
    assert (found["project"], found["branch"], found["unread"]) == ("acme/shop", None, [])
    assert [one["signed"] for one in found["policies"][0]["merge_requests"]] == [False, True]


def test_a_clone_and_a_forge_at_once_are_refused(tmp_path: Path) -> None:
    done = run(tmp_path, {}, "--forge", "acme/shop", "--repo", str(tmp_path))
    assert done.exit_code == 2
    assert "--forge stands alone" in done.output


def test_without_a_forge_in_the_settings_it_says_which_variable_to_set(tmp_path: Path) -> None:
    done = run(tmp_path, {}, "--forge", "acme/shop")
    assert done.exit_code == 2
    assert "GITHUB_TOKEN, or GITLAB_TOKEN, is not set" in done.output


async def test_what_the_forge_refuses_is_said(tmp_path: Path) -> None:
    async with GitHubStandIn() as github:
        settings = {"GITHUB_TOKEN": "wrong", "GITHUB_API_URL": github.url}
        done = await asyncio.to_thread(run, tmp_path, settings, "--forge", "acme/shop")
    assert done.exit_code == 2
    assert "renew GITHUB_TOKEN" in done.output
