"""Sealing of personal data (addresses, numbers, names) with a key that lies outside the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"


class SealBroken(Exception):
    """Bytes that this key did not seal, or sealed for another purpose. Permanent: trying again does not help."""


class Vault:
    """AES-256-GCM over a key of 32 bytes. What is sealed is bound to a `purpose`: a value moved to another column does not open."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise ValueError(f"the vault's key has {len(key)} bytes, {_KEY_BYTES} are needed")
        self._aead = AESGCM(key)
        self._keyed = hmac.new(key, b"tocsin keyed hash", hashlib.sha256).digest()

    def __repr__(self) -> str:
        return "Vault(key hidden)"

    def seal(self, plain: bytes, purpose: bytes = b"") -> bytes:
        """Version byte, 12 random bytes, ciphertext and tag: 29 bytes longer than `plain`. Never twice the same."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._aead.encrypt(nonce, plain, _VERSION + purpose)

    def open(self, sealed: bytes, purpose: bytes = b"") -> bytes:
        """What was sealed for `purpose`. Raises SealBroken; its text never holds what was sealed."""
        if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_BYTES + 16:
            raise SealBroken("not a sealed value of version 1")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, body, _VERSION + purpose)
        except InvalidTag as error:
            raise SealBroken("sealed with another key or for another purpose, or changed since") from error

    def keyed_hash(self, *parts: bytes) -> bytes:
        """32 bytes that only the holder of the key can compute: for look-up and comparison without the plain value."""
        h = hmac.new(self._keyed, digestmod=hashlib.sha256)
        for part in parts:
            h.update(len(part).to_bytes(8, "big") + part)
        return h.digest()


def new_key() -> bytes:
    """A fresh key of 32 random bytes."""
    return os.urandom(_KEY_BYTES)


def open_vault(key_file: Path, *, create: bool = False) -> Vault:
    """The vault of `key_file` (64 hexadecimal digits). With `create`, a missing file is made, readable by its owner alone.

    Raises FileNotFoundError if it is missing and not to be made, ValueError if it holds no key, PermissionError if others may read it.
    """
    if create:
        _create(key_file)
    mode = key_file.stat().st_mode
    if mode & 0o077:
        raise PermissionError(f"{key_file.name} may be read by others; make it readable by its owner alone (chmod 600)")
    try:
        key = bytes.fromhex(key_file.read_text("ascii").strip())
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{key_file.name} does not hold a key of 64 hexadecimal digits") from error
    return Vault(key)


def _create(key_file: Path) -> None:
    """Two processes that start together agree on one key: the file appears whole, by a link that only the first can make."""
    if key_file.exists():
        return
    key_file.parent.mkdir(parents=True, exist_ok=True)
    fd, name = tempfile.mkstemp(dir=key_file.parent, prefix=f".{key_file.name}.")  # made readable by its owner alone
    draft = Path(name)
    with os.fdopen(fd, "w") as out:
        out.write(new_key().hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, key_file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
