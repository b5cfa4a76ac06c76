"""One clone on this machine, asked through the `git` command without blocking the event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import Misconfigured, Refused

CHUNK = 1 << 16
ELSEWHERE = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
"""What `git rev-parse --local-env-vars` lists: whose repository, not how to read it."""


class Clone:
    """A work tree or bare repository.

    Names of branches and commits may come from anywhere: they are always passed behind
    `--end-of-options`, so none of them can be taken for an option.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    async def check(self) -> None:
        """Make sure that this is a clone.

        Raises:
            Misconfigured: it is none, or git is not installed.
        """
        if not self.path.is_dir():
            raise Misconfigured(f"{self.path}: there is no such folder; name a clone")
        try:
            await self.text("rev-parse", "--git-dir")
        except FileNotFoundError as exc:
            raise Misconfigured("git is not installed, or not on the PATH") from exc
        except Refused as exc:
            raise Misconfigured(f"{self.path}: not a git repository; name a clone") from exc

    async def text(self, *arguments: str) -> str:
        """What git prints, as text; bytes that are not UTF-8 are replaced.

        Raises:
            Refused: git said no; the text is git's own.
        """
        process = await self._start(*arguments)
        out, err = await process.communicate()
        if process.returncode:
            said = err.decode("utf-8", "replace").strip().removeprefix("fatal: ")
            raise Refused(f"git {arguments[0]}: {said or process.returncode}")
        return out.decode("utf-8", "replace")

    async def pieces(self, *arguments: str, end: bytes) -> AsyncIterator[str]:
        """What git prints, piece by piece as it comes; `end` stands after each piece."""
        async with self._reading(*arguments) as stream:
            left = b""
            while chunk := await stream.read(CHUNK):
                *whole, left = (left + chunk).split(end)
                for piece in whole:
                    yield piece.decode("utf-8", "replace")
            if left.strip():
                yield left.decode("utf-8", "replace")

    @asynccontextmanager
    async def _reading(self, *arguments: str) -> AsyncIterator[asyncio.StreamReader]:
        process = await self._start(*arguments)
        stream = process.stdout
        if stream is None:
            raise Refused(f"git {arguments[0]}: gave no output")
        try:
            yield stream
            _, err = await process.communicate()
            if process.returncode:
                raise Refused(f"git {arguments[0]}: {err.decode('utf-8', 'replace').strip()}")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            "git",
            "-c",
            "core.quotepath=false",
            *arguments,
            cwd=self.path,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
        )

    async def commit_of(self, name: str) -> str:
        """The SHA of the commit that a name stands for.

        Raises:
            Refused: there is no such commit.
        """
        try:
            out = await self.text(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
            )
        except Refused as exc:
            raise Refused(f"{name}: no such branch, tag or commit in {self.path}") from exc
        return out.strip()

    async def merge_base(self, one: str, other: str) -> str:
        """The commit at which two lines of history part.

        Raises:
            Refused: they have nothing in common.
        """
        try:
            return (await self.text("merge-base", "--end-of-options", one, other)).strip()
        except Refused as exc:
            raise Refused(f"{one} and {other} have no common history") from exc

    async def file_at(self, sha: str, path: str) -> str | None:
        """A file's text at a commit; None when there is none."""
        listed = await self.text(
            "ls-tree", "-z", "--full-tree", "--end-of-options", sha, "--", path
        )
        if not listed or " blob " not in listed.split("\t", 1)[0]:
            return None
        return await self.text("cat-file", "blob", "--end-of-options", f"{sha}:{path}")


def _environment() -> dict[str, str]:
    """Ours, less what points git at another repository (as it does inside a hook)."""
    kept = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
    return {**kept, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat"}
