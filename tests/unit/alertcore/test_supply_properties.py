"""Stock and supply together: any story, any order, any restart, against plain Python."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.stock import Circuit, ReportKind, StockSheet, Tier
from alertcore.sharding import shard
from alertcore.supply.stage import SupplyStage
from tests.unit.alertcore.stock_world import (
    NOON,
    World,
    cip,
    cis,
    line,
    months,
    positions,
    product,
    register,
    setting,
    sheet,
    sold,
)

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
