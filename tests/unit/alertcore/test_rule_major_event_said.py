"""Another policy asks about what stood before; what a question does not know it does not say."""

from __future__ import annotations

from alertcore.records.shared import Nature
from tests.unit.alertcore.cases_world import World, product, status
from tests.unit.alertcore.test_rule_major_event import circuit, found, only, surging
from tests.unit.alertcore.test_rule_several_states import abroad


def test_another_number_alone_asks_about_classes_whose_surge_stands() -> None:
    world = surging(4)
    surge = {"threshold": 1, "ratio": 2}
    assert found(world) == []
    world.settings("policy", {"surge": surge, "major_event": {"class_ruptures": 4}})
    assert {a.subject.id for a in found(world)} == {"J", "J01", "J01C"}
    world.settings("policy", {"surge": surge, "major_event": {"class_ruptures": 5}})
    assert found(world) == []


def test_another_policy_looks_at_exercises_as_exercises() -> None:
    world = World(policy={"major_event": {"market_share_pct": 95.0}})
    world.declare(circuits=circuit(90.0), nature=Nature.EXERCISE)
    assert found(world) == []
    world.settings("policy", {"major_event": {"market_share_pct": 80.0}})
    assert [a.nature for a in found(world)] == [Nature.EXERCISE]


def test_what_is_not_known_is_not_among_the_facts() -> None:
    world = World(products=False)
    world.feed("reference.products", product(substances=()))
    world.declare(circuits=circuit(90.0))
    facts = only(world).facts
    assert not {"substance", "start", "expected_return", "causes"} & set(facts)
    assert (facts["states"], facts["name"]) == ("FR", "AMOXIDEMO 500 mg, gélule")


def test_a_state_whose_list_no_longer_says_so_keeps_a_question_open_and_is_not_named_in_it() -> None:
    world = World(policy={"states": {"least": 2}})
    world.declare()
    world.snapshot("s0", abroad("BE"), abroad("BE", 4, number="2"), sender="be")
    assert only(world).facts["states"] == "BE,FR"
    for n in (1, 2):
        world.snapshot(f"s{n}", abroad("BE", 4, number="2"), sender="be")
    assert [a.facts["states"] for a in found(world)] == ["FR"]


def test_a_stock_out_on_our_list_is_one_and_a_tension_is_none() -> None:
    for code, asked in ((1, True), (2, False)):
        world = World(policy={"states": {"least": 2}})
        world.snapshot("s0", abroad("BE"), sender="be")
        world.snapshot("t0", status("", 4))
        world.snapshot("t1", status("", code))
        assert bool(found(world)) is asked
