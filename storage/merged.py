"""Merge requests as they were merged: kept so that trying another policy asks no forge again."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from routing.model import MergedRequest, Ref
from storage.codec import MERGED, parse_ref
from storage.places import in_chunks, marks


class MergedRequests:
    """What was read of merge requests that are merged, and so change no more."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, found: MergedRequest) -> None:
        """Keep one, in place of what was known of it."""
        self._db.conn.execute(
            "INSERT OR REPLACE INTO merged_requests (ref, body) VALUES (?, ?)",
            (str(found.change.merge_request.ref), zlib.compress(MERGED.dump_json(found))),
        )

    def known(self, refs: Iterable[Ref]) -> frozenset[Ref]:
        """Those of them that were kept."""
        found = (parse_ref(ref) for ref, _ in self._rows(refs))
        return frozenset(ref for ref in found if ref is not None)

    def get(self, refs: Iterable[Ref]) -> Mapping[Ref, MergedRequest]:
        """What was kept of them; those that are not known are absent."""
        kept = (MERGED.validate_json(zlib.decompress(body)) for _, body in self._rows(refs))
        return {one.change.merge_request.ref: one for one in kept}

    def _rows(self, refs: Iterable[Ref]) -> Iterable[tuple[str, bytes]]:
        for some in in_chunks(map(str, refs)):
            yield from self._db.conn.execute(
                f"SELECT ref, body FROM merged_requests WHERE ref IN ({marks(some)})", tuple(some)
            ).fetchall()
