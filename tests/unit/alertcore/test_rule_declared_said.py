"""All that an alert from companies' declarations says, by name: templates, groups and other programs read these facts and numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alertcore.records.alert import Alert, AlertKind
from alertcore.records.shared import Certainty, File, Measure, MeasureStatus, When
from alertcore.records.shortage import Alternative, Cause, CircuitState, DeclarationStep, DeclaredNature, Stop, StopKind
from alertcore.records.stock import Circuit
from alertcore.rules import shortage_words as words
from tests.unit.alertcore.cases_world import CIS, NOW, World, alerts, notices, product, signals, status

NAME = "AMOXIDEMO 500 mg, gélule"
DAY = timedelta(days=1)
VILLE = CircuitState(
    circuit=Circuit.VILLE,
    start=When(date=date(2026, 2, 1), certainty=Certainty.ACTUAL),
    expected_return=When(date=date(2026, 3, 1), certainty=Certainty.ESTIMATED),
    duration_days=28,
    monthly_sales=300,
    stock=100,
    market_share_pct=12.5,
)
SUSPENDED = Stop(kind=StopKind.SUSPENSION, notified_on=date(2026, 1, 26), effect_on=date(2027, 1, 26))


def both(name: str, text: tuple[str, str]) -> dict[str, str]:
    return {f"{name}_fr": text[0], f"{name}_en": text[1]}


def file(name: str) -> File:
    return File(name=name, media_type="application/pdf", bytes=1, sha256="0" * 64)


def two_companies(**fields: Any) -> Alert:
    """A risk, declared earlier by another company, and a stock-out with all fields."""
    of = World()
    of.declare("e1", "lab-b", nature_declared=DeclaredNature.RISQUE, declared_at=NOW - 3 * DAY, cip13s=("3400960000002",))
    given: dict[str, Any] = {
        "cip13s": ("3400960000001", "3400960000003"),
        "circuits": (VILLE,),
        "causes": (Cause(code="production", raw="Panne"),),
        "context": "usine",
        "risk": "perte de chance",
        "alternatives": (Alternative(text="magistral"),),
        "case_ref": "2026-RS-001",
        "plan_ref": "PGP-7",
        "files": (file("a.pdf"), file("b.pdf")),
    }
    of.declare(**given | fields)
    return of.alert()


def of_kind(of: World, kind: AlertKind) -> Alert:
    return next(f.alert for f in of.files() if f.alert.kind is kind and not f.ended)


def test_an_alert_says_all_that_the_gravest_declaration_says_and_who_else_declared() -> None:
    facts = two_companies().facts
    assert {k: v for k, v in facts.items() if not k.startswith("circuits")} == {
        "name": NAME,
        "cis": CIS,
        "cip13s": "3400960000001,3400960000002,3400960000003",
        "nature": "rupture",
        "declaration_id": "d1",
        "company_id": "lab-a",
        "company_name": "Laboratoire lab-a",
        "companies": "Laboratoire lab-a, Laboratoire lab-b",
        "since": "2026-01-26",
        "start": "2026-02-01",
        "expected_return": "2026-03-01",
        "causes": "production",
        "causes_as_sent": "Panne",
        "context": "usine",
        "risk": "perte de chance",
        "alternatives": "magistral",
        "case_ref": "2026-RS-001",
        "plan_ref": "PGP-7",
        "files": "a.pdf; b.pdf",
        "headline_fr": f"{NAME} : rupture de stock déclarée",
        "headline_en": f"{NAME}: stock-out declared",
        "sentence_fr": f"{NAME} : rupture de stock déclarée par Laboratoire lab-a le 26/01/2026 (et 1 autre) ; retour prévu le 01/03/2026.",
        "sentence_en": f"{NAME}: stock-out declared by Laboratoire lab-a on 2026-01-26 (and 1 more); return expected on 2026-03-01.",
        **both("instruction", words.DO_SHORTAGE),
        **both("patient_instruction", words.PATIENT),
    }


def test_the_circuits_outside_have_their_days_and_no_figure_of_the_companys_business() -> None:
    facts = two_companies().facts
    days = {
        "circuit": "ville",
        "start": {"date": "2026-02-01", "certainty": "actual"},
        "expected_return": {"date": "2026-03-01", "certainty": "estimated"},
        "duration_days": 28,
    }
    assert json.loads(facts["circuits"]) == [days | {"monthly_sales": 300, "stock": 100, "market_share_pct": 12.5}]
    assert json.loads(facts["circuits_outside"]) == [days | {"monthly_sales": None, "stock": None, "market_share_pct": None}]


def test_numbers_are_told_to_the_hundredth_and_only_those_that_are_known() -> None:
    # 100 h 7 min 24 s is 100.1233… h; 100 packs at 300 a month are a third of a month.
    hospital = CircuitState(circuit=Circuit.HOPITAL, stock=7)
    empty = replace(VILLE, monthly_sales=0, market_share_pct=None)
    known_at = NOW - timedelta(hours=100, minutes=7, seconds=24)
    assert two_companies(known_at=known_at, circuits=(VILLE, hospital)).numbers == {
        "companies": 2.0,
        "declaration_delay_hours": 100.12,
        "ville_stock_packs": 100.0,
        "ville_monthly_sales_packs": 300.0,
        "ville_market_share_pct": 12.5,
        "ville_coverage_months": 0.33,
        "hopital_stock_packs": 7.0,
    }
    assert two_companies(circuits=(empty,)).numbers == {"companies": 2.0, "ville_stock_packs": 100.0, "ville_monthly_sales_packs": 0.0}
    sold = two_companies(circuits=(replace(VILLE, stock=None),)).numbers
    assert sold == {"companies": 2.0, "ville_monthly_sales_packs": 300.0, "ville_market_share_pct": 12.5}


def test_labels_name_the_rule_the_nature_every_company_and_whether_one_was_late() -> None:
    labels = {
        "template": "declared",
        "rule": "declared",
        "nature_declared": "rupture",
        "companies": "lab-a,lab-b",
        "mitm": "true",
    }
    assert two_companies().labels == labels
    assert two_companies(known_at=NOW - 25 * timedelta(hours=1)).labels == labels | {"by_company": "true"}
    of = World(products=False)
    of.declare()
    assert of.alert().labels["mitm"] == "false"


@pytest.mark.parametrize(
    ("nature", "stop", "said"),
    [
        (DeclaredNature.ARRET, SUSPENDED, "suspension"),
        (DeclaredNature.ARRET, replace(SUSPENDED, kind=StopKind.STOP), "arret"),
        (DeclaredNature.ARRET, None, "arret"),
        (DeclaredNature.RISQUE, SUSPENDED, "risque"),
    ],
)
def test_a_suspension_is_a_stop_of_that_kind_and_nothing_else(nature: DeclaredNature, stop: Stop | None, said: str) -> None:
    of = World()
    of.declare(nature_declared=nature, stop=stop)
    kind = AlertKind.STOP if nature is DeclaredNature.ARRET else AlertKind.SHORTAGE
    facts, (fr, en) = of_kind(of, kind).facts, words.WHAT[said]
    assert both("headline", (f"{NAME} : {fr}", f"{NAME}: {en}")).items() <= facts.items()
    assert facts["nature"] == str(nature)


def test_what_to_do_in_a_stop_is_another_thing_than_in_a_shortage() -> None:
    of = World()
    of.declare(nature_declared=DeclaredNature.ARRET, stop=SUSPENDED)
    stop = of_kind(of, AlertKind.STOP)
    assert both("instruction", words.DO_STOP).items() <= stop.facts.items()
    assert stop.deadlines, "the limits of a stop are on its alert"


def test_a_shortage_has_the_limits_of_a_stop_only_where_one_is_declared_with_it() -> None:
    for stop, duties in ((SUSPENDED, ["stop_notice_mitm", "alternatives"]), (None, [])):
        of = World()
        of.declare(stop=stop)
        assert [d.duty for d in of_kind(of, AlertKind.SHORTAGE).deadlines] == duties


def test_a_declaration_without_circuits_promises_no_return_and_has_no_start() -> None:
    facts = two_companies(circuits=()).facts
    assert {"circuits", "circuits_outside", "start", "expected_return"} & set(facts) == set()
    assert "retour" not in facts["sentence_fr"]


def test_of_two_equally_grave_declarations_the_earlier_leads_then_the_one_of_the_first_company() -> None:
    of = World()
    of.declare("e1", "lab-b", declared_at=NOW - DAY)
    of.declare("d1", "lab-a")
    assert of.alert().facts["company_id"] == "lab-b"
    of.declare("c1", "lab-0", declared_at=NOW - DAY)
    assert (of.alert().facts["company_id"], of.alert().facts["companies"]) == (
        "lab-0",
        "Laboratoire lab-0, Laboratoire lab-b, Laboratoire lab-a",
    )


def test_packs_are_followed_one_by_one_only_where_every_company_names_its_own() -> None:
    of = World()
    for cip13 in ("3400960000002", "3400960000003"):
        of.feed("reference.products", product(cip13=cip13))
    of.declare("e1", "lab-b", cip13s=("3400960000002",))
    packs = [s.id for s in of.alert().also if str(s.kind) == "cip13"]
    assert packs == ["3400960000002"]
    of.declare()
    packs = [s.id for s in of.alert().also if str(s.kind) == "cip13"]
    assert packs == ["3400960000001", "3400960000002", "3400960000003"]


def test_what_the_public_list_says_beside_the_declaration_is_on_the_alert() -> None:
    of = World()
    of.declare()
    of.snapshot("s0")
    assert "status_code" not in of.alert().facts
    of.snapshot("s1", status("s1", 2))
    facts = of.alert().facts
    assert (facts["status_code"], facts["url"], facts["nature"]) == ("2", f"https://agency.example/{CIS}", "rupture")


def test_measures_of_every_company_and_of_the_agency_stand_side_by_side() -> None:
    of = World()
    of.declare(measures=(Measure(measure_id="m1", code="import", status=MeasureStatus.PROPOSED),))
    of.declare("e1", "lab-b", measures=(Measure(measure_id="m2", code="quota", status=MeasureStatus.PROPOSED),))
    of.order("measure", code="police_import")
    assert [m.code for m in of.alert().measures] == ["import", "quota", "police_import"]


def test_what_the_agency_agreed_to_stands_as_agreed_and_the_text_beside_the_companys_own() -> None:
    of = World()
    of.declare(
        alternatives=(Alternative(text="magistral"),), measures=(Measure(measure_id="m1", code="import", status=MeasureStatus.PROPOSED),)
    )
    assert "alternatives_agreed" not in of.alert().facts
    for action, params in (("text.agree", {}), ("measure.agree", {"id": "m1"})):
        of.order(action, f"cis:{CIS}", company="lab-a", **params)
    alert = of.alert()
    assert (alert.facts["alternatives"], alert.facts["alternatives_agreed"]) == ("magistral", "magistral")
    assert [(m.code, m.status) for m in alert.measures] == [("import", MeasureStatus.AGREED)]


def test_an_officer_reads_the_sentence_and_the_delay_in_both_languages_in_the_signal() -> None:
    of = World()
    told = next(s for s in signals(of.declare()) if s.rule == "declared").sentence
    facts = of.alert().facts
    assert (told.fr, told.en) == (facts["sentence_fr"], facts["sentence_en"])
    of = World()
    told = next(s for s in signals(of.declare(known_at=NOW - 2 * DAY)) if s.rule == "declared").sentence
    facts = of.alert().facts
    assert (told.fr, told.en) == tuple(f"{facts[f'sentence_{x}']} {facts[f'note/delay_{x}']}" for x in ("fr", "en"))


def test_delays_of_two_companies_stand_one_after_the_other() -> None:
    of = World()
    of.declare("e1", "lab-b", known_at=NOW - 2 * DAY)
    of.declare(known_at=NOW - 2 * DAY)
    facts = of.alert().facts
    assert facts["note/delay_fr"].count("dès connaissance). Laboratoire lab-b le savait") == 1
    assert facts["note/delay_en"].count("as soon as known). Laboratoire lab-b had known") == 1


@pytest.mark.parametrize(
    ("others", "fr", "en"), [(0, "", ""), (1, " (et 1 autre)", " (and 1 more)"), (2, " (et 2 autres)", " (and 2 more)")]
)
def test_how_many_other_companies_declared_is_said_in_the_sentence(others: int, fr: str, en: str) -> None:
    said = words.declared("X", "risque", "Y", date(2026, 2, 3), date(2026, 12, 31), others)
    assert said == (
        f"X : risque de rupture de stock déclaré par Y le 03/02/2026{fr} ; retour prévu le 31/12/2026.",
        f"X: risk of stock-out declared by Y on 2026-02-03{en}; return expected on 2026-12-31.",
    )
    assert words.headline("X", "suspension") == ("X : suspension de commercialisation déclarée", "X: suspension of marketing declared")


def test_a_company_that_withdraws_ends_it_in_the_words_of_a_withdrawal() -> None:
    of = World()
    of.declare()
    ended = alerts(of.declare("d2", step=DeclarationStep.WITHDRAWN, previous_id="d1", declared_at=NOW + DAY))[-1]
    assert (ended.facts["sentence_fr"], ended.reason) == (f"{NAME} : la déclaration a été retirée.", "all_withdrawn")
    of = World()
    of.declare()
    ended = alerts(of.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=NOW + DAY))[-1]
    assert (ended.facts["sentence_fr"], ended.reason) == (f"{NAME} : de nouveau à disposition.", "all_returned")


def test_only_officers_read_the_files_and_the_reference_of_the_case() -> None:
    outs = World().declare(case_ref="2026-RS-001", files=(file("a.pdf"),))
    told = {n.reason.rule: set(n.params) for n in notices(outs)}
    assert [group for group, names in told.items() if "case_ref" in names] == ["officers"]
