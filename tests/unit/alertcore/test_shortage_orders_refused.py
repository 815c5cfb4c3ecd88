"""Orders on alerts of shortages that say too little, and under which rule an order is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.records.alert import AlertKind, SignalState
from alertcore.records.hub import Command
from alertcore.records.shared import SubjectKind
from alertcore.records.shortage import DeclarationStep
from alertcore.stage import Message
from tests.unit.alertcore.cases_world import CIS, NOW, World, product, signals, status

DAY = timedelta(days=1)


def reason_of(of: World, action: str, kind: AlertKind, **params: str) -> str:
    """The reason with which an order on the alert of this kind is decided; nothing of it is kept."""
    target = next(f.alert.alert_id for f in of.files() if f.alert.kind is kind)
    order = Command(command_id="x", by="officer-1", action=action, target=target, reason="because", at=of.now, params=params)
    message = Message(value=order, kind="command", key="a", at=of.now, partition=0, offset=9999, event_id=f"evt_{params}_{of.count}")
    return of.shell.stage.decide(of.shell.view(), message).reason


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"code": " "},
        {"code": "police_import", "status": "unknown"},
        {"code": "police_import", "status": "soon"},
        {"status": "in_force"},
    ],
)
def test_a_measure_has_a_code_and_a_status_that_there_is(params: dict[str, str]) -> None:
    of = World()
    of.declare()
    assert reason_of(of, "measure", AlertKind.SHORTAGE, **params) == "unknown_value"
    assert reason_of(of, "measure", AlertKind.SHORTAGE, code=" police_import ", status="agreed") == "officer_assessed"


def test_a_measure_that_says_what_stands_already_is_nothing_new() -> None:
    of = World()
    of.declare()
    of.order("measure", code="police_import")
    assert reason_of(of, "measure", AlertKind.SHORTAGE, code="police_import") == "nothing_new"


def test_a_measure_is_known_by_its_own_id_else_by_its_code_and_has_no_detail_unless_one_is_given() -> None:
    of = World()
    of.declare()
    of.order("measure", code="police_import", id="m7")
    of.order("measure", code="police_restrict_export", detail="hors UE")
    assert [(m.measure_id, m.code, m.detail) for m in of.alert().measures] == [
        ("m7", "police_import", ""),
        ("police_restrict_export", "police_restrict_export", "hors UE"),
    ]


def test_only_an_alert_of_a_shortage_or_a_stop_takes_a_measure_and_only_one_of_a_stop_a_word_on_alternatives() -> None:
    of = World()
    of.declare()
    of.report()
    assert reason_of(of, "measure", AlertKind.DEFECT, code="police_import") == "unknown_value"
    assert reason_of(of, "alternatives", AlertKind.SHORTAGE, cover="yes") == "unknown_value"


def test_a_measure_after_the_end_is_an_assessment_and_the_same_again_is_nothing() -> None:
    of = World()
    of.declare()
    of.now += DAY
    of.declare("d9", step=DeclarationStep.RETURN, declared_at=of.now)
    assert reason_of(of, "measure", AlertKind.SHORTAGE, code="police_import") == "officer_assessed"
    alert = next(f.alert.alert_id for f in of.files() if f.alert.kind is AlertKind.SHORTAGE)
    of.order("measure", alert, code="police_import")
    assert reason_of(of, "measure", AlertKind.SHORTAGE, code="police_import") == "nothing_new"


@pytest.mark.parametrize("rules", [("declared",), ("published",), ("declared", "published")])
def test_what_an_officer_decides_is_told_under_the_rules_that_raised_the_alert(rules: tuple[str, ...]) -> None:
    of = World()
    if "declared" in rules:
        of.declare()
    if "published" in rules:
        of.snapshot("s0")
        of.snapshot("s1", status("s1", 1))
    of.now = NOW + 2 * DAY
    of.order("measure", code="police_import")
    of.order("measure.propose", f"cis:{CIS}", code="import")
    of.feed("reference.products", product(mitm=False))
    told = [(s.rule, s.state) for s in signals(of.outs) if s.subject.kind is SubjectKind.CIS]
    assert told == [(rule, SignalState.RAISED) for rule in rules]
