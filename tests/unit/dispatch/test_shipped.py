"""The shipped routing tells exactly whom the law and the agency's own rules name, released audience by released audience."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.dispatch.engine import step
from alertcore.dispatch.events import RoutingSet
from alertcore.dispatch.indexes import indexes
from alertcore.dispatch.receivers import RELEASES
from alertcore.dispatch.routes import by_law, routes
from alertcore.dispatch.routing import read_routing
from alertcore.dispatch.shipped import SHIPPED
from alertcore.dispatch.state import MemoryTable
from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.defect import DefectClass, RecallLevel, SeriousRisk, Species
from alertcore.records.notice import Lane
from alertcore.records.stock import Tier
from tests.unit.alertcore.test_routes import alert
from tests.unit.dispatch.world import MONDAY

Told = set[tuple[tuple[str, ...], str, Lane, bool]]
"""Kinds, whom of them, lane, and whether it discharges a duty."""

KINDS = [k for k in AlertKind if k is not AlertKind.UNKNOWN]
RECALLS = (AlertKind.DEFECT, AlertKind.FALSIFIED)


@pytest.fixture(scope="module")
def table() -> MemoryTable:
    """An engine with the shipped routing."""
    made = MemoryTable()
    step(made, RoutingSet(version="0", content=json.dumps(SHIPPED)), MONDAY)
    return made


def is_duty(about: Alert) -> bool:
    """Whether the law asks that everybody be told at once."""
    return about.kind in RECALLS and by_law(about.labels) and about.labels.get("species") != "veterinary"


def by_file(table: MemoryTable, about: Alert, audience: str) -> Told:
    """Whom the shipped routing tells what is released to an audience. An alert that names no company is told to none."""
    labels = about.labels | {"kind": str(about.kind), "severity": str(about.severity), "alert": "alr_x", "audience": audience}
    if audience == "companies" and not about.labels.get("companies"):
        return set()
    lane, found = Lane.URGENT if about.severity is Severity.CRITICAL else Lane.NORMAL, set()
    for target in indexes(table).matched(labels).targets:
        r = target.receiver
        assert r.audience is not None
        assert r.audience.filter is not None
        whom = "concerned" if r.concerned else "followers" if r.follows else "everybody"
        found.add((tuple(sorted(r.audience.filter.kinds)), whom, r.lane or lane, r.duties and is_duty(about)))
    return found


def by_code(about: Alert, audience: str) -> Told:
    """Whom the routes in code name."""
    found = set()
    for r in routes(about):
        if r.audience == audience:
            whom = "concerned" if r.filter.facilities else "everybody" if r.filter.mandatory else "followers"
            found.add((tuple(sorted(r.filter.kinds)), whom, r.lane, r.duty))
    return found


def same(table: MemoryTable, about: Alert) -> None:
    """The same people by both, whatever it is released to."""
    for audience in RELEASES:
        assert by_file(table, about, audience) == by_code(about, audience), (about.kind, about.severity, about.labels, audience)


def recalls() -> Iterator[Alert]:
    """Every defect that differs for anybody."""
    words = [["", *DefectClass], ["", *RecallLevel], ["", *Species], ["", *SeriousRisk]]
    for kind, severity, (class_, level, species, risk) in product(RECALLS, (Severity.SEVERE, Severity.CRITICAL), product(*words)):
        given = {"class": str(class_), "level": str(level), "species": str(species), "serious_risk": str(risk), "companies": "lab-a"}
        yield alert(kind, {k: v for k, v in given.items() if v}, severity)


def test_a_defect_reaches_the_same_people_whatever_its_class_depth_species_and_risk(table: MemoryTable) -> None:
    found = list(recalls())
    assert len(found) > 2000
    for about in found:
        same(table, about)


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("companies", ["", "lab-a", "lab-a,lab-b"])
def test_an_alert_of_any_kind_reaches_the_same_people(table: MemoryTable, severity: Severity, companies: str) -> None:
    for kind in KINDS:
        if kind is not AlertKind.RECALLED_LOT:
            same(table, alert(kind, {"companies": companies} if companies else {}, severity))


@pytest.mark.parametrize("severity", [Severity.SEVERE, Severity.CRITICAL])
@pytest.mark.parametrize("tier", [t for t in Tier if t is not Tier.UNKNOWN])
def test_who_holds_a_recalled_lot_is_told_alone(table: MemoryTable, tier: Tier, severity: Severity) -> None:
    same(table, alert(AlertKind.RECALLED_LOT, {"holder": str(tier), "companies": "lab-a"}, severity))


def test_what_nobody_knows_to_hold_a_lot_is_told_to_no_professional(table: MemoryTable) -> None:
    assert by_file(table, alert(AlertKind.RECALLED_LOT, {"holder": "unknown"}), "professionals") == set()


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([k for k in KINDS if k is not AlertKind.RECALLED_LOT]),
    st.dictionaries(
        st.sampled_from(["class", "level", "species", "serious_risk", "holder", "scope", "rule", "template", "mitm"]),
        st.sampled_from(["i", "ii", "I", "patient", "wholesale", "veterinary", "human", "suspected", "no", "wholesaler", ""]),
    ),
    st.sampled_from(list(Severity)),
)
def test_words_in_the_wrong_place_change_nothing_either(
    table: MemoryTable, kind: AlertKind, labels: dict[str, str], severity: Severity
) -> None:
    same(table, alert(kind, labels, severity))


def test_the_same_people_are_never_named_twice_for_one_alert(table: MemoryTable) -> None:
    for about in recalls():
        kinds = [k for told in by_file(table, about, "professionals") for k in told[0]]
        assert len(kinds) == len(set(kinds)), about.labels


def test_trouble_of_the_hub_is_told_to_officers_alone(table: MemoryTable) -> None:
    found = indexes(table).matched({"kind": "hub", "companies": "lab-a"}).targets
    assert [t.receiver.name for t in found] == ["officers"]


def test_the_file_says_nothing_that_is_not_meant() -> None:
    routing = read_routing(SHIPPED)
    assert routing.warnings == ()
    assert all(r.release_audience for r in routing.receivers.values())


def test_officers_and_companies_hear_each_version_at_once_and_others_at_most_every_five_minutes(table: MemoryTable) -> None:
    found = indexes(table).matched({"kind": "defect", "class": "i", "level": "patient", "alert": "alr_x", "companies": "lab-a"}).targets
    waits = {t.receiver.name: (t.route.group_wait.total_seconds(), t.route.group_interval.total_seconds()) for t in found}
    assert waits == {
        "officers": (0, 0),
        "companies": (0, 0),
        "supply_chain": (0, 300),
        "followers_beside_supply_chain": (0, 300),
        "patients_at_once": (0, 300),
    }
    assert {t.labels["alert"] for t in found} == {"alr_x"}
    assert {t.route.repeat_interval.days for t in found} == {365}
