"""The workspace's memory: who is in it, what was said where, and who may see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.playground.files import Files
from bot.playground.handles import Handles
from bot.playground.nouns import BOT_USER_ID, Channel, Json, Message, User, View
from bot.playground.refusal import ApiRefusal
from bot.playground.views import Views
from bot.slack.scopes import SCOPES


class Workspace:
    """Users, channels and messages, what was uploaded, and the keys that are handed out.

    Reading and writing take channel ids or names ("#reviews"); unknown ones raise `ApiRefusal`
    with Slack's own code. `on_change` is called after every change that somebody could see.
    `url` is where the workspace is served, `scopes` what the app was granted. `commands` are the
    lines offered while somebody types a slash command, each with what it does. `unfurl_domains`
    are those whose links the app is told of; `shortcuts` are its message shortcuts, by callback id.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.on_change: Callable[[], None] = lambda: None
        self.url = "http://127.0.0.1/"
        self.scopes: frozenset[str] = SCOPES
        self.commands: dict[str, str] = {}
        self.unfurl_domains: frozenset[str] = frozenset()
        self.shortcuts: dict[str, str] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.views = Views(self.touch)
        self.handles = Handles(clock)
        self.files = Files(clock)
        self._messages: dict[tuple[str, str], Message] = {}
        self._last_ts = 0
        self.add_user(User(BOT_USER_ID, "countersign", "Countersign", bot=True))

    def touch(self) -> None:
        """Say that something visible has changed."""
        self.on_change()

    # Who and where

    def add_user(self, user: User) -> User:
        """Let somebody in, or replace what is known of them."""
        self.users[user.id] = user
        self.touch()
        return user

    def add_channel(
        self, name: str, members: Iterable[str], *, private: bool = False, invite_bot: bool = True
    ) -> Channel:
        """Open a channel ("#reviews" or "reviews") for these user ids, and the app unless told."""
        name = name.removeprefix("#")
        channel_id = "C0" + re.sub(r"[^A-Z0-9]", "", name.upper())
        everybody = {*members, *([BOT_USER_ID] if invite_bot else [])}
        channel = Channel(channel_id, name, everybody, private=private)
        self.channels[channel_id] = channel
        self.touch()
        return channel

    def user(self, user_id: str) -> User:
        """The user with this id; raises `user_not_found`."""
        if user_id not in self.users:
            raise ApiRefusal("user_not_found")
        return self.users[user_id]

    def channel(self, id_or_name: str) -> Channel:
        """The channel with this id or name; raises `channel_not_found`."""
        if id_or_name in self.channels:
            return self.channels[id_or_name]
        name = id_or_name.removeprefix("#")
        for channel in self.channels.values():
            if channel.im_with is None and channel.name == name:
                return channel
        raise ApiRefusal("channel_not_found")

    def place_id(self, name: str) -> str:
        """The one id behind all the names an app may write to: channel, id or person.

        What is unknown stays as it is.
        """
        if name in self.users:
            return self.direct(name).id
        try:
            return self.channel(name).id
        except ApiRefusal:
            return name

    def direct(self, user_id: str) -> Channel:
        """The conversation between the app and this person, opened when it was not.

        Opening touches nothing: an empty conversation changes what nobody sees.
        """
        user = self.user(user_id)
        channel_id = "D0" + user_id.removeprefix("U0")
        if channel_id not in self.channels:
            members = {user_id, BOT_USER_ID}
            self.channels[channel_id] = Channel(
                channel_id, "directmessage", members, private=True, im_with=user.id
            )
        return self.channels[channel_id]

    # What was said

    def next_ts(self) -> str:
        """The next message's timestamp: the clock's, and always later than the one before."""
        now = int(self.clock.now().timestamp() * 1_000_000)
        self._last_ts = max(now, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, message: Message) -> Message:
        """Keep a message."""
        self._messages[message.channel, message.ts] = message
        self.touch()
        return message

    def message(self, channel: str, ts: str) -> Message:
        """The message with this address; raises `message_not_found`."""
        found = self._messages.get((self.channel(channel).id, ts))
        if found is None:
            raise ApiRefusal("message_not_found")
        return found

    def edit(self, message: Message, text: str, blocks: Sequence[Json]) -> Message:
        """Give a message new words."""
        return self.post(
            replace(message, text=text, blocks=tuple(blocks), edited_ts=self.next_ts())
        )

    def delete(self, message: Message) -> None:
        """Take a message away; replies under it stay."""
        del self._messages[message.channel, message.ts]
        self.touch()

    # What people see

    def timeline(self, channel: str) -> list[Message]:
        """Everything in a channel in order: messages, replies and ephemerals."""
        channel_id = self.channel(channel).id
        found = [m for m in self._messages.values() if m.channel == channel_id]
        return sorted(found, key=lambda m: tuple(int(part) for part in m.ts.split(".")))

    def messages(self, channel: str) -> list[Message]:
        """What everybody in a channel sees at its top level, oldest first."""
        return [m for m in self.timeline(channel) if m.only_for is None and not m.is_reply]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies under a message, without that message itself, oldest first."""
        return [
            m
            for m in self.timeline(channel)
            if m.is_reply and m.thread_ts == ts and m.only_for is None
        ]

    def ephemerals(self, user_id: str) -> list[Message]:
        """What only this person sees, in all channels, oldest first."""
        self.user(user_id)
        return sorted(
            (m for m in self._messages.values() if m.only_for == user_id), key=lambda m: m.ts
        )

    def view_of(self, user_id: str) -> View | None:
        """The modal this person has before them, if any."""
        return self.views.top(self.user(user_id).id)

    def home(self, user_id: str) -> View | None:
        """This person's Home tab, if the app has published one."""
        return self.views.home(self.user(user_id).id)

    def dms(self, user_id: str) -> list[Message]:
        """All that app and person said to each other, replies included, oldest first."""
        return [m for m in self.timeline(self.direct(user_id).id) if m.only_for is None]
