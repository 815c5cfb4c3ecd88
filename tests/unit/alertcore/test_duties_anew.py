"""Duties that begin anew after they were met: what was done before does not meet them, and they are called for again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertcore.cases.gates import carried
from alertcore.deadlines.duties import Limits
from alertcore.records.alert import Alert, Release
from alertcore.records.defect import DefectClass, DefectStep, SeriousRisk, YesNo
from alertcore.records.shared import Batch, Deadline
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts
from tests.unit.alertcore.test_rule_defect_follow_ups import BARE, QUIET

DAY = timedelta(days=1)
ONE = [
    {"kind": "defect", "audience": a, "gate": "one", "limit_min": 100_000} for a in ("professionals", "patients", "authorities", "public")
]
EXCLUDED: dict[str, Any] = QUIET | {"class_": DefectClass.II, "serious_risk": SeriousRisk.EXCLUDED}


def public(since: Any, met: Any = None) -> Deadline:
    """The public announcement of what is known since then."""
    return replace(Limits().of("public_announcement", since=since), met_at=met, by="officer-1" if met else None)


def met(alert: Alert) -> dict[str, Any]:
    """Duties, with when they were met."""
    return {d.duty: d.met_at for d in alert.deadlines}


def known_anew() -> World:
    """A class I defect told at once, excluded after six hours, and suspected again a day later: held, its announcement due a day on."""
    world = World(gates=ONE)
    world.report(reached_patients=YesNo.YES)
    world.order("release")
    for number, hours, fields in (("q2", 6, EXCLUDED), ("q3", 30, {"batches": (Batch(lot="B2"),), "reached_patients": YesNo.YES})):
        world.now = NOW + hours * HOURS
        risk = {"class_": DefectClass.I, "serious_risk": SeriousRisk.SUSPECTED, "serious_risk_at": world.now} | fields
        world.report(number, **{"step": DefectStep.UPDATE, "previous_id": "q1", "received_at": world.now} | risk)
    return world


def test_a_duty_that_begins_anew_is_not_met_by_what_was_told_before() -> None:
    world = known_anew()
    assert met(world.alert()) == {"supply_chain": None, "rapid_alert": None, "public_announcement": None}
    reasons = [str(a.reason) for hour in range(40) for a in alerts(world.wait(HOURS))]
    assert ("deadline_nears" in reasons, "deadline_missed" in reasons) == (True, True)


def test_telling_it_again_meets_it() -> None:
    world = known_anew()
    world.order("release")
    assert set(met(world.alert()).values()) == {world.now}


def test_a_duty_that_no_longer_applies_stays_as_proof() -> None:
    world = World(gates=ONE)
    world.report(reached_patients=YesNo.YES)
    world.order("release")
    world.report("q2", **{"step": DefectStep.UPDATE, "previous_id": "q1", "received_at": NOW + HOURS} | EXCLUDED)
    assert met(world.alert())["public_announcement"] == NOW


def test_where_the_first_of_two_defects_is_closed_what_was_told_of_the_second_meets_its_duties() -> None:
    world = World(gates=ONE)
    world.report(reached_patients=YesNo.YES)
    world.order("release")
    world.now = NOW + DAY
    world.report("q9", received_at=world.now, serious_risk_at=world.now, reached_patients=YesNo.YES, batches=(Batch(lot="B2"),))
    world.now += HOURS
    world.order("release")
    told = world.now
    world.now += 2 * DAY
    world.report("q2", **BARE | {"step": DefectStep.CLOSED, "previous_id": "q1", "received_at": world.now})
    assert met(world.alert()) == {"supply_chain": told, "rapid_alert": told, "public_announcement": told}


@pytest.mark.parametrize(
    ("before", "now", "release", "found"),
    [
        (public(NOW, NOW + HOURS), NOW, None, NOW + HOURS),
        (public(NOW, NOW + HOURS), NOW - HOURS, None, NOW + HOURS),
        (public(NOW, NOW + HOURS), NOW + HOURS, None, NOW + HOURS),
        (public(NOW, NOW + HOURS), NOW + DAY, None, None),
        (public(NOW + DAY, NOW), NOW + DAY, None, NOW),
        (public(NOW), NOW + DAY, None, None),
        (public(NOW, NOW), NOW + DAY, Release(audiences=("public",), at=NOW + DAY), NOW + DAY),
        (public(NOW, NOW), NOW + DAY, Release(audiences=("public",), at=NOW + DAY - HOURS), None),
        (public(NOW, NOW), NOW + DAY, Release(audiences=("officers",), at=NOW + DAY), None),
        (public(NOW, NOW), NOW + DAY, Release(), None),
    ],
)
def test_what_was_met_stays_met_unless_it_began_anew_since(before: Deadline, now: Any, release: Release | None, found: Any) -> None:
    (after,) = carried((public(now),), (before,), release)
    assert after.met_at == found
