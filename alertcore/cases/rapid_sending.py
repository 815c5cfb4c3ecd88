"""What all messages to authorities share: numbers of the year, references, sequences without gaps, and the printed time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alertcore.cases.desk import Desk
from alertcore.records.rapid import RapidAlert
from alertcore.register import Authority


def next_serial(desk: Desk) -> int:
    """The next running number of this year, for all kinds of messages."""
    key = f"serial/{desk.today.year}"
    serial = int(desk.get(key) or 0) + 1
    desk.put(key, serial)
    return serial


def reference(country: str, class_: str, serial: int, message_no: int) -> str:
    """Country, class (an underscore where there is none), running number, message number."""
    return f"{country}/{class_ or '_'}/{serial}/{message_no:02d}"


def send(desk: Desk, message: RapidAlert, targets: Iterable[Authority]) -> None:
    """Emit the message to each, with that authority's next sequence."""
    for authority in targets:
        number = int(desk.get(f"sequence/{authority.id}") or 0) + 1
        desk.put(f"sequence/{authority.id}", number)
        desk.emit("rapidalerts.outbox", authority.id, replace(message, authority=authority.id, sequence=number))


def printed(at: datetime, timezone: str) -> str:
    """Local time with offset, as it stands in the form."""
    return at.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")
