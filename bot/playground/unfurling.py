"""Links in messages: the app is told of those it asked for, and says what they show.

Source: Slack's "Unfurling links in messages" page: `link_shared` is sent for registered domains
only, and `chat.unfurl` takes what is shown by address.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from yarl import URL

from bot.playground.arguments import Arguments
from bot.playground.elements import complete
from bot.playground.limits import check_message_blocks
from bot.playground.methods import TIER_3, Method
from bot.playground.nouns import Json, Message
from bot.playground.refusal import ApiRefusal
from bot.playground.workspace import Workspace

ADDRESS = re.compile(r"https?://[^\s<>|]+")


def shared_links(text: str, domains: Collection[str]) -> list[Json]:
    """The links of a text whose domain, or one it belongs to, is registered."""
    found: list[Json] = []
    for address in dict.fromkeys(one.rstrip(".,;:!?)") for one in ADDRESS.findall(text)):
        host = URL(address).host or ""
        domain = next((one for one in domains if host == one or host.endswith(f".{one}")), None)
        if domain is not None:
            found.append({"domain": domain, "url": address})
    return found


def link_shared(message: Message, links: list[Json]) -> Json:
    """The event that tells the app of them."""
    return {
        "type": "link_shared",
        "channel": message.channel,
        "user": message.user,
        "message_ts": message.ts,
        "source": "conversations_history",
        "unfurl_id": f"{message.channel}.{message.ts}",
        "is_bot_user_member": True,
        "event_ts": message.ts,
        "links": links,
    }


def _unfurl(workspace: Workspace, args: Arguments) -> Json:
    message = workspace.message(args.required("channel"), args.required("ts"))
    unfurls: Any = args.structure("unfurls", "cannot_parse_attachment")
    if not isinstance(unfurls, dict) or not unfurls:
        raise ApiRefusal("missing_unfurls")
    shared = {link["url"] for link in shared_links(message.text, workspace.unfurl_domains)}
    if not set(unfurls) <= shared:
        raise ApiRefusal("cannot_unfurl_url")
    shown = []
    for address, content in unfurls.items():
        blocks = content.get("blocks", [])
        check_message_blocks(blocks)
        shown.append({"from_url": address, "blocks": complete(blocks)})
    workspace.post(replace(message, attachments=tuple(shown)))
    return {}


METHODS = (Method("chat.unfurl", _unfurl, "links:write", TIER_3),)
