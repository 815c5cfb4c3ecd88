"""What the door writes besides the logs: receipts to senders, and dead letters to operators."""

from __future__ import annotations

from datetime import datetime

from alertcore.records.alert import LogOrigin
from alertcore.records.hub import DeadLetter, DoorReceipt
from connectors.door.arrival import Arrival
from connectors.door.judgement import Answer, Judgement
from plumbing.records import OutRecord
from schemas.codec import MEDIA_TYPE, encode
from schemas.plain import format_time

DEAD_LETTERS = "dead-letters"
ROLE = "door"


def receipts_topic(sender: str) -> str:
    """Where a sender reads its answers."""
    return f"out.{sender}.receipts"


def receipt_of(answer: Answer, at: datetime) -> DoorReceipt:
    """The answer as a record."""
    return DoorReceipt(
        nature=answer.nature,
        event_id=answer.event_id,
        kind=answer.kind[:200],
        verdict=answer.verdict,
        problems=answer.problems,
        at=at,
        ce_id=answer.ce_id,
        origin=answer.arrival.origin if answer.arrival else None,
    )


def receipt_record(receipt: DoorReceipt, topic: str) -> OutRecord:
    """The receipt as it is written: key event id, CloudEvents in binary mode."""
    headers = (
        ("ce_id", receipt.event_id.encode()),
        ("ce_source", b"/tocsin/door"),
        ("ce_specversion", b"1.0"),
        ("ce_type", b"tocsin.v1.DoorReceipt"),
        ("ce_time", format_time(receipt.at).encode()),
        ("content-type", MEDIA_TYPE.encode()),
        ("tocsin_nature", receipt.nature.value.encode()),
    )
    return OutRecord(topic, encode(receipt), key=receipt.event_id.encode(), headers=headers)


def dead_letter(judgement: Judgement, at: datetime) -> DeadLetter | None:
    """The bytes nobody could read, with why. Over HTTP the caller has them still, and was told at once."""
    arrival: Arrival | None = judgement.answer.arrival
    if not judgement.dead or arrival is None or arrival.origin is None:
        return None
    origin: LogOrigin = arrival.origin
    return DeadLetter(
        nature=judgement.answer.nature,
        origin=origin,
        key=arrival.key,
        value=arrival.value,
        headers=dict(arrival.headers),
        error=judgement.dead,
        text="; ".join(p.text for p in judgement.answer.problems)[:2000],
        role=ROLE,
        at=at,
    )


def dead_letter_record(letter: DeadLetter, topic: str) -> OutRecord:
    """The dead letter as it is written: key its origin."""
    origin = letter.origin
    key = f"{origin.topic}/{origin.partition}/{origin.offset}"
    headers = (("content-type", MEDIA_TYPE.encode()), ("ce_type", b"tocsin.v1.DeadLetter"), ("ce_specversion", b"1.0"))
    return OutRecord(topic, encode(letter), key=key.encode(), headers=headers)
