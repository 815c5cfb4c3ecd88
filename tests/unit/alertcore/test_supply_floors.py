"""Stage supply: floors from sales, products and policy, and the signals and positions that cases get."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore.records.alert import SignalState
from alertcore.records.stock import Circuit, Tier
from streams.emitting import Out
from tests.unit.alertcore.stock_world import (
    CIP,
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
    setting,
    sheet,
    signals,
    sold,
)

DAY = timedelta(days=1)
SETTLED = timedelta(milliseconds=500)


def test_a_company_under_its_floor_is_told_to_the_cases_with_the_position() -> None:
    world = known_world()
    outs = lab(world, 150)
    (signal,) = signals(outs)
    assert signal.state is SignalState.RAISED
    assert signal.numbers["stock_packs"] == 150.0
    assert signal.companies == (LAB,)
    assert "Laboratoire lab-1" in signal.sentence.fr
    told = [(out.kind, out.key, out.partition) for out in outs if out.topic == "cases.log"]
    assert told == [("position", "agency", 0), ("signal", "agency", 0)]
    assert [out.key for out in outs if out.topic == "signals"] == [f"cis:{CIS}"]
    found = last(outs)
    assert (found.floor_packs, found.floor_months, found.coverage_months, found.saleable) == (200.0, 2.0, 1.5, 170)
    assert len(signal.because) == 1


@pytest.mark.parametrize(("packs", "raised"), [(199, True), (200, False), (201, False), (0, True)])
def test_at_the_floor_is_not_below(packs: int, raised: bool) -> None:
    world = known_world()
    assert bool(signals(lab(world, packs))) is raised


@pytest.mark.parametrize(("packs", "cleared"), [(219, False), (220, True)])
def test_the_alert_clears_a_tenth_above_the_floor(packs: int, cleared: bool) -> None:
    world = known_world()
    lab(world, 150)
    (signal,) = signals(lab(world, packs))
    assert (signal.state is SignalState.CLEARED) is cleared


def test_only_stock_held_in_the_eea_counts() -> None:
    world = known_world()
    lines = [line(CIP, CIS, 150), line(cip(5), CIS, 900, country="CH")]
    world.report(sheet(LAB, lines, tier=Tier.MANUFACTURER, circuit=Circuit.BOTH, region=None))
    (signal,) = signals(world.advance())
    assert signal.numbers["stock_packs"] == 150.0


def test_a_companys_stock_is_its_own_and_the_depositaries_lines_of_its_products() -> None:
    world = known_world()
    names = {LAB: ("manufacturer", "both", None), "d1": ("depositary", "both", None), "lab-2": ("manufacturer", "both", None)}
    world.tell(register(names), product(cip(5), CIS, company="lab-2"))
    both: dict[str, Any] = {"tier": Tier.DEPOSITARY, "circuit": Circuit.BOTH, "region": None}
    world.report(sheet("d1", [line(CIP, CIS, 60), line(cip(5), CIS, 900)], **both))
    world.report(company_report(5000, report_id="x", at=NOON, lab="lab-2"))
    (signal,) = signals(lab(world, 100))
    assert signal.numbers["stock_packs"] == 160.0


def test_stock_of_wholesalers_and_pharmacies_does_not_count_for_the_floor() -> None:
    world = known_world()
    world.report(sheet("w1", [line(CIP, CIS, 9000)], tier=Tier.WHOLESALER))
    assert signals(lab(world, 150))


def test_a_company_that_never_reported_is_unknown_and_never_in_breach() -> None:
    world = known_world()
    assert signals(world.advance(3600)) == []
    assert last(world.supply.outs).coverage_months is None
    assert last(world.supply.outs).floor_packs == 200.0


def test_a_company_that_reports_other_medicines_only_is_unknown_for_this_one() -> None:
    world = known_world()
    world.report(company_report(1, report_id="a", at=NOON, code=cip(9), medicine=cis(9)))
    assert signals(world.advance()) == []


def test_a_registered_company_that_is_silent_leaves_its_depositarys_stock_unknown_until_it_reports() -> None:
    world = known_world()
    world.tell(register({LAB: ("manufacturer", "both", None), "d1": ("depositary", "both", None), "p1": "community_pharmacy"}))
    world.report(sheet("d1", [line(CIP, CIS, 60)], tier=Tier.DEPOSITARY, circuit=Circuit.BOTH, region=None))
    assert signals(world.advance()) == []
    world.report(company_report(3, report_id="a", at=world.at, code=cip(9), medicine=cis(9)))
    (signal,) = signals(world.advance())
    assert signal.numbers["stock_packs"] == 60.0


def test_a_company_that_is_not_registered_as_a_reporter_is_judged_by_its_depositary() -> None:
    world = known_world()
    world.tell(register({"d1": ("depositary", "both", None), "p1": "community_pharmacy", "p2": "community_pharmacy"}))
    world.report(sheet("d1", [line(CIP, CIS, 60)], tier=Tier.DEPOSITARY, circuit=Circuit.BOTH, region=None))
    assert [s.numbers["stock_packs"] for s in signals(world.advance())] == [60.0]


def test_a_stale_depositary_makes_the_stock_unknown_and_its_next_report_known_even_if_nothing_changed() -> None:
    world = known_world()
    world.tell(register({"d1": ("depositary", "both", None), "p1": "community_pharmacy", "p2": "community_pharmacy"}))
    old = sheet("d1", [line(CIP, CIS, 60)], tier=Tier.DEPOSITARY, circuit=Circuit.BOTH, region=None, at=NOON - 3 * DAY)
    world.report(old)
    assert signals(world.advance()) == []
    world.report(replace(old, report_id="new", observed_at=NOON))
    assert [s.state for s in signals(world.advance())] == [SignalState.RAISED]


def test_silent_pharmacies_hide_no_breach_of_a_company_that_reports() -> None:
    world = known_world()
    world.tell(register({LAB: ("manufacturer", "both", None), **{f"q{n}": "community_pharmacy" for n in range(9)}}))
    assert [s.state for s in signals(lab(world, 150))] == [SignalState.RAISED]
    assert [s.state for s in signals(lab(world, 900))] == [SignalState.CLEARED]


@pytest.mark.parametrize(
    ("of", "floor"),
    [
        ({"mitm": True}, 200.0),
        ({"mitm": False}, 100 * 12 / 52),
        ({"mitm": False, "public_health": True}, 100.0),
    ],
)
def test_the_floor_is_by_kind_of_medicine(of: dict[str, Any], floor: float) -> None:
    world = known_world()
    world.tell(product(**of))
    lab(world, 1000)
    assert last(world.supply.outs).floor_packs == pytest.approx(floor)


@pytest.mark.parametrize(("decided", "floor"), [(4.0, 400.0), (0.5, 50.0)])
def test_the_agency_raises_or_lowers_a_floor_by_decision(decided: float, floor: float) -> None:
    world = known_world()
    world.tell(setting("policy", {"safety_stock": {"months": {CIS: decided}}}))
    lab(world, 1000)
    assert last(world.supply.outs).floor_packs == floor


def test_packs_of_different_sizes_are_counted_in_the_smallest() -> None:
    world = World()
    world.tell(register({LAB: ("manufacturer", "both", None), "p1": "community_pharmacy"}))
    world.tell(product(units_per_pack=30.0), product(cip(2), CIS, units_per_pack=90.0))
    world.tell(*(sold(m, 70) for m in months()), *(sold(m, 10, code=cip(2), report_id=f"b-{m}") for m in months()))
    world.report(sheet("p1", [line(CIP, CIS, 30, 3.0), line(cip(2), CIS, 10, 1.0)]))
    own: dict[str, Any] = {"tier": Tier.MANUFACTURER, "circuit": Circuit.BOTH, "region": None}
    world.report(sheet(LAB, [line(CIP, CIS, 40), line(cip(2), CIS, 50)], **own))
    (signal,) = signals(world.advance())
    assert (signal.numbers["stock_packs"], signal.numbers["floor_packs"], signal.numbers["pack_units"]) == (190.0, 200.0, 30.0)
    found = last(world.supply.outs)
    assert (found.saleable, found.daily_use, found.days) == (130, 6.0, round(250 / 6, 6))
    world.reopen()
    world.report(sheet(LAB, [line(CIP, CIS, 40), line(cip(2), CIS, 100)], report_id="r2", at=NOON + timedelta(hours=1), **own))
    assert [s.numbers["stock_packs"] for s in signals(world.advance())] == [340.0]
    world.tell(product(cip(2), CIS, units_per_pack=None))
    assert last(world.advance()).daily_use == 4.0


def test_a_presentation_that_goes_to_another_medicine_leaves_the_first() -> None:
    world = known_world()
    lab(world, 1000)
    assert world.tell(product()) == []
    world.tell(product(CIP, cis(9)))
    assert last(world.advance()).floor_packs == pytest.approx(100 * 12 / 52)


@pytest.mark.parametrize(
    ("month", "sold_in"),
    [(datetime(2026, 3, 31, 22, tzinfo=UTC), "2026-03"), (datetime(2026, 11, 30, 23, tzinfo=UTC), "2026-11")],
)
def test_a_local_month_that_ends_moves_every_floor(month: datetime, sold_in: str) -> None:
    world = known_world()
    world.at = month - 2 * DAY
    world.supply.advance(world.at)
    world.tell(*(sold(of, 100) for of in months(sold_in)), sold(sold_in, 1300, report_id="whole"))
    stocked = month - timedelta(minutes=1)
    world.report(company_report(300, report_id="late", at=stocked), month - timedelta(minutes=2))
    for name in ("p1", "p2"):
        world.report(sheet(name, [line(CIP, CIS, 10, 1.0)], report_id="late", at=stocked), month - timedelta(seconds=90))
    outs = world.advance(60) + world.supply.advance(month - timedelta(microseconds=1))
    assert [s for s in signals(outs) if s.rule == "safety_stock"] == []
    raised = [s for s in signals(world.supply.advance(month + DAY / 48)) if s.rule == "safety_stock"]
    assert [(s.at, s.numbers["floor_packs"]) for s in raised] == [(month + SETTLED, 400.0)]


def test_a_derogation_lowers_the_floor_from_its_first_local_day_and_no_longer_after_its_last() -> None:
    world = known_world()
    period = {"cis": CIS, "months": 1.0, "from": "2026-03-11", "to": "2026-03-11", "reason": "short shelf life"}
    world.tell(setting("policy", {"safety_stock": {"periods": [period]}}))
    lab(world, 150)
    first, after = datetime(2026, 3, 10, 23, tzinfo=UTC), datetime(2026, 3, 11, 23, tzinfo=UTC)  # midnights in Paris
    outs = world.supply.advance(first - timedelta(seconds=1))
    assert signals(outs) == []
    cleared = signals(world.supply.advance(first + DAY / 2))
    assert [(str(s.state), s.at, s.numbers["floor_packs"]) for s in cleared] == [("cleared", first + SETTLED, 100.0)]
    raised = signals(world.supply.advance(after + DAY / 24))
    assert [(str(s.state), s.at, s.numbers["floor_packs"]) for s in raised] == [("raised", after + SETTLED, 200.0)]


def test_cases_get_the_position_once_a_day_while_a_breach_is_open() -> None:
    world = known_world()
    lab(world, 150)
    started = world.at
    told = []
    for _ in range(50):
        outs = world.advance(3600)
        told += [out.value.as_of for out in outs if out.topic == "cases.log"]
    assert len(told) == 2
    assert told[0] - started < DAY + timedelta(seconds=2)
    assert DAY <= told[1] - told[0] < DAY + timedelta(seconds=2)


def test_a_change_by_a_tenth_held_back_by_the_day_is_told_when_the_day_is_over() -> None:
    world = known_world()
    lab(world, 190)
    assert signals(lab(world, 165)) == []
    outs: list[Out] = []
    for hours in range(25):
        world.report(company_report(165, report_id=f"h{hours}", at=world.at))
        outs += world.advance(3600)
    assert [s.numbers["stock_packs"] for s in signals(outs)] == [165.0]
