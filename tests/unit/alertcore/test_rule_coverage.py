"""Rule coverage: levels on both sides, 24 hours of holding, what is not known, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore import statejson
from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind, AlertStep, CellUnit, Severity, Signal, SignalState
from alertcore.records.shared import Nature, SubjectKind
from alertcore.records.stock import Tier
from alertcore.rules import coverage
from alertcore.rules.coverage import CoverageState, Look, Spell, due, judge, levels, look, severity
from alertcore.thresholds import CoveragePolicy
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, World, cip, cis, line, product, register, setting, sheet, signals

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = CoveragePolicy()
RAISED, CHANGED, CLEARED = SignalState.RAISED, SignalState.CHANGED, SignalState.CLEARED


def seen(readings: dict[str | None, float | None], at: Any = NOON, **more: Any) -> Look:
    given: dict[str, Any] = {
        "cis": CIS,
        "name": "EXEMPLE",
        "mitm": True,
        "at": at,
        "policy": Policy(),
        "policy_version": 0,
        "readings": readings,
    }
    return Look(**given | more)


def told(*looks: Look, state: CoverageState | None = None) -> tuple[CoverageState, list[Signal]]:
    state, found = state or CoverageState(), []
    for one in looks:
        state, signal = look(state, one)
        found += [signal] if signal else []
    return state, found


def short(days: float, region: str | None = None) -> CoverageState:
    """Under every level above `days` for two days, and told."""
    return told(seen({region: days}, NOON - 2 * DAY), seen({region: days}, NOON - DAY))[0]


# -- levels


@pytest.mark.parametrize(
    ("region", "days", "expected"),
    [
        (None, 30.0, None),
        (None, 29.999, 30.0),
        (None, 10.0, 30.0),
        (None, 9.999, 10.0),
        (None, 0.0, 10.0),
        ("11", 7.0, None),
        ("11", 6.999, 7.0),
        ("11", 3.0, 7.0),
        ("11", 2.999, 3.0),
        ("11", 0.0, 3.0),
    ],
)
def test_at_a_level_is_not_under_it(region: str | None, days: float, expected: float | None) -> None:
    _, found = told(seen({region: days}), seen({region: days}, NOON + DAY))
    assert [[(c.region, c.threshold, c.value, c.unit) for c in s.cells] for s in found] == (
        [[(region, expected, days, CellUnit.DAYS)]] if expected else []
    )


@pytest.mark.parametrize(("held", "raised"), [(DAY - timedelta(microseconds=1), False), (DAY, True)])
def test_a_level_counts_after_24_hours(held: timedelta, raised: bool) -> None:
    state, found = told(seen({None: 20.0}), seen({None: 20.0}, NOON + held))
    assert bool(found) == raised
    assert due(state, POLICY) == (None if raised else NOON + DAY)


def test_without_a_hold_a_level_counts_at_once() -> None:
    policy = replace(Policy(), coverage=replace(POLICY, hold_hours=0.0))
    assert [s.state for s in told(seen({None: 20.0}, policy=policy))[1]] == [RAISED]


def test_a_day_back_at_the_level_begins_the_24_hours_again() -> None:
    _, found = told(
        seen({None: 29.0}), seen({None: 30.0}, NOON + HOUR), seen({None: 29.0}, NOON + 2 * HOUR), seen({None: 29.0}, NOON + DAY)
    )
    assert found == []


@pytest.mark.parametrize(("days", "cleared"), [(32.999, False), (33.0, True), (40.0, True)])
def test_a_national_level_is_left_at_a_tenth_above(days: float, cleared: bool) -> None:
    _, found = told(seen({None: days}), state=short(20.0))
    assert [s.state for s in found if s.state is CLEARED] == [CLEARED] * cleared


@pytest.mark.parametrize(("days", "cleared"), [(7.699, False), (7.7, True)])
def test_a_regional_level_is_left_at_a_tenth_above(days: float, cleared: bool) -> None:
    assert [s.state for s in told(seen({"11": days}), state=short(5.0, "11"))[1] if s.state is CLEARED] == [CLEARED] * cleared


def test_the_severer_level_has_a_24_hours_of_its_own() -> None:
    state, found = told(seen({None: 9.0}, NOON), seen({None: 9.0}, NOON + 23 * HOUR), state=short(20.0))
    assert [(s.state, s.cells[0].threshold) for s in found] == [(CHANGED, 30.0)]
    _, found = told(seen({None: 9.0}, NOON + DAY), state=state)
    assert [(s.state, s.severity, s.cells[0].threshold) for s in found] == [(CHANGED, Severity.SEVERE, 10.0)]


@pytest.mark.parametrize("days", [None, 35.0])
def test_what_is_not_known_neither_begins_nor_ends_anything(days: float | None) -> None:
    before = short(20.0)
    after, found = told(seen({None: days} if days is None else {"11": days}, NOON + DAY), state=before)
    assert (after, found) == (before, [])
    assert told(seen({None: None}), seen({}, NOON + DAY))[0] == CoverageState()


def test_not_being_known_for_a_while_does_not_break_the_24_hours_but_nothing_is_raised_meanwhile() -> None:
    state, found = told(seen({None: 20.0}), seen({None: None}, NOON + DAY))
    assert found == []
    assert [s.state for s in told(seen({None: 20.0}, NOON + DAY + HOUR), state=state)[1]] == [RAISED]


def test_levels_are_read_from_the_mildest_on() -> None:
    assert levels(None, POLICY) == (30.0, 10.0)
    assert levels("11", replace(POLICY, region_days=(3.0, 7.0, 7.0))) == (7.0, 3.0)


# -- what is said


@pytest.mark.parametrize(
    ("region", "level", "days", "mitm", "expected"),
    [
        (None, 10.0, 0.0, True, Severity.CRITICAL),
        (None, 10.0, 0.1, True, Severity.SEVERE),
        (None, 30.0, 12.0, True, Severity.MODERATE),
        ("11", 3.0, 0.0, True, Severity.MODERATE),
        ("11", 7.0, 5.0, True, Severity.MINOR),
        (None, 10.0, 0.0, False, Severity.SEVERE),
        (None, 30.0, 12.0, False, Severity.MINOR),
        ("11", 7.0, 5.0, False, Severity.MINOR),
    ],
)
def test_severity(region: str | None, level: float, days: float, mitm: bool, expected: Severity) -> None:
    assert severity(region, level, days, mitm=mitm, policy=POLICY) is expected


def test_one_signal_has_a_cell_for_all_that_is_short_the_country_first() -> None:
    readings: dict[str | None, float | None] = {"84": 2.0, None: 12.5, "11": 5.0, "93": 9.0}
    _, found = told(seen(readings), seen(readings, NOON + DAY, daily_use=40.0, companies=("lab-1",)))
    (signal,) = found
    assert [(c.region, c.value, c.threshold) for c in signal.cells] == [(None, 12.5, 30.0), ("11", 5.0, 7.0), ("84", 2.0, 3.0)]
    assert (signal.rule, signal.version, signal.since, signal.at, signal.companies) == ("coverage", 1, NOON, NOON + DAY, ("lab-1",))
    assert signal.numbers == {"daily_use_packs": 40.0, "national_days": 12.5, "regions_count": 2.0}
    assert signal.subject.kind is SubjectKind.CIS
    assert signal.sentence.fr == (
        "EXEMPLE (CIS 60000001) : il reste 12,5\u00a0jours de stock au niveau national, pour un seuil de 30\u00a0jours ; régions sous"
        " 3\u00a0jours : Auvergne-Rhône-Alpes ; régions sous 7\u00a0jours : Île-de-France. Situation constatée depuis le 10/03/2026."
    )
    assert signal.sentence.en == (
        "EXEMPLE (CIS 60000001): 12.5 days of supply left in the country, for a level of 30 days; regions under 3 days:"
        " Auvergne-Rhône-Alpes; regions under 7 days: Île-de-France. So since 2026-03-10."
    )


def test_regions_alone_are_told_with_the_country_beside_them_where_it_is_known() -> None:
    readings: dict[str | None, float | None] = {None: 45.0, "11": 5.0, "84": 5.0, "99": 6.0}
    signal = told(seen(readings), seen(readings, NOON + DAY))[1][0]
    assert (
        "il reste 45\u00a0jours de stock au niveau national ; régions sous 7\u00a0jours : Île-de-France, Auvergne-Rhône-Alpes et 99"
        in signal.sentence.fr
    )
    assert "45 days of supply left in the country; regions under 7 days: Île-de-France, Auvergne-Rhône-Alpes and 99." in signal.sentence.en
    signal = told(seen({"11": 5.0}), seen({"11": 5.0}, NOON + DAY))[1][0]
    assert signal.sentence.en.startswith("EXEMPLE (CIS 60000001): regions under 7 days: Île-de-France.")
    assert signal.sentence.fr.startswith("EXEMPLE (CIS 60000001) : régions sous 7\u00a0jours : Île-de-France.")


@pytest.mark.parametrize(
    ("days", "after", "told_again"), [(17.9, DAY, True), (18.1, DAY, False), (17.9, DAY - HOUR, False), (22.0, DAY, True)]
)
def test_a_tenth_more_or_less_is_told_once_a_day(days: float, after: timedelta, told_again: bool) -> None:
    state = short(20.0)
    _, found = told(seen({None: days}, NOON - DAY + after), state=state)
    assert [s.state for s in found] == [CHANGED] * told_again


def test_another_region_under_the_same_level_waits_a_day_another_level_does_not() -> None:
    state, _ = told(seen({"11": 5.0, "84": 5.0}, NOON - DAY), seen({"11": 5.0, "84": 8.0}, NOON))
    after, found = told(seen({"11": 5.0, "93": 5.0}, NOON), seen({"11": 5.0, "93": 5.0}, NOON + DAY - HOUR), state=state)
    assert found == []
    _, found = told(seen({"11": 5.0, "93": 5.0}, NOON + DAY), state=after)
    assert [[c.region for c in s.cells] for s in found] == [["11", "93"]]
    _, found = told(seen({"11": 2.0}, NOON), seen({"11": 2.0}, NOON + DAY), state=state)
    assert [[c.threshold for c in s.cells] for s in found][-1] == [3.0]


def test_a_clear_says_so_and_the_next_signal_counts_on() -> None:
    state, (cleared,) = told(seen({None: 40.0}), state=short(20.0))
    assert (cleared.state, cleared.version, cleared.severity, cleared.numbers.get("cleared_by_policy_flag")) == (
        CLEARED,
        2,
        Severity.INFO,
        None,
    )
    assert cleared.sentence.fr.endswith(
        "au-dessus des seuils (40\u00a0jours au niveau national). Elle était insuffisante depuis le 08/03/2026."
    )
    assert cleared.sentence.en.endswith("back above its levels (40 days in the country). It was short since 2026-03-08.")
    _, (again,) = told(seen({None: 20.0}, NOON + DAY), seen({None: 20.0}, NOON + 2 * DAY), state=state)
    assert (again.state, again.version) == (RAISED, 3)


@pytest.mark.parametrize("known", [True, False])
def test_what_only_another_policy_ends_is_no_all_clear(known: bool) -> None:
    policy = replace(Policy(), coverage=replace(POLICY, national_days=(15.0,)))
    _, (cleared,) = told(seen({None: 20.0 if known else None}, policy=policy, policy_version=1), state=short(20.0))
    assert (cleared.state, cleared.numbers["cleared_by_policy_flag"]) == (CLEARED, 1.0)
    assert "les seuils ont changé ; l’alerte du 08/03/2026" in cleared.sentence.fr
    assert "the levels were changed; the alert of 2026-03-08" in cleared.sentence.en


def test_a_policy_without_levels_has_nothing_short() -> None:
    policy = replace(Policy(), coverage=replace(POLICY, national_days=(), region_days=()))
    assert told(seen({None: 0.0, "11": 0.0}, policy=policy), seen({None: 0.0}, NOON + DAY, policy=policy)) == (CoverageState(), [])


def test_a_pending_spell_keeps_its_beginning() -> None:
    spell = judge(None, 5.0, 7.0, "11", NOON, POLICY)
    assert spell == Spell(region="11", level=7.0, since=NOON, days=5.0, clear=1.1)
    assert judge(spell, 4.0, 7.0, "11", NOON + HOUR, POLICY) == Spell(region="11", level=7.0, since=NOON, days=4.0, clear=1.1)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["11", "84", "93", None]), st.floats(0, 60)), max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_regions_are_read_does_not_matter_and_a_look_twice_changes_nothing(rows: list[Any], random: Random) -> None:
    readings = dict(rows)
    mixed = list(readings.items())
    random.shuffle(mixed)
    runs = [told(seen(dict(order)), seen(dict(order), NOON + DAY)) for order in (readings.items(), mixed)]
    assert runs[0] == runs[1]
    assert told(seen(readings, NOON + DAY), state=runs[0][0]) == (runs[0][0], [])


def test_the_signal_of_a_medicine_keeps_its_name_and_says_what_it_rests_on() -> None:
    _, (signal,) = told(seen({None: 20.0}), seen({None: 20.0}, NOON + DAY, because=("report-1",)))
    assert signal.signal_id == signal_id("coverage", "cis", CIS, Nature.ACTUAL)
    assert signal.because == ("report-1",)


def test_of_several_grades_the_severest_is_told_and_a_region_is_graded_as_one() -> None:
    both: dict[str | None, float | None] = {None: 0.0, "11": 2.0}
    assert told(seen(both), seen(both, NOON + DAY))[1][0].severity is Severity.CRITICAL
    assert told(seen({"11": 5.0}), seen({"11": 5.0}, NOON + DAY))[1][0].severity is Severity.MINOR


def test_the_cells_that_were_told_are_remembered_the_country_first() -> None:
    both: dict[str | None, float | None] = {"11": 5.0, None: 20.0}
    state, _ = told(seen(both), seen(both, NOON + DAY))
    assert [s.region for s in state.spells] == [None, "11"]
    assert state.told is not None
    assert state.told.cells == ("|30", "11|7")


@pytest.mark.parametrize(("region", "days"), [(None, 31.0), ("11", 7.1)])
def test_between_a_level_and_its_end_a_spell_goes_on_at_the_days_it_has_now(region: str | None, days: float) -> None:
    before = short(days - 2, region).spells[0]
    assert judge(before, days, before.level, region, NOON, POLICY) == replace(before, days=days)


def test_that_the_country_is_out_of_it_is_told_at_once_though_a_region_stays_under_the_same_number_of_days() -> None:
    policy = replace(Policy(), coverage=replace(POLICY, national_days=(7.0, 3.0), region_days=(7.0,)))
    both: dict[str | None, float | None] = {None: 5.0, "11": 5.0}
    state, (raised,) = told(seen(both, policy=policy), seen(both, NOON + DAY, policy=policy))
    _, found = told(seen({None: 40.0, "11": 5.0}, NOON + DAY + HOUR, policy=policy), state=state)
    assert [(s.state, s.severity, [c.region for c in s.cells]) for s in found] == [(CHANGED, raised.severity, ["11"])]


@pytest.mark.parametrize(("region", "days"), [(None, 40.0), ("11", 9.0)])
def test_a_clear_gives_the_days_there_are_now_and_where_they_are_not_known_the_last(region: str | None, days: float) -> None:
    state = short(5.0, region)
    _, (cleared,) = told(seen({region: days}), state=state)
    assert [(c.region, c.value) for c in cleared.cells] == [(region, days)]
    assert "cleared_by_policy_flag" not in cleared.numbers
    nothing = replace(Policy(), coverage=replace(POLICY, national_days=(), region_days=()))
    _, (cleared,) = told(seen({region: None}, policy=nothing), state=state)
    assert [(c.region, c.value) for c in cleared.cells] == [(region, 5.0)]


@pytest.mark.parametrize(("days", "by_policy"), [(30.0, True), (32.999, True), (33.0, False)])
def test_a_level_that_is_left_sooner_by_another_policy_is_no_all_clear(days: float, by_policy: bool) -> None:
    policy = replace(Policy(), coverage=replace(POLICY, clear=1.0))
    _, (cleared,) = told(seen({None: days}, policy=policy), state=short(20.0))
    assert (cleared.state, "cleared_by_policy_flag" in cleared.numbers) == (CLEARED, by_policy)
    assert ("the levels were changed" in cleared.sentence.en) == by_policy


def test_what_falls_again_under_the_lower_end_and_rises_over_it_has_recovered() -> None:
    policy = replace(Policy(), coverage=replace(POLICY, clear=1.0))
    state, _ = told(seen({None: 20.0}, policy=policy), state=short(20.0))
    _, (cleared,) = told(seen({None: 30.0}, NOON + DAY, policy=policy), state=state)
    assert (cleared.state, "cleared_by_policy_flag" in cleared.numbers) == (CLEARED, False)


@pytest.mark.parametrize(("region", "by_policy"), [(7.699, True), (7.7, False), (None, True)])
def test_a_region_that_another_policy_took_out_is_not_forgotten_when_the_country_recovers(region: float | None, by_policy: bool) -> None:
    both: dict[str | None, float | None] = {None: 20.0, "11": 5.0}
    policy = replace(Policy(), coverage=replace(POLICY, region_days=(3.0,)))
    state, _ = told(seen(both, NOON - DAY), seen(both))
    state, _ = told(seen(both, NOON + HOUR, policy=policy), state=state)
    assert [s.region for s in state.spells] == [None]
    assert [(s.region, s.level) for s in state.excused] == [("11", 7.0)]
    assert statejson.load(CoverageState, statejson.dump(state)) == state
    after, (cleared,) = told(seen({None: 40.0, "11": region}, NOON + DAY, policy=policy), state=state)
    assert (cleared.state, "cleared_by_policy_flag" in cleared.numbers) == (CLEARED, by_policy)
    assert [c.region for c in cleared.cells] == ([None, "11"] if by_policy else [None])
    assert after.excused == ()


def test_a_region_that_is_short_again_under_a_level_that_returns_is_one_spell() -> None:
    both: dict[str | None, float | None] = {None: 20.0, "11": 5.0}
    policy = replace(Policy(), coverage=replace(POLICY, region_days=(3.0,), hold_hours=0.0))
    state, _ = told(seen(both, NOON - DAY), seen(both))
    state, _ = told(seen(both, policy=policy), state=state)
    back = replace(Policy(), coverage=replace(POLICY, hold_hours=0.0))
    state, _ = told(seen(both, NOON + HOUR, policy=back), state=state)
    assert [(s.region, s.level) for s in state.spells] == [(None, 30.0), ("11", 7.0)]
    assert state.excused == ()


# -- in the stage


def watched(**tiers: tuple[str, str, str | None]) -> World:
    world = World()
    world.tell(register(tiers), product())
    return world


def supplied(world: World, name: str, packs: int, daily: float, region: str, tier: Tier = Tier.COMMUNITY_PHARMACY, code: str = CIP) -> None:
    medicine = CIS if code == CIP else cis(9)
    world.report(sheet(name, [line(code, medicine, packs, daily)], report_id=f"{name}-{world.at}", at=world.at, tier=tier, region=region))


PHARMACIES = {
    "p1": ("community_pharmacy", "ville", "11"),
    "p2": ("community_pharmacy", "ville", "84"),
    "w1": ("wholesaler", "ville", "11"),
    "h1": ("hospital_pharmacy", "hopital", "11"),
}


def two_regions(packs: int) -> World:
    """Region 11: its pharmacy has `packs`, its wholesaler 20, at 10 a day. Region 84 has enough."""
    world = watched(**PHARMACIES)
    supplied(world, "p1", packs, 10.0, "11")
    supplied(world, "p2", 900, 10.0, "84")
    supplied(world, "w1", 20, 99.0, "11", Tier.WHOLESALER)
    supplied(world, "h1", 1000, 5.0, "11", Tier.HOSPITAL_PHARMACY)
    world.advance()
    return world


def remembered(world: World, medicine: str) -> CoverageState:
    found: CoverageState = world.supply.view().get(f"coverage/{medicine}") or CoverageState()
    return found


def again(world: World, names: tuple[str, ...] = ("p2", "w1", "h1")) -> None:
    for name, packs, daily, region, tier in (
        ("p2", 900, 10.0, "84", Tier.COMMUNITY_PHARMACY),
        ("w1", 20, 99.0, "11", Tier.WHOLESALER),
        ("h1", 1000, 5.0, "11", Tier.HOSPITAL_PHARMACY),
    ):
        if name in names:
            supplied(world, name, packs, daily, region, tier)


@pytest.mark.parametrize(("packs", "cells"), [(50, []), (49, [("11", 6.9, 7.0)]), (9, [("11", 2.9, 3.0)])])
def test_a_region_counts_its_wholesalers_and_community_pharmacies_over_what_those_pharmacies_dispense(packs: int, cells: list[Any]) -> None:
    world = two_regions(packs)
    outs = world.advance(86400)
    assert [[(c.region, c.value, c.threshold) for c in s.cells] for s in signals(outs)] == ([cells] if cells else [])


def test_it_is_raised_when_it_has_held_for_24_hours_though_nobody_reports_and_also_after_a_restart() -> None:
    runs = []
    for restart in (False, True):
        world = two_regions(30)
        if restart:
            world.reopen()
        since = remembered(world, CIS).spells[0].since
        assert signals(world.advance((since + DAY - world.at).total_seconds() - 1)) == []
        runs.append(signals(world.advance(2)))
        assert [(s.rule, s.state, s.since) for s in runs[-1]] == [("coverage", RAISED, since)]
    assert runs[0] == runs[1]


def test_the_position_goes_to_the_cases_before_its_signal_and_once_a_day_while_it_is_open() -> None:
    world = two_regions(30)
    outs = [o for o in world.advance(86400) if o.topic in ("cases.log", "signals")]
    assert [(o.topic, o.kind) for o in outs] == [("cases.log", "position"), ("cases.log", "signal"), ("signals", "signal")]
    world.reopen()
    outs = [o for o in world.advance(86402) if o.topic == "cases.log"]
    assert [o.kind for o in outs if o.kind == "position"] == ["position"]


def test_under_sixty_percent_of_a_region_fresh_the_region_is_not_known() -> None:
    world = watched(**PHARMACIES, **{f"x{n}": ("community_pharmacy", "ville", "11") for n in range(2)})
    supplied(world, "p1", 5, 10.0, "11")
    again(world, ("p2", "h1"))
    world.advance()
    assert signals(world.advance(86400 * 1.5)) == []
    world.report(sheet("x0", [], at=world.at, report_id="x"))
    world.advance()
    assert list(world.supply.view().items("coverage/")) == []


def test_a_shortage_that_ends_clears_its_own_signal_and_leaves_the_other() -> None:
    world = two_regions(30)
    world.tell(product(cip(9), cis(9)))
    supplied(world, "p2", 5, 10.0, "84", code=cip(9))
    world.advance()
    world.advance(86400)
    again(world)
    supplied(world, "p1", 500, 10.0, "11")
    outs = signals(world.advance())
    assert [(s.subject.id, s.state) for s in outs if s.rule == "coverage"] == [(CIS, CLEARED)]
    assert remembered(world, cis(9)).told is not None


def test_a_pending_spell_that_ends_leaves_no_trace() -> None:
    world = two_regions(30)
    assert len(list(world.supply.view().items("coverage/"))) == 1
    supplied(world, "p1", 500, 10.0, "11")
    world.advance()
    assert list(world.supply.view().items("coverage/")) == []
    assert signals(world.advance(86400)) == []


def test_another_hold_of_the_policy_applies_to_what_is_pending() -> None:
    world = two_regions(30)
    world.tell(setting("policy", {"coverage": {"hold_hours": 2}}))
    world.advance(3600)
    assert [s.state for s in signals(world.advance(3600))] == [RAISED]


# -- in the cases


def test_officers_and_the_medicines_companies_hear_of_it_and_of_its_end() -> None:
    world = cases_world.World()
    outs = world.feed("signal", told(seen({None: 12.0}), seen({None: 12.0}, NOON + DAY, companies=("lab-a",)))[1][0])
    alert = cases_world.alerts(outs)[0]
    assert (alert.kind, alert.severity, alert.reason) == (AlertKind.COVERAGE, Severity.MODERATE, "supply_short")
    assert cases_world.groups(outs) == {"officers": "alert", "companies:lab-a": "alert"}
    assert alert.facts["headline_fr"] == "AMOXIDEMO 500 mg, gélule : couverture insuffisante"
    cleared = told(seen({None: 40.0}), state=short(12.0))[1][0]
    outs = world.feed("signal", cleared)
    assert [(a.step, a.reason) for a in cases_world.alerts(outs)] == [(AlertStep.RESOLVED, "supply_recovered")]
    assert world.feed("signal", replace(cleared, version=9)) == []


def test_the_alert_has_the_figures_of_its_signal_what_follows_the_medicine_and_the_sentence_of_its_end() -> None:
    world = cases_world.World()
    signal = replace(told(seen({None: 12.0}), seen({None: 12.0}, NOON + DAY))[1][0], nature=Nature.EXERCISE)
    world.feed("signal", signal)
    alert = world.alert()
    assert (alert.nature, alert.numbers, alert.also) == (Nature.EXERCISE, signal.numbers, cases_world.FOLLOWED)
    assert (alert.facts["since"], alert.facts["sentence_en"]) == ("2026-03-10", signal.sentence.en)
    assert alert.labels["scope"] == "national"
    assert alert.facts["headline_en"] == "AMOXIDEMO 500 mg, gélule: days of supply are short"
    world.feed("signal", replace(signal, version=2, numbers={"national_days": 3.0}))
    assert world.alert().reason == "supply_changed"
    cleared = replace(told(seen({None: 40.0}), state=short(12.0))[1][0], nature=Nature.EXERCISE, version=3)
    (ended,) = cases_world.alerts(world.feed("signal", cleared))
    assert (ended.facts["sentence_fr"], ended.facts["sentence_en"]) == (cleared.sentence.fr, cleared.sentence.en)


def test_a_region_that_is_short_while_the_country_is_not_is_for_officers() -> None:
    signal = told(seen({"11": 5.0}), seen({"11": 5.0}, NOON + DAY, companies=("lab-a",)))[1][0]
    world = cases_world.World()
    assert cases_world.groups(world.feed("signal", signal)) == {"officers": "alert"}
    assert world.alert().labels["scope"] == "regional"


def test_a_medicine_without_reference_data_is_named_by_its_code() -> None:
    outs = cases_world.World(products=False).feed("signal", told(seen({None: 12.0}), seen({None: 12.0}, NOON + DAY))[1][0])
    assert cases_world.alerts(outs)[0].facts["name"] == f"CIS {CIS}"


def test_the_rule_knows_its_own_name() -> None:
    assert coverage.RULE == "coverage"


def test_what_was_cleared_is_remembered_over_a_restart_by_its_version_alone() -> None:
    world = two_regions(30)
    world.advance(86400)
    again(world)
    supplied(world, "p1", 500, 10.0, "11")
    world.advance()
    world.reopen()
    again(world)
    supplied(world, "p1", 30, 10.0, "11")
    world.advance()
    assert [(s.state, s.version) for s in signals(world.advance(86402)) if s.rule == "coverage"] == [(RAISED, 3)]
