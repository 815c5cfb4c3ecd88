"""A routing file: what it means, and what is wrong with it, with path and line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml

from alertcore.dispatch.durations import duration_text, read_duration
from alertcore.dispatch.intervals import Range
from alertcore.dispatch.reading import SettingsError
from alertcore.dispatch.receivers import KINDS
from alertcore.dispatch.route_tree import matched, walk
from alertcore.dispatch.routing import Routing, read_routing
from alertcore.records.notice import AckMode, Channel, Lane
from store.directory import PersonKind

GOOD = """
route:
  receiver: desk
  group_by: [kind, area]
  group_wait: 10s
  routes:
    - matchers: ['a="1"']
      group_interval: 1m
      mute_time_intervals: [nights]
      routes:
        - {match: {b: "2"}, receiver: other, repeat_interval: 1d2h3m4s500ms}
    - {match_re: {c: x.*}, group_by: ['...'], continue: true}
receivers:
  - name: desk
    audience: {kinds: [officer], subjects: ['cis:60000001'], regions: ['11'], mandatory: true}
    channels: [sms, email]
    lane: urgent
    limits: [{channel: sms, n: 3, per: 1h}]
    escalation: [{wait: 15m, audience: {kinds: [director]}, until: n_of_m, n: 2}]
  - {name: other, audience: {recipients_of: alr_1}, send_resolved: false}
inhibit_rules:
  - {source_matchers: ['a="1"'], target_match: {a: "2"}, equal: [area]}
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: '22:00', end_time: '24:00'}]
        weekdays: ['monday:friday', saturday]
        days_of_month: ['-3:-1']
        months: ['january:march', '12']
        years: ['2026:2027', 2030]
        location: Europe/Paris
"""


def read(text: str = GOOD, lines: dict[str, int] | None = None) -> Routing:
    """A file from YAML."""
    return read_routing(yaml.safe_load(text), lines)


def problems(text: str, lines: dict[str, int] | None = None) -> list[str]:
    """What is wrong with it."""
    with pytest.raises(SettingsError) as caught:
        read(text, lines)
    return [str(p) for p in caught.value.problems]


def test_a_route_inherits_but_for_its_own() -> None:
    routes = {r.path: r for r in walk(read().root)}
    inner, last = routes["route.routes[0].routes[0]"], routes["route.routes[1]"]
    assert inner.receiver == "other"
    assert inner.group_by == ("area", "kind")
    assert (inner.group_wait, inner.group_interval) == (timedelta(seconds=10), timedelta(minutes=1))
    assert inner.repeat_interval == timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=500)
    assert inner.mute == ()
    assert routes["route.routes[0]"].mute == ("nights",)
    assert (last.receiver, last.group_by, last.goes_on) == ("desk", None, True)


def test_timers_have_the_defaults_of_alertmanager() -> None:
    root = read("route: {receiver: a}\nreceivers: [{name: a, audience: {}}]").root
    assert (root.group_wait, root.group_interval, root.repeat_interval) == (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4))
    assert root.group_by == ()


def test_receivers_and_intervals_are_read() -> None:
    routing = read()
    desk, nights = routing.receivers["desk"], routing.intervals["nights"][0]
    assert desk.channels == (Channel.SMS, Channel.EMAIL)
    assert (desk.lane, desk.limits[0].n, desk.limits[0].per) == (Lane.URGENT, 3, timedelta(hours=1))
    assert (desk.escalation[0].until, desk.escalation[0].n, desk.escalation[0].wait_ms) == (AckMode.N_OF_M, 2, 900_000)
    assert desk.escalation[0].channels == desk.channels
    assert not routing.receivers["other"].send_resolved
    assert nights.times == (Range(1320, 1440),)
    assert nights.weekdays == (Range(1, 5), Range(6, 6))
    assert (nights.days, nights.months, nights.years) == (
        (Range(-3, -1),),
        (Range(1, 3), Range(12, 12)),
        (Range(2026, 2027), Range(2030, 2030)),
    )


def change(path: str, value: Any) -> str:
    """The good file with one value put in place."""
    plain = yaml.safe_load(GOOD)
    *way, last = [int(p) if p.isdecimal() else p for p in path.replace("[", ".").replace("]", "").split(".")]
    at = plain
    for step in way:
        at = at[step]
    at[last] = value
    return yaml.safe_dump(plain)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("route.receiver", "nobody", "route.receiver: there is no receiver 'nobody'"),
        ("route.grupo_by", [], "route.grupo_by: is not known; known are active_time_intervals"),
        ("route.group_wait", "10", "route.group_wait: '10' is not a duration"),
        ("route.repeat_interval", "0s", "route.repeat_interval: must be more than nothing"),
        ("route.repeat_interval", "5m1h", "route.repeat_interval: '5m1h' is not a duration"),
        ("route.matchers", ["a=b"], "route.matchers: the first route takes every alert"),
        ("route.continue", True, "route.continue: there is nothing to go on to"),
        ("route.mute_time_intervals", ["nights"], "route.mute_time_intervals: the first route has no time intervals"),
        ("route.group_by", ["...", "a"], "route.group_by: '...' is every label, so it stands alone"),
        ("route.group_by", ["a", "a"], "route.group_by[1]: 'a' stands there twice"),
        ("route.routes[0].matchers", ['a="1'], "route.routes[0].matchers[0]: a quote is not closed, at character 3"),
        ("route.routes[0].matchers", 'a="1"', "route.routes[0].matchers: a list is wanted here, not a text"),
        ("route.routes[0].mute_time_intervals", ["days"], "route.routes[0].mute_time_intervals[0]: there is no time interval 'days'"),
        ("route.routes[0].routes[0].receiver", "x", "route.routes[0].routes[0].receiver: there is no receiver 'x'"),
        ("route.routes[1].match_re", {"c": "("}, "route.routes[1].match_re.c: "),
        ("route.routes[1].match_re", {"c": None}, "route.routes[1].match_re.c: a value between quotes is wanted here, not nothing"),
        ("route.routes[1].match", {"c": 1}, "route.routes[1].match.c: a value between quotes is wanted here, not a number"),
        ("route.routes[1].match", ["c"], "route.routes[1].match: a map is wanted here, not a list"),
        ("route.routes[1].continue", "yes", "route.routes[1].continue: true or false is wanted here"),
        ("receivers[1].name", "desk", "receivers[1].name: there are two receivers 'desk'"),
        ("receivers[0].name", "", "receivers[0]: a receiver needs a name"),
        ("receivers[0].lane", "fast", "receivers[0].lane: 'fast' is not one of urgent, normal, bulk"),
        ("receivers[0].channels", ["fax"], "receivers[0].channels[0]: 'fax' is not one of email, sms"),
        ("receivers[0].audience.subjects", ["60000001"], "receivers[0].audience.subjects[0]: a subject is written as kind:id"),
        ("receivers[1].audience.kinds", ["x"], "receivers[1].audience: recipients_of stands alone"),
        ("receivers[0].limits", [{"channel": "sms"}], "receivers[0].limits[0]: n, per must be given"),
        ("receivers[0].limits[0].per", "0s", "receivers[0].limits[0].per: must be more than nothing"),
        ("receivers[0].name", 5, "receivers[0].name: a text is wanted here, not a number"),
        ("time_intervals[0].time_intervals[0].years", ["26a"], "years[0]: '26a' is not a year"),
        ("time_intervals[0].time_intervals[0].weekdays", ["a:b:c"], "weekdays[0]: 'a:b:c' is not a range"),
        ("receivers[0].limits[0].n", 0, "receivers[0].limits[0].n: a whole number from 1 is wanted here"),
        ("receivers[0].escalation[0].until", "each", "receivers[0].escalation[0]: n belongs to until: n_of_m"),
        ("receivers[0].escalation", [{}], "receivers[0].escalation[0]: wait and audience must be given"),
        ("inhibit_rules[0].source_matchers", [], "inhibit_rules[0]: source_matchers must be given"),
        ("time_intervals[0].name", "", "time_intervals[0].name: a time interval needs a name"),
        ("time_intervals[0].time_intervals[0].location", "Europe/Pari", "location: 'Europe/Pari' is not a time zone"),
        ("time_intervals[0].time_intervals[0].weekdays", ["friday:monday"], "weekdays[0]: 'friday:monday' ends before it begins"),
        ("time_intervals[0].time_intervals[0].weekdays", ["lundi"], "weekdays[0]: 'lundi' is not a day of the week"),
        ("time_intervals[0].time_intervals[0].months", ["13"], "months[0]: '13' is not a month"),
        ("time_intervals[0].time_intervals[0].years", ["2027:2026"], "years[0]: '2027:2026' ends before it begins"),
        ("time_intervals[0].time_intervals[0].days_of_month", ["0"], "days_of_month[0]: '0' is not a day of the month"),
        ("time_intervals[0].time_intervals[0].days_of_month", ["-1:5"], "begins from the end of the month, so it must end from there"),
        ("time_intervals[0].time_intervals[0].days_of_month", ["-1:-3"], "days_of_month[0]: '-1:-3' ends before it begins"),
        (
            "time_intervals[0].time_intervals[0].times[0].end_time",
            "06:00",
            "times[0]: the end must come after the start",
        ),
        ("time_intervals[0].time_intervals[0].times[0].end_time", "24:30", "end_time: '24:30' is not a time of day"),
        ("time_intervals[0].time_intervals[0].times[0].end_time", 600, "end_time: 600 is a number here: put the time between quotes"),
        ("time_intervals[0].time_intervals[0].times", [{"start_time": "10:00"}], "times[0]: end_time must be given"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(path: str, value: Any, expected: str) -> None:
    found = problems(change(path, value))
    assert any(expected in p for p in found), found


def test_every_problem_is_told_with_its_line_and_in_their_order() -> None:
    text = "route: {receiver: a, routes: [{receiver: b, group_wait: x}]}\nreceivers: [{name: a}]"
    lines = {"route": 1, "route.routes[0]": 4, "route.routes[0].group_wait": 6, "receivers": 9}
    found = problems(text, lines)
    assert [p.split(":")[0] for p in found] == ["line 4, route.routes[0].receiver", "line 6, route.routes[0].group_wait"]


def test_a_file_without_a_route_or_a_receiver_is_refused() -> None:
    assert any("a route is wanted" in p for p in problems("receivers: []"))
    assert any("the first route needs a receiver" in p for p in problems("route: {}"))
    assert any("a map is wanted here, not a list" in p for p in problems("[]"))


def test_what_is_meant_otherwise_is_a_warning() -> None:
    text = """
route: {receiver: a, routes: [{receiver: b}, {matchers: ['x="1"'], receiver: b}]}
receivers: [{name: a}, {name: b, audience: {}}, {name: c, audience: {}}]
time_intervals: [{name: t, time_intervals: [{}]}]
"""
    assert read(text, {"route.routes[1]": 7}).warnings == (
        "receiver 'c' is used by no route",
        "time interval 't' is used by no route",
        "route: 'a' has no audience: what no other route takes is told to nobody",
        "line 7, route.routes[1]: is never reached: route.routes[0] takes everything before it",
    )


def test_a_kind_that_nobody_is_of_is_a_warning() -> None:
    steps = "escalation: [{wait: 1h, audience: {kinds: [chief]}}]"
    text = f"route: {{receiver: a}}\nreceivers: [{{name: a, audience: {{kinds: [officer, nurse]}}, {steps}}}]"
    assert read(text).warnings == (
        "receiver 'a': nobody in the directory is of kind 'chief'",
        "receiver 'a': nobody in the directory is of kind 'nurse'",
    )


def test_the_kinds_that_receivers_know_are_those_of_the_directory() -> None:
    assert set(KINDS) == set(PersonKind)


def test_a_file_in_which_nobody_discharges_duties_is_a_warning() -> None:
    text = "route: {receiver: a}\nreceivers: [{name: a, audience: {kinds: [officer]}, duties: DUTIES}]"
    assert read(text.replace("DUTIES", "false")).warnings == ("no receiver that a route uses discharges duties",)
    assert read(text.replace("DUTIES", "true")).warnings == ()


def test_routes_too_deep_are_refused() -> None:
    plain: dict[str, Any] = {"receiver": "a"}
    for _ in range(32):
        plain = {"receiver": "a", "routes": [plain]}
    with pytest.raises(SettingsError, match="nested more than 30 deep"):
        read_routing({"route": plain, "receivers": [{"name": "a"}]})


def test_the_route_of_a_label_set_is_found() -> None:
    root = read().root
    assert [r.path for r in matched(root, {"a": "1"})] == ["route.routes[0]"]
    assert [r.path for r in matched(root, {"a": "1", "b": "2"})] == ["route.routes[0].routes[0]"]
    assert [r.path for r in matched(root, {"c": "xx"})] == ["route.routes[1]"]
    assert [r.path for r in matched(root, {})] == ["route"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("30s", 30), ("1h30m", 5400), ("1w", 604800), ("1y", 31536000), ("250ms", 0.25), ("1d2h", 93600)]
)
def test_a_duration_is_read_and_written(text: str, seconds: float) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)
    assert read_duration(duration_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "-5m", "1.5h", "1m1h", "1h1h", " 5m", "101y", "s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|more than 100 years"):
        read_duration(text)
