"""What one person sees of the workspace, as the page wants it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.playground.nouns import BOT_USER_ID, Channel, Json, Message, User, View
from bot.playground.workspace import Workspace

HOME = "home"


def scene(workspace: Workspace, user_id: str, place: str) -> Json:
    """All of it as JSON: who there is, their places, and what stands in `place`.

    An unknown or empty person or place gives the first one, so that a page can begin anywhere.
    """
    people = [user for user in workspace.users.values() if not user.bot and not user.deleted]
    if not people:
        return {"people": [], "places": [], "messages": []}
    me = next((person for person in people if person.id == user_id), people[0])
    places = _places(workspace, me)
    here = next((p for p in places if p["id"] == place), places[0])
    modal = workspace.views.top(me.id)
    home = workspace.views.home(me.id)
    return {
        "now": workspace.clock.now().timestamp(),
        "me": me.id,
        "timezone": me.timezone,
        "people": [_person(workspace, person) for person in people],
        "places": places,
        "here": here["id"],
        "commands": [{"line": line, "says": says} for line, says in workspace.commands.items()],
        "shortcuts": [{"id": one, "name": name} for one, name in workspace.shortcuts.items()],
        "names": _names(workspace),
        "messages": [] if here["id"] == HOME else _messages(workspace, here["id"], me.id),
        "home": home.blocks if home else None,
        "modal": _modal(modal) if modal else None,
    }


def _person(workspace: Workspace, user: User) -> Json:
    return {
        "id": user.id,
        "name": user.real_name,
        "guest": user.guest,
        "stranger": user.stranger,
        "news": _latest(workspace, workspace.direct(user.id), user.id),
    }


def _places(workspace: Workspace, me: User) -> list[Json]:
    """Channels as they were opened, then the app's messages and its Home tab."""
    mine = [c for c in workspace.channels.values() if me.id in c.members and c.im_with is None]
    direct = workspace.direct(me.id)
    return [
        *({"id": c.id, "name": f"#{c.name}", "news": _latest(workspace, c, me.id)} for c in mine),
        {"id": direct.id, "name": "Messages", "news": _latest(workspace, direct, me.id)},
        {"id": HOME, "name": "Home", "news": ""},
    ]


def _latest(workspace: Workspace, channel: Channel, viewer: str) -> str:
    """The ts of the newest message here that is not the viewer's own."""
    seen = _visible(workspace.timeline(channel.id), viewer)
    return max((message.ts for message in seen if message.user != viewer), default="")


def _visible(messages: Iterable[Message], viewer: str) -> list[Message]:
    return [message for message in messages if message.only_for in (None, viewer)]


def _messages(workspace: Workspace, channel: str, viewer: str) -> list[Json]:
    seen = _visible(workspace.timeline(channel), viewer)
    tops = {message.ts for message in seen if not message.is_reply}
    shown = []
    for message in seen:
        # A reply whose parent is gone stands by itself, so that nothing disappears.
        if message.is_reply and message.thread_ts in tops:
            continue
        replies = [_message(m) for m in seen if m.is_reply and m.thread_ts == message.ts]
        shown.append(_message(message) | {"replies": replies})
    return shown


def _message(message: Message) -> Json:
    return {
        **message.as_json(),
        "channel": message.channel,
        "app": message.user == BOT_USER_ID,
        "private": message.only_for is not None,
    }


def _modal(view: View) -> Json:
    return {
        "id": view.id,
        "hash": view.hash,
        "title": view.content["title"],
        "submit": view.content.get("submit"),
        "close": view.content.get("close"),
        "blocks": view.blocks,
        "errors": dict(view.errors),
    }


def _names(workspace: Workspace) -> dict[str, str]:
    people = {user.id: user.real_name for user in workspace.users.values()}
    return people | {c.id: c.name for c in workspace.channels.values() if c.im_with is None}
