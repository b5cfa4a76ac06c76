"""Who is linked to which account: on record, and a login that came back counts for nobody."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from storage.ledger import Opened
from tests.world import AI_MESSAGE, PEOPLE, SLACK, World

PAYMENT = {"payments/refund.py": "x = 1\n"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as world:
        yield world


async def entries(world: World, kind: str) -> list[dict[str, Any]]:
    found: list[Opened] = await world.storage.run(lambda rooms: list(rooms.ledger.entries()))
    return [json.loads(one.data) for one in found if one.kind == kind]


async def test_the_links_of_the_first_people_file_go_on_record(world: World) -> None:
    await world.pass_time(minutes=1)
    linked = await entries(world, "linked")
    (dana,) = [one for one in linked if one["person"] == "dana"]
    assert "github dana-ng" in dana["links"]
    assert f"slack {SLACK['dana']}" in dana["links"]


async def test_every_change_of_a_link_goes_on_record(world: World) -> None:
    await world.pass_time(minutes=1)
    world.people_file.write_text(PEOPLE.replace("dana-ng", "mallory"), "utf-8")
    await world.pass_time(minutes=1)
    assert {"person": "dana", "links": ["github mallory"]} in await entries(world, "linked")
    (gone,) = await entries(world, "unlinked")
    assert gone == {"person": "dana", "links": ["github dana-ng"]}


async def test_a_login_seen_first_is_pinned_on_record(world: World) -> None:
    await world.opens("ana", PAYMENT)
    logins = {one["login"] for one in await entries(world, "account_pinned")}
    assert "ana-ito" in logins


async def recycled(world: World) -> int:
    """Dana's account was seen; then it was deleted, and somebody took its name."""
    number = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.reviews("dana", number, "COMMENT")
    world.github.delete_person("dana-ng")
    world.github.add_person("dana-ng", email="mallory@example.org")
    return number


async def test_a_login_that_came_back_counts_for_nobody(world: World) -> None:
    number = await recycled(world)
    await world.reviews("dana", number, "APPROVE")
    assert world.github.gate(number) == "pending"


async def test_an_admin_links_it_anew_and_that_is_on_record(world: World) -> None:
    number = await recycled(world)
    await world.reviews("dana", number, "APPROVE")
    account = str(world.github.people["dana-ng"].id)
    database = ["--database", str(world.folder / "countersign.db")]
    arguments = ["links", "relink", *database, "github", "dana-ng", account, "--by", "kim"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    await world.reviews("dana", number, "APPROVE")
    assert world.github.gate(number) == "success"
    (entry,) = await entries(world, "account_relinked")
    assert (entry["login"], entry["account"], entry["by"]) == ("dana-ng", account, "kim")


async def test_the_logins_are_shown_with_their_ids(world: World) -> None:
    await world.opens("ana", PAYMENT)
    database = ["--database", str(world.folder / "countersign.db")]
    done = CliRunner().invoke(main, ["links", "show", *database, "--json"])
    shown = [json.loads(line) for line in done.output.splitlines()]
    account = str(world.github.people["ana-ito"].id)
    assert {"forge": "github", "login": "ana-ito", "account": account} in shown


def test_an_account_that_is_no_number_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "countersign.db"
    database.touch()
    arguments = ["links", "relink", "--database", str(database), "github", "dana", "x", "--by", "k"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "x is no account id" in done.output
