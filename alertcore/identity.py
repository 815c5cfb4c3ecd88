"""Ids as functions of content: the same cause always has the same id, so a repeat is known as one."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any


def digest(*parts: str | bytes) -> str:
    """Lower-case base32 of the first 16 bytes of SHA-256 over the parts, each with its length in front (no two lists collide)."""
    return _of_framed(_framed(*parts))


def _framed(*parts: str | bytes) -> bytes:
    """The parts, each with its length in front."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join([len(r).to_bytes(8, "big") + r for r in raw])


def _of_framed(framed: bytes) -> str:
    number = int.from_bytes(hashlib.sha256(framed).digest()[:16], "big") << 2
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
"""Two base32 digits for every ten bits: b32encode is written for any length, and ten times slower."""


def canonical_json(value: Any) -> bytes:
    """One text for one value: sorted keys, no spaces, UTF-8. `value` is plain JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def event_id(sender: str, ce_id: str | None, canonical: bytes) -> str:
    """Id of an inbound event: of (sender, CloudEvents id), or of (sender, canonical value) where the sender gave none."""
    if ce_id:
        return "evt_" + digest("ce", sender, ce_id)
    return "evt_" + digest("value", sender, canonical)


def emit_id(stage: str, generation: int, partition: int, offset: int, n: int) -> str:
    """Id of the n-th emit of one decision."""
    return "evt_" + _of_framed(_decision(stage, generation, partition, offset) + _framed(str(n)))


@lru_cache(maxsize=64)
def _decision(stage: str, generation: int, partition: int, offset: int) -> bytes:
    """What the ids of all emits of one decision begin with."""
    return _framed("emit", stage, str(generation), str(partition), str(offset))


def signal_id(rule: str, subject_kind: str, subject_id: str, nature: str) -> str:
    """One signal per (rule, subject, nature), over all its versions."""
    return "sig_" + digest(rule, subject_kind, subject_id, nature)


def alert_id(kind: str, subject_kind: str, subject_id: str, nature: str, opened_by: str) -> str:
    """One alert per (kind, subject, nature) and the event that opened it."""
    return "alr_" + digest(kind, subject_kind, subject_id, nature, opened_by)


def notice_id(group_key: str, purpose: str, audience: bytes, alerts: list[tuple[str, int]]) -> str:
    """One notice per group, purpose, audience (canonical JSON) and alert versions told."""
    return "ntc_" + digest(group_key, purpose, audience, *(f"{a}:{v}" for a, v in alerts))


def delivery_id(notice: str, person: str, channel: str) -> str:
    """One delivery per notice, person (opaque id) and channel."""
    return "dlv_" + digest(notice, person, channel)
