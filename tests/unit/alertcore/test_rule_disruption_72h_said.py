"""All that is said of pharmacies that cannot be supplied, whole: every part follows the one before without a gap."""

from __future__ import annotations

from datetime import date

import pytest

from alertcore.rules.disruption_72h_words import waiting
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, groups
from tests.unit.alertcore.test_rule_disruption_72h import ask, asked_by, only

NAME = "AMOXIDEMO 500 mg, gélule"


def test_one_pharmacy_with_a_shorter_limit_reported_late_is_told_in_one_breath() -> None:
    world = World()
    ask(world, asked_at=NOW - 50 * HOURS, limit_hours=48, limit_reason="urgence")
    facts = only(world).alert.facts
    assert facts["sentence_fr"] == (
        f"{NAME} : une pharmacie (Bretagne) attend depuis plus de 48\u00a0heures, malgré sa demande à deux distributeurs ;"
        " connu le 26/01/2026. Le pharmacien a réduit le délai à 48 h pour la continuité du traitement."
        " Le signalement est arrivé 2 h après ce délai."
    )
    assert facts["sentence_en"] == (
        f"{NAME}: one pharmacy (Bretagne) has waited for more than 48 hours although it asked two distributors; known on 2026-01-26."
        " The pharmacist shortened the limit to 48 h for the continuity of treatment. The report came 2 h after that limit."
    )


def test_a_cluster_of_a_medicine_nobody_markets_says_both() -> None:
    world = World(products=False)
    outs = asked_by(world, 5)
    facts = only(world).alert.facts
    assert set(groups(outs)) == {"officers"}
    assert facts["sentence_fr"] == (
        f"CIS {CIS} : depuis le 26/01/2026, 5 pharmacies (Bretagne) n'ont pas été servies dans le délai de 72\u00a0heures, ou plus court si"
        " le pharmacien l'a fixé, malgré leur demande à deux distributeurs. Le seuil de l'agence est atteint : 5 pharmacies ou 3 régions en"
        " 7 jours. L'entreprise qui exploite ce médicament n'est pas connue : prévenez-la."
    )
    assert facts["sentence_en"] == (
        f"CIS {CIS}: since 2026-01-26, 5 pharmacies (Bretagne) were not supplied within 72 hours, or a shorter limit set by the pharmacist,"
        " although they asked two distributors. The agency's threshold is reached: 5 pharmacies or 3 regions within 7 days. The company"
        " that markets this medicine is not known: let it know."
    )


def test_a_cluster_is_released_to_the_agency_and_the_company_and_one_pharmacy_to_the_company() -> None:
    for count, audiences in ((4, {"companies"}), (5, {"officers", "companies"})):
        world = World()
        asked_by(world, count)
        released = only(world).alert.release
        assert released is not None
        assert set(released.audiences) == audiences


@pytest.mark.parametrize(
    ("limit", "fr", "en"),
    [(1, "plus d'une heure,", "more than 1 hour "), (2, "plus de 2\u00a0heures,", "more than 2 hours ")],
)
def test_one_hour_is_told_as_one(limit: int, fr: str, en: str) -> None:
    said = waiting("X", 1, (), date(2026, 1, 26), limit)
    assert fr in said.fr
    assert en in said.en
