"""Receivers: with which release audience they are told, and whom of it."""

from __future__ import annotations

from typing import Any

import pytest

from alertcore.dispatch.reading import Reading
from alertcore.dispatch.receivers import Receiver, read_receiver


def receiver(audience: Any, **more: Any) -> tuple[Receiver, list[str]]:
    """A receiver with this audience, and what is wrong with it."""
    reading = Reading()
    made = read_receiver(reading, {"name": "r", "audience": audience, **more}, "receivers[0]")
    return made, [str(p) for p in reading.problems]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["officer"], "officers"),
        (["officer", "deputy", "director", "board"], "officers"),
        (["company"], "companies"),
        (["patient"], "patients"),
        (["physician", "hospital", "authority"], "professionals"),
        (["somebody_new"], "professionals"),
        (["officer", "company"], ""),
        (["patient", "physician"], ""),
        ([], ""),
    ],
)
def test_a_receiver_is_told_with_the_release_audience_of_its_kinds(kinds: list[str], expected: str) -> None:
    made, wrong = receiver({"kinds": kinds})
    assert (made.release_audience, wrong) == (expected, [])


def test_a_receiver_without_kinds_has_no_release_audience() -> None:
    assert receiver({"recipients_of": "alr_1"})[0].release_audience == ""
    assert Receiver(name="nobody").release_audience == ""


@pytest.mark.parametrize(
    ("kinds", "release", "allowed"),
    [
        (["company"], "professionals", True),
        (["company", "physician"], "professionals", True),
        (["company"], "companies", True),
        (["company"], "officers", False),
        (["patient", "physician"], "professionals", False),
    ],
)
def test_a_receiver_may_be_told_later_than_its_kinds_but_never_sooner(kinds: list[str], release: str, allowed: bool) -> None:
    made, wrong = receiver({"kinds": kinds}, release=release)
    assert bool(wrong) is not allowed
    assert all("what is not released to them must not reach them" in w for w in wrong)
    assert made.release_audience == release


def test_an_unknown_release_audience_is_refused() -> None:
    assert receiver({"kinds": ["company"]}, release="public")[1] == [
        "receivers[0].release: 'public' is not one of officers, companies, professionals, patients"
    ]


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({"kinds": ["physician"]}, True),
        ({"kinds": ["physician"], "regions": ["11"]}, True),
        ({"kinds": ["physician"], "mandatory": True}, False),
        ({"kinds": ["physician"], "subjects": ["atc:J01"]}, False),
        ({"kinds": ["physician"], "concerned": True}, False),
        ({"recipients_of": "alr_1"}, False),
    ],
)
def test_who_follows_is_told_where_nothing_else_is_said(audience: dict[str, Any], expected: bool) -> None:
    made, wrong = receiver(audience)
    assert (made.follows, made.concerned, wrong) == (expected, "concerned" in audience, [])
    assert not Receiver(name="nobody").follows


@pytest.mark.parametrize("beside", [{"subjects": ["cis:60000001"]}, {"facilities": ["lab-a"]}, {"mandatory": True}])
def test_the_organisations_concerned_are_named_by_the_alert_alone(beside: dict[str, Any]) -> None:
    (problem,) = receiver({"kinds": ["company"], "concerned": True} | beside)[1]
    assert f"so {next(iter(beside))} cannot stand beside it" in problem


def test_duties_are_discharged_unless_a_receiver_says_no() -> None:
    assert receiver({"kinds": ["officer"]})[0].duties
    assert not receiver({"kinds": ["officer"]}, duties=False)[0].duties
    assert receiver({"kinds": ["officer"]}, duties="no")[1] == ["receivers[0].duties: true or false is wanted here, not a text"]


@pytest.mark.parametrize(
    ("audience", "mandatory", "concerned"),
    [
        ({"kinds": ["director"]}, True, False),
        ({"kinds": ["director"], "mandatory": False}, False, False),
        ({"kinds": ["company"], "concerned": True}, False, True),
        ({"kinds": ["physician"], "subjects": ["atc:J01"]}, False, False),
    ],
)
def test_a_step_calls_everybody_of_its_kinds_unless_it_says_whom(audience: dict[str, Any], mandatory: bool, concerned: bool) -> None:
    made, wrong = receiver({"kinds": ["officer"]}, escalation=[{"wait": "15m", "audience": audience}])
    (step,) = made.escalation
    assert step.audience.filter is not None
    assert (step.audience.filter.mandatory, step.concerned, wrong) == (mandatory, concerned, [])
