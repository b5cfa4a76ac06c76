"""What nobody told: lost deliveries and gates that somebody else set, noticed within minutes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.both_forges import BothForges

PAYMENT = {"payments/refund.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[BothForges]:
    async with BothForges(tmp_path) as world:
        yield world


async def at_rest(world: BothForges) -> None:
    """Everything was looked at after its last change, and nobody tells us anything any more."""
    for _ in range(3):
        await world.pass_time(minutes=5)
    world.github.hooks.automatic = world.gitlab.hooks.automatic = False


async def test_while_nothing_changes_githubs_list_is_all_that_is_asked_for(
    world: BothForges,
) -> None:
    for number in range(5):
        await world.opens("ana", {f"docs/page-{number}.md": "x\n"})
    await at_rest(world)
    before = len(world.github.requests)
    for _ in range(4):
        await world.pass_time(minutes=5)
    asked = world.github.requests[before:]
    assert asked.count(("POST", "/graphql")) == 4
    # Whether the files that say who must review are still missing is looked up now and then.
    assert {path for method, path in asked if method == "GET"} <= {
        "/repos/acme/shop/git/ref/heads/main",
        *(
            f"/repos/acme/shop/contents/{path}"
            for path in (
                ".countersign.yml",
                ".github/CODEOWNERS",
                "CODEOWNERS",
                "docs/CODEOWNERS",
            )
        ),
    }


UNTOLD: dict[str, Callable[[BothForges, int], object]] = {
    "a push": lambda world, number: world.github.push(number, {"a": "2"}, "ana-ito"),
    "a retarget": lambda world, number: world.github.retarget(number, "release"),
    "a dismissal": lambda world, number: world.github.dismiss(
        number, world.github.pulls[number].reviews[0].id
    ),
    "an objection": lambda world, number: world.github.review(
        number, "omar-d", "REQUEST_CHANGES", "No."
    ),
}


@pytest.mark.parametrize("change", UNTOLD.values(), ids=UNTOLD.keys())
async def test_what_shuts_the_gate_shuts_it_though_its_delivery_is_lost(
    world: BothForges, change: Callable[[BothForges, int], object]
) -> None:
    world.github.branch("release")
    number = await world.opens("ana", {"docs/a.md": "x\n"})
    await world.reviews("dana", number, "APPROVE")
    assert world.github.gate(number) == "success"
    await at_rest(world)
    change(world, number)
    await world.pass_time(minutes=5)
    assert world.github.gate(number) in {"pending", "failure"}


async def test_rules_on_the_base_branch_bind_though_their_delivery_is_lost(
    world: BothForges,
) -> None:
    number = await world.opens("ana", {"docs/a.md": "x\n"})
    await world.reviews("dana", number, "APPROVE")
    await at_rest(world)
    rules = "version: 1\nrules:\n  - {name: two, require: {approvals: 2, from: {anyone: true}}}\n"
    world.github.write_file("main", ".countersign.yml", rules, "kim-roy")
    await world.pass_time(minutes=5)
    assert world.github.gate(number) == "pending"


async def test_a_gate_that_somebody_opened_on_github_is_shut_within_five_minutes(
    world: BothForges,
) -> None:
    number = await world.opens("ana", PAYMENT)
    await at_rest(world)
    world.github.set_status(world.github.head(number), "success", by="ana-ito")
    await world.pass_time(minutes=5)
    assert world.github.gate(number) == "pending"
    card, told = world.cards()
    (line,) = world.slack.workspace.thread(card.channel, card.ts)
    assert "ana-ito set the status" in world.text(told)
    assert world.text(line) in world.text(told)
    assert "gate_taken" in await world.kinds(number)
    written = len(world.github.statuses[world.github.head(number)])
    await world.pass_time(minutes=5)
    assert len(world.github.statuses[world.github.head(number)]) == written
    assert (await world.kinds(number)).count("gate_taken") == 1


async def test_a_gate_that_somebody_opened_on_gitlab_is_shut_within_five_minutes(
    world: BothForges,
) -> None:
    iid = await world.opens_on_gitlab("ana", PAYMENT)
    await at_rest(world)
    found = world.gitlab.merge_requests[iid]
    world.gitlab.set_status(found.head, "success", by="ana.ito", ref=found.source)
    assert world.gitlab.gate(iid) == "success"
    await world.pass_time(minutes=5)
    assert world.gitlab.gate(iid) == "pending"
    assert (await world.gitlab_kinds(iid)).count("gate_taken") == 1
