"""Stage supply: which sales a floor rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alertcore.records.shared import OrgScheme
from alertcore.records.stock import SaleCircuit, SalesBasis
from tests.unit.alertcore.stock_world import (
    CIS,
    LAB,
    NOON,
    World,
    cip,
    cis,
    company_report,
    known_world,
    lab,
    last,
    line,
    months,
    product,
    register,
    sheet,
    sold,
)


def sales_floor(*reports: Any, at: datetime = NOON) -> float | None:
    """Floor of the lab after these sales, at an instant."""
    world = World()
    world.at = at
    world.tell(register({LAB: ("manufacturer", "both", None)}), product(), product(cip(2), CIS, company=LAB))
    world.tell(*reports)
    world.report(company_report(10**6, report_id="a", at=at))
    return last(world.advance()).floor_packs


def year(packs: int, **more: Any) -> list[Any]:
    return [sold(month, packs, **more) for month in months()]


def test_sales_outside_the_twelve_months_do_not_count() -> None:
    assert sales_floor(*year(100), sold("2026-03", 9000), sold("2025-02", 9000)) == 200.0
    assert sales_floor(*year(100), sold("2026-03", 1300), at=datetime(2026, 4, 1, 0, 0, tzinfo=UTC)) == 400.0


def test_an_exceptional_line_leaves_the_whole_month_out() -> None:
    busy = sold("2026-01", 5000, exceptional=True, report_id="a")
    assert sales_floor(*(s for s in year(100) if s.month != "2026-01"), busy, sold("2026-01", 70, code=cip(2), report_id="b")) == 200.0


def test_under_twelve_months_the_mean_is_pro_rata() -> None:
    assert sales_floor(sold("2026-02", 90), sold("2026-01", 110)) == 200.0


def test_zero_sales_and_no_sales_make_no_floor() -> None:
    assert sales_floor(*year(0)) is None
    assert sales_floor() is None


def test_returns_are_taken_off_and_circuits_added() -> None:
    two = sold("2026-02", 120, report_id="two")
    more = (two.lines[0], replace(two.lines[0], packs=-40), replace(two.lines[0], circuit=SaleCircuit.HOPITAL, packs=20))
    assert sales_floor(replace(two, lines=more)) == 200.0


def test_the_same_report_of_sales_again_changes_nothing_and_a_later_one_takes_the_place_of_its_lines() -> None:
    first, second = sold("2026-02", 100, report_id="a"), sold("2026-02", 150, report_id="b")
    assert sales_floor(first, second) == 300.0
    assert sales_floor(first, second, first) == 300.0


def test_a_report_that_replaces_another_takes_all_of_it_away_whichever_comes_first() -> None:
    first, second = sold("2026-02", 100, report_id="a"), sold("2026-02", 150, code=cip(2), report_id="b", replaces="a")
    assert sales_floor(first, sold("2026-02", 1, company="lab-2", report_id="a"), second) == 302.0
    assert sales_floor(second, first) == 300.0


def test_a_replaced_report_takes_its_medicines_back_and_leaves_the_others_alone() -> None:
    world = known_world()
    world.tell(product(cip(2), cis(2)), product(cip(3), cis(3)), sold("2026-02", 70, code=cip(2), report_id="two"))
    world.tell(sold("2026-02", 70, code=cip(3), report_id="three", replaces="two"))
    for n in (2, 3):
        world.report(sheet("p1", [line(cip(n), cis(n), 5)], report_id=f"n{n}", at=NOON + n * timedelta(hours=1)))
    outs = world.advance()
    assert (last(outs, cis(2)).floor_packs, last(outs, cis(3)).floor_packs) == (None, 140.0)
    assert last(lab(world, 1000)).floor_packs == 200.0


def test_what_is_dispensed_counts_only_where_nothing_was_sold_to_the_trade() -> None:
    dispensed = [replace(sold(month, 70, report_id=f"d-{month}"), basis=SalesBasis.DISPENSED) for month in ("2026-01", "2026-02")]
    assert sales_floor(*dispensed) == 140.0
    assert sales_floor(sold("2026-02", 130), *dispensed) == 200.0


def test_a_presentations_sales_follow_it_to_the_company_that_markets_it_now() -> None:
    assert sales_floor(*(sold(s.month, 100, company="lab-0") for s in year(1))) == 200.0


def test_sales_of_an_unknown_presentation_and_company_names_that_are_missing_are_borne() -> None:
    nameless = replace(sold("2026-02", 100), company=replace(sold("2026-02", 1).company, name=None, scheme=OrgScheme.SIREN))
    assert sales_floor(sold("2026-01", 100, code=cip(77)), nameless) == 200.0
