"""Which entries of which log partitions an event becomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alertcore.records.hub import Entry
from alertcore.records.stock import SalesReport
from alertcore.sharding import CASES_LOG, STOCK_LOG, SUPPLY_LOG, shard
from connectors.door.register import ACKS
from connectors.door.world import DoorConfig
from schemas.codec import encode

_OF_THE_HUB = {"commands": "command", "receipts": "receipt", ACKS: "acknowledgement"}
_FOR_ALL = frozenset({"reference.products", "policy", "senders", "calendar"})
"""Kinds that every partition of every log gets."""
_FOR_STOCK = frozenset({"quality.defects"})
"""Kinds that every partition of the stock log gets too: which lots are recalled is judged where the lots are."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One entry to append; its stamp is given when it is. own: the event's time, see stamps."""

    log: str
    partition: int
    key: str
    event_id: str
    kind: str
    sender: str
    value: bytes
    remarks: tuple[str, ...] = ()
    own: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event about to be split. value: its record framed. own: its time."""

    event_id: str
    sender: str
    kind: str
    record: Any
    value: bytes
    remarks: tuple[str, ...] = ()
    own: datetime | None = None


def entry_of(placed: Placed, stamp: datetime) -> Entry:
    """The entry with its stamp."""
    return Entry(
        stamp=stamp,
        sender=placed.sender,
        event_id=placed.event_id,
        kind=placed.kind,
        value=placed.value,
        remarks=placed.remarks,
    )


def split(event: Event, config: DoorConfig, products: Mapping[str, int]) -> tuple[Placed, ...]:
    """The entries of one event, for every kind but stock reports (see `stock_entry`)."""
    kind = _OF_THE_HUB.get(event.kind, event.kind)
    if isinstance(event.record, SalesReport):
        return tuple(_sales(event, event.record, config, products))
    if kind in _FOR_ALL:
        return tuple(_everywhere(event, kind, config))
    if kind == "plans":
        return (_supply(event, kind, shard(event.record.cis, config.supply_partitions)), _cases(event, kind, config))
    if kind in _FOR_STOCK:
        return (*_stock(event, kind, config), _cases(event, kind, config))
    return (_cases(event, kind, config),)


def stock_entry(event: Event, config: DoorConfig) -> Placed:
    """The entry of a stock report (its record a StockSheet), in its reporter's partition."""
    reporter = event.record.reporter.id
    return _placed(event, STOCK_LOG, shard(reporter, config.stock_partitions), reporter, event.kind)


def _everywhere(event: Event, kind: str, config: DoorConfig) -> Iterable[Placed]:
    yield from _stock(event, kind, config)
    for n in range(config.supply_partitions):
        yield _supply(event, kind, n)
    yield _cases(event, kind, config)


def _stock(event: Event, kind: str, config: DoorConfig) -> Iterable[Placed]:
    for n in range(config.stock_partitions):
        yield _placed(event, STOCK_LOG, n, f"shard-{n}", kind)


def _sales(event: Event, report: SalesReport, config: DoorConfig, products: Mapping[str, int]) -> Iterable[Placed]:
    """One report a shard concerned, with that shard's lines. Lines of products not known yet belong nowhere and are left out."""
    lines: dict[int, list[Any]] = {}
    for line in report.lines:
        if cis := products.get(line.cip13):
            lines.setdefault(shard(f"{cis:08d}", config.supply_partitions), []).append(line)
    for n in sorted(lines):
        value = encode(dataclasses.replace(report, lines=tuple(lines[n])))
        part = dataclasses.replace(event, event_id=f"{event.event_id}#{n}", value=value)
        yield _supply(part, event.kind, n)


def _supply(event: Event, kind: str, partition: int) -> Placed:
    return _placed(event, SUPPLY_LOG, partition, f"shard-{partition}", kind)


def _cases(event: Event, kind: str, config: DoorConfig) -> Placed:
    return _placed(event, CASES_LOG, 0, config.agency, kind)


def _placed(event: Event, log: str, partition: int, key: str, kind: str) -> Placed:
    return Placed(log, partition, key, event.event_id, kind, event.sender, event.value, event.remarks, event.own)
