"""A company may send another step under the number of its declaration: what that step does not name still holds."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from alertcore.records.alert import Alert
from alertcore.records.shortage import CircuitState, DeclarationStep
from alertcore.records.stock import Circuit
from tests.unit.alertcore.cases_world import NOW, World, declaration, product

DAY = timedelta(days=1)
A, B = "3400960000001", "3400960000018"
VILLE, HOPITAL = CircuitState(circuit=Circuit.VILLE), CircuitState(circuit=Circuit.HOPITAL)
BOTH = (VILLE, HOPITAL)
UPDATE, RETURN, WITHDRAWN = DeclarationStep.UPDATE, DeclarationStep.RETURN, DeclarationStep.WITHDRAWN
PACK: dict[str, Any] = {"step": RETURN, "cip13s": (A,)}


def world(*facts: dict[str, Any]) -> World:
    """What comes under the one number, a day apart."""
    of = World()
    of.feed("reference.products", product(cip13=B))
    for n, fact in enumerate(facts):
        of.now = NOW + n * DAY
        of.declare("d1", declared_at=of.now, **fact)
    return of


def last(of: World) -> Alert:
    return of.files()[-1].alert


@pytest.mark.parametrize(
    ("facts", "back", "left"),
    [
        (({}, {"step": RETURN, "circuits": (VILLE,)}), "en ville", "à l'hôpital"),
        (({"cip13s": (A, B)}, PACK), f"présentation {A}", f"présentation {B}"),
        (({"cip13s": (A, B)}, {"step": UPDATE, "cip13s": (A,)}, PACK), f"présentation {A}", f"présentation {B}"),
    ],
)
def test_what_a_return_under_the_number_itself_does_not_name_is_not_back(facts: Any, back: str, left: str) -> None:
    alert = last(world(*facts))
    assert str(alert.step) == "updated"
    assert f"De nouveau à disposition : {back}. Pas encore de retour : {left}." in alert.facts["sentence_fr"]
    assert alert.facts["declaration_id"] == "d1"


def test_the_rest_under_the_same_number_ends_it() -> None:
    assert last(world({"cip13s": (A, B)}, PACK, {"step": RETURN})).reason == "all_returned"
    assert last(world({}, {"step": UPDATE}, {"step": WITHDRAWN, "circuits": ()})).reason == "all_withdrawn"


def test_a_step_under_a_number_that_follows_another_ends_what_it_names_of_both() -> None:
    of = world({"cip13s": (A, B)})
    for n, fact in enumerate(({"step": UPDATE, "cip13s": (B,)}, {"step": RETURN, "cip13s": (B,)}), 1):
        of.declare("u1", previous_id="d1", declared_at=NOW + n * DAY, **fact)
    assert last(of).facts["cip13s"] == A


def test_who_declares_anew_under_a_number_that_was_ended_is_short_again() -> None:
    for ended in ({"step": RETURN}, {"step": WITHDRAWN, "circuits": ()}):
        for anew in ({}, {"step": UPDATE}):
            of = world({}, ended, anew)
            assert [str(f.alert.step) for f in of.files() if not f.ended], (ended, anew)
            assert "Pas encore" not in last(of).facts["sentence_fr"]


def test_the_same_step_once_more_is_a_correction() -> None:
    assert last(world({"cip13s": (A, B)}, {"cip13s": (A,)})).facts["cip13s"] == A
    both = world({}, {"step": UPDATE}, {"step": RETURN, "circuits": (VILLE,)}, {"step": RETURN, "circuits": BOTH})
    assert last(both).reason == "all_returned"


def test_one_after_the_other_may_return_under_the_number() -> None:
    for first, second in (({"cip13s": (A,)}, {"cip13s": (B,)}), ({"circuits": (VILLE,)}, {"circuits": (HOPITAL,)})):
        of = world({"cip13s": (A, B)}, {"step": RETURN, **first}, {"step": RETURN, **second})
        assert last(of).reason == "all_returned"
    late = World()
    late.declare("d1", declared_at=NOW)
    for days, circuits in ((2, (VILLE,)), (1, BOTH)):
        late.declare("d1", step=RETURN, declared_at=NOW + days * DAY, circuits=circuits)
    assert last(late).reason == "company_returned", "what was corrected since comes late"


def test_a_return_that_is_corrected_to_less_leaves_the_rest_open_again() -> None:
    of = world({}, {"step": RETURN, "circuits": BOTH}, {"step": RETURN, "circuits": (VILLE,)})
    (alert,) = [f.alert for f in of.files() if not f.ended]
    assert "Pas encore de retour : à l'hôpital." in alert.facts["sentence_fr"]


def test_what_came_once_is_known_when_it_comes_again() -> None:
    of = world({}, {"step": RETURN, "circuits": (VILLE,)})
    assert of.declare("d1", declared_at=of.now, step=RETURN, circuits=(VILLE,)) == []
    assert of.declare("d1", declared_at=NOW) == []
    assert last(of).reason == "company_returned"


@pytest.mark.parametrize("last_step", [{"step": RETURN, "cip13s": (B,)}, {"step": WITHDRAWN, "circuits": (), "cip13s": (A,)}, {}])
def test_the_steps_of_a_number_come_to_the_same_in_whatever_order_they_arrive(last_step: dict[str, Any]) -> None:
    facts: list[dict[str, Any]] = [{"cip13s": (A, B)}, {"step": UPDATE, "cip13s": (A,), "context": "b"}, last_step]
    records = [declaration("d1", **fact, declared_at=NOW + n * DAY) for n, fact in enumerate(facts)]
    found = []
    for order in permutations(records):
        of = World()
        of.feed("reference.products", product(cip13=B))
        for record in order:
            of.feed("shortage.declarations", record)
        found.append([(f.alert.facts, f.alert.numbers) for f in of.files() if not f.ended])
    assert all(f == found[0] for f in found)
