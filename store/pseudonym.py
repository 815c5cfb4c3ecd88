"""As which the ledger names a patient: another in every alert, so that only with their key two rows can be seen to be of one person."""

from __future__ import annotations

from hashlib import blake2b


def pseudonym(about: str, key: bytes) -> str:
    """The name of the patient with this key in rows of a notice about this alert."""
    return "x" + blake2b(about.encode(), key=key, digest_size=16).hexdigest()
