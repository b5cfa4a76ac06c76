"""What Slack is sent, held against what was agreed (`UPDATE_CARDS=1` writes it anew)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bot.slack.blocks import Message, payload

DATA = Path(__file__).parents[2] / "data"


def agreed(folder: str, name: str, shown: Message | dict[str, Any]) -> bool:
    """Whether the message or view is what the file of that name says it is."""
    path = DATA / folder / f"{name.replace(' ', '_')}.json"
    sent = payload(shown) if isinstance(shown, Message) else shown
    text = json.dumps(sent, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_CARDS"):
        path.write_text(text, "utf-8")
    return text == path.read_text("utf-8")


def names_of(folder: str) -> set[str]:
    """Everything that was agreed there."""
    return {path.stem for path in (DATA / folder).glob("*.json")}
