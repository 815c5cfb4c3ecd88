"""Declaring as soon as known: both sides of the agency's hours, and who reads of a delay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore.records.shared import Org, OrgScheme
from alertcore.records.shortage import Cause, DeclarationStep, DeclaredNature, Export
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, notices, published, signals

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LATE_FR = "Laboratoire lab-a le savait depuis le 25/01/2026 à 09 h 00, soit 25 h avant sa déclaration (délai interne : 24 h ; CSP L.5121-32"
LATE_EN = "Laboratoire lab-a had known since 2026-01-25 at 09:00, 25 h before it declared (internal limit: 24 h; CSP L.5121-32"


@pytest.mark.parametrize(
    ("known", "late"),
    [(None, False), (timedelta(0), False), (-HOURS, False), (24 * HOURS, False), (24 * HOURS + SECOND, True), (25 * HOURS, True)],
)
def test_a_declaration_is_late_after_24_hours_and_not_at_them(known: timedelta | None, late: bool) -> None:
    outs = World().declare(known_at=None if known is None else NOW - known)
    officers = notices(outs, "officers")[0].params
    assert ("le savait depuis" in officers["sentence_fr"]) is late
    found = {d.duty: (d.due, d.met_at, str(d.basis), str(d.mark), d.to) for d in alerts(outs)[0].deadlines}
    expected = {} if known is None else {"declaration": (NOW - known + 24 * HOURS, NOW, "internal", "u", "lab-a")}
    assert found == expected


def test_the_agency_sets_its_own_hours() -> None:
    outs = World(policy={"duty": {"declaration_hours": 48}}).declare(known_at=NOW - 48 * HOURS)
    assert "savait" not in notices(outs, "officers")[0].params["sentence_fr"]


def test_a_delay_is_read_by_officers_and_the_company_itself_and_by_nobody_else() -> None:
    world = World()
    world.declare("e1", "lab-b")
    outs = world.declare(known_at=NOW - 25 * HOURS, declared_at=NOW)
    said = {n.reason.rule: n.params for n in notices(world.soon())}
    assert LATE_FR in said["officers"]["sentence_fr"]
    assert LATE_EN in said["officers"]["sentence_en"]
    assert LATE_FR in said["companies:lab-a"]["sentence_fr"]
    for group in ("companies:lab-b", "followers", "patients"):
        assert not [v for v in said[group].values() if "savait" in v or "had known" in v]
    assert "savait" not in published(outs)[0].text.fr
    assert LATE_FR in next(s for s in signals(outs) if s.rule == "declared").sentence.fr


def test_an_hour_that_has_begun_counts() -> None:
    outs = World().declare(known_at=NOW - 24 * HOURS - SECOND, declared_at=NOW)
    assert "soit 25 h avant" in notices(outs, "officers")[0].params["sentence_fr"]


def test_two_late_companies_read_their_own_delay() -> None:
    world = World()
    world.declare(known_at=NOW - 30 * HOURS)
    outs = world.declare("e1", "lab-b", known_at=NOW - 40 * HOURS)
    said = {n.reason.rule: n.params["sentence_en"] for n in notices(outs)}
    assert ("lab-a had" in said["companies:lab-a"], "lab-b had" in said["companies:lab-a"]) == (True, False)
    assert ("lab-a had" in said["companies:lab-b"], "lab-b had" in said["companies:lab-b"]) == (False, True)
    assert ("lab-a had" in said["officers"], "lab-b had" in said["officers"]) == (True, True)


def test_how_late_the_first_declaration_was_stays_as_it_is_whatever_an_update_says() -> None:
    for known in (NOW - 30 * HOURS, NOW + HOURS, None):
        world = World()
        world.declare(known_at=NOW - 30 * HOURS)
        later = NOW + 20 * DAY
        outs = world.declare("d2", step=DeclarationStep.UPDATE, previous_id="d1", known_at=known, declared_at=later, context="new")
        assert "soit 30 h avant sa déclaration" in notices(outs, "officers")[0].params["sentence_fr"]
        assert world.alert().numbers["declaration_delay_hours"] == 30.0
        (limit,) = [d for d in world.alert().deadlines if d.duty == "declaration"]
        assert (limit.met_at, limit.due) == (NOW, NOW - 6 * HOURS)


@pytest.mark.parametrize("known_again", [True, False])
def test_an_update_accuses_nobody_of_a_late_declaration(known_again: bool) -> None:
    world = World()
    world.declare(known_at=NOW - HOURS)
    again = NOW - HOURS if known_again else None
    outs = world.declare("d2", step=DeclarationStep.UPDATE, previous_id="d1", known_at=again, declared_at=NOW + 20 * DAY, context="new")
    assert "by_company" not in alerts(outs)[0].labels
    assert alerts(outs)[0].facts["since"] == "2026-01-26"
    assert "déclarée par Laboratoire lab-a le 26/01/2026" in alerts(outs)[0].facts["sentence_fr"]


@pytest.mark.parametrize(("known", "hours"), [(NOW, 1), (NOW + 1 * HOURS, 24), (NOW - HOURS, 1)])
def test_a_risk_that_becomes_a_stock_out_is_judged_by_itself_only_where_it_was_known_later(known: datetime, hours: int) -> None:
    world = World()
    world.declare(known_at=NOW - HOURS, nature_declared=DeclaredNature.RISQUE)
    world.declare("d2", step=DeclarationStep.UPDATE, previous_id="d1", known_at=known, declared_at=NOW + 25 * HOURS)
    alert = world.alert()
    assert alert.numbers["declaration_delay_hours"] == hours
    assert "by_company" not in alert.labels, "24 hours are in time"
    assert alert.facts["since"] == "2026-01-27", "the stock-out was first declared then"
    world.declare("d3", step=DeclarationStep.UPDATE, previous_id="d2", known_at=NOW + 30 * HOURS, declared_at=NOW + 60 * HOURS)
    assert world.alert().facts["since"] == "2026-01-27"


@pytest.mark.parametrize(("first", "second"), [(30, 60), (60, 30)])
def test_each_of_two_declarations_of_a_company_has_a_delay_and_the_longer_one_its_limit(first: int, second: int) -> None:
    world = World()
    world.declare(cip13s=("3400960000001",), known_at=NOW - first * HOURS)
    world.declare("d2", cip13s=("3400960000018",), known_at=NOW - second * HOURS, nature_declared=DeclaredNature.RISQUE)
    alert = world.alert()
    assert "soit 30 h avant" in alert.facts["note/delay_fr"]
    assert "soit 60 h avant" in alert.facts["note/delay_fr"]
    assert alert.facts["own/lab-a/sentence_fr"].count("le savait depuis") == 2
    assert [d.due for d in alert.deadlines if d.duty == "declaration"] == [NOW - 36 * HOURS]


def test_when_it_was_known_may_be_told_later_but_not_of_what_came_later() -> None:
    for known, limits in ((NOW - HOURS, 1), (NOW + HOURS, 0)):
        world = World()
        world.declare()
        world.declare("d2", step=DeclarationStep.UPDATE, previous_id="d1", known_at=known, declared_at=NOW + 2 * HOURS)
        assert len([d for d in world.alert().deadlines if d.duty == "declaration"]) == limits


def test_the_day_of_a_declaration_is_the_local_one() -> None:
    for hour, day in ((22, "31/01/2026"), (23, "01/02/2026")):
        world = World(at=datetime(2026, 1, 31, hour, 30, tzinfo=UTC))
        world.declare(declared_at=world.now)
        assert f"le {day}" in world.alert().facts["sentence_fr"]


def test_all_fields_are_kept_for_officers_and_only_codes_go_outside() -> None:
    fields: dict[str, Any] = {
        "case_ref": "2026-RS-001",
        "ma_holder": Org(id="holder", scheme=OrgScheme.AGENCY, name="Titulaire", country="DE"),
        "plan_ref": "PGP-7",
        "exports": (Export(country="BE", text="réduit"), Export(country="ES")),
        "causes": (Cause(code="production", raw="Incident de production"), Cause(code="own_code", raw="Autre chose"), Cause(code="bare")),
    }
    world = World()
    world.declare("e1", "lab-b", causes=(Cause(code="transport", raw="Transport"), Cause(code="production")))
    world.declare(**fields | {"declared_at": NOW - HOURS})
    said = {n.reason.rule: n.params for n in notices(world.soon())}
    officers = said["officers"]
    assert officers["causes"] == "production,own_code,bare,transport"
    assert officers["causes_as_sent"] == "Incident de production; Autre chose; Transport"
    assert (officers["case_ref"], officers["ma_holder"], officers["plan_ref"]) == ("2026-RS-001", "Titulaire", "PGP-7")
    assert officers["exports"] == "BE réduit; ES"
    outside = {"case_ref", "causes_as_sent", "exports", "ma_holder", "plan_ref"}
    assert [group for group, told in said.items() if outside & set(told)] == ["officers"]
    assert said["followers"]["causes"] == officers["causes"]


def test_a_holder_without_a_name_goes_by_its_id() -> None:
    outs = World().declare(ma_holder=Org(id="holder", scheme=OrgScheme.AGENCY, country="DE"))
    assert notices(outs, "officers")[0].params["ma_holder"] == "holder"
