"""The journal in the state topic: parts of a bounded size, in order, and nothing left over from the one before."""

from __future__ import annotations

from datetime import UTC, datetime

from alertcore.records.journal import Journal, JournalEmit
from streams import journal


def emit(size: int, number: int = 0) -> JournalEmit:
    return JournalEmit(topic="t", partition=number, key=b"k", value=b"x" * size, headers={"h": b"v"})


def test_emits_come_back_in_order_from_parts_of_at_most_their_size() -> None:
    emits = [emit(200_000, n) for n in range(10)]
    framed = journal.parts(emits)
    assert [one for raw in framed for one in journal.read_part(raw)] == emits
    assert all(len(raw) <= journal.PART_BYTES for raw in framed)
    assert len(framed) == 5


def test_an_emit_larger_than_a_part_has_one_of_its_own() -> None:
    framed = journal.parts([emit(10), emit(2_000_000), emit(10)])
    assert [len(journal.read_part(raw)) for raw in framed] == [1, 1, 1]


def test_without_emits_there_is_only_the_head() -> None:
    head = Journal(offset=3, now=datetime(2026, 1, 1, tzinfo=UTC))
    ((key, raw),) = journal.records(head, [], 0)
    assert key == journal.HEAD
    assert raw is not None
    assert journal.read_head(raw) == head


def test_parts_of_a_longer_journal_before_are_forgotten() -> None:
    head = Journal(offset=3, now=datetime(2026, 1, 1, tzinfo=UTC), parts=1)
    written = dict(journal.records(head, [b"one"], 3))
    assert [written[journal.part_key(n)] for n in range(3)] == [b"one", None, None]


def test_a_partition_without_a_journal_expects_offset_0() -> None:
    assert journal.read_head(None).offset == -1
