"""Stage supply: newest sums of every source, positions, what is not known, floors from sales, and that a restart changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alertcore.supply.giving as giving_module
from alertcore.heard import packed, reporter_hash
from alertcore.records.alert import SignalState
from alertcore.records.shared import OrgScheme
from alertcore.records.stock import Circuit, Partial, Position, ReportKind, SaleCircuit, SalesBasis, StockSheet, Tier
from alertcore.sharding import shard
from alertcore.supply.stage import SupplyStage
from streams.emitting import Out
from streams.local import LocalShell, tick
from tests.unit.alertcore.stock_world import (
    CIP,
    CIS,
    LAB,
    NOON,
    World,
    cip,
    cis,
    company_report,
    entry,
    line,
    months,
    positions,
    product,
    register,
    setting,
    sheet,
    signals,
    sold,
)

DAY = timedelta(days=1)
SETTLED = timedelta(milliseconds=500)


def partial(
    sums: dict[str, int], *, source: int = 0, version: int = 1, generation: int = 1, heard: dict[str, datetime] | None = None, **more: Any
) -> Partial:
    """A partial: cell key to saleable packs, all held in the EEA, one reporter each, seen at noon."""
    n, values = len(sums), list(sums.values())
    seen = {reporter_hash(name): int(at.timestamp() * 1e6) for name, at in (heard or {}).items()}
    fields: dict[str, Any] = {
        "generation": generation,
        "source": source,
        "version": version,
        "keys": tuple(sums),
        "saleable": pack(f"<{n}q", *values),
        "reserve": pack(f"<{n}q", *values),
        "daily": pack(f"<{n}d", *[0.0] * n),
        "reporters": pack(f"<{n}i", *[1] * n),
        "oldest": pack(f"<{n}q", *[int(NOON.timestamp()) * 10**6] * n),
        "heard": packed(seen),
        "heard_at": packed(seen.values()),
    }
    return Partial(**{**fields, **more})


PHARMACY = f"{CIP}|{CIS}|community_pharmacy|ville|11|"
HOSPITAL = f"{CIP}|{CIS}|hospital_pharmacy|hopital||"
OWN = f"{CIP}|{CIS}|manufacturer|both||{LAB}"
OTHER = f"{cip(2)}|{cis(2)}|community_pharmacy|ville|11|"


def supply() -> LocalShell:
    return LocalShell(SupplyStage("agency", "FR"), durable=True)


def last(outs: list[Out], medicine: str = CIS) -> Position:
    return [p for p in positions(outs) if p.cis == medicine][-1]


def settle(of: LocalShell) -> None:
    of.advance(of.head().now + SETTLED)


def known_world(**more: Any) -> World:
    """A hub whose register has the lab and two pharmacies, with a year of sales of 100 packs a month: a floor of 200 packs."""
    world = World(**more)
    world.tell(register({LAB: ("manufacturer", "both", None), "p1": "community_pharmacy", "p2": "community_pharmacy"}))
    world.tell(product(), *(sold(month, 100) for month in months()))
    for name in ("p1", "p2"):
        world.report(sheet(name, [line(CIP, CIS, 10, 1.0)]))
    return world


def lab(world: World, packs: int) -> list[Out]:
    """The lab reports now, and what comes of it in the next minute."""
    world.report(company_report(packs, report_id=f"lab-{world.at.isoformat()}", at=world.at))
    return world.advance()


# -- sums


def test_a_position_adds_up_the_newest_sums_of_every_source() -> None:
    shell = supply()
    for one in (partial({PHARMACY: 5, HOSPITAL: 7}), partial({PHARMACY: 20}, source=1), partial({PHARMACY: 6}, version=2)):
        shell.feed(0, entry(one))
    assert shell.outs == []
    settle(shell)
    (found,) = positions(shell.outs)
    assert (found.cis, found.version, found.saleable, found.as_of) == (CIS, 1, 33, NOON + SETTLED)
    assert [(c.tier, c.circuit, c.region, c.saleable) for c in found.cells] == [
        (Tier.COMMUNITY_PHARMACY, Circuit.VILLE, "11", 26),
        (Tier.HOSPITAL_PHARMACY, Circuit.HOPITAL, None, 7),
    ]
    assert found.oldest == NOON
    assert [(out.topic, out.key) for out in shell.outs] == [("positions", CIS)]


def test_a_changed_medicine_waits_half_a_second_for_the_other_sources_or_until_it_is_quiet() -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5})))
    assert (shell.head().due, shell.head().pending) == (NOON + SETTLED, True)
    shell.feed(0, tick(NOON + SETTLED - timedelta(microseconds=1), 0, 8))
    assert shell.outs == []
    shell.idle()
    assert len(shell.outs) == 1
    assert not shell.head().pending


@pytest.mark.parametrize(("version", "counts"), [(4, False), (5, True), (6, True)])
def test_an_older_partial_of_a_source_is_dropped(version: int, counts: bool) -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5}, version=5)))
    shell.feed(0, entry(partial({PHARMACY: 9}, version=version)))
    settle(shell)
    assert last(shell.outs).saleable == (9 if counts else 5)


def test_a_new_generation_begins_from_nothing_and_the_old_one_is_dropped() -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5, OTHER: 3}, version=9)))
    settle(shell)
    shell.feed(0, entry(partial({PHARMACY: 8}, generation=2)))
    shell.feed(0, entry(partial({PHARMACY: 70}, version=99)))
    settle(shell)
    assert (last(shell.outs).saleable, last(shell.outs, cis(2)).saleable) == (8, 0)
    assert last(shell.outs, cis(2)).oldest is None
    shell.reopen()
    shell.feed(0, entry(partial({HOSPITAL: 1}, generation=2, version=2)))
    settle(shell)
    assert last(shell.outs).saleable == 9


def test_a_position_is_given_only_when_its_numbers_changed_and_its_version_rises() -> None:
    shell = supply()
    for n, packs in enumerate((5, 5, 6, 5)):
        shell.feed(0, entry(partial({PHARMACY: packs}, version=n)))
        settle(shell)
    assert [(p.version, p.saleable) for p in positions(shell.outs)] == [(1, 5), (2, 6), (3, 5)]


def test_many_medicines_are_looked_at_a_thousand_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_module, "MOST", 2)
    shell = supply()
    shell.feed(0, entry(partial({f"{cip(n)}|{cis(n)}|wholesaler|ville||": n for n in range(1, 6)})))
    counts = []
    for n in range(3):
        shell.feed(0, tick(NOON + SETTLED + n * timedelta(milliseconds=1), 0, 8))
        counts.append(len(positions(shell.outs)))
    assert counts == [2, 4, 5]
    assert not shell.head().pending


def test_what_the_stage_does_not_need_leads_to_nothing() -> None:
    shell = supply()
    shell.feed(0, entry(setting("calendar", {})))
    assert (shell.outs, shell.head().due) == ([], None)


def test_what_awaits_a_look_survives_a_restart() -> None:
    shell = supply()
    shell.feed(0, entry(partial({PHARMACY: 5, OTHER: 3})))
    shell.reopen()
    assert (shell.head().due, shell.head().pending) == (NOON + SETTLED, True)
    settle(shell)
    assert {p.cis: p.saleable for p in positions(shell.outs)} == {CIS: 5, cis(2): 3}


# -- what is known


@pytest.mark.parametrize(("fresh", "known"), [(5, False), (6, True), (10, True)])
def test_under_sixty_percent_of_the_register_fresh_nothing_is_known(fresh: int, known: bool) -> None:
    world = World()
    world.tell(register({f"p{n}": "community_pharmacy" for n in range(10)}))
    for n in range(fresh):
        world.report(sheet(f"p{n}", [line(CIP, CIS, 10, 2.0)]))
    found = last(world.advance())
    assert found.reporters_share == fresh / 10
    assert (found.daily_use, found.days) == ((fresh * 2.0, 5.0) if known else (None, None))
    assert found.saleable == 10 * fresh


def test_without_a_register_nothing_is_known() -> None:
    world = World()
    world.report(sheet("p1", [line(CIP, CIS, 10, 2.0)]))
    assert (last(world.advance()).days, last(world.supply.outs).reporters_share) == (None, 0.0)


def test_a_reporter_outside_the_register_does_not_make_it_fresh() -> None:
    world = World()
    world.tell(register({"p1": "community_pharmacy"}))
    world.report(sheet("stranger", [line(CIP, CIS, 10, 2.0)]))
    assert last(world.advance()).reporters_share == 0.0


def test_a_cell_knows_the_share_of_its_own_reporters() -> None:
    world = World()
    names = {f"p{n}": ("community_pharmacy", "ville", "11") for n in range(4)} | {
        "h1": ("hospital_pharmacy", "hopital", "84"),
        "h2": ("hospital_pharmacy", "hopital", "84"),
    }
    world.tell(register(names))
    for n in range(4):
        world.report(sheet(f"p{n}", [line(CIP, CIS, 10, 2.0)]))
    world.report(sheet("h1", [line(CIP, CIS, 30, 3.0)], tier=Tier.HOSPITAL_PHARMACY, circuit=Circuit.HOPITAL, region="84"))
    found = last(world.advance())
    assert [(c.region, c.reporters_share, c.daily_use, c.days) for c in found.cells] == [("11", 1.0, 8.0, 5.0), ("84", 0.5, None, None)]
    assert (found.daily_use, found.saleable) == (11.0, 70)


def test_reporters_that_fall_silent_make_positions_unknown_at_the_very_instant() -> None:
    world = World()
    world.tell(register({"p1": "community_pharmacy"}, interval_days=2))
    world.report(sheet("p1", [line(CIP, CIS, 10, 2.0)], at=NOON))
    assert last(world.advance()).days == 5.0
    gone = NOON + 4 * DAY + timedelta(microseconds=1)
    world.supply.advance(gone - timedelta(microseconds=2))
    assert last(world.supply.outs).days == 5.0
    world.supply.advance(gone + SETTLED)
    assert (last(world.supply.outs).days, last(world.supply.outs).as_of) == (None, gone + SETTLED)


def test_a_register_that_grows_makes_positions_unknown_and_a_policy_that_asks_less_known_again() -> None:
    world = World()
    world.tell(register({"p1": "community_pharmacy"}))
    world.report(sheet("p1", [line(CIP, CIS, 10, 2.0)]))
    assert last(world.advance()).days == 5.0
    world.tell(register({f"p{n}": "community_pharmacy" for n in range(3)}))
    assert last(world.advance()).days is None
    world.tell(setting("policy", {"fresh_share": 0.3}))
    assert last(world.advance()).days == 5.0
    world.tell(setting("policy", {"fresh_share": 0.3}))
    assert positions(world.advance()) == []


def test_an_empty_register_after_a_full_one_knows_nothing() -> None:
    world = known_world()
    world.advance()
    world.tell(register({}))
    assert last(world.advance()).days is None


def test_use_is_what_dispensing_tiers_dispense_else_what_companies_sell() -> None:
    world = World()
    world.tell(register({"w": "wholesaler", "p1": "community_pharmacy"}), product(), *(sold(month, 365) for month in months()))
    world.report(sheet("w", [line(CIP, CIS, 240, 50.0)], tier=Tier.WHOLESALER))
    world.report(sheet("p1", [line(CIP, CIS, 0)]))
    found = last(world.advance())
    assert (found.daily_use, found.days) == (12.0, 20.0)
    assert [c.daily_use for c in found.cells] == [None, None]
    world.report(sheet("p1", [line(CIP, CIS, 60, 30.0)], report_id="r2", at=NOON + timedelta(hours=1)))
    assert (last(world.advance()).daily_use, last(world.supply.outs).days) == (30.0, 10.0)


# -- floors


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


def test_where_too_little_of_the_register_is_fresh_there_is_neither_breach_nor_clear() -> None:
    world = known_world()
    lab(world, 150)
    world.tell(register({LAB: ("manufacturer", "both", None), **{f"q{n}": "community_pharmacy" for n in range(9)}}))
    assert signals(lab(world, 900)) == []
    world.tell(register({LAB: ("manufacturer", "both", None)}))
    assert [s.state for s in signals(world.advance())] == [SignalState.CLEARED]


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


def test_a_month_that_ends_moves_every_floor() -> None:
    world = known_world()
    world.tell(sold("2026-03", 1300))
    lab(world, 300)
    month = datetime(2026, 4, 1, tzinfo=UTC)
    world.report(company_report(300, report_id="late", at=month - timedelta(minutes=1)), month - timedelta(minutes=2))
    for name in ("p1", "p2"):
        world.report(
            sheet(name, [line(CIP, CIS, 10, 1.0)], report_id="late", at=month - timedelta(minutes=1)), month - timedelta(seconds=90)
        )
    outs = world.supply.advance(month - timedelta(seconds=1)) + world.advance(80)
    assert signals(outs) == []
    raised = signals(world.advance(60))
    assert [(s.at, s.numbers["floor_packs"]) for s in raised] == [(month + SETTLED, 400.0)]


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


# -- properties

STORY = st.lists(
    st.tuples(
        st.sampled_from(["lab-1", "lab-2", "d1", "p1", "p2", "h1", "w1"]),
        st.lists(st.tuples(st.integers(1, 6), st.integers(0, 300), st.integers(0, 64)), max_size=5, unique_by=lambda row: row[0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)
TIERS = {"l": Tier.MANUFACTURER, "d": Tier.DEPOSITARY, "p": Tier.COMMUNITY_PHARMACY, "h": Tier.HOSPITAL_PHARMACY, "w": Tier.WHOLESALER}


def medicine_of(code: int) -> int:
    return code % 3


def told_world(partitions: int, shards: int) -> World:
    world = World(partitions, shards)
    names = ("lab-1", "lab-2", "d1", "p1", "p2", "h1", "w1")
    world.tell(setting("policy", {"fresh_share": 0.1}))
    world.tell(register({name: (TIERS[name[0]], "both", None) for name in names}))
    for code in range(1, 7):
        world.tell(product(cip(code), cis(medicine_of(code)), company=f"lab-{1 + code % 2}"))
        world.tell(*(sold(m, 10 * code, code=cip(code), company=f"lab-{1 + code % 2}") for m in months()))
    return world


def story(rows: list[Any]) -> list[StockSheet]:
    reports = []
    for n, (who, lines, full) in enumerate(rows):
        columns = [line(cip(code), cis(medicine_of(code)), packs, daily / 64) for code, packs, daily in lines]
        kind = ReportKind.FULL if full else ReportKind.CHANGES
        at = NOON + n * timedelta(minutes=2)
        reports.append(sheet(who, columns, tier=TIERS[who[0]], circuit=Circuit.BOTH, region=None, kind=kind, report_id=f"n{n}", at=at))
    return reports


@settings(deadline=None, max_examples=15)
@given(STORY)
def test_positions_are_the_last_reports_added_up_in_plain_python(rows: list[Any]) -> None:
    world = told_world(3, 2)
    held: dict[str, dict[int, int]] = {}
    for (who, lines, full), report in zip(rows, story(rows), strict=True):
        world.report(report)
        before = held.get(who, {})
        held[who] = {**(dict.fromkeys(before, 0) if full else before), **{code: packs for code, packs, _ in lines}}
    world.advance(70)
    totals: dict[str, int] = {}
    for stock in held.values():
        for code, packs in stock.items():
            totals[cis(medicine_of(code))] = totals.get(cis(medicine_of(code)), 0) + packs
    newest = {p.cis: p.saleable for p in positions(world.supply.outs)}
    assert newest == totals
    assert {shard(p.cis, 2) for p in positions(world.supply.outs)} <= {0, 1}


def numbers(world: World) -> dict[str, Any]:
    return {p.cis: replace(p, version=0, as_of=NOON) for p in positions(world.supply.outs)}


@settings(deadline=None, max_examples=12)
@given(STORY, st.randoms(use_true_random=False))
def test_the_order_of_independent_reports_does_not_matter(rows: list[Any], random: Random) -> None:
    reports = story([row for n, row in enumerate(rows) if row[0] not in {r[0] for r in rows[:n]}])
    mixed = list(reports)
    random.shuffle(mixed)
    worlds = []
    for order in (reports, mixed):
        world = told_world(2, 2)
        for report in order:
            world.report(report)
        world.advance(70)
        worlds.append(world)
    assert numbers(worlds[0]) == numbers(worlds[1])


@settings(deadline=None, max_examples=15)
@given(STORY, st.sets(st.integers(0, 12)))
def test_a_restart_at_any_point_gives_the_same_bytes(rows: list[Any], restarts: set[int]) -> None:
    runs = []
    for killed in (set(), restarts):
        world = told_world(2, 2)
        for n, report in enumerate(story(rows)):
            world.report(report)
            world.advance(40)
            if n in killed:
                world.reopen()
        world.advance(3600)
        world.advance(3 * 86400)
        runs.append([(out.topic, out.partition, out.key, out.wire.value) for shell in (world.stock, world.supply) for out in shell.outs])
    assert runs[0] == runs[1]


@settings(deadline=None, max_examples=6)
@given(STORY)
def test_state_comes_back_from_its_bytes_as_it_was(rows: list[Any]) -> None:
    stage, world = SupplyStage("agency"), told_world(1, 1)
    for report in story(rows):
        world.report(report)
        world.advance(40)
        for key, value in world.supply.view().items(""):
            raw = stage.dump(key, value)
            assert stage.load(key, raw) == value
            assert stage.dump(key, stage.load(key, raw)) == raw
