"""Stage stock: any reports, any order, any restart, against plain Python."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.stock import ReportKind, StockSheet, Tier
from alertcore.stock.stage import StockStage
from tests.unit.alertcore.stock_alone import SECOND, flushed, later, plain, shell
from tests.unit.alertcore.stock_world import NOON, Sums, cip, cis, entry, line, sheet

REPORTS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.lists(st.tuples(st.integers(1, 12), st.integers(0, 50), st.integers(0, 64)), max_size=6, unique_by=lambda row: row[0]),
        st.booleans(),
        st.sampled_from(["FR", "CH"]),
    ),
    min_size=1,
    max_size=14,
)


def made(rows: list[Any]) -> list[StockSheet]:
    """Reports of some reporters, each newer than the one before of the same reporter."""
    reports = []
    for n, (who, lines, full, country) in enumerate(rows):
        tier = list(Tier)[1 + who % 5]
        columns = [line(cip(code), cis(code % 5), packs, daily / 64, country) for code, packs, daily in lines]
        kind = ReportKind.FULL if full else ReportKind.CHANGES
        reports.append(sheet(f"p{who}", columns, tier=tier, kind=kind, **later(n)))
    return reports


def expected(reports: list[StockSheet], rows: list[Any]) -> dict[str, tuple[Any, ...]]:
    """The same sums in plain Python."""
    last: dict[int, dict[int, tuple[int, int, float]]] = {}
    for who, lines, full, country in rows:
        told = {code: (packs, packs if country == "FR" else 0, daily / 64) for code, packs, daily in lines}
        before = last.get(who, {})
        kept = dict.fromkeys(before, (0, 0, 0.0)) if full else before
        last[who] = {**kept, **told}
    sums: dict[str, tuple[Any, ...]] = {}
    for who, held in last.items():
        tier = list(Tier)[1 + who % 5]
        owner = f"p{who}" if tier in (Tier.MANUFACTURER, Tier.DEPOSITARY) else ""
        for code, values in held.items():
            key = f"{cip(code)}|{cis(code % 5)}|{tier}|ville|11|{owner}"
            before_ = sums.get(key, (0, 0, 0.0, 0))
            sums[key] = (*(a + b for a, b in zip(before_, values, strict=False)), before_[3] + 1)
    return sums


@settings(deadline=None, max_examples=60)
@given(REPORTS)
def test_sums_are_those_of_the_last_reports_added_up_in_plain_python(rows: list[Any]) -> None:
    reports = made(rows)
    assert plain(flushed(shell(2), *reports)) == expected(reports, rows)


@settings(deadline=None, max_examples=40)
@given(REPORTS, st.randoms(use_true_random=False))
def test_the_order_of_independent_reports_does_not_matter(rows: list[Any], random: Random) -> None:
    reports = made(rows)
    mixed = list(reports)
    random.shuffle(mixed)
    order = sorted(range(len(mixed)), key=lambda i: (mixed[i].reporter.id, mixed[i].observed_at))
    for reporter in {one.reporter.id for one in mixed}:
        places = [i for i, one in enumerate(mixed) if one.reporter.id == reporter]
        own = [mixed[i] for i in order if mixed[i].reporter.id == reporter]
        for place, one in zip(places, own, strict=True):
            mixed[place] = one
    assert newest_of(mixed) == newest_of(reports)


def newest_of(reports: list[StockSheet]) -> Sums:
    return flushed(shell(2), *reports)


@settings(deadline=None, max_examples=40)
@given(REPORTS)
def test_a_report_twice_changes_nothing(rows: list[Any]) -> None:
    reports = made(rows)
    assert newest_of([one for one in reports for _ in range(2)]) == newest_of(reports)


@settings(deadline=None, max_examples=40)
@given(REPORTS, st.sets(st.integers(0, 14)), st.sets(st.integers(0, 14)))
def test_a_restart_at_any_point_gives_the_same_bytes(rows: list[Any], restarts: set[int], flushes: set[int]) -> None:
    runs = []
    for killed in (set(), restarts):
        stock = shell(2)
        for n, one in enumerate(made(rows)):
            stock.feed(0, entry(one), one.reporter.id)
            if n in flushes:
                stock.advance(stock.head().now + 60 * SECOND)
            if n in killed:
                stock.reopen()
        stock.advance(NOON + timedelta(days=2))
        runs.append([(out.topic, out.partition, out.key, out.wire.value) for out in stock.outs])
    assert runs[0] == runs[1]


@settings(deadline=None, max_examples=30)
@given(REPORTS)
def test_state_comes_back_from_its_bytes_as_it_was(rows: list[Any]) -> None:
    stage, stock = StockStage(2), shell(2)
    for one in made(rows):
        stock.feed(0, entry(one), one.reporter.id)
        for key, value in stock.view().items(""):
            raw = stage.dump(key, value)
            assert stage.load(key, raw) == value
            assert stage.dump(key, stage.load(key, raw)) == raw
