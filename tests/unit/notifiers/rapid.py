"""Records for tests of signing and chains."""

from datetime import UTC, datetime
from pathlib import Path

from alertcore.records.rapid import MessageKind, RapidAlert, RapidClass
from notifiers.sealing import Issuer, Sealed
from notifiers.signing import KeyRing
from plumbing.records import Received

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def rapid(sequence: int, authority: str = "be", details: str = "glass in vials") -> RapidAlert:
    """A quality defect as the outbox carries it."""
    return RapidAlert(
        message_kind=MessageKind.QUALITY_DEFECT,
        authority=authority,
        sequence=sequence,
        previous_hash=bytes(32),
        alert_id=f"alr_{authority}{sequence}",
        version=1,
        reference=f"FR/I/{sequence:02}/01",
        country="FR",
        serial=sequence,
        message_no=1,
        class_=RapidClass.I,
        defect_details=details,
        issued_at=NOON,
    )


def issuer(folder: Path, agency: str = "ansm") -> Issuer:
    """An issuer with keys of its own for November 2026."""
    keys = KeyRing(folder / "signing", agency)
    keys.open(NOON.date())
    return Issuer(agency=agency, country="FR", name="Agence", keys=keys)


def as_read(sealed: Sealed, offset: int) -> Received:
    """What was written as a subscriber reads it."""
    out = sealed.out
    return Received(out.topic, 0, offset, out.key, out.value, out.headers, 0)
