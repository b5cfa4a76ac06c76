"""Merge requests as they were merged: kept so that trying another policy asks no forge again."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping

from sqlite_utils import Database

from routing.model import MergedRequest, Ref
from storage.codec import MERGED, parse_ref
from storage.forgotten import Forgotten
from storage.places import in_chunks, marks


class MergedRequests:
    """What was read of merge requests that are merged, and so change no more."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, found: MergedRequest) -> None:
        """Keep one, in place of what was known of it, without people who were erased since."""
        found = Forgotten(self._db).veil(found)
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

    def rewrite(
        self, worth_reading: Callable[[str], bool], anew: Callable[[MergedRequest], MergedRequest]
    ) -> int:
        """Keep others in the place of those whose text is worth reading; returns how many are."""
        count = 0
        refs = self._db.conn.execute("SELECT ref FROM merged_requests").fetchall()
        for ref, body in self._rows_of(ref for (ref,) in refs):
            text = zlib.decompress(body).decode()
            if not worth_reading(text):
                continue
            before = MERGED.validate_json(text)
            after = anew(before)
            if after != before:
                self._db.conn.execute(
                    "UPDATE merged_requests SET body = ? WHERE ref = ?",
                    (zlib.compress(MERGED.dump_json(after)), ref),
                )
                count += 1
        return count

    def _rows(self, refs: Iterable[Ref]) -> Iterable[tuple[str, bytes]]:
        return self._rows_of(map(str, refs))

    def _rows_of(self, refs: Iterable[str]) -> Iterable[tuple[str, bytes]]:
        for some in in_chunks(refs):
            yield from self._db.conn.execute(
                f"SELECT ref, body FROM merged_requests WHERE ref IN ({marks(some)})", tuple(some)
            ).fetchall()
