"""Files in the workspace: an address to upload to, what came there, and when it can be shown."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.playground.nouns import BOT_USER_ID, Json
from bot.playground.refusal import ApiRefusal

PROCESSING = timedelta(seconds=1)
"""Slack shows a file a moment after it was completed, not at once."""
ADDRESS_LIFE = timedelta(minutes=5)
"""How long an upload address is good for. Slack does not say; this is the stricter reading."""
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""What Slack shows in an image block, by the first bytes."""


@dataclass(frozen=True, slots=True)
class File:
    """A file: what was announced, then what came, then whether its upload was completed."""

    id: str
    name: str
    length: int
    announced: datetime
    alt_text: str = ""
    title: str = ""
    content: bytes | None = None
    completed: datetime | None = None
    user: str = BOT_USER_ID

    def as_json(self) -> Json:
        """Slack's file object."""
        ending = self.name.rpartition(".")[2] if "." in self.name else ""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "user": self.user,
            "filetype": ending.lower(),
            "mimetype": self.picture_type or "application/octet-stream",
            "size": self.length,
        }

    @property
    def picture_type(self) -> str | None:
        """The media type of a picture; None for what is none."""
        found = (
            kind for first, kind in PICTURES.items() if (self.content or b"").startswith(first)
        )
        return next(found, None)


class Files:
    """The workspace's files: the app's own, seen where it shows them, and what people send."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[str, File] = {}
        self._addresses: dict[str, str] = {}

    @property
    def all(self) -> Mapping[str, File]:
        """The files by id, those never completed included."""
        return self._files

    def send(self, user: str, name: str, content: bytes) -> File:
        """A file that somebody chose in a form."""
        file, key = self.announce(name, len(content), "")
        self._keep(replace(file, user=user))
        self.take(key, content)
        return self.complete(file.id, name)

    def announce(self, name: str, length: int, alt_text: str) -> tuple[File, str]:
        """A file to come, and the key of the address that takes it."""
        file = File("F0" + secrets.token_hex(5).upper(), name, length, self._clock.now(), alt_text)
        key = secrets.token_urlsafe(24)
        self._files[file.id] = file
        self._addresses[key] = file.id
        return file, key

    def take(self, key: str, content: bytes) -> File:
        """What was sent to an address: once, in time, and as long as announced."""
        file = self._files.get(self._addresses.pop(key, ""))
        if file is None or self._clock.now() - file.announced > ADDRESS_LIFE:
            raise ApiRefusal("not_found")
        if len(content) != file.length:
            raise ApiRefusal("length_mismatch")
        return self._keep(replace(file, content=content))

    def complete(self, file_id: str, title: str) -> File:
        """End an upload; `file_not_found` for what was never sent, or was completed already."""
        file = self._files.get(file_id)
        if file is None or file.content is None or file.completed is not None:
            raise ApiRefusal("file_not_found")
        return self._keep(replace(file, title=title, completed=self._clock.now()))

    def picture(self, file_id: str) -> File | None:
        """The picture that an image block may show by now; None for anything else."""
        file = self._files.get(file_id)
        if file is None or file.completed is None or file.picture_type is None:
            return None
        return file if self._clock.now() - file.completed >= PROCESSING else None

    def _keep(self, file: File) -> File:
        self._files[file.id] = file
        return file
