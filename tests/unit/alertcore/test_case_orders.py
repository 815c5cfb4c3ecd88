"""The case of a subject: what officers evaluate, ask, note and decide on it, and what is told of that."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from alertcore.cases import case_file
from alertcore.cases.case_file import STEPS, CaseFile
from alertcore.records.hub import Command
from alertcore.records.shared import Measure, MeasureStatus, Nature, Subject, SubjectKind
from alertcore.records.shortage import Alternative, DeclarationStep
from alertcore.stage import Message
from alertcore.statejson import dump, load
from tests.unit.alertcore.cases_world import CIS, HOURS, INTERVAL, NOW, World, alerts, defect, notices, steps

TARGET = f"cis:{CIS}"
DAY = timedelta(days=1)
COUNT = count()


def case_of(of: World, target: str = TARGET) -> CaseFile | None:
    kind, id_ = target.split(":", 1)
    found: CaseFile | None = of.shell.view().get(case_file.key_of(Nature.ACTUAL, Subject(kind=SubjectKind(kind), id=id_)))
    return found


def do(of: World, /, action: str, target: str = TARGET, by: str = "officer-1", **params: str) -> list[Any]:
    return of.order(action, target, by, **params)


def reason_of(of: World, /, action: str, target: str = TARGET, by: str = "officer-1", reason: str = "because", **params: str) -> str:
    order = Command(command_id="x", by=by, action=action, target=target, reason=reason, at=of.now, params=params)
    message = Message(value=order, kind="command", key="a", at=of.now, partition=0, offset=9999, event_id=f"evt_asked_{next(COUNT)}")
    return of.shell.stage.decide(of.shell.view(), message).reason


def measures(of: World, group: str) -> list[dict[str, str]]:
    found = [n for n in notices(of.last, group) if "measures" in n.params]
    return json.loads(found[-1].params["measures"]) if found else []


def test_an_evaluation_keeps_what_is_not_said_again_and_names_who_and_when() -> None:
    of = World()
    do(of, "case.evaluate", impact="high", market_share_pct="62.5", residual_stock="3 weeks")
    of.now += HOURS
    do(of, "case.evaluate", by="officer-2", alternatives="none")
    case = case_of(of)
    assert case is not None
    assert case.evaluation is not None
    found = case.evaluation
    assert (found.impact, found.market_share_pct, found.residual_stock, found.alternatives) == ("high", 62.5, "3 weeks", "none")
    assert (found.by, found.at) == ("officer-2", NOW + HOURS)
    assert [(s.by, s.action, s.at) for s in case.steps] == [
        ("officer-1", "case.evaluate", NOW),
        ("officer-2", "case.evaluate", NOW + HOURS),
    ]


@pytest.mark.parametrize("share", ["-0.1", "100.1", "nan", "much"])
def test_a_share_of_the_market_is_between_nought_and_a_hundred(share: str) -> None:
    assert reason_of(World(), "case.evaluate", market_share_pct=share) == "unknown_value"
    assert reason_of(World(), "case.evaluate", market_share_pct="100") == "case_kept"


@pytest.mark.parametrize("target", ["cis:69999999", "60000001", "cis:", "ship:1", "unknown:1", "substance:00123"])
def test_a_subject_that_nobody_knows_gets_no_case(target: str) -> None:
    assert reason_of(World(), "case.note", target, text="hello") == "unknown_subject"


def test_an_order_on_a_case_names_a_person_and_is_no_book() -> None:
    assert reason_of(World(), "case.note", by=" ", text="hello") == "no_person"
    assert reason_of(World(), "case.note", text="x" * 4001) == "too_long"
    assert reason_of(World(), "case.note", text="x" * 4000) == "case_kept"


def test_a_case_keeps_its_last_steps_and_counts_the_older() -> None:
    of = World()
    for n in range(STEPS + 3):
        do(of, "case.note", text=f"note {n}")
    case = case_of(of)
    assert case is not None
    assert (len(case.steps), case.older, case.steps[0].what, case.steps[-1].what) == (STEPS, 3, "note 3", f"note {STEPS + 2}")
    assert load(CaseFile, dump(case)) == case


def test_a_missing_answer_is_told_to_officers_when_its_time_is_over_and_no_longer_when_all_have_answered() -> None:
    of = World()
    do(of, "case.consult", question="What do you advise?", to="society-a, society-b", until="2026-01-27T09:00:00+00:00")
    do(of, "case.answer", id="c1", of="society-a", text="use B")
    assert alerts(of.wait(DAY - timedelta(seconds=1))) == []
    outs = of.wait(timedelta(seconds=1))
    assert [a.kind for a in alerts(outs)][:1] == ["duty"]
    assert {n.reason.rule for n in notices(outs)} == {"officers"}
    assert "society-b" in notices(outs)[0].params["sentence_en"]
    assert "society-a" not in notices(outs)[0].params["sentence_en"]
    outs = do(of, "case.answer", id="c1", of="society-b", text="use C")
    assert steps(outs) == ["resolved"]
    assert of.wait(100 * DAY) == []


def test_a_day_is_over_at_its_local_midnight_and_the_past_is_no_time_to_answer() -> None:
    of = World()
    do(of, "case.consult", question="?", to="b", until="2026-01-26")
    assert alerts(of.wait(14 * HOURS - timedelta(seconds=1))) == []
    assert alerts(of.wait(timedelta(seconds=1))) != []
    assert reason_of(of, "case.consult", question="?", to="b", until="2026-01-25") == "unknown_value"
    assert reason_of(of, "case.consult", question="?", to="b", until="soon") == "unknown_value"
    assert reason_of(of, "case.consult", question="?", to=" , ") == "unknown_value"


def test_a_missing_answer_on_what_is_no_medicine_is_told_too() -> None:
    of = World()
    of.report(product=replace(defect().product, cis=None), batches=defect().batches)
    target = f"{of.alert().subject.kind}:{of.alert().subject.id}"
    do(of, "case.consult", target, question="?", to="lab", until="2026-01-26T10:00:00Z")
    outs = of.wait(HOURS)
    assert "duty" in [a.kind for a in alerts(outs)]
    assert [(a.kind, str(a.step)) for a in alerts(do(of, "case.answer", target, id="c1", of="lab", text="ok"))] == [("duty", "resolved")]


def test_a_case_closes_when_nothing_is_open_and_a_new_alert_opens_it_again() -> None:
    of = World()
    of.declare()
    assert reason_of(of, "case.close") == "alerts_open"
    of.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=NOW + HOURS)
    do(of, "case.consult", question="?", to="b")
    assert reason_of(of, "case.close") == "answers_missing"
    do(of, "case.answer", id="c1", of="b", text="yes")
    assert reason_of(of, "case.close", reason=" ") == "no_reason"
    do(of, "case.close", reason="over")
    case = case_of(of)
    assert case is not None
    assert case.closed_at == of.now
    assert reason_of(of, "case.close") == "case_closed"
    of.now += DAY
    of.declare("d3", declared_at=of.now)
    case = case_of(of)
    assert case is not None
    assert case.closed_at is None
    assert (case.steps[-1].by, case.steps[-1].what) == ("hub", "shortage raised")


def test_a_measure_is_told_outside_from_the_agencys_agreement_until_it_is_refused() -> None:
    of = World()
    of.declare()
    do(of, "measure.propose", code="import", id="m1", detail="from Spain")
    assert [m["status"] for m in measures(of, "officers")] == ["proposed"]
    of.soon()
    assert notices(of.last, "followers") != []
    assert measures(of, "followers") == []
    do(of, "measure.agree", id="m1")
    of.soon()
    assert [m["status"] for m in measures(of, "followers")] == ["agreed"]
    do(of, "measure.start", id="m1", **{"from": "2026-02-01"})
    of.soon()
    assert [m["status"] for m in measures(of, "followers")] == ["in_force"]
    do(of, "measure.end", id="m1", to="2026-02-10")
    (kept,) = of.alert().measures
    assert (kept.status, kept.from_, kept.to, kept.agreed_at) == (MeasureStatus.ENDED, date(2026, 2, 1), date(2026, 2, 10), NOW + INTERVAL)
    case = case_of(of)
    assert case is not None
    assert [s.action for s in case.steps] == ["measure.propose", "measure.agree", "measure.start", "measure.end"]


@pytest.mark.parametrize(
    ("before", "action", "reason"),
    [
        ((), "measure.start", "not_at_this_step"),
        ((), "measure.end", "not_at_this_step"),
        (("measure.refuse",), "measure.start", "not_at_this_step"),
        (("measure.refuse",), "measure.agree", "case_kept"),
        (("measure.agree",), "measure.agree", "not_at_this_step"),
        (("measure.agree",), "measure.end", "case_kept"),
        (("measure.agree", "measure.end"), "measure.start", "not_at_this_step"),
        (("measure.agree", "measure.start"), "measure.refuse", "not_at_this_step"),
        (("measure.agree", "measure.start"), "measure.end", "case_kept"),
    ],
)
def test_a_measure_goes_its_way_in_order(before: tuple[str, ...], action: str, reason: str) -> None:
    of = World()
    of.declare()
    for one in ("measure.propose", *before):
        do(of, one, **({"code": "import"} if one == "measure.propose" else {"id": "import"}))
    assert reason_of(of, action, id="import") == reason


@pytest.mark.parametrize("code", ["recommendations", "preparations"])
def test_recommendations_and_preparations_say_nothing_without_a_text(code: str) -> None:
    assert reason_of(World(), "measure.propose", code=code) == "unknown_value"
    assert reason_of(World(), "measure.propose", code=code, detail="as follows") == "case_kept"
    assert reason_of(World(), "measure.propose", code="magic") == "unknown_value"


def test_a_companys_measure_goes_out_when_the_agency_agreed_and_not_once_it_says_something_else() -> None:
    of = World()
    own = Measure(measure_id="m1", code="import", detail="from Spain", status=MeasureStatus.IN_FORCE)
    of.declare(measures=(own,))
    assert measures(of, "followers") == []
    do(of, "measure.agree", id="m1", company="lab-a")
    of.soon()
    assert [(m["detail"], m["status"]) for m in measures(of, "followers")] == [("from Spain", "in_force")]
    of.declare("d2", previous_id="d1", step=DeclarationStep.UPDATE, declared_at=NOW + HOURS, measures=(replace(own, detail="from Italy"),))
    of.soon()
    assert [(m["detail"], m["status"]) for m in measures(of, "officers")] == [("from Italy", "proposed")]
    assert notices(of.last, "followers") != []
    assert measures(of, "followers") == []
    do(of, "measure.refuse", id="m1", company="lab-a")
    assert [m["status"] for m in measures(of, "officers")] == ["refused"]
    assert reason_of(of, "measure.start", id="m1", company="lab-a") == "unknown_value"
    assert reason_of(of, "measure.agree", id="m1", company="lab-b") == "unknown_value"


def test_a_companys_text_on_alternatives_goes_out_when_the_agency_agreed_and_as_it_was_agreed_to() -> None:
    of = World()
    of.declare(alternatives=(Alternative(text="magistral"),))
    assert "alternatives" not in notices(of.last, "followers")[0].params
    do(of, "text.agree", company="lab-a")
    told = notices(of.soon(), "followers")[0].params
    assert told["alternatives"] == "magistral"
    assert "alternatives_agreed" not in told
    text = Alternative(text="magistral, and much more")
    of.declare("d2", previous_id="d1", step=DeclarationStep.UPDATE, declared_at=NOW + HOURS, alternatives=(text,))
    assert "alternatives" not in notices(of.soon(), "followers")[0].params
    do(of, "text.agree", company="lab-a")
    do(of, "text.refuse", company="lab-a")
    (told,) = [n.params for n in notices(of.soon(), "followers")]
    assert "alternatives" not in told, "agreed and refused within one interval: they never read it"
    assert reason_of(of, "text.agree", company="lab-b") == "unknown_value"


def test_an_agreement_to_one_companys_text_lets_no_other_out() -> None:
    of = World()
    of.declare(alternatives=(Alternative(text="theirs"),))
    of.declare("e1", "lab-b", declared_at=NOW, alternatives=(Alternative(text="ours"),))
    do(of, "text.agree", company="lab-b")
    assert notices(of.soon(), "followers")[0].params["alternatives"] == "ours"


def test_a_measure_on_what_is_no_medicine_stands_in_its_alert_and_stays_when_the_facts_change() -> None:
    of = World(gates=[{"kind": "defect", "gate": "automatic"}])
    of.report(product=replace(defect().product, cis=None))
    target = f"{of.alert().subject.kind}:{of.alert().subject.id}"
    do(of, "measure.propose", target, code="import")
    do(of, "measure.agree", target, id="import")
    assert [m["status"] for m in measures(of, "supply_chain")] == ["agreed"]
    of.report(product=replace(defect().product, cis=None), details="more", received_at=NOW + HOURS)
    assert [m.measure_id for m in of.alert().measures] == ["import"]


def test_a_case_that_is_full_takes_no_more_text_and_can_still_be_closed() -> None:
    of = World()
    do(of, "measure.propose", code="import")
    number, text = 0, "x" * 4000
    while reason_of(of, "case.note", text=text) == "case_kept" and number < 400:
        do(of, "case.note", text=text)
        number += 1
    assert 250 < number < 300
    assert reason_of(of, "case.consult", question="?", to="b") == "case_full"
    assert reason_of(of, "measure.refuse", id="import") == "case_kept"
    assert reason_of(of, "case.close") == "case_kept"
