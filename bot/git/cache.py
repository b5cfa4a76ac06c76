"""Where the histories of this machine's clones are kept between commands."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from bot.git.clone import Clone


def cache_path() -> Path:
    """The database of the cache, in the user's own cache folder, which is made if need be."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "countersign"
    home.mkdir(parents=True, exist_ok=True)
    return home / "clones.db"


async def project_of(clone: Clone) -> str:
    """A clone's name in the cache: the same in each of its folders and work trees.

    Raises:
        Refused: this is no clone.
    """
    told = (await clone.text("rev-parse", "--git-common-dir")).removesuffix("\n")
    place = (clone.path / told).resolve()
    return f"clone {hashlib.sha256(os.fsencode(place)).hexdigest()[:16]}"
