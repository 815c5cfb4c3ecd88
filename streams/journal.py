"""The journal of a partition: how a decided batch stands in the state topic, and how it is read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from alertcore.records.journal import Journal, JournalEmit, JournalPart
from schemas.codec import decode, encode
from streams.state import OWN

HEAD = OWN + "journal"
PART_BYTES = 512 * 1024
"""A part of a journal's emits closes before it grows over this many bytes; an emit larger than that has a part of its own."""

HEADER_BYTES = 128

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Log time of a partition that has seen no message yet."""


def start() -> Journal:
    """Journal of a partition that has decided nothing yet: the first message is expected at offset 0."""
    return Journal(offset=-1, now=BEGINNING)


def part_key(number: int) -> str:
    """State key of a part, from 0."""
    return f"{HEAD}/{number:04d}"


def parts(emits: Iterable[JournalEmit]) -> list[bytes]:
    """The emits in order, framed, in as few parts as PART_BYTES allows."""
    groups: list[list[JournalEmit]] = []
    room = 0
    for emit in emits:
        size = _size(emit)
        if not groups or size > room:
            groups.append([])
            room = PART_BYTES
        groups[-1].append(emit)
        room -= size
    return [encode(JournalPart(emits=tuple(group))) for group in groups]


def _size(emit: JournalEmit) -> int:
    """Bytes of an emit in a part, rather too many: headers are short, and adding them up for each emit costs more than it tells."""
    return 64 + len(emit.topic) + len(emit.key) + len(emit.value) + HEADER_BYTES * len(emit.headers)


def records(head: Journal, framed: list[bytes], former_parts: int) -> Iterator[tuple[str, bytes | None]]:
    """State records of a journal: its parts, forgotten ones of the former journal, and the head last."""
    for number, raw in enumerate(framed):
        yield part_key(number), raw
    for number in range(len(framed), former_parts):
        yield part_key(number), None
    yield HEAD, encode(head)


def read_head(raw: bytes | None) -> Journal:
    """The head, or that of a partition that has decided nothing."""
    if raw is None:
        return start()
    head = decode(raw)
    assert isinstance(head, Journal)
    return head


def read_part(raw: bytes) -> tuple[JournalEmit, ...]:
    """The emits of one part."""
    part = decode(raw)
    assert isinstance(part, JournalPart)
    return part.emits
