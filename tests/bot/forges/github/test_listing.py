"""GitHub's list of open pull requests: whatever changes one changes what is shown of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.clock import StoryClock
from bot.forges.base import Listing, Sighting
from bot.forges.github.adapter import GitHub
from routing.model import Ref
from tests.standins.github.site import BOT, GitHubStandIn

SHOP = "acme/shop"


async def seen(forge: GitHub, clock: StoryClock) -> Sighting:
    """What is shown of the only one, a while after everything."""
    clock.move_to(clock.now() + timedelta(minutes=5))
    (found,) = await forge.listed(SHOP)
    return found


def an_open_pull(github: GitHubStandIn) -> int:
    github.branch("release")
    number = github.open_pull("ana", "feat", files={"a": "1"})
    github.review(number, "cy", "APPROVE")
    return number


def test_github_has_such_a_list(forge: GitHub) -> None:
    assert isinstance(forge, Listing)


async def test_it_names_the_base_and_its_tip(
    github: GitHubStandIn, forge: GitHub, clock: StoryClock
) -> None:
    number = an_open_pull(github)
    tip = github.write_file("main", "b", "2", "cy")
    found = await seen(forge, clock)
    assert (found.ref, found.base_branch, found.base_sha) == (
        Ref("github", SHOP, number),
        "main",
        tip,
    )


async def test_nothing_has_changed_while_nothing_changes(
    github: GitHubStandIn, forge: GitHub, clock: StoryClock
) -> None:
    an_open_pull(github)
    assert (await seen(forge, clock)).trace == (await seen(forge, clock)).trace is not None


CHANGES: dict[str, Callable[[GitHubStandIn, int], object]] = {
    "push": lambda github, number: github.push(number, {"a": "2"}, "ana"),
    "retarget": lambda github, number: github.retarget(number, "release"),
    "draft": lambda github, number: github.convert_to_draft(number),
    "label": lambda github, number: github.label(number, "risky"),
    "words": lambda github, number: github.edit(number, body="Claude wrote it"),
    "approval": lambda github, number: github.review(number, "bo", "APPROVE"),
    "objection": lambda github, number: github.review(number, "cy", "REQUEST_CHANGES"),
    "dismissal": lambda github, number: github.dismiss(number, github.pulls[number].reviews[0].id),
    "somebody's gate": lambda github, number: github.set_status(
        github.head(number), "success", by="bo"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_every_change_shows(
    github: GitHubStandIn,
    forge: GitHub,
    clock: StoryClock,
    change: Callable[[GitHubStandIn, int], object],
) -> None:
    number = an_open_pull(github)
    before = await seen(forge, clock)
    change(github, number)
    assert (await seen(forge, clock)).trace != before.trace


async def test_a_gate_in_somebody_elses_name_shows_though_it_says_the_same(
    github: GitHubStandIn, forge: GitHub, clock: StoryClock
) -> None:
    number = an_open_pull(github)
    github.set_status(github.head(number), "success", by=BOT)
    before = await seen(forge, clock)
    github.set_status(github.head(number), "success", by="bo")
    assert (await seen(forge, clock)).trace != before.trace


async def test_what_changed_within_the_minute_may_change_again_unseen(
    github: GitHubStandIn, forge: GitHub
) -> None:
    an_open_pull(github)
    (found,) = await forge.listed(SHOP)
    assert found.trace is None


async def test_a_base_branch_that_is_gone_has_no_tip(
    github: GitHubStandIn, forge: GitHub, clock: StoryClock
) -> None:
    number = an_open_pull(github)
    github.retarget(number, "release")
    del github.git.branches["release"]
    assert (await seen(forge, clock)).base_sha is None


async def test_every_page_is_read(github: GitHubStandIn, forge: GitHub) -> None:
    numbers = [github.open_pull("ana", f"feat-{one}", files={"a": "1"}) for one in range(101)]
    listed = await forge.listed(SHOP)
    assert {one.ref.number for one in listed} == set(numbers)
    assert github.requests == [("POST", "/graphql")] * 3


async def test_what_is_closed_is_not_listed(github: GitHubStandIn, forge: GitHub) -> None:
    github.close(an_open_pull(github))
    assert list(await forge.listed(SHOP)) == []
