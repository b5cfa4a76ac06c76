"""The file of a commit message: what editors leave in it is put back as it was."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Misconfigured

BOM = codecs.BOM_UTF8


@dataclass(frozen=True, slots=True)
class MessageFile:
    """The text without a byte order mark and with plain line ends; both come back on writing.

    Bytes that are no UTF-8 survive as well. Line ends that are mixed stay in the text.
    """

    path: Path
    content: bytes

    @property
    def text(self) -> str:
        """What the author wrote."""
        plain = self.content.removeprefix(BOM)
        if self._windows:
            plain = plain.replace(b"\r\n", b"\n")
        return plain.decode("utf-8", "surrogateescape")

    def write(self, text: str) -> None:
        """Put this text into the file, if it is another one.

        Raises:
            Misconfigured: the file cannot be written.
        """
        content = text.encode("utf-8", "surrogateescape")
        if self._windows:
            content = content.replace(b"\n", b"\r\n")
        if self.content.startswith(BOM):
            content = BOM + content
        if content == self.content:
            return
        try:
            self.path.write_bytes(content)
        except OSError as exc:
            raise Misconfigured(f"{self.path}: {exc.strerror}") from exc

    @property
    def _windows(self) -> bool:
        ends = self.content.count(b"\n")
        return ends > 0 and self.content.count(b"\r\n") == ends


def read_message_file(path: Path) -> MessageFile:
    """Read the file of a message.

    Raises:
        Misconfigured: it cannot be read.
    """
    try:
        return MessageFile(path, path.read_bytes())
    except OSError as exc:
        raise Misconfigured(f"{path}: {exc.strerror}") from exc
