"""Asking git: names that look like options, files of any name, and output of any length."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.errors import Misconfigured, Refused
from bot.git.clone import CHUNK, Clone
from tests.bot.git.repository import Repository


async def test_a_clone_is_one(repository: Repository, clone: Clone) -> None:
    repository.commit({"a.py": "1\n"})
    await clone.check()


async def test_a_bare_clone_is_one_too(tmp_path: Path, repository: Repository) -> None:
    repository.commit({"a.py": "1\n"})
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    await Clone(tmp_path / "bare").check()


async def test_a_folder_is_no_clone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Misconfigured, match="not a git repository"):
        await Clone(tmp_path / "empty").check()


async def test_without_git_it_is_said(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Misconfigured, match="git is not installed"):
        await clone.check()


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="nowhere"):
        await Clone(tmp_path / "nowhere").check()


async def test_a_commit_has_many_names(repository: Repository, clone: Clone) -> None:
    sha = repository.commit({"a.py": "1\n"})
    repository.tag("v1")
    for name in ("main", "HEAD", "v1", sha, sha[:10], "refs/heads/main"):
        assert await clone.commit_of(name) == sha


async def test_what_is_no_commit_is_refused_by_its_name(
    repository: Repository, clone: Clone
) -> None:
    repository.commit({"a.py": "1\n"})
    for name in ("nowhere", "", "--all", "-1", "main..main", "main:a.py", "a b"):
        with pytest.raises(Refused) as refused:
            await clone.commit_of(name)
        assert str(refused.value).startswith(f"{name}: no such branch, tag or commit")


async def test_a_branch_that_is_named_like_an_option_is_a_branch(
    repository: Repository, clone: Clone
) -> None:
    sha = repository.commit({"a.py": "1\n"})
    repository.git("update-ref", "refs/heads/--output=x", sha)
    assert await clone.commit_of("--output=x") == sha
    assert not (repository.path / "x").exists()


async def test_two_lines_of_history_part_somewhere(repository: Repository, clone: Clone) -> None:
    fork = repository.commit({"a.py": "1\n"})
    repository.branch("feature")
    repository.commit({"b.py": "1\n"}, branch="feature")
    repository.commit({"c.py": "1\n"})
    assert await clone.merge_base("main", "feature") == fork


async def test_what_has_nothing_in_common_is_refused(repository: Repository, clone: Clone) -> None:
    repository.commit({"a.py": "1\n"})
    repository.commit({"b.py": "1\n"}, branch="other")
    with pytest.raises(Refused, match="no common history"):
        await clone.merge_base("main", "other")


NAMES = [
    "CODEOWNERS",
    "a/b c/d.txt",
    "Zürich/✓.md",
    "two\nlines",
    "tab\there",
    'quote"d',
    "-n",
    "--all",
    "*.py",
    "[x]?",
    "back\\slash",
]


async def test_a_file_is_read_whatever_its_name(repository: Repository, clone: Clone) -> None:
    sha = repository.commit({name: f"the text of {name}" for name in NAMES})
    for name in NAMES:
        assert await clone.file_at(sha, name) == f"the text of {name}"


async def test_a_file_is_read_as_it_was_at_the_commit(repository: Repository, clone: Clone) -> None:
    old = repository.commit({"policy.yml": "one\n"})
    new = repository.commit({"policy.yml": "two\n"})
    gone = repository.commit({"policy.yml": None})
    found = [await clone.file_at(sha, "policy.yml") for sha in (old, new, gone)]
    assert found == ["one\n", "two\n", None]


async def test_what_is_no_file_is_none(repository: Repository, clone: Clone) -> None:
    files: dict[str | bytes, str | bytes | None] = {
        "folder/a.py": "1\n",
        "module": "e" * 40,
        "x1": "1\n",
    }
    sha = repository.commit(files, modes={"module": "160000"})
    for path in ("nothing.yml", "folder", "module", "x*", "."):
        assert await clone.file_at(sha, path) is None


async def test_a_link_is_not_followed(repository: Repository, clone: Clone) -> None:
    sha = repository.commit({"policy.yml": "/etc/passwd"}, modes={"policy.yml": "120000"})
    assert await clone.file_at(sha, "policy.yml") == "/etc/passwd"


async def test_bytes_that_are_no_text_are_replaced(repository: Repository, clone: Clone) -> None:
    sha = repository.commit({"a.txt": b"caf\xe9\n"})
    assert await clone.file_at(sha, "a.txt") == "caf\ufffd\n"


async def test_from_a_folder_inside_the_same_files_are_read(repository: Repository) -> None:
    sha = repository.commit({".countersign.yml": "version: 1\n", "web/a.ts": "1\n"})
    (repository.path / "web").mkdir()
    inside = Clone(repository.path / "web")
    assert await inside.file_at(sha, ".countersign.yml") == "version: 1\n"


async def test_a_clone_is_read_even_where_git_was_pointed_elsewhere(
    tmp_path: Path, repository: Repository, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = repository.commit({"a.py": "1\n"})
    other = Repository(tmp_path / "other")
    other.commit({"b.py": "1\n"})
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    assert await clone.commit_of("main") == sha


async def pieces(clone: Clone, *arguments: str, end: bytes = b"\0") -> list[str]:
    return [piece async for piece in clone.pieces(*arguments, end=end)]


async def test_pieces_come_whole_however_long_the_output(
    repository: Repository, clone: Clone
) -> None:
    messages = [f"{number} " + "é" * CHUNK for number in range(5)]
    for message in messages:
        repository.commit({"a.py": message}, message=message)
    found = await pieces(clone, "log", "-z", "--reverse", "--format=%s")
    assert found == messages


async def test_what_git_refuses_is_refused(repository: Repository, clone: Clone) -> None:
    repository.commit({"a.py": "1\n"})
    with pytest.raises(Refused, match="git log: "):
        await pieces(clone, "log", "--end-of-options", "nowhere")
    with pytest.raises(Refused, match="git log: "):
        await clone.text("log", "--end-of-options", "nowhere")


async def test_who_stops_reading_leaves_no_git_behind(repository: Repository, clone: Clone) -> None:
    for number in range(3):
        repository.commit({"a.py": "x" * 3 * CHUNK + str(number)})
    reading = clone.pieces("log", "-p", end=b"\n")
    async for _ in reading:
        break
    await reading.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
