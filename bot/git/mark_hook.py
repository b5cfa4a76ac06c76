"""The commit-msg hook that turns an author's word into a trailer: put in place, taken away.

It is commit-msg and not prepare-commit-msg, because it must read what the author writes in the
editor, and because git runs it for commits that people make: a rebase or a pick of somebody
else's commit passes by, and `--no-verify` is a way out.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Misconfigured, Refused
from bot.git.command import Git

NAME = "commit-msg"
KEPT = "commit-msg.before-countersign"
"""The name of a hook that was there before."""

HUSKY = ".husky"
"""A folder whose hooks husky writes anew, and finds by their own names."""

MODULE = "bot.commands.mark"
ISOLATED = ("-E", "-P")
"""Python without PYTHONPATH and the current folder: a repository may have a `bot` of its own."""

EXECUTABLE = 0o755
SIGNED = "# Written by `countersign mark --install`; `countersign mark --uninstall` takes it away."

# Status 2 is our "no" to a declaration; with any other one we are broken, which is no reason
# to keep anybody from committing.
HOOK = """\
#!/bin/sh
{signed}
# It turns a line such as `AI: Claude Code` into a trailer; see `countersign mark --help`.
python={python}
if [ -x "$python" ]; then
    "$python" {command} -- "$1"
    case $? in
        0) ;;
        2)
            echo "countersign: nothing is committed; go on with: git commit -veF '$1'" >&2
            exit 2
            ;;
        *) echo "countersign: failed; no declaration of AI help was written" >&2 ;;
    esac
else
    echo "countersign: $python is gone; run 'countersign mark --install' anew" >&2
fi
if [ -x "${{0%/*}}/{kept}" ]; then
    exec "${{0%/*}}/{kept}" "$@"
fi
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the hook is.

    `kept`: the hook that was there before and runs behind it. `shared`: `core.hooksPath` led
    there, so the hook serves every clone for which it does.
    """

    path: Path
    kept: Path | None
    shared: bool


def install_hook(git: Git, options: tuple[str, ...] = ()) -> Installed:
    """Write the hook where git looks for it; `options` are handed to `mark` on every commit.

    A hook that is there already is kept, and runs behind ours, so that it sees the message as it
    will be committed. A second time changes nothing.

    Raises:
        Misconfigured: there is no work tree, the folder cannot be written, or this interpreter
            does not find Countersign by itself.
        Refused: husky owns the folder, or there is a hook, and one kept from before as well.
    """
    command = (*ISOLATED, "-m", MODULE, *options)
    _check_interpreter(command)
    python = shlex.quote(Path(sys.executable).as_posix())
    hook = _place(git)
    if HUSKY in hook.parts:
        raise Refused(
            f"husky writes the hooks in {hook.parent}. Put this line into {HUSKY}/{NAME}:\n"
            f'{python} {shlex.join(command)} -- "$1"'
        )
    text = HOOK.format(signed=SIGNED, python=python, command=shlex.join(command), kept=KEPT)
    try:
        kept = _put(hook, text)
    except OSError as exc:
        raise Misconfigured(f"{hook}: {exc.strerror}") from exc
    shared = git.says("config", "--get", "core.hooksPath") is not None
    return Installed(hook, kept, shared)


def uninstall_hook(git: Git) -> Path | None:
    """Take our hook away and put back what was there before; None where there is none of ours.

    Raises:
        Misconfigured: there is no work tree, or the folder cannot be written.
    """
    hook = _place(git)
    if not _is_ours(hook):
        return None
    kept = hook.with_name(KEPT)
    try:
        if _exists(kept):
            kept.replace(hook)
        else:
            hook.unlink()
    except OSError as exc:
        raise Misconfigured(f"{hook}: {exc.strerror}") from exc
    return hook


def _place(git: Git) -> Path:
    """Where git looks for the hook, which `core.hooksPath` may say."""
    top = git.says("rev-parse", "--show-toplevel")
    if top is None:
        raise Misconfigured(f"{git.folder}: not a git work tree; name one with --repo")
    # A path that is not absolute counts from the top of the work tree.
    hooks = Git(Path(top)).says("rev-parse", "--git-path", "hooks")
    if not hooks:
        raise Misconfigured(f"{top}: git does not say where its hooks are")
    return Path(top, hooks, NAME)


def _check_interpreter(command: tuple[str, ...]) -> None:
    """Make sure that what the hook will run does run, before it is every commit's trouble."""
    trial = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, *command, "--help"], capture_output=True, check=False
    )
    if trial.returncode:
        raise Misconfigured(
            f"{sys.executable} does not find Countersign by itself: install it there, "
            "`pip install` does, and call `countersign mark --install` again"
        )


def _put(hook: Path, text: str) -> Path | None:
    """Put the hook in place; the one that was there before, where there was one."""
    kept = hook.with_name(KEPT)
    stranger = _exists(hook) and not _is_ours(hook)
    if stranger and _exists(kept):
        raise Refused(
            f"{hook} is a hook of your own, and so is {KEPT} beside it: "
            "join the two, or move one away"
        )
    hook.parent.mkdir(parents=True, exist_ok=True)
    new = hook.with_name(NAME + ".new-countersign")
    new.write_bytes(text.encode("utf-8", "surrogateescape"))
    new.chmod(EXECUTABLE)
    if stranger:
        hook.rename(kept)
    new.replace(hook)
    return kept if _exists(kept) else None


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _is_ours(hook: Path) -> bool:
    return hook.is_file() and SIGNED.encode() in hook.read_bytes()
