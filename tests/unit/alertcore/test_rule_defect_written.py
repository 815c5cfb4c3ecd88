"""What an alert on a quality defect takes from its records: who recalls, packs, lots, other authorities, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertcore.records.defect import DefectClass, DefectProduct, DefectScope, Falsified, RecallLevel, SeriousRisk
from alertcore.records.shared import Batch, Org, SubjectKind
from alertcore.rules.defect_words import patient, sentence
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, org, product
from tests.unit.alertcore.test_rule_defect_said import reported
from tests.unit.alertcore.test_rule_defect_scope import OTHER, SITE, SUBSTANCE, of_kind, two_medicines
from tests.unit.alertcore.test_rule_foreign_defect import hear

NAME = "AMOXIDEMO 500 mg, gélule"
PACKS = ("3400960000001", "3400960000002", "3400960000003")


@pytest.mark.parametrize(
    ("recalling", "holder", "told"),
    [
        (org("lab-z"), org("lab-h"), "Laboratoire lab-z"),
        (None, org("lab-h"), "Laboratoire lab-h"),
        (replace(org("lab-z"), name=None), org("lab-h"), "lab-z"),
        (None, None, None),
    ],
)
def test_the_company_named_is_the_one_that_recalls_else_the_holder_by_name_else_by_id(
    recalling: Org | None, holder: Org | None, told: str | None
) -> None:
    assert reported(recalling_firm=recalling, ma_holder=holder).facts.get("company_name") == told


def test_what_the_record_does_not_say_is_not_among_the_facts() -> None:
    facts = reported(level=RecallLevel.UNKNOWN, product=DefectProduct(name="X"), batches=(Batch(lot="A1"),)).facts
    absent = {"level", "decided_at", "recall_number", "cis", "cip13s", "company_name", "details", "defect_type", "foreign_reference"}
    assert absent & set(facts) == set()


def test_lots_stand_by_number_and_packs_one_by_one() -> None:
    lots = (Batch(lot="B1", cip13=PACKS[1]), Batch(lot="A1"), Batch(lot="A1", cip13=PACKS[0]), Batch(lot="a1"))
    alert = reported(batches=lots)
    assert [(b.lot, b.cip13) for b in alert.batches] == [("A1", None), ("A1", PACKS[0]), ("B1", PACKS[1]), ("a1", None)]
    assert alert.facts["cip13s"] == f"{PACKS[0]},{PACKS[1]}"
    assert alert.numbers == {"defects": 1.0, "lots": 4.0}


def test_of_several_medicines_one_whose_packs_are_named_is_followed_by_those_and_another_by_all_its_own() -> None:
    world = two_medicines()
    world.feed("reference.products", product(cip13=PACKS[2]))
    fields: dict[str, Any] = {"product": DefectProduct(name="Amoxicilline, substance active", inn="amoxicilline"), **SUBSTANCE}
    world.report(**fields | {"batches": (Batch(lot="A1", cip13=PACKS[2]),)})
    assert sorted(of_kind(world.alert().also, SubjectKind.CIP13)) == [PACKS[1], PACKS[2]]
    assert of_kind(world.alert().also, SubjectKind.CIS) == [CIS, OTHER]


def test_a_defect_of_a_site_is_about_every_product_it_names_whether_the_reference_data_know_it_or_not() -> None:
    world = two_medicines()
    world.report(scope=DefectScope.SITE, manufacturer=SITE)
    world.report(
        "q2", scope=DefectScope.SITE, manufacturer=SITE, product=DefectProduct(name="AUTRE", cis=OTHER), received_at=NOW + HOURS, batches=()
    )
    world.report("q3", scope=DefectScope.SITE, manufacturer=SITE, product=DefectProduct(name="Y", cis="60000099"), received_at=NOW + HOURS)
    alert = world.alert()
    assert of_kind(alert.also, SubjectKind.CIS) == [CIS, OTHER, "60000099"]
    assert "cis" not in alert.facts
    assert alert.facts["name"] == "Usine Exemple"


def test_a_defect_that_another_authority_told_of_names_it_and_its_reference() -> None:
    world = World()
    hear(world, "IT/II/7/01")
    facts = world.alert().facts
    assert (facts["foreign_reference"], facts["foreign_authority"]) == ("IT/II/7/01", "authority-be")
    assert world.alert().labels["foreign"] == "authority-be"


@pytest.mark.parametrize("risk", [SeriousRisk.SUSPECTED, SeriousRisk.EXCLUDED])
def test_the_sentence_and_what_patients_read_follow_the_serious_risk_in_both_languages(risk: SeriousRisk) -> None:
    alert = reported(serious_risk=risk, class_=DefectClass.II, falsified=Falsified.SUSPECTED)
    fr, en = sentence(NAME, "ii", "suspected", (), 1, risk=str(risk), level="patient")
    assert (alert.facts["sentence_fr"], alert.facts["sentence_en"]) == (fr, en)
    assert (alert.facts["patient_instruction_fr"], alert.facts["patient_instruction_en"]) == patient((), 1, stop=True)
