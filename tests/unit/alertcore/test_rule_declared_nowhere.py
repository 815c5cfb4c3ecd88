"""A return that does not say in which circuit: it ends what was declared so, and else somebody has to ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import Alert
from alertcore.records.shortage import CircuitState, DeclarationStep
from alertcore.records.stock import Circuit
from tests.unit.alertcore.cases_world import NOW, World, alerts

DAY = timedelta(days=1)
VILLE, HOPITAL, NOWHERE = (CircuitState(circuit=c) for c in (Circuit.VILLE, Circuit.HOPITAL, Circuit.UNKNOWN))


def world(*circuits: CircuitState) -> World:
    of = World()
    of.declare("d1", circuits=circuits)
    return of


def back(of: World, *circuits: CircuitState) -> list[Any]:
    of.now += DAY
    return of.declare(f"r{of.count}", step=DeclarationStep.RETURN, previous_id="d1", circuits=circuits, declared_at=of.now)


def last(of: World) -> Alert:
    return of.files()[-1].alert


@pytest.mark.parametrize("circuits", [(NOWHERE,), ()])
def test_what_was_declared_without_saying_where_is_back_as_it_was_declared(circuits: tuple[CircuitState, ...]) -> None:
    of = world(NOWHERE)
    back(of, *circuits)
    assert last(of).reason == "all_returned"


@pytest.mark.parametrize("circuits", [(VILLE, HOPITAL), (VILLE,), ()])
def test_a_return_that_does_not_say_where_ends_nothing_and_is_told(circuits: tuple[CircuitState, ...]) -> None:
    of = world(*circuits)
    (told,) = alerts(back(of, NOWHERE))
    assert (str(told.step), told.reason) == ("updated", "company_returned")
    assert told.facts["sentence_fr"].endswith(
        " Une remise à disposition est déclarée sans dire en ville ou à l'hôpital : à préciser."
        " Pas encore de retour : toutes les présentations."
    )
    assert told.facts["sentence_en"].endswith(
        " A return is declared without saying in which circuit: to be made clear. Not back yet: all presentations."
    )
    back(of, *circuits)
    assert last(of).reason == "all_returned"


def test_a_circuit_that_is_named_beside_is_back() -> None:
    of = world(VILLE, HOPITAL)
    back(of, VILLE, NOWHERE)
    assert "De nouveau à disposition : en ville. Pas encore de retour : à l'hôpital." in last(of).facts["sentence_fr"]


def test_an_update_after_it_makes_it_clear() -> None:
    of = world(VILLE)
    back(of, NOWHERE)
    of.declare("u", step=DeclarationStep.UPDATE, previous_id="d1", circuits=(VILLE,), declared_at=NOW + 3 * DAY)
    assert "préciser" not in last(of).facts["sentence_fr"]
