"""Devices in state: notices of their interruption in threads, which of them stand on one subject, and devices of the reference list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.threads import KEPT, Link
from alertcore.deadlines.clock import local_day
from alertcore.identifiers import emdn_prefixes, is_emdn
from alertcore.records.device import DeviceNotice, NoticeReport, SupplyEvent
from alertcore.records.product import Device
from alertcore.records.shared import Nature, Subject, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNotified:
    """The messages sent to other authorities on one notice. content: the record last relayed. sent: day of the last message."""

    year: int
    serial: int
    message_no: int
    reference: str
    sent: date
    authorities: tuple[str, ...]
    content: DeviceNotice
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceThread:
    """The reports of one notice (`device/<nature>/<thread>`); their contents stand under `device-fact/<nature>/<thread>/<id>`.

    opened_at: when the first report came; the notice period is reckoned to it. sender: who sent it. notified: what was relayed.
    """

    thread: str
    sender: str
    subject: Subject
    opened_at: datetime
    links: tuple[Link, ...] = ()
    notified: DeviceNotified | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBoard:
    """The notices on one subject (`devices/<nature>/<subject>`), by thread."""

    threads: tuple[str, ...] = ()


KINDS: dict[str, type[object]] = {
    "device": DeviceThread,
    "device-fact": DeviceNotice,
    "device-of": str,
    "devices": DeviceBoard,
    "device-known": Device,
}


def board_key(nature: Nature, subject: Subject) -> str:
    """State key of the notices of a subject."""
    return f"devices/{nature}/{subject.kind}:{subject.id}"


def thread_key(nature: Nature, thread: str) -> str:
    """State key of a thread."""
    return f"device/{nature}/{thread}"


def fact_key(nature: Nature, thread: str, link_id: str) -> str:
    """State key of one report of a thread."""
    return f"device-fact/{nature}/{thread}/{link_id}"


def newest(links: tuple[Link, ...]) -> Link:
    """The report that holds: one that no other follows; among several the one of the latest step, then the last to come.

    A notice names no time of its own, so what follows what goes before the order of arrival: a late initial report undoes no follow-up.
    """
    followed = {x.previous for x in links if x.previous != x.id}
    leaves = [x for x in links if x.id not in followed]
    return max(leaves or links, key=lambda x: (x.rank, x.at, x.id))


def placed(links: tuple[Link, ...], link: Link) -> tuple[Link, ...]:
    """The links with one more, by arrival; a report under a known id takes its place only if its step is not earlier.

    The oldest fall away above sixteen, but never the one that holds.
    """
    known = next((x for x in links if x.id == link.id), None)
    if known is not None and known.rank > link.rank:
        return links
    found = sorted((*(x for x in links if x.id != link.id), link), key=lambda x: (x.at, x.id))
    while len(found) > KEPT:
        found.remove(next(x for x in found if x is not newest(tuple(found))))
    return tuple(found)


def record_of(desk: Desk, nature: Nature, thread: DeviceThread) -> DeviceNotice:
    """The report of a thread that holds now."""
    found: DeviceNotice | None = desk.get(fact_key(nature, thread.thread, newest(thread.links).id))
    assert found is not None, "every link of a thread has its record"
    return found


def runs_until(desk: Desk, nature: Nature, thread: DeviceThread) -> date | None:
    """The day on which what a thread tells of is over: an interruption ends, or supply does. None where no report names one.

    A final report that names no end leaves the one that was last named: a field left out takes nothing back.
    """
    notice = record_of(desk, nature, thread)
    if notice.event is SupplyEvent.DISCONTINUATION:
        return notice.start.date
    earlier = sorted((x for x in thread.links if x != newest(thread.links)), key=lambda x: (x.rank, x.at, x.id), reverse=True)
    records: list[DeviceNotice | None] = [notice, *(desk.get(fact_key(nature, thread.thread, x.id)) for x in earlier)]
    return next((r.end.date for r in records if r is not None and r.end is not None), None)


def is_over(desk: Desk, nature: Nature, thread: DeviceThread) -> bool:
    """True where the final report has come and what it tells of does not go on: a day still to come is not over."""
    if record_of(desk, nature, thread).report is not NoticeReport.FINAL:
        return False
    until = runs_until(desk, nature, thread)
    return until is None or until <= local_day(desk.now, desk.agency.timezone)


def on_board(desk: Desk, nature: Nature, subject: Subject) -> tuple[DeviceThread, ...]:
    """The notices of a subject, by thread."""
    board: DeviceBoard = desk.get(board_key(nature, subject)) or DeviceBoard()
    found = (desk.get(thread_key(nature, t)) for t in board.threads)
    return tuple(t for t in found if t is not None)


def take(desk: Desk, device: Device) -> str:
    """Keep a device of the reference list, under its UDI-DI."""
    key = f"device-known/{device.udi_di}"
    if desk.get(key) == device:
        return Outcome.NOTHING_NEW
    desk.put(key, device)
    return Outcome.REFERENCE_TAKEN


def known(desk: Desk, device: Device) -> Device | None:
    """The same device in the reference list."""
    found: Device | None = desk.get(f"device-known/{device.udi_di}")
    return found


def name_of(desk: Desk, device: Device) -> str:
    """What people call a device: as the notice says, else as the reference list does, else its model or its code."""
    other = known(desk, device)
    names = (device.trade_name, other.trade_name if other else "", device.model, other.model if other else "")
    return next((n for n in names if n), f"UDI-DI {device.udi_di}")


def emdn_of(desk: Desk, device: Device) -> str:
    """Its code of the nomenclature, from the notice or the reference list; empty where none is known."""
    other = known(desk, device)
    code = device.emdn or (other.emdn if other else "")
    return code if is_emdn(code) else ""


def subject_of(notice: DeviceNotice) -> Subject:
    """The first Basic UDI-DI, else the first device, else the manufacturer."""
    basic = next((d.basic_udi_di for d in notice.devices if d.basic_udi_di), None)
    if basic is not None:
        return Subject(kind=SubjectKind.BASIC_UDI_DI, id=basic)
    if notice.devices:
        return Subject(kind=SubjectKind.UDI_DI, id=notice.devices[0].udi_di)
    return Subject(kind=SubjectKind.COMPANY, id=notice.manufacturer.id)


def followed_by(desk: Desk, notice: DeviceNotice, subject: Subject) -> tuple[Subject, ...]:
    """Everything besides the subject by which somebody may follow a notice: devices, their groups and levels, the manufacturer."""
    devices = notice.devices
    found = [Subject(kind=SubjectKind.BASIC_UDI_DI, id=d.basic_udi_di) for d in devices if d.basic_udi_di]
    found += [Subject(kind=SubjectKind.UDI_DI, id=d.udi_di) for d in devices]
    codes = {level for d in devices for level in emdn_prefixes(emdn_of(desk, d)) if level}
    found += [Subject(kind=SubjectKind.EMDN, id=c) for c in sorted(codes)]
    found.append(Subject(kind=SubjectKind.COMPANY, id=notice.manufacturer.id))
    return tuple(s for s in dict.fromkeys(found) if s != subject)
