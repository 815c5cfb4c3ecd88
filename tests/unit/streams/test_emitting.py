"""What goes over the wire for an emit."""

from __future__ import annotations

from datetime import UTC, datetime

from alertcore.identity import emit_id
from alertcore.records.hub import EmitOrigin, Entry
from alertcore.stage import Emit
from schemas.codec import decode, encode
from streams.emitting import out
from tests.toy_stage import command

ORIGIN = EmitOrigin(stage="supply", generation=2, partition=3, offset=40, n=1)
NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
VALUE = command("told", "k")


def test_an_emit_to_a_log_is_an_entry_of_the_hub_with_its_origin() -> None:
    wire = out(Emit("cases.log", "agency", VALUE, kind="command", partition=0), ORIGIN, NOW).wire
    assert (wire.topic, wire.partition, wire.key, wire.headers) == ("cases.log", 0, b"agency", {})
    ident = emit_id("supply", 2, 3, 40, 1)
    assert decode(wire.value) == Entry(stamp=NOW, sender="hub", event_id=ident, kind="command", value=encode(VALUE), origin=ORIGIN)


def test_any_other_emit_is_the_record_with_cloud_event_headers() -> None:
    wire = out(Emit("alerts", "a1", VALUE, id="alr_1"), ORIGIN, NOW).wire
    assert decode(wire.value) == VALUE
    assert wire.headers == {
        "ce_id": b"alr_1",
        "ce_source": b"/tocsin/supply",
        "ce_specversion": b"1.0",
        "ce_type": b"tocsin.v1.Command",
        "ce_time": b"2026-03-01T10:00:00Z",
        "ce_subject": b"a1",
        "content-type": b"application/avro",
        "tocsin_nature": b"actual",
        "tocsin_origin": b"supply/2/3/40/1",
    }
