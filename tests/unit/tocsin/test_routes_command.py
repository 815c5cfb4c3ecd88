"""`tocsin routes` and `tocsin check --routes`: a routing file asked and checked without a hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from alertcore.dispatch.shipped import SHIPPED
from connectors.routes_file import read_routes_file
from tocsin.cli import build
from tocsin.commands.check import looks
from tocsin.commands.routes import labels_of
from tocsin.exits import UsageError
from tocsin.hub import Hub
from tocsin.routes_file import shipped_text
from tocsin.settings import FileSettings, Settings

TEXT = """route:
  receiver: desk
  group_by: [kind]
  routes:
    - matchers: ['kind="shortage"']
      receiver: pharmacies
      mute_time_intervals: [nights]
      continue: true
    - matchers: ['kind="shortage"', 'area="x"']
      receiver: pharmacies
    - matchers: ['kind="test"']
      receiver: nobody
receivers:
  - {name: desk, audience: {kinds: [officer], mandatory: true}}
  - {name: pharmacies, audience: {kinds: [community_pharmacy]}}
  - {name: nobody}
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: 22:00, end_time: 24:00}, {start_time: 00:00, end_time: 06:00}], location: Europe/Paris}]
"""
NIGHT = ("--at", "2026-03-02T23:00+01:00")


@pytest.fixture(autouse=True)
def _no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "none"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A routing file."""
    path = tmp_path / "routes.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def called(*words: str) -> Result:
    """One call of the program."""
    return CliRunner().invoke(build(words[0]), list(words))


def tried(file: Path, *words: str) -> dict[str, Any]:
    """The JSON answer of `routes test`."""
    found: dict[str, Any] = json.loads(called("routes", "test", "--file", str(file), "--json", *words).output)
    return found


def test_the_receivers_come_in_the_order_of_the_tree(file: Path) -> None:
    assert tried(file)["receivers"] == ["desk"]
    assert tried(file, "kind=shortage", "area=x")["receivers"] == ["pharmacies"]
    assert tried(file, "kind=test")["receivers"] == ["nobody"]
    assert tried(file, "kind=shortage", "audience=officers")["receivers"] == []


def test_each_route_that_matched_is_told_with_its_line_group_and_timers(file: Path) -> None:
    first, second = tried(file, "kind=shortage", "area=x", "--at", "2026-03-02T12:00+01:00")["matched"]
    assert first == {
        "receiver": "pharmacies",
        "line": 5,
        "path": "route.routes[0]",
        "audience": "professionals",
        "group": {"kind": "shortage"},
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "4h",
    }
    assert (second["line"], second["told_by"]) == (9, "route.routes[0]")


def test_what_is_muted_then_says_by_which_interval_until_when(file: Path) -> None:
    answer = tried(file, "kind=shortage", *NIGHT)
    assert (answer["at"], answer["routing"]) == ("2026-03-02T22:00:00Z", str(file))
    assert (answer["matched"][0]["muted_by"], answer["matched"][0]["until"]) == ("nights", "2026-03-03T05:00:00Z")


def test_people_read_it_a_receiver_a_paragraph(file: Path) -> None:
    found = called("routes", "test", "--file", str(file), "kind=shortage", "area=x", *NIGHT)
    assert found.stdout == (
        "pharmacies\n"
        '    line 5, route.routes[0]: {kind="shortage"}\n'
        "    group: kind=shortage; first after 30s, changes after 5m, again after 4h\n"
        "    muted by nights until 2026-03-03T06:00:00+01:00; a duty is told all the same\n"
        "pharmacies\n"
        '    line 9, route.routes[1]: {area="x",kind="shortage"}\n'
        "    told once, by route.routes[0]\n"
    )
    assert found.stderr == f"routing: {file}\n"
    assert called("routes", "test", "--file", str(file), "kind=test").stdout.endswith("    tells nobody\n")


def test_without_a_file_it_is_the_hubs_own_else_the_shipped_one(file: Path, tmp_path: Path) -> None:
    settings = tmp_path / "tocsin.toml"
    settings.write_text(f'[files]\nroutes = "{file}"\n', encoding="utf-8")
    own = json.loads(called("routes", "test", "--json", "--settings", str(settings), "kind=shortage").output)
    assert (own["routing"], own["receivers"]) == (str(file), ["pharmacies"])
    shipped = json.loads(called("routes", "test", "--json", "kind=shortage").output)
    assert (shipped["routing"], shipped["receivers"]) == ("shipped", ["officers", "companies", "followers", "patients"])
    assert called("routes", "show", "--settings", str(settings)).stdout == TEXT
    assert called("routes", "show").stdout == shipped_text()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("kind=defect", {"kind": "defect"}),
        ('kind="de fect"', {"kind": "de fect"}),
        (r'kind="a\"b"', {"kind": 'a"b'}),
        ("companies=a,b", {"companies": "a,b"}),
        ("kind=a=b", {"kind": "a=b"}),
        ("kind=", {"kind": ""}),
    ],
)
def test_labels_are_read_as_amtool_reads_them(word: str, expected: dict[str, str]) -> None:
    assert labels_of([word]) == expected


@pytest.mark.parametrize("words", [["kind"], ["=a"], ["kind=~a"], ["kind!=a"], ["kind!~a"], ['kind="a'], ["a=1", "a=1"]])
def test_what_is_no_label_is_said(words: list[str]) -> None:
    with pytest.raises(UsageError, match="label"):
        labels_of(words)


def test_a_good_file_is_said_to_be_one(file: Path) -> None:
    found = called("check", "--routes", str(file))
    assert (found.exit_code, found.stdout) == (0, f"ok    routes: {file} can be used\n")


def test_every_fault_is_told_at_its_line_and_ends_with_1(file: Path) -> None:
    file.write_text(TEXT.replace("receiver: desk", "receiver: dsk").replace("[nights]", "[days]"), encoding="utf-8")
    found = called("check", "--routes", str(file))
    assert found.exit_code == 1
    assert found.stdout.splitlines() == [
        f"{file}:2: route.receiver: there is no receiver 'dsk'",
        f"{file}:7: route.routes[0].mute_time_intervals[0]: there is no time interval 'days'",
        f"FAULT routes: {file} cannot be used",
    ]
    lines = [json.loads(line) for line in called("check", "--routes", str(file), "--json").stdout.splitlines()]
    assert lines[0] == {
        "check": "routes",
        "ok": False,
        "file": str(file),
        "line": 2,
        "path": "route.receiver",
        "text": "there is no receiver 'dsk'",
    }
    assert lines[-1] == {"check": "routes", "ok": False, "detail": f"{file} cannot be used"}


def test_a_warning_is_told_at_its_line_and_the_file_is_good(file: Path) -> None:
    file.write_text(TEXT.replace("      mute_time_intervals: [nights]\n", ""), encoding="utf-8")
    found = called("check", "--routes", str(file))
    assert (found.exit_code, found.stdout.splitlines()) == (
        0,
        [f"{file}:17: time_intervals[0]: warning: time interval 'nights' is used by no route", f"ok    routes: {file} can be used"],
    )
    lines = [json.loads(line) for line in called("check", "--routes", str(file), "--json").stdout.splitlines()]
    assert [(line["ok"], line.get("line")) for line in lines] == [(True, 17), (True, None)]


def test_a_file_with_faults_is_neither_tried_nor_sent(file: Path) -> None:
    file.write_text("route: {receiver: desk}\n", encoding="utf-8")
    for words in (("test", "--file", str(file)), ("apply", str(file))):
        error = called("routes", *words).exception
        assert isinstance(error, UsageError)
        assert f"{file}:1: route.receiver: there is no receiver 'desk'" in error.text


def test_the_shipped_file_says_what_is_in_force_without_one() -> None:
    found = read_routes_file(shipped_text())
    assert (found.problems, found.warnings) == ((), ())
    assert found.plain == SHIPPED


def hub_with(file: Path, text: str) -> Hub:
    """A hub whose settings name this routing file."""
    file.write_text(text, encoding="utf-8")
    return Hub(Settings(files=FileSettings(routes=file)), None)


@pytest.mark.parametrize(
    ("old", "new", "good", "told"),
    [
        ("", "", True, "nothing to say against it"),
        ("receiver: desk", "receiver: dsk", False, ":2: route.receiver: there is no receiver 'dsk'"),
        ("      mute_time_intervals: [nights]\n", "", True, ":17: time_intervals[0]: time interval 'nights' is used by no route"),
    ],
)
async def test_the_check_of_a_hub_reads_the_file_it_names(file: Path, old: str, new: str, good: bool, told: str) -> None:
    ok, detail = await looks(hub_with(file, TEXT.replace(old, new)))["routes"]()
    assert ok is good
    assert told in detail


async def test_the_check_of_a_hub_without_its_own_file_reads_the_shipped_one() -> None:
    assert await looks(Hub(Settings(), None))["routes"]() == (True, "shipped: nothing to say against it")
