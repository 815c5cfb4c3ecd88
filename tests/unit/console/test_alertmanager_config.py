"""A routing file as an Alertmanager's configuration: what its own tool makes of it, and what it says there."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from alertcore.dispatch.matchers import How, Matcher
from alertcore.dispatch.route_tree import matched
from alertcore.dispatch.routing import Routing, read_routing
from connectors.routes_file import read_routes_file
from console.alertmanager_config import as_alertmanager

AMTOOL = shutil.which("amtool")
needs_amtool = pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed")
DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "routing.md").read_text(encoding="utf-8")
IN_DOCUMENT = re.search(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)

OF_ALL_KINDS = """
route:
  receiver: desk
  group_by: [kind, 'an area']
  group_wait: 0s
  group_interval: 0s
  repeat_interval: 1y2w3d4h5m6s7ms
  routes:
    - matchers: ['{a="1",b=~"x|y.*"}', 'c!=""', ' d !~ "[[:alpha:]]+"']
      receiver: other
      continue: true
      repeat_interval: 3h
      mute_time_intervals: [nights]
      routes:
        - {match: {e: on, f: '2'}, match_re: {g: 'a\\.b'}, receiver: third, active_time_intervals: [days]}
    - {matchers: ['a="it\\"s, no"', 'b="\\n"'], receiver: third}
    - {matchers: [], group_by: ['...'], routes: null}
receivers:
  - {name: desk, audience: {kinds: [officer], mandatory: true}, channels: [email, sms], limits: [{channel: sms, n: 5, per: 1h}]}
  - {name: other, audience: {kinds: [company]}, duties: false, escalation: [{wait: 15m, audience: {kinds: [officer]}}]}
  - {name: third}
inhibit_rules:
  - {source_matchers: ['a="1"'], target_match: {b: '2'}, equal: [kind, 'an area'], equal_absent: true}
  - {source_match_re: {a: x.*}, target_matchers: [b=~"y|z"]}
time_intervals:
  - name: nights
    time_intervals:
      - times: [{start_time: 22:00, end_time: 24:00}]
        weekdays: ['monday:friday', Sunday]
        days_of_month: ['1:5', '-3:-1']
        months: ['january:march', '12', 5]
        years: ['2026:2027', 2030]
        location: Europe/Paris
mute_time_intervals:
  - {name: days, time_intervals: [{}]}
"""

LABELS: list[dict[str, str]] = [
    {},
    {"a": "1", "b": "x", "c": "1"},
    {"a": "1", "b": "y2", "c": "1", "e": "on", "f": "2", "g": "a.b"},
    {"a": "1", "b": "y2", "c": "1", "e": "on", "f": "2", "g": "a-b"},
    {"a": "1", "b": "x"},
    {"a": "1", "b": "x", "c": "1", "d": "letters"},
    {"a": "1", "b": "x", "c": "1", "d": "12"},
    {"a": 'it"s, no', "b": "\n"},
    *({"kind": kind} for kind in ("shortage", "stop", "device", "hub", "recalled_lot", "coverage")),
    {"kind": "shortage", "atc": "J01CA04"},
    {"kind": "shortage", "atc": "N02"},
    *(
        {"kind": kind, "class": class_, "species": species, "level": level, "serious_risk": risk}
        for kind in ("defect", "falsified")
        for class_, risk in (("i", "excluded"), ("ii", "suspected"), ("ii", "unassessed"), ("unassigned", "confirmed"))
        for species in ("human", "veterinary")
        for level in ("", "wholesale", "retail_hospital", "patient")
    ),
]


def plain_of(which: str) -> dict[str, Any]:
    """A file as the door reads it."""
    assert IN_DOCUMENT is not None
    texts = {
        "shipped": (files("tocsin") / "routes.yaml").read_text(encoding="utf-8"),
        "document": IN_DOCUMENT.group(1),
        "all": OF_ALL_KINDS,
    }
    found = read_routes_file(texts[which])
    assert found.problems == ()
    return found.plain


def ours(routing: Routing, labels: dict[str, str]) -> list[str]:
    """The receivers of all routes that match, as Alertmanager lists them: a receiver that two routes name stands there twice."""
    return [route.receiver for route in matched(routing.root, labels)]


def amtool(*words: str) -> subprocess.CompletedProcess[str]:
    """One call of Alertmanager's own tool."""
    assert AMTOOL is not None
    return subprocess.run([AMTOOL, *words], capture_output=True, text=True, timeout=20, check=False)


@needs_amtool
@pytest.mark.parametrize("which", ["shipped", "document", "all"])
def test_amtool_takes_it_without_a_word(which: str, tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(as_alertmanager(plain_of(which)), encoding="utf-8")
    found = amtool("check-config", str(file))
    assert found.returncode == 0, found.stdout + found.stderr
    assert "SUCCESS" in found.stdout


@needs_amtool
@pytest.mark.parametrize("which", ["shipped", "document", "all"])
def test_amtool_finds_the_same_receivers(which: str, tmp_path: Path) -> None:
    plain = plain_of(which)
    routing, file = read_routing(plain), tmp_path / "alertmanager.yml"
    file.write_text(as_alertmanager(plain), encoding="utf-8")
    several = set()
    for labels in LABELS:
        found = amtool("config", "routes", "test", f"--config.file={file}", *(str(Matcher(k, How.EQUAL, v)) for k, v in labels.items()))
        expected = ours(routing, labels)
        assert found.stdout.strip().split(",") == expected, (labels, found.stderr)
        several.add(tuple(expected))
    assert len(several) >= 3, "the label sets tell the routes apart"


def test_what_only_we_know_is_left_out() -> None:
    found = yaml.safe_load(as_alertmanager(plain_of("all")))
    assert found["receivers"] == [{"name": "desk"}, {"name": "other"}, {"name": "third"}]
    assert found["inhibit_rules"] == [
        {"source_matchers": ['a="1"'], "target_match": {"b": "2"}, "equal": ["kind"]},
        {"source_match_re": {"a": "x.*"}, "target_matchers": ['b=~"y|z"']},
    ]
    assert found["route"]["group_by"] == ["kind"]


def test_timers_of_nothing_become_the_shortest_there_are() -> None:
    route = yaml.safe_load(as_alertmanager(plain_of("all")))["route"]
    assert (route["group_wait"], route["group_interval"], route["repeat_interval"]) == ("0s", "1ms", "1y2w3d4h5m6s7ms")
    assert route["routes"][0]["repeat_interval"] == "3h"
    assert "group_interval" not in route["routes"][0], "what is not said stays inherited"


def test_matchers_stand_one_each_and_between_quotes() -> None:
    routes = yaml.safe_load(as_alertmanager(plain_of("all")))["route"]["routes"]
    assert routes[0]["matchers"] == ['a="1"', 'b=~"x|y.*"', 'c!=""', 'd!~"[[:alpha:]]+"']
    assert routes[0]["routes"][0]["match"] == {"e": "on", "f": "2"}
    assert routes[0]["routes"][0]["match_re"] == {"g": "a\\.b"}
    assert "matchers" not in routes[2]


def test_times_of_day_stay_texts() -> None:
    text = as_alertmanager(plain_of("all"))
    times = yaml.safe_load(text)["time_intervals"][0]["time_intervals"][0]["times"]
    assert times == [{"start_time": "22:00", "end_time": "24:00"}]
    assert "'22:00'" in text
