"""Somebody leaves and is erased: no byte names them any more, and everything adds up as before.

A story in which Dana does whatever one can do, told by the public faces; then the command.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from click.testing import CliRunner, Result

from bot.commands.ledger import ledger
from bot.insights.reading import read_insights
from bot.web.pages.decision import decision_page
from bot.web.templating import render
from routing.forgetting.documents import ERASED
from routing.hindsight.cases import monday_of
from routing.hindsight.insights import Insights
from routing.model import Change, MergedRequest, Ref
from routing.record import Review
from storage.database import Rooms
from tests.recipe import check_export
from tests.standins.branches import NewCommit
from tests.world import AI_MESSAGE, World
from tests.world import PEOPLE as THEIRS
from tests.world import POLICY as RULES

ACCOUNT = 583231977
IDENTIFIERS = (
    *("danang", "Dana Ng", "U0DANA", "dana-ng", "dana.ng", "dana@example.com", str(ACCOUNT)),
    *("my mother is ill", "rounds the wrong way", "Dana Ng <dana@example.com>"),
)
"""What names her, and what she said of herself. Her id is long enough to stand nowhere by chance:
salts are random, and one that ends with "d" before "ana" spells a shorter one."""
PEOPLE = THEIRS.replace("id: dana", "id: danang")
POLICY = RULES.replace("lead: dana", "lead: danang")

SHOP = "github/acme/shop"
PAYMENT = {"payments/refund.py": "x = 1\n"}
WEB = {"web/cart.ts": "x\n"}
HER_ENTRY = PEOPLE[PEOPLE.index("  - id: danang") : PEOPLE.index("  - id: omar")]
LETTER = '{"number": 9, "sender": {"login": "%s", "id": %d, "name": "\\u0044ana Ng"}'


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path, people=PEOPLE, policy=POLICY) as world:
        world.github.people["dana-ng"].id = ACCOUNT
        world.github.people["dana-ng"].name = "Dana Ng"
        yield world


async def says(world: World, text: str) -> None:
    await world.slack.people.slash("U0DANA", "#reviews", "/review", text)
    await world.settled()


async def merged(world: World, number: int) -> None:
    world.github.merge(number, "kim-roy")
    await world.settled()


async def everything_happens(world: World) -> None:
    """Dana writes, is asked, declines, objects, approves, claims, is refused, is listed."""
    one = await world.opens("ana", PAYMENT, message=AI_MESSAGE)
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="busy", to="U0DANA")
    await world.approves("dana")
    await merged(world, one)

    signed = "Sum up\n\nSigned-off-by: Dana Ng <dana@example.com>"
    commit = NewCommit(signed, {"payments/sum.py": "# TODO(danang): round\n"}, "dana-ng")
    two = world.github.open_pull("dana-ng", "danang-sums", commits=[commit], title="Danang's sums")
    await world.settled()
    await world.approves("dana")  # refused: she opened it
    await world.reviews("omar", two, "APPROVE")
    await merged(world, two)

    three = await world.opens("ana", {"payments/three.py": "x\n"}, message=AI_MESSAGE, head="three")
    await world.clicks("omar", "decline")
    await world.submits("omar", reason="not_my_area", to="U0DANA")
    await world.clicks("dana", "decline")
    await world.submits("dana", reason="busy", note="my mother is ill")
    await world.approves("omar")
    await merged(world, three)

    four = await world.opens("ana", WEB, head="four")
    await world.chooses("dana", "claim")
    await world.clicks("dana", "request_changes")
    await world.submits("dana", comment="it rounds the wrong way")
    card = world.card()
    await world.pass_time(hours=23, minutes=1)  # the digest of the channel
    await world.reviews("dana", four, "APPROVE")
    await world.clicks("dana", "approve", card)
    await merged(world, four)

    five = await world.opens("ana", {"payments/five.py": "x\n"}, message=AI_MESSAGE, head="five")
    await world.pass_time(hours=9)  # reminded, and somebody else is asked
    world.github.close(five)
    await world.settled()
    await says(world, "away until 2026-12-24")
    letter = (LETTER % ("dana-ng", ACCOUNT)).encode()
    world.github.hooks.queue("pull_request", letter)
    await world.settled()
    now = world.clock.now()
    await world.storage.run(lambda rooms: rooms.preferences.opt_out("danang", ["*.sql"], now))
    await the_past_is_read(world)


async def the_past_is_read(world: World) -> None:
    """The history import, from its beginning, and what a simulation keeps."""
    await world.storage.run(
        lambda rooms: rooms.history._db.conn.execute("DELETE FROM history_marks")
    )
    await world.bot._past.read()
    forge = world.bot._edges.forges["github"]
    for number in (1, 2, 3, 4):
        ref = Ref("github", "acme/shop", number)
        found = MergedRequest(await forge.change(ref), tuple(await forge.reviews(ref)))
        await world.storage.run(lambda rooms, one=found: rooms.merged.keep(one))  # type: ignore[misc]  # mypy cannot infer a lambda with defaults


async def she_leaves(world: World) -> Path:
    """She is taken out of the files; returns a people file from before."""
    before = world.folder / "people-before.yml"
    before.write_text(PEOPLE, "utf-8")
    world.people_file.write_text(PEOPLE.replace(HER_ENTRY, ""), "utf-8")
    world.policy_file.write_text(POLICY.replace(", lead: danang", ""), "utf-8")
    await world.pass_time(minutes=1)
    return before


async def erase(world: World, *more: str) -> Result:
    """The command, beside the bot that runs."""
    people = str(await she_leaves(world))
    words = ["erase", "danang", "--yes", "--people", people, *more]
    return await asyncio.to_thread(run, world, *words)


def run(world: World, *words: str) -> Result:
    database = str(world.folder / "countersign.db")
    return CliRunner().invoke(ledger, [*words, "--database", database], catch_exceptions=False)


def spellings(identifier: str) -> set[bytes]:
    """How a text may stand in a file, in lower case."""
    forms = {identifier, json.dumps(identifier)[1:-1], quote(identifier), quote_plus(identifier)}
    return {form.lower().encode() for form in forms}


def found_in(world: World) -> dict[str, list[str]]:
    """Where her identifiers stand in the files of the database, byte for byte."""
    files = {
        path.name: path.read_bytes()
        for path in world.folder.iterdir()
        if path.name.startswith("countersign.db")
    }
    with closing(sqlite3.connect(world.folder / "countersign.db")) as connection:
        bodies = connection.execute("SELECT body FROM merged_requests").fetchall()
    files["unpacked"] = b"".join(zlib.decompress(body) for (body,) in bodies)
    found = {
        name: [
            one for one in IDENTIFIERS if any(form in content.lower() for form in spellings(one))
        ]
        for name, content in files.items()
    }
    return {name: named for name, named in found.items() if named}


async def insights(world: World) -> Insights:
    first = monday_of(date(2026, 11, 16))
    return await read_insights(world.storage, first, 2)


async def review(world: World, number: int) -> Review:
    ref = Ref("github", "acme/shop", number)
    found = await world.storage.run(lambda rooms: rooms.reviews.get(ref))
    assert found is not None
    return found


async def test_not_one_byte_names_who_was_erased(world: World) -> None:
    await everything_happens(world)
    assert set(found_in(world)) >= {"countersign.db-wal", "unpacked"}
    result = await erase(world)
    assert result.exit_code == 0, result.output
    assert found_in(world) == {}


async def test_nothing_that_happens_later_brings_them_back(world: World) -> None:
    await everything_happens(world)
    await erase(world)
    await the_past_is_read(world)
    for number in (1, 2, 3, 4, 5):
        world.github.review(number, "omar-d", "COMMENT")
    await world.settled()
    await world.opens("ana", {"payments/later.py": "x\n"}, message=AI_MESSAGE, head="later")
    await world.stop_bot()
    await world.start_bot()
    await world.pass_time(hours=1)
    assert found_in(world) == {}


async def test_a_change_that_was_over_before_it_was_ever_seen_names_nobody_erased(
    world: World,
) -> None:
    await world.stop_bot()
    number = world.github.open_pull("dana-ng", "danang-sums", files=WEB, title="Danang's sums")
    world.github.review(number, "omar-d", "APPROVE")
    world.github.merge(number, "kim-roy")
    await world.start_bot()
    world.clock.move_to(world.clock.now() + timedelta(minutes=1))
    await erase(world)
    world.github.review(number, "omar-d", "COMMENT")
    await world.settled()
    assert (await review(world, number)).author.startswith("erased-")
    assert found_in(world) == {}


async def test_the_chain_holds_and_the_export_can_be_checked(world: World) -> None:
    await everything_happens(world)
    await erase(world)
    verified = run(world, "verify")
    assert verified.exit_code == 0
    assert "the chain holds" in verified.output
    assert check_export(run(world, "export").output) > 50


async def test_the_figures_add_up_as_before(world: World) -> None:
    await everything_happens(world)
    await she_leaves(world)
    before = await insights(world)
    await erase(world)
    assert await insights(world) == before
    assert before.weeks[0].opened == 5


async def test_the_pages_tell_the_same_story_of_a_stand_in(world: World) -> None:
    await everything_happens(world)
    stand_in = json.loads((await erase(world, "--json")).output)["stand_in"]

    def page(rooms: Rooms, number: int) -> str:
        ref = Ref("github", "acme/shop", number)
        found = rooms.reviews.get(ref)
        assert found is not None
        shown = decision_page(found, rooms.ledger.entries(str(ref)))
        return str(render("decision.html", page=shown, viewer=None).text)

    pages = [
        await world.storage.run(lambda rooms, one=one: page(rooms, one))  # type: ignore[misc]  # likewise
        for one in (1, 2, 3, 4, 5)
    ]
    assert f"{stand_in} approved" in pages[0]
    assert f"{stand_in} declined: busy ({ERASED})" in pages[2]
    assert f"{stand_in} asked for changes" in pages[3]
    assert "Omar Diaz" in pages[1]
    assert (await review(world, 2)).author == stand_in


async def test_who_knows_what_stays_whole(world: World) -> None:
    await everything_happens(world)
    before = await evidence(world)
    stand_in = json.loads((await erase(world, "--json")).output)["stand_in"]
    after = await evidence(world)
    assert [len(authors | reviewers) for authors, reviewers in after] == [
        len(authors | reviewers) for authors, reviewers in before
    ]
    assert sum(stand_in in authors for authors, _ in after) == 1
    assert sum(stand_in in reviewers for _, reviewers in after) == 2


async def evidence(world: World) -> Sequence[tuple[frozenset[str], frozenset[str]]]:
    """Who wrote and who reviewed each change of the history."""
    page = await world.storage.run(lambda rooms: rooms.history.onwards(SHOP, (0, 0), 99))
    return [(frozenset(one.authors), frozenset(one.reviewers)) for _, one in page]


async def test_a_delivery_that_comes_again_is_known_nevertheless(world: World) -> None:
    await everything_happens(world)
    clicks = [
        row[0]
        for row in await world.storage.run(
            lambda rooms: rooms.inbox._db.conn.execute(
                "SELECT key FROM inbox WHERE key LIKE 'slack click U0DANA%'"
            ).fetchall()
        )
    ]
    assert clicks
    await erase(world)
    now = world.clock.now()
    for key in clicks:
        again = await world.storage.run(
            lambda rooms, one=key: rooms.inbox.put_dead(one, "again", "", now)  # type: ignore[misc]  # likewise
        )
        assert not again


async def test_an_open_merge_request_that_needs_them_is_named_and_nothing_is_erased(
    world: World,
) -> None:
    await everything_happens(world)
    number = world.github.open_pull("dana-ng", "six", files=WEB, title="Six")
    await world.settled()
    result = await erase(world)
    assert result.exit_code == 1
    assert result.output.splitlines()[1] == (
        f"  https://github.test/acme/shop/pull/{number}: they opened it"
    )
    assert found_in(world)
    world.github.close(number)
    await world.settled()
    assert (await erase(world)).exit_code == 0
    assert found_in(world) == {}


async def test_what_waits_for_them_is_given_to_others_once_they_left_the_file(
    world: World,
) -> None:
    await everything_happens(world)
    number = await world.opens("ana", {"payments/six.py": "x\n"}, message=AI_MESSAGE, head="six")
    await world.chooses("ana", "assign")
    await world.submits("ana", to="U0DANA", instead="omar")
    assert [one.person for one in (await review(world, number)).waiting] == ["danang"]
    assert (await erase(world)).exit_code == 0
    await world.pass_time(minutes=10)
    assert [one.person for one in (await review(world, number)).waiting] == ["kim"]
    assert found_in(world) == {}


async def test_a_dry_run_says_what_would_go_and_changes_nothing(world: World) -> None:
    await everything_happens(world)
    tried = json.loads((await erase(world, "--dry-run", "--json")).output)
    assert tried["dry_run"]
    assert found_in(world)
    assert await world.storage.run(lambda rooms: rooms.forgotten.revision()) == 0
    done = json.loads((await erase(world, "--json")).output)
    assert done["erased"] == tried["erased"]
    assert done["stays"] == tried["stays"] == []


async def test_erasing_again_finds_nothing_and_keeps_the_stand_in(world: World) -> None:
    await everything_happens(world)
    first = json.loads((await erase(world, "--json")).output)
    again = json.loads((await erase(world, "--json")).output)
    assert again["erased"] == {}
    assert again["stand_in"] == first["stand_in"]


async def test_a_decision_under_way_meanwhile_brings_nothing_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everything_happens(world)
    before = await she_leaves(world)
    forge = world.bot._edges.forges["github"]
    reads, goes_on, change = asyncio.Event(), asyncio.Event(), forge.change

    async def slowly(ref: Ref) -> Change:
        reads.set()
        await goes_on.wait()
        return await change(ref)

    monkeypatch.setattr(forge, "change", slowly)
    world.github.review(1, "omar-d", "COMMENT")
    await reads.wait()
    words = ("erase", "danang", "--yes", "--people", str(before))
    result = await asyncio.to_thread(run, world, *words)
    assert result.exit_code == 0, result.output
    goes_on.set()
    await world.settled()
    assert found_in(world) == {}
