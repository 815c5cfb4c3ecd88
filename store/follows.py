"""How a patient's follow is kept: a bucket to look it up, a salted keyed hash to decide; the database alone tells neither."""

from __future__ import annotations

import os
from hmac import compare_digest

from store.vault import Vault

BUCKETS = 1024
"""Some fifteen medicines share a bucket, so even who could read buckets would not know which is followed."""


def bucket(vault: Vault, subject: str) -> int:
    """0 to 1023; `subject` is `kind:id`."""
    return int.from_bytes(vault.keyed_hash(b"follow bucket", subject.encode())[:4], "big") % BUCKETS


def new_salt() -> bytes:
    """16 random bytes, one per follow: equal follows of two patients do not look alike."""
    return os.urandom(16)


def digest(vault: Vault, salt: bytes, subject: str) -> bytes:
    """What decides whether a follow is of `subject`."""
    return vault.keyed_hash(b"follow", salt, subject.encode())


def follows(vault: Vault, salt: bytes, kept: bytes, subject: str) -> bool:
    """Whether the kept digest is of `subject`."""
    return compare_digest(kept, digest(vault, salt, subject))
