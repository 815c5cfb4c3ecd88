"""Snapshots of public lists: rows wait for their marker; a list that is cut, broken or much shorter is refused whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alertcore.records.hub import Problem, Verdict
from alertcore.records.shared import Nature, Text
from alertcore.sharding import CASES_LOG
from connectors.door.held import held_id
from connectors.door.judge import refused, repeated, taken
from connectors.door.judgement import NOTHING, Judgement, Remember
from connectors.door.prepare import Prepared
from connectors.door.signals import REFUSED_SNAPSHOT, clear_signal, raise_signal, signal_entry
from connectors.door.stamps import Stamps
from connectors.door.world import Held, HeldEvent, Taken, World

KIND = "shortage.statuses"
SHRUNK_PCT = 80
"""Under this share of the rows last accepted a list is refused whole, per cent."""
MAX_ROWS = 200_000
PATIENCE = timedelta(minutes=15)
"""Rows whose marker has not come after so long a silence are refused."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows and their marker; marker None: it never came. why: (code, text) if the whole is refused whatever the rows say."""

    sender: str
    rows: tuple[Prepared, ...]
    marker: Prepared | None
    why: tuple[str, str] | None = None

    @property
    def events(self) -> tuple[Prepared, ...]:
        """Rows, then the marker."""
        return self.rows if self.marker is None else (*self.rows, self.marker)


@dataclass(slots=True)
class Collector:
    """Rows of one way in (one topic, one HTTP request) until their marker. refused: rows that could not be read, answered already."""

    rows: list[Prepared] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    refused: int = 0
    last: datetime | None = None

    def feed(self, one: Prepared, now: datetime) -> list[Snapshot]:
        """Take a row or a marker; gives what is complete, or has turned out never to be."""
        assert one.record is not None, "what is refused by itself does not wait"
        self.last = now
        ended: list[Snapshot] = []
        if self._is_other(one.record.snapshot_id):
            ended += self.end("marker_missing", "the marker {snapshot_id, rows} that ends a list did not come")
        if one.record.rows is None:
            if not self._is_twice(one):
                self.rows.append(one)
                self.ids.add(one.event_id)
            if len(self.rows) > MAX_ROWS:
                ended += self.end("too_many_rows", f"more than {MAX_ROWS} rows came without a marker")
            return ended
        told, refused = one.record.rows, self.refused
        rows = self._out()
        lie = None
        if told != len(rows):
            bad = f", and {refused} were refused" if refused else ": the list may be cut"
            lie = ("row_refused" if refused else "marker_rows", f"the marker says {told} rows, {len(rows)} came{bad}")
        return [*ended, Snapshot(one.arrival.sender, rows, one, lie)]

    def end(self, code: str, text: str) -> list[Snapshot]:
        """Give up on what waits."""
        rows = self._out()
        return [Snapshot(rows[0].arrival.sender, rows, None, (code, text))] if rows else []

    def expire(self, now: datetime) -> list[Snapshot]:
        """Give up after a long silence."""
        if self.last is None or now - self.last < PATIENCE:
            return []
        return self.end("marker_missing", "no marker came within 15 minutes of the last row")

    def _out(self) -> tuple[Prepared, ...]:
        rows = tuple(self.rows)
        self.rows, self.ids, self.refused = [], set(), 0
        return rows

    def _is_other(self, snapshot_id: str) -> bool:
        return any(row.record.snapshot_id != snapshot_id for row in self.rows[-1:] if row.record is not None)

    def _is_twice(self, one: Prepared) -> bool:
        """A row sent again after its sender was interrupted: known by the id it gave; rows without ids may well be equal."""
        return one.reading.ce_id is not None and one.event_id in self.ids


def judge_snapshot(snapshot: Snapshot, world: World, stamps: Stamps, known: Mapping[str, Taken], now: datetime) -> list[Judgement]:
    """One judgement an event, in order. All rows are taken, or none."""
    marker = snapshot.marker
    before = [repeated(one, world, known) if one.record is not None else None for one in snapshot.events]
    if marker is not None and before[-1] is not None and before[-1].answer.verdict is not Verdict.REFUSED:
        # A list taken before, sent again.
        return [
            b if b is not None else refused(_with(one, "after_marker", "this list is complete"))
            for b, one in zip(before, snapshot.events, strict=True)
        ]
    why = snapshot.why or _broken(snapshot, before) or _shrunk(snapshot, world)
    at = stamps.next(CASES_LOG, 0, now, marker.own if marker else None)
    if why is not None:
        return _refuse(snapshot, why, world, at)
    return _take(snapshot, before, world, at)


def _broken(snapshot: Snapshot, before: list[Judgement | None]) -> tuple[str, str] | None:
    for number, (one, earlier) in enumerate(zip(snapshot.events, before, strict=True), 1):
        if one.record is None or (earlier is not None and earlier.answer.verdict is Verdict.REFUSED):
            return "row_refused", f"row {number} of the list is refused, so all of it is"
    return None


def _shrunk(snapshot: Snapshot, world: World) -> tuple[str, str] | None:
    rows, last = len(snapshot.rows), last_rows(snapshot, world)
    if rows * 100 >= last * SHRUNK_PCT:
        return None
    return "shrunk", f"{rows} rows after {last}: under {SHRUNK_PCT} %"


def last_rows(snapshot: Snapshot, world: World) -> int:
    """Rows of the last accepted list of this sender for these countries.

    A list that lost a country is measured against the longest it shares one with, an empty one against the longest of all.
    """
    countries = countries_of(snapshot)
    mine = {told: n for (sender, told), n in world.snapshots.items() if sender == snapshot.sender}
    if countries in mine:
        return mine[countries]
    here = set(countries.split(",")) if countries else set()
    return max((n for told, n in mine.items() if not here or here & set(told.split(","))), default=0)


def countries_of(snapshot: Snapshot) -> str:
    """Countries the rows tell of: a sender may publish several lists."""
    return ",".join(sorted({row.record.country for row in snapshot.rows if row.record is not None}))


def _take(snapshot: Snapshot, before: list[Judgement | None], world: World, at: datetime) -> list[Judgement]:
    countries, rows = countries_of(snapshot), len(snapshot.rows)
    world.snapshots[snapshot.sender, countries] = rows
    done = []
    for one, earlier in zip(snapshot.events, before, strict=True):
        again = earlier or repeated(one, world, {})  # equal rows within one list
        done.append(again or taken(one, world, NOTHING))
    marker = done[-1]
    sentence = Text(
        fr=f"La liste de {snapshot.sender} est de nouveau complète ({rows} lignes).",
        en=f"The list of {snapshot.sender} is whole again ({rows} rows).",
    )
    nature = marker.answer.nature
    signal = clear_signal(world, REFUSED_SNAPSHOT, snapshot.sender, nature, at, sentence, marker.answer.event_id)
    own = snapshot.events[-1].own
    entries = (signal_entry(signal, world.config, own),) if signal else ()
    remember = Remember(snapshot=(snapshot.sender, countries, rows), signals=(signal,) if signal else ())
    done[-1] = dataclasses.replace(marker, placed=(*marker.placed, *entries), remember=remember)
    return done


def _refuse(snapshot: Snapshot, why: tuple[str, str], world: World, at: datetime) -> list[Judgement]:
    code, text = why
    held = _hold(snapshot, world, at) if code == "shrunk" else None
    if held is not None:
        text += f"; kept as {held.held_id}, to be accepted or refused by a person of the agency"
    done = [refused(_with(one, "snapshot_refused" if one.record is not None else "", f"{code}: {text}")) for one in snapshot.events]
    last, before = snapshot.events[-1], last_rows(snapshot, world)
    rows = len(snapshot.rows)
    sentence = Text(
        fr=f"Une liste de {snapshot.sender} a été refusée en entier : {rows} lignes, {before} la fois précédente ({code}).",
        en=f"A list of {snapshot.sender} was refused whole: {rows} rows, {before} the time before ({code}).",
    )
    nature = last.record.nature if last.record is not None else Nature.ACTUAL
    numbers = {"rows": float(rows), "rows_before": float(before)}
    signal = raise_signal(world, REFUSED_SNAPSHOT, snapshot.sender, nature, at, sentence, numbers, last.event_id)
    entry = signal_entry(signal, world.config, last.own)
    done[-1] = dataclasses.replace(done[-1], placed=(entry,), remember=Remember(held=held, signals=(signal,)))
    return done


def _hold(snapshot: Snapshot, world: World, at: datetime) -> Held:
    marker = snapshot.marker
    assert marker is not None
    assert marker.record is not None
    held = Held(
        held_id=held_id(snapshot.sender, marker.event_id),
        what="snapshot",
        sender=snapshot.sender,
        kind=KIND,
        subject=snapshot.sender,
        nature=marker.record.nature,
        before=last_rows(snapshot, world),
        now=len(snapshot.rows),
        at=at,
        countries=countries_of(snapshot),
        events=tuple(HeldEvent(one.event_id, one.reading.ce_id, one.content, one.value) for one in snapshot.events),
    )
    world.held[held.held_id] = held
    return held


def _with(one: Prepared, code: str, text: str) -> Prepared:
    if code:
        one.found.faults.append(Problem(code=code, text=text))
    return one
