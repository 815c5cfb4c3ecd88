"""Repeats of another stage's emits: the highest origin seen per source decides."""

from __future__ import annotations

from alertcore.records.hub import EmitOrigin
from streams.state import OWN, PartitionState


def seen_before(state: PartitionState, origin: EmitOrigin | None) -> bool:
    """Whether an entry of this origin, or a later one of the same source, was here already; else it is remembered as the highest.

    A source is (stage, generation, partition of its log); within one, origins rise by offset and number.
    """
    if origin is None:
        return False
    key = f"{OWN}origin/{origin.stage}/{origin.generation}/{origin.partition}"
    highest: bytes | None = state.get(key)
    if highest is not None:
        offset, n = highest.split(b":")
        if (origin.offset, origin.n) <= (int(offset), int(n)):
            return True
    state.change(key, b"%d:%d" % (origin.offset, origin.n))
    return False
