"""Floors of single medicines for a time only: both sides of the first and the last day, and what a policy may not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alertcore.floor_periods import last_turn, next_turn, period_on
from alertcore.policy import read_policy
from alertcore.rules.safety_stock_floor import Ground, Required, required
from alertcore.settled import SettingsError
from alertcore.thresholds import SafetyStockPolicy

CIS = "60000001"
PERIODS = [
    {"cis": CIS, "months": 1.0, "from": "2026-03-10", "to": "2026-03-20", "reason": "derogation"},
    {"cis": CIS, "months": 3.0, "from": "2026-03-15"},
    {"cis": "60000002", "months": 0.5, "to": "2026-02-28"},
]


def policy(periods: list[dict[str, Any]] | None = None, **more: Any) -> SafetyStockPolicy:
    return read_policy({"safety_stock": {"periods": PERIODS if periods is None else periods, **more}}).safety_stock


@pytest.mark.parametrize(
    ("cis", "day", "months"),
    [
        (CIS, "2026-03-09", 2.0),
        (CIS, "2026-03-10", 1.0),
        (CIS, "2026-03-14", 1.0),
        (CIS, "2026-03-15", 3.0),  # the one that began last wins
        (CIS, "2026-03-20", 3.0),
        (CIS, "2030-01-01", 3.0),
        ("60000002", "2000-01-01", 0.5),
        ("60000002", "2026-02-28", 0.5),
        ("60000002", "2026-03-01", 2.0),
        ("60000003", "2026-03-15", 2.0),
    ],
)
def test_a_period_holds_from_its_first_day_to_its_last(cis: str, day: str, months: float) -> None:
    found = required(cis, mitm=True, public_health=False, policy=policy(), day=date.fromisoformat(day))
    assert found.months == months


def test_a_floor_says_on_what_ground_it_is_and_until_when() -> None:
    def of(cis: str, day: int, **kind: bool) -> Required:
        kind = {"mitm": False, "public_health": False} | kind
        own = policy(months={"60000004": 3.0})
        return required(cis, policy=own, day=date(2026, 3, day), **kind)

    assert of(CIS, 10) == Required(months=1.0, ground=Ground.PERIOD, until=date(2026, 3, 20))
    assert of(CIS, 15) == Required(months=3.0, ground=Ground.PERIOD)
    assert of("60000004", 10, mitm=True) == Required(months=3.0, ground=Ground.DECISION)
    assert of("60000003", 10, mitm=True, public_health=True) == Required(months=2.0, ground=Ground.MITM)
    assert of("60000003", 10, public_health=True) == Required(months=1.0, ground=Ground.PUBLIC_HEALTH)
    assert of("60000003", 10) == Required(months=12 / 52, ground=Ground.OTHER)


def test_of_two_that_began_together_the_last_in_the_file_holds() -> None:
    both = policy([{"cis": CIS, "months": m, "from": "2026-03-01"} for m in (1.0, 3.0)])
    found = period_on(both, CIS, date(2026, 3, 1))
    assert found is not None
    assert found.months == 3.0


def test_a_period_goes_before_a_decision_without_an_end_and_is_never_above_the_legal_limit() -> None:
    both = policy(months={CIS: 4.0})
    on = {day: required(CIS, mitm=True, public_health=False, policy=both, day=date(2026, 3, day)).months for day in (9, 10)}
    assert on == {9: 4.0, 10: 1.0}
    assert required(CIS, mitm=True, public_health=False, policy=both).months == 4.0
    high = SafetyStockPolicy(periods=policy([{"cis": CIS, "months": 4.0}]).periods, max_months=3.0)
    assert required(CIS, mitm=True, public_health=False, policy=high, day=date(2026, 3, 10)).months == 3.0


@pytest.mark.parametrize(
    ("day", "last", "coming"),
    [
        ("2026-02-28", None, "2026-03-01"),
        ("2026-03-01", "2026-03-01", "2026-03-10"),
        ("2026-03-10", "2026-03-10", "2026-03-15"),
        ("2026-03-20", "2026-03-15", "2026-03-21"),
        ("2026-03-21", "2026-03-21", None),
    ],
)
def test_floors_turn_on_the_first_day_of_a_period_and_on_the_day_after_its_last(day: str, last: str | None, coming: str | None) -> None:
    found = [turn(policy(), date.fromisoformat(day)) for turn in (last_turn, next_turn)]
    assert [None if d is None else d.isoformat() for d in found] == [last, coming]


@pytest.mark.parametrize(
    ("period", "problem"),
    [
        ({"from": "10/03/2026"}, r"periods\[0\]\.from: '10/03/2026' is not a day"),
        ({"to": "20260310"}, "is not a day"),
        ({"from": "2026-03-10", "to": "2026-03-09"}, "before it begins"),
        ({"months": 4.1}, "legal limit of 4 months"),
        ({"months": -0.1}, "is not between 0"),
    ],
)
def test_periods_that_cannot_be_are_refused(period: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        policy([{"cis": CIS, "months": 1.0} | period])


@pytest.mark.parametrize("period", [{"from": "2026-03-10", "to": "2026-03-10"}, {"months": 0}, {"months": 4}])
def test_a_period_of_one_day_and_the_bounds_themselves_are_allowed(period: dict[str, Any]) -> None:
    assert len(policy([{"cis": CIS, "months": 1.0} | period]).periods) == 1
