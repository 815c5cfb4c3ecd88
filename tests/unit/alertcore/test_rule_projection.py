"""Rule projection: worked examples of the estimator, its limits on both sides, the days behind it, and the announced resupply."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind, AlertStep, Severity, Signal, SignalState
from alertcore.records.shared import Certainty, Nature, When
from alertcore.records.shortage import CircuitState, DeclarationStep
from alertcore.records.stock import Circuit
from alertcore.rules.projection import Look, ProjectionState, comes, look, severity
from alertcore.rules.projection_burn import Burn, burn, changes, rank, reach
from alertcore.thresholds import ProjectionPolicy
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.stock_world import (
    CIP,
    CIS,
    LAB,
    NOON,
    World,
    cip,
    known_world,
    lab,
    last,
    line,
    product,
    register,
    setting,
    sheet,
    signals,
)

DAY = timedelta(days=1)
TODAY = date(2026, 3, 10)
POLICY = ProjectionPolicy()
RAISED, CHANGED, CLEARED = SignalState.RAISED, SignalState.CHANGED, SignalState.CLEARED


def falling(n: int) -> list[float]:
    """-1, -2 … -n, as they might come."""
    return [-float(i) for i in (*range(2, n + 1, 2), *range(1, n + 1, 2))]


EXAMPLES: list[tuple[Sequence[float], int, float, tuple[float, float | None, float | None] | None, tuple[str, str, str] | None]] = [
    # changes, least number, stock | median, X(k), X(n+1-k) | day of nought, earliest, latest ("" for none)
    # n = 28: k = 9, places 9 and 20, median between places 14 and 15
    ([-10] * 28, 14, 300, (-10, -10, -10), ("04-09", "04-09", "04-09")),  # 300/10 = 30 days
    ([-10] * 28, 14, 600, (-10, -10, -10), ("05-09", "05-09", "05-09")),  # 600/10 = 60
    ([-10] * 28, 14, 601, (-10, -10, -10), ("05-10", "05-10", "05-10")),  # 60.1: in the course of day 61
    ([-5, -15] * 14, 14, 300, (-10, -15, -5), ("04-09", "03-30", "05-09")),  # (-15-5)/2; 300/15 = 20; 300/5 = 60
    ([-20] * 27 + [5000], 14, 100, (-20, -20, -20), ("03-15", "03-15", "03-15")),  # one delivery moves nothing: 100/20 = 5
    (([-14] * 5 + [0, 0]) * 4, 14, 100, (-14, -14, -14), ("03-18", "03-18", "03-18")),  # closed at weekends; 7.14 -> 8
    ([-4] * 15 + [0] * 13, 14, 10, (-4, -4, 0), ("03-13", "03-13", "")),  # places 14, 15 are -4; place 20 is 0; 2.5 -> 3
    ([-4] * 14 + [0] * 14, 14, 10, (-2, -4, 0), ("03-15", "03-13", "")),  # (-4+0)/2; 10/2 = 5; 10/4 = 2.5 -> 3
    ([-4] * 13 + [0] * 15, 14, 10, (0, -4, 0), None),  # places 14, 15 are 0: stock does not fall
    (falling(28), 14, 290, (-14.5, -20, -9), ("03-30", "03-25", "04-12")),  # 290/14.5 = 20; /20 = 14.5 -> 15; /9 = 32.2 -> 33
    (falling(14), 14, 75, (-7.5, -12, -3), ("03-20", "03-17", "04-04")),  # k = 3; 10; 6.25 -> 7; 25
    (falling(15), 14, 80, (-8, -12, -4), ("03-20", "03-17", "03-30")),  # k = 4, place 8; 10; 6.67 -> 7; 20
    (falling(13), 14, 80, None, None),  # 13 changes are too few
    (falling(6), 3, 7, (-3.5, -6, -1), ("03-12", "03-12", "03-17")),  # k = 1; 2; 1.17 -> 2; 7
    (falling(5), 3, 9, (-3, None, None), ("03-13", "", "")),  # no interval of 95 % under 6; 3
    ([-1, -7, -1], 3, 2.5, (-1, None, None), ("03-13", "", "")),  # 2.5 -> 3
    (falling(9), 3, 40, (-5, -8, -2), ("03-18", "03-15", "03-30")),  # k = 2; 8; 5; 20
    (falling(12), 3, 65, (-6.5, -10, -3), ("03-20", "03-17", "04-01")),  # k = 3; 10; 6.5 -> 7; 21.67 -> 22
    (falling(17), 3, 45, (-9, -13, -5), ("03-15", "03-14", "03-19")),  # k = 5; 5; 3.46 -> 4; 9
    (falling(20), 3, 210, (-10.5, -15, -6), ("03-30", "03-24", "04-14")),  # k = 6; 20; 14; 35
    (falling(25), 3, 130, (-13, -18, -8), ("03-20", "03-18", "03-27")),  # k = 8; 10; 7.22 -> 8; 16.25 -> 17
    ([-30, 0, -10, 5, -20, -10, 100, -10, 0, 50], 3, 100, (-5, -20, 50), ("03-30", "03-15", "")),  # (-10+0)/2; k = 2; 20; 5
    ([-2.5] * 7, 3, 10, (-2.5, -2.5, -2.5), ("03-14", "03-14", "03-14")),  # 10/2.5 = 4
    ([-1] * 28, 14, 366, (-1, -1, -1), ("2027-03-11", "2027-03-11", "2027-03-11")),  # 365 days are a year; one more
    ([-1] * 28, 14, 367, (-1, -1, -1), None),  # too far to be told
    ([-10] * 28, 14, 0, (-10, -10, -10), ("03-10", "03-10", "03-10")),  # gone today
]


@pytest.mark.parametrize(("found", "least", "stock", "expected", "days"), EXAMPLES)
def test_worked_examples(found: Sequence[float], least: int, stock: float, expected: Any, days: Any) -> None:
    burnt = burn(found, least)
    assert (None if burnt is None else (burnt.median, burnt.least, burnt.most)) == expected
    reached = reach(TODAY, stock, burnt)
    told = None if reached is None else [reached.on, reached.earliest, reached.latest]
    assert told == (None if days is None else [date.fromisoformat(d if len(d) > 5 else f"2026-{d}") if d else None for d in days])


@pytest.mark.parametrize(
    ("n", "k"),
    [
        *((0, 0), (1, 0), (5, 0), (6, 1), (7, 1), (8, 1), (9, 2), (10, 2), (11, 2), (12, 3), (13, 3), (14, 3), (15, 4), (16, 4)),
        *((17, 5), (18, 5), (19, 5), (20, 6), (21, 6), (22, 6), (23, 7), (24, 7), (25, 8), (26, 8), (27, 8), (28, 9), (29, 9), (30, 10)),
    ],
)
def test_places_of_the_interval_are_those_of_the_published_table_of_the_median(n: int, k: int) -> None:
    assert rank(n) == k


@given(st.integers(6, 366))
def test_the_interval_misses_the_median_at_most_once_in_twenty_and_the_next_one_would_more_often(n: int) -> None:
    def missed(k: int) -> float:
        odds: float = 2 * sum(comb(n, i) for i in range(k)) / 2**n
        return odds

    assert missed(rank(n)) <= 0.05 < missed(rank(n) + 1)


@given(st.lists(st.one_of(st.none(), st.integers(0, 1000)), max_size=40))
def test_changes_are_those_between_known_days_that_follow_one_another(closings: list[float | None]) -> None:
    expected = []
    for i in range(1, len(closings)):
        before, after = closings[i - 1], closings[i]
        if before is not None and after is not None:
            expected.append(after - before)
    assert changes(closings) == expected


# -- the rule


def per_day(packs: float) -> Burn:
    return Burn(median=-packs, least=-2 * packs, most=-packs / 2, changes=28)


def seen(stock: float | None, packs: float | None = 10.0, *, at: datetime = NOON, **more: Any) -> Look:
    fields: dict[str, Any] = {
        "cis": CIS,
        "name": "EXEMPLE",
        "mitm": True,
        "at": at,
        "day": at.date(),
        "policy": Policy(),
        "policy_version": 0,
        "stock": stock,
        "burn": None if packs is None else per_day(packs),
    }
    return Look(**fields | more)


def told(*looks: Look, state: ProjectionState | None = None) -> tuple[ProjectionState, list[Signal]]:
    state, found = state or ProjectionState(), []
    for one in looks:
        state, signal = look(state, one)
        found += [signal] if signal else []
    return state, found


OPEN = told(seen(500))[0]


@pytest.mark.parametrize(("stock", "raised"), [(600.0, True), (600.1, False), (0.0, True)])
def test_nought_within_60_days_is_told(stock: float, raised: bool) -> None:
    assert [s.state for s in told(seen(stock))[1]] == [RAISED] * raised


@pytest.mark.parametrize(("stock", "cleared"), [(660.0, False), (660.1, True)])
def test_it_ends_beyond_a_tenth_more_than_60_days(stock: float, cleared: bool) -> None:
    assert [s.state for s in told(seen(stock, at=NOON + DAY), state=OPEN)[1] if s.state is CLEARED] == [CLEARED] * cleared


@pytest.mark.parametrize(
    ("reserve", "floor", "raised"), [(1600.0, 1000.0, True), (1600.1, 1000.0, False), (1000.0, 1000.0, False), (900.0, 1000.0, False)]
)
def test_the_floor_within_60_days_is_told_unless_it_is_passed_already(reserve: float, floor: float, raised: bool) -> None:
    _, found = told(seen(5000, reserve=reserve, floor=floor))
    assert [(s.state, s.severity) for s in found] == [(RAISED, Severity.MINOR)] * raised


def test_a_floor_that_was_reached_ends_nothing_but_one_that_moves_away_does() -> None:
    state, _ = told(seen(5000, reserve=1100, floor=1000))
    assert [s.state for s in told(seen(5000, reserve=990, floor=1000, at=NOON + DAY), state=state)[1]] == [CHANGED]
    assert told(seen(5000, packs=-1.0, reserve=990, floor=1000, at=NOON + DAY), state=state)[0].floor
    assert [s.state for s in told(seen(5000, reserve=1700, floor=1000, at=NOON + DAY), state=state)[1]] == [CLEARED]


@pytest.mark.parametrize(("packs", "state"), [(0.0, CLEARED), (-5.0, CLEARED), (None, None)])
def test_stock_that_no_longer_falls_ends_it_and_what_is_not_known_does_not(packs: float | None, state: SignalState | None) -> None:
    assert [s.state for s in told(seen(500, packs=packs, at=NOON + DAY), state=OPEN)[1]] == ([state] if state else [])
    assert told(seen(None, at=NOON + DAY), state=OPEN) == (OPEN, [])


def test_a_stock_that_has_come_to_nought_ends_nothing_though_it_falls_no_further() -> None:
    _, (signal,) = told(seen(0, packs=0.0, at=NOON + DAY), state=OPEN)
    assert (signal.state, signal.severity) == (CHANGED, Severity.SEVERE)
    assert signal.sentence.fr == "EXEMPLE (CIS 60000001) : le stock national est épuisé."
    assert signal.sentence.en == "EXEMPLE (CIS 60000001): the national stock is gone."
    assert told(seen(0, packs=0.0)) == (ProjectionState(), [])


@pytest.mark.parametrize(
    ("zero", "days", "mitm", "expected"),
    [
        (True, 15.0, True, Severity.SEVERE),
        (True, 15.1, True, Severity.MODERATE),
        (False, 1.0, True, Severity.MINOR),
        (True, 15.0, False, Severity.MODERATE),
        (True, 15.1, False, Severity.MINOR),
        (False, 1.0, False, Severity.MINOR),
    ],
)
def test_severity(zero: bool, days: float, mitm: bool, expected: Severity) -> None:
    assert severity(zero, days, mitm=mitm, policy=POLICY) is expected


@pytest.mark.parametrize(
    ("stock", "after", "again"),
    [
        (400.0, 10, False),  # ten days later ten days' stock less: the same day
        (450.0, 10, True),  # 45 days from day 10 is day 55: five days later, of 40 that were left
        (430.0, 10, False),  # day 53: three days of 40
        (440.0, 10, True),  # day 54: four of 40
        (490.0, 0, False),  # less than a day later
        (120.0, 10, True),  # within 15 days: more severe
    ],
)
def test_a_day_that_moves_by_a_tenth_of_the_time_left_is_told(stock: float, after: int, again: bool) -> None:
    assert [s.state for s in told(seen(stock, at=NOON + after * DAY), state=OPEN)[1]] == [CHANGED] * again


def test_one_day_more_or_less_is_rounding() -> None:
    near = told(seen(50))[0]
    assert told(seen(50, at=NOON + DAY), state=near)[1] == []
    assert [s.state for s in told(seen(60, at=NOON + DAY), state=near)[1]] == [CHANGED]


def test_a_second_part_is_told_at_once_and_a_day_beyond_the_horizon_too() -> None:
    (signal,) = told(seen(500, reserve=300, floor=200), state=OPEN)[1]
    assert (signal.state, len(signal.cells)) == (CHANGED, 2)
    far = replace(Policy(), projection=replace(POLICY, ahead_days=366, clear=2.0))
    (signal,) = told(seen(4000, at=NOON + DAY, policy=far), state=OPEN)[1]
    assert (signal.state, signal.cells) == (CHANGED, ())


def test_what_only_another_policy_ends_is_no_all_clear() -> None:
    policy = replace(Policy(), projection=replace(POLICY, ahead_days=10))
    (signal,) = told(seen(500, at=NOON + DAY, policy=policy, policy_version=1), state=OPEN)[1]
    assert (signal.state, signal.numbers["cleared_by_policy_flag"]) == (CLEARED, 1.0)
    assert "les seuils ont changé" in signal.sentence.fr
    assert "the levels were changed" in signal.sentence.en
    (signal,) = told(seen(500, packs=0.0, at=NOON + DAY, policy=policy, policy_version=1), state=OPEN)[1]
    assert "cleared_by_policy_flag" not in signal.numbers


def test_the_signal_has_the_dates_the_numbers_and_a_sentence() -> None:
    (signal,) = told(seen(300, reserve=250, floor=200, companies=("lab-1",)))[1]
    day = {
        "on": datetime(2026, 4, 9, tzinfo=UTC),
        "earliest": datetime(2026, 3, 25, tzinfo=UTC),
        "latest": datetime(2026, 5, 9, tzinfo=UTC),
    }
    assert {k: v for k, v in signal.numbers.items() if k.startswith("zero")} == {
        "zero_days": 30.0,
        **{f"zero_{name}_unix_s": at.timestamp() for name, at in day.items()},
    }
    assert (signal.numbers["floor_days"], signal.numbers["daily_net_packs"], signal.numbers["changes_count"]) == (5.0, -10.0, 28.0)
    assert [(c.value, c.threshold) for c in signal.cells] == [(30.0, 60.0), (5.0, 60.0)]
    assert signal.sentence.fr == (
        "EXEMPLE (CIS 60000001) : le stock national de 300\u00a0boîtes baisse de 10\u00a0boîtes par jour (médiane des 28 derniers jours)."
        " À ce rythme, il serait épuisé vers le 09/04/2026 (entre le 25/03/2026 et le 09/05/2026) ; le stock des entreprises tomberait"
        " à leur plancher légal vers le 15/03/2026 (entre le 13/03/2026 et le 20/03/2026)."
    )
    assert signal.sentence.en == (
        "EXEMPLE (CIS 60000001): the national stock of 300 packs falls by 10 packs a day (median of the last 28 days)."
        " At this rate it is gone about 2026-04-09 (between 2026-03-25 and 2026-05-09); the companies' stock is at their legal"
        " floor about 2026-03-15 (between 2026-03-13 and 2026-03-20)."
    )
    (signal,) = told(seen(700, at=NOON + DAY), state=OPEN)[1]
    assert signal.sentence.en.endswith("no longer to run out or fall to the floor within 60 days, as projected since 2026-03-10.")
    assert signal.sentence.fr.endswith("dans les 60 jours, comme prévu depuis le 10/03/2026.")


@pytest.mark.parametrize(
    ("most", "least", "fr", "en"),
    [(0.0, -20.0, "(au plus tôt le 25/03/2026)", "(2026-03-25 at the earliest)"), (None, None, "vers le 09/04/2026.", "about 2026-04-09.")],
)
def test_an_interval_without_an_end_or_none_at_all_is_said_so(most: float | None, least: float | None, fr: str, en: str) -> None:
    (signal,) = told(seen(300, burn=Burn(median=-10.0, least=least, most=most, changes=28)))[1]
    assert fr in signal.sentence.fr
    assert en in signal.sentence.en


def test_all_numbers_behind_it_have_their_names_and_it_says_what_it_rests_on() -> None:
    (signal,) = told(seen(300, reserve=250, floor=200, because=("report-1",)))[1]
    midnight = {
        name: datetime(2026, *day, tzinfo=UTC).timestamp() for name, day in {"on": (3, 15), "early": (3, 13), "late": (3, 20)}.items()
    }
    assert {name: n for name, n in signal.numbers.items() if not name.startswith("zero")} == {
        "stock_packs": 300,
        "floor_packs": 200,
        "reserve_packs": 250,
        "daily_net_packs": -10.0,
        "daily_net_least_packs": -20.0,
        "daily_net_most_packs": -5.0,
        "changes_count": 28.0,
        "floor_days": 5.0,
        "floor_on_unix_s": midnight["on"],
        "floor_earliest_unix_s": midnight["early"],
        "floor_latest_unix_s": midnight["late"],
    }
    assert (signal.because, signal.signal_id) == (("report-1",), signal_id("projection", "cis", CIS, Nature.ACTUAL))


def test_it_is_so_since_the_first_of_its_parts_and_an_end_forgets_since_when() -> None:
    assert OPEN.since == NOON
    state, (signal,) = told(seen(500, reserve=300, floor=200, at=NOON + DAY), state=OPEN)
    assert (state.since, signal.since, signal.version) == (NOON, NOON, 2)
    state, (over,) = told(seen(700, reserve=3000, floor=200, at=NOON + 2 * DAY), state=state)
    assert (state.since, over.since, over.version, state.version, state.told) == (None, NOON, 3, 3, None)


@pytest.fixture
def _far_from_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own clock is not that of UTC."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_far_from_greenwich")
def test_a_day_is_the_same_number_on_a_machine_of_another_zone() -> None:
    (signal,) = told(seen(300))[1]
    assert signal.numbers["zero_on_unix_s"] == datetime(2026, 4, 9, tzinfo=UTC).timestamp()
    world = cases_world.World()
    world.feed("signal", projected())
    world.declare(circuits=back_on(date(2026, 2, 25), date(2026, 2, 25)))
    assert open_kinds(world) == set()


def test_not_knowing_leaves_a_part_as_it_was() -> None:
    for was in (True, False):
        assert comes(was, None, per_day(1), POLICY, at_once=True) is was
        assert comes(was, 5.0, None, POLICY, at_once=True) is was


# -- in the stage


def days_of_sale(world: World, days: int, first: int, a_day: int) -> list[Signal]:
    """The lab's stock falls every day; the pharmacies stay as they are. Signals of the rule."""
    found = []
    for n in range(days):
        world.advance(86400)
        for name in ("p1", "p2"):
            world.report(sheet(name, [line(CIP, CIS, 10, 1.0)], report_id=f"{name}{world.at}", at=world.at))
        found += lab(world, first - a_day * n)
    return [s for s in signals(world.supply.outs) if s.rule == "projection"]


def test_the_days_are_noted_at_local_midnight_and_the_dates_stand_in_the_position() -> None:
    world = known_world()
    lab(world, 4000)
    days_of_sale(world, 14, 3900, 100)
    assert (last(world.supply.outs).projected_zero_on, last(world.supply.outs).projected_floor_on) == (None, None)
    days_of_sale(world, 2, 2500, 100)
    position = last(world.supply.outs)
    left = position.saleable / 100
    assert position.projected_zero_on is not None
    assert (position.projected_zero_on - position.as_of.date()).days in (int(left), int(left) + 1)
    assert position.projected_floor_on is not None
    assert (position.projected_zero_on - position.projected_floor_on).days in (2, 3)  # 200 packs of floor and 20 in pharmacies
    kept = [key for key, _ in world.supply.view().items("closing/")]
    assert kept == [f"closing/{date(2026, 3, 10) + n * DAY}" for n in range(16)]


def test_a_day_ends_at_midnight_in_the_zone_of_the_calendar() -> None:
    for zone, at in (("Europe/Paris", datetime(2026, 3, 10, 23, tzinfo=UTC)), ("Indian/Reunion", datetime(2026, 3, 10, 20, tzinfo=UTC))):
        world = known_world()
        world.advance()
        world.tell(setting("calendar", {"zone": zone, "years": [2026]}))
        world.supply.advance(at - timedelta(microseconds=1))
        assert list(world.supply.view().items("closing/")) == []
        world.supply.advance(at)
        assert [key for key, _ in world.supply.view().items("closing/")] == ["closing/2026-03-10"]


def test_a_restart_changes_nothing() -> None:
    runs = []
    for restart in (False, True):
        world = known_world()
        lab(world, 4000)
        days_of_sale(world, 10, 3900, 100)
        if restart:
            world.reopen()
        days_of_sale(world, 10, 2900, 100)
        if restart:
            world.reopen()
        days_of_sale(world, 3, 1900, 100)
        runs.append([(o.topic, o.wire.value) for o in world.supply.outs])
    assert runs[0] == runs[1]


def test_it_is_raised_and_cleared_in_the_stage() -> None:
    world = known_world()
    lab(world, 4000)
    found = days_of_sale(world, 17, 3900, 100)
    assert [(s.state, s.version) for s in found] == [(RAISED, 1)]
    assert found[0].companies == (LAB,)
    lab(world, 50_000)
    assert [s.state for s in signals(world.supply.outs) if s.rule == "projection"][-1] is CLEARED
    assert [s.state for s in signals(world.advance(86400)) if s.rule == "projection"] == []


def test_days_on_which_too_few_reporters_were_fresh_are_not_known() -> None:
    world = known_world()
    lab(world, 4000)
    days_of_sale(world, 10, 3900, 100)
    world.tell(register({f"x{n}": "community_pharmacy" for n in range(90)}))
    days_of_sale(world, 3, 2900, 100)
    assert len(list(world.supply.view().items("closing/"))) == 10


def test_old_days_are_forgotten() -> None:
    world = known_world()
    world.tell(setting("policy", {"projection": {"burn_days": 7, "least_days": 3}}))
    lab(world, 4000)
    days_of_sale(world, 12, 3900, 100)
    assert len(list(world.supply.view().items("closing/"))) == 8


def test_another_counting_unit_begins_the_days_anew() -> None:
    world = known_world()
    lab(world, 4000)
    found = days_of_sale(world, 16, 3900, 100)
    assert last(world.supply.outs).projected_zero_on is not None
    world.tell(product(CIP, CIS, units_per_pack=30.0), product(cip(2), CIS, units_per_pack=90.0))
    lab(world, 2300)
    assert last(world.supply.outs).projected_zero_on is None
    assert found == [s for s in signals(world.supply.outs) if s.rule == "projection"]


def test_a_company_whose_stock_is_not_known_leaves_the_floor_open() -> None:
    world = known_world()
    world.report(sheet("p1", [line(CIP, CIS, 4000, 1.0)], report_id="first", at=NOON + timedelta(minutes=1)))
    for n in range(17):
        world.advance(86400)
        world.report(sheet("p1", [line(CIP, CIS, 4000 - 100 * n, 1.0)], report_id=f"p1{n}", at=world.at))
        world.report(sheet("p2", [line(CIP, CIS, 10, 1.0)], report_id=f"p2{n}", at=world.at))
        world.advance()
    found = [s for s in signals(world.supply.outs) if s.rule == "projection"]
    assert [("floor_days" in s.numbers, len(s.cells)) for s in found] == [(False, 1)]


# -- in the cases


def projected(stock: float = 300.0, at: datetime = cases_world.NOW, **more: Any) -> Signal:
    """Nought in 30 days at 10 a day: 2026-02-25."""
    return told(seen(stock, at=at, companies=("lab-a",), **more))[1][0]


def back_on(*days: date | None) -> tuple[CircuitState, ...]:
    circuits = (Circuit.VILLE, Circuit.HOPITAL)
    return tuple(
        CircuitState(circuit=c, expected_return=When(date=d, certainty=Certainty.ESTIMATED) if d else None)
        for c, d in zip(circuits, days, strict=False)
    )


def open_kinds(world: cases_world.World) -> set[AlertKind]:
    return {f.alert.kind for f in world.files() if not f.ended} & {AlertKind.PROJECTION}


def test_officers_and_the_company_hear_that_stock_runs_out() -> None:
    world = cases_world.World()
    outs = world.feed("signal", projected())
    alert = cases_world.alerts(outs)[0]
    assert (alert.kind, alert.reason, alert.facts["headline_en"]) == (
        AlertKind.PROJECTION,
        "running_out",
        "AMOXIDEMO 500 mg, gélule: stock is running out",
    )
    assert cases_world.groups(outs) == {"officers": "alert", "companies:lab-a": "alert"}
    assert cases_world.groups(cases_world.World().feed("signal", replace(projected(), companies=("a", "b")))) == {"officers": "alert"}


@pytest.mark.parametrize(
    ("days", "told_of"),
    [
        ((date(2026, 2, 25), date(2026, 2, 1)), False),
        ((date(2026, 2, 26), date(2026, 2, 1)), True),
        ((date(2026, 2, 1), None), True),
        ((None, None), True),
        ((date(2026, 1, 25), date(2026, 1, 25)), True),
        ((date(2026, 1, 26), date(2026, 1, 26)), False),
        ((), True),
    ],
)
@pytest.mark.parametrize("declared_first", [True, False])
def test_a_return_announced_for_all_that_is_short_before_it_runs_out_makes_it_needless(
    days: tuple[date | None, ...], told_of: bool, declared_first: bool
) -> None:
    world = cases_world.World()
    for declares in (True, False) if declared_first else (False, True):
        if declares:
            world.declare(circuits=back_on(*days))
        else:
            world.feed("signal", projected())
    assert open_kinds(world) == ({AlertKind.PROJECTION} if told_of else set())


def test_the_alert_has_the_figures_of_its_signal_what_follows_the_medicine_and_the_return_announced() -> None:
    world = cases_world.World()
    signal = replace(projected(), nature=Nature.EXERCISE)
    world.feed("signal", signal)
    alert = world.alert()
    assert (alert.nature, alert.numbers, alert.also) == (Nature.EXERCISE, signal.numbers, cases_world.FOLLOWED)
    assert (alert.facts["since"], "announced" in alert.facts) == ("2026-01-26", False)
    assert alert.facts["headline_fr"] == "AMOXIDEMO 500 mg, gélule : stock bientôt épuisé"
    assert (alert.facts["sentence_fr"], alert.facts["sentence_en"]) == (signal.sentence.fr, signal.sentence.en)
    late = cases_world.World()
    late.declare(circuits=back_on(date(2026, 3, 1)))
    late.feed("signal", projected())
    alert = next(f.alert for f in late.files() if f.alert.kind is AlertKind.PROJECTION)
    assert alert.facts["announced"] == "2026-03-01"
    assert alert.facts["sentence_fr"] == signal.sentence.fr + " Retour annoncé : 01/03/2026."


def test_a_return_between_the_floor_and_nought_comes_too_late_for_the_floor() -> None:
    for back, told_of in ((date(2026, 1, 31), False), (date(2026, 2, 1), True)):
        world = cases_world.World()
        world.declare(circuits=back_on(back))
        world.feed("signal", projected(reserve=250, floor=200))
        assert open_kinds(world) == ({AlertKind.PROJECTION} if told_of else set())


def test_its_end_waits_for_no_announced_return_any_more() -> None:
    world = cases_world.World()
    world.declare(circuits=back_on(date(2026, 2, 1)))
    before = dict(world.shell.view().items("timer/"))
    world.feed("signal", projected())
    assert len(dict(world.shell.view().items("timer/"))) > len(before)
    world.feed("signal", told(seen(700, at=NOON + DAY), state=OPEN)[1][0])
    assert dict(world.shell.view().items("timer/")) == before


def test_an_announced_return_that_is_overtaken_is_no_all_clear() -> None:
    world = cases_world.World()
    world.feed("signal", projected())
    outs = world.declare(circuits=back_on(date(2026, 2, 1)))
    ended = [a for a in cases_world.alerts(outs) if a.kind is AlertKind.PROJECTION]
    assert [(a.step, a.reason) for a in ended] == [(AlertStep.SUPERSEDED, "resupply_announced")]
    assert "Le retour est annoncé pour le 01/02/2026" in ended[0].facts["sentence_fr"]
    assert not [n for n in cases_world.notices(outs) if str(n.purpose) == "all_clear"]


def test_a_return_that_is_put_off_or_comes_true_or_is_withdrawn_brings_it_back() -> None:
    world = cases_world.World()
    world.feed("signal", projected())
    world.declare(circuits=back_on(date(2026, 2, 1)))
    assert open_kinds(world) == set()
    world.declare(
        "d2", previous_id="d1", step=DeclarationStep.UPDATE, declared_at=cases_world.NOW + DAY, circuits=back_on(date(2026, 6, 1))
    )
    assert open_kinds(world) == {AlertKind.PROJECTION}
    alert = next(f.alert for f in world.files() if f.alert.kind is AlertKind.PROJECTION and not f.ended)
    assert alert.facts["sentence_en"].endswith("Return announced: 2026-06-01.")
    world.declare("d3", previous_id="d2", step=DeclarationStep.WITHDRAWN, declared_at=cases_world.NOW + 2 * DAY)
    assert open_kinds(world) == {AlertKind.PROJECTION}


def test_an_announced_return_that_passes_without_news_announces_nothing_any_more() -> None:
    world = cases_world.World()
    world.declare(circuits=back_on(date(2026, 1, 28)))
    world.feed("signal", projected())
    assert open_kinds(world) == set()
    world.wait(datetime(2026, 1, 28, 23, tzinfo=UTC) - cases_world.NOW - timedelta(seconds=1))
    assert open_kinds(world) == set()
    world.wait(timedelta(seconds=1))
    assert open_kinds(world) == {AlertKind.PROJECTION}


def test_its_end_is_an_all_clear_and_forgets_the_signal() -> None:
    world = cases_world.World()
    world.feed("signal", projected())
    over = told(seen(700, at=NOON + DAY), state=OPEN)[1][0]
    outs = world.feed("signal", over)
    assert [(a.step, a.reason) for a in cases_world.alerts(outs)] == [(AlertStep.RESOLVED, "projection_over")]
    assert list(world.shell.view().items("projected/")) == []
    assert [a for a in cases_world.alerts(world.declare()) if a.kind is AlertKind.PROJECTION] == []


def test_a_signal_without_a_day_is_told_whatever_is_announced_and_a_medicine_not_known_by_its_code() -> None:
    world = cases_world.World(products=False)
    world.declare(circuits=back_on(date(2026, 2, 1)))
    world.feed("signal", replace(projected(), numbers={}))
    assert open_kinds(world) == {AlertKind.PROJECTION}
    alert = next(f.alert for f in world.files() if f.alert.kind is AlertKind.PROJECTION)
    assert alert.facts["name"] == f"CIS {CIS}"
