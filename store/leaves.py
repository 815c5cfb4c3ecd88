"""The hash of one delivery event: of the canonical text of what its row says, so that a changed column is found."""

from __future__ import annotations

from hashlib import sha256


def event_leaf(delivery_id: str, kind: str, at: int, code: int, detail: str) -> bytes:
    """32 bytes. `at` is in microseconds since 1970 UTC; `detail` is the last field, so it may hold anything."""
    return sha256(f"{delivery_id}|{kind}|{at}|{code}|{detail}".encode()).digest()


def intended_detail(notice_id: str, person: str, channel: str, lane: int, audience: str, language: str, state: str, reason: str) -> str:
    """What the first event of a delivery stands for, beside its own columns: everything in the delivery that never changes."""
    return f"{notice_id}|{person}|{channel}|{lane}|{audience}|{language}|{state}|{reason}"
