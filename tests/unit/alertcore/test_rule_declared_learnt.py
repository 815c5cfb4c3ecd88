"""A shortage declared before the reference data knew the medicine: which presentations there are is looked up as some return."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import Alert
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import World, product

DAY = timedelta(days=1)
A, B, C = "3400960000001", "3400960000018", "3400960000025"
RETURN, WITHDRAWN = DeclarationStep.RETURN, DeclarationStep.WITHDRAWN


def world(*packs: dict[str, Any]) -> World:
    """Declared, then learnt."""
    of = World(products=False)
    of.declare("d1")
    for pack in packs:
        of.feed("reference.products", product(**pack))
    return of


def end(of: World, *packs: str, step: DeclarationStep = RETURN) -> Alert:
    of.now += DAY
    of.declare(f"r{of.count}", step=step, previous_id="d1", cip13s=packs, declared_at=of.now)
    return of.files()[-1].alert


@pytest.mark.parametrize(("step", "reason"), [(RETURN, "all_returned"), (WITHDRAWN, "all_withdrawn")])
def test_the_only_presentation_there_is_is_all(step: DeclarationStep, reason: str) -> None:
    assert end(world({"cip13": A}), A, step=step).reason == reason
    assert end(world({"cip13": A}, {"cip13": B, "marketed": False}), A, step=step).reason == reason


def test_one_of_two_leaves_the_other_by_its_name() -> None:
    of = world({"cip13": A}, {"cip13": B})
    assert f"Pas encore de retour : présentation {B}." in end(of, A).facts["sentence_fr"]
    assert end(of, B).reason == "all_returned"


def test_while_nobody_knows_the_medicine_the_others_are_not_back() -> None:
    of = world()
    assert "Pas encore de retour : les autres présentations." in end(of, A).facts["sentence_fr"]
    of.feed("reference.products", product(cip13=A))
    assert not of.files()[-1].ended, "there may be others"
    of.feed("reference.products", product(cip13=B))
    assert end(of, B).reason == "all_returned"


def test_what_was_known_as_it_was_declared_stays_what_was_meant() -> None:
    of = World()
    of.declare("d1")
    of.feed("reference.products", product(cip13=C))
    assert end(of, product().cip13).reason == "all_returned"
