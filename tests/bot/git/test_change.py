"""A change read from a clone: every file with its own lines and patch."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.git.change
from bot.git.change import read_commits, read_files
from bot.git.clone import Clone
from routing.model import ChangedFile, FileStatus
from tests.bot.git.repository import Content, Name, Repository

Files = Mapping[Name, Content]

LONG = "".join(f"line {number}\n" for number in range(20))


Modes = Mapping[Name, str]


async def changed(
    repository: Repository,
    before: Files,
    after: Files,
    modes: tuple[Modes | None, Modes | None] = (None, None),
) -> dict[str, ChangedFile]:
    """What a commit on top of another changed, by path."""
    base = repository.commit({"README.md": "# Shop\n", **before}, modes=modes[0], parents=[])
    head = repository.commit(after, modes=modes[1])
    files = await read_files(Clone(repository.path), base, head)
    assert len({file.path for file in files}) == len(files)
    return {file.path: file for file in files}


def shown(file: ChangedFile) -> tuple[list[str], list[str]]:
    """The lines that a patch takes away and adds."""
    lines = (file.patch or "").split("\n")
    return (
        [line[1:] for line in lines if line.startswith("-")],
        [line[1:] for line in lines if line.startswith("+")],
    )


async def test_an_added_file(repository: Repository) -> None:
    files = await changed(repository, {}, {"a.py": "one\ntwo\n"})
    assert str(files["a.py"].patch).rstrip("\n") == "@@ -0,0 +1,2 @@\n+one\n+two"
    assert (files["a.py"].additions, files["a.py"].deletions) == (2, 0)
    assert files["a.py"].status is FileStatus.ADDED


async def test_a_modified_file(repository: Repository) -> None:
    files = await changed(repository, {"a.py": LONG}, {"a.py": LONG.replace("line 7", "seven")})
    assert (files["a.py"].additions, files["a.py"].deletions) == (1, 1)
    assert files["a.py"].status is FileStatus.MODIFIED
    assert shown(files["a.py"]) == (["line 7"], ["seven"])


async def test_a_removed_file(repository: Repository) -> None:
    files = await changed(repository, {"a.py": "one\n"}, {"a.py": None})
    assert files["a.py"].status is FileStatus.REMOVED
    assert shown(files["a.py"]) == (["one"], [])


async def test_a_renamed_file_goes_by_both_names(repository: Repository) -> None:
    files = await changed(repository, {"old.py": LONG}, {"old.py": None, "new.py": LONG + "x\n"})
    (file,) = files.values()
    assert file.status is FileStatus.RENAMED
    assert file.paths == ("new.py", "old.py")
    assert (file.additions, file.deletions) == (1, 0)
    assert shown(file) == ([], ["x"])


async def test_a_file_moved_as_it_was_has_no_lines(repository: Repository) -> None:
    files = await changed(repository, {"a.py": LONG}, {"a.py": None, "b.py": LONG})
    (file,) = files.values()
    assert (file.paths, file.additions, file.deletions) == (("b.py", "a.py"), 0, 0)


async def test_a_binary_file_shows_no_patch(repository: Repository) -> None:
    files = await changed(repository, {}, {"a.png": b"\x89PNG\0\0", "b.py": "b.py\n"})
    assert files["a.png"].patch is None
    assert (files["a.png"].additions, files["a.png"].deletions) == (0, 0)
    assert shown(files["b.py"]) == ([], ["b.py"])


async def test_a_file_whose_attributes_hide_its_lines_shows_no_patch(
    repository: Repository,
) -> None:
    (repository.path / ".gitattributes").write_text("*.py -diff\n", "utf-8")
    files = await changed(repository, {}, {"a.py": "a.py\n", "b.js": "b.js\n"})
    assert files["a.py"].patch is None
    assert shown(files["b.js"]) == ([], ["b.js"])


async def test_a_submodule_shows_the_commits_it_moved_between(repository: Repository) -> None:
    module: Modes = {"lib": "160000"}
    files = await changed(repository, {"lib": "a" * 40}, {"lib": "b" * 40}, (module, module))
    gone, came = shown(files["lib"])
    assert gone == [f"Subproject commit {'a' * 40}"]
    assert came == [f"Subproject commit {'b' * 40}"]


async def test_an_empty_file_and_a_new_mode_have_no_lines(repository: Repository) -> None:
    files = await changed(
        repository,
        {"run.sh": "run.sh\n"},
        {"run.sh": "run.sh\n", "empty": "", "z.py": "z.py\n"},
        (None, {"run.sh": "100755"}),
    )
    assert set(files) == {"run.sh", "empty", "z.py"}
    assert shown(files["z.py"]) == ([], ["z.py"])


async def test_a_file_that_became_a_link_keeps_no_patch_from_its_file(
    repository: Repository,
) -> None:
    files = await changed(
        repository,
        {"m.py": "m.py\n"},
        {"a.py": "a.py\n", "m.py": "/etc/passwd", "y.py": "y.py\n", "z.py": "z.py\n"},
        (None, {"m.py": "120000"}),
    )
    assert shown(files["a.py"]) == ([], ["a.py"])
    assert shown(files["y.py"]) == ([], ["y.py"])
    assert shown(files["z.py"]) == ([], ["z.py"])


async def test_the_last_patch_ends_as_the_others_do(repository: Repository) -> None:
    files = await changed(repository, {}, {"a.py": "x\n", "b.py": "x\n"})
    assert files["a.py"].patch == files["b.py"].patch


async def test_nothing_changed_is_nothing(repository: Repository) -> None:
    base = repository.commit({"a.py": "1\n"})
    assert await read_files(Clone(repository.path), base, base) == ()


async def test_a_last_line_without_an_end_is_told(repository: Repository) -> None:
    files = await changed(repository, {"a.py": "one\n"}, {"a.py": "one"})
    assert (files["a.py"].additions, files["a.py"].deletions) == (1, 1)
    assert "\\ No newline at end of file" in str(files["a.py"].patch)


async def test_beyond_the_limit_patches_are_missing_and_lines_are_counted(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.git.change, "MOST_PATCH", 100)
    files = await changed(repository, {}, {"a.py": LONG, "b.py": "b.py\n"})
    assert [file.patch for file in files.values()] == [None, None]
    assert files["a.py"].additions == 20


TRAPS = [
    "diff --git a/x b/x",
    "@@ -1,9 +1,9 @@",
    "--- a/x",
    "+++ /dev/null",
    "-- ",
    "rename to elsewhere.py",
    "\r",
    "a\rb",
    "\x0c",
    "\u2028",
    "<<<<<<< HEAD",
]


async def test_no_line_can_pass_for_the_start_of_another_file(repository: Repository) -> None:
    texts: Files = {f"{number}.py": f"{line}\nmore\n{line}\n" for number, line in enumerate(TRAPS)}
    files = await changed(repository, {}, texts)
    for number, line in enumerate(TRAPS):
        assert shown(files[f"{number}.py"]) == ([], [line, "more", line])


NAMES = [
    "a b.py",
    "Zürich/✓.py",
    "two\nlines.py",
    "tab\there.py",
    'quo"te.py',
    "back\\slash.py",
    "-n",
    ":colon",
    " lead and trail ",
    "a/b => c/{d => e}.py",
    "\x01\x02\x1f.py",
]


async def test_a_file_may_have_any_name(repository: Repository) -> None:
    files = await changed(repository, {}, {name: f"{name!r}\n" for name in NAMES})
    assert set(files) == set(NAMES)
    for name in NAMES:
        assert shown(files[name]) == ([], [repr(name)])


async def test_a_file_may_be_renamed_to_any_name(repository: Repository) -> None:
    texts = {name: f"{name!r}\n" * 20 for name in NAMES}
    before: Files = {f"old {number}": texts[name] for number, name in enumerate(NAMES)}
    after: Files = {**dict.fromkeys(before), **{name: texts[name] + "x\n" for name in NAMES}}
    files = await changed(repository, before, after)
    for number, name in enumerate(NAMES):
        assert (files[name].old_path, files[name].additions) == (f"old {number}", 1)


async def test_a_name_that_is_no_text_is_read_as_far_as_it_is(repository: Repository) -> None:
    files = await changed(repository, {}, {b"caf\xe9.py": "x\n"})
    assert list(files) == ["caf\ufffd.py"]


CHANGES = st.dictionaries(
    st.sampled_from(["a", "b/c", "d e", "ü", "-x"]),
    st.sampled_from([None, "", "x\n", "x\ny\n", LONG, LONG + "z\n", "no end", b"\0"]),
    max_size=5,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """One repository for all examples; each begins a history of its own."""
    return Repository(tmp_path_factory.mktemp("shared"))


@settings(max_examples=20)
@given(before=CHANGES, after=CHANGES)
async def test_counts_and_patches_agree_whatever_changed(
    shared: Repository, before: Files, after: Files
) -> None:
    was = {path: text for path, text in before.items() if text is not None}
    now = {path: text for path, text in after.items() if text is not None or path in was}
    files = await changed(shared, was, now)
    paths = {path for file in files.values() for path in file.paths}
    assert paths == {path for path, text in now.items() if was.get(path) != text}
    for file in files.values():
        gone, came = shown(file)
        assert (len(came), len(gone)) == (file.additions, file.deletions)


READING = {
    "diff.noprefix": "true",
    "diff.mnemonicPrefix": "true",
    "diff.renames": "false",
    "diff.external": "false",
    "diff.relative": "true",
    "diff.context": "0",
    "diff.wordRegex": ".",
    "diff.orderFile": "ORDER",
    "diff.colorMoved": "zebra",
    "color.ui": "always",
    "color.diff": "always",
    "core.quotePath": "true",
    "core.pager": "false",
    "log.showSignature": "true",
    "log.decorate": "full",
    "log.date": "iso",
    "log.abbrevCommit": "true",
    "log.follow": "true",
    "format.pretty": "oneline",
    "i18n.logOutputEncoding": "UTF-16",
    "diff.submodule": "log",
    "diff.ignoreSubmodules": "all",
    "diff.txt.textconv": "tr a-z A-Z <",
}


async def read_all(repository: Repository, base: str) -> object:
    clone = Clone(repository.path)
    files = await read_files(clone, base, "main")
    alike = [replace(file, patch=file.patch and file.patch.rstrip("\n")) for file in files]
    return sorted(alike, key=lambda file: file.path), await read_commits(clone, base, "main")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, str, object]:
    """A repository, its base, and what is read of it where nobody has set anything."""
    repository = Repository(tmp_path_factory.mktemp("landed"))
    lib: Modes = {"lib": "160000"}
    (repository.path / ".gitattributes").write_text("*.txt diff=txt\n", "utf-8")
    base = repository.commit({"lib": "a" * 40, "old.py": LONG, "z": LONG}, modes=lib)
    after: Files = {
        "lib": "b" * 40,
        "old.py": None,
        "new.py": LONG + "x\n",
        "Zü.txt": "small\n",
        "z": LONG.replace("line 7\n", "seven\n"),
    }
    repository.commit(after, modes=lib, message="Été")
    return repository, base, asyncio.run(read_all(repository, base))


@pytest.mark.parametrize("key", [pytest.param(key) for key in READING])
async def test_what_people_set_for_their_own_reading_changes_nothing(
    landed: tuple[Repository, str, object],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    key: str,
) -> None:
    repository, base, plain = landed
    (tmp_path / "order").write_text("z*\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", key)
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", READING[key].replace("ORDER", str(tmp_path / "order")))
    assert await read_all(repository, base) == plain
