"""The methods that look up who is who: `auth.test`, `users.*` and `conversations.*`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.playground.arguments import Arguments
from bot.playground.methods import TIER_2, TIER_3, TIER_4, UNTIERED, Method
from bot.playground.nouns import (
    BOT_ID,
    BOT_USER_ID,
    TEAM_DOMAIN,
    TEAM_ID,
    Channel,
    Json,
    User,
)
from bot.playground.refusal import ApiRefusal
from bot.playground.workspace import Workspace

T = TypeVar("T")

PAGE = 200


def _test(workspace: Workspace, _args: Arguments) -> Json:
    return {
        "url": workspace.url,
        "team": TEAM_DOMAIN,
        "team_id": TEAM_ID,
        "user": workspace.user(BOT_USER_ID).name,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _user(workspace: Workspace, user: User) -> Json:
    return user.as_json(with_email="users:read.email" in workspace.scopes)


def _user_info(workspace: Workspace, args: Arguments) -> Json:
    return {"user": _user(workspace, workspace.user(args.required("user")))}


def _user_by_email(workspace: Workspace, args: Arguments) -> Json:
    email = args.required("email").lower()
    for user in workspace.users.values():
        found = (user.email or "").lower() == email
        if found and not user.deleted and not user.stranger:
            return {"user": _user(workspace, user)}
    raise ApiRefusal("users_not_found")


def _user_list(workspace: Workspace, args: Arguments) -> Json:
    return page(
        "members", list(workspace.users.values()), args, lambda user: _user(workspace, user)
    )


def _conversation_open(workspace: Workspace, args: Arguments) -> Json:
    if "channel" in args:
        channel = workspace.channel(args.text("channel"))
        return {"channel": channel.as_json(), "no_op": True, "already_open": True}
    match args.names("users"):
        case []:
            raise ApiRefusal("users_list_not_supplied")
        case [one]:
            user = workspace.user(one)
        case _:
            # The app has no use for group conversations, and no scope for them either.
            raise ApiRefusal("missing_scope", needed="mpim:write")
    if user.deleted:
        raise ApiRefusal("user_disabled")
    if user.bot:
        raise ApiRefusal("cannot_dm_bot")
    known = any(channel.im_with == user.id for channel in workspace.channels.values())
    channel = workspace.direct(user.id)
    shown = channel.as_json() if args.flag("return_im") else {"id": channel.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if known else {})


def _conversation_info(workspace: Workspace, args: Arguments) -> Json:
    channel_id = args.required("channel")
    channel = workspace.channels.get(channel_id)
    if channel is None or (channel.private and BOT_USER_ID not in channel.members):
        raise ApiRefusal("channel_not_found")
    return {"channel": channel.as_json()}


def _conversation_list(workspace: Workspace, args: Arguments) -> Json:
    kinds = args.names("types") or ["public_channel"]
    shown = [
        channel
        for channel in workspace.channels.values()
        if _kind(channel) in kinds
        and not (channel.private and BOT_USER_ID not in channel.members)
        and not (channel.archived and args.flag("exclude_archived"))
    ]
    return page("channels", shown, args, Channel.as_json)


def _kind(channel: Channel) -> str:
    if channel.im_with is not None:
        return "im"
    return "private_channel" if channel.private else "public_channel"


def page(name: str, found: Sequence[T], args: Arguments, render: Callable[[T], Json]) -> Json:
    """One page of a list, with the cursor of the next."""
    cursor = args.text("cursor")
    if cursor and not (cursor.isdecimal() and int(cursor) < len(found)):
        raise ApiRefusal("invalid_cursor")
    start = int(cursor or 0)
    limit = args.number("limit", PAGE) or PAGE
    end = start + limit
    return {
        name: [render(member) for member in found[start:end]],
        "response_metadata": {"next_cursor": str(end) if end < len(found) else ""},
    }


METHODS = (
    Method("auth.test", _test, None, UNTIERED),
    Method("users.info", _user_info, "users:read", TIER_4),
    Method("users.list", _user_list, "users:read", TIER_2),
    Method("users.lookupByEmail", _user_by_email, "users:read.email", TIER_3),
    Method("conversations.open", _conversation_open, "im:write", TIER_3),
    Method("conversations.info", _conversation_info, "channels:read", TIER_3),
    Method("conversations.list", _conversation_list, "channels:read", TIER_2),
)
