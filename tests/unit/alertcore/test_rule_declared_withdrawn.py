"""Of two declarations of the same one may be withdrawn: the other stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import Alert
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import NOW, World, product

DAY = timedelta(days=1)
A, B = "3400960000001", "3400960000018"
UPDATE = DeclarationStep.UPDATE


def world(*facts: dict[str, Any]) -> World:
    """A world with a declaration a day: d1, d2 …"""
    of = World()
    of.feed("reference.products", product(cip13=B))
    for n, fact in enumerate(facts, 1):
        of.now = NOW + n * DAY
        of.declare(f"d{n}", declared_at=of.now, context=f"d{n}", **fact)
    return of


def withdraw(of: World, previous: str, **fields: Any) -> list[Any]:
    of.now += DAY
    given: dict[str, Any] = {"step": DeclarationStep.WITHDRAWN, "previous_id": previous, "circuits": (), "declared_at": of.now}
    return of.declare(f"w{previous}", **given | fields)


def last(of: World) -> Alert:
    return of.files()[-1].alert


@pytest.mark.parametrize(("withdrawn", "left", "packs"), [("d1", "d2", f"{A},{B}"), ("d2", "d1", A)])
def test_who_withdraws_one_of_two_declarations_of_the_same_leaves_the_other(withdrawn: str, left: str, packs: str) -> None:
    of = world({"cip13s": (A,)}, {"cip13s": (A, B)})
    withdraw(of, withdrawn)
    assert [last(of).facts[x] for x in ("declaration_id", "context", "cip13s")] == [left, left, packs]
    withdraw(of, left)
    assert last(of).reason == "all_withdrawn"


def test_where_only_some_is_withdrawn_of_a_declaration_all_of_the_other_still_stands() -> None:
    of = world({"cip13s": (A,)}, {"cip13s": (A, B)})
    withdraw(of, "d2", cip13s=(B,))
    assert last(of).facts["cip13s"] == A
    withdraw(of, "d1")
    assert last(of).facts["cip13s"] == A, "which the second declared as well"


def test_a_duplicate_for_all_presentations_is_withdrawn_without_a_word() -> None:
    of = world({}, {})
    withdraw(of, "d2")
    assert (last(of).facts["declaration_id"], last(of).facts["circuits"].count("circuit"), last(of).numbers["ville_stock_packs"]) == (
        "d1",
        2,
        250.0,
    )


@pytest.mark.parametrize("withdrawn", ["d1", "d2"])
def test_an_update_that_does_not_say_of_what_is_withdrawn_with_what_it_updated(withdrawn: str) -> None:
    of = world({}, {"step": UPDATE})
    withdraw(of, withdrawn)
    assert last(of).reason == "all_withdrawn"
