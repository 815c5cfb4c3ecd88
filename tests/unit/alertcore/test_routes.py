"""Whom an alert concerns."""

from __future__ import annotations

from typing import Any

import pytest

from alertcore.dispatch.routes import routes
from alertcore.records.alert import Alert, AlertKind, AlertStep, LogOrigin, Severity
from alertcore.records.shared import Subject, SubjectKind
from tests.unit.alertcore.cases_world import NOW

ALL = ("physician", "community_pharmacy", "hospital_pharmacy", "hospital", "wholesaler", "depositary")
CHAIN = ("community_pharmacy", "hospital_pharmacy", "wholesaler")


def alert(kind: AlertKind, labels: dict[str, str] | None = None, severity: Severity = Severity.SEVERE) -> Alert:
    """An alert with these labels."""
    return Alert(
        alert_id="alr_x",
        version=1,
        step=AlertStep.RAISED,
        reason="x",
        kind=kind,
        subject=Subject(kind=SubjectKind.CIS, id="60000001"),
        opened_by="evt_1",
        severity=severity,
        labels=labels or {},
        policy_version=0,
        rule_version=1,
        program="",
        decided_at=NOW,
        origin=LogOrigin(topic="cases.log", partition=0, offset=0),
    )


def reached(found: Alert) -> dict[str, tuple[Any, ...]]:
    """Group to (audience, kinds, mandatory, lane, duty)."""
    return {r.group: (r.audience, r.filter.kinds, r.filter.mandatory, str(r.lane), r.duty) for r in routes(found)}


@pytest.mark.parametrize("kind", [AlertKind.SHORTAGE, AlertKind.STOP])
def test_a_shortage_goes_to_officers_its_companies_and_followers_apart(kind: AlertKind) -> None:
    assert reached(alert(kind, {"companies": "lab-a,lab-b"})) == {
        "officers": ("officers", ("officer",), True, "normal", False),
        "company:lab-a": ("companies", ("company",), True, "normal", False),
        "company:lab-b": ("companies", ("company",), True, "normal", False),
        "followers": ("professionals", ALL, False, "normal", False),
        "patients": ("patients", ("patient",), False, "normal", False),
    }


@pytest.mark.parametrize(
    ("labels", "must", "rest", "duty"),
    [
        ({"class": "i", "serious_risk": "confirmed"}, ("supply_chain", CHAIN), ("physician", "hospital", "depositary"), True),
        ({"class": "i", "serious_risk": "unassessed"}, ("supply_chain", CHAIN), ("physician", "hospital", "depositary"), False),
        ({"class": "unassigned", "serious_risk": "suspected"}, ("supply_chain", CHAIN), ("physician", "hospital", "depositary"), True),
        (
            {"class": "ii", "serious_risk": "suspected", "level": "wholesale"},
            ("supply_chain", CHAIN),
            ("physician", "hospital", "depositary"),
            True,
        ),
        ({"class": "ii", "level": "wholesale"}, ("wholesale_level", ("wholesaler", "depositary")), ALL[:4], False),
        ({"class": "ii", "level": "retail_hospital"}, ("retail_level", (*CHAIN, "depositary")), ("physician", "hospital"), False),
        ({"class": "iii", "level": "patient"}, ("retail_level", (*CHAIN, "depositary")), ("physician", "hospital"), False),
        ({"class": "ii"}, None, ALL, False),
        ({"class": "unassigned", "serious_risk": "excluded"}, None, ALL, False),
    ],
)
def test_a_defect_goes_by_its_class_and_its_level(labels: dict[str, str], must: Any, rest: Any, duty: bool) -> None:
    found = reached(alert(AlertKind.DEFECT, labels))
    mandatory = {g: v for g, v in found.items() if v[2] and g != "officers"}
    lane = "urgent" if must and must[0] == "supply_chain" else "normal"
    assert mandatory == ({must[0]: ("professionals", must[1], True, lane, duty)} if must else {})
    assert found["followers"] == ("professionals", rest, False, lane, False)
    assert ("patients" in found) is (labels.get("level") == "patient")


def test_trouble_of_the_hub_concerns_officers_alone_and_is_urgent_when_critical() -> None:
    assert list(reached(alert(AlertKind.HUB, {"companies": "lab-a"}))) == ["officers"]
    assert reached(alert(AlertKind.HUB, severity=Severity.CRITICAL))["officers"][3] == "urgent"


def test_a_floor_concerns_the_company_and_officers() -> None:
    assert list(reached(alert(AlertKind.SAFETY_STOCK, {"companies": "lab-a"}))) == ["officers", "company:lab-a"]


@pytest.mark.parametrize(
    ("labels", "must", "duty"),
    [
        ({"class": "i", "serious_risk": "suspected"}, ("community_pharmacy", "wholesaler", "depositary"), False),
        ({"class": "ii", "level": "patient"}, ("community_pharmacy", "wholesaler", "depositary"), False),
        ({"class": "iii", "level": "wholesale"}, ("wholesaler", "depositary"), False),
    ],
)
def test_a_defect_of_a_medicine_for_animals_goes_to_who_has_such_and_to_no_patient(labels: dict[str, str], must: Any, duty: bool) -> None:
    found = reached(alert(AlertKind.DEFECT, labels | {"species": "veterinary"}))
    mandatory = [(v[1], v[4]) for g, v in found.items() if v[2] and g != "officers"]
    assert mandatory == [(must, duty)]
    assert "patients" not in found


@pytest.mark.parametrize(("tier", "kind"), [("community_pharmacy", "community_pharmacy"), ("manufacturer", "company")])
def test_who_still_has_a_recalled_lot_is_addressed_alone(tier: str, kind: str) -> None:
    found = routes(alert(AlertKind.RECALLED_LOT, {"holder": tier}))
    assert [(r.group, r.audience, r.filter.kinds, r.filter.facilities, r.filter.mandatory) for r in found if r.group != "officers"] == [
        ("holder", "professionals", (kind,), ("60000001",), True)
    ]
