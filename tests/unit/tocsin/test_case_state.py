"""Cases read back from the state topic: one case, the list, and whether an order was done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from alertcore.cases import answers
from alertcore.cases.case_view import case, cases
from alertcore.records.journal import Journal
from alertcore.records.shared import Measure, MeasureStatus, Nature, Subject, SubjectKind
from alertcore.records.shortage import Alternative, DeclarationStep
from schemas.codec import encode
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, defect
from tocsin.case_state import HEAD, Answer, CaseState, look
from tocsin.commands.case_orders import told

TARGET = f"cis:{CIS}"
SUBJECT = Subject(kind=SubjectKind.CIS, id=CIS)


def written(of: World) -> CaseState:
    """The state as it stands in its topic."""
    return CaseState({key: of.shell.stage.dump(key, value) for key, value in of.shell.view().items("")})


def busy() -> World:
    of = World()
    own = Measure(measure_id="m1", code="import", status=MeasureStatus.IN_FORCE)
    of.declare(measures=(own,), alternatives=(Alternative(text="magistral"),))
    of.order("case.evaluate", TARGET, impact="high", market_share_pct="60")
    of.order("case.consult", TARGET, to="society", question="What else?")
    of.order("measure.propose", TARGET, code="top_up_stock")
    of.order("measure.agree", TARGET, id="m1", company="lab-a")
    of.order("text.agree", TARGET, company="lab-a")
    return of


def test_a_case_shows_facts_and_what_officers_did() -> None:
    found = case(written(busy()), Nature.ACTUAL, SUBJECT)
    assert found is not None
    assert found["name"] == "AMOXIDEMO 500 mg, gélule"
    assert [d["declaration_id"] for d in found["declarations"]] == ["d1"]
    assert found["evaluation"]["market_share_pct"] == 60.0
    assert [(m["measure_id"], m.get("company"), m["status"]) for m in found["measures"]] == [
        ("m1", "lab-a", "in_force"),
        ("top_up_stock", None, "proposed"),
    ]
    assert [(a["company"], a["id"], a["agreed"]) for a in found["agreements"]] == [("lab-a", "", True), ("lab-a", "m1", True)]
    assert [(a["kind"], a["open"]) for a in found["alerts"]] == [("shortage", True)]
    assert [s["action"] for s in found["steps"]] == ["case.evaluate", "case.consult", "measure.propose", "measure.agree", "text.agree"]
    json.dumps(found)


def test_a_case_in_lines_says_the_same() -> None:
    found = case(written(busy()), Nature.ACTUAL, SUBJECT)
    assert found is not None
    text = "\n".join(told(found))
    for said in ("declared 2026-01-26 by lab-a", "impact high", "m1 of lab-a: import, in_force", "c1 to society: What else?", "officer-1"):
        assert said in text


def test_alerts_that_came_before_are_followed_back() -> None:
    of = World()
    for n in range(3):
        of.now += 30 * timedelta(days=1)
        of.declare(f"d{n}", declared_at=of.now)
        of.now += HOURS
        of.declare(f"r{n}", previous_id=f"d{n}", step=DeclarationStep.RETURN, declared_at=of.now)
    found = case(written(of), Nature.ACTUAL, SUBJECT)
    assert found is not None
    assert [a["kind"] for a in found["alerts"] if not a["open"]].count("shortage") == 3


def test_what_nobody_knows_is_no_case_and_a_nature_is_its_own() -> None:
    of = busy()
    assert case(written(of), Nature.ACTUAL, Subject(kind=SubjectKind.CIS, id="69999999")) is None
    assert case(written(of), Nature.EXERCISE, SUBJECT) is None


def test_the_list_names_what_is_open_first_and_what_officers_worked_on() -> None:
    of = World()
    of.order("case.note", TARGET, text="seen")
    assert [(line["subject"], line["open_alerts"], line["last_step"]["action"]) for line in cases(written(of))] == [
        (TARGET, [], "case.note")
    ]
    of.report(product=replace(defect().product, cis="60000009"))
    assert [line["open_alerts"] for line in cases(written(of))] == [["defect"], []]


def test_an_order_is_done_when_its_case_stands_in_the_state_and_not_before() -> None:
    of = busy()
    (key, file), *_ = of.shell.view().items("casefile/")
    raw = of.shell.stage.dump(key, file)
    command = file.steps[-1].command
    head = encode(Journal(offset=41, now=NOW))
    assert look(iter([(HEAD.encode(), head)]), command) == (Answer(), 41)
    assert look(iter([(key.encode(), raw), (HEAD.encode(), head)]), command) == (Answer(case=file, decided=True), 41)
    assert look(iter([(key.encode(), raw), (key.encode(), None)]), "another") == (Answer(), -1)


def test_a_refused_order_stands_in_the_state_with_its_reason() -> None:
    of = busy()
    commands = []
    for action, params in (("case.evaluate", {"market_share_pct": "150"}), ("measure.propose", {"code": "nix"})):
        of.order(action, TARGET, **params)
        commands.append(f"c{of.count - 1}")
    raw = of.shell.stage.dump(answers.KEY, of.shell.view().get(answers.KEY))
    head = encode(Journal(offset=41, now=NOW))
    for command in commands:
        found, decided = look(iter([(answers.KEY.encode(), raw), (HEAD.encode(), head)]), command)
        assert (found, decided) == (Answer(refused="unknown_value", decided=True), 41)
    assert look(iter([(answers.KEY.encode(), raw)]), "another") == (Answer(), -1)
