"""Whom the shipped routing tells of an alert, released to everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alertcore.cases import units
from alertcore.dispatch.engine import step
from alertcore.dispatch.events import RoutingSet
from alertcore.dispatch.indexes import indexes
from alertcore.dispatch.routing import read_routing
from alertcore.dispatch.shipped import SHIPPED
from alertcore.dispatch.state import MemoryTable
from alertcore.records.alert import Alert, AlertKind, AlertStep, LogOrigin, Severity
from alertcore.records.notice import Audience, AudienceFilter
from alertcore.records.shared import Subject, SubjectKind
from tests.unit.alertcore.cases_world import NOW

ALL = ("physician", "hospital", "community_pharmacy", "hospital_pharmacy", "wholesaler", "depositary")
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


def reached(about: Alert) -> dict[str, tuple[Any, ...]]:
    """Receiver to (audience, kinds, organisations, mandatory, lane, duty)."""
    table, found = MemoryTable(), {}
    step(table, RoutingSet(version="0", content=json.dumps(SHIPPED)), NOW)
    for suffix in units.suffixes(about, units.TOLD):
        audience, _, company = suffix.partition("/")
        targets = indexes(table).matched(units.labels(about, suffix)).targets
        anyway = units.everybody(t.receiver for t in targets)
        for r in (t.receiver for t in targets):
            named = units.audience_of(r, about, company)
            assert named.filter is not None
            whom = named.filter if named.filter.mandatory else units.beside(named, anyway).filter
            assert whom is not None
            name = f"{r.name}:{company}" if company else r.name
            duty = units.is_duty(about, suffix) and r.duties
            lane = str(r.lane or units.lane(about))
            found[name] = (audience, whom.kinds, whom.facilities, whom.mandatory, lane, duty)
            assert bool(whom.subjects) is not whom.mandatory
    return found


@pytest.mark.parametrize("kind", [AlertKind.SHORTAGE, AlertKind.STOP])
@pytest.mark.parametrize(("severity", "lane"), [(Severity.SEVERE, "normal"), (Severity.CRITICAL, "urgent")])
def test_a_shortage_goes_to_officers_its_companies_and_followers_apart(kind: AlertKind, severity: Severity, lane: str) -> None:
    assert reached(alert(kind, {"companies": "lab-a,lab-b"}, severity)) == {
        "officers": ("officers", ("officer",), (), True, lane, False),
        "companies:lab-a": ("companies", ("company",), ("lab-a",), True, lane, False),
        "companies:lab-b": ("companies", ("company",), ("lab-b",), True, lane, False),
        "followers": ("professionals", ALL, (), False, "normal", False),
        "patients": ("patients", ("patient",), (), False, "normal", False),
    }


def test_a_device_goes_to_professionals_who_follow_it_and_to_no_patient() -> None:
    assert list(reached(alert(AlertKind.DEVICE))) == ["officers", "followers"]


@pytest.mark.parametrize(
    ("labels", "must", "duty"),
    [
        ({"class": "i", "serious_risk": "confirmed"}, ("supply_chain", CHAIN), True),
        ({"class": "i", "serious_risk": "unassessed"}, ("supply_chain", CHAIN), False),
        ({"class": "unassigned", "serious_risk": "suspected"}, ("supply_chain", CHAIN), True),
        ({"class": "ii", "serious_risk": "suspected", "level": "wholesale"}, ("supply_chain", CHAIN), True),
        ({"class": "i", "level": "patient"}, ("supply_chain", CHAIN), False),
        ({"class": "ii", "level": "wholesale"}, ("wholesale_level", ("wholesaler", "depositary")), False),
        ({"class": "ii", "level": "retail_hospital"}, ("retail_level", (*CHAIN, "depositary")), False),
        ({"class": "iii", "level": "patient"}, ("retail_level", (*CHAIN, "depositary")), False),
        ({"class": "ii"}, None, False),
        ({"class": "unassigned", "serious_risk": "excluded"}, None, False),
    ],
)
@pytest.mark.parametrize("kind", [AlertKind.DEFECT, AlertKind.FALSIFIED])
def test_a_defect_goes_by_its_class_and_its_level(kind: AlertKind, labels: dict[str, str], must: Any, duty: bool) -> None:
    lane = "urgent" if must and must[0] == "supply_chain" else "normal"
    found = reached(alert(kind, labels, Severity.CRITICAL if lane == "urgent" else Severity.SEVERE))
    mandatory = {g: v for g, v in found.items() if v[3] and g != "officers"}
    assert mandatory == ({must[0]: ("professionals", must[1], (), True, lane, duty)} if must else {})
    rest = tuple(k for k in ALL if must is None or k not in must[1])
    assert found["recall_followers"] == ("professionals", rest, (), False, lane, False)
    assert ("recall_patients" in found) is (labels.get("level") == "patient")


def test_followers_whose_kinds_are_all_told_anyway_are_nobody_and_not_everybody() -> None:
    whom = Audience(filter=AudienceFilter(kinds=("wholesaler",)))
    assert units.beside(whom, frozenset({"wholesaler", "hospital"})).filter == AudienceFilter(kinds=("nobody",))
    assert units.beside(whom, frozenset({"hospital"})) is whom


def test_who_is_named_in_some_regions_alone_is_not_told_anyway() -> None:
    def kinds(**audience: Any) -> frozenset[str]:
        file = {"route": {"receiver": "a"}, "receivers": [{"name": "a", "audience": {"kinds": ["wholesaler"], **audience}}]}
        return units.everybody(read_routing(file).receivers.values())

    assert kinds(mandatory=True) == {"wholesaler"}
    assert kinds() == kinds(mandatory=True, regions=["11"]) == kinds(concerned=True) == frozenset()


def test_trouble_of_the_hub_concerns_officers_alone_and_is_urgent_when_critical() -> None:
    assert list(reached(alert(AlertKind.HUB, {"companies": "lab-a"}))) == ["officers"]
    assert reached(alert(AlertKind.HUB, severity=Severity.CRITICAL))["officers"][4] == "urgent"


def test_a_floor_concerns_the_company_and_officers() -> None:
    assert list(reached(alert(AlertKind.SAFETY_STOCK, {"companies": "lab-a"}))) == ["officers", "companies:lab-a"]


@pytest.mark.parametrize(
    ("labels", "must"),
    [
        ({"class": "i", "serious_risk": "suspected"}, ("community_pharmacy", "wholesaler", "depositary")),
        ({"class": "ii", "level": "patient"}, ("community_pharmacy", "wholesaler", "depositary")),
        ({"class": "iii", "level": "wholesale"}, ("wholesaler", "depositary")),
    ],
)
def test_a_defect_of_a_medicine_for_animals_goes_to_who_has_such_and_to_no_patient(labels: dict[str, str], must: Any) -> None:
    found = reached(alert(AlertKind.DEFECT, labels | {"species": "veterinary"}))
    assert [(v[1], v[5]) for g, v in found.items() if v[3] and g != "officers"] == [(must, False)]
    assert "recall_patients" not in found


@pytest.mark.parametrize(
    ("tier", "receiver"),
    [("community_pharmacy", "holders"), ("hospital_pharmacy", "holders"), ("wholesaler", "holders"), ("manufacturer", "holding_company")],
)
def test_who_still_has_a_recalled_lot_is_addressed_alone(tier: str, receiver: str) -> None:
    found = reached(alert(AlertKind.RECALLED_LOT, {"holder": tier}))
    assert {name: (v[0], v[2], v[3]) for name, v in found.items() if name != "officers"} == {
        receiver: ("professionals", ("60000001",), True)
    }


def test_the_file_says_nothing_that_is_not_meant() -> None:
    routing = read_routing(SHIPPED)
    assert routing.warnings == ()
    assert all(r.release_audience for r in routing.receivers.values())


def test_a_recall_is_told_at_once_and_changes_of_a_shortage_at_most_every_five_minutes() -> None:
    table = MemoryTable()
    step(table, RoutingSet(version="0", content=json.dumps(SHIPPED)), NOW)

    def waits(**labels: str) -> dict[str, float]:
        found = indexes(table).matched({"alert": "alr_x", "companies": "lab-a", **labels}).targets
        assert {t.labels["alert"] for t in found} == {"alr_x"}
        assert {t.route.repeat_interval.days for t in found} == {365}
        assert {t.route.group_wait.total_seconds() for t in found} == {0}
        return {t.receiver.name: t.route.group_interval.total_seconds() for t in found}

    at_once = ("officers", "companies", "supply_chain", "recall_patients", "recall_followers")
    assert waits(kind="defect", **{"class": "i"}, level="patient") == dict.fromkeys(at_once, 0)
    assert waits(kind="shortage") == {"officers": 0, "companies": 0, "followers": 300, "patients": 300}
