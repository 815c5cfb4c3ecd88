"""A label set tried on a routing file: the routes it falls to, in their order, and what the calendar makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import yaml

from alertcore.dispatch.indexes import Indexes
from alertcore.dispatch.routing import Routing, read_routing
from alertcore.dispatch.state import ROUTING, MemoryTable, RoutingState
from alertcore.dispatch.trial import falls, receivers_of

TEXT = """
route:
  receiver: desk
  group_by: [kind, area]
  routes:
    - {matchers: ['kind="a"'], receiver: pharmacies, mute_time_intervals: [nights, sundays], continue: true}
    - {matchers: ['kind="a"'], receiver: patients, active_time_intervals: [nights], continue: true}
    - {matchers: ['kind="a"', 'area="x"'], receiver: pharmacies, group_by: ['...'], continue: true}
    - {matchers: ['kind="b"'], receiver: nobody}
receivers:
  - {name: desk, audience: {kinds: [officer], mandatory: true}}
  - {name: pharmacies, audience: {kinds: [community_pharmacy]}}
  - {name: patients, audience: {kinds: [patient]}}
  - {name: nobody}
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:00'}], location: Europe/Paris}]
  - name: sundays
    time_intervals: [{weekdays: [sunday], location: Europe/Paris}]
"""
NOON = datetime(2026, 3, 4, 11, tzinfo=UTC)
"""A Wednesday, 12:00 in Paris."""


def routing() -> Routing:
    """The file."""
    return read_routing(yaml.safe_load(TEXT), {"route.routes[1]": 7})


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, ["desk"]),
        ({"kind": "c"}, ["desk"]),
        ({"kind": "a"}, ["pharmacies", "patients"]),
        ({"kind": "a", "area": "x"}, ["pharmacies", "patients"]),
        ({"kind": "b"}, ["nobody"]),
        ({"kind": "a", "audience": "patients"}, ["patients"]),
        ({"kind": "a", "audience": "professionals"}, ["pharmacies"]),
        ({"kind": "a", "audience": "officers"}, []),
        ({"kind": "b", "audience": "officers"}, ["nobody"]),
    ],
)
def test_the_receivers_come_in_the_order_of_the_tree_each_once(labels: dict[str, str], expected: list[str]) -> None:
    assert receivers_of(falls(routing(), labels, NOON)) == expected


def test_a_receiver_that_two_routes_name_is_told_by_the_first() -> None:
    found = falls(routing(), {"kind": "a", "area": "x"}, NOON)
    assert [(one.route.path, one.first) for one in found] == [
        ("route.routes[0]", ""),
        ("route.routes[1]", ""),
        ("route.routes[2]", "route.routes[0]"),
    ]


def test_a_group_is_what_its_messages_have_in_common() -> None:
    found = falls(routing(), {"kind": "a", "area": "x", "name": "n"}, NOON)
    assert [one.group for one in found] == [{"kind": "a", "area": "x"}] * 2 + [{"kind": "a", "area": "x", "name": "n"}]
    assert found[1].route.line == 7


@pytest.mark.parametrize(
    ("at", "pharmacies", "patients"),
    [
        ("2026-03-04T12:00+01:00", ("", None), ("outside nights", "2026-03-04T22:00+01:00")),
        ("2026-03-04T21:59+01:00", ("", None), ("outside nights", "2026-03-04T22:00+01:00")),
        ("2026-03-04T22:00+01:00", ("nights", "2026-03-05T06:00+01:00"), ("", None)),
        ("2026-03-05T05:59+01:00", ("nights", "2026-03-05T06:00+01:00"), ("", None)),
        ("2026-03-05T06:00+01:00", ("", None), ("outside nights", "2026-03-05T22:00+01:00")),
        ("2026-03-07T23:00+01:00", ("nights", "2026-03-09T06:00+01:00"), ("", None)),
        ("2026-03-08T12:00+01:00", ("sundays", "2026-03-09T06:00+01:00"), ("outside nights", "2026-03-08T22:00+01:00")),
        ("2026-03-08T23:00+01:00", ("nights, sundays", "2026-03-09T06:00+01:00"), ("", None)),
        ("2026-03-28T23:00+01:00", ("nights", "2026-03-30T06:00+02:00"), ("", None)),
    ],
)
def test_what_mutes_it_and_until_when(at: str, pharmacies: tuple[str, str | None], patients: tuple[str, str | None]) -> None:
    found = falls(routing(), {"kind": "a"}, datetime.fromisoformat(at))
    expected = [(by, datetime.fromisoformat(until) if until else None) for by, until in (pharmacies, patients)]
    assert [(one.muted_by, one.until) for one in found] == expected


@pytest.mark.parametrize(
    "audience", [{}, {"audience": ""}, {"audience": "patients"}, {"audience": "professionals"}, {"audience": "officers"}]
)
@pytest.mark.parametrize("labels", [{}, {"kind": "a"}, {"kind": "a", "area": "x"}, {"kind": "b"}])
def test_the_engine_tells_the_same_receivers_in_the_same_groups(labels: dict[str, str], audience: dict[str, str]) -> None:
    state = RoutingState(version="1", content=json.dumps(yaml.safe_load(TEXT)), lines={})
    engine = Indexes(MemoryTable({ROUTING: state})).matched(labels | audience)
    tried = [one for one in falls(routing(), labels | audience, NOON) if not one.first and one.receiver.audience is not None]
    assert [(one.receiver.name, one.route.path, one.group) for one in tried] == [
        (target.receiver.name, target.route.path, target.labels) for target in engine.targets
    ]
