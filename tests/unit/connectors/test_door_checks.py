"""What the door refuses and remarks, kind by kind."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from alertcore.dispatch.routing import read_routing
from alertcore.dispatch.settings_text import split
from alertcore.records.hub import DoorReceipt, Verdict
from alertcore.records.shared import Nature
from alertcore.records.shortage import Declaration
from connectors.door.dry import DryDoor
from schemas.codec import decode, encode
from schemas.inbound import from_json

Make = Callable[..., dict[str, Any]]
Send = Callable[..., DoorReceipt]

DEVICE = {"udi_di": "03401234567890", "issuing_entity": "gs1"}
RAPID = {
    "message_kind": "quality_defect",
    "authority": "fr",
    "sequence": 1,
    "previous_hash": "A" * 43 + "=",
    "class": "ii",
    "issued_at": "2026-01-15T09:00:00Z",
}
NOTICE = {
    "notice_id": "n1",
    "report": "initial",
    "basis": "article_10a",
    "received_from": "manufacturer",
    "event": "interruption",
    "origin": "manufacture",
    "start": {"date": "2026-08-01", "certainty": "estimated"},
    "reason": {"code": "component"},
    "serious_harm": {"states": ["FR", "BE"]},
    "manufacturer": {"id": "FR-MF-1", "scheme": "srn", "country": "FR"},
    "devices": [DEVICE],
}
DISRUPTION = {
    "disruption_id": "x1",
    "pharmacy": {"id": "GR1", "scheme": "finess", "country": "FR", "tier": "wholesaler", "region": "11"},
    "cis": "60234100",
    "cip13": "3400900000013",
    "asked_at": "2026-01-15T09:00:00Z",
    "state_at": "2026-01-15T09:00:00Z",
    "distributors": ["a", "b"],
}
PLAN = {"cis": "60234100", "company": {"id": "552081317", "scheme": "siren", "country": "FR"}, "received_on": "2026-01-15"}
PRODUCT = {"cip13": "3400900000013", "cis": "60234100", "name": "A"}
EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "rapid": ("rapidalerts", RAPID),
    "notice": ("device.notices", NOTICE),
    "disruption": ("supply.disruptions", DISRUPTION),
    "plan": ("plans", PLAN),
    "product": ("reference.products", PRODUCT),
    "device": ("reference.devices", DEVICE),
}


def codes(receipt: DoorReceipt) -> set[str]:
    return {p.code for p in receipt.problems}


@pytest.mark.parametrize("name", EVENTS)
def test_a_well_formed_event_of_each_kind_is_taken(send: Send, name: str) -> None:
    kind, value = EVENTS[name]
    receipt = send(kind, value)
    assert (receipt.verdict, receipt.problems) == (Verdict.TAKEN, ())


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("rapid", {"previous_hash": "AAAA"}, "hash"),
        ("rapid", {"message_kind": "unknown"}, "unknown"),
        ("rapid", {"issued_at": "2026-01-15T12:10:01Z"}, "in_the_future"),
        ("rapid", {"sequence": -1}, "out_of_range"),
        ("rapid", {"batches": [{"lot": "L" * 21}]}, "lot"),
        ("notice", {"report": "unknown"}, "unknown"),
        ("notice", {"serious_harm": {"states": ["FR", "QQ"]}}, "country"),
        ("notice", {"market_share_pct": 100.1}, "out_of_range"),
        ("notice", {"devices": [{**DEVICE, "udi_di": ""}]}, "missing"),
        ("notice", {"start": {"date": "0201-01-01", "certainty": "actual"}}, "impossible_date"),
        ("notice", {"files": [{"name": "a", "media_type": "a/b", "bytes": 1, "sha256": "no"}]}, "sha256"),
        ("disruption", {"cis": "6023410"}, "cis"),
        ("disruption", {"cip13": "3400900000014"}, "cip13"),
        ("disruption", {"state": "unknown"}, "unknown"),
        ("disruption", {"packs": -1}, "out_of_range"),
        ("disruption", {"limit_hours": 0}, "out_of_range"),
        ("disruption", {"asked_at": "2026-01-15T12:10:01Z"}, "in_the_future"),
        ("disruption", {"pharmacy": {**DISRUPTION["pharmacy"], "id": "GR2"}}, "not_your_id"),  # type: ignore[dict-item]
        ("plan", {"received_on": "2026-01-17"}, "in_the_future"),
        ("plan", {"company": {**PLAN["company"], "id": "1"}}, "not_your_id"),  # type: ignore[dict-item]
        ("product", {"cip13": "3400800000010"}, "cip13"),
        ("product", {"cis": "A0234100"}, "cis"),
        ("product", {"units_per_pack": 0}, "out_of_range"),
        ("device", {"issuing_entity": "unknown"}, "unknown"),
        ("device", {"udi_di": "03401234567891"}, "udi_di"),
    ],
)
def test_an_impossible_value_refuses_the_event(send: Send, door: DryDoor, name: str, change: dict[str, Any], code: str) -> None:
    kind, value = EVENTS[name]
    receipt = send(kind, value | change)
    assert receipt.verdict is Verdict.REFUSED
    assert code in codes(receipt)
    assert door.appended == []


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("notice", {"end": {"date": "2026-07-01", "certainty": "estimated"}}, "order"),
        ("disruption", {"distributors": ["a", "a"]}, "too_few"),
        ("disruption", {"limit_hours": 71}, "missing"),
        ("notice", {"devices": [{**DEVICE, "udi_di": "03401234567891"}]}, "udi_di"),
        ("notice", {"devices": [{**DEVICE, "basic_udi_di": "1987654Ad4X4bL5ttr2310c2L"}]}, "basic_udi_di"),
        ("notice", {"devices": [{**DEVICE, "emdn": "C90"}]}, "emdn"),
        ("notice", {"procedure_step": 3}, "unknown"),
        ("notice", {"procedure_step": 0}, "unknown"),
        ("notice", {"authorised_rep": {"id": "552081318", "scheme": "siren", "country": "FR"}}, "org_id"),
        ("notice", {"exceptional": True, "exceptional_reason": " "}, "missing"),
        ("rapid", {"reference": "DEFECT-4"}, "reference"),
        ("device", {"emdn": "A1"}, "emdn"),
        ("product", {"atc": "Y01"}, "atc"),
        ("product", {"groups": [{"id": "1", "type": 3}]}, "unknown_code"),
        ("product", {"colour": "red"}, "unknown_field"),
    ],
)
def test_an_oddity_is_a_remark_and_the_event_is_taken(send: Send, name: str, change: dict[str, Any], code: str) -> None:
    kind, value = EVENTS[name]
    receipt = send(kind, value | change)
    assert (receipt.verdict, codes(receipt)) == (Verdict.REMARKS, {code})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cis": "602341000"}, "cis"),
        ({"cip13s": ["3400900000014"]}, "cip13"),
        ({"declared_at": "2026-01-15T12:10:01Z"}, "in_the_future"),
        ({"known_at": "2026-01-15T12:10:01Z"}, "in_the_future"),
        ({"declared_at": "2026-02-30T09:00:00Z"}, "not_a_time"),
        ({"declared_at": "2026-01-15T09:00:00"}, "not_a_time"),
        ({"step": "unknown"}, "unknown"),
        ({"nature_declared": "stock"}, "not_in_list"),
        ({"nature": "unknown"}, "nature"),
        ({"company": {"id": "1", "scheme": "siren", "country": "FR"}}, "not_your_id"),
        ({"company": {"id": "552081317", "scheme": "siren", "country": "F"}}, "country"),
        ({"circuits": [{"circuit": "ville", "stock": -1}]}, "out_of_range"),
        ({"circuits": [{"circuit": "ville", "market_share_pct": 101}]}, "out_of_range"),
        ({"circuits": [{"circuit": "ville", "stock": "12"}]}, "not_an_integer"),
        ({"stop": {"kind": "unknown", "notified_on": "2026-01-01", "effect_on": "2027-01-01"}}, "unknown"),
        ({"contact": {"name": "x"}}, "missing"),
        ({"contact": {"function": "x", "phone": 33}}, "not_a_string"),
        ({"declaration_id": " "}, "id"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(send: Send, declaration: Make, change: dict[str, Any], code: str) -> None:
    receipt = send("shortage.declarations", declaration(**change))
    assert receipt.verdict is Verdict.REFUSED
    assert code in codes(receipt)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"class": "unknown"}, "unknown"),
        ({"serious_risk": "unknown"}, "unknown"),
        ({"batches": [{"lot": "L" * 21}]}, "lot"),
        ({"batches": [{"lot": "L1", "cip13": "123"}]}, "cip13"),
        ({"decided_at": "2026-01-15T12:10:01Z"}, "in_the_future"),
        ({"product": {"name": "A", "cis": "1"}}, "cis"),
        ({"distribution": {"known": True, "countries": ["FR", "??"]}}, "country"),
    ],
)
def test_a_defect_that_cannot_be_is_refused(send: Send, defect: Make, change: dict[str, Any], code: str) -> None:
    receipt = send("quality.defects", defect(**change))
    assert receipt.verdict is Verdict.REFUSED
    assert code in codes(receipt)


def test_countries_are_kept_in_iso_spelling(send: Send, door: DryDoor, defect: Make) -> None:
    send("quality.defects", defect(distribution={"known": True, "countries": ["EL", "UK", "XI", "BE"]}))
    assert decode(door.appended[0].entry.value).distribution.countries == ("GR", "GB", "XI", "BE")


@pytest.mark.parametrize(("header", "verdict"), [("actual", "taken"), ("exercise", "refused")])
def test_header_and_value_must_tell_the_same_nature(send: Send, declaration: Make, header: str, verdict: str) -> None:
    assert send("shortage.declarations", declaration(), tocsin_nature=header).verdict.value == verdict


@pytest.mark.parametrize(
    ("sender", "kind", "code"),
    [
        ("stranger", "shortage.declarations", "kind_not_allowed"),
        ("lab", "commands", "kind_not_allowed"),
        ("lab", "settings", "kind_not_allowed"),
        ("lab", "receipts", "kind_not_allowed"),
        ("hub", "shortage.declarations", "kind_not_allowed"),
        ("lab", "signals", "unknown_kind"),
        ("lab", "tick", "unknown_kind"),
    ],
)
def test_what_a_sender_may_not_send_is_refused(send: Send, door: DryDoor, declaration: Make, sender: str, kind: str, code: str) -> None:
    receipt = send(kind, declaration(), sender=sender)
    assert (receipt.verdict, code in codes(receipt)) == (Verdict.REFUSED, True)
    assert door.appended == []


@pytest.mark.parametrize(("bad", "verdict"), [(2, "remarks"), (3, "refused")])
def test_bad_sales_lines_are_refused_singly_up_to_five_per_cent(send: Send, door: DryDoor, sales: Make, bad: int, verdict: str) -> None:
    report = sales(lines=40)
    report["lines"][0]["packs"] = "many"
    for line in report["lines"][1:bad]:
        line["cip13"] = "3400900000014"
    receipt = send("sales.reports", report)
    assert receipt.verdict.value == verdict
    assert {p.line for p in receipt.problems if p.line} == set(range(1, bad + 1))
    kept = sum(len(decode(one.entry.value).lines) for one in door.appended)
    assert kept == (38 if verdict == "remarks" else 0)


@pytest.mark.parametrize(("month", "code"), [("2026-02", "in_the_future"), ("2025-13", "month"), ("2025-1", "month")])
def test_a_month_that_cannot_have_sales_yet_is_refused(send: Send, sales: Make, month: str, code: str) -> None:
    assert codes(send("sales.reports", sales(month=month))) == {code}


def test_negative_sales_are_returns_and_the_running_month_may_be_told(send: Send, sales: Make) -> None:
    report = sales(month="2026-01")
    report["lines"][0]["packs"] = -5
    assert send("sales.reports", report).verdict is Verdict.TAKEN


def test_sales_of_products_not_known_yet_are_left_out_with_a_remark(
    send: Send, door: DryDoor, sales: Make, cip13: Callable[[int], str]
) -> None:
    report = sales(lines=4)
    report["lines"][0]["cip13"] = cip13(7777)
    receipt = send("sales.reports", report)
    assert (receipt.verdict, codes(receipt)) == (Verdict.REMARKS, {"unknown_product"})
    assert sum(len(decode(one.entry.value).lines) for one in door.appended) == 3


def settings_file(name: str, content: str) -> dict[str, Any]:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return {"name": name, "content": content, "sha256": sha256, "by": "o1", "at": "2026-01-15T09:00:00Z"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("policy", "fresh_share: 2", "fresh_share: must be above 0"),
        ("policy", "fresh_shar: 1", "fresh_shar: unknown name"),
        ("policy", "stock: {flush_s: 1}\nstock: {flush_s: 2}", "stock stands twice"),
        ("policy", "safety_stock: {months: {60000001: 5}}", "above the legal limit"),
        ("policy", "- a\n- b", "expected a mapping"),
        ("policy", "a: [", "line"),
        ("policy", "a: .nan", "no value of a settings file"),
        ("policy", "yes: 1", "must be a text"),
        ("routes", "- a\n- b", "a map is wanted here, not a list"),
        ("routes", "", "a route is wanted"),
        ("routes", "route: {receiver: a}\nreceivers:\n  - name: a\n  - naem: b", "line 4, receivers[1].naem: is not known"),
        ("routes", "route: {receiver: a}\nreceivers:\n  - name: a\n  - naem: b", "line 4, receivers[1]: a receiver needs a name"),
        ("senders", "senders: [{name: a, kinds: []}, {name: a, kinds: []}]", "a stands twice"),
        ("authorities", "authorities: [{id: no, country: NO}]", "expected a text"),
        ("duty", "!!python/object/apply:os.system [ls]", "not YAML that can be used"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_refused_with_its_problems(
    send: Send, door: DryDoor, name: str, content: str, said: str
) -> None:
    receipt = send("settings", settings_file(name, content), sender="hub")
    assert receipt.verdict is Verdict.REFUSED
    assert any(said in p.text for p in receipt.problems), receipt.problems
    assert door.appended == []


def test_a_settings_file_is_appended_as_canonical_json_with_its_own_hash(send: Send, door: DryDoor) -> None:
    text = "# ours\nsafety_stock:\n  months: {60000001: 3, 60000000: 4}\nrelease: []\n"
    assert send("settings", settings_file("policy", text), sender="hub").verdict is Verdict.TAKEN
    file = decode(door.appended[0].entry.value)
    assert file.content == '{"release":[],"safety_stock":{"months":{"60000000":4,"60000001":3}}}'
    assert file.sha256 == hashlib.sha256(file.content.encode()).hexdigest()
    assert [one.log for one in door.appended] == ["stock.log"] * 4 + ["supply.log"] * 4 + ["cases.log"]
    assert {one.entry.kind for one in door.appended} == {"policy"}


ROUTES = """# ours
route:
  receiver: desk
  routes:
    - matchers: ['kind="defect"']
      mute_time_intervals: [nights]
receivers:
  - name: desk
    audience: {kinds: [officer]}
time_intervals:
  - {name: nights, time_intervals: [{times: [{start_time: 22:00, end_time: 24:00}]}]}
"""


def test_a_routing_file_is_appended_with_the_lines_it_came_from(send: Send, door: DryDoor) -> None:
    assert send("settings", settings_file("routes", ROUTES), sender="hub").verdict is Verdict.TAKEN
    file = decode(door.appended[0].entry.value)
    plain, lines = split(file.content)
    assert file.sha256 == hashlib.sha256(file.content.encode()).hexdigest()
    assert plain["time_intervals"][0]["time_intervals"][0]["times"] == [{"start_time": "22:00", "end_time": "24:00"}]
    assert read_routing(plain, lines).root.children[0].line == 5
    assert {path: lines[path] for path in ("route", "route.receiver", "receivers[0].audience")} == {
        "route": 2,
        "route.receiver": 3,
        "receivers[0].audience": 9,
    }


def test_what_a_routing_file_may_not_mean_is_a_remark_with_its_line(send: Send, door: DryDoor) -> None:
    receipt = send("settings", settings_file("routes", ROUTES + "  - {name: days, time_intervals: []}\n"), sender="hub")
    assert receipt.verdict is Verdict.REMARKS
    assert [p.text for p in receipt.problems] == ["line 12, time_intervals[1]: time interval 'days' is used by no route"]
    assert len(door.appended) == 1


def test_a_settings_file_that_was_cut_is_refused(send: Send) -> None:
    value = settings_file("policy", "fresh_share: 0.7\n")
    assert codes(send("settings", value | {"content": "fresh_share: 0"}, sender="hub")) == {"sha256"}


@pytest.mark.parametrize(
    ("name", "logs"), [("routes", {"cases.log"}), ("duty", {"cases.log"}), ("calendar", {"stock.log", "supply.log", "cases.log"})]
)
def test_each_settings_file_goes_to_the_logs_of_those_who_read_it(send: Send, door: DryDoor, name: str, logs: set[str]) -> None:
    contents = {"routes": ROUTES, "calendar": "years: [2026]\nnational: ['2026-01-01']", "duty": "director: officer-9"}
    content = contents.get(name, "days: ['2026-01-01']")
    send("settings", settings_file(name, content), sender="hub")
    assert {one.log for one in door.appended} == logs


def test_an_avro_record_reads_unknown_nature_and_is_refused(send: Send, declaration: Make) -> None:
    record: Declaration = from_json("Declaration", declaration()).value  # type: ignore[assignment]
    raw = encode(dataclasses.replace(record, nature=Nature.UNKNOWN))
    assert codes(send("shortage.declarations", raw)) == {"nature"}


def test_receipts_quote_no_address(send: Send, declaration: Make) -> None:
    value = declaration(cis=60234100, nature_declared="jean.petit@labo.example", contact={"function": "x", "email": 5})
    receipt = send("shortage.declarations", value)
    assert "jean.petit" not in json.dumps([p.text for p in receipt.problems])


@pytest.mark.parametrize(("minutes", "refused"), [(10, False), (11, True)])
def test_the_clock_of_the_door_decides_what_is_ahead(send: Send, declaration: Make, now: datetime, minutes: int, refused: bool) -> None:
    at = (now + timedelta(days=3, minutes=minutes)).isoformat()
    receipt = send("shortage.declarations", declaration(declared_at=at), now=now + timedelta(days=3))
    assert (receipt.verdict is Verdict.REFUSED) is refused


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"product": {"name": "A", "species": "human", "ma_numbers": ["EU/1/98/067/", "EU/3/98/067"]}}, "product.ma_numbers[1]"),
        ({"ma_holder": {"id": "35600000009076", "scheme": "siret", "country": "FR"}}, "ma_holder.id"),
    ],
)
def test_a_number_that_cannot_be_is_remarked_and_the_defect_is_taken(send: Send, defect: Make, change: dict[str, Any], where: str) -> None:
    receipt = send("quality.defects", defect(**change))
    assert (receipt.verdict, [p.field for p in receipt.problems]) == (Verdict.REMARKS, [where])
