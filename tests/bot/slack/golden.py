"""Messages held against what was agreed; `UPDATE_CARDS=1 pytest tests/bot/slack`, then diff."""

from __future__ import annotations

import json
import os
from pathlib import Path

from bot.slack.blocks import Message

DATA = Path(__file__).parents[2] / "data"


def agreed(folder: str, name: str, message: Message) -> bool:
    """Whether the message is what the file of that name says it is."""
    path = DATA / folder / f"{name.replace(' ', '_')}.json"
    shown = {"text": message.text, "blocks": list(message.blocks)}
    text = json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_CARDS"):
        path.write_text(text, "utf-8")
    return text == path.read_text("utf-8")
