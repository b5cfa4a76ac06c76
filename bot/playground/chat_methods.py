"""The `chat.*` and `reactions.*` methods, and what comes in by a response URL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.playground.arguments import Arguments
from bot.playground.elements import complete, slack_files
from bot.playground.handles import ResponseUrl
from bot.playground.limits import POSTED_TEXT, UPDATED_TEXT, check_message_blocks
from bot.playground.methods import TIER_3, TIER_4, UNTIERED, Method
from bot.playground.nouns import BOT_USER_ID, Channel, Json, Message
from bot.playground.refusal import ApiRefusal
from bot.playground.shapes import complaint
from bot.playground.workspace import Workspace


def _writable(workspace: Workspace, where: str, *, by_id: bool = False) -> Channel:
    """The channel the app may write in; a person's id means the conversation with them."""
    if where in workspace.users:
        return _direct(workspace, where)
    if by_id and where not in workspace.channels:
        raise ApiRefusal("channel_not_found")
    channel = workspace.channel(where)
    if channel.im_with is not None:
        return _direct(workspace, channel.im_with)
    if BOT_USER_ID not in channel.members:
        raise ApiRefusal("channel_not_found" if channel.private else "not_in_channel")
    if channel.archived:
        raise ApiRefusal("is_archived")
    return channel


def _direct(workspace: Workspace, user_id: str) -> Channel:
    user = workspace.user(user_id)
    if user.deleted:
        raise ApiRefusal("user_disabled")
    if user.bot:
        raise ApiRefusal("cannot_dm_bot")
    return workspace.direct(user_id)


def _blocks(workspace: Workspace, args: Arguments) -> list[Json]:
    blocks: Any = args.structure("blocks", "invalid_blocks_format")
    if blocks is None:
        return []
    check_message_blocks(blocks)
    strange = [
        complaint("invalid slack file", at)
        for at, file in slack_files(blocks, "/blocks")
        if workspace.files.picture(file) is None
    ]
    if strange:
        raise ApiRefusal("invalid_blocks", strange)
    return complete(blocks)


def _text(args: Arguments, blocks: list[Json], most: int) -> str:
    text = args.text("text")
    if not text and not blocks:
        raise ApiRefusal("no_text")
    if len(text) > most:
        raise ApiRefusal("msg_too_long")
    return text


def _metadata(args: Arguments) -> Json | None:
    match args.structure("metadata", "invalid_metadata_format"):
        case None:
            return None
        case {} as empty if not empty:
            return {}
        case {"event_type": str(kind), "event_payload": dict(payload)}:
            return {"event_type": kind, "event_payload": payload}
        case _:
            raise ApiRefusal("invalid_metadata_format")


def _thread(workspace: Workspace, channel: Channel, args: Arguments) -> str | None:
    if "thread_ts" not in args:
        return None
    thread_ts = args.text("thread_ts")
    try:
        parent = workspace.message(channel.id, thread_ts)
    except ApiRefusal as exc:
        raise ApiRefusal("thread_not_found") from exc
    if parent.is_reply:
        raise ApiRefusal("cannot_reply_to_message")
    return thread_ts


def _shown(message: Message) -> Json:
    shown = message.as_json()
    return shown | {"metadata": message.metadata} if message.metadata else shown


def _post_message(workspace: Workspace, args: Arguments) -> Json:
    channel = _writable(workspace, args.required("channel"))
    blocks = _blocks(workspace, args)
    message = Message(
        channel=channel.id,
        ts=workspace.next_ts(),
        user=BOT_USER_ID,
        text=_text(args, blocks, POSTED_TEXT),
        blocks=tuple(blocks),
        thread_ts=_thread(workspace, channel, args),
        metadata=_metadata(args) or None,
    )
    workspace.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": _shown(message)}


def _own(workspace: Workspace, args: Arguments, refusal: str) -> Message:
    channel = _writable(workspace, args.required("channel"), by_id=True)
    message = workspace.message(channel.id, args.required("ts"))
    if message.only_for is not None:
        raise ApiRefusal("message_not_found")
    if message.user != BOT_USER_ID:
        raise ApiRefusal(refusal)
    return message


def _update(workspace: Workspace, args: Arguments) -> Json:
    message = _own(workspace, args, "cant_update_message")
    # Blocks and metadata that are not given stay as they were; empty ones take them away.
    blocks = _blocks(workspace, args) if "blocks" in args else list(message.blocks)
    text = _text(args, blocks, UPDATED_TEXT)
    metadata = _metadata(args)
    if metadata is not None:
        message = replace(message, metadata=metadata or None)
    message = workspace.edit(message, text, blocks)
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": _shown(message)}


def _delete(workspace: Workspace, args: Arguments) -> Json:
    message = _own(workspace, args, "cant_delete_message")
    workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _post_ephemeral(workspace: Workspace, args: Arguments) -> Json:
    channel = _writable(workspace, args.required("channel"))
    user = args.required("user")
    if user not in channel.members:
        raise ApiRefusal("user_not_in_channel")
    blocks = _blocks(workspace, args)
    message = Message(
        channel=channel.id,
        ts=workspace.next_ts(),
        user=BOT_USER_ID,
        text=_text(args, blocks, POSTED_TEXT),
        blocks=tuple(blocks),
        thread_ts=_thread(workspace, channel, args),
        only_for=user,
    )
    workspace.post(message)
    return {"message_ts": message.ts}


def _get_permalink(workspace: Workspace, args: Arguments) -> Json:
    message = workspace.message(args.required("channel"), args.required("message_ts"))
    address = f"{message.channel}/p{message.ts.replace('.', '')}"
    return {"channel": message.channel, "permalink": f"{workspace.url}archives/{address}"}


def _add_reaction(workspace: Workspace, args: Arguments) -> Json:
    message = workspace.message(args.required("channel"), args.required("timestamp"))
    mine = (args.required("name").strip(":"), BOT_USER_ID)
    if mine in message.reactions:
        raise ApiRefusal("already_reacted")
    workspace.post(replace(message, reactions=(*message.reactions, mine)))
    return {}


def answer(workspace: Workspace, to: ResponseUrl, body: Json) -> None:
    """Do what a response URL's body, or a slash command's acknowledgement, asks for."""
    args = Arguments(body)
    acted_on = None
    if to.message_ts is not None and (
        args.flag("delete_original") or args.flag("replace_original")
    ):
        acted_on = workspace.message(to.channel, to.message_ts)
    if acted_on is not None and args.flag("delete_original"):
        workspace.delete(acted_on)
        return
    blocks = _blocks(workspace, args)
    text = _text(args, blocks, POSTED_TEXT)
    if acted_on is not None:
        workspace.edit(acted_on, text, blocks)
        return
    in_channel = args.text("response_type") == "in_channel"
    workspace.post(
        Message(
            channel=to.channel,
            ts=workspace.next_ts(),
            user=BOT_USER_ID,
            text=text,
            blocks=tuple(blocks),
            thread_ts=args.text("thread_ts") or to.thread_ts,
            only_for=None if in_channel else to.user,
        )
    )


METHODS = (
    Method("chat.postMessage", _post_message, "chat:write", UNTIERED),
    Method("chat.update", _update, "chat:write", TIER_3),
    Method("chat.delete", _delete, "chat:write", TIER_3),
    Method("chat.postEphemeral", _post_ephemeral, "chat:write", TIER_4),
    Method("chat.getPermalink", _get_permalink, None, UNTIERED),
    Method("reactions.add", _add_reaction, "reactions:write", TIER_3),
)
