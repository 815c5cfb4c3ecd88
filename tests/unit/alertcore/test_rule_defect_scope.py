"""Defects of a substance or a site, medicines for animals, follow-ups that change the lots, and what each action tells people to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alertcore.cases.contained import Contained
from alertcore.cases.state import Medicine
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.defect import (
    DefectAction,
    DefectClass,
    DefectProduct,
    DefectScope,
    DefectStep,
    RecallLevel,
    SeriousRisk,
    Species,
    YesNo,
)
from alertcore.records.product import Substance
from alertcore.records.shared import Batch, Org, OrgScheme, Subject, SubjectKind
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, groups, notices, product, rapid, signals, steps

QUIET: dict[str, Any] = {"serious_risk": SeriousRisk.UNASSESSED, "serious_risk_at": None, "class_": DefectClass.UNASSIGNED}
UPDATE, CLOSED = DefectStep.UPDATE, DefectStep.CLOSED
OTHER = "60000002"
SITE = Org(id="site-1", scheme=OrgScheme.AGENCY, name="Usine Exemple", country="IT")
SUBSTANCE: dict[str, Any] = {"scope": DefectScope.ACTIVE_SUBSTANCE, "batches": ()}


def two_medicines() -> World:
    """A second company's medicine with a salt of the same substance, and a third without it."""
    world = World()
    salt = Substance(code="00456", name="AMOXICILLINE trihydratée", strength="1 g")
    world.feed("reference.products", product(OTHER, name="AUTREDEMO 1 g, comprimé", substances=(salt,), company="lab-b"))
    world.feed("reference.products", product("60000003", name="SANSRAPPORT", substances=(Substance(code="00789", name="AMOXAPINE"),)))
    return world


def of_kind(also: tuple[Subject, ...], kind: SubjectKind) -> list[str]:
    return [s.id for s in also if s.kind is kind]


def test_a_defect_of_a_substance_is_about_every_medicine_that_has_it() -> None:
    world = two_medicines()
    outs = world.report(product=DefectProduct(name="Amoxicilline, substance active", inn="amoxicilline"), **SUBSTANCE)
    alert = alerts(outs)[0]
    assert (alert.subject.kind, alert.subject.id) == (SubjectKind.SUBSTANCE, "00123")
    assert of_kind(alert.also, SubjectKind.CIS) == [CIS, OTHER]
    assert of_kind(alert.also, SubjectKind.CIP13) == ["3400960000001", "3400960000002"]
    assert of_kind(alert.also, SubjectKind.SUBSTANCE) == ["00456"]
    assert alert.labels["companies"] == "lab-a,lab-b"
    assert set(groups(outs)) == {"officers", "companies:lab-a", "companies:lab-b"}
    assert alert.facts["sentence_fr"].startswith("AMOXICILLINE : défaut de qualité de classe I")


def test_the_substance_is_that_of_the_medicine_where_no_name_fits_and_its_name_where_nobody_knows_it() -> None:
    world = two_medicines()
    by_cis = alerts(world.report(product=DefectProduct(name="X", cis=OTHER, inn="inconnue"), **SUBSTANCE))[0]
    assert (by_cis.subject.id, of_kind(by_cis.also, SubjectKind.CIS)) == ("00456", [OTHER])
    unknown = alerts(world.report("q2", product=DefectProduct(name="X", inn="Mystérine  B"), **SUBSTANCE))[0]
    assert (unknown.subject, unknown.also) == (Subject(kind=SubjectKind.SUBSTANCE, id="MYSTERINE B"), ())
    nameless = alerts(world.report("q3", product=DefectProduct(name="X"), scope=DefectScope.ACTIVE_SUBSTANCE))[0]
    assert nameless.subject == Subject(kind=SubjectKind.LOT, id="A1")


@pytest.mark.parametrize(
    ("inn", "codes"),
    [
        ("Salbutamol", ["00001", "00002", "00003"]),
        ("salbutamol sulfate", ["00001", "00002", "00003"]),
        ("SULFATE DE SALBUTAMOL", ["00001"]),
        ("SALBUTAMOL (SULFATE DE)", ["00001", "00002", "00003"]),
        ("Amoxicillin", ["00123"]),
        ("terbutaline", []),
        ("", []),
    ],
)
def test_a_substance_is_all_its_salts_unless_one_is_named_as_the_reference_data_name_it(inn: str, codes: list[str]) -> None:
    index = Contained()
    for code, name in (
        ("00001", "SULFATE DE SALBUTAMOL"),
        ("00002", "SALBUTAMOL"),
        ("00003", "SALBUTAMOL BASE"),
        ("00123", "AMOXICILLINE"),
    ):
        index.add(Medicine(cis=CIS, name="X", substances=(Substance(code=code, name=name),)))
    assert sorted(index.codes(inn)) == codes


def test_a_product_that_comes_later_is_found_by_its_substance() -> None:
    world = two_medicines()
    world.report(product=DefectProduct(name="X", inn="Amoxicilline"), **SUBSTANCE)
    world.feed("reference.products", product("60000004", name="NOUVEAU"))
    world.report(product=DefectProduct(name="X", inn="Amoxicilline"), step=UPDATE, received_at=NOW + HOURS, details="more", **SUBSTANCE)
    assert of_kind(world.alert().also, SubjectKind.CIS) == [CIS, OTHER, "60000004"]


def test_a_defect_of_a_site_is_about_the_manufacturer_and_the_products_it_names() -> None:
    world = two_medicines()
    fields = {"scope": DefectScope.SITE, "manufacturer": SITE}
    world.report(**fields)
    alert = alerts(world.report("q2", product=DefectProduct(name="Y", cis="60000099"), received_at=NOW + HOURS, batches=(), **fields))[0]
    assert alert.subject == Subject(kind=SubjectKind.COMPANY, id="site-1")
    assert of_kind(alert.also, SubjectKind.CIS) == [CIS, "60000099"]
    assert (alert.labels["companies"], alert.facts["name"]) == ("lab-a,site-1", "Usine Exemple")
    no_site = World()
    assert alerts(no_site.report(scope=DefectScope.SITE))[0].subject.kind is SubjectKind.CIS


def test_a_defect_moves_to_its_medicine_once_that_is_known_and_no_all_clear_is_given() -> None:
    world = World()
    first = alerts(world.report(product=DefectProduct(name="X")))[0]
    assert first.subject.kind is SubjectKind.LOT
    outs = world.report(step=UPDATE, received_at=NOW + HOURS, details="found")
    assert [(a.subject.id, str(a.step), a.reason) for a in alerts(outs)][:2] == [
        ("A1", "superseded", "subject_changed"),
        (CIS, "raised", "serious_risk"),
    ]
    assert world.alert().replaces == first.alert_id
    assert {(s.subject.id, str(s.state)) for s in signals(outs)} == {("A1", "cleared"), (CIS, "raised")}
    assert "all_clear" not in groups(outs).values()
    later = world.report(step=UPDATE, received_at=NOW + 2 * HOURS, product=DefectProduct(name="X"), details="less told")
    assert {a.subject.id for a in alerts(later)} == {CIS}


def test_a_defect_that_moves_leaves_the_others_of_its_old_subject() -> None:
    world = World()
    world.report("q1", product=DefectProduct(name="X"))
    world.report("q2", product=DefectProduct(name="X"), received_at=NOW + HOURS, details="other")
    outs = world.report("q2", step=UPDATE, received_at=NOW + 2 * HOURS, details="found")
    assert [(a.subject.id, str(a.step)) for a in alerts(outs)] == [("A1", "updated"), ("A1", "held"), (CIS, "raised"), (CIS, "held")]


def test_the_last_that_fired_moving_away_ends_the_old_alert_without_an_all_clear() -> None:
    world = World()
    world.report("q1", product=DefectProduct(name="X"))
    world.report("q2", product=DefectProduct(name="X"), received_at=NOW + HOURS, details="quiet", **QUIET)
    outs = world.report("q1", step=UPDATE, received_at=NOW + 2 * HOURS, details="found")
    assert next((a.subject.id, str(a.step), a.reason) for a in alerts(outs)) == ("A1", "superseded", "subject_changed")


def test_the_order_in_which_records_arrive_does_not_matter_for_what_stands_in_the_end() -> None:
    records: list[dict[str, Any]] = [
        {"product": DefectProduct(name="X")},
        {
            "step": UPDATE,
            "received_at": NOW + HOURS,
            "class_": DefectClass.II,
            **{k: QUIET[k] for k in ("serious_risk", "serious_risk_at")},
        },
        {"step": UPDATE, "received_at": NOW + 2 * HOURS, "batches": (Batch(lot="B1"),), "level": RecallLevel.WHOLESALE},
    ]
    found = set()
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        world = World()
        for n in order:
            world.report(**records[n])
        alert = world.alert()
        found.add((alert.subject.id, alert.severity, alert.labels["class"], alert.labels["level"], alert.batches))
    assert len(found) == 1


def test_a_follow_up_says_which_lots_came_and_which_went() -> None:
    world = World()
    world.report(batches=(Batch(lot="A1"), Batch(lot="B1")))
    world.order("release")
    world.report(step=UPDATE, received_at=NOW + HOURS, batches=(Batch(lot="A1"), Batch(lot="C1")))
    facts = world.alert().facts
    assert (json.loads(facts["lots_added"]), json.loads(facts["lots_removed"])) == ([["", "C1"]], [["", "B1"]])
    assert facts["sentence_fr"].endswith("(2 lots). Lot ajouté : C1. Lot retiré de la liste, désormais hors de cause : B1.")
    assert facts["sentence_en"].endswith("(2 batches). Batch added: C1. No longer concerned: batch B1.")
    told = notices(world.order("release"), "supply_chain")[0]
    assert (str(told.purpose), "B1" in told.params["sentence_fr"]) == ("update", True)
    assert {m.defect_details.split(". ", 1)[1] for m in rapid(world.last)} == {"Batches added: C1. Batches no longer concerned: B1."}


def test_lots_taken_out_stay_named_until_they_are_back_and_lots_added_only_once() -> None:
    world = World()
    world.report(batches=(Batch(lot="A1"), Batch(lot="B1")))
    world.report(step=UPDATE, received_at=NOW + HOURS, batches=(Batch(lot="C1"),))
    assert world.report(step=UPDATE, received_at=NOW + 2 * HOURS, batches=(Batch(lot="C1"),)) == []
    world.report(step=UPDATE, received_at=NOW + 3 * HOURS, batches=(Batch(lot="C1"),), details="more")
    facts = world.alert().facts
    assert "lots_added" not in facts
    assert facts["sentence_fr"].endswith("Lots retirés de la liste, désormais hors de cause : A1, B1.")
    world.report(step=UPDATE, received_at=NOW + 4 * HOURS, batches=(Batch(lot="A1"), Batch(lot="B1"), Batch(lot="C1")))
    facts = world.alert().facts
    assert ("lots_removed" in facts, json.loads(facts["lots_added"])) == (False, [["", "A1"], ["", "B1"]])
    assert "Lots ajoutés : A1, B1." in facts["sentence_fr"]
    assert "Batches added: A1, B1." in facts["sentence_en"]


def test_a_lot_number_of_two_presentations_is_two_lots() -> None:
    world = World()
    packs = (Batch(cip13="3400960000001", lot="A1"), Batch(cip13="3400960000002", lot="A1"))
    alert = alerts(world.report(batches=packs))[0]
    assert (alert.batches, alert.numbers["lots"]) == (packs, 2)
    world.report(step=UPDATE, received_at=NOW + HOURS, batches=(*packs, Batch(cip13="3400960000002", lot="a1")))
    world.report(step=UPDATE, received_at=NOW + 2 * HOURS, batches=packs[:1])
    facts = world.alert().facts
    assert json.loads(facts["lots_removed"]) == [["3400960000002", "A1"], ["3400960000002", "a1"]]


def test_a_lot_number_is_said_with_its_presentation_only_where_it_stands_for_several() -> None:
    world = World()
    world.report(batches=(Batch(cip13="3400960000002", lot="A1"),))
    more = (Batch(cip13="3400960000003", lot="A2"), Batch(cip13="3400960000002", lot="B1"), Batch(cip13="3400960000001", lot="B1"))
    world.report(step=UPDATE, received_at=NOW + HOURS, batches=(Batch(cip13="3400960000002", lot="A1"), *more))
    facts = world.alert().facts
    assert facts["sentence_fr"].endswith(" Lots ajoutés : A2, B1 (CIP 3400960000001), B1 (CIP 3400960000002).")
    world.report(step=UPDATE, received_at=NOW + 2 * HOURS, batches=(Batch(cip13="3400960000002", lot="A1"), Batch(lot="C1")))
    facts = world.alert().facts
    assert facts["sentence_en"].endswith(
        " Batch added: C1. No longer concerned: batches A2, B1 (CIP 3400960000001), B1 (CIP 3400960000002)."
    )
    world.report(step=UPDATE, received_at=NOW + 3 * HOURS, batches=(Batch(lot="C1"), Batch(lot="A2")))
    two = world.alert().facts["sentence_en"]
    assert two.endswith(" No longer concerned: batches A1, B1 (CIP 3400960000001), B1 (CIP 3400960000002).")


def test_a_lot_whose_presentation_becomes_known_is_not_called_taken_out() -> None:
    world = World()
    world.report(batches=(Batch(lot="A1"),))
    world.report(step=UPDATE, received_at=NOW + HOURS, batches=(Batch(cip13="3400960000001", lot="A1"),))
    assert {"lots_added", "lots_removed"}.isdisjoint(world.alert().facts)
    world.report(step=UPDATE, received_at=NOW + 2 * HOURS, batches=(Batch(lot="A1"),))
    assert "lots_removed" not in world.alert().facts
    assert json.loads(world.alert().facts["lots_added"]) == [["", "A1"]]


RECALL, WITHDRAWAL, QUARANTINE = DefectAction.RECALL, DefectAction.WITHDRAWAL, DefectAction.QUARANTINE
CAUTION, USERS = DefectAction.CAUTION_IN_USE, DefectAction.USER_ALERT


@pytest.mark.parametrize(
    ("actions", "says", "patient"),
    [
        ((RECALL,), ["retournez-les"], "numéro de lot"),
        ((WITHDRAWAL,), ["retirez les lots concernés de vos rayons"], "numéro de lot"),
        ((QUARANTINE,), ["jusqu'à nouvel avis"], "numéro de lot"),
        ((CAUTION,), ["Lisez les précautions"], "Lisez les précautions"),
        ((USERS,), ["Informez les personnes"], "Lisez les précautions"),
        ((QUARANTINE, RECALL, USERS), ["retournez-les", "Informez les personnes"], "numéro de lot"),
        ((USERS, CAUTION), ["Lisez les précautions", "Informez les personnes"], "Lisez les précautions"),
        ((), ["Lisez les précautions"], "Lisez les précautions"),
    ],
)
def test_each_action_has_its_instruction(actions: tuple[DefectAction, ...], says: list[str], patient: str) -> None:
    facts = alerts(World().report(**QUIET | {"class_": DefectClass.II, "actions": actions}))[0].facts
    assert all(text in facts["instruction_fr"] for text in says)
    assert ("jusqu'à nouvel avis" in facts["instruction_fr"]) is (actions == (QUARANTINE,))
    assert facts["patient_instruction_fr"].startswith("N'arrêtez pas votre traitement de vous-même.")
    assert patient in facts["patient_instruction_fr"]


def test_a_recall_without_lots_sends_patients_to_their_pharmacist_with_every_box() -> None:
    facts = alerts(World().report(actions=(RECALL,), batches=()))[0].facts
    assert "Rapportez vos boîtes de ce médicament" in facts["patient_instruction_fr"]


@pytest.mark.parametrize(
    ("level", "says"),
    [
        (RecallLevel.WHOLESALE, "rappel de lots jusqu'aux grossistes et dépositaires (1 lot)."),
        (RecallLevel.RETAIL_HOSPITAL, "rappel de lots jusqu'aux pharmacies et établissements de santé (1 lot)."),
        (RecallLevel.PATIENT, "rappel de lots jusqu'aux patients (1 lot)."),
        (RecallLevel.UNKNOWN, "rappel de lots (1 lot)."),
    ],
)
def test_the_depth_of_a_recall_is_told(level: RecallLevel, says: str) -> None:
    assert alerts(World().report(actions=(RECALL,), level=level))[0].facts["sentence_fr"].endswith(says)


LADDER = [
    ("iii", RecallLevel.PATIENT, Severity.MINOR, {"recall_followers", "retail_level", "recall_patients"}, 0),
    ("iii", RecallLevel.WHOLESALE, Severity.MINOR, {"recall_followers", "wholesale_level"}, 0),
    ("ii", RecallLevel.RETAIL_HOSPITAL, Severity.SEVERE, {"recall_followers", "retail_level"}, 3),
    ("ii", RecallLevel.UNKNOWN, Severity.SEVERE, {"recall_followers"}, 3),
    ("i", RecallLevel.WHOLESALE, Severity.CRITICAL, {"recall_followers", "supply_chain"}, 3),
]


@pytest.mark.parametrize(("class_", "level", "severity", "told", "abroad"), LADDER)
def test_class_and_depth_of_a_recall_are_two_things(
    class_: str, level: RecallLevel, severity: Severity, told: set[str], abroad: int
) -> None:
    world = World()
    world.report(**QUIET | {"class_": DefectClass(class_), "level": level, "actions": (RECALL,)})
    assert world.alert().severity is severity
    assert set(groups(world.order("release"))) == told
    assert len(rapid(world.last)) == abroad


def test_a_medicine_for_animals_has_its_own_words_no_patients_and_no_duty_of_human_law() -> None:
    world = World()
    animal = DefectProduct(name="VACCIDEMO", species=Species.VETERINARY)
    outs = world.report(product=animal, reached_patients=YesNo.YES, reached_patients_at=NOW)
    alert = alerts(outs)[0]
    assert alert.facts["headline_fr"].startswith("VACCIDEMO (médicament vétérinaire) : défaut de qualité")
    assert alert.facts["sentence_en"].startswith("VACCIDEMO (veterinary medicine): class I")
    assert ("patient_instruction_fr" in alert.facts, alert.deadlines, alert.severity) == (False, (), Severity.CRITICAL)
    assert set(groups(world.order("release"))) == {"animal_supply_chain", "recall_followers"}
    assert [m.authority for m in rapid(world.last)] == ["authority-vet"]


def test_a_closed_defect_that_comes_back_is_a_relapse() -> None:
    world = World()
    first = alerts(world.report())[0]
    world.report(step=CLOSED, received_at=NOW + HOURS)
    alert = alerts(world.report(step=UPDATE, received_at=NOW + 2 * HOURS, details="again"))[0]
    assert (alert.reason, alert.replaces, alert.kind) == ("relapse", first.alert_id, AlertKind.DEFECT)
    world.report(step=CLOSED, received_at=NOW + 3 * HOURS)
    world.wait(8 * 24 * HOURS)
    assert alerts(world.report("q2", received_at=world.now, details="a year on"))[0].reason == "serious_risk"


def test_closing_a_lone_defect_leaves_nothing_open() -> None:
    world = World()
    world.report(product=DefectProduct(name="X", inn="Amoxicilline"), **SUBSTANCE)
    assert steps(world.report(product=DefectProduct(name="X", inn="Amoxicilline"), step=CLOSED, received_at=NOW + HOURS, **SUBSTANCE)) == [
        "resolved"
    ]
