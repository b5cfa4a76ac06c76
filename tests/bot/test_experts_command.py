"""`countersign experts`: who knows these files of a clone, as a table and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import Group
from bot.commands.experts import experts
from tests.bot.git.histories import Landing, land

PEOPLE = """\
people:
  - {id: ana, name: Ana Ito, emails: [ana@shop.example]}
  - {id: omar, name: Omar Diaz, emails: [omar@shop.example], active: false}
"""
WORK = (
    *(Landing(files={"pay/refund.py": f"{n}\n"}, day=n, author="omar") for n in range(4)),
    *(Landing(files={"pay/refund.py": f"{n}\n"}, day=n, author="ana") for n in range(4, 7)),
    Landing(files={"web/cart.ts": "1\n", "README.md": "Shop\n"}, day=7, author="bea"),
    Landing("Round tax\n\nReviewed-by: Ana <ana@shop.example>", {"tax.py": "1\n"}, 8, "bea"),
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "shop"
    folder.mkdir()
    land(folder, *WORK)
    return folder


def run(shop: Path, *arguments: str) -> Result:
    words = ["experts", "--repo", str(shop), *arguments]
    return CliRunner().invoke(Group(commands=[experts]), words, env={"COLUMNS": "120"})


def told(shop: Path, *arguments: str) -> dict[str, Any]:
    result = run(shop, "--json", *arguments)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_table_says_who_and_why(shop: Path) -> None:
    shown = run(shop, "pay").stdout
    assert re.search(r"Omar +proficient +\d\d%", shown)
    assert "wrote 4 changes, the last in January 2024" in shown
    assert "Bus factor 1: Omar holds at least half of the evidence" in shown


def test_json_names_everybody_with_share_and_reason(shop: Path) -> None:
    found = told(shop, "pay/refund.py")
    assert [one["person"] for one in found["experts"]] == ["omar", "ana"]
    assert (found["files"], found["changes"], found["bus_factor"]["half"]) == (1, 7, 1)
    assert found["warning"] is None


def test_whoever_left_by_the_people_file_is_not_counted_on(shop: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.yml"
    people.write_text(PEOPLE)
    found = told(shop, "pay", "--people", str(people))
    assert found["standing"] == "one"
    assert "only Ana Ito is still here" in found["warning"]


def test_a_reviewer_named_in_a_trailer_knows_the_file(shop: Path) -> None:
    assert [one["person"] for one in told(shop, "tax.py")["experts"]] == ["ana", "bea"]


@pytest.mark.parametrize(("said", "files"), [("**/*.py", 2), ("web", 1), (".", 4), ("pay/**", 1)])
def test_a_path_is_a_file_a_directory_or_a_glob(shop: Path, said: str, files: int) -> None:
    assert told(shop, said)["files"] == files


def test_a_path_that_names_nothing_is_wrong_use(shop: Path) -> None:
    result = run(shop, "pya")
    assert result.exit_code == 2
    assert "pya: no such file or directory at HEAD" in result.stderr
