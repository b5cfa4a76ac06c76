"""Pages held against what was agreed. After a wanted change: UPDATE_PAGES=1 pytest …, then diff."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "data" / "pages"


def agreed(name: str, page: Any) -> bool:
    """Whether the page shows what the file of that name says it shows."""
    path = FOLDER / f"{name.replace(' ', '_')}.json"
    shown = json.dumps(asdict(page), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_PAGES"):
        path.write_text(shown, "utf-8")
    return shown == path.read_text("utf-8")
