"""Stage stock: what of reports becomes sums, when they leave, and that a restart changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.records.hub import Tick
from alertcore.records.shared import Nature
from alertcore.records.stock import Circuit, Tier
from alertcore.stock.stage import StockStage
from streams.local import LocalShell, tick
from tests.unit.alertcore.stock_alone import CELL, CHANGES, SECOND, flushed, later, plain, shell
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, cip, cis, entry, line, newest, partials, product, setting, sheet


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


@pytest.mark.parametrize("first", [timedelta(0), timedelta(seconds=29)])
@pytest.mark.parametrize(("after", "leaves"), [(timedelta(seconds=59.999999), False), (timedelta(seconds=60), True)])
def test_sums_leave_at_the_next_multiple_of_the_policys_seconds_whenever_they_changed(
    after: timedelta, leaves: bool, first: timedelta
) -> None:
    stock = shell()
    stock.feed(0, entry(sheet("p1", [line(CIP, CIS, 30)]), NOON + first))
    stock.feed(0, entry(sheet("p2", [line(CIP, CIS, 5)]), NOON + 30 * SECOND))
    assert stock.head().due == NOON + 60 * SECOND
    stock.feed(0, tick(NOON + after, 0, 9))
    assert bool(stock.outs) is leaves


def test_all_partitions_flush_at_the_same_instants() -> None:
    stock = LocalShell(StockStage(1), 2, durable=True)
    for partition, seconds in ((0, 3), (1, 58)):
        stock.feed(partition, entry(sheet(f"p{partition}", [line(CIP, CIS, 30)]), NOON + seconds * SECOND))
    assert [stock.head(partition).due for partition in (0, 1)] == [NOON + 60 * SECOND] * 2
    stock.feed(1, entry(sheet("p1", [line(CIP, CIS, 30)], **later(1)), NOON + 60 * SECOND))
    stock.feed(1, entry(sheet("p1", [line(CIP, CIS, 31)], **later(2)), NOON + 60 * SECOND))
    assert stock.head(1).due == NOON + 120 * SECOND


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
