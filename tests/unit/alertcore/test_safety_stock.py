"""Rule safety_stock: every kind of floor, both sides of every number, and what an officer reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import CellUnit, Severity, Signal, SignalState
from alertcore.records.shared import Nature, SubjectKind
from alertcore.rules.safety_stock import FloorState, Look, calm, look, severity
from alertcore.rules.safety_stock_breach import Breach, judge
from alertcore.rules.safety_stock_floor import Floor, Month, Required, Standing, floor_of, required, window, worst
from alertcore.thresholds import SafetyStockPolicy

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = SafetyStockPolicy()


def standing(stock: float | None, packs: float = 1000.0, company: str = "lab-1", **more: int) -> Standing:
    """Stock against a floor of two months of sales."""
    mean = packs / 2 if packs else None
    return Standing(
        floor=Floor(company=company, months=2.0, mean_month=mean, kept=more.get("kept", 12), exceptional=more.get("exceptional", 0)),
        stock=stock,
    )


def seen(*standings: Standing, at: datetime = AT, **more: object) -> Look:
    plain = Look(cis="60000001", name="EXEMPLE 500 mg", mitm=True, at=at, policy=Policy(), policy_version=3, standings=standings)
    return replace(plain, **more)  # type: ignore[arg-type]


def run(*looks: Look) -> list[Signal | None]:
    """Signals of one look after the other."""
    state, signals = FloorState(), []
    for one in looks:
        state, signal = look(state, one)
        signals.append(signal)
    return signals


def told(signal: Signal | None) -> Signal:
    assert signal is not None
    return signal


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 3, 31), "2025-03", "2026-02"),
        (date(2026, 4, 1), "2025-04", "2026-03"),
        (date(2026, 1, 1), "2025-01", "2025-12"),
    ],
)
def test_the_window_ends_with_the_last_complete_month(day: date, first: str, last: str) -> None:
    months = window(day)
    assert (months[0], months[-1], len(months)) == (first, last, 12)


@pytest.mark.parametrize(
    ("mitm", "public_health", "own", "months"),
    [
        (True, False, {}, 2.0),
        (True, True, {}, 2.0),
        (False, True, {}, 1.0),
        (False, False, {}, 12 / 52),
        (True, False, {"1": 4.0}, 4.0),
        (True, False, {"1": 4.5}, 4.0),
        (True, False, {"1": 0.5}, 0.5),
        (True, False, {"2": 4.0}, 2.0),
        (False, False, {"1": 3.0}, 3.0),
    ],
)
def test_the_law_asks_for_months_by_kind_of_medicine_and_the_agencys_own_decision(
    mitm: bool, public_health: bool, own: dict[str, float], months: float
) -> None:
    assert required("1", mitm=mitm, public_health=public_health, policy=replace(RULES, months=own)).months == months


def test_a_floor_is_months_times_the_mean_of_the_months_that_count() -> None:
    sales = {f"m{n}": Month(packs=100.0 + n) for n in range(10)} | {"x": Month(packs=9_000, exceptional=True), "y": Month(packs=115)}
    floor = floor_of("lab", Required(months=2.0), sales)
    assert floor.packs == pytest.approx(2 * (sum(100 + n for n in range(10)) + 115) / 11)
    assert (floor.kept, floor.exceptional) == (11, 1)


@pytest.mark.parametrize("sales", [{}, {"a": Month(packs=0)}, {"a": Month(packs=-5)}, {"a": Month(packs=90, exceptional=True)}])
def test_without_sales_there_is_no_floor_and_nothing_to_breach(sales: dict[str, Month]) -> None:
    floor = floor_of("lab", Required(months=2.0), sales)
    assert floor.packs is None
    assert judge(None, Standing(floor=floor, stock=0.0), AT, RULES) is None


def test_a_floor_is_its_companys_and_the_least_sales_make_one() -> None:
    floor = floor_of("lab", Required(months=2.0), {"a": Month(packs=0.5)})
    assert (floor.company, floor.packs) == ("lab", 1.0)


OPEN = Breach(company="lab-1", since=AT - DAY)
ENDED = replace(OPEN, ended_at=AT - timedelta(hours=1))
BEGUN = Breach(company="lab-1", since=AT)


@pytest.mark.parametrize(
    ("before", "stock", "after"),
    [
        (None, 1000.0, None),
        (None, 999.999, BEGUN),
        (None, 999.0, BEGUN),
        (None, 1050.0, None),
        (OPEN, 999.0, OPEN),
        (OPEN, 1000.0, replace(OPEN, ended_at=AT)),
        (OPEN, 1099.0, replace(OPEN, ended_at=AT)),
        (OPEN, 1100.0, None),
        (ENDED, 1099.999, ENDED),
        (ENDED, 1100.0, None),
        (ENDED, 999.0, OPEN),
        (OPEN, None, OPEN),
        (ENDED, None, ENDED),
        (None, None, None),
    ],
)
def test_a_breach_begins_under_the_floor_ends_at_it_and_is_forgotten_a_tenth_above(
    before: Breach | None, stock: float | None, after: Breach | None
) -> None:
    assert judge(before, standing(stock), AT, RULES) == after


@pytest.mark.parametrize("packs", [110.0, 0.7, 183.41666666666666, 123_456.1])
def test_rounding_never_makes_a_breach_of_what_is_at_the_floor_nor_keeps_open_what_is_at_the_clear(packs: float) -> None:
    assert judge(None, standing(packs, packs), AT, RULES) is None
    assert judge(OPEN, standing(packs * 1.1, packs), AT, RULES) is None


@pytest.mark.parametrize(
    ("ratio", "mitm", "other"),
    [
        (0.0, Severity.CRITICAL, Severity.SEVERE),
        (0.001, Severity.SEVERE, Severity.MODERATE),
        (0.499, Severity.SEVERE, Severity.MODERATE),
        (0.5, Severity.MODERATE, Severity.MINOR),
        (0.749, Severity.MODERATE, Severity.MINOR),
        (0.75, Severity.MINOR, Severity.MINOR),
        (0.999, Severity.MINOR, Severity.MINOR),
        (1.0, Severity.INFO, Severity.INFO),
        (1.09, Severity.INFO, Severity.INFO),
    ],
)
def test_severity_grows_as_stock_falls_and_is_milder_for_other_medicines(ratio: float, mitm: Severity, other: Severity) -> None:
    assert (severity(ratio, mitm=True), severity(ratio, mitm=False)) == (mitm, other)


def test_the_worst_is_the_one_furthest_under_its_floor_and_the_unknown_is_not_judged() -> None:
    far, near, unknown = standing(10.0, company="b"), standing(900.0, company="a"), standing(None, company="c")
    assert worst((near, unknown, far)) == far
    assert worst((unknown,)) is None
    assert worst(()) is None


@pytest.mark.parametrize(("stock", "expected"), [(1000.0, True), (999.999, False), (None, True)])
def test_a_look_may_be_spared_where_nobody_is_under_the_floor_nor_was(stock: float | None, expected: bool) -> None:
    assert calm(FloorState(), (standing(5000.0, company="a"), standing(stock)), RULES) is expected
    assert not calm(FloorState(breaches=(ENDED,)), (standing(stock),), RULES)


def test_a_life_raised_changed_recovering_cleared_raised_again() -> None:
    looks = [
        seen(standing(1000.0)),
        seen(standing(990.0), at=AT + DAY),
        seen(standing(400.0), at=AT + 2 * DAY),
        seen(standing(None), at=AT + 3 * DAY),
        seen(standing(1000.0), at=AT + 4 * DAY),
        seen(standing(1100.0), at=AT + 5 * DAY),
        seen(standing(1050.0), at=AT + 6 * DAY),
        seen(standing(0.0), at=AT + 7 * DAY),
    ]
    signals = run(*looks)
    assert [s and (s.version, s.state, s.severity) for s in signals] == [
        None,
        (1, SignalState.RAISED, Severity.MINOR),
        (2, SignalState.CHANGED, Severity.SEVERE),
        None,
        (3, SignalState.CHANGED, Severity.INFO),
        (4, SignalState.CLEARED, Severity.INFO),
        None,
        (5, SignalState.RAISED, Severity.CRITICAL),
    ]
    cleared, again = told(signals[5]), told(signals[7])
    assert (cleared.since, cleared.at) == (AT + DAY, AT + 5 * DAY)
    assert cleared.numbers["breach_ended_unix_s"] == (AT + 4 * DAY).timestamp()
    assert again.since == AT + 7 * DAY
    assert "breach_ended_unix_s" not in again.numbers
    assert cleared.signal_id == again.signal_id


def test_a_breach_that_clears_at_once_ended_when_it_cleared() -> None:
    (_, cleared) = run(seen(standing(900.0)), seen(standing(1100.0), at=AT + DAY))
    assert told(cleared).numbers["breach_ended_unix_s"] == (AT + DAY).timestamp()


@pytest.mark.parametrize(
    ("value", "after", "tells"),
    [
        (901.0, DAY, False),
        (900.0, DAY, False),
        (891.0, DAY, True),
        (892.0, DAY, False),
        (891.0, DAY - timedelta(microseconds=1), False),
        (749.0, timedelta(seconds=1), True),
        (0.0, timedelta(seconds=1), True),
    ],
)
def test_a_change_is_told_by_a_tenth_at_most_once_a_day_or_at_once_by_severity(value: float, after: timedelta, tells: bool) -> None:
    (_, changed) = run(seen(standing(990.0)), seen(standing(value), at=AT + after))
    assert (changed is not None) is tells


def test_a_moved_threshold_is_told_at_once() -> None:
    (_, changed) = run(seen(standing(900.0)), seen(standing(900.0, 1001.0), at=AT + timedelta(seconds=1)))
    assert told(changed).numbers["floor_packs"] == 1001.0


def test_nothing_left_that_stays_so_is_told_once() -> None:
    assert [s is not None for s in run(seen(standing(0.0)), seen(standing(0.0), at=AT + 3 * DAY))] == [True, False]


def test_the_numbers_carry_their_unit_in_the_name() -> None:
    (signal,) = run(seen(standing(640.0, kept=8, exceptional=2), unit=28.0, because=("evt_a",)))
    signal = told(signal)
    assert signal.numbers == {
        "stock_packs": 640.0,
        "floor_packs": 1000.0,
        "floor_months": 2.0,
        "coverage_months": 1.28,
        "missing_packs": 360.0,
        "mean_month_packs": 500.0,
        "months_kept": 8.0,
        "months_exceptional": 2.0,
        "pro_rata_flag": 1.0,
        "pack_units": 28.0,
    }
    assert [(c.value, c.threshold, c.unit) for c in signal.cells] == [(640.0, 1000.0, CellUnit.PACKS), (1.28, 2.0, CellUnit.MONTHS)]
    assert (signal.rule, signal.rule_version, signal.policy_version) == ("safety_stock", 1, 3)
    assert (signal.subject.kind, signal.subject.id, signal.companies, signal.because) == (
        SubjectKind.CIS,
        "60000001",
        ("lab-1",),
        ("evt_a",),
    )


def test_nothing_left_is_nought_packs_and_at_the_floor_none_is_missing() -> None:
    gone, back = run(seen(standing(0.0)), seen(standing(1000.0), at=AT + DAY))
    assert (told(gone).numbers["stock_packs"], told(gone).numbers["missing_packs"]) == (0.0, 1000.0)
    assert (told(back).numbers["missing_packs"], told(back).numbers["pro_rata_flag"]) == (0.0, 0.0)
    assert told(back).signal_id == signal_id("safety_stock", "cis", "60000001", Nature.ACTUAL)


def test_of_several_companies_the_worst_speaks_and_all_in_breach_are_named() -> None:
    both = (standing(900.0, company="a"), standing(300.0, company="b"), standing(5000.0, company="c"))
    first, second, third = run(
        seen(*both),
        seen(both[0], standing(2000.0, company="b"), at=AT + DAY),
        seen(standing(2000.0, company="a"), at=AT + 2 * DAY),
    )
    assert told(first).companies == ("b", "a")
    assert told(first).numbers["stock_packs"] == 300.0
    assert "Autres entreprises sous leur plancher : 1." in told(first).sentence.fr
    assert (told(second).companies, told(second).state) == (("a",), SignalState.CHANGED)
    assert told(third).state is SignalState.CLEARED


def test_an_open_company_that_is_not_looked_at_keeps_its_breach() -> None:
    state, _ = look(FloorState(), seen(standing(900.0)))
    after, signal = look(state, seen(at=AT + DAY))
    assert (after.breaches, signal) == (state.breaches, None)


def test_a_company_that_clears_while_another_is_unknown_is_not_the_end() -> None:
    state, _ = look(FloorState(), seen(standing(900.0, company="a"), standing(900.0, company="b")))
    after, signal = look(state, seen(standing(2000.0, company="a"), standing(None, company="b"), at=AT + DAY))
    assert [b.company for b in after.breaches] == ["b"]
    assert signal is None
