"""An arrival read, checked and given its id: all that can be said of it without knowing what came before."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alertcore.identity import event_id
from alertcore.records.defect import QualityDefect
from alertcore.records.device import DeviceNotice
from alertcore.records.hub import Command, SettingsFile
from alertcore.records.notice import Receipt
from alertcore.records.product import Device, Product
from alertcore.records.rapid import Acknowledgement, RapidAlert
from alertcore.records.shortage import Declaration, Disruption, Plan, PublishedStatus
from alertcore.records.stock import SalesReport, StockSheet
from connectors.door.arrival import Arrival
from connectors.door.checks import check_nature
from connectors.door.checks_defect import check_defect
from connectors.door.checks_device import check_device, check_device_notice
from connectors.door.checks_everywhere import settle_everywhere
from connectors.door.checks_hub import check_command, check_receipt, check_settings_file
from connectors.door.checks_rapid import check_acknowledgement, check_rapid_alert
from connectors.door.checks_reference import check_product
from connectors.door.checks_shortage import check_declaration, check_disruption, check_plan, check_status
from connectors.door.checks_stock import check_bad_lines, check_sales, check_stock_head
from connectors.door.contacts import contact_bytes, contact_ref
from connectors.door.decode import Reading, read
from connectors.door.findings import Findings
from connectors.door.register import record_of
from connectors.door.settings_files import settle_file
from connectors.door.sheets import pack_flat, pack_lines, sheet_of
from connectors.door.signatures import check_signature
from connectors.door.stamps import Stamps, event_time
from connectors.door.world import World
from schemas.codec import encode

_CHECKS: dict[type[Any], Callable[[Any, datetime, Findings], None]] = {
    Declaration: check_declaration,
    Disruption: check_disruption,
    PublishedStatus: check_status,
    Plan: check_plan,
    QualityDefect: check_defect,
    DeviceNotice: check_device_notice,
    Device: check_device,
    Product: check_product,
    RapidAlert: check_rapid_alert,
    Acknowledgement: check_acknowledgement,
    Command: check_command,
    SettingsFile: check_settings_file,
    Receipt: check_receipt,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """record: as it goes on (a StockSheet for a stock report), None if the event is refused whole. value: it, framed.

    content: hash of what it says, the same for Avro and JSON. total: lines or rows sent. own: its time, see stamps.
    """

    reading: Reading
    event_id: str
    record: Any | None = None
    value: bytes = b""
    content: bytes = b""
    total: int = 0
    own: datetime | None = None

    @property
    def arrival(self) -> Arrival:
        """What it came as."""
        return self.reading.arrival

    @property
    def found(self) -> Findings:
        """What the checks found."""
        return self.reading.found


def prepare(arrival: Arrival, world: World, stamps: Stamps, now: datetime) -> Prepared:
    """Read and check one arrival. Never raises for bad input."""
    name = record_of(arrival.kind)
    if name is None:
        found = Findings()
        found.fault("", "unknown_kind", f"{arrival.kind[:80]} is no kind of event")
        return _refused(Reading(arrival, None, found))
    reading = read(arrival, name)
    allowed = world.register.may_send(arrival.sender, arrival.kind, reading.found)
    if not allowed or reading.record is None:
        return _refused(reading)
    record = _checked(reading, world, stamps.clock(now, reading.ce_time))
    return _refused(reading) if reading.found.whole else _identified(reading, record)


def _checked(reading: Reading, world: World, now: datetime) -> Any:
    """The record as it goes on; what is wrong goes to the reading's findings."""
    found, arrival = reading.found, reading.arrival
    record = settle_everywhere(reading.record, found)
    check_nature(record, arrival.headers.get("tocsin_nature"), found)
    world.register.may_speak(arrival.sender, record, found)
    if reading.stock is not None:
        return _sheet(reading, record, world, now)
    if isinstance(record, SalesReport):
        record = check_sales(record, now, found)
        _remark_unknown(record, world, found)
        return record
    _CHECKS[type(record)](record, now, found)
    if isinstance(record, RapidAlert):
        check_signature(arrival, world.register.keys_of(arrival.sender), found)
    if isinstance(record, SettingsFile) and not found.whole:
        record = settle_file(record, found)
    return record


def _sheet(reading: Reading, record: Any, world: World, now: datetime) -> Any:
    stock, found = reading.stock, reading.found
    assert stock is not None
    check_stock_head(record, stock.total, now, found)
    if found.whole:
        return record
    home = world.config.country
    if stock.flat is not None:
        columns = pack_flat(stock.flat, world.products, home, found)
    else:
        columns = pack_lines(stock.lines, stock.numbers, world.products, home, found)
    check_bad_lines(stock.total, found)
    return sheet_of(record, columns)


def _remark_unknown(report: SalesReport, world: World, found: Findings) -> None:
    unknown = sorted({line.cip13 for line in report.lines} - world.products.keys())
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        text = f"{', '.join(unknown[:5])}{more}: not known yet; their sales count from the next report after their product is known"
        found.remark("lines.cip13", "unknown_product", text)


def _identified(reading: Reading, record: Any) -> Prepared:
    arrival, contact = reading.arrival, reading.contact
    canonical = encode(dataclasses.replace(record, cis=b"") if isinstance(record, StockSheet) else record)
    content = hashlib.sha256(canonical + (contact_bytes(contact) if contact else b"")).digest()[:16]
    identity = event_id(arrival.sender, reading.ce_id, canonical)
    if contact is not None and record.contact_ref is None:
        record = dataclasses.replace(record, contact_ref=contact_ref(arrival.sender, identity))
    same = not isinstance(record, StockSheet) and contact is None
    return Prepared(
        reading,
        identity,
        record,
        canonical if same else encode(record),
        content,
        total=reading.stock.total if reading.stock else 0,
        own=event_time(record, reading.ce_time),
    )


def _refused(reading: Reading) -> Prepared:
    return Prepared(reading, event_id(reading.arrival.sender, reading.ce_id, reading.arrival.value))
