"""CSV of flat kinds: what a spreadsheet gives becomes the same records as JSON; what does not fit is named, never guessed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.inbound import from_json
from tocsin.exits import UsageError
from tocsin.flat import FLAT_KINDS, read_flat

STOCK = """report_id,observed_at,kind,reporter.id,reporter.scheme,reporter.country,reporter.tier,reporter.circuit,cip13,on_hand,saleable
R1,2026-01-31T09:30:00Z,full,750000001,finess,FR,hospital_pharmacy,hopital,3400930000001,12,
R1,2026-01-31T09:30:00Z,full,750000001,finess,FR,hospital_pharmacy,hopital,3400930000002,5,4
R2,2026-01-31T09:31:00Z,full,750000002,finess,FR,hospital_pharmacy,hopital,3400930000001,0,0
"""
SALES = """report_id;company.id;company.scheme;company.country;month;basis;cip13;circuit;packs;exceptional
S1;552100554;siren;FR;2026-01;company_to_trade;3400930000001;ville;-3;oui
S1;552100554;siren;FR;2026-01;company_to_trade;3400930000001;hopital;40;non
"""
DISRUPTION = """disruption_id,pharmacy.id,pharmacy.scheme,pharmacy.country,pharmacy.tier,cis,cip13,asked_at,distributors,packs,state_at
D1,1,finess,FR,community_pharmacy,60000000,3400930000001,2026-01-31T09:30:00Z,acme | other,48,2026-01-31T09:30:00Z
"""
PRODUCT = """cip13,cis,name,atc,routes,mitm,marketed,units_per_pack
3400930000001,60000000,"DOLIX, 500 mg",N02,orale|rectale,true,false,16.5
"""


def read(kind: str, text: str) -> list[tuple[int, dict[str, Any]]]:
    """Events with their lines."""
    return list(read_flat(kind, text, "in.csv"))


@pytest.mark.parametrize(
    ("kind", "record", "text", "lines"),
    [
        ("stock.reports", "StockReport", STOCK, [2, 4]),
        ("sales.reports", "SalesReport", SALES, [2]),
        ("supply.disruptions", "Disruption", DISRUPTION, [2]),
        ("reference.products", "Product", PRODUCT, [2]),
    ],
)
def test_every_flat_kind_is_read_into_its_record(kind: str, record: str, text: str, lines: list[int]) -> None:
    events = read(kind, text)
    assert [number for number, _ in events] == lines
    for _, value in events:
        checked = from_json(record, value)
        assert (checked.faults, checked.remarks) == ((), ())


def test_rows_with_one_report_id_are_the_lines_of_one_report() -> None:
    (_, first), (_, second) = read("stock.reports", STOCK)
    assert first["lines"] == [{"cip13": "3400930000001", "on_hand": 12}, {"cip13": "3400930000002", "on_hand": 5, "saleable": 4}]
    assert first["reporter"]["id"] == "750000001"
    assert (first["line_count"], second["line_count"]) == (2, 1)


def test_sales_have_no_line_count_and_keep_returns_and_circuits_of_each_line() -> None:
    ((_, report),) = read("sales.reports", SALES)
    assert "line_count" not in report
    assert [(line["circuit"], line["packs"], line["exceptional"]) for line in report["lines"]] == [
        ("ville", -3, True),
        ("hopital", 40, False),
    ]


def test_lists_are_separated_by_bars_and_quoted_texts_stay_whole() -> None:
    assert read("supply.disruptions", DISRUPTION)[0][1]["distributors"] == ["acme", "other"]
    product = read("reference.products", PRODUCT)[0][1]
    assert (product["name"], product["routes"], product["mitm"], product["marketed"]) == (
        "DOLIX, 500 mg",
        ["orale", "rectale"],
        True,
        False,
    )
    assert product["units_per_pack"] == 16.5


def test_a_row_may_leave_out_what_the_first_row_of_its_report_said() -> None:
    text = "report_id,month,cip13,packs\nS1,2026-01,1,2\nS1,,3,4\n\n , \n"
    ((_, report),) = read("sales.reports", text)
    assert (report["month"], len(report["lines"])) == ("2026-01", 2)


def test_a_report_that_is_told_in_two_ways_is_not_guessed_at() -> None:
    with pytest.raises(UsageError, match=r"in\.csv:4: report R1 is told otherwise here than in line 2"):
        read("stock.reports", STOCK.replace("R2", "R1"))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("1.5", "1.5"),
        ("1_000", "1_000"),
        ("１２", "１２"),
        ("12 000", "12 000"),
        ("x", "x"),
        ("+1", "+1"),
        ("9" * 41, "9" * 41),
    ],
)
def test_a_whole_number_is_read_only_where_it_is_one(cell: str, value: Any) -> None:
    ((_, report),) = read("sales.reports", f"report_id,cip13,packs\nS1,1,{cell}\n")
    assert report["lines"][0]["packs"] == value


@pytest.mark.parametrize(
    ("cell", "value"), [("16", 16.0), ("-1.25", -1.25), ("nan", "nan"), ("inf", "inf"), ("1e3", "1e3"), ('"1,5"', "1,5")]
)
def test_a_decimal_is_read_only_where_it_is_one(cell: str, value: Any) -> None:
    assert read("reference.products", f"cip13,units_per_pack\n1,{cell}\n")[0][1]["units_per_pack"] == value


@pytest.mark.parametrize(("cell", "value"), [("TRUE", True), ("1", True), ("Non", False), ("0", False), ("perhaps", "perhaps")])
def test_a_yes_is_read_in_french_and_english(cell: str, value: Any) -> None:
    assert read("reference.products", f"cip13,mitm\n1,{cell}\n")[0][1]["mitm"] == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", r"in\.csv: unknown column \(no header\)"),
        ("cip13,colour\n", r"unknown column colour; known are atc, cip13, cis"),
        ("cip13,substances\n", "unknown column substances"),
        ("cip13,name,cip13\n", "column cip13 stands twice"),
        ("cip13,name\n1,DOLIX,500 mg\n", r"in\.csv:2: 3 cells under 2 columns; put texts with a ',' in quotes"),
        ('cip13,name\n1,"' + "x" * 200_000 + '"\n', r"in\.csv:\d+: not CSV: field larger"),
    ],
)
def test_what_is_no_table_of_known_columns_is_refused(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        read("reference.products", text)


def test_rows_may_end_in_empty_cells() -> None:
    assert read("reference.products", "cip13,name,atc\n1,X,,,\n2,Y\n") == [
        (2, {"cip13": "1", "name": "X"}),
        (3, {"cip13": "2", "name": "Y"}),
    ]


@given(st.sampled_from(FLAT_KINDS), st.text(alphabet='cip13,report_id;"\n\r x\0é'))
def test_any_text_is_read_or_refused_with_a_sentence(kind: str, text: str) -> None:
    with suppress(UsageError):
        read(kind, text)
