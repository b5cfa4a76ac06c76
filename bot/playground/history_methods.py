"""The methods that show what was said: `conversations.history` and `conversations.replies`."""

from __future__ import annotations

from bot.playground.arguments import Arguments
from bot.playground.directory_methods import page
from bot.playground.methods import TIER_3, Method
from bot.playground.nouns import BOT_USER_ID, Channel, Json, Message
from bot.playground.refusal import ApiRefusal
from bot.playground.workspace import Workspace

SCOPE = "channels:history"


def _channel(workspace: Workspace, args: Arguments) -> Channel:
    """A channel by its id; Slack takes no name here."""
    channel = workspace.channels.get(args.required("channel"))
    if channel is None or (channel.private and BOT_USER_ID not in channel.members):
        raise ApiRefusal("channel_not_found")
    if BOT_USER_ID not in channel.members:
        raise ApiRefusal("not_in_channel")
    return channel


def _history(workspace: Workspace, args: Arguments) -> Json:
    channel = _channel(workspace, args)
    return _shown(list(reversed(workspace.messages(channel.id))), args)


def _replies(workspace: Workspace, args: Arguments) -> Json:
    channel, ts = _channel(workspace, args), args.required("ts")
    return _shown([workspace.message(channel.id, ts), *workspace.thread(channel.id, ts)], args)


def _shown(messages: list[Message], args: Arguments) -> Json:
    metadata = args.flag("include_all_metadata")

    def render(message: Message) -> Json:
        shown = message.as_json()
        return shown | {"metadata": message.metadata} if metadata and message.metadata else shown

    return page("messages", messages, args, render)


METHODS = (
    Method("conversations.history", _history, SCOPE, TIER_3),
    Method("conversations.replies", _replies, SCOPE, TIER_3),
)
