"""Ids, repeats, conflicts, splits and stamps of events at the door."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertcore.records.hub import DoorReceipt, Verdict
from alertcore.register import read_authorities
from alertcore.sharding import shard
from connectors.door.arrival import MAX_RECORD_BYTES, Arrival
from connectors.door.dry import DryDoor
from connectors.door.register import ACKS
from connectors.door.stamps import START, Stamps
from connectors.door.topics import way_in
from connectors.door.world import DoorConfig
from schemas.binding import HUB_KINDS, KINDS
from schemas.codec import decode, encode
from schemas.inbound import from_json

Make = Callable[..., dict[str, Any]]
Send = Callable[..., DoorReceipt]
DECLARATIONS = "shortage.declarations"


def test_the_same_event_again_is_answered_the_same_and_appended_once(send: Send, door: DryDoor, declaration: Make) -> None:
    answers = [send(DECLARATIONS, declaration(colour="red"), ce_id="1") for _ in range(3)]
    assert {(a.event_id, a.verdict, a.problems) for a in answers} == {(answers[0].event_id, Verdict.REMARKS, answers[0].problems)}
    assert len(door.appended) == 1


def test_the_same_id_with_other_content_is_a_conflict(send: Send, door: DryDoor, declaration: Make) -> None:
    send(DECLARATIONS, declaration(), ce_id="1")
    receipt = send(DECLARATIONS, declaration(context="more"), ce_id="1")
    assert (receipt.verdict, [p.code for p in receipt.problems]) == (Verdict.REFUSED, ["conflict"])
    assert len(door.appended) == 1


def test_the_same_id_with_another_contact_block_is_a_conflict(send: Send, declaration: Make) -> None:
    send(DECLARATIONS, declaration(contact={"function": "a"}), ce_id="1")
    assert send(DECLARATIONS, declaration(contact={"function": "b"}), ce_id="1").verdict is Verdict.REFUSED


def test_without_an_id_the_content_is_the_id_in_json_and_in_avro(send: Send, door: DryDoor, declaration: Make) -> None:
    one = send(DECLARATIONS, declaration())
    two = send(DECLARATIONS, encode(from_json("Declaration", declaration()).value), content_type="application/avro")
    three = send(DECLARATIONS, declaration(context="other"))
    assert one.event_id == two.event_id != three.event_id
    assert len(door.appended) == 2


def test_a_refused_event_may_be_mended_under_its_id(send: Send, declaration: Make) -> None:
    assert send(DECLARATIONS, declaration(cis="1"), ce_id="1").verdict is Verdict.REFUSED
    assert send(DECLARATIONS, declaration(), ce_id="1").verdict is Verdict.TAKEN


def test_a_cloudevent_in_structured_mode_is_taken_under_its_own_id(send: Send, door: DryDoor, declaration: Make) -> None:
    event = {"specversion": "1.0", "id": "e7", "source": "/x", "type": "t", "time": "2026-01-15T08:00:00Z", "data": declaration()}
    receipt = send(DECLARATIONS, event, content_type="application/cloudevents+json; charset=utf-8")
    assert (receipt.ce_id, receipt.verdict) == ("e7", Verdict.TAKEN)
    assert decode(door.appended[0].entry.value).declaration_id == "d1"


@pytest.mark.parametrize(
    ("raw", "headers", "said"),
    [
        (b"", {}, "empty"),
        (b"  ", {}, "empty"),
        (b"{", {}, "not JSON"),
        (b'{"a": NaN}', {}, "not JSON"),
        (b"[" * 100_000, {}, "not JSON"),
        (b"\xff\xfe{}", {}, "not UTF-8"),
        (b"{}", {"content_type": "text/xml"}, "is not taken"),
        (b"{}", {"content_type": "application/avro"}, "zero byte"),
        (b"\x00\x00\x00\x00\x01", {}, "not in the catalogue"),
        (b"\x00\x00\x00\x00\x65", {}, "not of Declaration"),
        (b"{}", {"content_type": "application/cloudevents+json"}, "specversion"),
        (b" " * (MAX_RECORD_BYTES + 1), {}, "at most"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(send: Send, raw: bytes, headers: dict[str, str], said: str) -> None:
    receipt = send(DECLARATIONS, raw, **headers)
    assert (receipt.verdict, receipt.problems[0].code) == (Verdict.REFUSED, "undecodable")
    assert said in receipt.problems[0].text


def test_a_record_of_another_kind_is_refused(send: Send, defect: Make) -> None:
    raw = encode(from_json("QualityDefect", defect()).value)
    assert "QualityDefect" in send(DECLARATIONS, raw).problems[0].text
    assert send("stock.reports", raw).verdict is Verdict.REFUSED


@pytest.mark.parametrize("value", [[], "x", 5, None, [{"a": 1}], {}])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_json_that_is_no_event_is_refused(send: Send, kind: str, value: Any) -> None:
    assert send(kind, json.dumps(value).encode()).verdict is Verdict.REFUSED


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200) | st.binary(max_size=100).map(lambda b: b"\x00\x00\x00\x00\x67" + b), data=st.data())
def test_any_bytes_are_answered(door: DryDoor, raw: bytes, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted({*KINDS, *HUB_KINDS, "nonsense"})))
    sender = data.draw(st.sampled_from(["lab", "hub", "stranger"]))
    content_type = data.draw(st.sampled_from(["", "application/avro", "application/json", "application/cloudevents+json", "\x00"]))
    headers = {"content-type": content_type, "ce_id": data.draw(st.text(max_size=5)), "ce_time": data.draw(st.text(max_size=30))}
    [receipt] = door.take([Arrival(sender, kind, raw, headers)], datetime(2026, 1, 15, tzinfo=UTC))
    assert receipt.verdict is Verdict.REFUSED
    assert encode(receipt)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), odd=_JSON)
def test_any_value_in_any_field_is_answered(
    door: DryDoor, declaration: Make, stock_report: Make, defect: Make, sales: Make, data: st.DataObject, odd: Any
) -> None:
    made = {
        DECLARATIONS: declaration(),
        "stock.reports": stock_report(lines=3),
        "quality.defects": defect(),
        "sales.reports": sales(lines=3),
    }
    kind = data.draw(st.sampled_from(sorted(made)))
    value = made[kind]
    spot = data.draw(st.sampled_from([*value, "lines.cip13", "lines.on_hand", "lines.lots", "lines.location_country", "contact"]))
    if spot.startswith("lines.") and "lines" in value:
        value["lines"][0][spot.removeprefix("lines.")] = odd
    else:
        value[spot] = odd
    [receipt] = door.take([Arrival("lab", kind, json.dumps(value).encode())], datetime(2026, 1, 15, 12, tzinfo=UTC))
    assert encode(receipt)


def test_sales_go_to_the_shards_of_their_medicines_with_ids_of_their_own(send: Send, door: DryDoor, sales: Make) -> None:
    receipt = send("sales.reports", sales(lines=20))
    placed = {one.partition: decode(one.entry.value) for one in door.appended}
    assert sum(len(part.lines) for part in placed.values()) == 20
    for partition, part in placed.items():
        assert {shard(f"{door.world.products[line.cip13]:08d}", 4) for line in part.lines} == {partition}
    assert {one.entry.event_id for one in door.appended} == {f"{receipt.event_id}#{partition}" for partition in placed}
    assert {one.key for one in door.appended} == {f"shard-{partition}" for partition in placed}


def test_a_product_goes_to_every_partition_and_is_known_at_once(send: Send, door: DryDoor, cip13: Callable[[int], str]) -> None:
    send("reference.products", {"cip13": cip13(900), "cis": "61234567", "name": "A"})
    assert [(one.log, one.partition) for one in door.appended] == [
        *(("stock.log", n) for n in range(4)),
        *(("supply.log", n) for n in range(4)),
        ("cases.log", 0),
    ]
    assert door.world.products[cip13(900)] == 61234567


def test_a_defect_goes_to_the_cases_and_to_every_partition_that_may_hold_its_lots(send: Send, door: DryDoor, defect: Make) -> None:
    send("quality.defects", defect())
    assert [(one.log, one.partition) for one in door.appended] == [*(("stock.log", n) for n in range(4)), ("cases.log", 0)]
    assert len({(one.entry.event_id, one.entry.value) for one in door.appended}) == 1


def test_a_plan_goes_to_its_medicines_shard_and_to_the_cases(send: Send, door: DryDoor) -> None:
    org = {"id": "552081317", "scheme": "siren", "country": "FR"}
    send("plans", {"cis": "60234100", "company": org, "received_on": "2026-01-15"})
    assert [(one.log, one.partition) for one in door.appended] == [("supply.log", shard("60234100", 4)), ("cases.log", 0)]


def test_a_contact_block_leaves_only_its_reference(door: DryDoor, declaration: Make) -> None:
    value = declaration(contact={"function": "pharmacien responsable", "name": "N", "email": "n@labo.example"})
    [judgement] = door.judge([Arrival("lab", DECLARATIONS, json.dumps(value).encode())], datetime(2026, 1, 15, 12, tzinfo=UTC))
    assert judgement.remember.contact is not None
    reference, contact = judgement.remember.contact
    assert contact.email == "n@labo.example"
    assert decode(door.appended[0].entry.value).contact_ref == reference
    assert b"n@labo.example" not in encode(door.appended[0].entry)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("in.lab.stock.reports", ("lab", "stock.reports")),
        ("rapidalerts.be.acks", ("be", ACKS)),
        (f"in.lab.{ACKS}", ("lab", f"in.{ACKS}")),
    ],
)
def test_the_topic_says_who_sends_what(topic: str, expected: tuple[str, str]) -> None:
    assert way_in("t1." + topic, "t1.") == expected


def test_an_unsigned_rapid_alert_is_refused_where_the_register_pins_keys(door: DryDoor) -> None:
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "k"}
    pinned = read_authorities({"authorities": [{"id": "lab", "jwks": {"keys": [key]}}]})
    strict = DryDoor(DoorConfig(agency="ansm", senders=door.world.senders, authorities=pinned))
    alert = {
        "message_kind": "quality_defect",
        "authority": "fr",
        "sequence": 1,
        "previous_hash": "A" * 43 + "=",
        "issued_at": "2026-01-15T09:00:00Z",
    }
    raw, at = json.dumps(alert).encode(), datetime(2026, 1, 15, 12, tzinfo=UTC)
    for headers in ({}, {"tocsin_jws": "e30..AAAA"}, {"tocsin_jws": "nonsense"}):
        [receipt] = strict.take([Arrival("lab", "rapidalerts", raw, headers)], at)
        assert [p.code for p in receipt.problems] == ["signature"]
    assert door.take([Arrival("lab", "rapidalerts", raw)], at)[0].verdict is Verdict.TAKEN


def test_by_the_wall_a_stamp_is_now_and_never_goes_back() -> None:
    stamps, at = Stamps("wall"), datetime(2026, 1, 15, tzinfo=UTC)
    own = at - timedelta(days=9)
    given = [stamps.give("cases.log", 0, at + timedelta(seconds=s), own) for s in (5, 3, 6)]
    assert given == [at + timedelta(seconds=s) for s in (5, 5, 6)]
    assert stamps.give("stock.log", 0, at, own) == at


def test_by_the_data_a_stamp_is_the_events_time_else_the_last() -> None:
    stamps, now, at = Stamps("data"), datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC)
    given = [stamps.give("cases.log", 0, now, own) for own in (None, at, None, at - timedelta(days=1), at + timedelta(days=1))]
    assert given == [START, at, at, at, at + timedelta(days=1)]


@pytest.mark.parametrize(("ce_time", "stamp"), [("2026-01-10T00:00:00Z", "2026-01-10"), ("", "2026-01-15"), ("nonsense", "2026-01-15")])
def test_the_cloudevents_time_goes_before_the_records_own(door: DryDoor, declaration: Make, ce_time: str, stamp: str) -> None:
    data = DryDoor(DoorConfig(agency="ansm", senders=door.world.senders, time="data"))
    headers = {"ce_time": ce_time} if ce_time else {}
    value = declaration(declared_at="2026-01-15T00:00:00Z" if stamp == "2026-01-15" else "2026-01-09T00:00:00Z")
    data.take([Arrival("lab", DECLARATIONS, json.dumps(value).encode(), headers)], datetime(2026, 6, 1, tzinfo=UTC))
    assert data.appended[0].entry.stamp.date().isoformat() == stamp
