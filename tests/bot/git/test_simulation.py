"""Simulating on a clone: each change decided as it landed, by what was known then."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.errors import Misconfigured
from bot.git.clone import Clone
from bot.simulation.clone import Span, simulate_clone
from bot.simulation.replay import Simulation
from routing.hindsight.simulation import Demand
from storage.database import Storage
from tests.bot.fakes import files_in
from tests.bot.git.repository import Repository, Signed
from tests.bot.heard import Unheard
from tests.builders import NOW

POLICY = """\
version: 1
domains: {payments: {paths: ["pay/**"], critical: true}}
rules:
  - name: ai-in-payments
    when: {ai: true, domains: payments}
    require: {any: [{approvals: 1, from: {min_tenure: 5y}},
                    {approvals: 1, from: {min_expertise: proficient}}]}
  - name: everything
    require: {approvals: 1, from: {anyone: true}}
"""
SENIOR = """\
version: 1
rules: [{name: senior, require: {approvals: 1, from: {min_tenure: 9y}}}]
"""
PEOPLE = """\
people:
  - {id: ana, name: Ana, emails: [ana@example.com], started: 2024-02-01}
  - {id: dana, name: Dana, emails: [dana@example.com], started: 2019-03-01}
  - {id: omar, name: Omar, emails: [omar@example.com], started: 2026-11-10}
"""
CLAUDE = "Retry refunds (#12)\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def shop(repository: Repository) -> Repository:
    """Five changes, one of them AI's, one a merge; a sixth lies before the span."""
    who = [("dana", 200, "Begin"), ("dana", 40, "Pay (#11)"), ("ana", 30, CLAUDE)]
    for number, (author, days, message) in enumerate(who):
        files = {"pay/refund.py": "x = 1\n" * (12 * number + 1)}
        repository.commit(files, message=message, signed=Signed(author, at=days_ago(days)))
    repository.branch("feature")
    marked = "Work\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    late = Signed("ana", at=days_ago(9))
    tip = repository.commit(
        {"pay/fee.py": "y = 2\n" * 30}, branch="feature", message=marked, signed=late
    )
    repository.commit(
        {"pay/fee.py": "y = 2\n" * 30},
        message="Merge pull request #13 from ana/fee\n\nFees",
        parents=["main", tip],
        signed=Signed("dana", at=days_ago(8)),
    )
    repository.commit({"a.md": "Hi\n"}, message="Say hi", signed=Signed("zoe", at=days_ago(2)))
    return repository


async def simulate(
    shop: Repository, tmp_path: Path, *policies: str, people: str = PEOPLE, days: int = 90
) -> Simulation:
    """What comes of these policies."""
    rulebooks = []
    for number, text in enumerate(policies):
        place = tmp_path / str(number)
        place.mkdir()
        rulebooks.append(files_in(place, text, people).current)
    storage = Storage(tmp_path / "cache.db")
    try:
        span = Span("main", days)
        return await simulate_clone(Clone(shop.path), span, rulebooks, storage, Unheard())
    finally:
        storage.close()


async def test_what_landed_in_the_span_is_decided_oldest_first(
    shop: Repository, tmp_path: Path
) -> None:
    (found,) = (await simulate(shop, tmp_path, POLICY)).outcomes
    assert [one.id for one in found] == ["#11", "#12", "#13", found[-1].id]
    assert [one.title for one in found][2:] == ["Fees", "Say hi"]
    assert [one.author for one in found] == ["Dana", "Ana", "Ana", "Zoe"]


async def test_ai_is_seen_in_squashed_messages_and_on_merged_branches(
    shop: Repository, tmp_path: Path
) -> None:
    (found,) = (await simulate(shop, tmp_path, POLICY)).outcomes
    assert [one.ai for one in found] == [False, True, True, False]
    wanted = Demand.SENIOR_OR_EXPERT
    assert [one.demand for one in found] == [Demand.ANYONE, wanted, wanted, Demand.ANYONE]


async def test_nobody_is_asked_before_they_started(shop: Repository, tmp_path: Path) -> None:
    (found,) = (await simulate(shop, tmp_path, POLICY)).outcomes
    assert [set(one.asked) for one in found[:3]] == [{"ana"}, {"dana"}, {"dana"}]


async def test_an_author_whom_nobody_knows_is_why_it_is_blocked(
    shop: Repository, tmp_path: Path
) -> None:
    (found,) = (await simulate(shop, tmp_path, POLICY)).outcomes
    assert "zoe@example.com" in found[-1].blocks[0]


async def test_both_policies_go_through_the_same_changes(shop: Repository, tmp_path: Path) -> None:
    now, other = (await simulate(shop, tmp_path, POLICY, SENIOR)).outcomes
    assert [one.id for one in now] == [one.id for one in other]
    assert all(one.blocks for one in other)
    assert other[1].demand is Demand.SENIOR


async def test_without_a_people_file_the_authors_stand_in(shop: Repository, tmp_path: Path) -> None:
    found = await simulate(shop, tmp_path, POLICY, people="people: []")
    assert found.invented_people
    assert set(found.people.values()) == {"Ana", "Dana", "Zoe"}
    assert not found.outcomes[0][-1].blocks


async def test_the_repository_s_own_rules_count(shop: Repository, tmp_path: Path) -> None:
    rule = "rules: [{name: ours, require: {approvals: 1, from: {people: dana}}}]\n"
    shop.commit({".countersign.yml": rule}, signed=Signed("ana", at=days_ago(1)))
    (found,) = (await simulate(shop, tmp_path, POLICY)).outcomes
    assert all("ours" in one.rules for one in found)


async def test_a_span_in_which_nothing_landed_is_said(shop: Repository, tmp_path: Path) -> None:
    later = Signed("ana", at=days_ago(-400))
    shop.commit({"b.md": "Hi\n"}, branch="other", parents=["main"], signed=later)
    with pytest.raises(Misconfigured, match="no branch or commit nowhere"):
        await simulate_clone(
            Clone(shop.path),
            Span("nowhere"),
            [files_in(tmp_path, POLICY, PEOPLE).current],
            Storage(tmp_path / "c.db"),
            Unheard(),
        )


def run(shop: Repository, tmp_path: Path, *more: str) -> Result:
    """`countersign simulate` with the policy and people above."""
    for name, text in (("policy.yml", POLICY), ("other.yml", SENIOR), ("people.yml", PEOPLE)):
        (tmp_path / name).write_text(text, "utf-8")
    words = ["simulate", "--repo", str(shop.path), "--policy", str(tmp_path / "policy.yml")]
    words += ["--people", str(tmp_path / "people.yml"), *more]
    return CliRunner(env={"XDG_CACHE_HOME": str(tmp_path / "cache")}).invoke(main, words)


def test_the_command_prints_what_would_have_been(shop: Repository, tmp_path: Path) -> None:
    done = run(shop, tmp_path, "--against", str(tmp_path / "other.yml"))
    assert done.exit_code == 0
    shown = " ".join(done.output.split())
    assert "4 merge requests that landed on main" in shown
    assert "a senior, or somebody with expertise instead 2 (50%) 0 (0%)" in shown
    assert "Dana 2 0" in shown
    assert "What other.yml changes" in shown
    assert "4 needs more" in shown


def test_as_json_every_merge_request_is_there(shop: Repository, tmp_path: Path) -> None:
    done = run(shop, tmp_path, "--json")
    (found,) = json.loads(done.stdout)["policies"]
    assert found["needed"]["senior or expert"] == 2
    assert [one["id"] for one in found["merge_requests"]][:3] == ["#11", "#12", "#13"]
    assert json.loads(done.stdout)["difference"] is None


def test_the_page_is_one_file_that_loads_nothing(shop: Repository, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script> (#14)"
    shop.commit({"c.md": "Hi\n"}, message=evil, signed=Signed("yan", at=days_ago(1)))
    page = tmp_path / "report.html"
    assert run(shop, tmp_path, "--html", str(page)).exit_code == 0
    text = page.read_text("utf-8")
    assert text.count("<svg") == 3
    assert "<script" not in text
    assert "&lt;script&gt;alert" in text
    assert "src=" not in text


def test_a_period_that_is_none_is_refused(shop: Repository, tmp_path: Path) -> None:
    done = run(shop, tmp_path, "--since", "3 weeks")
    assert done.exit_code == 2
    assert "write days, such as 90d" in done.output
