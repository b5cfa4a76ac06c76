"""`countersign ledger`: what it prints, and with what it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.clock import StoryClock
from bot.commands.ledger import ledger
from bot.errors import Misconfigured
from bot.proof.keys import PublicKey, open_signing_key
from bot.proof.notary import Notary
from routing.links import Link
from routing.trail import Entry
from storage.database import Storage
from storage.occupancy import held
from tests.builders import NOW, REF
from tests.recipe import check_export

SAID = [
    Entry("approves", {"person": "dana", "binding": {"head_sha": "1111111111"}}),
    Entry("not_counted", {"person": "kim", "reason": "Kim Roy opened it"}),
]
PEOPLE = "people: [{id: dana, name: Dana Ng, github: dana-ng}]\n"


@pytest.fixture
async def database(storage: Storage, tmp_path: Path, clock: StoryClock) -> Path:
    """A database on which the bot has run."""
    path = tmp_path / "countersign.db"
    files = (path.with_name("countersign.db.checkpoints"), path.with_name("countersign.db.key"))
    notary = Notary(storage, files[0], open_signing_key(files[1]), clock)
    await notary.start()
    await storage.run(lambda rooms: rooms.ledger.append(REF, SAID, NOW))
    await notary.stop()
    return path


def run(command: str, database: Path, *more: str) -> Result:
    words = [*command.split(), "--database", str(database), *more]
    return CliRunner().invoke(ledger, words, catch_exceptions=False)


async def test_an_untouched_ledger_is_verified(database: Path) -> None:
    result = run("verify", database)
    assert result.output == "2 entries, signed up to entry 2\nthe chain holds\n"
    assert result.exit_code == 0


async def test_a_cut_end_is_found_and_the_answer_is_no(storage: Storage, database: Path) -> None:
    await storage.run(lambda rooms: rooms.ledger._db.conn.execute("DELETE FROM ledger WHERE seq=2"))
    result = run("verify", database, "--json")
    found = json.loads(result.output)
    assert found["faults"] == ["entry 2 is missing: the end was cut off"]
    assert (found["entries"], found["signed_up_to"], result.exit_code) == (1, 2, 1)


async def test_checkpoints_that_were_taken_away_are_missed(database: Path) -> None:
    database.with_name("countersign.db.checkpoints").unlink()
    result = run("verify", database)
    assert "is gone, though the ledger has a key" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize("left", ["", '{"kind": "checkp'], ids=["emptied", "torn"])
async def test_checkpoints_that_say_nothing_are_missed(database: Path, left: str) -> None:
    database.with_name("countersign.db.checkpoints").write_text(left)
    result = run("verify", database)
    assert "says nothing, though the ledger has a key" in result.output
    assert result.exit_code == 1


async def test_an_auditors_own_copy_of_the_key_shows_a_key_that_was_exchanged(
    database: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.pub"
    mine.write_text(PublicKey(Ed25519PrivateKey.generate().public_key()).pem)
    assert "not signed by the ledger's key" in run("verify", database, "--key", str(mine)).output


async def test_without_the_bot_having_run_the_chain_alone_is_checked(storage: Storage) -> None:
    path = Path(
        storage.run_blocking(
            lambda rooms: rooms.ledger._db.conn.execute("PRAGMA database_list").fetchone()[2]
        )
    )
    result = run("verify", path)
    assert "no checkpoint vouches for it" in result.output
    assert result.exit_code == 0


async def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database" * 100)
    result = CliRunner().invoke(ledger, ["verify", "--database", str(tmp_path / "x.db")])
    assert "file is not a database" in str(result.exception)


async def test_what_was_exported_can_be_checked_with_a_few_lines_of_ones_own(
    database: Path,
) -> None:
    assert check_export(run("export", database).output) == len(SAID)


async def test_a_person_is_erased_by_all_their_names_and_the_chain_holds(
    database: Path, tmp_path: Path
) -> None:
    (tmp_path / "people.yml").write_text(PEOPLE)
    result = run("erase dana --yes", database, "--people", str(tmp_path / "people.yml"))
    first, stands, texts = result.output.splitlines()
    assert first == "erased: Dana Ng, dana, dana-ng"
    assert stands.endswith("stands for them from now on")
    assert texts.split() == ["1", "texts", "of", "the", "ledger"]
    assert run("verify", database).exit_code == 0
    assert "dana" not in run("show", database).output
    assert "kim" in run("show", database).output


async def test_nobody_is_erased_without_a_yes(database: Path) -> None:
    result = CliRunner().invoke(ledger, ["erase", "dana", "--database", str(database)], input="n\n")
    assert result.exit_code == 1
    assert "dana" in run("show", database).output


async def test_beside_a_bot_that_still_lists_them_nobody_is_erased(
    storage: Storage, database: Path
) -> None:
    await storage.run(lambda rooms: rooms.links.replace([Link("dana", "slack", "U0DANA")]))
    with held(database), pytest.raises(Misconfigured, match="a people file that lists dana"):
        run("erase dana --yes", database)
    assert "dana" in run("show", database).output
    assert run("erase dana --yes", database).output.endswith("or it will name them again.\n")
    assert "dana" not in run("show", database).output


async def test_what_stays_is_printed_with_the_reason(storage: Storage, database: Path) -> None:
    said = Entry("changes_requested", {"person": "kim", "comment": "dana-ng2 knows it"})
    await storage.run(lambda rooms: rooms.ledger.append(REF, [said], NOW))
    last = run("erase dana --yes", database).output.splitlines()[-1]
    assert last.startswith("stays: 1 row of disclosures.text: a word there may be somebody else's")


async def test_a_name_given_by_hand_is_erased_as_well(database: Path) -> None:
    run("erase dana --yes", database, "--also", "Kim Roy")
    assert "Kim Roy" not in run("show", database).output
