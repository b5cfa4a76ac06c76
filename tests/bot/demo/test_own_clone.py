"""The demo on one's own clone: its latest changes, its people, and nothing written into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import StoryClock
from bot.demo.deeds import clone_panel
from bot.demo.repository import Commit, make_repository, write_commits
from bot.demo.setting import COLLEAGUES, RECENT, own_clone
from bot.demo.stage import set_stage
from bot.errors import Misconfigured
from bot.git.clone import Clone
from routing.owners.codeowners import Dialect
from tests.builders import NOW

FORGE = "github"


@pytest.fixture
async def clone(tmp_path: Path) -> Path:
    """A clone with a year of four people's work."""
    path = tmp_path / "my-shop"
    path.mkdir()
    await make_repository(path, NOW, Dialect.GITHUB)
    return path


async def refs(clone: Path) -> str:
    return await Clone(clone).text("for-each-ref")


async def test_its_latest_changes_are_offered_and_its_people_let_in(clone: Path) -> None:
    async with own_clone(clone, FORGE) as setting:
        assert len(setting.recent) == RECENT
        assert setting.project == "my-shop"
        names = {person.name for person in setting.people}
    assert {"Dana Ng", "Omar Diaz", "Grace Holm", "Kim Roy"} <= names
    assert not {one.name for one in COLLEAGUES} & names


async def test_a_change_is_opened_as_it_was_and_the_clone_stays_as_it_is(clone: Path) -> None:
    before = await refs(clone)
    async with (
        own_clone(clone, FORGE) as setting,
        set_stage(StoryClock(NOW), setting=setting) as stage,
    ):
        panel = clone_panel(stage)
        newest = setting.recent[-1]
        said = await panel.act(f"open_{newest.sha}", {})
        assert said == f"{newest.author} opened my-shop#1."
        [request] = stage.forge.requests()
        change = await stage.forge.change(request.ref)
        assert [file.path for file in change.files] == [file.path for file in newest.files]
        assert [commit.sha for commit in change.commits] == [newest.sha]
        assert newest.title in stage.text(stage.card(request.ref))
        assert f"open_{newest.sha}" not in str(panel.state())
    assert await refs(clone) == before


async def test_where_one_person_wrote_everything_others_stand_in(tmp_path: Path) -> None:
    await Clone(tmp_path).text("init", "--quiet", "--initial-branch=main")
    work = [Commit("ana", NOW, f"Step {step}", {"a.py": f"step = {step}\n"}) for step in (1, 2)]
    await write_commits(tmp_path, "main", work)
    async with own_clone(tmp_path, FORGE) as setting:
        assert {one.name for one in setting.people} > {one.name for one in COLLEAGUES}


async def test_a_push_gives_a_change_a_new_head_with_the_same_files(clone: Path) -> None:
    async with (
        own_clone(clone, FORGE) as setting,
        set_stage(StoryClock(NOW), setting=setting) as stage,
    ):
        panel, newest = clone_panel(stage), setting.recent[-1]
        await panel.act(f"open_{newest.sha}", {})
        said = await panel.act("push", {"number": "1"})
        [request] = stage.forge.requests()
        change = await stage.forge.change(request.ref)
        assert said == f"{newest.author} pushed to my-shop#1."
        assert [file.path for file in change.files] == [file.path for file in newest.files]
        assert change.commits[-1].sha == request.head_sha != newest.sha
        assert request.head_sha[:8] in stage.text(stage.card(request.ref))


@pytest.mark.parametrize("commits", [0, 1])
async def test_a_clone_with_nothing_to_open_is_refused(tmp_path: Path, commits: int) -> None:
    await Clone(tmp_path).text("init", "--quiet", "--initial-branch=main")
    if commits:
        await write_commits(tmp_path, "main", [Commit("ana", NOW, "Begin", {"a.py": "a = 1\n"})])
    with pytest.raises(Misconfigured):
        async with own_clone(tmp_path, FORGE):
            pass


async def test_what_is_no_clone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="not a git repository"):
        async with own_clone(tmp_path, FORGE):
            pass
