"""Daily use over 28 days: reporters that count over fewer are summed up, and it is said of whom less is known."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.heard import reporter_hash
from alertcore.packed import ints
from alertcore.packed_use import DAYS, Told, Use, after
from alertcore.records.stock import ReportKind, StockSheet
from streams.local import LocalShell
from tests.unit.alertcore.stock_alone import flushed, shell
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, cip, line, newest, partials, sheet

DAY = timedelta(days=1)


def report(
    day: float, dispensed: dict[str, float], period: int | dict[str, int], kind: ReportKind = ReportKind.FULL, name: str = "p1"
) -> StockSheet:
    """Packs dispensed over some days up to a day, by presentation; the stock is of no matter."""
    days = period if isinstance(period, dict) else dict.fromkeys(dispensed, period)
    lines = [line(code, CIS, 100, packs / days[code]) for code, packs in dispensed.items()]
    short = any(d < DAYS for d in days.values())
    at = NOON + day * DAY
    return sheet(name, lines, report_id=f"{name}-{at}-{kind}", at=at, kind=kind, periods=list(days.values()) if short else ())


def used(stock: LocalShell, code: str = CIP) -> float:
    """Packs a day of a presentation by the partials so far."""
    return next(of[2] for key, of in newest(stock.outs).items() if key.startswith(code))


def after_all(*reports: StockSheet) -> LocalShell:
    stock = shell()
    for one in reports:
        flushed(stock, one)
    return stock


@pytest.mark.parametrize(("every", "period"), [(1, 1), (2, 2), (7, 7), (4, 4), (14, 14)])
@pytest.mark.parametrize("days", [28, 56, 84])
def test_who_tells_every_few_days_is_summed_over_the_last_28(every: int, period: int, days: int) -> None:
    """Ten packs a day at first, and 24 in the last 28 days: the mean is theirs alone."""
    ends = range(every, days + 1, every)
    stock = after_all(*(report(end, {CIP: period * (24 if end > days - 28 else 10)}, period) for end in ends))
    assert used(stock) == pytest.approx(24.0, rel=1e-3)


@pytest.mark.parametrize(("day", "expected"), [(1, 10.0), (2, 15.0), (3, 20.0), (4, 17.5)])
def test_until_28_days_are_known_the_mean_is_of_those_that_are(day: int, expected: float) -> None:
    packs = [10, 20, 30, 10]
    stock = after_all(*(report(n + 1, {CIP: packs[n]}, 1) for n in range(day)))
    assert used(stock) == pytest.approx(expected)


@pytest.mark.parametrize("packs", [9, 333, 4_567, 9_999])
def test_a_single_report_stands_to_the_digit_for_what_its_reporter_told(packs: int) -> None:
    assert used(after_all(report(0, {CIP: packs}, 7))) == pytest.approx(packs / 7, abs=1e-4)


def test_own_figures_over_28_days_and_more_stand_as_they_are() -> None:
    stock = after_all(report(0, {CIP: 280}, 28), report(1, {CIP: 2800}, 28))
    assert used(stock) == 100.0
    assert [key for key, _ in stock.view().items("use/")] == []


def test_days_told_after_own_figures_over_28_days_take_the_place_of_the_oldest() -> None:
    stock = after_all(report(0, {CIP: 280}, 28), *(report(n, {CIP: 38}, 1) for n in range(1, 8)))
    assert used(stock) == pytest.approx((21 * 10 + 7 * 38) / 28, rel=1e-3)
    flushed(stock, report(8, {CIP: 56}, 28))
    assert used(stock) == 2.0
    assert [key for key, _ in stock.view().items("use/")] == []


def test_days_that_an_earlier_report_told_are_not_counted_twice() -> None:
    stock = after_all(report(7, {CIP: 70}, 7), report(8, {CIP: 700}, 7))
    assert used(stock) == pytest.approx((70 + 100) / 8, rel=1e-3)


def test_days_that_nobody_told_are_left_out_of_the_mean() -> None:
    stock = after_all(report(1, {CIP: 10}, 1), report(5, {CIP: 30}, 1))
    assert used(stock) == pytest.approx(20.0)


@pytest.mark.parametrize("gap", [36, 60])
def test_after_a_long_silence_only_what_is_told_anew_counts(gap: int) -> None:
    stock = after_all(report(1, {CIP: 10}, 1), report(gap, {CIP: 30}, 1))
    assert used(stock) == pytest.approx(30.0)


def test_a_presentation_that_a_report_does_not_name_sold_nothing_meanwhile() -> None:
    both = {CIP: 10.0, cip(5): 40.0}
    full = after_all(report(1, both, 1), report(2, {CIP: 20.0}, 1))
    changes = after_all(report(1, both, 1), report(2, {CIP: 20.0}, 1, ReportKind.CHANGES))
    for stock in (full, changes):
        assert [used(stock), used(stock, cip(5))] == pytest.approx([15.0, 20.0])


def test_a_presentation_that_comes_new_sold_nothing_before() -> None:
    stock = after_all(report(1, {CIP: 10.0}, 1), report(2, {cip(1): 4.0, CIP: 20.0, cip(5): 40.0}, 1))
    assert [used(stock, code) for code in (cip(1), CIP, cip(5))] == [pytest.approx(n) for n in (2.0, 15.0, 20.0)]


def test_a_line_over_28_days_keeps_its_own_figure_beside_one_over_fewer() -> None:
    stock = after_all(
        report(1, {CIP: 10.0, cip(5): 280.0}, {CIP: 1, cip(5): 28}), report(2, {CIP: 30.0, cip(5): 560.0}, {CIP: 1, cip(5): 28})
    )
    assert [used(stock), used(stock, cip(5))] == pytest.approx([20.0, 20.0])


def test_a_report_that_tells_nothing_of_use_leaves_what_is_known() -> None:
    silent = sheet("p1", [line(CIP, CIS, 90)], report_id="stock", at=NOON + 2 * DAY)
    assert used(after_all(report(1, {CIP: 10.0}, 1), silent)) == pytest.approx(10.0)


def test_own_figures_that_told_of_nothing_dispensed_are_no_28_days_of_it() -> None:
    silent = sheet("p1", [line(CIP, CIS, 90)], report_id="stock", at=NOON)
    assert used(after_all(silent, report(1, {CIP: 10.0}, 1))) == pytest.approx(10.0)


def test_what_one_line_sells_in_a_week_has_a_most() -> None:
    stock = after_all(*(report(n, {CIP: 20_000.0}, 1) for n in range(1, 29)))
    assert used(stock) == pytest.approx(65_504 / 7, rel=1e-3)


@pytest.mark.parametrize(("days", "brief"), [(1, True), (27, True), (28, False), (40, False)])
def test_it_is_said_of_whom_fewer_than_28_days_are_known(days: int, brief: bool) -> None:
    stock = after_all(*(report(n, {CIP: 10.0}, 1) for n in range(1, days + 1)))
    assert [p.brief for p in partials(stock.outs)][-1] == (b"\1" if brief else b"")


def test_it_is_said_beside_those_of_whom_28_are() -> None:
    stock = shell()
    flushed(stock, report(0, {CIP: 10.0}, 28, name="a"), report(0, {CIP: 10.0}, 1, name="b"))
    (partial,) = partials(stock.outs)
    assert partial.heard[:8] == reporter_hash("a").to_bytes(8, "little", signed=True)
    assert partial.brief == b"\0\1"


def test_a_month_with_holes_is_a_month_and_one_of_holes_is_none() -> None:
    weekdays = after_all(*(report(n, {CIP: 10.0}, 1) for n in range(1, 40) if n % 7))
    assert partials(weekdays.outs)[-1].brief == b""
    assert used(weekdays) == pytest.approx(10.0)
    holes = after_all(*(report(n, {CIP: 10.0}, 1) for n in (1, 2, 38, 39)))
    assert partials(holes.outs)[-1].brief == b"\1"


def test_a_restart_changes_nothing() -> None:
    def run(at_each: bool) -> list[object]:
        stock = shell()
        for n in range(1, 40):
            flushed(stock, report(n, {CIP: float(n), cip(n % 5): 3.0} | ({cip(30 + n): 1.0} if n % 3 == 0 else {}), 1))
            if at_each:
                stock.reopen()
        return [(p.keys, p.daily, p.brief) for p in partials(stock.outs)]

    assert run(at_each=True) == run(at_each=False)


MICROS = 86_400_000_000


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 50)), min_size=1, max_size=60))
def test_whole_weeks_are_the_same_as_a_sheet_of_days(rows: list[tuple[int, int]]) -> None:
    """Each report tells all days since the last: the window is between the sums of the last 27 and of the last 35 days."""
    use: Use | None = None
    sold: list[float] = []
    now = 0
    for days, packs in rows:
        now += days
        sold += [packs / days] * days
        told = Told(ints([round(packs / days * (1 << 14))]), ints([0]).astype(bool), days)
        use = after(use, told, ints([7]), now * MICROS)
    assert use is not None
    known = min(len(sold), DAYS)
    assert use.known_days == pytest.approx(known)
    mean = use.a_day()[0] / (1 << 14)
    later, earlier = sold[-DAYS:], sold[-35:]
    oldest_week = sum(earlier) - sum(later)
    assert sum(later) / known - max(sold) * 7 / DAYS - 0.1 <= mean <= (sum(later) + oldest_week) / known + 0.1
    if now % 7 == 0 and now >= DAYS:
        assert mean == pytest.approx(sum(later) / DAYS, rel=2e-3, abs=1e-3)


def test_what_was_dumped_is_the_same() -> None:
    use = after(None, Told(ints([1 << 14, 5 << 14]), ints([0, 0]).astype(bool), 3), ints([4, 9]), 10 * MICROS)
    assert Use.load(use.dump()) == use
    assert (use.week, use.since, datetime.fromtimestamp(use.observed / 1e6).year) == (0, 7 * MICROS, 1970)
