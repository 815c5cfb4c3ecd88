"""What a decision emits, as it goes over the wire: an Entry for a log, a record with CloudEvents headers for everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from alertcore.identity import emit_id
from alertcore.making import maker
from alertcore.records.hub import EmitOrigin, Entry
from alertcore.records.journal import JournalEmit
from alertcore.sharding import LOGS
from alertcore.stage import Emit
from plumbing.settings import MAX_RECORD_BYTES
from schemas.codec import MEDIA_TYPE, encode

HUB = "hub"
"""Sender of everything the hub itself writes into a log."""

LARGEST = MAX_RECORD_BYTES - 128 * 1024
"""Largest emit in bytes: it must fit its topic, and a journal part with its headers."""


@dataclass(frozen=True, slots=True)
class Out:
    """One emit of a decision: what the stage gave, the id it got, and the bytes that are written.

    `entry` is set where it goes to a log. `wire.topic` carries no prefix.
    """

    topic: str
    partition: int | None
    key: str
    value: Any
    kind: str
    id: str
    wire: JournalEmit
    entry: Entry | None = None


_out, _wire = maker(Out), maker(JournalEmit)


def rfc3339(at: datetime) -> str:
    """UTC with microseconds only where there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def out(emit: Emit, origin: EmitOrigin, now: datetime) -> Out:
    """The emit that is the `origin.n`-th of its offset, written at log time `now`.

    Raises whatever the codec says of a bad value, and ValueError above LARGEST.
    """
    ident = emit.id or emit_id(origin.stage, origin.generation, origin.partition, origin.offset, origin.n)
    value = encode(emit.value)
    entry, headers = None, {}
    if emit.topic in LOGS:
        entry = Entry(stamp=now, sender=HUB, event_id=ident, kind=emit.kind, value=value, origin=origin)
        value = encode(entry)
    else:
        headers = _headers(emit, ident, origin, now)
    if len(value) > LARGEST:
        raise ValueError(f"emit to {emit.topic} has {len(value)} bytes; at most {LARGEST} are written")
    wire = _wire(topic=emit.topic, partition=emit.partition, key=emit.key.encode(), value=value, headers=headers)
    return _out(emit.topic, emit.partition, emit.key, emit.value, emit.kind, ident, wire, entry)


@lru_cache(maxsize=256)
def _fixed(stage: str, record: str) -> dict[str, bytes]:
    """Headers that are the same for every emit of a record's kind by one stage."""
    return {
        "ce_source": b"/tocsin/" + stage.encode(),
        "ce_specversion": b"1.0",
        "ce_type": b"tocsin.v1." + record.encode(),
        "content-type": MEDIA_TYPE.encode(),
    }


@lru_cache(maxsize=64)
def _at(now: datetime) -> bytes:
    """Most emits of a batch share their instant."""
    return rfc3339(now).encode()


@lru_cache(maxsize=64)
def _source(stage: str, generation: int, partition: int, offset: int) -> bytes:
    """What the origins of all emits of a decision begin with."""
    return f"{stage}/{generation}/{partition}/{offset}/".encode()


def _headers(emit: Emit, ident: str, origin: EmitOrigin, now: datetime) -> dict[str, bytes]:
    source = _source(origin.stage, origin.generation, origin.partition, origin.offset)
    headers = {
        "ce_id": ident.encode(),
        **_fixed(origin.stage, type(emit.value).__name__),
        "ce_time": _at(now),
        "ce_subject": emit.key.encode(),
        "tocsin_origin": b"%b%d" % (source, origin.n),
    }
    nature = getattr(emit.value, "nature", None)
    if nature is not None:
        headers["tocsin_nature"] = str.encode(nature)
    return headers
