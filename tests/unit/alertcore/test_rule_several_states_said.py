"""What an alert on several states holds by name, and what another policy makes of what stood before."""

from __future__ import annotations

from alertcore.records.product import Substance
from alertcore.records.shared import Nature
from alertcore.records.shortage import SubstanceName
from tests.unit.alertcore.cases_world import CIS, World, product, signals
from tests.unit.alertcore.test_rule_several_states import RULE, abroad, found, only, short

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
