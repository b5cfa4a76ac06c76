"""`countersign backup` and `restore`, and what the ledger's proof says after them."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import main
from bot.clock import StoryClock
from bot.proof.keys import open_signing_key
from bot.proof.notary import Notary
from routing.trail import Entry
from storage.database import Storage
from storage.occupancy import held
from tests.builders import NOW, REF
from tests.storage.blank import open_blank


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


async def night(path: Path, entries: int) -> None:
    """The bot runs on the database for a while."""
    storage: Storage = open_blank(path) if not path.exists() else Storage(path)  # noqa: ASYNC240 - once
    key = open_signing_key(path.with_name(f"{path.name}.key"))
    notary = Notary(storage, path.with_name(f"{path.name}.checkpoints"), key, StoryClock(NOW))
    await notary.start()
    made = [Entry("opened", {}) for _ in range(entries)]
    await storage.run(lambda rooms: rooms.ledger.append(REF, made, NOW))
    await notary.stop()
    storage.close()


async def test_a_backup_put_back_is_on_record_and_the_ledger_goes_on(tmp_path: Path) -> None:
    database, copy = tmp_path / "a.db", tmp_path / "copy.db"
    await night(database, 3)
    assert run("backup", copy, "--database", database).exit_code == 0
    await night(database, 4)
    restored = run("restore", copy, "--database", database, "--json")
    assert json.loads(restored.output) == {
        "database": str(database),
        "entries": 3,
        "kept": f"{database}.before-restore",
    }
    await night(database, 2)
    verified = run("ledger", "verify", "--database", database)
    assert "to entry 3" in verified.output
    assert verified.output.endswith("5 entries, signed up to entry 5\nthe chain holds\n")


async def test_a_backup_put_back_behind_our_back_is_found(tmp_path: Path) -> None:
    database, copy = tmp_path / "a.db", tmp_path / "copy.db"
    await night(database, 3)
    run("backup", copy, "--database", database)
    await night(database, 4)
    copy.replace(database)
    assert "the end was cut off" in run("ledger", "verify", "--database", database).output


def test_nothing_is_restored_under_a_running_bot(tmp_path: Path) -> None:
    for name in ("a.db", "copy.db"):
        open_blank(tmp_path / name).close()
    with held(tmp_path / "a.db"):
        refused = run("restore", tmp_path / "copy.db", "--database", tmp_path / "a.db")
    assert refused.exit_code == 2
    assert "a bot is running on it" in refused.output


def test_a_backup_of_no_database_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("no database")
    refused = run("backup", tmp_path / "copy.db", "--database", tmp_path / "a.db")
    assert refused.exit_code == 2
    assert "file is not a database" in refused.output
    assert not (tmp_path / "copy.db").exists()
