"""What an alert on several states holds by name, and what another policy makes of what stood before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alertcore.records.product import Substance
from alertcore.records.rapid import Follows
from alertcore.records.shared import Nature
from alertcore.records.shortage import SubstanceName
from tests.unit.alertcore.cases_world import CIS, NOW, World, product, signals
from tests.unit.alertcore.test_rule_several_states import RULE, abroad, found, only, short, told

OTHER = "60000009"


def test_countries_and_medicines_are_named_one_by_one() -> None:
    world = short("FR", "BE", "US", "CH")
    world.feed("reference.products", product(OTHER, cip13="3400960000099"))
    world.declare("d2", cis=OTHER)
    facts = only(world).facts
    assert (facts["substance_key"], facts["states"], facts["other_countries"]) == ("amoxicilin", "BE,FR", "CH,US")
    assert facts["medicines"] == f"{CIS},{OTHER}"


def test_a_combination_that_nobody_has_here_is_named_as_its_list_names_it() -> None:
    world = World()
    names = (SubstanceName(name="Xylodemo"), SubstanceName(name="Zebrademo"))
    for country in ("BE", "DE"):
        world.snapshot("s0", abroad(country, substances=names), sender=country.lower())
    assert only(world).facts["name"] == "Xylodemo / Zebrademo"


def test_an_exercise_is_told_as_one() -> None:
    world = World()
    world.declare(nature=Nature.EXERCISE)
    for row in (abroad("BE", nature=Nature.EXERCISE), abroad("BE", nature=Nature.EXERCISE, rows=1)):
        world.feed("shortage.statuses", row, sender="be")
    assert {a.nature for a in found(world)} == {Nature.EXERCISE}


def test_another_number_of_states_raises_what_stood_below_the_one_before() -> None:
    world = World(policy={"states": {"least": 3}})
    world.declare()
    world.declare("x1", nature=Nature.EXERCISE)
    world.snapshot("s0", abroad("BE"), sender="be")
    assert found(world) == []
    world.settings("policy", {})
    assert [a.facts["states"] for a in found(world)] == ["BE,FR"]


def test_of_several_names_that_nobody_knows_each_is_put_to_a_person_and_none_that_is_known() -> None:
    world = World(policy={"states": {"synonyms": {"amoxicillix": "amoxicilline"}}})
    for n, name in enumerate(("AMOXICILLANE", "AMOXICILLONE", "AMOXICILLUNE", "AMOXICILLYNE")):
        substance = (Substance(code=f"0099{n}", name=name, strength="1 g"),)
        world.feed("reference.products", product(f"6000010{n}", cip13=f"34009600001{n:02}", substances=substance))
    names = (
        SubstanceName(name="amoxicilline"),
        SubstanceName(name="amoxicillix"),
        SubstanceName(name="amoxicillene", code="00123"),
        SubstanceName(name="amoxicillena"),
    )
    world.snapshot("s0", abroad("BE", substances=names), sender="be")
    asked = [s for s in signals(world.outs) if s.rule == RULE and s.severity == "info"]
    assert [s.subject.id for s in asked] == ["BE:amoxicilena"]
    assert asked[0].sentence.en.count("Amoxicill") == 3


def test_two_shortages_that_one_authority_tells_of_are_two_and_each_message_stands_for_its_own() -> None:
    world = short("FR")
    world.feed("rapidalerts", told(("DE",), reference="BE/S/3/01"), sender="authority-be")
    world.feed("rapidalerts", told(("IT",), reference="BE/S/4/01"), sender="authority-be")
    assert only(world).facts["states"] == "DE,FR,IT"
    world.feed("rapidalerts", told(("ES",), 2, reference="BE/S/4/02"), sender="authority-be")
    assert only(world).facts["states"] == "DE,ES,FR"


def test_the_same_number_of_another_year_is_another_shortage_unless_it_follows_the_first() -> None:
    world = short("FR")
    world.feed("rapidalerts", told(("DE",)), sender="authority-be")
    later: dict[str, Any] = {"issued_at": NOW + timedelta(days=365)}
    world.feed("rapidalerts", told(("IT",), **later), sender="authority-be")
    assert only(world).facts["states"] == "DE,FR,IT"
    follows = Follows(reference="BE/_/7/01", sent=NOW.date())
    world.feed("rapidalerts", told(("ES",), 2, follows=follows, **later), sender="authority-be")
    assert only(world).facts["states"] == "ES,FR,IT"


def test_a_message_that_comes_again_with_other_states_is_taken_as_it_came_last() -> None:
    world = short("FR")
    world.feed("rapidalerts", told(("DE",)), sender="authority-be")
    world.feed("rapidalerts", told(("IT",)), sender="authority-be")
    assert only(world).facts["states"] == "FR,IT"
