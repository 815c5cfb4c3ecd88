"""Tokens that stand for one delivery in links and return paths: nobody can make one without the vault's key."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest

from store.vault import Vault

_ID_BYTES = 6
_MAC_BYTES = 9


class TokenUse(StrEnum):
    """What a token may be used for; one of another use is unknown."""

    ACKNOWLEDGE = "a"
    BOUNCE = "b"
    UNSUBSCRIBE = "u"


class Tokens:
    """Makes and reads tokens: 24 lower-case letters and digits over the delivery's row number and 72 bits that prove it."""

    def __init__(self, vault: Vault) -> None:
        self._key = vault.keyed_hash(b"delivery tokens")

    def mint(self, use: TokenUse, delivery: int) -> str:
        """The token of the delivery with this row number; always the same."""
        raw = delivery.to_bytes(_ID_BYTES, "big")
        return base64.b32encode(raw + self._mac(use, raw)).decode().lower()

    def read(self, use: TokenUse, token: str) -> int | None:
        """The row number a genuine token stands for, or None."""
        try:
            raw = base64.b32decode(token.upper())
        except (binascii.Error, ValueError):
            return None
        if len(raw) != _ID_BYTES + _MAC_BYTES or not compare_digest(raw[_ID_BYTES:], self._mac(use, raw[:_ID_BYTES])):
            return None
        return int.from_bytes(raw[:_ID_BYTES], "big")

    def _mac(self, use: TokenUse, raw: bytes) -> bytes:
        return blake2b(raw, key=self._key, digest_size=_MAC_BYTES, person=use.value.encode()).digest()
