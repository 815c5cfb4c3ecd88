"""Rapid alerts of other authorities, and authorities' acknowledgements."""

from __future__ import annotations

from datetime import datetime

from alertcore.identifiers import ran_reference
from alertcore.records.rapid import Acknowledgement, MessageKind, RapidAlert
from connectors.door.checks import check_cip13, check_count, check_known, check_past
from connectors.door.findings import Findings

HASH_BYTES = 32
WITH_REFERENCE = (MessageKind.QUALITY_DEFECT, MessageKind.FALSIFIED)


def check_rapid_alert(value: RapidAlert, now: datetime, found: Findings) -> None:
    """A message of another authority."""
    check_known(value.message_kind, "message_kind", found)
    check_known(value.class_, "class", found)
    check_count(value.sequence, "sequence", found)
    check_past(value.issued_at, now, "issued_at", found)
    if len(value.previous_hash) != HASH_BYTES:
        found.fault("previous_hash", "hash", "expected the 32 bytes of a SHA-256")
    if value.message_kind in WITH_REFERENCE and value.reference and ran_reference(value.reference) is None:
        found.remark("reference", "reference", "expected country/class/number/message, such as IT/I/2/01; a follow-up may not be found")
    for i, batch in enumerate(value.batches):
        if batch.cip13 is not None:
            check_cip13(batch.cip13, f"batches[{i}].cip13", found)


def check_acknowledgement(value: Acknowledgement, now: datetime, found: Findings) -> None:
    """An authority's answer to one of our messages."""
    check_known(value.level, "level", found)
    check_past(value.at, now, "at", found)
    check_count(value.sequence, "sequence", found)
    check_count(value.version, "version", found, low=1)
