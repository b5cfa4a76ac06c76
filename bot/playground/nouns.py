"""What a workspace consists of: users, channels, messages and views, in Slack's own shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
"""A JSON object as Slack sends and takes it."""

TEAM_ID = "T0PLAYGROUND"
TEAM_DOMAIN = "playground"
APP_ID = "A0COUNTERSIGN"
BOT_ID = "B0COUNTERSIGN"
BOT_USER_ID = "U0COUNTERSIGN"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody in the workspace, or the app's own bot user.

    `guest` is Slack's `is_restricted`; another `team_id` than the workspace's makes somebody
    from another company, met in a shared channel (Slack Connect). `status` is emoji and text.
    """

    id: str
    name: str
    real_name: str
    email: str | None = None
    team_id: str = TEAM_ID
    timezone: str = "Europe/Berlin"
    bot: bool = False
    guest: bool = False
    deleted: bool = False
    status: tuple[str, str] = ("", "")

    @property
    def stranger(self) -> bool:
        """Whether they belong to another workspace."""
        return self.team_id != TEAM_ID

    def as_json(self, *, with_email: bool) -> Json:
        """Slack's user object; the e-mail only for those who hold `users:read.email`."""
        profile: Json = {"real_name": self.real_name, "display_name": self.name}
        profile |= dict(zip(("status_emoji", "status_text"), self.status, strict=True))
        profile["status_expiration"] = 0
        if with_email and self.email and not self.stranger:
            profile["email"] = self.email
        shown: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.bot,
        }
        if self.deleted:
            return shown
        return shown | {
            "real_name": self.real_name,
            "tz": self.timezone,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_stranger": self.stranger,
            "is_app_user": False,
        }


@dataclass(slots=True)
class Channel:
    """A channel, or the direct conversation between the app and the person `im_with`."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    private: bool = False
    archived: bool = False
    im_with: str | None = None

    def as_json(self) -> Json:
        """Slack's conversation object."""
        if self.im_with is not None:
            return {"id": self.id, "is_im": True, "user": self.im_with, "is_archived": False}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_im": False,
            "is_private": self.private,
            "is_archived": self.archived,
            "is_member": BOT_USER_ID in self.members,
            "num_members": len(self.members),
        }


@dataclass(frozen=True, slots=True)
class Message:
    """A message. `only_for` makes it ephemeral: that one person sees it, nobody else."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    edited_ts: str | None = None
    reactions: tuple[tuple[str, str], ...] = ()
    only_for: str | None = None
    attachments: tuple[Json, ...] = ()

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread, below its parent."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def as_json(self) -> Json:
        """Slack's message object, without the metadata, which only some calls show."""
        shown: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text}
        if self.user == BOT_USER_ID:
            shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
        if self.blocks:
            shown["blocks"] = list(self.blocks)
        if self.attachments:
            shown["attachments"] = list(self.attachments)
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.edited_ts:
            shown["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.reactions:
            names = dict.fromkeys(name for name, _ in self.reactions)
            shown["reactions"] = [
                {"name": name, "users": [user for other, user in self.reactions if other == name]}
                for name in names
            ]
        return shown | {"team": TEAM_ID}


@dataclass(frozen=True, slots=True)
class View:
    """A modal or Home tab as somebody sees it.

    `content` is what the app sent, its blocks completed with ids; `hash` changes with every
    update; `errors` are the validation errors shown under its inputs, by block id.
    """

    id: str
    user: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """The blocks shown."""
        blocks: list[Json] = self.content["blocks"]
        return blocks

    def as_json(self, values: Json | None = None) -> Json:
        """Slack's view object; `values` are what stands in its inputs, by block and action id."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": TEAM_ID,
            "title": None,
            "submit": None,
            "close": None,
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            **self.content,
            "state": {"values": values or {}},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
        }
