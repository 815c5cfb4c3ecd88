"""Which frozen dataclass stands for which Avro record."""

from __future__ import annotations

from functools import cache
from typing import Any

from alertcore.records import alert, defect, device, dispatch, holding, hub, journal, notice, product, rapid, shortage, stock

_MODULES = (alert, defect, device, dispatch, holding, hub, journal, notice, product, rapid, shortage, stock)

KINDS: dict[str, str] = {
    "stock.reports": "StockReport",
    "sales.reports": "SalesReport",
    "shortage.declarations": "Declaration",
    "supply.disruptions": "Disruption",
    "shortage.statuses": "PublishedStatus",
    "device.notices": "DeviceNotice",
    "quality.defects": "QualityDefect",
    "plans": "Plan",
    "rapidalerts": "RapidAlert",
    "reference.products": "Product",
    "reference.devices": "Device",
}
"""Kinds that outsiders publish, with the record each carries (contracts, section 2)."""

HUB_KINDS: dict[str, str] = {"commands": "Command", "settings": "SettingsFile", "receipts": "Receipt", "rapidalert.acks": "Acknowledgement"}
"""Kinds of the hub's own way in, and of the authorities' acknowledgements."""


@cache
def record_class(name: str) -> Any:
    """The dataclass of the Avro record `name`. KeyError if there is none."""
    for module in _MODULES:
        found = getattr(module, name, None)
        if isinstance(found, type):
            return found
    raise KeyError(name)
