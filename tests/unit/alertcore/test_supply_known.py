"""Stage supply: what positions may say, by how much of the register is fresh."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.records.stock import Circuit, Tier
from tests.unit.alertcore.stock_world import (
    CIP,
    CIS,
    NOON,
    World,
    known_world,
    lab,
    last,
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


def test_what_another_policy_alone_raises_says_so_and_what_stock_raises_later_does_not() -> None:
    world = known_world()
    lab(world, 300)
    world.tell(setting("policy", {"safety_stock": {"months": {CIS: 4.0}}}))
    raised = signals(world.advance())
    assert [(s.state, s.numbers.get("raised_by_policy_flag")) for s in raised] == [("raised", 1.0)]
    lab(world, 1000)
    fallen = signals(lab(world, 100))
    assert [(s.state, s.numbers.get("raised_by_policy_flag")) for s in fallen if s.state == "raised"] == [("raised", None)]


def test_what_ends_while_a_policy_is_looked_at_is_not_said_to_have_begun_by_it() -> None:
    world = known_world()
    lab(world, 300)
    lab(world, 100)
    world.tell(setting("policy", {"safety_stock": {"months": {CIS: 0.5}}}))
    (over,) = [s for s in signals(world.advance()) if s.rule == "safety_stock"]
    assert (over.state, over.numbers.get("raised_by_policy_flag"), over.numbers.get("cleared_by_policy_flag")) == ("cleared", None, 1.0)
