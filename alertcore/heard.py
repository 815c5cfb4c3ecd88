"""Which reporters were heard, and when: two columns of a partial."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from hashlib import blake2b


def reporter_hash(reporter: str) -> int:
    """A reporter's id as a signed 64-bit number: BLAKE2b-64, little-endian."""
    return int.from_bytes(blake2b(reporter.encode(), digest_size=8).digest(), "little", signed=True)


def packed(numbers: Iterable[int]) -> bytes:
    """A column of little-endian int64."""
    column = list(numbers)
    return struct.pack(f"<{len(column)}q", *column)


def unpacked(hashes: bytes, observed: bytes) -> list[tuple[int, int]]:
    """(reporter's hash, observation in microseconds) of two columns."""
    n = len(hashes) // 8
    return list(zip(struct.unpack(f"<{n}q", hashes), struct.unpack(f"<{n}q", observed), strict=True))
