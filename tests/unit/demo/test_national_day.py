"""The national day: repeatable, within the contract, and with the outcome that was planned."""

from collections import Counter
from typing import Any

import pytest

from connectors.source_text import JsonObject
from schemas.inbound import from_json
from tocsin.demo.expected import EEA, expected, watch
from tocsin.demo.feed import Event, events, snapshot
from tocsin.demo.plan import medicines
from tocsin.demo.sales import MONTHS, sales
from tocsin.demo.stock import stock_reports

RECORDS = {
    "reference.products": "Product",
    "sales.reports": "SalesReport",
    "shortage.declarations": "Declaration",
    "shortage.statuses": "PublishedStatus",
    "quality.defects": "QualityDefect",
    "stock.reports": "StockReport",
}
BREACHES = {"falls", "falls_two_packs", "low_from_start", "blocked", "abroad", "recovers", "recovers_partly", "falls_under_a_week"}


@pytest.fixture(scope="module")
def feed() -> list[Event]:
    return list(events())


def test_every_record_fits_its_contract_without_a_remark(feed: list[Event]) -> None:
    for event in feed:
        checked = from_json(RECORDS[event.kind], event.value)
        assert (checked.faults, checked.remarks) == ((), ()), (event.kind, event.value)


def test_the_feed_is_in_time_order_after_the_reference(feed: list[Event]) -> None:
    times = [event.at for event in feed if event.at is not None]
    assert times == sorted(times)
    assert [event.at for event in feed[:5]] == [None] * 5


def test_the_feed_is_the_same_each_time(feed: list[Event]) -> None:
    assert list(events()) == feed


def test_a_snapshot_ends_with_a_marker_that_does_not_lie() -> None:
    *rows, last = snapshot("2026-01-26")
    assert last.value == {"snapshot_id": rows[0].value["snapshot_id"], "rows": 993}
    assert {event.value["snapshot_id"] for event in rows} == {last.value["snapshot_id"]}


def test_line_counts_are_right_and_no_product_stands_twice_in_a_report() -> None:
    for report in stock_reports():
        codes = [line["cip13"] for line in _lines(report)]
        assert report["line_count"] == len(codes) == len(set(codes))


def test_full_reports_never_lose_half_of_their_lines() -> None:
    counts: dict[object, int] = {}
    for report in (report for report in stock_reports() if report["kind"] == "full"):
        reporter = report["reporter"]
        assert isinstance(reporter, dict)
        assert len(_lines(report)) >= counts.get(reporter["id"], 0) / 2
        counts[reporter["id"]] = len(_lines(report))


def test_stock_at_a_pharmacy_falls_by_what_it_dispensed() -> None:
    held: dict[tuple[object, object], int] = {}
    for report in stock_reports():
        reporter = report["reporter"]
        assert isinstance(reporter, dict)
        if reporter["tier"] not in ("community_pharmacy", "hospital_pharmacy"):
            continue
        for line in _lines(report):
            key = (reporter["id"], line["cip13"])
            if report["kind"] == "changes":
                assert held[key] - line["on_hand"] == line["dispensed"]
            held[key] = line["on_hand"]


def test_twelve_months_of_sales_for_every_company_with_a_marketed_medicine() -> None:
    months = Counter(str(report["month"]) for report in sales())
    assert set(months) == set(MONTHS)
    assert max(months.values()) == len({medicine.company for medicine in medicines()})


def test_a_sales_report_names_each_presentation_and_circuit_once_and_some_returns() -> None:
    negative = 0
    for report in sales():
        keys = [(line["cip13"], line["circuit"]) for line in _lines(report)]
        assert len(keys) == len(set(keys))
        negative += sum(line["packs"] < 0 for line in _lines(report))
    assert negative > 0


def test_no_time_of_a_defect_lies_after_the_time_it_is_sent(feed: list[Event]) -> None:
    for event in (event for event in feed if event.kind == "quality.defects"):
        for name in ("received_at", "serious_risk_at", "reached_patients_at"):
            assert str(event.value.get(name, "")) <= str(event.at)


def test_the_medicines_below_their_floor_are_those_of_the_plan() -> None:
    cases = {medicine.cis: medicine.case for medicine in medicines()}
    outcome = expected()
    assert {cis for cis, case in cases.items() if case in BREACHES} == set(outcome["breach"])
    assert [cases[cis] for cis in outcome["clear"]] == ["recovers"]


def test_nobody_is_so_near_the_floor_that_rounding_decides() -> None:
    cases = {medicine.cis: medicine.case for medicine in medicines()}
    for cis, medicine in watch().items():
        assert medicine.lowest is not None
        assert abs(medicine.lowest - 1) > 0.1 or (cases[cis] == "exact" and medicine.lowest == 1.0)


def test_stock_that_is_exactly_at_the_floor_is_no_breach() -> None:
    exact = next(medicine.cis for medicine in medicines() if medicine.case == "exact")
    assert watch()[exact].lowest == 1.0
    assert exact not in expected()["breach"]


def test_the_exceptional_month_would_have_made_a_breach() -> None:
    cis = next(medicine.cis for medicine in medicines() if medicine.case == "exceptional")
    medicine = watch()[cis]
    packs = [line["packs"] for report in sales() for line in _lines(report) if line["cip13"] in medicine.weights]
    assert medicine.lowest is not None
    assert medicine.lowest * medicine.floor < 2 * sum(packs) / 12
    assert cis not in expected()["breach"]


def test_the_stock_abroad_would_have_hidden_a_breach() -> None:
    cis = next(medicine.cis for medicine in medicines() if medicine.case == "abroad")
    medicine = watch()[cis]
    last = [
        line for report in stock_reports() for line in _lines(report) if line["cip13"] in medicine.weights and "location_country" in line
    ]
    assert {line["location_country"] in EEA for line in last} == {True, False}
    assert sum(line["on_hand"] for line in last[-2:]) > medicine.floor


def _lines(report: JsonObject) -> list[dict[str, Any]]:
    lines = report["lines"]
    assert isinstance(lines, list)
    return lines
