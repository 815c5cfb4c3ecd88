"""Stock reports at the door: both sides of every number, and what the columns say."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest

from alertcore.records.hub import DoorReceipt, Verdict
from alertcore.records.stock import StockSheet
from connectors.door.dry import DryDoor
from schemas.codec import decode, encode
from schemas.inbound import from_json

Make = Callable[..., dict[str, Any]]
Send = Callable[..., DoorReceipt]
KIND = "stock.reports"


def sheet_of(door: DryDoor) -> StockSheet:
    sheet = decode(door.appended[-1].entry.value)
    assert isinstance(sheet, StockSheet)
    return sheet


def codes(receipt: DoorReceipt) -> list[tuple[str, int | None]]:
    return [(p.code, p.line) for p in receipt.problems]


@pytest.mark.parametrize(
    ("observed_at", "verdict"),
    [("2026-01-15T12:10:00Z", "taken"), ("2026-01-15T12:10:01Z", "refused"), ("2026-01-15T14:10:00+02:00", "taken")],
)
def test_a_report_may_be_at_most_ten_minutes_ahead(send: Send, stock_report: Make, observed_at: str, verdict: str) -> None:
    assert send(KIND, stock_report(observed_at=observed_at)).verdict.value == verdict


def test_a_time_without_an_offset_is_refused(send: Send, stock_report: Make) -> None:
    receipt = send(KIND, stock_report(observed_at="2026-01-15T09:00:00"))
    assert [(p.code, p.field) for p in receipt.problems] == [("not_a_time", "observed_at")]


@pytest.mark.parametrize(("bad", "verdict"), [(0, "taken"), (1, "remarks"), (2, "remarks"), (3, "refused")])
def test_up_to_five_per_cent_bad_lines_are_refused_singly_and_more_refuse_the_report(
    send: Send, door: DryDoor, stock_report: Make, bad: int, verdict: str
) -> None:
    report = stock_report(lines=40)
    for line in report["lines"][10 : 10 + bad]:
        line["on_hand"] = -1
    receipt = send(KIND, report)
    assert receipt.verdict.value == verdict
    assert [p.line for p in receipt.problems if p.line] == [11, 12, 13][:bad]
    if verdict != "refused":
        assert sheet_of(door).lines == 40 - bad


@pytest.mark.parametrize("form", ["json", "avro"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on_hand": -1}, "packs"),
        ({"on_hand": 2**31}, "packs"),
        ({"saleable": -1}, "packs"),
        ({"blocked": -1}, "packs"),
        ({"dispensed": -1, "period_days": 7}, "packs"),
        ({"dispensed": 7, "period_days": 0}, "period_days"),
        ({"dispensed": 7, "period_days": 367}, "period_days"),
        ({"cip13": "3400912345678"}, "cip13"),
        ({"cip13": "3400893456780"}, "cip13"),
        ({"cip13": "340093"}, "cip13"),
        ({"location_country": "ZZ"}, "country"),
        ({"lots": [{"lot": "L" * 21, "on_hand": 1}]}, "lot"),
        ({"lots": [{"lot": "", "on_hand": 1}]}, "lot"),
        ({"lots": [{"lot": "L1", "on_hand": -1}]}, "packs"),
        ({"incoming": [{"when": {"date": "2026-02-01", "certainty": "estimated"}, "packs": -1}]}, "packs"),
        ({"incoming": [{"when": {"date": "1026-02-01", "certainty": "estimated"}, "packs": 1}]}, "impossible_date"),
    ],
)
def test_a_bad_line_is_named_and_left_out_and_its_neighbours_are_taken(
    send: Send, door: DryDoor, stock_report: Make, form: str, change: dict[str, Any], code: str
) -> None:
    report = stock_report()
    report["lines"][6] |= change
    raw = encode(from_json("StockReport", report).value) if form == "avro" else report
    receipt = send(KIND, raw)
    assert codes(receipt) == [(code, 7)]
    assert receipt.verdict is Verdict.REMARKS
    assert list(array("i", sheet_of(door).on_hand)) == [n for n in range(40) if n != 6]


@pytest.mark.parametrize(
    "change",
    [
        {"on_hand": 2**31 - 1},
        {"dispensed": 7, "period_days": 1},
        {"dispensed": 7, "period_days": 366},
        {"location_country": "EL"},
        {"location_country": "XI"},
        {"lots": [{"lot": "L" * 20, "on_hand": 0}]},
        {"lots": [{"lot": "aB-1/2", "on_hand": 3, "expiry": {"text": "02/2027", "date": "2027-02-28", "precision": "month"}}]},
    ],
)
def test_a_line_at_the_edge_of_what_is_allowed_is_taken(send: Send, door: DryDoor, stock_report: Make, change: dict[str, Any]) -> None:
    report = stock_report()
    report["lines"][6] |= change
    assert send(KIND, report).verdict is Verdict.TAKEN
    assert sheet_of(door).lines == 40


def test_the_later_of_two_lines_of_one_presentation_is_refused(send: Send, door: DryDoor, stock_report: Make) -> None:
    report = stock_report()
    report["lines"][9] = {**report["lines"][3], "on_hand": 777}
    assert codes(send(KIND, report)) == [("duplicate_line", 10)]
    assert 777 not in array("i", sheet_of(door).on_hand)


@pytest.mark.parametrize("told", [39, 41])
def test_a_wrong_control_figure_refuses_the_report(send: Send, door: DryDoor, stock_report: Make, told: int) -> None:
    assert codes(send(KIND, stock_report(line_count=told))) == [("line_count", None)]
    assert door.appended == []


def test_the_control_figure_counts_bad_lines_too(send: Send, stock_report: Make) -> None:
    report = stock_report()
    report["lines"][0]["on_hand"] = "12"
    assert codes(send(KIND, report)) == [("not_an_integer", 1)]


@pytest.mark.parametrize(
    ("line", "saleable"),
    [
        ({"on_hand": 10}, 10),
        ({"on_hand": 10, "blocked": 3}, 7),
        ({"on_hand": 10, "blocked": 12}, 0),
        ({"on_hand": 10, "saleable": 4}, 4),
        ({"on_hand": 10, "saleable": 8, "blocked": 3}, 7),
        ({"on_hand": 10, "saleable": 0}, 0),
        ({"on_hand": 10, "saleable": 99}, 10),
    ],
)
@pytest.mark.parametrize("plain", [True, False])
def test_blocked_packs_are_never_saleable(
    send: Send, door: DryDoor, stock_report: Make, line: dict[str, Any], saleable: int, plain: bool
) -> None:
    report = stock_report()
    report["lines"][2] |= line
    report["lines"][3] |= {} if plain else {"location_country": "BE"}
    assert send(KIND, report).verdict is Verdict.TAKEN
    assert array("i", sheet_of(door).saleable)[2] == saleable


def test_daily_use_is_dispensed_over_its_period_and_minus_one_where_it_is_not_told(send: Send, door: DryDoor, stock_report: Make) -> None:
    report = stock_report(lines=3)
    report["lines"][0] |= {"dispensed": 14, "period_days": 7}
    report["lines"][1] |= {"dispensed": 14}
    receipt = send(KIND, report)
    assert list(array("f", sheet_of(door).dispensed)) == [2.0, -1.0, -1.0]
    assert codes(receipt) == [("no_period", 2)]


@pytest.mark.parametrize(("days", "periods"), [(27, [27, 28, 0, 0]), (28, [])])
@pytest.mark.parametrize("plain", [True, False])
def test_over_how_many_days_packs_were_counted_goes_on_where_a_line_says_fewer_than_28(
    send: Send, door: DryDoor, stock_report: Make, days: int, periods: list[int], plain: bool
) -> None:
    report = stock_report(lines=4)
    report["lines"][0] |= {"dispensed": 14, "period_days": days}
    report["lines"][1] |= {"dispensed": 14, "period_days": 28}
    report["lines"][2] |= {"period_days": 7}
    report["lines"][3] |= {} if plain else {"location_country": "BE"}
    assert send(KIND, report).verdict is Verdict.TAKEN
    assert list(array("H", sheet_of(door).periods)) == periods


def test_countries_are_the_agencys_where_not_told_and_in_iso_spelling(send: Send, door: DryDoor, stock_report: Make) -> None:
    report = stock_report(lines=3)
    report["lines"][0]["location_country"] = "EL"
    report["lines"][1]["location_country"] = "BE"
    send(KIND, report)
    assert sheet_of(door).country == b"GRBEFR"


def test_a_product_not_known_yet_is_taken_with_a_remark_and_without_its_medicine(
    send: Send, door: DryDoor, stock_report: Make, cip13: Callable[[int], str]
) -> None:
    report = stock_report(lines=2)
    report["lines"][1]["cip13"] = cip13(5000)
    receipt = send(KIND, report)
    assert (receipt.verdict, codes(receipt)) == (Verdict.REMARKS, [("unknown_product", 2)])
    assert list(array("i", sheet_of(door).cis)) == [60000000, 0]


@pytest.mark.parametrize(("lines", "verdict"), [(20, "taken"), (19, "held")])
def test_a_full_report_under_half_of_the_lines_before_is_held(send: Send, stock_report: Make, lines: int, verdict: str) -> None:
    send(KIND, stock_report(lines=40), ce_id="1")
    assert send(KIND, stock_report(lines=lines, report_id="r2"), ce_id="2").verdict.value == verdict


def test_a_held_report_is_not_measured_against_and_changes_are_never_held(send: Send, door: DryDoor, stock_report: Make) -> None:
    send(KIND, stock_report(lines=40), ce_id="1")
    send(KIND, stock_report(lines=2), ce_id="2")
    assert send(KIND, stock_report(lines=3), ce_id="3").verdict is Verdict.HELD
    assert send(KIND, stock_report(lines=1, kind="changes"), ce_id="4").verdict is Verdict.TAKEN
    assert send(KIND, stock_report(lines=20), ce_id="5").verdict is Verdict.TAKEN
    reports = [one for one in door.appended if one.log == "stock.log"]
    assert [decode(one.entry.value).lines for one in reports] == [40, 1, 20]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "GR2"}, "not_your_id"),
        ({"tier": "manufacturer"}, "not_your_tier"),
        ({"tier": "unknown"}, "unknown"),
        ({"region": "99"}, "region"),
        ({"country": "FX"}, "country"),
        ({"id": ""}, "id"),
    ],
)
def test_a_report_of_somebody_else_or_nobody_is_refused(send: Send, stock_report: Make, change: dict[str, Any], code: str) -> None:
    report = stock_report()
    receipt = send(KIND, report | {"reporter": report["reporter"] | change})
    assert receipt.verdict is Verdict.REFUSED
    assert code in {p.code for p in receipt.problems}


def test_the_same_report_as_avro_and_as_json_is_the_same_event(send: Send, door: DryDoor, stock_report: Make) -> None:
    report = stock_report()
    report["lines"][5] |= {"saleable": 1, "blocked": 2, "dispensed": 3, "period_days": 4}
    one = send(KIND, report)
    two = send(KIND, encode(from_json("StockReport", report).value))
    assert one.event_id == two.event_id
    assert len(door.appended) == 1
