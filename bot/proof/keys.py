"""The Ed25519 key that signs checkpoints and exports: made at the first start, kept in a file."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.errors import Misconfigured

PRIVATE = 0o600
PUBLIC_SUFFIX = ".pub"


@dataclass(frozen=True)
class PublicKey:
    """What an auditor holds."""

    key: Ed25519PublicKey

    @property
    def id(self) -> str:
        """SHA-256 of the raw public key, in hexadecimal."""
        raw = self.key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return hashlib.sha256(raw).hexdigest()

    @property
    def pem(self) -> str:
        """The key as a PEM file holds it."""
        return self.key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether the other half of this key signed the message."""
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """What only the bot holds."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The half that everybody may have."""
        return PublicKey(self.key.public_key())

    def sign(self, message: bytes) -> bytes:
        """64 bytes that only this key can make of the message."""
        return self.key.sign(message)


def open_signing_key(path: Path) -> SigningKey:
    """The key at `path`; made there, with its public half beside it (`.pub`), if there is none.

    Raises:
        Misconfigured: it is no Ed25519 key in PEM, or cannot be read or made.
    """
    if not path.exists():
        try:
            _make(path)
        except OSError as exc:
            raise Misconfigured(f"{path}: the ledger's key cannot be made: {exc}") from exc
    return read_signing_key(path)


def read_signing_key(path: Path) -> SigningKey:
    """The key at `path`.

    Raises:
        Misconfigured: it is no Ed25519 key in PEM, or cannot be read.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as exc:
        raise Misconfigured(f"{path}: cannot be used as the ledger's key: {exc}") from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(f"{path}: is a key, but no Ed25519 key")
    return SigningKey(key)


def read_public_key(path: Path) -> PublicKey:
    """The public key in a PEM file.

    Raises:
        Misconfigured: there is none.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as exc:
        raise Misconfigured(f"{path}: cannot be read as a public key: {exc}") from exc
    if not isinstance(key, Ed25519PublicKey):
        raise Misconfigured(f"{path}: is a public key, but no Ed25519 key")
    return PublicKey(key)


def public_half(path: Path) -> Path:
    """Where the public half of the key at `path` lies."""
    return path.with_name(path.name + PUBLIC_SUFFIX)


def _make(path: Path) -> None:
    """Write a new key whole or not at all: the name appears once its bytes are on the disk."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(PRIVATE, exist_ok=False)
    with draft.open("wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # never over a key that another process made meanwhile
        public_half(path).write_text(PublicKey(key.public_key()).pem, "utf-8")
    except FileExistsError:
        pass
    finally:
        draft.unlink()
