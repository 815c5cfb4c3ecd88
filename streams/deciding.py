"""Deciding one partition's messages in order: the pure part that the Kafka shell and the local shell share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from alertcore.identity import digest
from alertcore.making import maker
from alertcore.records.alert import LogOrigin, Signal
from alertcore.records.hub import EmitOrigin, Entry, Tick
from alertcore.records.journal import Journal
from alertcore.stage import Decision, Emit, Message, Stage
from schemas.codec import UndecodableError, decode, encode
from streams import journal, undecided
from streams.emitting import HUB, Out, out
from streams.origins import seen_before
from streams.state import OWN, PartitionState

Time = Literal["wall", "data"]

RETRY_DUE = timedelta(minutes=1)
"""A tick that could not be decided is due again after this, lest its timers fall silent or its repeats flood the log."""
TICKS_BORNE = 100_000
"""Ticks before one message (`time = data`): more is a stage that never comes to rest."""


_message, _emit_origin = maker(Message), maker(EmitOrigin)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a log as read."""

    offset: int
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What deciding a run of records led to: `state` is written in one transaction, then `outs` are emitted in order."""

    head: Journal
    state: list[tuple[str, bytes | None]]
    outs: list[Out]
    reasons: dict[str, int]
    dead: int = 0


class UndumpableError(Exception):
    """A stage's value that does not turn into bytes."""


class Deciding:
    """The decisions of one partition, one after the other. `state` and `head` are as of the last committed batch."""

    def __init__(self, stage: Stage, partition: int, *, generation: int = 1, time: Time = "wall") -> None:
        self.stage, self.partition, self.generation, self.time = stage, partition, generation, time
        self._name = stage.name
        self.state = PartitionState(stage)
        self.head = journal.start()
        self._window = undecided.UndecidedWindow()
        self._window_before = self._window
        self._now, self._due, self._pending = self.head.now, self.head.due, self.head.pending
        self._offset, self._n, self._ticks = -1, 0, 0
        self._outs: list[Out] = []
        self._reasons: dict[str, int] = {}
        self._dead = 0
        self._checked = False

    def opened(self) -> list[Out]:
        """After `state` was restored: takes up the journal, and returns what it says was to be emitted."""
        self.head = journal.read_head(self.state.get(journal.HEAD))
        self._resume()
        wires = [emit for n in range(self.head.parts) for emit in journal.read_part(self._part(n))]
        return [Out(one.topic, one.partition, one.key.decode(), None, "", "", one) for one in wires]

    def _part(self, number: int) -> bytes:
        raw = self.state.get(journal.part_key(number))
        assert isinstance(raw, bytes), f"journal part {number} of {self.head.parts} is missing"
        return raw

    def batch(self, records: Iterable[Record]) -> Batch:
        """Decides records that follow one another, the first at `head.offset + 1`. Raises TooManyUndecided; then nothing of it counts.

        Memory holds the outcome at once, the log's owner only when `state` is committed: if that fails, this object is done.
        """
        run = list(records)
        try:
            return self._decided(run)
        except UndumpableError:
            # rare: find out whose value it is, by turning each decision's changes into bytes on the spot
            self._rewind()
            self._checked = True
            try:
                return self._decided(run)
            finally:
                self._checked = False
        except undecided.TooManyUndecided:
            self._rewind()
            raise

    def _decided(self, run: list[Record]) -> Batch:
        self._window_before = self._window.copy()
        for record in run:
            self._record(record)
        former = self.head.parts
        changed = self._dumped(self.state.changes())
        framed = journal.parts(one.wire for one in self._outs)
        head = Journal(offset=run[-1].offset, now=self._now, due=self._due, pending=self._pending, parts=len(framed))
        changed += journal.records(head, framed, former)
        done = Batch(head, changed, self._outs, self._reasons, self._dead)
        self.head = head
        self.state.settle()
        self._outs, self._reasons, self._dead = [], {}, 0
        return done

    def _rewind(self) -> None:
        self.state.rewind()
        self._window = self._window_before
        self._outs, self._reasons, self._dead = [], {}, 0
        self._resume()

    def _resume(self) -> None:
        self._now, self._due, self._pending = self.head.now, self.head.due, self.head.pending
        self._offset, self._n = self.head.offset, 0

    def _dumped(self, changes: dict[str, Any | None]) -> list[tuple[str, bytes | None]]:
        return [(key, None if value is None else self._dump(key, value)) for key, value in changes.items()]

    def _dump(self, key: str, value: Any) -> bytes:
        if key[:1] == OWN:
            own: bytes = value
            return own
        try:
            raw = self.stage.dump(key, value)
        except Exception as error:
            raise UndumpableError(f"state {key}: {error}") from error
        return raw

    def _record(self, record: Record) -> None:
        self._offset, self._n, self._ticks = record.offset, 0, 0
        try:
            entry, value = _read(record)
        except UndecodableError as error:
            self._set_aside(record, error, "undecodable", "", speak=True)
            return
        if seen_before(self.state, entry.origin):
            self._count("repeat")
            return
        if self.time == "data":
            self._due_until(entry.stamp)
        self._now = max(self._now, entry.stamp)
        self._message(record, self._as_message(record, entry, value))

    def _as_message(self, record: Record, entry: Entry, value: Any) -> Message:
        return _message(
            value=value,
            kind=entry.kind,
            key=record.key.decode("utf-8", "replace"),
            at=self._now,
            partition=self.partition,
            offset=record.offset,
            sender=entry.sender,
            event_id=entry.event_id,
            stamp=entry.stamp,
        )

    def _due_until(self, stamp: datetime) -> None:
        """`time = data`: every due instant up to `stamp` is a tick at that instant."""
        while self._due is not None and self._due <= stamp:
            self._ticks += 1
            self._now = max(self._now, self._due)
            tick = Tick(at=self._due)
            ident = "evt_" + digest("due", str(self.partition), str(self._offset), str(self._ticks))
            message = Message(
                value=tick,
                kind="tick",
                key="",
                at=self._now,
                partition=self.partition,
                offset=self._offset,
                sender=HUB,
                event_id=ident,
                n=self._ticks,
            )
            if self._ticks > TICKS_BORNE:
                raise undecided.TooManyUndecided(f"{TICKS_BORNE} ticks before offset {self._offset} and still due at {self._due}")
            self._message(Record(self._offset, b"", encode(tick)), message)

    def _message(self, record: Record, message: Message) -> None:
        try:
            decision = self.stage.decide(self.state, message)
            outs = self._wired(decision.emits)
            if self._checked:
                self._dumped(decision.changes)
        except Exception as error:  # whatever a stage raises is a bug of it: the message is set aside, and told
            if message.kind == "tick":
                self._due = self._now + RETRY_DUE
            known = isinstance(message.value, Signal) and message.value.rule == undecided.RULE
            self._set_aside(record, error, undecided.RULE, message.event_id, speak=not known)
            return
        self._apply(decision, outs)

    def _apply(self, decision: Decision, outs: list[Out]) -> None:
        for key, value in decision.changes.items():
            self.state.change(key, value)
        self._due, self._pending = decision.due, decision.pending
        self._outs += outs
        self._n += len(outs)
        self._window.decided()
        self._count(decision.reason)

    def _wired(self, emits: Sequence[Emit]) -> list[Out]:
        if not emits:
            return []
        return [out(emit, self._origin(self._n + i), self._now) for i, emit in enumerate(emits)]

    def _origin(self, n: int) -> EmitOrigin:
        return _emit_origin(stage=self._name, generation=self.generation, partition=self.partition, offset=self._offset, n=n)

    def _set_aside(self, record: Record, error: Exception, code: str, event_id: str, *, speak: bool) -> None:
        self.state.drop_memo()
        self._window.undecided()
        self._dead += 1
        self._count(code)
        name = self._name
        where = LogOrigin(topic=f"{name}.log", partition=self.partition, offset=record.offset)
        emits = [undecided.dead_letter(name, where, record.key, record.value, error, code, self._now)]
        if speak:
            number = int(self.state.get(undecided.KEY_COUNT) or b"0") + 1
            self.state.change(undecided.KEY_COUNT, b"%d" % number)
            emits.append(undecided.signal(name, self.partition, number, event_id, self._now))
        outs = self._wired(emits)
        self._outs += outs
        self._n += len(outs)

    def _count(self, reason: str) -> None:
        self._reasons[reason] = self._reasons.get(reason, 0) + 1


def _read(record: Record) -> tuple[Entry, Any]:
    entry = decode(record.value)
    if not isinstance(entry, Entry):
        raise UndecodableError("body", f"a log holds entries, not {type(entry).__name__}")
    return entry, decode(entry.value)
