"""The `git` command for short questions on the command line: asked, and waited for."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Misconfigured, Refused


@dataclass(frozen=True, slots=True)
class Git:
    """Git as it answers in a folder, with the environment and settings that stand there."""

    folder: Path = Path()

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git prints when it reads `given`.

        Raises:
            Misconfigured: git is not installed.
            Refused: git said no; the text is git's own.
        """
        done = self._done(arguments, given)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
            raise Refused(f"git: {said or done.returncode}")
        return done.stdout

    def says(self, *arguments: str) -> str | None:
        """What git prints, without the last line's end; None where it says no.

        Raises:
            Misconfigured: git is not installed.
        """
        done = self._done(arguments)
        text = done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")
        return None if done.returncode else text

    def _done(
        self, arguments: tuple[str, ...], given: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - arguments are a list, no shell reads them
                ["git", *arguments],  # noqa: S607 - the git that the author commits with
                cwd=self.folder,
                input=given,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as exc:
            raise Misconfigured("git is not installed, or not on the PATH") from exc
