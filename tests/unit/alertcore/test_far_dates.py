"""Days and instants at the ends of the calendar: each fact and order of one is decided, and what officers cannot mean is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alertcore.deadlines.calendar import Calendar
from alertcore.deadlines.clock import FIRST, LAST, add_days, add_months, day_of, end_of_day, latest_start, local, start_of_day
from alertcore.dispatch.posted import read
from alertcore.duty import read_roster
from alertcore.records.shared import Certainty, When
from alertcore.records.shortage import CircuitState, DeclaredNature, Plan, Stop, StopKind
from alertcore.records.stock import Circuit
from alertcore.settled import SettingsError
from alertcore.statejson import json_text
from tests.unit.alertcore.cases_world import CIS, World, declaration, org
from tests.unit.alertcore.device_world import notice
from tests.unit.alertcore.test_case_orders import reason_of
from tests.unit.alertcore.test_rule_disruption_72h import disruption

ENDS = [date.min, date(1, 1, 2), date(9998, 12, 31), date(9999, 1, 1), date(9999, 6, 30), date.max]
FAR = ["9999-12-31", "0001-01-01", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00", "9999-12-31T23:59:59Z"]
ZONES = ["Europe/Paris", "America/Martinique", "Pacific/Wallis"]


def when(day: date) -> When:
    return When(date=day, certainty=Certainty.ESTIMATED)


def circuit(**fields: Any) -> tuple[CircuitState, ...]:
    return (CircuitState(circuit=Circuit.VILLE, monthly_sales=10, stock=5, **fields),)


def stop(notified: date, effect: date) -> dict[str, Any]:
    return {"nature_declared": DeclaredNature.ARRET, "stop": Stop(kind=StopKind.STOP, notified_on=notified, effect_on=effect)}


def facts_of(day: date) -> list[tuple[str, Any]]:
    """Facts that name such a day wherever a limit or a timer is made of one."""
    return [
        ("shortage.declarations", declaration(circuits=circuit(expected_return=when(day)))),
        ("shortage.declarations", declaration(circuits=circuit(start=when(day), duration_days=2_000_000_000))),
        ("shortage.declarations", declaration(**stop(day, date(2027, 3, 1)))),
        ("shortage.declarations", declaration(**stop(date(2026, 1, 1), day))),
        ("plans", Plan(cis=CIS, company=org("lab-a"), received_on=day, version="1")),
        ("device.notices", notice(start=when(day))),
        ("device.notices", notice(end=when(day))),
    ]


@pytest.mark.parametrize("day", ENDS)
@pytest.mark.parametrize("n", range(len(facts_of(date.min))))
def test_a_fact_at_the_end_of_the_calendar_is_decided_as_any_other(n: int, day: date) -> None:
    world = World()
    world.feed(*facts_of(day)[n])
    assert world.files() != [] or n == 4
    world.wait(timedelta(days=400))


@pytest.mark.parametrize("at", [datetime.min, datetime.max, datetime(9999, 12, 31, 23, 59), datetime(9999, 1, 1, 12)])
def test_an_instant_at_the_end_of_the_calendar_from_which_a_limit_runs_leaves_nothing_undecided(at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    world = World()
    world.declare(known_at=at)
    assert [f.alert.subject.id for f in world.files()] == [CIS]
    asked = disruption(pharmacy="p1", asked_at=at), disruption(pharmacy="p2")
    for one in asked:
        world.feed("supply.disruptions", one)
    world.wait(timedelta(days=400))
    assert "disruption" in {f.alert.kind for f in world.files()}


def far_orders(far: str) -> list[tuple[str, str, dict[str, str]]]:
    case = f"cis:{CIS}"
    return [
        ("case.consult", case, {"question": "q", "to": "a", "until": far}),
        ("measure.propose", case, {"code": "import", "from": far, "to": far}),
        ("measure.agree", case, {"id": "import", "from": far, "to": far}),
        ("measure", "", {"code": "police_import", "from": far, "to": far}),
        ("silence", "s", {"matchers": 'kind="x"', "starts": far, "ends": far}),
    ]


@pytest.mark.parametrize("far", FAR)
def test_an_order_at_the_end_of_the_calendar_is_decided_too(far: str) -> None:
    world = World()
    world.declare()
    for action, target, params in far_orders(far):
        world.order(action, target, **params)
    world.wait(timedelta(days=40))
    assert reason_of(world, "case.consult", question="q", to="a", until=far) == "unknown_value"


def test_the_last_day_that_can_be_reckoned_with_is_still_one() -> None:
    world = World()
    world.declare()
    assert reason_of(world, "case.consult", question="q", to="a", until=str(LAST)) == "case_kept"
    assert reason_of(world, "case.consult", question="q", to="a", until=str(LAST + timedelta(days=1))) == "unknown_value"


@pytest.mark.parametrize("far", FAR)
def test_a_roster_a_floor_and_a_posted_alert_with_such_days_are_refused_or_in_force(far: str) -> None:
    world = World()
    span = {"person": "a", "from": far, "to": far}
    world.settings("duty", {"director": "d", "overrides": [span], "absences": [span]})
    if len(far) == 10:
        world.settings("policy", {"safety_stock": {"periods": [{"from": far, "to": far, "months": 1, "cis": CIS}]}})
    world.declare()
    world.report()
    world.wait(timedelta(days=40))
    posted = {"labels": {"alertname": "x"}, "annotations": {}, "since": far, "until": far, "timeout": False, "generator": ""}
    world.order("external_alert", "-", alerts=json_text([posted]))
    assert {"shortage", "defect"} <= {file.alert.kind for file in world.files()}, "all that came with them was decided"


def test_what_is_no_instant_of_the_calendar_is_said_as_the_files_other_problems() -> None:
    span = {"person": "a", "from": "0001-01-01T00:00:00+14:00", "to": "2026-01-01"}
    with pytest.raises(SettingsError, match="expected days"):
        read_roster({"director": "d", "absences": [span]})
    with pytest.raises(ValueError, match="too far away"):
        read(
            json_text(
                [
                    {
                        "labels": {"alertname": "x"},
                        "annotations": {},
                        "since": "0001-01-01T00:00:00+14:00",
                        "until": "2026-01-01T00:00:00Z",
                        "timeout": False,
                        "generator": "",
                    }
                ]
            )
        )


@given(some.dates(), some.sampled_from(ZONES), some.integers(-200_000, 200_000))
def test_no_day_is_too_far_to_reckon_with(day: date, zone: str, n: int) -> None:
    assert start_of_day(day, zone) < end_of_day(day, zone) or not FIRST <= day <= LAST
    assert add_days(day, n) in (day + timedelta(days=n) if 0 < day.toordinal() + n <= date.max.toordinal() else None, date.min, date.max)
    months = n % 600
    start = latest_start(day, months)
    assert add_months(start, months) <= max(day, add_months(date.min, months))
    Calendar().add_working_days(day, n % 30 - 15)


@given(some.datetimes(timezones=some.just(UTC)), some.sampled_from(ZONES))
def test_every_instant_is_written_in_every_zone(at: datetime, zone: str) -> None:
    there = local(at, zone)
    assert there == at or not FIRST <= at.date() <= LAST


@pytest.mark.parametrize("text", ["2026-01-26", "0001-01-01", "9999-12-31"])
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    assert str(day_of(text)) == text


@pytest.mark.parametrize("text", ["", "2026-02-30", "20260126", "2026-W05-1", "2026-1-2", "2026-01-26T00:00", "tomorrow"])
def test_what_is_no_such_day_is_none(text: str) -> None:
    assert day_of(text) is None
