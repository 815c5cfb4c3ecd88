"""A routing file as people write it: read whole, and each fault and warning at its line."""

from __future__ import annotations

import pytest

from alertcore.dispatch.settings_text import joined, split
from alertcore.identity import canonical_json
from connectors import routes_file
from connectors.routes_file import read_routes_file

GOOD = """route:
  receiver: officers
  routes:
    - matchers: ['kind="shortage"']
      receiver: hospitals
      mute_time_intervals:
        - nights
receivers:
  - name: officers
    audience:
      kinds: [officer]
    escalation:
      - wait: 15m
        audience:
          kinds:
            - officer
            - company
  - name: hospitals
    audience:
      kinds:
        - hospital
        - hospital_pharmacy
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: 22:00, end_time: 24:00}]
"""


def test_a_good_file_has_neither_faults_nor_warnings() -> None:
    found = read_routes_file(GOOD)
    assert (found.problems, found.warnings) == ((), ())
    assert found.routing is not None
    assert found.routing.root.children[0].line == 4


def test_what_goes_into_a_log_comes_back_from_it() -> None:
    found = read_routes_file(GOOD)
    assert split(canonical_json(joined(found.plain, found.lines)).decode()) == (found.plain, found.lines)


@pytest.mark.parametrize("content", ["[]", '"x"', "{", '{"route": {}, "lines": []}', '{"route": {}, "lines": {"route": "1"}}'])
def test_another_content_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match=r"a map|Expecting"):
        split(content)


def test_a_content_without_lines_has_none() -> None:
    assert split('{"route": {}}') == ({"route": {}}, {})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("receiver: hospitals", "receiver: hospital", "line 5, route.routes[0].receiver: there is no receiver 'hospital'"),
        ("        - nights", "        - nigths", "line 7, route.routes[0].mute_time_intervals[0]: there is no time interval 'nigths'"),
        ("kind=", "kind", "line 4, route.routes[0].matchers[0]: one of =, !=, =~ and !~ is wanted here"),
        ("wait: 15m", "wait: 15", "line 13, receivers[0].escalation[0].wait: a text is wanted here, not a number"),
        ("  - name: nights", "  - naem: nights", "line 24, time_intervals[0].naem: is not known; known are name, time_intervals"),
        ("22:00", "25:00", "line 26, time_intervals[0].time_intervals[0].times[0].start_time: '25:00' is not a time of day"),
        ("- hospital\n", "- patient\n", "line 19, receivers[1].audience: its kinds must be of one release audience"),
        ("[officer]", "[officer, company]", "line 10, receivers[0].audience: its kinds must be of one release audience"),
        ("[officer]", "[]", "line 10, receivers[0].audience: its kinds must be of one release audience"),
        ("kinds: [officer]", "recipients_of: alr_1", "line 10, receivers[0].audience: its kinds must be of one release audience"),
        ("  routes:", "  receiver: officers\n  routes:", "line 3, route.receiver: stands twice, first in line 2"),
    ],
)
def test_a_fault_is_told_at_its_line(old: str, new: str, told: str) -> None:
    assert old in GOOD
    found = read_routes_file(GOOD.replace(old, new, 1))
    assert found.routing is None
    assert [p for p in map(str, found.problems) if p.startswith(told)], found.problems


def test_all_faults_are_told_at_once_in_their_order() -> None:
    text = GOOD.replace("receiver: hospitals", "receiver: hospital").replace("[officer]", "[officer, patient]").replace("15m", "soon")
    text += "    name: nights\n"
    assert [p.line for p in read_routes_file(text).problems] == [5, 10, 13, 27]


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}", "- a\n", "words"])
def test_a_file_is_whole(text: str) -> None:
    assert any("a route is wanted" in p.text for p in read_routes_file(text).problems)


def test_a_receiver_without_an_audience_needs_no_kinds() -> None:
    found = read_routes_file(
        GOOD.replace("receivers:\n", "receivers:\n  - name: nobody\n").replace("receiver: hospitals", "receiver: nobody")
    )
    assert found.problems == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("receiver: hospitals", "receiver: officers", "line 18, receivers[1]: receiver 'hospitals' is used by no route"),
        ("      mute_time_intervals:\n        - nights\n", "", "line 22, time_intervals[0]: time interval 'nights' is used by no route"),
        ("['kind=\"shortage\"']", "[]\n    - matchers: [a=1]", "line 5, route.routes[1]: is never reached: route.routes[0] takes"),
        ("    audience:\n      kinds: [officer]\n", "", "line 1, route: 'officers' has no audience"),
        (
            "- hospital_pharmacy",
            "- hospital_pharmcy",
            "line 22, receivers[1].audience.kinds[1]: nobody in the directory is of kind 'hospital_pharmcy'",
        ),
        ("- company", "- compnay", "line 17, receivers[0].escalation[0].audience.kinds[1]: nobody in the directory is of kind 'compnay'"),
    ],
)
def test_what_is_meant_otherwise_is_a_warning_at_its_line(old: str, new: str, told: str) -> None:
    assert old in GOOD
    found = read_routes_file(GOOD.replace(old, new, 1))
    assert found.routing is not None, found.problems
    assert [p for p in map(str, found.warnings) if p.startswith(told)], found.warnings


def test_a_file_too_long_for_a_record_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_routes_file(GOOD)
    size = len(canonical_json([found.plain, found.lines]))
    monkeypatch.setattr(routes_file, "MAX_BYTES", size)
    assert read_routes_file(GOOD).problems == ()
    monkeypatch.setattr(routes_file, "MAX_BYTES", size - 1)
    assert "does not fit into one record" in read_routes_file(GOOD).problems[0].text
