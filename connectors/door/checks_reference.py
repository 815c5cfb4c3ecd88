"""Medicines of the reference list."""

from __future__ import annotations

from datetime import datetime

from alertcore.identifiers import is_atc
from alertcore.records.product import Product
from connectors.door.checks import check_cip13, check_cis, check_count
from connectors.door.findings import Findings

GROUP_TYPES = (0, 1, 2, 4)


def check_product(value: Product, _now: datetime, found: Findings) -> None:
    """One presentation. Odd codes of open lists are kept."""
    check_cip13(value.cip13, "cip13", found)
    check_cis(value.cis, "cis", found)
    check_count(value.units_per_pack, "units_per_pack", found, low=1e-9)
    if value.atc is not None and not is_atc(value.atc):
        found.remark("atc", "atc", "this is no ATC code, nor the beginning of one")
    for i, group in enumerate(value.groups):
        if group.type not in GROUP_TYPES:
            found.remark(f"groups[{i}].type", "unknown_code", f"type {group.type} is not one of 0, 1, 2, 4")
