"""Orders on a case that say too little, come at the wrong step or find nothing to do: each is named, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertcore.cases.case_file import CONSULTATIONS
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Measure, MeasureStatus
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, defect
from tests.unit.alertcore.test_case_orders import case_of, do, reason_of


@pytest.mark.parametrize("params", [{}, {"impact": " "}, {"impact": "high", "colour": "red"}])
def test_an_evaluation_says_something_and_nothing_that_nobody_knows(params: dict[str, str]) -> None:
    of = World()
    assert reason_of(of, "case.evaluate", **params) == "unknown_value"
    do(of, "case.evaluate", **params)
    assert case_of(of) is None


def test_a_case_asks_so_many_questions_and_no_more() -> None:
    of = World()
    for n in range(CONSULTATIONS - 1):
        do(of, "case.consult", question=f"question {n}", to="society-a")
    assert reason_of(of, "case.consult", question="one more", to="society-a") == "case_kept"
    do(of, "case.consult", question="one more", to="society-a")
    assert reason_of(of, "case.consult", question="too many", to="society-a") == "case_full"


@pytest.mark.parametrize(
    "params",
    [
        {"id": "c2", "of": "society-a", "text": "yes"},
        {"id": "c1", "of": "society-b", "text": "yes"},
        {"id": "c1", "of": "society-a", "text": " "},
        {"of": "society-a", "text": "yes"},
    ],
    ids=["another question", "nobody who was asked", "no words", "no question"],
)
def test_an_answer_is_to_a_question_by_who_was_asked_and_says_something(params: dict[str, str]) -> None:
    of = World()
    do(of, "case.consult", question="?", to="society-a")
    assert reason_of(of, "case.answer", **params) == "unknown_value"
    assert reason_of(of, "case.answer", id="c1", of=" society-a ", text="yes") == "case_kept"


def test_a_note_says_something() -> None:
    assert reason_of(World(), "case.note", text=" ") == "unknown_value"
    assert reason_of(World(), "case.note") == "unknown_value"


def test_only_a_closed_case_is_opened_again_and_only_with_a_reason() -> None:
    of = World()
    do(of, "case.note", text="hello")
    assert reason_of(of, "case.reopen") == "nothing_new"
    do(of, "case.close", reason="over")
    assert reason_of(of, "case.reopen", reason=" ") == "no_reason"
    assert reason_of(of, "case.reopen") == "case_kept"
    do(of, "case.reopen", reason="not over")
    case = case_of(of)
    assert case is not None
    assert case.closed_at is None
    assert [s.action for s in case.steps] == ["case.note", "case.close", "case.reopen"]


def test_answers_in_time_on_what_is_no_medicine_are_told_to_nobody() -> None:
    of = World()
    of.report(product=replace(defect().product, cis=None))
    target = f"{of.alert().subject.kind}:{of.alert().subject.id}"
    do(of, "case.consult", target, question="?", to="lab", until="2026-01-26T10:00:00Z")
    assert alerts(do(of, "case.answer", target, id="c1", of="lab", text="ok")) == []
    assert [a for a in alerts(of.wait(2 * HOURS)) if a.kind is AlertKind.DUTY] == []


@pytest.mark.parametrize("params", [{"id": "export"}, {}, {"id": "import", "from": "soon"}, {"id": "import", "to": "2026-02-30"}])
def test_a_measure_moves_only_by_its_id_and_on_days_that_there_are(params: dict[str, str]) -> None:
    of = World()
    of.declare()
    do(of, "measure.propose", code="import")
    assert reason_of(of, "measure.agree", **params) == "unknown_value"
    assert reason_of(of, "measure.agree", id="import", **{"from": "2026-02-01", "to": "2026-02-28"}) == "case_kept"


def test_a_measure_that_stands_is_not_proposed_again_and_one_that_was_refused_is() -> None:
    of = World()
    of.declare()
    do(of, "measure.propose", code="import")
    assert reason_of(of, "measure.propose", code="import") == "case_kept"
    do(of, "measure.agree", id="import")
    assert reason_of(of, "measure.propose", code="import") == "not_at_this_step"
    do(of, "measure.start", id="import")
    assert reason_of(of, "measure.propose", code="import") == "not_at_this_step"
    assert reason_of(of, "measure.propose", code="import", id="second") == "case_kept"


def test_what_is_no_medicine_has_no_company_that_declares_alternatives_or_measures() -> None:
    of = World()
    of.report(product=replace(defect().product, cis=None))
    target = f"{of.alert().subject.kind}:{of.alert().subject.id}"
    assert reason_of(of, "text.agree", target, company="lab-a") == "unknown_value"
    assert reason_of(of, "measure.agree", target, id="m1", company="lab-a") == "unknown_value"


def test_a_measure_decided_after_the_end_stands_in_the_record_of_what_has_ended() -> None:
    of = World()
    own = Measure(measure_id="m1", code="import", status=MeasureStatus.IN_FORCE)
    of.declare(measures=(own,))
    do(of, "measure.propose", code="police_import", id="p1")
    do(of, "measure.agree", id="p1")
    do(of, "measure.start", id="p1")
    of.declare("d2", previous_id="d1", step=DeclarationStep.RETURN, declared_at=NOW + HOURS)
    do(of, "measure.end", id="p1")
    last = [f.alert for f in of.files() if f.alert.kind is AlertKind.SHORTAGE][-1]
    assert [(m.measure_id, m.status) for m in last.measures if m.measure_id == "p1"] == [("p1", MeasureStatus.ENDED)]
