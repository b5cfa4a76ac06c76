"""Values that only we can have made, and that end: session cookies and addresses of pages."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta

from itsdangerous import BadData, Signer, URLSafeSerializer

from bot.clock import Clock
from storage.database import Storage

KEY_BYTES = 32
NAME = "pages"
DAY = timedelta(days=1)


class Seals:
    """Makes them with one key, kept in the database beside everything that it protects."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._kept: bytes | None = None

    async def close(self, purpose: str, content: Mapping[str, str], life: timedelta) -> str:
        """The content, readable but not to be forged, for that long and that purpose."""
        until = int((self._clock.now() + life).timestamp())
        return self._serializer(await self._key(), purpose).dumps([until, dict(content)])

    async def open(self, purpose: str, sealed: str) -> Mapping[str, str] | None:
        """What was sealed for this purpose, or None where it was not, or is over."""
        try:
            until, content = self._serializer(await self._key(), purpose).loads(sealed)
        except BadData:
            return None
        return dict(content) if self._clock.now().timestamp() < until else None

    async def proof(self, subject: str, life: timedelta) -> Mapping[str, str]:
        """The query of an address by which whoever has it may see the subject.

        It ends with a day, so that every address made on one day is the same.
        """
        end = (self._clock.now() + life).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        until = str(int(end.timestamp()))
        proof = self._signer(await self._key()).get_signature(f"{subject} {until}").decode()
        return {"until": until, "proof": proof}

    async def proves(self, subject: str, query: Mapping[str, str]) -> bool:
        """Whether this query was made by `proof` for this subject, and is not over."""
        until, proof = query.get("until", ""), query.get("proof", "")
        whole = f"{subject} {until}".encode("utf-8", "surrogateescape")
        signed = proof.isascii() and self._signer(await self._key()).verify_signature(whole, proof)
        return signed and self._clock.now().timestamp() < int(until)

    async def _key(self) -> bytes:
        if self._kept is None:
            fresh, now = secrets.token_bytes(KEY_BYTES), self._clock.now()
            self._kept = await self._storage.run(lambda rooms: rooms.keys.keep(NAME, fresh, now))
        return self._kept

    @staticmethod
    def _signer(key: bytes) -> Signer:
        return Signer(key, salt="page address", key_derivation="hmac", digest_method=hashlib.sha256)

    @staticmethod
    def _serializer(key: bytes, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            key,
            salt=purpose,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
