"""What an order on a measure leaves behind: its days, when it was agreed to, the step of the case, the alert that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alertcore.cases.state import ShortageCase
from alertcore.records.alert import AlertKind, Severity, SignalState
from alertcore.records.shared import Measure, MeasureStatus, SubjectKind
from alertcore.records.shortage import Alternative, DeclarationStep
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, defect, signals, status
from tests.unit.alertcore.test_case_orders import case_of, do, reason_of

DAY = timedelta(days=1)
TODAY = NOW.date()


def proposed(*actions: str, **params: str) -> World:
    """A declared stock-out with a measure that went through these actions, one a day."""
    of = World()
    of.declare()
    do(of, "measure.propose", code="import", detail="from Spain")
    for action in actions:
        of.now += DAY
        do(of, f"measure.{action}", id="import", **params)
    return of


def kept(of: World) -> Measure:
    (found,) = of.alert().measures
    return found


def test_a_measure_says_when_it_was_agreed_to_began_and_ended() -> None:
    of = proposed("agree", "start", "end")
    assert kept(of) == Measure(
        measure_id="import",
        code="import",
        detail="from Spain",
        status=MeasureStatus.ENDED,
        agreed_at=NOW + DAY,
        from_=TODAY + 2 * DAY,
        to=TODAY + 3 * DAY,
    )


def test_days_that_are_given_count_and_stay_until_others_are() -> None:
    of = proposed("agree", **{"from": "2026-02-01", "to": "2026-02-10"})
    assert (kept(of).from_, kept(of).to) == (date(2026, 2, 1), date(2026, 2, 10))
    do(of, "measure.start", id="import", **{"from": "2026-02-03"})
    assert (kept(of).status, kept(of).from_, kept(of).to) == (MeasureStatus.IN_FORCE, date(2026, 2, 3), date(2026, 2, 10))
    do(of, "measure.end", id="import")
    assert (kept(of).status, kept(of).from_, kept(of).to) == (MeasureStatus.ENDED, None, TODAY + DAY)


def test_a_measure_that_is_refused_or_agreed_to_has_no_days_of_its_own() -> None:
    of = proposed("refuse")
    assert (kept(of).status, kept(of).agreed_at, kept(of).from_, kept(of).to) == (MeasureStatus.REFUSED, None, None, None)
    of = proposed("agree")
    assert (kept(of).status, kept(of).from_, kept(of).to) == (MeasureStatus.AGREED, None, None)


def test_the_steps_of_a_case_name_the_measure_and_whose_it_is() -> None:
    of = World()
    own = Measure(measure_id="m1", code="import", detail="from Italy")
    of.declare(measures=(own,), alternatives=(Alternative(text="magistral"),))
    do(of, "measure.propose", code="import", id="ours")
    do(of, "measure.agree", id="ours")
    do(of, "measure.agree", id="m1", company="lab-a")
    do(of, "text.agree", company="lab-a")
    case = case_of(of)
    assert case is not None
    assert [(s.action, s.what) for s in case.steps] == [
        ("measure.propose", "ours"),
        ("measure.agree", "ours"),
        ("measure.agree", "lab-a m1"),
        ("text.agree", "lab-a"),
    ]


@pytest.mark.parametrize("params", [{"company": "lab-a"}, {"company": "lab-a", "id": "m2"}, {"company": "lab-c", "id": "m1"}])
def test_a_companys_measure_is_named_by_its_company_and_its_id(params: dict[str, str]) -> None:
    of = World()
    of.declare(measures=(Measure(measure_id="m1", code="import"),))
    assert reason_of(of, "measure.agree", **params) == "unknown_value"
    assert reason_of(of, "measure.agree", company="lab-a", id="m1") == "case_kept"


def test_a_measure_or_a_text_that_is_not_named_is_none() -> None:
    of = World()
    of.declare()
    assert reason_of(of, "measure.propose") == "unknown_value"
    assert reason_of(of, "text.agree") == "unknown_value"


def test_agreements_are_kept_by_company_and_measure_each_once() -> None:
    of = World()
    of.declare(measures=(Measure(measure_id="m2", code="import"), Measure(measure_id="m1", code="import")))
    of.declare("e1", "lab-b", declared_at=NOW, measures=(Measure(measure_id="m1", code="import"),))
    for company, number in (("lab-b", "m1"), ("lab-a", "m2"), ("lab-a", "m1"), ("lab-a", "m2")):
        do(of, "measure.refuse", company=company, id=number)
    found: ShortageCase | None = of.shell.view().get(f"case/actual/{CIS}")
    assert found is not None
    assert [(a.company, a.id, a.agreed) for a in found.agreements] == [
        ("lab-a", "m1", False),
        ("lab-a", "m2", False),
        ("lab-b", "m1", False),
    ]


def test_a_measure_on_what_the_list_alone_says_is_told_under_the_list() -> None:
    of = World()
    of.snapshot("s0")
    of.snapshot("s1", status("s1", 1))
    before = len([s for s in signals(of.outs) if s.rule == "published"])
    do(of, "measure.propose", code="police_import")
    assert {s.rule for s in signals(of.last)} <= {"published"}
    of.snapshot("s2", status("s2", 4, returned=TODAY))
    assert [(s.rule, s.state) for s in signals(of.last) if s.rule == "published"] == [("published", SignalState.CLEARED)]
    assert before == 1


def test_a_measure_on_a_declared_shortage_begins_no_signal_of_the_list() -> None:
    of = proposed("agree", "start")
    assert {s.rule for s in signals(of.outs) if s.subject.kind is SubjectKind.CIS} == {"declared"}
    assert [s.state for s in signals(of.outs) if s.rule == "declared"] == [SignalState.RAISED]


def test_a_decision_says_why_the_alert_has_another_version() -> None:
    of = proposed("agree")
    (version,) = [a for a in alerts(of.last) if a.kind is AlertKind.SHORTAGE]
    assert (str(version.step), version.reason) == ("updated", "officer_assessed")


def test_the_end_of_a_police_measure_is_what_the_agency_owes_once_the_shortage_is_over() -> None:
    of = World()
    of.declare()
    do(of, "measure.propose", code="police_import")
    do(of, "measure.agree", id="police_import")
    do(of, "measure.start", id="police_import")
    of.declare("d2", previous_id="d1", step=DeclarationStep.RETURN, declared_at=NOW + HOURS)
    (duty,) = [f.alert for f in of.files() if f.alert.kind is AlertKind.DUTY and not f.ended]
    assert duty.severity is Severity.MODERATE
    do(of, "measure.end", id="police_import")
    assert [f for f in of.files() if f.alert.kind is AlertKind.DUTY and not f.ended] == []


def test_a_measure_on_what_is_no_medicine_is_a_step_of_its_case_and_gives_the_alert_a_version() -> None:
    of = World(gates=[{"kind": "defect", "gate": "automatic"}])
    of.report(product=replace(defect().product, cis=None))
    target = f"{of.alert().subject.kind}:{of.alert().subject.id}"
    do(of, "measure.propose", target, code="import")
    case = case_of(of, target)
    assert case is not None
    assert [(s.action, s.what) for s in case.steps] == [("measure.propose", "import")]
    assert [(a.kind, a.reason) for a in alerts(of.last)] == [(AlertKind.DEFECT, "officer_assessed")]
