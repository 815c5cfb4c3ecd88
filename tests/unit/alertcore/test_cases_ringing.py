"""Calls for the duties of an alert: at half and at four fifths of their time, and when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.defect import DefectStep, YesNo
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, notices, product

PATIENT_GATE = [{"kind": "defect", "audience": "*", "gate": "one", "limit_min": 100_000}]
SECOND = timedelta(seconds=1)


def risky(**policy: Any) -> World:
    """A class I defect that reached patients at NOW; its public announcement is due 24 h later, and nobody is called to release it."""
    world = World(gates=PATIENT_GATE, policy=policy or None)
    world.report(reached_patients=YesNo.YES, reached_patients_at=NOW)
    return world


@pytest.mark.parametrize(("share", "pct"), [(12 * HOURS, 50), (timedelta(hours=19, minutes=12), 80)])
def test_officers_are_called_when_half_and_four_fifths_of_the_time_have_run(share: timedelta, pct: int) -> None:
    world = risky()
    assert f" {pct} %" not in str(notices(world.wait(share - SECOND)))
    outs = world.wait(SECOND)
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("escalated", "deadline_nears")]
    assert [(n.reason.rule, str(n.purpose), n.duty) for n in notices(outs)] == [("officers", "reminder", False)]
    said = notices(outs)[0].params
    assert said["sentence_fr"].startswith(
        f"À faire jusqu'au 27/01/2026 à 10 h 00 : annonce publique (la loi, CSP R.5312-1) ; {pct} % du délai est écoulé. "
    )
    assert said["sentence_en"].startswith(
        f"To do until 2026-01-27 at 10:00: public announcement (the law, CSP R.5312-1); {pct} % of the time has run. "
    )


def test_when_the_time_is_over_officers_are_called_once_more_and_then_no_longer() -> None:
    world = risky()
    world.wait(24 * HOURS - SECOND)
    outs = world.wait(SECOND)
    assert [(n.reason.rule, str(n.purpose), n.duty) for n in notices(outs)] == [("officers", "duty", True)]
    assert notices(outs)[0].params["sentence_fr"].startswith("Délai dépassé : annonce publique, à faire jusqu'au 27/01/2026 à 10 h 00")
    assert world.wait(1000 * HOURS) == []


def test_a_duty_met_is_called_for_no_more() -> None:
    world = risky()
    world.order("release", audience="public")
    assert world.wait(48 * HOURS) == []


def mistaken(world: World) -> None:
    """Word that no patient has it after all: what counts from a later word on that begins anew."""
    world.report(step=DefectStep.UPDATE, received_at=NOW + 1.5 * HOURS, reached_patients=YesNo.NO, details="more")


def test_a_new_beginning_of_its_time_gives_new_calls_and_the_same_keeps_the_old() -> None:
    world = risky()
    world.report(step=DefectStep.UPDATE, received_at=NOW + HOURS, reached_patients=YesNo.YES, reached_patients_at=NOW, details="more")
    world.settings("policy", {"duty": {"told_at": [0.25]}, "release": PATIENT_GATE})
    assert world.wait(11 * HOURS) == []
    later = NOW + 10 * HOURS
    mistaken(world)
    world.report(step=DefectStep.UPDATE, received_at=NOW + 2 * HOURS, reached_patients=YesNo.YES, reached_patients_at=later, details="more")
    outs = world.wait(5 * HOURS)
    assert [n.params["at"] for n in notices(outs)] == ["2026-01-27T01:00:00Z"]
    assert "25 %" in notices(outs)[0].params["sentence_fr"]


def test_after_an_outage_a_duty_that_is_over_is_told_as_missed_and_not_as_running_out() -> None:
    world = risky()
    world.now += 30 * HOURS
    world.feed("reference.products", product(name="another name"))
    outs = world.wait(SECOND)
    assert [a.reason for a in alerts(outs)] == ["deadline_missed"]


def test_a_duty_that_was_missed_and_gets_more_time_is_missed_again_only_at_its_new_end() -> None:
    world = risky()
    world.wait(24 * HOURS)
    mistaken(world)
    world.report(
        step=DefectStep.UPDATE,
        received_at=NOW + 2 * HOURS,
        reached_patients=YesNo.YES,
        reached_patients_at=NOW + 10 * HOURS,
        details="more",
    )
    reasons = [a.reason for a in alerts(world.wait(10 * HOURS))]
    assert reasons == ["deadline_nears", "deadline_missed"]
