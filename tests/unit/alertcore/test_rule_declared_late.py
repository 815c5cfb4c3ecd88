"""Declaring as soon as known: both sides of the agency's hours, and who reads of a delay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.shared import Org, OrgScheme
from alertcore.records.shortage import Cause, DeclarationStep, Export
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, notices, published, signals

SECOND = timedelta(seconds=1)
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


def test_an_update_in_time_does_not_keep_the_delay_of_the_record_before() -> None:
    world = World()
    world.declare(known_at=NOW - 30 * HOURS)
    later = NOW + HOURS
    outs = world.declare("d2", step=DeclarationStep.UPDATE, previous_id="d1", known_at=later, declared_at=later)
    assert "savait" not in notices(outs, "officers")[0].params["sentence_fr"]


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
