"""A clone whose git knows nothing of this machine's settings, with the hook installed in it."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import Group
from bot.commands.mark import mark

STRANGE = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_CONFIG_PARAMETERS", "EDITOR")
GLOBAL = "[user]\nname = Ana Ito\nemail = ana@shop.example\n[init]\ndefaultBranch = main\n"


def set_up_git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let git see this folder's settings only, and an editor that leaves messages as they are."""
    for name in STRANGE:
        monkeypatch.delenv(name, raising=False)
    settings = folder / "gitconfig"
    settings.write_text(GLOBAL, encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_EDITOR", "true")


@dataclass(frozen=True)
class Clone:
    """A work tree in which people commit."""

    path: Path

    def git(self, *arguments: str) -> str:
        """What git says; a test fails where git does."""
        done = self.try_git(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def try_git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Git's answer, whatever it is."""
        return subprocess.run(  # noqa: S603 - the tests' own words
            ["git", *arguments],  # noqa: S607 - the machine's git
            cwd=self.path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def commit(self, message: str, *options: str, settings: tuple[str, ...] = ()) -> str:
        """Commit, through the hook; the message as it was committed."""
        given = [word for setting in settings for word in ("-c", setting)]
        self.git(*given, "commit", "--quiet", "--allow-empty", "-m", message, *options)
        return self.message()

    def message(self, commit: str = "HEAD") -> str:
        """The message of a commit, without the last line's end."""
        return self.git("log", "-1", "--format=%B", commit).rstrip("\n")

    def hook(self) -> Path:
        """Where a hook for messages stands."""
        return self.path / ".git" / "hooks" / "commit-msg"

    def write(self, path: str, text: str) -> Path:
        """Write a file of the work tree."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def editor(self, text: str) -> str:
        """An editor, for git, that puts a text above what git wrote."""
        typed, script = self.path.parent / "typed", self.path.parent / "editor"
        typed.write_text(text, encoding="utf-8")
        script.write_text('#!/bin/sh\ncat "${0%/*}/typed" "$1" > "$1.new"\nmv "$1.new" "$1"\n')
        script.chmod(0o755)
        return shlex.quote(str(script))


def make_clone(path: Path) -> Clone:
    """A clone without any commit."""
    path.mkdir(parents=True)
    clone = Clone(path)
    clone.git("init", "--quiet", "--template=")
    return clone


def run_mark(*arguments: str | Path) -> Result:
    """`countersign mark …`, with errors shown as the command line shows them."""
    words = ["mark", *(str(word) for word in arguments)]
    return CliRunner().invoke(Group(commands=[mark]), words, catch_exceptions=False)
