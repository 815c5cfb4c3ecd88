"""Dead letters tried again, and broken files at the door."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alertcore.records.alert import LogOrigin
from alertcore.records.hub import DeadLetter, DoorReceipt, Entry, Verdict
from connectors.door.arrival import Arrival
from connectors.door.bodies import split_body
from connectors.door.dry import DryDoor
from connectors.door.judgement import Judgement
from schemas.binding import KINDS
from schemas.codec import decode, encode

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
BROKEN = sorted((Path(__file__).parents[2] / "data" / "entrees-cassees").glob("*.*"))
Make = Callable[..., dict[str, Any]]


def letter(topic: str, value: bytes, **headers: str) -> DeadLetter:
    origin = LogOrigin(topic=topic, partition=0, offset=7)
    return DeadLetter(origin=origin, key=b"k", value=value, headers=headers, error="x", text="x", role="door", at=NOW)


def retry(door: DryDoor, raw: bytes | str) -> Judgement:
    text = raw if isinstance(raw, str) else base64.b64encode(raw).decode()
    value = {
        "command_id": "c",
        "by": "o1",
        "action": "dead_letter.retry",
        "target": "t",
        "at": "2026-01-15T11:00:00Z",
        "params": {"letter": text},
    }
    [judgement] = door.judge([Arrival("hub", "commands", json.dumps(value).encode())], NOW)
    return judgement


def test_an_inbound_letter_goes_through_the_door_again_under_its_old_id(door: DryDoor, declaration: Make) -> None:
    raw = json.dumps(declaration()).encode()
    [before] = door.take([Arrival("lab", "shortage.declarations", b"{half", {"ce_id": "1"})], NOW)
    judgement = retry(door, encode(letter("in.lab.shortage.declarations", raw, ce_id="1")))
    [answer] = judgement.further
    assert (answer.sender, answer.event_id, answer.verdict) == ("lab", before.event_id, Verdict.TAKEN)
    assert [one.entry.kind for one in door.appended] == ["command", "shortage.declarations"]


def test_an_inbound_letter_that_is_still_broken_is_refused_again(door: DryDoor) -> None:
    judgement = retry(door, encode(letter("in.lab.shortage.declarations", b"{half")))
    assert [p.code for p in judgement.answer.problems] == ["refused_again"]
    assert [answer.verdict for answer in judgement.further] == [Verdict.REFUSED]


def test_an_undecided_entry_goes_back_to_its_log_under_its_old_id(door: DryDoor) -> None:
    entry = Entry(stamp=NOW, sender="lab", event_id="evt_1", kind="plans", value=b"v")
    retry(door, encode(letter("supply.log", encode(entry))))
    again = door.appended[-1]
    assert (again.log, again.partition, again.key, again.entry.event_id, again.entry.value) == ("supply.log", 0, "k", "evt_1", b"v")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "%%",
        b"x",
        encode(Entry(stamp=NOW, sender="a", event_id="e", kind="k", value=b"")),
        encode(letter("alerts", b"x")),
        encode(letter("cases.log", b"x")),
    ],
)
def test_a_letter_that_cannot_be_tried_again_refuses_the_command(door: DryDoor, raw: bytes | str) -> None:
    assert retry(door, raw).answer.verdict is Verdict.REFUSED
    assert door.appended == []


@pytest.mark.parametrize("file", BROKEN, ids=lambda p: p.name)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_broken_file_at_the_door_is_refused_with_reasons_and_its_neighbour_is_taken(
    door: DryDoor, declaration: Make, file: Path, kind: str
) -> None:
    raw = file.read_bytes()
    arrivals = [Arrival("lab", kind, part, headers) for part, headers in split_body(raw, "application/json", {})]
    good = Arrival("lab", "shortage.declarations", json.dumps(declaration()).encode())
    receipts: list[DoorReceipt] = door.take([*arrivals, good], NOW)
    assert len(receipts) == len(arrivals) + 1
    for receipt in receipts[:-1]:
        assert receipt.verdict is Verdict.REFUSED
        assert all(p.code and p.text for p in receipt.problems)
    assert receipts[-1].verdict is Verdict.TAKEN
    assert decode(door.appended[-1].entry.value).declaration_id == "d1"


def test_the_broken_files_are_there() -> None:
    assert len(BROKEN) >= 8
