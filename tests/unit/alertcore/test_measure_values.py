"""What officers give with a measure: only codes that there are, texts where a code says nothing alone, and days in their order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.cases.measure_codes import AGENCY, FREE_TEXT, OPEN_DATA
from alertcore.rules.police_measures import CODES
from tests.unit.alertcore.cases_world import CIS, World, notices, published
from tests.unit.alertcore.test_case_orders import reason_of

CASE = f"cis:{CIS}"
WRONG = [
    {"code": "nix", "detail": "bla"},
    {"code": "Import"},
    {"code": "import", "from": "2026-02-30"},
    {"code": "import", "to": "20260301"},
    {"code": "import", "from": "tomorrow", "to": "2026-03-01"},
    {"code": "import", "from": "2026-03-02", "to": "2026-03-01"},
    {"code": "import", "detail": "x" * 4001},
    *({"code": code} for code in FREE_TEXT),
    *({"code": code, "detail": " "} for code in FREE_TEXT),
]


def short() -> World:
    world = World()
    world.declare()
    return world


@pytest.mark.parametrize("params", WRONG)
@pytest.mark.parametrize("action", ["measure", "measure.propose"])
def test_a_measure_that_nobody_could_read_is_told_to_nobody(action: str, params: dict[str, str]) -> None:
    world = short()
    target = world.alert().alert_id if action == "measure" else CASE
    assert reason_of(world, action, target, **params) in ("unknown_value", "too_long")
    world.order(action, target, **params)
    assert world.alert().measures == ()
    assert [notices(world.last), published(world.last)] == [[], []]


@pytest.mark.parametrize("code", [*AGENCY, *OPEN_DATA, *CODES])
def test_every_code_of_the_vocabularies_is_taken_with_its_days(code: str) -> None:
    world = short()
    world.order("measure", code=f" {code} ", detail=" text ", **{"from": "2026-02-01", "to": "2026-02-01"})
    (taken,) = world.alert().measures
    assert (taken.code, taken.detail, str(taken.from_), str(taken.to)) == (code, "text", "2026-02-01", "2026-02-01")


def test_what_is_proposed_keeps_the_days_it_was_proposed_with() -> None:
    world = short()
    world.order("measure.propose", CASE, code="import", **{"from": "2026-02-01", "to": "2026-05-01"})
    world.order("measure.agree", CASE, id="import")
    world.order("measure.start", CASE, id="import", **{"from": "2026-03-01"})
    (taken,) = world.alert().measures
    assert (str(taken.from_), str(taken.to)) == ("2026-03-01", "2026-05-01")


def agreed(**days: str) -> World:
    world = short()
    world.order("measure.propose", CASE, code="import", **days)
    world.order("measure.agree", CASE, id="import")
    return world


@pytest.mark.parametrize(
    ("known", "given", "starts"),
    [
        ({}, {"from": "2027-01-01", "to": "2026-01-01"}, False),
        ({}, {"from": "2026-01-01", "to": "2026-01-01"}, True),
        ({"from": "2026-02-01", "to": "2026-05-01"}, {"from": "2026-05-02"}, False),
        ({"from": "2026-02-01", "to": "2026-05-01"}, {"from": "2026-05-01"}, True),
        ({"to": "2026-01-25"}, {}, False),
        ({"to": "2026-01-26"}, {}, True),
        ({}, {"to": "2026-01-25"}, False),
    ],
)
def test_a_measure_does_not_end_before_it_begins(known: dict[str, str], given: dict[str, str], *, starts: bool) -> None:
    world = agreed(**known)
    assert reason_of(world, "measure.start", CASE, id="import", **given) == ("case_kept" if starts else "unknown_value")


def test_what_ends_before_its_first_day_has_never_begun() -> None:
    world = agreed(**{"from": "2026-06-01", "to": "2026-07-01"})
    assert reason_of(world, "measure.end", CASE, id="import", to="2026-05-01") == "unknown_value"
    world.order("measure.end", CASE, id="import")
    (ended,) = world.alert().measures
    assert (str(ended.status), ended.from_, str(ended.to)) == ("ended", None, "2026-01-26")


def test_a_measure_in_force_ends_on_the_local_day_or_the_one_that_is_named() -> None:
    world = agreed()
    world.now += timedelta(hours=14, minutes=30)  # 00:30 of the next day in Paris
    world.order("measure.start", CASE, id="import")
    assert str(world.alert().measures[0].from_) == "2026-01-27"
    world.order("measure.end", CASE, id="import", to="2026-03-01")
    (ended,) = world.alert().measures
    assert (str(ended.from_), str(ended.to)) == ("2026-01-27", "2026-03-01")
