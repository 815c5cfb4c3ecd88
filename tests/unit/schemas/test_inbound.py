"""Plain JSON in: every fault is named with its line and field, neighbours are spared, nothing is ever raised."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.hub import DoorReceipt, Verdict
from alertcore.records.shared import Nature
from schemas.codec import encode
from schemas.inbound import Checked, from_json
from tests.unit.schemas.inventing import NAMES

DECLARATION: dict[str, Any] = {
    "declaration_id": "D1",
    "step": "initial",
    "nature_declared": "rupture",
    "cis": "60000000",
    "company": {"id": "552", "scheme": "siren", "country": "FR"},
    "declared_at": "2026-01-31T09:30:00Z",
}
SALES: dict[str, Any] = {
    "report_id": "R1",
    "company": {"id": "552", "scheme": "siren", "country": "FR"},
    "month": "2026-01",
    "basis": "company_to_trade",
    "lines": [{"cip13": "3400930000001", "circuit": "ville", "packs": n} for n in (1, 2, 3)],
}
DEFECT: dict[str, Any] = {
    "defect_id": "Q1",
    "step": "initial",
    "received_at": "2026-01-31T09:30:00Z",
    "source": "company",
    "product": {"name": "X"},
}


def kept(checked: Checked) -> Any:
    """What was read, which must be something."""
    assert checked.value is not None
    return checked.value


def read(name: str, raw: Any) -> Any:
    """A record without faults."""
    checked = from_json(name, raw)
    assert checked.faults == ()
    return kept(checked)


def put(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The record with a value at a dotted path; numbers are places in lists."""
    changed = deepcopy(record)
    *steps, last = [int(s) if s.isdigit() else s for s in path.split(".")]
    at: Any = changed
    for step in steps:
        at = at[step]
    at[last] = value
    return changed


FAULTS: list[tuple[str, Any, str, str]] = [
    ("cis", 60000000, "cis", "not_a_string"),
    ("cis", None, "cis", "missing"),
    ("cis", "6\0", "cis", "bad_text"),
    ("cis", "\ud800", "cis", "bad_text"),
    ("cip13s", "3400930000001", "cip13s", "not_a_list"),
    ("cip13s", [None], "cip13s[0]", "not_a_string"),
    ("step", "first", "step", "not_in_list"),
    ("step", 1, "step", "not_in_list"),
    ("step", ["initial"], "step", "not_in_list"),
    ("company", "552", "company", "not_an_object"),
    ("company", {"id": "552", "scheme": "siren"}, "company.country", "missing"),
    ("declared_at", "2026-01-31", "declared_at", "not_a_time"),
    ("declared_at", "2026-01-31T09:30:00", "declared_at", "not_a_time"),
    ("declared_at", "2026-02-30T09:30:00Z", "declared_at", "not_a_time"),
    ("declared_at", "0001-01-01T00:00:00+01:00", "declared_at", "not_a_time"),
    ("declared_at", "2026-01-31 09:30:00Z", "declared_at", "not_a_time"),
    ("declared_at", 1769851800, "declared_at", "not_a_string"),
    ("circuits", [{"circuit": "ville", "stock": "12"}], "circuits[0].stock", "not_an_integer"),
    ("circuits", [{"circuit": "ville", "stock": True}], "circuits[0].stock", "not_an_integer"),
    ("circuits", [{"circuit": "ville", "stock": 12.0}], "circuits[0].stock", "not_an_integer"),
    ("circuits", [{"circuit": "ville", "stock": 2**63}], "circuits[0].stock", "out_of_range"),
    ("circuits", [{"circuit": "ville", "stock": 10**4000}], "circuits[0].stock", "out_of_range"),
    ("circuits", [{"circuit": "ville", "duration_days": 2**31}], "circuits[0].duration_days", "out_of_range"),
    ("circuits", [{"circuit": "ville", "market_share_pct": "5"}], "circuits[0].market_share_pct", "not_a_number"),
    ("circuits", [{"circuit": "ville", "market_share_pct": False}], "circuits[0].market_share_pct", "not_a_number"),
    ("circuits", [{"circuit": "ville", "market_share_pct": float("nan")}], "circuits[0].market_share_pct", "out_of_range"),
    ("circuits", [{"circuit": "ville", "market_share_pct": float("-inf")}], "circuits[0].market_share_pct", "out_of_range"),
    ("circuits", [{"circuit": "ville", "market_share_pct": 10**400}], "circuits[0].market_share_pct", "out_of_range"),
    ("circuits", [{"circuit": "ville", "start": {"date": "2026-02-30", "certainty": "actual"}}], "circuits[0].start.date", "not_a_date"),
    ("circuits", [{"circuit": "ville", "start": {"date": "31/01/2026", "certainty": "actual"}}], "circuits[0].start.date", "not_a_date"),
    ("stop", {"kind": "stop", "notified_on": "2026-1-1", "effect_on": "2026-07-01"}, "stop.notified_on", "not_a_date"),
    ("stop", {"kind": "stop", "notified_on": "2026-01-01", "effect_on": "2026-07-01", "emergency": 1}, "stop.emergency", "not_a_boolean"),
    ("raw", ["a"], "raw", "not_an_object"),
    ("raw", {"a": 1}, "raw.a", "not_a_string"),
    ("raw", {"a\ud800": "b"}, r"raw.a\ud800", "bad_text"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field", "code"), FAULTS)
def test_a_fault_outside_the_lines_refuses_the_record_and_names_its_field(path: str, value: Any, field: str, code: str) -> None:
    checked = from_json("Declaration", put(DECLARATION, path, value))
    assert checked.value is None
    assert [(p.line, p.field, p.code) for p in checked.faults] == [(None, field, code)]
    assert all(len(p.text) < 200 for p in checked.faults)


@pytest.mark.parametrize("raw", [None, [], "text", 7, True])
def test_what_is_no_object_is_refused_as_a_whole(raw: Any) -> None:
    checked = from_json("Declaration", raw)
    assert checked.value is None
    assert [(p.field, p.code) for p in checked.faults] == [(None, "not_an_object")]


def test_every_fault_is_named_at_once() -> None:
    checked = from_json("Declaration", {"step": "first", "cis": 6})
    assert {p.field for p in checked.faults} == {"declaration_id", "step", "nature_declared", "cis", "company", "declared_at"}


def test_what_has_a_default_may_be_left_out_and_null_is_absent() -> None:
    lean = read("Declaration", DECLARATION)
    nulls = {"nature": None, "cip13s": None, "known_at": None, "context": None, "stop": None, "raw": None}
    assert from_json("Declaration", {**DECLARATION, **nulls}).value == lean
    assert (lean.nature, lean.cip13s, lean.context, lean.raw) == (Nature.ACTUAL, (), "", {})


def test_times_with_an_offset_are_kept_in_utc_and_whole_numbers_may_stand_for_decimals() -> None:
    given = put(DECLARATION, "declared_at", "2026-01-31T10:30:00.123456789+01:00")
    given["circuits"] = [{"circuit": "ville", "market_share_pct": 5, "start": {"date": "2026-01-01", "certainty": "legal"}}]
    value = read("Declaration", given)
    assert value.declared_at == datetime(2026, 1, 31, 9, 30, 0, 123456, tzinfo=UTC)
    assert repr(value.circuits[0].market_share_pct) == "5.0"
    assert value.circuits[0].start.date == date(2026, 1, 1)


def test_an_unknown_field_is_a_remark_and_is_left_out() -> None:
    given = {**DECLARATION, "zz": 1, "company": {**DECLARATION["company"], "vat": "x"}}
    checked = from_json("Declaration", given)
    assert checked.value == from_json("Declaration", DECLARATION).value
    assert [(p.field, p.code) for p in checked.remarks] == [("zz", "unknown_field"), ("company.vat", "unknown_field")]


def test_names_of_unknown_fields_can_be_written_in_an_answer() -> None:
    checked = from_json("Declaration", {**DECLARATION, "\ud800": 1, "x" * 4000: 2, "line\nbreak": 3})
    assert checked.value is not None
    assert len(checked.remarks) == 3
    for remark in checked.remarks:
        assert encode(remark_in_receipt(remark))
        assert len(remark.field or "") <= 480


def remark_in_receipt(remark: Any) -> Any:
    """A door's answer that holds the remark."""
    return DoorReceipt(event_id="evt_a", kind="plans", verdict=Verdict.REMARKS, problems=(remark,), at=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_faulty_line_is_left_out_with_its_number_and_its_neighbours_stay() -> None:
    given = put(put(SALES, "lines.1.packs", "two"), "lines.1.circuit", "nowhere")
    given["lines"].append("no object")
    checked = from_json("SalesReport", given)
    assert [(p.line, p.field, p.code) for p in checked.faults] == [
        (2, "circuit", "not_in_list"),
        (2, "packs", "not_an_integer"),
        (4, None, "not_an_object"),
    ]
    assert [line.packs for line in kept(checked).lines] == [1, 3]


def test_remarks_within_a_line_carry_its_number() -> None:
    checked = from_json("SalesReport", put(SALES, "lines.2.colour", "red"))
    assert [(p.line, p.field) for p in checked.remarks] == [(3, "colour")]
    assert len(kept(checked).lines) == 3


def test_lines_that_are_no_list_and_a_fault_beside_good_lines_refuse_the_whole_report() -> None:
    assert from_json("SalesReport", put(SALES, "lines", {})).value is None
    assert from_json("SalesReport", put(SALES, "month", 1)).value is None


def test_a_fault_deep_in_a_line_spares_the_line_after_it() -> None:
    report = {
        "report_id": "R",
        "reporter": {"id": "1", "scheme": "finess", "country": "FR", "tier": "hospital_pharmacy", "circuit": "hopital"},
        "observed_at": "2026-01-31T09:30:00Z",
        "kind": "full",
        "line_count": 2,
        "lines": [
            {"cip13": "3400930000001", "on_hand": 1, "lots": [{"lot": "A", "expiry": {"text": "x"}, "on_hand": 1}]},
            {"cip13": "3400930000002", "on_hand": 2, "lots": []},
        ],
    }
    checked = from_json("StockReport", report)
    assert [(p.line, p.field, p.code) for p in checked.faults] == [
        (1, "lots[0].expiry.date", "missing"),
        (1, "lots[0].expiry.precision", "missing"),
    ]
    assert [(line.cip13, line.lots) for line in kept(checked).lines] == [("3400930000002", ())]


def test_a_type_that_is_used_twice_is_read_in_both_places() -> None:
    org = {"id": "1", "scheme": "siren", "country": "FR"}
    batch = {
        "lot": "A1",
        "expiry": {"text": "01/2027", "date": "2027-01-31", "precision": "month"},
        "made_on": {"text": "2025", "date": "2025-12-31", "precision": "year"},
    }
    value = read("QualityDefect", {**DEFECT, "ma_holder": org, "manufacturer": org, "recalling_firm": org, "batches": [batch]})
    assert value.ma_holder == value.manufacturer == value.recalling_firm
    assert value.batches[0].made_on.date == date(2025, 12, 31)
    wrong = from_json("QualityDefect", {**DEFECT, "recalling_firm": {**org, "scheme": "vat"}})
    assert [p.field for p in wrong.faults] == ["recalling_firm.scheme"]


def test_bytes_are_base64() -> None:
    day = {"date": "2026-01-01", "count": 1, "running_hash": "AAE="}
    given = {"message_kind": "heartbeat", "authority": "xx", "sequence": 1, "previous_hash": "AAE=", "issued_at": "2026-01-01T00:00:00Z"}
    assert read("RapidAlert", {**given, "day": day}).previous_hash == b"\0\1"
    wrong = from_json("RapidAlert", {**given, "previous_hash": "A-E=", "day": {**day, "running_hash": "é"}})
    assert [(p.field, p.code) for p in wrong.faults] == [("previous_hash", "not_base64"), ("day.running_hash", "not_base64")]


def test_nesting_as_deep_as_json_allows_is_a_fault_like_any_other() -> None:
    deep = json.loads("[" * 900 + "]" * 900)
    for path in ("cis", "step", "circuits", "raw", "company", "unheard"):
        checked = from_json("Declaration", put(DECLARATION, path, deep))
        assert bool(checked.faults) == (path != "unheard")


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(ANY_TEXT, inside, max_size=3),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_nothing_is_ever_raised_and_what_is_read_can_be_written(data: st.DataObject) -> None:
    name, start = data.draw(st.sampled_from([("Declaration", DECLARATION), ("SalesReport", SALES), ("QualityDefect", DEFECT)]))
    names = st.sampled_from(sorted(start)) | st.sampled_from(["circuits", "raw", "batches", "lines", "nature"])
    checked = from_json(name, {**start, **data.draw(st.dictionaries(names, VALUES, max_size=3))})
    assert (checked.value is None) == any(p.line is None for p in checked.faults)
    if checked.value is not None:
        encode(checked.value)
    for problem in (*checked.faults, *checked.remarks):
        encode(remark_in_receipt(problem))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NAMES), VALUES)
def test_any_json_at_all_is_read_or_refused(name: str, raw: Any) -> None:
    from_json(name, raw)
