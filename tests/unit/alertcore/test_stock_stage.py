"""Stage stock: what of reports becomes sums, when they leave, and that a restart changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alertcore.stock.partials as partials_module
import alertcore.stock.stage as stage_module
from alertcore.heard import reporter_hash, unpacked
from alertcore.records.hub import Tick
from alertcore.records.shared import Nature
from alertcore.records.stock import Circuit, ReportKind, StockSheet, Tier
from alertcore.sharding import shard
from alertcore.stock.stage import StockStage
from schemas.codec import encode
from streams.local import LocalShell, tick
from tests.unit.alertcore.stock_world import (
    CIP,
    CIS,
    NOON,
    Sums,
    cip,
    cis,
    entry,
    line,
    newest,
    partials,
    product,
    setting,
    sheet,
)

CELL = f"{CIP}|{CIS}|community_pharmacy|ville|11|"
SECOND = timedelta(seconds=1)
CHANGES = ReportKind.CHANGES


def shell(shards: int = 1) -> LocalShell:
    return LocalShell(StockStage(shards), durable=True)


def flushed(stock: LocalShell, *reports: StockSheet) -> Sums:
    """Sums after these reports and an idle spell."""
    for one in reports:
        stock.feed(0, entry(one), one.reporter.id)
    stock.idle()
    return newest(stock.outs)


def plain(sums: Sums) -> dict[str, tuple[Any, ...]]:
    return {key: value[:4] for key, value in sums.items()}


def later(n: int) -> dict[str, Any]:
    """Fields of a report that is n hours newer."""
    return {"at": NOON + n * timedelta(hours=1), "report_id": f"later-{n}"}


def test_a_report_leaves_as_sums_of_its_cells_once_it_is_flushed() -> None:
    stock = shell()
    stock.feed(0, entry(sheet("p1", [line(CIP, CIS, 30, 2.5)])))
    assert stock.outs == []
    assert stock.head().pending
    stock.idle()
    (out,) = stock.outs
    assert (out.topic, out.key, out.kind, out.partition) == ("supply.log", "shard-0", "partial", 0)
    assert newest(stock.outs) == {CELL: (30, 30, 2.5, 1, int(NOON.timestamp()) * 10**6)}
    assert not stock.head().pending


@pytest.mark.parametrize(("after", "leaves"), [(timedelta(seconds=59.999999), False), (timedelta(seconds=60), True)])
def test_sums_leave_when_the_first_change_is_as_old_as_the_policy_says(after: timedelta, leaves: bool) -> None:
    stock = shell()
    stock.feed(0, entry(sheet("p1", [line(CIP, CIS, 30)])))
    stock.feed(0, entry(sheet("p2", [line(CIP, CIS, 5)]), NOON + 30 * SECOND))
    assert stock.head().due == NOON + 60 * SECOND
    stock.feed(0, tick(NOON + after, 0, 9))
    assert bool(stock.outs) is leaves


def test_a_report_that_comes_when_a_flush_is_due_leaves_with_it() -> None:
    stock = shell()
    stock.feed(0, entry(sheet("p1", [line(CIP, CIS, 30)])))
    stock.feed(0, entry(sheet("p2", [line(CIP, CIS, 5)]), NOON + 60 * SECOND))
    assert newest(stock.outs)[CELL][0] == 35


def test_another_policy_holds_from_the_next_decision_and_the_same_again_changes_nothing() -> None:
    stock = shell()
    stock.feed(0, entry(sheet("p1", [line(CIP, CIS, 30)])))
    stock.feed(0, entry(setting("policy", {"stock": {"flush_s": 5}})))
    assert stock.head().due == NOON + 5 * SECOND
    before = len(stock.view().memo)
    stock.feed(0, entry(setting("policy", {"stock": {"flush_s": 5}})))
    assert stock.head().due == NOON + 5 * SECOND
    assert len(stock.view().memo) >= before
    stock.feed(0, entry(setting("policy", {"stock": {"flush_s": 0}})))
    assert newest(stock.outs)[CELL][0] == 30


def test_what_the_stage_does_not_need_leads_to_nothing() -> None:
    stock = shell()
    stock.feed(0, entry(product()))
    stock.feed(0, entry(setting("senders", {"senders": []})))
    assert stock.outs == []
    assert stock.head().due is None


@pytest.mark.parametrize(("micros", "counts"), [(-1, False), (0, False), (1, True)])
def test_only_a_newer_observation_takes_the_place_of_the_last(micros: int, counts: bool) -> None:
    newer = sheet("p1", [line(CIP, CIS, 99)], report_id="r2", at=NOON + timedelta(microseconds=micros))
    assert flushed(shell(), sheet("p1", [line(CIP, CIS, 30)]), newer)[CELL][0] == (99 if counts else 30)


def test_the_same_report_again_is_dropped_whatever_it_says() -> None:
    repeat = sheet("p1", [line(CIP, CIS, 99)], at=NOON + SECOND)
    assert flushed(shell(), sheet("p1", [line(CIP, CIS, 30)]), repeat)[CELL][0] == 30


@pytest.mark.parametrize("nature", [Nature.EXERCISE, Nature.TEST])
def test_an_exercise_or_a_test_never_enters_the_sums(nature: Nature) -> None:
    assert flushed(shell(), sheet("p1", [line(CIP, CIS, 30)], nature=nature)) == {}


def test_in_a_full_report_an_absent_product_of_the_assortment_is_zero_and_stays_in_it() -> None:
    first = sheet("p1", [line(cip(1), CIS, 7), line(cip(2), CIS, 8)])
    second = sheet("p1", [line(cip(2), CIS, 9), line(cip(3), CIS, 1)], **later(1))
    third = sheet("p1", [line(cip(2), CIS, 9)], **later(2))
    sums = plain(flushed(shell(), first, second, third))
    assert {key[:13]: value[0] for key, value in sums.items()} == {cip(1): 0, cip(2): 9, cip(3): 0}
    assert {value[3] for value in sums.values()} == {1}


def test_a_product_never_carried_has_no_cell() -> None:
    assert list(flushed(shell(), sheet("p1", [line(cip(1), CIS, 7)]))) == [f"{cip(1)}|{CIS}|community_pharmacy|ville|11|"]


def test_in_a_report_of_changes_what_is_absent_is_unchanged() -> None:
    first = sheet("p1", [line(cip(n), CIS, n, n / 2) for n in range(1, 6)])
    second = sheet("p1", [line(cip(3), CIS, 30), line(cip(9), CIS, 90)], kind=CHANGES, **later(1))
    sums = flushed(shell(), first, second)
    assert [sums[f"{cip(n)}|{CIS}|community_pharmacy|ville|11|"][0] for n in (1, 2, 3, 4, 5, 9)] == [1, 2, 30, 4, 5, 90]
    assert sums[f"{cip(5)}|{CIS}|community_pharmacy|ville|11|"][2] == 2.5


def test_changes_before_any_full_report_count_for_what_they_name() -> None:
    assert flushed(shell(), sheet("p1", [line(CIP, CIS, 4)], kind=CHANGES))[CELL][0] == 4


def test_changes_of_the_same_products_tell_only_the_cells_that_moved() -> None:
    stock = shell()
    flushed(stock, sheet("p1", [line(cip(n), CIS, n) for n in range(1, 6)]))
    stock.outs.clear()
    flushed(stock, sheet("p1", [line(cip(3), CIS, 30)], kind=CHANGES, **later(1)))
    assert [key[:13] for key in newest(stock.outs)] == [cip(3)]


def test_a_line_whose_medicine_is_not_known_counts_from_the_next_report_after_it_is() -> None:
    stock = shell()
    assert flushed(stock, sheet("p1", [line(CIP, "0", 4), line(cip(2), CIS, 1)])).keys() == {f"{cip(2)}|{CIS}|community_pharmacy|ville|11|"}
    assert flushed(stock, sheet("p1", [line(CIP, CIS, 5), line(cip(2), CIS, 1)], **later(1)))[CELL][0] == 5


def test_lines_may_come_in_any_order_and_of_a_product_named_twice_the_later_counts() -> None:
    lines = [line(cip(5), CIS, 5), line(cip(2), CIS, 2), line(cip(5), CIS, 6), line(cip(1), CIS, 1)]
    sums = flushed(shell(), sheet("p1", lines))
    assert {key[:13]: value[0] for key, value in sums.items()} == {cip(1): 1, cip(2): 2, cip(5): 6}


@pytest.mark.parametrize(
    ("country", "reserve"),
    [
        *((inside, 10) for inside in ("FR", "DE", "IS", "LI", "NO", "GR", "EL", "RE", "  ")),
        *((out, 0) for out in ("CH", "GB", "UK", "US", "NC")),
    ],
)
def test_the_reserve_is_what_is_held_in_the_eea(country: str, reserve: int) -> None:
    saleable, held = flushed(shell(), sheet("p1", [line(CIP, CIS, 10, country=country)]))[CELL][:2]
    assert (saleable, held) == (10, reserve)


def test_manufacturers_and_depositaries_are_kept_apart_others_are_summed() -> None:
    reports = [sheet(f"{tier}-{n}", [line(CIP, CIS, n)], tier=tier, region=None) for tier in list(Tier)[1:] for n in (1, 2)]
    owned = {key.split("|", 2)[2]: value[0] for key, value in flushed(shell(), *reports).items()}
    assert owned == {
        "manufacturer|ville||manufacturer-1": 1,
        "manufacturer|ville||manufacturer-2": 2,
        "depositary|ville||depositary-1": 1,
        "depositary|ville||depositary-2": 2,
        "wholesaler|ville||": 3,
        "community_pharmacy|ville||": 3,
        "hospital_pharmacy|ville||": 3,
    }


def test_a_reporter_that_moves_takes_its_stock_along() -> None:
    moved = sheet("p1", [line(CIP, CIS, 4)], region="84", circuit=Circuit.BOTH, **later(1))
    sums = plain(flushed(shell(), sheet("p1", [line(CIP, CIS, 3)]), moved))
    assert sums == {CELL: (0, 0, 0.0, 0), f"{CIP}|{CIS}|community_pharmacy|both|84|": (4, 4, 0.0, 1)}


@pytest.mark.parametrize("restart", [False, True])
def test_a_product_that_goes_to_another_medicine_and_back_keeps_one_cell_for_each(restart: bool) -> None:
    stock = shell()
    for n, medicine in enumerate((CIS, cis(7), CIS, cis(7), cis(8))):
        flushed(stock, sheet("p1", [line(CIP, medicine, n + 1), line(cip(9), CIS, 1)], **later(n)))
        if restart:
            stock.reopen()
    flushed(stock, sheet("p2", [line(CIP, cis(7), 5), line(cip(2), CIS, 1)]))
    sums = {key: value[0] for key, value in newest(stock.outs).items() if key.startswith(CIP)}
    place = "community_pharmacy|ville|11|"
    assert sums == {CELL: 0, f"{CIP}|{cis(7)}|{place}": 5, f"{CIP}|{cis(8)}|{place}": 5}
    assert all(len(set(p.keys)) == len(p.keys) for p in partials(stock.outs))


def test_every_shard_gets_its_medicines_and_hears_of_every_reporter() -> None:
    stock = shell(3)
    flushed(stock, sheet("p1", [line(cip(n), cis(n), n) for n in range(1, 30)]))
    for out in stock.outs:
        assert {shard(key.split("|")[1], 3) for key in out.value.keys} <= {out.partition}
        assert unpacked(out.value.heard, out.value.heard_at) == [(reporter_hash("p1"), int(NOON.timestamp()) * 10**6)]
    assert [out.partition for out in stock.outs] == [0, 1, 2]
    assert len(newest(stock.outs)) == 29


def test_a_reporter_whose_numbers_did_not_change_is_heard_all_the_same() -> None:
    stock = shell()
    flushed(stock, sheet("p1", [line(CIP, CIS, 3)]))
    stock.outs.clear()
    flushed(stock, sheet("p1", [line(CIP, CIS, 3)], **later(1)))
    (partial,) = partials(stock.outs)
    assert partial.keys == ()
    assert unpacked(partial.heard, partial.heard_at) == [(reporter_hash("p1"), int(later(1)["at"].timestamp()) * 10**6)]


def test_oldest_is_the_oldest_observation_of_those_that_carry_a_cell() -> None:
    stock = shell()
    old = sheet("p1", [line(CIP, CIS, 3), line(cip(1), CIS, 3)], at=NOON - timedelta(days=3))
    sums = flushed(stock, old, sheet("p2", [line(CIP, CIS, 3), line(cip(2), CIS, 3)]))
    assert {key[:13]: datetime.fromtimestamp(value[4] / 1e6, NOON.tzinfo) for key, value in sums.items()} == {
        CIP: NOON - timedelta(days=3),
        cip(1): NOON - timedelta(days=3),
        cip(2): NOON,
    }


def test_no_partial_is_too_large_for_the_journal_and_the_parts_complete_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partials_module, "_HEARD_MOST", 3)
    stock = shell()
    lines = [line(cip(n), cis(n), n) for n in range(1, 9001)]
    flushed(stock, sheet("p1", lines), *(sheet(f"p{n}", lines[:1]) for n in range(2, 9)))
    assert len(stock.outs) > 2
    assert all(len(encode(p)) < 500_000 for p in partials(stock.outs))
    assert len({p.version for p in partials(stock.outs)}) == 1
    assert {key[:13]: value[0] for key, value in newest(stock.outs).items()} == {cip(n): n * (8 if n == 1 else 1) for n in range(1, 9001)}
    heard = [hash_ for p in partials(stock.outs) for hash_, _ in unpacked(p.heard, p.heard_at)]
    assert sorted(heard) == sorted(reporter_hash(f"p{n}") for n in range(1, 9))


def test_once_a_night_everything_leaves_a_slice_a_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage_module, "NIGHT_SLICE", 2)
    stock = shell()
    flushed(stock, sheet("p1", [line(cip(n), cis(n), n) for n in range(1, 6)]))
    stock.outs.clear()
    night = datetime(2026, 3, 11, 1, tzinfo=NOON.tzinfo)
    assert stock.head().due == night
    stock.feed(0, tick(night - timedelta(microseconds=1), 0, 9))
    assert stock.outs == []
    counts = []
    for n in range(3):
        stock.feed(0, tick(night + n * SECOND, 0, 10 + n))
        counts.append(len(newest(stock.outs)))
    assert counts == [2, 4, 5]
    assert [bool(p.heard) for p in partials(stock.outs)] == [True, False, False]
    assert stock.head().due == night + timedelta(days=1)


def test_a_nightly_full_with_nothing_in_it_says_nothing() -> None:
    stock = shell()
    stock.feed(0, entry(sheet("p1", [])))
    stock.idle()
    stock.outs.clear()
    stock.advance(NOON + timedelta(days=1))
    assert [p.keys for p in partials(stock.outs)] == [()]


def test_packs_a_day_are_never_negative_and_never_overflow() -> None:
    sums = flushed(shell(), sheet("p1", [line(cip(1), CIS, 1, -5.0), line(cip(2), CIS, 1, 1e30)]))
    daily = {key[:13]: value[2] for key, value in sums.items()}
    assert daily[cip(1)] == 0
    assert 131_000 < daily[cip(2)] < 131_072


def test_a_torn_sheet_is_set_aside_and_its_neighbours_count() -> None:
    stock = shell()
    torn = sheet("p1", [line(CIP, CIS, 3)])
    stock.feed(0, entry(type(torn)(**{**{f: getattr(torn, f) for f in torn.__slots__}, "saleable": b"\0"})))
    stock.feed(0, entry(sheet("p2", [line(CIP, CIS, 4)])))
    stock.idle()
    assert newest(stock.outs)[CELL][0] == 4
    assert "dead-letters" in [out.topic for out in stock.outs]


def test_an_idle_tick_with_nothing_held_back_says_nothing() -> None:
    stock = shell()
    stock.feed(0, tick(NOON, 0, 0, idle=True))
    assert stock.outs == []
    assert isinstance(Tick(at=NOON), Tick)


# -- properties

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
