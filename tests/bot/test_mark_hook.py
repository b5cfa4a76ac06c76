"""`countersign mark --install`: real commits by real git, through the hook as it is installed."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import sys
from pathlib import Path

import pytest
import yaml

from bot.git.mark_hook import KEPT
from tests.bot.marking import Clone, make_clone, run_mark, set_up_git

ROOT = Path(__file__).parents[2]
SESSION = "countersign.ai=Codex"
GERRIT = '#!/bin/sh\nprintf \'Change-Id: I0%s\\n\' "$(grep -c Assisted-by "$1")" >> "$1"\n'


@pytest.fixture(scope="module")
def hook_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hook as it is installed; it says nothing of the clone it is in."""
    folder = tmp_path_factory.mktemp("hook")
    with pytest.MonkeyPatch.context() as patch:
        set_up_git(folder, patch)
        clone = make_clone(folder / "clone")
        install(clone)
    return clone.hook().read_text(encoding="utf-8")


@pytest.fixture
def bare_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """A clone without the hook; its path holds what shells stumble over."""
    set_up_git(tmp_path, monkeypatch)
    return make_clone(tmp_path / "ana's shop")


@pytest.fixture
def clone(bare_clone: Clone, hook_text: str) -> Clone:
    """A clone with the hook."""
    put_hook(bare_clone, hook_text)
    return bare_clone


def install(clone: Clone, *options: str) -> str:
    result = run_mark("--install", "--repo", clone.path, *options)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def uninstall(clone: Clone) -> str:
    result = run_mark("--uninstall", "--repo", clone.path)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def put_hook(clone: Clone, text: str) -> Path:
    hook = clone.hook()
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(text, encoding="utf-8")
    hook.chmod(0o755)
    return hook


# What authors write.


def test_a_line_of_the_message_becomes_a_trailer(clone: Clone) -> None:
    message = clone.commit("Retry refunds\n\nAI: Claude Code")
    assert message == "Retry refunds\n\nAssisted-by: Claude Code"


def test_a_line_typed_in_the_editor_becomes_a_trailer(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", clone.editor("Retry refunds\n\nAI: Claude Code\n"))
    clone.git("commit", "--allow-empty", "--verbose")
    assert clone.message() == "Retry refunds\n\nAssisted-by: Claude Code"


def test_nobody_s_word_leaves_the_message(clone: Clone) -> None:
    assert clone.commit("Retry refunds") == "Retry refunds"


def test_a_setting_declares_one_commit(clone: Clone) -> None:
    assert clone.commit("Retry", settings=(SESSION,)) == "Retry\n\nAssisted-by: Codex"
    assert clone.commit("Retry") == "Retry"


def test_a_setting_of_the_clone_declares_every_commit(clone: Clone) -> None:
    clone.git("config", "countersign.ai", "Devin")
    assert clone.commit("#12 Retry refunds") == "#12 Retry refunds\n\nAssisted-by: Devin AI"


def test_none_in_the_message_outranks_the_setting(clone: Clone) -> None:
    assert clone.commit("Retry\n\nAI: none", settings=(SESSION,)) == "Retry"


def test_an_amended_commit_is_declared_once(clone: Clone) -> None:
    clone.git("config", "countersign.ai", "Codex")
    once = clone.commit("Retry")
    clone.git("commit", "--quiet", "--allow-empty", "--amend", "--no-edit")
    assert clone.message() == once


def test_a_signature_and_a_declaration_stand_together(clone: Clone) -> None:
    message = clone.commit("Retry", "--signoff", settings=(SESSION,))
    assert message == "Retry\n\nSigned-off-by: Ana Ito <ana@shop.example>\nAssisted-by: Codex"


@pytest.mark.parametrize("mode", ["strip", "verbatim", "scissors"])
def test_every_way_of_cleaning_keeps_the_words_and_adds_the_trailer(
    clone: Clone, mode: str
) -> None:
    clone.git("config", "commit.cleanup", mode)
    message = clone.commit("Retry\n\nWhy:\n- it failed\n\nAI: Codex")
    assert message == "Retry\n\nWhy:\n- it failed\n\nAssisted-by: Codex"


@pytest.mark.parametrize("comment", [";", "auto"])
def test_comments_that_begin_otherwise_go_and_the_trailer_stays(
    clone: Clone, comment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_EDITOR", clone.editor("Retry\n\n"))
    clone.git("config", "core.commentChar", comment)
    clone.write("a.txt", "#12\n")
    clone.git("add", "a.txt")
    clone.git("-c", SESSION, "commit", "--verbose", "--quiet")
    assert clone.message() == "Retry\n\nAssisted-by: Codex"


# What git must go on refusing, and what others wrote.


def test_an_empty_message_is_refused_as_before(clone: Clone) -> None:
    done = clone.try_git("-c", SESSION, "commit", "--allow-empty")
    assert done.returncode == 1
    assert "empty commit message" in done.stderr


def test_an_untouched_template_is_refused_as_before(clone: Clone) -> None:
    clone.write("template", "[shop] \n\nAI: \n# Say why\n")
    clone.git("config", "commit.template", "template")
    done = clone.try_git("-c", SESSION, "commit", "--allow-empty")
    assert done.returncode == 1
    assert "you did not edit the message" in done.stderr


def test_a_template_s_line_left_empty_goes(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.write("template", "\nAI: \n# Say why\n")
    clone.git("config", "commit.template", "template")
    monkeypatch.setenv("GIT_EDITOR", clone.editor("Retry\n"))
    clone.git("commit", "--quiet", "--allow-empty")
    assert clone.message() == "Retry"


def branches_that_part(clone: Clone, path: str = "b.txt") -> None:
    """A branch `topic` and main, with a commit of their own each that no hook has seen."""
    clone.commit("Begin", "--no-verify")
    for branch, file in (("topic", "a.txt"), ("main", path)):
        clone.git("checkout", "--quiet", "-B", branch, "main")
        clone.write(file, branch)
        clone.git("add", file)
        clone.commit(f"On {branch}", "--no-verify")


def test_a_session_does_not_speak_for_a_merge(clone: Clone) -> None:
    branches_that_part(clone)
    clone.git("config", "countersign.ai", "Codex")
    clone.git("merge", "--quiet", "-m", "Merge topic", "topic")
    assert clone.message() == "Merge topic"


def test_a_setting_for_this_very_merge_does(clone: Clone) -> None:
    branches_that_part(clone)
    clone.git("-c", SESSION, "merge", "--quiet", "-m", "Merge topic", "topic")
    assert clone.message() == "Merge topic\n\nAssisted-by: Codex"


def test_a_session_does_not_speak_for_a_pick_with_conflicts(clone: Clone) -> None:
    branches_that_part(clone, "a.txt")
    clone.git("config", "countersign.ai", "Codex")
    assert clone.try_git("cherry-pick", "topic").returncode == 1
    clone.write("a.txt", "both")
    clone.git("commit", "--quiet", "--all", "--cleanup=strip", "--no-edit")
    assert clone.message() == "On topic"


def test_a_session_does_not_speak_for_a_revert_with_conflicts(clone: Clone) -> None:
    for text in ("one", "two", "three"):
        clone.write("a.txt", text)
        clone.git("add", "a.txt")
        clone.commit(text, "--no-verify")
    clone.git("config", "countersign.ai", "Codex")
    assert clone.try_git("revert", "HEAD~1").returncode == 1
    clone.write("a.txt", "four")
    clone.git("commit", "--quiet", "--all", "--no-edit")
    assert "Assisted-by" not in clone.message()


def test_rebasing_declares_nothing(clone: Clone) -> None:
    branches_that_part(clone)
    clone.git("config", "countersign.ai", "Codex")
    clone.git("rebase", "--quiet", "main", "topic")
    assert clone.message() == "On topic"


def test_a_squash_merge_keeps_what_its_commits_said(clone: Clone) -> None:
    clone.commit("Begin", "--no-verify")
    clone.git("checkout", "--quiet", "-b", "topic")
    clone.write("a.txt", "a")
    clone.git("add", "a.txt")
    clone.commit("Add a\n\nAI: Codex")
    clone.git("checkout", "--quiet", "main")
    clone.git("merge", "--squash", "topic")
    clone.git("-c", "countersign.ai=Cursor", "commit", "--quiet")
    assert clone.message().count("Assisted-by: Codex") == 1
    assert "Cursor" not in clone.message()


# A refusal, and a hook that cannot work.


def test_a_refusal_stops_the_commit_and_says_how_to_go_on(clone: Clone) -> None:
    message = "Retry\n\nAI: Bob <bob@x.example>"
    done = clone.try_git("commit", "--allow-empty", "-m", message)
    assert done.returncode == 1
    assert "cannot be told from a person" in done.stderr
    assert "git commit -veF '.git/COMMIT_EDITMSG'" in done.stderr
    kept = clone.path / ".git" / "COMMIT_EDITMSG"
    assert kept.read_text(encoding="utf-8").rstrip() == message


def test_an_interpreter_that_is_gone_stops_nobody(clone: Clone) -> None:
    hook = clone.hook()
    hook.write_text(hook.read_text("utf-8").replace(sys.executable, "/gone/python"), "utf-8")
    done = clone.try_git("commit", "--allow-empty", "-m", "Retry")
    assert done.returncode == 0
    assert "/gone/python is gone; run 'countersign mark --install' anew" in done.stderr


def test_a_hook_that_fails_stops_nobody(clone: Clone) -> None:
    hook = clone.hook()
    hook.write_text(hook.read_text("utf-8").replace("bot.commands.mark", "no.such"), "utf-8")
    done = clone.try_git("commit", "--allow-empty", "-m", "Retry")
    assert done.returncode == 0
    assert "no declaration of AI help was written" in done.stderr


def test_a_repository_s_own_code_is_not_run(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    clone.write("bot/__init__.py", "raise SystemExit(2)\n")
    monkeypatch.setenv("PYTHONPATH", str(clone.path))
    assert clone.commit("Retry\n\nAI: Codex") == "Retry\n\nAssisted-by: Codex"


def test_countersign_need_not_be_on_the_path(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Path(sys.executable).parent
    kept = [it for it in os.environ["PATH"].split(os.pathsep) if Path(it) != own]
    monkeypatch.setenv("PATH", os.pathsep.join(kept))
    assert clone.commit("Retry\n\nAI: Codex") == "Retry\n\nAssisted-by: Codex"


# Where the hook is, and what was there before.


def test_the_hook_can_be_executed(clone: Clone) -> None:
    assert clone.hook().stat().st_mode & stat.S_IXUSR


def test_installing_twice_changes_nothing(clone: Clone) -> None:
    once = clone.hook().read_bytes()
    install(clone)
    assert clone.hook().read_bytes() == once
    assert not clone.hook().with_name(KEPT).exists()


def test_the_organisation_s_trailer_is_installed(bare_clone: Clone) -> None:
    install(bare_clone, "--trailer", "AI-assisted-by")
    assert bare_clone.commit("Retry\n\nAI: Codex") == "Retry\n\nAI-assisted-by: Codex"


def test_a_hook_that_was_there_runs_behind_ours(bare_clone: Clone) -> None:
    put_hook(bare_clone, GERRIT)
    assert KEPT in install(bare_clone)
    message = bare_clone.commit("Retry", settings=(SESSION,))
    assert message == "Retry\n\nAssisted-by: Codex\nChange-Id: I01"


def test_a_hook_that_was_there_may_refuse(bare_clone: Clone) -> None:
    put_hook(bare_clone, "#!/bin/sh\nexit 3\n")
    install(bare_clone)
    assert bare_clone.try_git("commit", "--allow-empty", "-m", "Retry").returncode == 1


def test_uninstalling_puts_back_what_was_there(bare_clone: Clone) -> None:
    hook = put_hook(bare_clone, GERRIT)
    install(bare_clone)
    uninstall(bare_clone)
    assert hook.read_text(encoding="utf-8") == GERRIT
    assert not hook.with_name(KEPT).exists()


def test_uninstalling_leaves_nothing(clone: Clone) -> None:
    before = set(clone.hook().parent.iterdir()) - {clone.hook()}
    uninstall(clone)
    assert set(clone.hook().parent.iterdir()) == before


def test_uninstalling_takes_no_stranger_s_hook_away(bare_clone: Clone) -> None:
    hook = put_hook(bare_clone, GERRIT)
    result = run_mark("--uninstall", "--repo", bare_clone.path)
    assert result.exit_code == 1
    assert hook.read_text(encoding="utf-8") == GERRIT


def test_two_hooks_of_others_are_left_to_their_owner(clone: Clone) -> None:
    kept = clone.hook().with_name(KEPT)
    kept.write_text(GERRIT, encoding="utf-8")
    hook = put_hook(clone, "#!/bin/sh\n")
    result = run_mark("--install", "--repo", clone.path)
    assert result.exit_code == 2
    assert "join the two" in result.stderr
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\n"


def test_a_folder_of_hooks_is_respected_from_a_folder_below(bare_clone: Clone) -> None:
    bare_clone.git("config", "core.hooksPath", "our hooks")
    below = bare_clone.write("docs/a.md", "").parent
    result = run_mark("--install", "--repo", below)
    assert "core.hooksPath points there" in result.stdout
    assert (bare_clone.path / "our hooks" / "commit-msg").exists()
    assert bare_clone.commit("Retry\n\nAI: Codex") == "Retry\n\nAssisted-by: Codex"


def test_a_second_work_tree_is_served_too(clone: Clone) -> None:
    clone.commit("Begin", "--no-verify")
    clone.git("worktree", "add", "--quiet", "../other tree", "-b", "topic")
    other = Clone(clone.path.parent / "other tree")
    assert other.commit("Retry\n\nAI: Codex") == "Retry\n\nAssisted-by: Codex"


def test_husky_s_folder_is_left_to_husky(bare_clone: Clone) -> None:
    bare_clone.git("config", "core.hooksPath", ".husky/_")
    result = run_mark("--install", "--repo", bare_clone.path)
    assert result.exit_code == 2
    assert "Put this line into .husky/commit-msg" in result.stderr
    assert not (bare_clone.path / ".husky").exists()


def test_the_line_for_husky_works(bare_clone: Clone) -> None:
    bare_clone.git("config", "core.hooksPath", ".husky/_")
    line = run_mark("--install", "--repo", bare_clone.path).stderr.splitlines()[-1]
    bare_clone.git("config", "--unset", "core.hooksPath")
    put_hook(bare_clone, f"#!/bin/sh\n{line}\n")
    assert bare_clone.commit("Retry\n\nAI: Codex") == "Retry\n\nAssisted-by: Codex"


def test_no_work_tree_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up_git(tmp_path, monkeypatch)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = run_mark("--install", "--repo", tmp_path)
    assert result.exit_code == 2
    assert "not a git work tree" in result.stderr


def test_an_interpreter_without_countersign_is_told_before_any_commit(
    bare_clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    result = run_mark("--install", "--repo", bare_clone.path)
    assert result.exit_code == 2
    assert "does not find Countersign by itself" in result.stderr
    assert not bare_clone.hook().exists()


def test_hooks_that_are_switched_off_are_told(bare_clone: Clone) -> None:
    bare_clone.git("config", "core.hooksPath", os.devnull)
    result = run_mark("--install", "--repo", bare_clone.path)
    assert result.exit_code == 2
    assert os.devnull in result.stderr


def test_what_pre_commit_runs_declares(bare_clone: Clone) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["language"], hook["stages"]) == ("python", ["commit-msg"])
    python, *entry = shlex.split(hook["entry"])
    assert python == "python"
    put_hook(bare_clone, f'#!/bin/sh\nexec {shlex.join([sys.executable, *entry])} "$1"\n')
    assert bare_clone.commit("Retry\n\nAI: Codex") == "Retry\n\nAssisted-by: Codex"
