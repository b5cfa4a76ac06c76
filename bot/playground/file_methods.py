"""Uploading: `files.getUploadURLExternal`, the address it gives, `files.completeUploadExternal`."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.playground.arguments import Arguments
from bot.playground.methods import TIER_4, Method
from bot.playground.nouns import Json
from bot.playground.refusal import ApiRefusal
from bot.playground.shapes import array, complaint, shape, string
from bot.playground.workspace import Workspace

ALT_TEXT = 1000
LARGEST = 1024 * 1024
"""Bytes; Slack takes a gigabyte, the playground keeps everything in memory."""
_COMPLETED = array(
    shape({"id": string(255)}, {"title": string(255), "highlight_type": string(20)}), 10
)


def _get_upload_url(workspace: Workspace, args: Arguments) -> Json:
    name, alt_text = args.required("filename"), args.text("alt_txt")
    length = args.number("length", 0)
    if not 0 < length <= LARGEST:
        raise ApiRefusal("invalid_arguments", [complaint("must be a file's length", "/length")])
    if len(alt_text) > ALT_TEXT:
        problem = complaint(f"must be less than {ALT_TEXT + 1} characters", "/alt_txt")
        raise ApiRefusal("invalid_arguments", [problem])
    file, key = workspace.files.announce(name, length, alt_text)
    return {"upload_url": f"{workspace.url}upload/v1/{key}", "file_id": file.id}


def _complete_upload(workspace: Workspace, args: Arguments) -> Json:
    if "channel_id" in args or "channels" in args:
        # Not stood in for: a file shared so has a message whose ts nobody is told.
        problem = "the playground shows files in image blocks only"
        raise ApiRefusal("invalid_arguments", [complaint(problem, "/channel_id")])
    files: Any = args.structure("files", "invalid_arguments")
    complaints = list(_COMPLETED(files, "/files"))
    if complaints:
        raise ApiRefusal("invalid_arguments", complaints)
    done = [workspace.files.complete(one["id"], one.get("title", "")) for one in files]
    return {"files": [one.as_json() for one in done]}


METHODS = (
    Method("files.getUploadURLExternal", _get_upload_url, "files:write", TIER_4),
    Method("files.completeUploadExternal", _complete_upload, "files:write", TIER_4),
)


def upload_route(workspace: Workspace) -> web.RouteDef:
    """Where the addresses lead: whoever has one may send a file there, once."""

    async def take(request: web.Request) -> web.Response:
        try:
            file = workspace.files.take(request.match_info["key"], await request.read())
        except ApiRefusal as refusal:
            status = 404 if refusal.code == "not_found" else 400
            return web.Response(status=status, text=refusal.code)
        return web.Response(text=f"OK - {file.length}")

    return web.post("/upload/v1/{key}", take)
