"""Pharmacies reported a cluster and fell silent: a declaration is owed until somebody who has to know says that it is back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from alertcore.records.shared import OrgScheme
from alertcore.records.shortage import CircuitState, DeclarationStep, Disruption, Pharmacy
from alertcore.records.stock import Circuit, Tier
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, status

DAY = timedelta(days=1)
RETURN, WITHDRAWN = DeclarationStep.RETURN, DeclarationStep.WITHDRAWN


def short_at_five(of: World, name: str = "x") -> None:
    asked = of.now - 73 * HOURS
    for n in range(5):
        pharmacy = Pharmacy(id=f"p{n}", scheme=OrgScheme.FINESS, country="FR", region="53", tier=Tier.COMMUNITY_PHARMACY)
        given: dict[str, Any] = {"disruption_id": f"{name}{n}", "pharmacy": pharmacy, "distributors": ("w1", "w2"), "asked_at": asked}
        of.feed("supply.disruptions", Disruption(cis=CIS, cip13="3400960000001", state_at=asked, **given))


def owed(of: World) -> list[str]:
    board: Any = of.shell.view().get(f"duties/actual/{CIS}")
    return [m.key for m in board.matters if m.rule == "undeclared"] if board else []


def declared_next_day() -> World:
    of = World()
    short_at_five(of)
    of.wait(DAY)
    of.declare(declared_at=of.now)
    return of


def end(of: World, step: DeclarationStep = RETURN, **fields: Any) -> None:
    of.declare("d2", step=step, previous_id="d1", declared_at=of.now, **fields)


@pytest.mark.parametrize("silent_first", [True, False])
def test_a_company_that_declared_and_returned_owes_nothing_once_pharmacies_are_silent(silent_first: bool) -> None:
    of = declared_next_day()
    if silent_first:
        of.wait(30 * DAY)
    end(of)
    of.wait(30 * DAY)
    assert owed(of) == []
    assert of.shell.view().get(f"shown/actual/{CIS}") is None
    assert all(f.ended for f in of.files())


def test_while_pharmacies_still_report_a_return_is_no_end() -> None:
    of = declared_next_day()
    end(of)
    of.wait(4 * DAY)
    assert owed(of) == ["lab-a/declaration"]


@pytest.mark.parametrize("how", [{"step": WITHDRAWN}, {"circuits": (CircuitState(circuit=Circuit.VILLE),)}])
def test_a_withdrawal_or_the_return_of_some_is_no_end(how: dict[str, Any]) -> None:
    of = declared_next_day()
    of.wait(30 * DAY)
    end(of, **how)
    of.wait(4 * DAY)
    shown: Any = of.shell.view().get(f"shown/actual/{CIS}")
    assert [f.source for f in shown.facts] == ["pharmacies"]


def test_a_return_before_the_cluster_does_not_answer_for_it() -> None:
    of = World()
    of.declare(declared_at=NOW)
    of.wait(DAY)
    end(of)
    of.wait(10 * DAY)
    short_at_five(of)
    of.wait(30 * DAY)
    assert owed(of) == ["lab-a/declaration"]


@pytest.mark.parametrize(("returned", "still"), [(date(2026, 2, 20), []), (date(2026, 1, 20), ["lab-a/declaration"])])
def test_the_public_list_says_that_it_is_back(returned: date, still: list[str]) -> None:
    of = World()
    short_at_five(of)
    of.snapshot("s0")
    of.wait(DAY)
    of.snapshot("s1", status("s1", 1))
    of.wait(30 * DAY)
    assert owed(of) == ["lab-a/declaration"]
    of.snapshot("s2", status("s2", 4, updated=date(2026, 2, 20), returned=returned))
    assert owed(of) == still
