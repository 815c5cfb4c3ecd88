"""Days that the rules on stock tell are local days of the agency: half past midnight on the first of a month, in both seasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alertcore.policy import Policy
from alertcore.records.alert import Signal
from alertcore.records.shared import SubjectKind
from alertcore.rules import coverage, projection, safety_stock
from alertcore.rules.projection_burn import Burn
from alertcore.rules.safety_stock_floor import Floor, Standing
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.stock_world import CIS, LAB, NOON, known_world, lab, setting, signals

DAY = timedelta(days=1)
NIGHTS = [
    (datetime(2026, 1, 31, 23, 30, tzinfo=UTC), "Europe/Paris", "01/02/2026", "2026-02-01"),
    (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "Europe/Paris", "01/07/2026", "2026-07-01"),
    (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), "Europe/Paris", "30/06/2026", "2026-06-30"),
    (datetime(2026, 2, 1, 2, 30, tzinfo=UTC), "America/Martinique", "31/01/2026", "2026-01-31"),
]
both = pytest.mark.parametrize(("at", "zone", "fr", "en"), NIGHTS)


def common(at: datetime, zone: str) -> dict[str, Any]:
    return {"cis": CIS, "name": "EXEMPLE", "mitm": True, "at": at, "policy": Policy(), "policy_version": 0, "zone": zone}


def told(signal: Signal | None) -> Signal:
    assert signal is not None
    return signal


@both
def test_a_floor_is_told_to_be_missed_and_kept_again_on_local_days(at: datetime, zone: str, fr: str, en: str) -> None:
    floor = Floor(company=LAB, months=2.0, mean_month=100.0, kept=12)

    def look(state: safety_stock.FloorState, at: datetime, stock: float) -> tuple[safety_stock.FloorState, Signal | None]:
        standings = (Standing(floor=floor, stock=stock),)
        return safety_stock.look(state, safety_stock.Look(**common(at, zone), standings=standings))

    state, _ = look(safety_stock.FloorState(), at, 150)
    _, signal = look(state, at + 3 * DAY, 300)
    ended = date.fromisoformat(en) + 3 * DAY
    assert f"du {fr} au {ended:%d/%m/%Y}." in told(signal).sentence.fr
    assert f"from {en} to {ended:%Y-%m-%d}." in told(signal).sentence.en
    assert told(signal).numbers["breach_ended_unix_s"] == (at + 3 * DAY).timestamp()


@both
def test_days_of_supply_are_told_to_be_short_since_a_local_day(at: datetime, zone: str, fr: str, en: str) -> None:
    look = coverage.Look(**common(at, zone), readings={None: 5.0})
    state, _ = coverage.look(coverage.CoverageState(), look)
    state, signal = coverage.look(state, replace(look, at=at + DAY))
    assert f"depuis le {fr}." in told(signal).sentence.fr
    assert f"since {en}." in told(signal).sentence.en
    _, signal = coverage.look(state, replace(look, at=at + 2 * DAY, readings={None: 50.0}))
    assert f"depuis le {fr}." in told(signal).sentence.fr


@both
def test_a_projection_is_told_to_be_over_since_a_local_day(at: datetime, zone: str, fr: str, en: str) -> None:
    burn = Burn(median=-10.0, least=-10.0, most=-10.0, changes=28)
    look = projection.Look(**common(at, zone), day=date.fromisoformat(en), stock=100.0, burn=burn)
    state, _ = projection.look(projection.ProjectionState(), look)
    _, signal = projection.look(state, replace(look, at=at + DAY, stock=5000.0))
    assert f"depuis le {fr}." in told(signal).sentence.fr
    assert f"since {en}." in told(signal).sentence.en


def test_stage_supply_tells_the_days_of_the_calendar_in_force() -> None:
    world = known_world()
    world.tell(setting("calendar", {"zone": "Indian/Reunion", "years": [2026]}))
    world.at = NOON + timedelta(hours=8, minutes=30)  # half past midnight in La Réunion, still the 10th in Paris
    lab(world, 150)
    (signal,) = signals(lab(world, 300))
    assert "du 11/03/2026 au 11/03/2026." in signal.sentence.fr


@pytest.mark.parametrize("rule", ["safety_stock", "coverage", "projection", "held"])
@pytest.mark.parametrize(("at", "day"), [(NIGHTS[0][0], "2026-02-01"), (NIGHTS[1][0], "2026-07-01")])
def test_an_alert_stands_since_a_local_day(rule: str, at: datetime, day: str) -> None:
    kind = (SubjectKind.REPORTER, "x") if rule == "held" else (SubjectKind.CIS, CIS)
    world = cases_world.World()
    outs = world.feed("signal", cases_world.signal(rule, *kind, since=at, companies=("lab-a",)))
    assert {a.facts["since"] for a in cases_world.alerts(outs)} == {day}
