"""What an alert on a quality defect holds by name, and what a follow-up says of its lots."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import Alert
from alertcore.records.defect import DefectClass, DefectScope, Falsified, RecallLevel, SeriousRisk, Species
from alertcore.records.shared import Batch, SubjectKind
from alertcore.rules.defect_words import lots_changed
from tests.unit.alertcore.cases_world import CIS, NOW, World, defect, org, product

SECOND = timedelta(seconds=1)
LABELS = {
    "template": "defect",
    "rule": "defect",
    "class": "i",
    "companies": "lab-a",
    "level": "patient",
    "scope": "batch",
    "serious_risk": "suspected",
    "species": "human",
}


def reported(*more: dict[str, Any], **fields: Any) -> Alert:
    """The alert on a defect, and on others of the same medicine."""
    of = World()
    of.report(**fields)
    for n, other in enumerate(more):
        of.report(f"q{n + 2}", **{"received_at": NOW + (n + 1) * SECOND} | other)
    return of.alert()


def test_an_alert_on_a_defect_is_labelled_by_all_that_steers_it() -> None:
    assert reported().labels == LABELS
    assert reported(falsified=Falsified.CONFIRMED).labels == LABELS | {"rule": "falsified"}
    site = reported(scope=DefectScope.SITE, manufacturer=org("site-x"), recalling_firm=org("lab-z"))
    assert site.labels == LABELS | {"scope": "site", "companies": "lab-a,lab-z,site-x"}


@pytest.mark.parametrize(
    ("risks", "risk"),
    [
        ((SeriousRisk.EXCLUDED, SeriousRisk.SUSPECTED), "suspected"),
        ((SeriousRisk.SUSPECTED, SeriousRisk.CONFIRMED), "confirmed"),
        ((SeriousRisk.CONFIRMED, SeriousRisk.EXCLUDED), "confirmed"),
        ((SeriousRisk.EXCLUDED, SeriousRisk.EXCLUDED), "excluded"),
    ],
)
def test_of_several_defects_the_gravest_risk_counts(risks: tuple[SeriousRisk, SeriousRisk], risk: str) -> None:
    assert reported({"serious_risk": risks[1]}, serious_risk=risks[0]).labels["serious_risk"] == risk


@pytest.mark.parametrize("first", [RecallLevel.WHOLESALE, RecallLevel.RETAIL_HOSPITAL, RecallLevel.PATIENT])
@pytest.mark.parametrize("second", [RecallLevel.WHOLESALE, RecallLevel.RETAIL_HOSPITAL, RecallLevel.PATIENT])
def test_of_several_defects_the_deepest_recall_counts(first: RecallLevel, second: RecallLevel) -> None:
    depth = [RecallLevel.WHOLESALE, RecallLevel.RETAIL_HOSPITAL, RecallLevel.PATIENT]
    assert reported({"level": second}, level=first).labels["level"] == max(first, second, key=depth.index)


@pytest.mark.parametrize(
    ("first", "second", "leads"),
    [
        (DefectClass.III, DefectClass.II, "q2"),
        (DefectClass.II, DefectClass.III, "q1"),
        (DefectClass.II, DefectClass.I, "q2"),
    ],
)
def test_of_several_defects_the_gravest_class_leads(first: DefectClass, second: DefectClass, leads: str) -> None:
    plain = {"serious_risk": SeriousRisk.EXCLUDED, "serious_risk_at": None}
    alert = reported(plain | {"class_": second}, class_=first, **plain)
    assert alert.facts["defect_ids"].split(",")[0] == leads


@pytest.mark.parametrize(
    ("species", "level", "told"),
    [
        (Species.HUMAN, RecallLevel.PATIENT, True),
        (Species.HUMAN, RecallLevel.WHOLESALE, False),
        (Species.VETERINARY, RecallLevel.PATIENT, False),
        (Species.VETERINARY, RecallLevel.WHOLESALE, False),
    ],
)
def test_patients_are_told_of_recalls_of_medicines_for_people_that_go_to_them(species: Species, level: RecallLevel, told: bool) -> None:
    of = World()
    of.report(product=replace(defect().product, species=species), level=level)
    (file,) = of.files()
    assert ("patients" in file.wanted) is told


def test_an_alert_on_a_defect_says_what_its_records_say() -> None:
    lots = (Batch(lot="A1", cip13="3400960000001"), Batch(lot="A2", cip13="3400960000001"))
    alert = reported({"details": "again"}, batches=lots, details="a smell", defect_type="odour", recall_number="R-7", decided_at=NOW)
    written = {k: v for k, v in alert.facts.items() if not k.endswith(("_fr", "_en", "_added"))}
    assert written == {
        "name": "AMOXIDEMO 500 mg, gélule",
        "cis": CIS,
        "cip13s": "3400960000001",
        "since": "2026-01-26",
        "class": "i",
        "serious_risk": "suspected",
        "falsified": "no",
        "defect_type": "odour",
        "details": "a smell\nagain",
        "level": "patient",
        "decided_at": "2026-01-26T09:00:00Z",
        "recall_number": "R-7",
        "defect_ids": "q1,q2",
    }


@pytest.mark.parametrize(
    ("added", "removed", "fr", "en"),
    [
        ((), (), "", ""),
        (("A",), (), " Lot ajouté : A.", " Batch added: A."),
        (("A", "B"), (), " Lots ajoutés : A, B.", " Batches added: A, B."),
        ((), ("C",), " Lot retiré de la liste, désormais hors de cause : C.", " No longer concerned: batch C."),
        ((), ("C", "D"), " Lots retirés de la liste, désormais hors de cause : C, D.", " No longer concerned: batches C, D."),
        (
            ("A",),
            ("C",),
            " Lot ajouté : A. Lot retiré de la liste, désormais hors de cause : C.",
            " Batch added: A. No longer concerned: batch C.",
        ),
    ],
)
def test_lots_that_came_and_lots_that_went_are_named_each_in_its_number(
    added: tuple[str, ...], removed: tuple[str, ...], fr: str, en: str
) -> None:
    assert lots_changed(added, removed) == (fr, en)


def test_a_defect_of_one_pack_is_followed_by_that_pack_alone() -> None:
    of = World()
    second = "3400960000099"
    of.feed("reference.products", product(cip13=second))
    of.report(batches=(Batch(lot="A1", cip13=second),))
    assert [s.id for s in of.alert().also if s.kind is SubjectKind.CIP13] == [second]
    assert "substance" in {str(s.kind) for s in of.alert().also}
