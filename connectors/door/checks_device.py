"""Devices, and notices of their interruption."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alertcore.identifiers import basic_udi_di_problem, emdn_problem, udi_di_problem
from alertcore.records.device import DeviceNotice
from alertcore.records.product import Device
from connectors.door.checks import check_count, check_known, check_org
from connectors.door.findings import Findings


def check_device_notice(value: DeviceNotice, _now: datetime, found: Findings) -> None:
    """Notice under Article 10a MDR/IVDR, or a voluntary one."""
    for where in ("report", "basis", "received_from", "event"):
        check_known(getattr(value, where), where, found)
    check_count(value.market_share_pct, "market_share_pct", found, high=100)
    if value.end is not None and value.end.date < value.start.date:
        found.remark("end", "order", "the end comes before the start")
    if value.exceptional and not (value.exceptional_reason or "").strip():
        found.remark("exceptional_reason", "missing", "exceptional circumstances count only where they are named")
    if value.procedure_step not in (None, 1, 2):
        found.remark("procedure_step", "unknown", "the French procedure of 2021 had the steps 1 and 2")
    for where in ("manufacturer", "authorised_rep"):
        check_org(getattr(value, where), where, found)
    for i, device in enumerate(value.devices):
        _check(device, f"devices[{i}].", found)
        # A legal notice is not turned away for a mistyped code: the officer reads the remark.
        for field, problem in _code_problems(device):
            found.remark(f"devices[{i}].{field}", field, problem)


def check_device(value: Device, _now: datetime, found: Findings) -> None:
    """A device of the reference list: its identifier must be right, for devices are looked up by it."""
    _check(value, "", found)
    for field, problem in _code_problems(value):
        note = found.fault if field == "udi_di" else found.remark
        note(field, field, problem)


def _check(device: Device, where: str, found: Findings) -> None:
    check_known(device.issuing_entity, f"{where}issuing_entity", found)
    if not device.udi_di or not device.udi_di.isprintable():
        found.fault(f"{where}udi_di", "missing", "a device has a UDI-DI")


def _code_problems(device: Device) -> Iterator[tuple[str, str]]:
    """Each code that is none, with why."""
    problems = {
        "udi_di": udi_di_problem(device.udi_di, device.issuing_entity) if device.udi_di else None,
        "basic_udi_di": basic_udi_di_problem(device.basic_udi_di, device.issuing_entity) if device.basic_udi_di is not None else None,
        "emdn": emdn_problem(device.emdn) if device.emdn else None,
    }
    for field, problem in problems.items():
        if problem:
            yield field, problem
