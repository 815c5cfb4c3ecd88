"""Another policy looks again at whatever a duty may rest on: a declaration, a plan, a floor, each where nothing else is known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import SignalState
from alertcore.records.shared import Nature, SubjectKind
from tests.unit.alertcore.cases_world import CIS, World, product, signal, signals, status
from tests.unit.alertcore.test_rule_overdue import MARCH_END, plan, until

DAY = timedelta(days=1)


def board(of: World, nature: Nature = Nature.ACTUAL) -> list[str]:
    found = of.shell.view().get(f"duties/{nature}/{CIS}")
    return [f"{m.rule} {m.key}" for m in found.matters] if found else []


def returning(of: World, nature: Nature) -> None:
    of.declare(nature=nature)
    until(of, MARCH_END + DAY)


def planned(of: World, nature: Nature) -> None:
    of.feed("plans", plan("2025-11-01", nature=nature))


def below(of: World, nature: Nature) -> None:
    of.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, companies=("lab-a",), nature=nature))
    of.wait(DAY)


@pytest.mark.parametrize("nature", [Nature.ACTUAL, Nature.EXERCISE])
@pytest.mark.parametrize(
    ("fact", "patient", "strict", "matter"),
    [
        (returning, {"overdue_days": 45}, {}, "overdue lab-a/return"),
        (planned, {}, {"plan_months": 2}, "overdue lab-a/plan"),
        (below, {"undeclared_days": 45}, {"undeclared_days": 0}, "undeclared lab-a/declaration"),
    ],
)
def test_a_stricter_policy_finds_what_the_one_before_let_pass(
    fact: Any, patient: dict[str, int], strict: dict[str, int], matter: str, nature: Nature
) -> None:
    of = World(policy={"duty": patient})
    fact(of, nature)
    assert board(of, nature) == []
    of.settings("policy", {"duty": strict})
    assert board(of, nature) == [matter]
    assert [board(of, other) for other in (Nature.ACTUAL, Nature.EXERCISE) if other is not nature] == [[]]
    of.settings("policy", {"duty": patient})
    assert board(of, nature) == []


def test_a_medicine_that_becomes_a_mitm_is_still_said_by_who_said_it() -> None:
    declared = World(products=False)
    declared.feed("reference.products", product(mitm=False))
    declared.declare()
    declared.feed("reference.products", product(mitm=True))
    assert declared.alert().labels["mitm"] == "true"
    assert [(s.rule, s.state) for s in signals(declared.outs)] == [("declared", SignalState.RAISED)]
    both = World(products=False)
    both.feed("reference.products", product(mitm=False))
    both.declare()
    both.snapshot("s0")
    both.snapshot("s1", status("s1", 1))
    before = [s.rule for s in signals(both.outs)]
    both.feed("reference.products", product(mitm=True))
    assert [s.rule for s in signals(both.outs)] == before
    assert set(before) == {"declared", "published"}
    listed = World(products=False)
    listed.feed("reference.products", product(mitm=False))
    listed.snapshot("s0")
    listed.snapshot("s1", status("s1", 1))
    listed.feed("reference.products", product(mitm=True))
    assert listed.alert().labels["mitm"] == "true"
    assert [(s.rule, s.state) for s in signals(listed.outs)] == [("published", SignalState.RAISED)]
