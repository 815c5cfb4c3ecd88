"""Stage `stock`: takes reports, and flushes changed sums to the supply log at most every few seconds of log time.

State: `reporter/<id>` each reporter's last report, `cell/<n>` keys of the cells in the order of their numbers,
`unflushed/cells` and `unflushed/reporters` what changed since the last flush, `night` the nightly full, `setting/policy`,
`incoming/<reporter>` the deliveries that one expects, `use/<reporter>` what one that counts over fewer than 28 days has dispensed; and
of recalled lots what alertcore/stock/lots.py says.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from alertcore import statejson
from alertcore.inforce import InForce, put_in_force, settings, state_key
from alertcore.packed import Holding, Ints, Lines, Marks, ints, read_lines, union
from alertcore.packed_use import Use
from alertcore.policy import read_policy
from alertcore.records.defect import QualityDefect
from alertcore.records.hub import SettingsFile, Tick
from alertcore.records.product import Product
from alertcore.records.shared import Nature
from alertcore.records.stock import StockSheet
from alertcore.stage import Decision, Emit, Message, View
from alertcore.stock import lots
from alertcore.stock.book import USE, StockBook
from alertcore.stock.incoming import OWNED, PREFIX, Row
from alertcore.stock.partials import partials
from alertcore.stock.recalls import RecallThread
from alertcore.stock.shelf import Shelf

CELLS, REPORTERS, NIGHT = "unflushed/cells", "unflushed/reporters", "night"
NIGHT_HOUR = 1
"""The nightly full begins at this hour UTC."""
NIGHT_SLICE = 16_384
"""Cells of one tick of the nightly full."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_SECOND = 1_000_000
_NIGHT = struct.Struct("<qq")
_JSON: dict[str, Any] = {"setting": InForce, "recall": RecallThread, "recall-of": str}


class StockStage:
    """Sums of one partition of the stock log. supply_partitions: shards of the supply log. generation: of the stock log."""

    name = "stock"

    def __init__(self, supply_partitions: int, generation: int = 1) -> None:
        self.supply_partitions = supply_partitions
        self.generation = generation

    def decide(self, view: View, message: Message) -> Decision:
        """One report, defect, product, tick or settings file.

        Reasons: taken, same_report, not_newer, not_actual, defect, product, flushed, night, policy, nothing.
        """
        changes: dict[str, Any] = {}
        emits: list[Emit] = []
        reason = self._take(view, message, changes, emits)
        emits += self._let_go(view, message, changes)
        due, pending = self._due(view, changes)
        if reason == "nothing" and emits:
            reason = "flushed"
        return Decision(tuple(emits), changes, due, pending, reason)

    def dump(self, key: str, value: Any) -> bytes:
        """State value to bytes."""
        if key == NIGHT:
            return _NIGHT.pack(*value)
        if key.startswith(("cell/", "lot/", "made/", PREFIX)):
            return json.dumps(value, ensure_ascii=False).encode()
        if key.startswith(("setting/", "recall/", "recall-of/")):
            return statejson.dump(value)
        packed: bytes = value.dump()
        return packed

    def load(self, key: str, raw: bytes) -> Any:
        """State value from bytes."""
        if key == NIGHT:
            return _NIGHT.unpack(raw)
        if key.startswith("cell/"):
            return tuple(json.loads(raw))
        if key.startswith((PREFIX, "made/")):
            return tuple(tuple(row) for row in json.loads(raw))
        if key.startswith("lot/"):
            return tuple((name, medicine) for name, medicine in json.loads(raw))
        kind = key.split("/", 1)[0]
        if kind in _JSON:
            return statejson.load(_JSON[kind], raw)
        if kind == "lots":
            return Shelf.load(raw)
        if kind == "use":
            return Use.load(raw)
        return Holding.load(raw) if key.startswith("reporter/") else Marks.load(raw)

    def _book(self, view: View) -> StockBook:
        book: StockBook | None = view.memo.get("book")
        if book is None:
            book = view.memo["book"] = StockBook(view, self.supply_partitions)
            book.remark(_marks(view, {}, CELLS), _marks(view, {}, REPORTERS))
        return book

    def _take(self, view: View, message: Message, changes: dict[str, Any], emits: list[Emit]) -> str:
        value = message.value
        if isinstance(value, StockSheet):
            reason = self._report(view, value, message.at, changes)
            if reason == "taken":
                emits += lots.take_sheet(view, value, changes, self.supply_partitions)
            return reason
        if isinstance(value, QualityDefect):
            emits += lots.take_defect(view, value, message.sender, changes, self.supply_partitions)
            return "defect"
        if isinstance(value, Product):
            return lots.take_product(view, value, changes)
        if isinstance(value, SettingsFile) and value.name == "policy":
            found = put_in_force(view, value)
            if found is not None:
                read_policy(json.loads(found.content))
                changes[state_key("policy")] = found
                return "policy"
        return "nothing"

    def _report(self, view: View, sheet: StockSheet, at: datetime, changes: dict[str, Any]) -> str:
        if sheet.nature is not Nature.ACTUAL:
            return "not_actual"
        book = self._book(view)
        observed, last = micros(sheet.observed_at), book.last(sheet.reporter.id)
        if last is not None and last.report_id == sheet.report_id:
            return "same_report"
        if last is not None and last.observed >= observed:
            return "not_newer"
        lines, known = read_lines(sheet), len(book.keys)
        window = f"{USE}{sheet.reporter.id}"
        before: Use | None = view.get(window)
        holding, moved, use = book.take(sheet, lines, observed, before)
        changes[f"reporter/{sheet.reporter.id}"] = holding
        changes |= {window: use} if use is not before else {}
        changes.update(book.chunks(known) if len(book.keys) > known else ())
        expected = view.get(f"{PREFIX}{sheet.reporter.id}") or ()
        if expected or (sheet.incoming and sheet.reporter.tier in OWNED):
            moved = union(moved, self._expect(book, sheet, lines, expected, changes))
        if view.get(NIGHT) is None:
            changes[NIGHT] = (_next_night(micros(at)), 0)
        self._mark(view, CELLS, book.newly_marked(moved), at, changes)
        self._mark(view, REPORTERS, book.newly_heard(holding.number), at, changes)
        return "taken"

    def _expect(self, book: StockBook, sheet: StockSheet, lines: Lines, before: tuple[Row, ...], changes: dict[str, Any]) -> Ints:
        """Keeps the deliveries that a manufacturer or depositary expects; the cells for which they are others than before."""
        after, moved = book.expect(sheet, lines, before)
        if after != before:
            changes[f"{PREFIX}{sheet.reporter.id}"] = after or None
        return moved

    def _mark(self, view: View, key: str, numbers: Ints, at: datetime, changes: dict[str, Any]) -> None:
        if len(numbers):
            changes[key] = (view.get(key) or Marks(micros(at))).add(numbers)

    def _let_go(self, view: View, message: Message, changes: dict[str, Any]) -> list[Emit]:
        now = micros(message.at)
        idle = isinstance(message.value, Tick) and message.value.idle
        emits: list[Emit] = []
        marks = _marks(view, changes, REPORTERS)
        if marks is not None and (idle or now >= self._flush_at(view, changes, marks)):
            emits += self._flush(view, message, changes)
        night = changes.get(NIGHT, view.get(NIGHT))
        if night is not None and now >= night[0]:
            emits += self._night(view, message, night, changes)
        return emits

    def _flush_at(self, view: View, changes: dict[str, Any], marks: Marks) -> int:
        found = changes.get(state_key("policy"))
        policy = read_policy(json.loads(found.content)) if found else settings(view, "policy", read_policy)[1]
        return next_flush(marks.since, policy.stock.flush_s * _SECOND)

    def _flush(self, view: View, message: Message, changes: dict[str, Any]) -> Iterator[Emit]:
        book = self._book(view)
        cells, heard = _marks(view, changes, CELLS), _marks(view, changes, REPORTERS)
        changes[CELLS] = changes[REPORTERS] = None
        book.remark(None, None)
        yield from self._partials(book, message, cells.numbers() if cells else ints(()), heard.numbers() if heard else ints(()))

    def _night(self, view: View, message: Message, night: tuple[int, int], changes: dict[str, Any]) -> Iterator[Emit]:
        book, (due, part) = self._book(view), night
        first, last = part * NIGHT_SLICE, min((part + 1) * NIGHT_SLICE, len(book.keys))
        done = last == len(book.keys)
        changes[NIGHT] = (_next_night(micros(message.at)), 0) if done else (max(due, micros(message.at)) + _SECOND, part + 1)
        heard = ints(range(len(book.holdings)) if part == 0 else ())
        yield from self._partials(book, message, ints(range(first, last)), heard)

    def _partials(self, book: StockBook, message: Message, cells: Ints, heard: Ints) -> Iterator[Emit]:
        yield from partials(book, cells, heard, generation=self.generation, source=message.partition, version=message.offset)

    def _due(self, view: View, changes: dict[str, Any]) -> tuple[datetime | None, bool]:
        marks = _marks(view, changes, REPORTERS)
        night = changes.get(NIGHT, view.get(NIGHT))
        dues = [night[0]] if night else []
        if marks is not None:
            dues.append(self._flush_at(view, changes, marks))
        return (_EPOCH + min(dues) * _MICRO if dues else None), marks is not None


def next_flush(since: int, every: int) -> int:
    """First instant after `since` that is a whole multiple of `every` (microseconds).

    All partitions of the log flush at the same instants, so that a medicine is looked at once for all of them.
    """
    return (since // every + 1) * every if every else since


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICRO


def _marks(view: View, changes: dict[str, Any], key: str) -> Marks | None:
    found: Marks | None = changes[key] if key in changes else view.get(key)
    return found


def _next_night(now: int) -> int:
    at = _EPOCH + now * _MICRO
    night = at.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return micros(night if night > at else night + timedelta(days=1))
