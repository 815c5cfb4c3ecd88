"""Deliveries announced in stock reports, through stages stock and supply: whose count, until when, and what a projection makes of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import alertcore.stock.partials as partials_module
from alertcore.records.alert import Signal, SignalState
from alertcore.records.stock import Circuit, ReportKind, StockSheet, Tier
from schemas.codec import encode
from streams.emitting import Out
from tests.unit.alertcore.stock_alone import flushed, shell
from tests.unit.alertcore.stock_world import (
    CIP,
    CIS,
    LAB,
    NOON,
    World,
    again,
    cip,
    cis,
    company_report,
    known_world,
    last,
    line,
    partials,
    product,
    register,
    sheet,
    signals,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CHANGES = ReportKind.CHANGES
COMPANY: dict[str, Any] = {"tier": Tier.MANUFACTURER, "circuit": Circuit.BOTH, "region": None}


def company(hour: int, *incoming: tuple[str, str, int], lines: list[Any] | None = None, **more: Any) -> StockSheet:
    """The lab's report some hours after noon."""
    rows = lines or [line(CIP, CIS, 10), line(cip(5), cis(5), 10)]
    return sheet(LAB, rows, report_id=f"h{hour}", at=NOON + hour * HOUR, incoming=incoming, **COMPANY | more)


def announced(outs: list[Out]) -> dict[str, list[tuple[str, int, int]]]:
    """Presentation to its deliveries (day, packs, held in the EEA), of the last partial that names it."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    for partial in partials(outs):
        found |= {key[:13]: [] for key in partial.keys}
        for one in partial.incoming:
            found[partial.keys[one.cell][:13]].append((one.when.isoformat(), one.packs, one.reserve))
    return found


def test_what_a_company_expects_goes_with_its_cell_and_what_it_expects_no_longer_goes_too() -> None:
    stock = shell()
    flushed(stock, company(0, (CIP, "2026-04-01", 500), (CIP, "2026-05-01", 70), (cip(5), "2026-04-02", 9)))
    assert announced(stock.outs) == {CIP: [("2026-04-01", 500, 500), ("2026-05-01", 70, 70)], cip(5): [("2026-04-02", 9, 9)]}
    before = len(partials(stock.outs))
    flushed(stock, company(1, (CIP, "2026-04-03", 500), (cip(5), "2026-04-02", 9)))
    assert [[key[:13] for key in p.keys] for p in partials(stock.outs)[before:]] == [[CIP]]
    assert announced(stock.outs)[CIP] == [("2026-04-03", 500, 500)]
    flushed(stock, company(2))
    assert announced(stock.outs) == {CIP: [], cip(5): []}
    assert list(stock.view().items("incoming/")) == []


def test_a_report_of_changes_leaves_what_it_does_not_name() -> None:
    stock = shell()
    flushed(stock, company(0, (CIP, "2026-04-01", 500), (cip(5), "2026-04-02", 9)))
    flushed(stock, company(1, (CIP, "2026-04-08", 500), lines=[line(CIP, CIS, 4)], kind=CHANGES))
    assert announced(stock.outs) == {CIP: [("2026-04-08", 500, 500)], cip(5): [("2026-04-02", 9, 9)]}
    flushed(stock, company(2, lines=[line(CIP, CIS, 4)], kind=CHANGES))
    assert announced(stock.outs) == {CIP: [], cip(5): [("2026-04-02", 9, 9)]}


@pytest.mark.parametrize(
    ("tier", "counts"),
    [
        (Tier.MANUFACTURER, True),
        (Tier.DEPOSITARY, True),
        (Tier.WHOLESALER, False),
        (Tier.COMMUNITY_PHARMACY, False),
        (Tier.HOSPITAL_PHARMACY, False),
    ],
)
def test_what_moves_stock_within_the_country_is_left_out(tier: Tier, counts: bool) -> None:
    stock = shell()
    flushed(stock, company(0, (CIP, "2026-04-01", 500), tier=tier))
    assert bool(announced(stock.outs)[CIP]) is counts


def test_a_company_that_becomes_a_wholesaler_or_moves_takes_back_what_it_announced() -> None:
    stock = shell()
    flushed(stock, company(0, (CIP, "2026-04-01", 500)))
    flushed(stock, company(1, (CIP, "2026-04-01", 500), circuit=Circuit.VILLE))
    rows = [(key.split("|")[3], bool(p.incoming)) for p in partials(stock.outs)[1:] for key in p.keys if key.startswith(CIP)]
    assert sorted(rows) == [("both", True), ("ville", True)]
    (partial,) = partials(stock.outs)[1:]
    assert [partial.keys[one.cell].split("|")[3] for one in partial.incoming] == ["ville"]
    flushed(stock, company(2, (CIP, "2026-04-01", 500), tier=Tier.WHOLESALER))
    assert [p.incoming for p in partials(stock.outs)[2:]] == [()]


def test_a_line_outside_the_eea_counts_for_the_country_alone_and_nought_packs_or_an_unknown_medicine_for_nothing() -> None:
    stock = shell()
    rows = [line(CIP, CIS, 10, country="CH"), line(cip(5), "0", 10), line(cip(6), cis(6), 0)]
    flushed(stock, company(0, (CIP, "2026-04-01", 500), (cip(5), "2026-04-01", 5), (cip(6), "2026-04-01", 0), lines=rows))
    assert announced(stock.outs) == {CIP: [("2026-04-01", 500, 0)], cip(6): []}


def test_many_deliveries_make_no_partial_too_large_for_the_journal() -> None:
    stock = shell()
    lines = [line(cip(n), cis(n), n) for n in range(1, 2_001)]
    rows = [(cip(n), f"2026-04-{day:02}", 123_456) for n in range(1, 2_001) for day in range(1, 21)]
    flushed(stock, company(0, *rows, lines=lines))
    assert len(partials(stock.outs)) > 1
    assert all(len(encode(p)) < partials_module.PART_BYTES + 50_000 for p in partials(stock.outs))
    assert sum(len(p.incoming) for p in partials(stock.outs)) == len(rows)


def test_a_restart_changes_nothing() -> None:
    def run(at_each: bool) -> list[Any]:
        stock = shell()
        for n in range(4):
            flushed(stock, company(n, (CIP, f"2026-04-0{n + 1}", 500), (cip(5), "2026-04-02", 9 + n // 2)))
            if at_each:
                stock.reopen()
        return [(p.keys, p.incoming) for p in partials(stock.outs)]

    assert run(at_each=True) == run(at_each=False)


# -- in stage supply


class Falling:
    """A lab whose stock of 3000 falls by 50 a day for three weeks; whoever else reports stays as they are."""

    def __init__(self, *incoming: tuple[str, str, int], tier: Tier = Tier.MANUFACTURER, restart: bool = False) -> None:
        self.world = known_world()
        self.n = 0
        for _ in range(20):
            self.day(*incoming)
            if restart:
                self.world.reopen()

    def day(self, *incoming: tuple[str, str, int], lab: bool = True, packs: int | None = None) -> list[Out]:
        """A day goes by; the lab's report names what it expects."""
        world, self.n = self.world, self.n + 1
        outs = world.advance(86400)
        for name in ("p1", "p2"):
            outs += world.report(sheet(name, [line(CIP, CIS, 10, 1.0)], report_id=f"{name}{world.at}", at=world.at))
        if lab:
            left = 3000 - 50 * self.n if packs is None else packs
            outs += world.report(again(company_report(left, report_id=f"{world.at}", at=world.at), incoming=_incoming(incoming)))
        return outs + world.advance()

    def found(self) -> list[Signal]:
        return [s for s in signals(self.world.supply.outs) if s.rule == "projection"]


def _incoming(rows: tuple[tuple[str, str, int], ...]) -> Any:
    return sheet("x", [], incoming=rows).incoming


def states(found: list[Signal]) -> list[str]:
    return [str(s.state) for s in found if s.state is not SignalState.CHANGED]


def test_without_deliveries_it_is_told_and_with_enough_in_time_it_is_not() -> None:
    assert states(Falling().found()) == ["raised"]
    assert states(Falling((CIP, "2026-04-15", 9_000)).found()) == []
    late = Falling((CIP, "2026-05-25", 9_000)).found()
    assert states(late) == ["raised"]
    assert "Livraison suivante annoncée : 9\u00a0000\u00a0boîtes le 25/05/2026." in late[-1].sentence.fr


def test_the_dates_of_the_position_reckon_with_it() -> None:
    plain, more = (last(Falling(*rows).world.supply.outs).projected_zero_on for rows in ((), ((CIP, "2026-04-15", 500),)))
    assert plain is not None
    assert more is not None
    assert more - plain == 10 * DAY


def test_a_delivery_announced_ends_it_without_an_all_clear_and_one_that_does_not_come_brings_it_back() -> None:
    lab = Falling()
    lab.day((CIP, "2026-04-04", 9_000))
    assert states(lab.found()) == ["raised", "cleared"]
    assert lab.found()[-1].numbers["deliveries_flag"] == 1.0
    while lab.world.at.date() < date(2026, 4, 4):
        lab.day((CIP, "2026-04-04", 9_000))
    assert states(lab.found()) == ["raised", "cleared"]
    lab.day((CIP, "2026-04-04", 9_000))
    assert states(lab.found()) == ["raised", "cleared", "raised"]


def test_what_a_reporter_that_fell_silent_announced_counts_no_longer() -> None:
    lab = Falling((CIP, "2026-04-15", 9_000))
    for _ in range(2):
        lab.day(lab=False)
    assert states(lab.found()) == []
    lab.day(lab=False)
    assert states(lab.found()) == ["raised"]


def test_a_restart_after_every_day_changes_nothing_of_it() -> None:
    plain, restarted = (Falling((CIP, "2026-05-05", 900), restart=restart).found() for restart in (False, True))
    assert plain == restarted
    assert plain


def test_packs_of_another_size_count_by_their_size() -> None:
    world = World()
    world.tell(register({LAB: ("manufacturer", "both", None)}, interval_days=60))
    world.tell(product(units_per_pack=10.0), product(cip(7), units_per_pack=30.0))
    lines = [line(CIP, CIS, 10), line(cip(7), CIS, 10)]
    days = [0, *range(1, 18)]
    for n in days:
        rows = [line(CIP, CIS, 1000 - 50 * n), lines[1]]
        incoming = [(CIP, "2026-04-05", 10), (cip(7), "2026-04-05", 10)]
        at = NOON + n * DAY
        world.supply.advance(at)
        world.at = at
        world.report(sheet(LAB, rows, report_id=f"n{n}", at=at, incoming=incoming, **COMPANY))
        world.advance()
    found = [s for s in signals(world.supply.outs) if s.rule == "projection"]
    assert found[-1].numbers["coming_packs"] == 40.0


def test_another_generation_of_the_stock_log_begins_without_any() -> None:
    world = known_world()
    world.report(company_report(100, report_id="one", at=NOON))
    world.report(again(company_report(100, report_id="two", at=NOON + HOUR), incoming=_incoming(((CIP, "2026-04-15", 9_000),))))
    world.advance()
    assert [key for key, _ in world.supply.view().items("coming/")] == [f"coming/{CIS}"]
    newer = World(generation=2)
    newer.report(company_report(100, report_id="three", at=NOON + 2 * HOUR))
    newer.at = world.at
    for out in newer.advance():
        if out.topic == "supply.log" and out.entry is not None:
            world.supply.feed(0, out.entry)
    assert list(world.supply.view().items("coming/")) == []
