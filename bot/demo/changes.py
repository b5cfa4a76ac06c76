"""The page behind "Open the diff": a merge request of the demo as plain text."""

from __future__ import annotations

from aiohttp import web

from bot.forges.local import LocalForge
from routing.forge_words import short_name
from routing.model import ChangedFile


def change_routes(forge: LocalForge) -> list[web.RouteDef]:
    """`/changes/{number}`."""

    async def show(request: web.Request) -> web.Response:
        number = request.match_info["number"]
        for known in forge.requests():
            if str(known.ref.number) == number:
                change = await forge.change(known.ref)
                title = f"{short_name(known.ref)} {known.title}"
                head = f"{known.head_branch} → {known.base_branch}, head {known.head_sha}"
                shown = [title, head, forge.gate_description(known.ref), ""]
                return web.Response(text="\n".join([*shown, *map(_diff, change.files)]))
        raise web.HTTPNotFound(text=f"There is no change {number}.")

    return [web.get("/changes/{number:\\d+}", show)]


def _diff(file: ChangedFile) -> str:
    return f"{file.status} {file.path}\n{file.patch or '(no text)'}\n"
