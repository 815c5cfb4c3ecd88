"""Notices of devices to feed into a case log, and the authorities that hear of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from alertcore.records.device import DeviceNotice, NoticeBasis, NoticeReport, Origin, Reason, ReceivedFrom, SeriousHarm, SupplyEvent
from alertcore.records.product import Device, IssuingEntity
from alertcore.records.shared import Certainty, Org, OrgScheme, When
from tests.unit.alertcore.cases_world import World

UDI, BASIC = "00844588018923", "1987654Ad4X4bL5ttr2310c2K"
DEVICE_AUTHORITIES = [
    {"id": "device-be", "country": "BE", "member_state": True, "domains": ["device"]},
    {"id": "device-es", "country": "ES", "member_state": True, "domains": ["defect", "device"], "exercises": True},
    {"id": "device-fr", "country": "FR", "member_state": True, "domains": ["device"]},
    {"id": "device-ch", "country": "CH", "domains": ["device"]},
    {"id": "commission", "body": "european-commission", "domains": ["device"]},
    {"id": "who", "body": "who", "domains": ["device"]},
    {"id": "defect-be", "country": "BE", "member_state": True},
]
TOLD = ["device-be", "device-es", "commission"]


def firm(country: str = "FR", name: str = "Fabricant Exemple") -> Org:
    """A manufacturer."""
    return Org(id=f"{country}-MF-000000001", scheme=OrgScheme.SRN, name=name, country=country)


def device(udi_di: str = UDI, **fields: Any) -> Device:
    """One device."""
    given: dict[str, Any] = {"issuing_entity": IssuingEntity.GS1, "basic_udi_di": BASIC, "emdn": "C010101", "trade_name": "Cathéter X"}
    return Device(udi_di=udi_di, **given | fields)


def on(year: int, month: int, day: int) -> When:
    """An expected day."""
    return When(date=date(year, month, day), certainty=Certainty.ESTIMATED)


def notice(number: str = "n1", **fields: Any) -> DeviceNotice:
    """An initial notice under Article 10a, more than six months ahead of 26 January 2026."""
    given: dict[str, Any] = {
        "report": NoticeReport.INITIAL,
        "basis": NoticeBasis.ARTICLE_10A,
        "received_from": ReceivedFrom.MANUFACTURER,
        "event": SupplyEvent.INTERRUPTION,
        "origin": Origin.MANUFACTURE,
        "start": on(2026, 9, 1),
        "end": on(2027, 1, 1),
        "reason": Reason(code="component", text="resin out of stock"),
        "serious_harm": SeriousHarm(states=("FR", "BE"), rationale="no equivalent"),
        "manufacturer": firm(),
        "devices": (device(),),
    }
    return DeviceNotice(notice_id=number, **given | fields)


def world(**more: Any) -> World:
    """A case log whose register names authorities for devices."""
    found = World(products=False, **more)
    found.settings("authorities", {"authorities": DEVICE_AUTHORITIES})
    return found


def notify(found: World, number: str = "n1", *, sender: str = "demo", **fields: Any) -> list[Any]:
    """Feed a notice."""
    return found.feed("device.notices", notice(number, **fields), sender=sender)
