"""Whom the roster calls while an alert waits for its release."""

from __future__ import annotations

from datetime import timedelta

from alertcore.records.defect import DefectClass, SeriousRisk
from tests.unit.alertcore.cases_world import World, alerts, notices

MINUTES = timedelta(minutes=1)
ROSTER = {
    "director": "boss",
    "shifts": [{"name": "all", "turns": ["a", "b"], "starts": "2026-01-26"}],
}


def called(of: World) -> list[str]:
    """Groups called since the last order or wait."""
    return [n.reason.rule for n in notices(of.last) if str(n.purpose) in ("escalation", "reminder")]


def milder(of: World) -> None:
    of.report(class_=DefectClass.II, serious_risk=SeriousRisk.EXCLUDED, serious_risk_at=None)


def test_of_a_serious_risk_the_person_in_charge_is_called_at_once_and_the_director_after_a_quarter_of_an_hour() -> None:
    of = World()
    of.settings("duty", ROSTER)
    of.report()
    (first,) = [n for n in notices(of.last) if str(n.purpose) == "escalation"]
    assert (first.reason.rule, first.audience.filter.kinds, first.audience.filter.facilities, str(first.lane)) == (  # type: ignore[union-attr]
        "duty:a",
        ("officer",),
        ("a",),
        "urgent",
    )
    assert of.wait(15 * MINUTES - timedelta(seconds=1)) == []
    of.wait(timedelta(seconds=1))
    assert called(of) == ["duty:boss", "officers"]
    of.wait(15 * MINUTES)
    assert called(of) == ["duty:boss", "officers"]


def test_what_is_less_grave_calls_one_after_the_other_and_the_director_last() -> None:
    of = World()
    of.settings("duty", ROSTER)
    milder(of)
    found = [called(of)]
    for _ in range(5):
        of.wait(15 * MINUTES)
        found.append(called(of))
    assert found == [[], ["duty:a"], ["duty:b"], ["duty:boss", "officers"], ["duty:boss", "officers"], []]
    assert of.alert().release.audiences == ("officers", "companies")  # type: ignore[union-attr]


def test_a_release_ends_the_calls() -> None:
    of = World()
    of.settings("duty", ROSTER)
    of.report()
    of.order("release")
    assert alerts(of.wait(1000 * MINUTES)) == [] or called(of) == []


def test_who_is_called_is_who_is_in_charge_then() -> None:
    of = World()
    of.settings("duty", ROSTER)
    milder(of)
    of.settings("duty", ROSTER | {"absences": [{"person": "a", "from": "2026-01-26", "to": "2026-01-26"}]})
    of.wait(15 * MINUTES)
    assert called(of) == ["duty:b"]


def test_a_roster_that_cannot_be_read_leaves_the_one_before() -> None:
    of = World()
    of.settings("duty", ROSTER)
    of.settings("duty", {"shifts": [{}]})
    milder(of)
    of.wait(15 * MINUTES)
    assert called(of) == ["duty:a"]
