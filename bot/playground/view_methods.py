"""The `views.*` methods: modals and Home tabs."""

from __future__ import annotations

from typing import Any

from bot.playground.arguments import Arguments
from bot.playground.elements import complete
from bot.playground.limits import check_view
from bot.playground.methods import TIER_4, Method
from bot.playground.nouns import Json, View
from bot.playground.refusal import ApiRefusal
from bot.playground.workspace import Workspace


def checked_content(view: Any, kind: str) -> Json:
    """A view that Slack would take, its blocks completed with ids; otherwise `ApiRefusal`."""
    check_view(view, kind)
    content: Json = view
    return content | {"blocks": complete(content["blocks"])}


def _content(args: Arguments, kind: str) -> Json:
    return checked_content(args.structure("view", "invalid_arguments"), kind)


def _answer(view: View) -> Json:
    return {"view": view.as_json()}


def _open(workspace: Workspace, args: Arguments) -> Json:
    # The content is looked at first: a refused view does not cost the trigger id.
    content = _content(args, "modal")
    user = workspace.handles.use_trigger(args.required("trigger_id"))
    return _answer(workspace.views.open(user, content))


def _push(workspace: Workspace, args: Arguments) -> Json:
    content = _content(args, "modal")
    user = workspace.handles.use_trigger(args.required("trigger_id"))
    return _answer(workspace.views.push(user, content))


def _update(workspace: Workspace, args: Arguments) -> Json:
    view = workspace.views.find(args.text("view_id"), args.text("external_id"))
    if "hash" in args and args.text("hash") != view.hash:
        raise ApiRefusal("hash_conflict")
    content = _content(args, str(view.content["type"]))
    return _answer(workspace.views.update(view, content))


def _publish(workspace: Workspace, args: Arguments) -> Json:
    user = workspace.user(args.required("user_id"))
    content = _content(args, "home")
    old = workspace.views.home(user.id)
    if "hash" in args and old is not None and args.text("hash") != old.hash:
        raise ApiRefusal("hash_conflict")
    return _answer(workspace.views.publish(user.id, content))


METHODS = (
    Method("views.open", _open, None, TIER_4),
    Method("views.push", _push, None, TIER_4),
    Method("views.update", _update, None, TIER_4),
    Method("views.publish", _publish, None, TIER_4),
)
