"""The main line of a clone, read change by change."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.git.clone import Clone
from bot.git.main_line import Landed, read_main_line
from routing.model import ChangedFile, FileStatus
from tests.bot.git.histories import FOUR_LINES, START, Landing, git, land


async def read(folder: Path, last: int = 100) -> list[Landed]:
    return [change async for change in read_main_line(Clone(folder), "main", last)]


async def test_changes_come_oldest_first_with_who_when_and_what(tmp_path: Path) -> None:
    shas = land(
        tmp_path,
        Landing("Begin\n\nAll of it.", {"a.py": "one\n"}),
        Landing("Go on", {"a.py": "one\ntwo\n"}, day=1, author="bob"),
    )
    first, second = await read(tmp_path)
    assert [first.sha, second.sha] == shas
    assert (first.title, second.title, second.author) == ("Begin", "Go on", "Bob")
    assert second.email == "bob@shop.example"
    assert (second.at - START).days == 1
    assert first.files == (
        ChangedFile("a.py", 1, 0, FileStatus.ADDED, patch="@@ -0,0 +1 @@\n+one"),
    )
    assert second.files == (ChangedFile("a.py", 1, 0, patch="@@ -1 +1,2 @@\n one\n+two"),)


async def test_a_merge_is_one_change_with_the_title_and_the_author_of_its_branch(
    tmp_path: Path,
) -> None:
    land(
        tmp_path,
        Landing("Begin", {"a.py": "one\n"}),
        Landing("wip", {"b.py": "two\n"}, branch="topic", author="bob"),
        Landing("wip", {"c.py": "three\n"}, branch="topic", author="bob"),
        Landing("Meanwhile", {"a.py": "other\n"}),
    )
    text = "Merge pull request #3 from shop/topic\n\nAdd refunds\n"
    land(tmp_path, Landing(text, {"b.py": "two\n", "c.py": "three\n"}, merges="topic"))
    *_, merge = await read(tmp_path)
    assert (merge.title, merge.author) == ("Add refunds", "Bob")
    assert [file.path for file in merge.files] == ["b.py", "c.py"]
    assert len(await read(tmp_path)) == 3


async def test_a_merge_that_says_nothing_more_keeps_its_subject(tmp_path: Path) -> None:
    land(tmp_path, Landing(), Landing(branch="topic"), Landing("Merge topic", merges="topic"))
    assert (await read(tmp_path))[-1].title == "Merge topic"


async def test_a_file_that_moves_keeps_its_old_name_beside_the_new_one(tmp_path: Path) -> None:
    land(
        tmp_path,
        Landing(files={"a.py": FOUR_LINES}),
        Landing(files={"a.py": None, "lib/b.py": FOUR_LINES}),
        Landing(files={"lib/b.py": None}),
    )
    _, moved, removed = await read(tmp_path)
    assert moved.files == (ChangedFile("lib/b.py", 0, 0, FileStatus.RENAMED, "a.py"),)
    assert [(file.status, file.deletions) for file in removed.files] == [(FileStatus.REMOVED, 4)]


async def test_a_binary_file_changes_without_lines(tmp_path: Path) -> None:
    land(tmp_path, Landing(files={"a.bin": b"\0\1"}), Landing(files={"a.bin": b"\0\2"}))
    assert (await read(tmp_path))[1].files == (ChangedFile("a.bin", 0, 0),)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n", id="a patch"),
        pytest.param("\0\n" * 3, id="NUL late in the file"),
        pytest.param("a\r\nb\rc\f\x1fd\x01e\n", id="control letters"),
        pytest.param("no end of line", id="no end of line"),
    ],
)
async def test_no_content_is_taken_for_the_start_of_something(tmp_path: Path, text: str) -> None:
    filler = "x\n" * 8_000  # git takes a file for binary by its first 8,000 bytes
    land(tmp_path, Landing(files={"a.txt": filler + text}), Landing(files={"a.txt": filler}))
    whole, cut = await read(tmp_path)
    lines = text.count("\n") + (not text.endswith("\n"))
    assert (whole.added, cut.deleted) == (8_000 + lines, lines)
    assert [len(one.files) for one in (whole, cut)] == [1, 1]


@pytest.mark.parametrize(
    "path", ["with space.py", 'quo"ted.py', "back\\slash.py", "ünïcode.py", "a b/a b.py", "b/b"]
)
async def test_any_name_is_followed(tmp_path: Path, path: str) -> None:
    quoted = path.replace("\\", "\\\\").replace('"', '\\"')
    land(tmp_path, Landing(files={f'"{quoted}"': "1\n"}), Landing(files={f'"{quoted}"': "2\n"}))
    first, second = (change.files[0] for change in await read(tmp_path))
    assert first.path == second.path
    assert first.path.replace("\\\\", "\\").replace('\\"', '"') == path


@pytest.mark.parametrize(
    "setting",
    [
        *("diff.noprefix=true", "diff.mnemonicPrefix=true", "color.ui=always"),
        *("log.diffMerges=off", "diff.renames=false", "diff.context=0", "diff.algorithm=patience"),
        *("diff.suppressBlankEmpty=true", "log.showRoot=false", "diff.interHunkContext=9"),
    ],
)
async def test_what_people_set_for_their_own_reading_changes_nothing(
    tmp_path: Path, setting: str
) -> None:
    land(
        tmp_path,
        Landing(files={"a.py": "1\n\n2\n\n3\n4\n5\n6\n7\n8\n9\n10\n", "m.py": FOUR_LINES}),
        Landing(files={"a.py": "0\n\n2\n\n3\n4\n5\n6\n7\n8\n9\n0\n"}),
        Landing(files={"b.py": "1\n"}, branch="topic"),
        Landing(files={"b.py": "1\n", "m.py": None, "n.py": FOUR_LINES}, merges="topic"),
    )
    before = await read(tmp_path)
    git(tmp_path, "config", *setting.split("="))
    assert await read(tmp_path) == before


async def test_only_the_latest_changes_are_read_where_few_are_wanted(tmp_path: Path) -> None:
    land(tmp_path, *(Landing(f"No. {number}", {"a": f"{number}\n"}) for number in range(5)))
    assert [change.title for change in await read(tmp_path, 2)] == ["No. 3", "No. 4"]
