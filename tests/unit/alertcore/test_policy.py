"""The policy: France's values as shipped, the agency's own over them, nothing above the law."""

from __future__ import annotations

from typing import Any

import pytest

from alertcore.policy import AUDIENCES, Policy, read_policy
from alertcore.settled import SettingsError


@pytest.mark.parametrize("raw", [None, {}])
def test_an_empty_policy_is_the_shipped_one(raw: Any) -> None:
    assert read_policy(raw) == Policy()


def test_the_shipped_floors_are_those_of_the_law() -> None:
    floors = Policy().safety_stock
    assert (floors.default_months, floors.max_months, floors.other_weeks, floors.public_health_months) == (2.0, 4.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("kind", "audience", "gate"),
    [
        ("defect", "officers", "automatic"),
        ("defect", "companies", "automatic"),
        ("defect", "professionals", "one"),
        ("falsified", "public", "one"),
        ("falsified", "authorities", "one"),
        ("shortage", "patients", "automatic"),
    ],
)
def test_as_shipped_a_defect_goes_out_when_one_person_has_released_it(kind: str, audience: str, gate: str) -> None:
    assert Policy().gate(kind, audience).gate == gate


def test_every_kind_and_audience_has_a_gate() -> None:
    assert {Policy().gate("any", audience).gate for audience in AUDIENCES} == {"automatic"}


def test_the_agencys_own_lines_come_first_and_the_first_that_fits_decides() -> None:
    policy = read_policy(
        {
            "release": [
                {"kind": "defect", "audience": "public", "gate": "two", "limit_min": 5},
                {"kind": "defect", "gate": "automatic"},
                {"kind": "shortage", "audience": "*", "gate": "one"},
            ]
        }
    )
    assert (policy.gate("defect", "public").gate, policy.gate("defect", "public").limit_min) == ("two", 5)
    assert policy.gate("defect", "professionals").gate == "automatic"
    assert policy.gate("shortage", "officers").gate == "one"
    assert policy.gate("falsified", "public").gate == "one"


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"release": [{"gate": "three"}]}, "release[0].gate: expected one of automatic, one, two"),
        ({"release": [{}]}, "release[0].gate: is required"),
        (
            {"release": [{"gate": "one", "audience": "press"}]},
            "release[0].audience: expected one of officers, companies, professionals, patients, authorities, public, *",
        ),
        ({"safety_stock": {"months": {"6": 4.5}}}, "safety_stock.months.6: 4.5 is above the legal limit of 4.0 months"),
        ({"safety_stock": {"months": {"6": -1}}}, "safety_stock.months.6: must not be negative"),
        ({"safety_stock": {"max_months": 5}}, "safety_stock.max_months: the law allows at most 4 months (CSP L.5121-29)"),
        ({"fresh_share": 0}, "fresh_share: must be above 0 and at most 1"),
        ({"fresh_share": 1.1}, "fresh_share: must be above 0 and at most 1"),
        ({"stock": {"flush_s": -1}}, "stock.flush_s: must not be negative"),
        ({"defect": {"class3": "urgent"}}, "defect.class3: expected none or non_urgent"),
        ({"coverage": {"national_days": [30, 367]}}, "coverage.national_days: 367 is not between 0 and 366"),
        ({"coverage": {"clear": 0.9}}, "coverage.clear: 0.9 is not between 1 and 3"),
        ({"disruption": {"limit_hours": 73}}, "disruption.limit_hours: 73 is not between 1 and 72 (CSP R.5124-49-1)"),
        ({"safety_stock": {"default_months": 1.9}}, "safety_stock.default_months: 1.9 is not between 2 and 4 (CSP L.5121-29, R.5124-49-4)"),
        ({"safety_stock": {"default_months": 4.1}}, "safety_stock.default_months: 4.1 is not between 2 and 4 (CSP L.5121-29, R.5124-49-4)"),
        ({"safety_stock": {"other_weeks": 0.9}}, "safety_stock.other_weeks: 0.9 is not between 1 and 17 (CSP L.5121-29, R.5124-49-4)"),
        (
            {"safety_stock": {"public_health_months": 0.9}},
            "safety_stock.public_health_months: 0.9 is not between 1 and 4 (CSP L.5121-29, R.5124-49-4)",
        ),
        ({"safety_stock": {"breach_end": 0.99}}, "safety_stock.breach_end: 0.99 is not between 1 and 2 (CSP R.5124-49-4)"),
        ({"safety_stock": {"max_months": 1.9}}, "safety_stock.max_months: below the floor of every medicine (2 months)"),
        ({"duty": {"plan_months": 13}}, "duty.plan_months: 13 is not between 1 and 12 (CSP R.5124-49-5)"),
        ({"duty": {"stop_mitm_months": 11}}, "duty.stop_mitm_months: 11 is not between 12 and 36 (CSP L.5124-6)"),
        ({"duty": {"taker_months": 3}}, "duty.taker_months: 3 is not between 1 and 2 (CSP R.5124-73-1)"),
        ({"duty": {"device_notice_months": 5}}, "duty.device_notice_months: 5 is not between 6 and 24 (MDR and IVDR Article 10a)"),
        (
            {"duty": {"device_interruption_days": 61}},
            "duty.device_interruption_days: 61 is not between 1 and 60 (MDR and IVDR Article 10a, questions and answers)",
        ),
        ({"defect": {"public_hours": 25}}, "defect.public_hours: 25 is not between 1 and 24 (CSP R.5312-1)"),
        ({"defect": {"class2": "none"}}, "defect.class2: expected all_contacts or known_destinations"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(raw: Any, problem: str) -> None:
    with pytest.raises(SettingsError) as told:
        read_policy(raw)
    assert told.value.problems == (problem,)


def test_the_limits_themselves_are_allowed() -> None:
    raw: dict[str, Any] = {
        "safety_stock": {
            "months": {"6": 4, "7": 0},
            "default_months": 2,
            "other_weeks": 1,
            "public_health_months": 1,
            "breach_end": 1,
            "max_months": 2,
        },
        "duty": {"plan_months": 12, "device_interruption_days": 60},
        "fresh_share": 1,
        "stock": {"flush_s": 0},
        "defect": {"class2": "known_destinations"},
    }
    with pytest.raises(SettingsError, match=r"safety_stock\.months\.6: 4\.0 is above the legal limit of 2\.0 months"):
        read_policy(raw)
    del raw["safety_stock"]["max_months"]
    assert read_policy(raw).safety_stock.months == {"6": 4.0, "7": 0.0}
