"""Devices, and notices of their interruption."""

from __future__ import annotations

from datetime import datetime

from alertcore.records.device import DeviceNotice
from alertcore.records.product import Device
from connectors.door.checks import check_count, check_known
from connectors.door.findings import Findings


def check_device_notice(value: DeviceNotice, _now: datetime, found: Findings) -> None:
    """Notice under Article 10a MDR/IVDR, or a voluntary one."""
    for where in ("report", "basis", "received_from", "event"):
        check_known(getattr(value, where), where, found)
    check_count(value.market_share_pct, "market_share_pct", found, high=100)
    if value.end is not None and value.end.date < value.start.date:
        found.remark("end", "order", "the end comes before the start")
    for i, device in enumerate(value.devices):
        _check(device, f"devices[{i}].", found)


def check_device(value: Device, _now: datetime, found: Findings) -> None:
    """A device of the reference list."""
    _check(value, "", found)


def _check(device: Device, where: str, found: Findings) -> None:
    check_known(device.issuing_entity, f"{where}issuing_entity", found)
    if not device.udi_di or not device.udi_di.isprintable():
        found.fault(f"{where}udi_di", "missing", "a device has a UDI-DI")
