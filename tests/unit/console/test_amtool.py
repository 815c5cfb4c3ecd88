"""`amtool` itself against the API: what it prints is what is asserted. Skipped where it is not installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.amtool import AMTOOL, Amtool, rows
from tests.unit.alertcore.cases_world import declaration
from tests.unit.console.hub_world import Hub
from tests.unit.console.test_registry import served

pytestmark = pytest.mark.skipif(not AMTOOL, reason="amtool is not installed")


@pytest.fixture
def hub() -> Hub:
    return Hub(live=True)


@pytest.fixture
def amtool(hub: Hub, tmp_path: Path) -> Iterator[Amtool]:
    with served(hub.app(within_s=10)) as url:
        yield Amtool(url, tmp_path)


def test_alerts_are_added_asked_for_and_ended(hub: Hub, amtool: Amtool) -> None:
    hub.feed("shortage.declarations", declaration())
    amtool.says("alert", "add", "alertname=Disk", "instance=a:1", "severity=critical", "--annotation=summary=disk is full")
    said = amtool.says("alert", "query", "-o", "simple")
    assert "AMOXIDEMO 500 mg, gélule: stock-out declared" in said
    (disk,) = [line for line in said.splitlines() if line.startswith("Disk ")]
    assert disk.split()[-4:] == ["disk", "is", "full", "active"]
    assert rows(amtool.says("alert", "query", "Disk"))[0][0] == "Disk"
    assert rows(amtool.says("alert", "query", "alertname=Disk", "instance=~b.*")) == []
    assert json.loads(amtool.says("alert", "query", "severity=critical", "-o", "json"))[0]["labels"]["instance"] == "a:1"
    assert 'instance="a:1"' in amtool.says("alert", "query", "Disk", "-o", "extended")
    amtool.says("alert", "add", "alertname=Disk", "instance=a:1", "severity=critical", "--end=2020-01-01T00:00:00Z")
    assert rows(amtool.says("alert", "query", "Disk")) == []


def test_a_silence_is_added_asked_for_changed_and_ended(amtool: Amtool) -> None:
    amtool.says("alert", "add", "alertname=Disk", "instance=a:1")
    ident = amtool.says("silence", "add", "alertname=Disk", 'instance=~"a.*"', "-a", "officer-1", "-c", "works", "-d", "2h")
    assert ident.startswith("sil_")
    ((found, rest),) = rows(amtool.says("silence", "query"))
    assert found == ident
    assert rest.startswith('alertname="Disk" instance=~"a.*" nature="actual"')
    assert rest.endswith("officer-1   works")
    assert amtool.says("silence", "query", "-q", "instance=~a.*") == ident
    assert rows(amtool.says("alert", "query")) == []
    assert rows(amtool.says("alert", "query", "--silenced"))[0][0] == "Disk"
    assert rows(amtool.says("silence", "update", "-d", "5h", "-c", "longer", ident))[0][0] == ident
    assert rows(amtool.says("silence", "query"))[0][1].endswith("longer")
    amtool.says("silence", "expire", ident)
    assert rows(amtool.says("silence", "query")) == []
    assert rows(amtool.says("silence", "query", "--expired"))[0][0] == ident
    assert rows(amtool.says("alert", "query"))[0][0] == "Disk"
    again = amtool.call("silence", "expire", ident)
    assert again.returncode == 1
    assert "already expired" in again.stderr


def test_silences_are_exported_and_imported(amtool: Amtool, tmp_path: Path) -> None:
    ident = amtool.says("silence", "add", "alertname=Disk", "-a", "officer-1", "-c", "works", "-d", "2h")
    (tmp_path / "silences.json").write_text(amtool.says("silence", "query", "-o", "json"), encoding="utf-8")
    assert amtool.says("silence", "import", str(tmp_path / "silences.json")) == ident
    another = amtool.says("silence", "import", "--force", str(tmp_path / "silences.json"))
    assert sorted(amtool.says("silence", "query", "-q").splitlines()) == sorted([ident, another])


def test_a_refused_silence_is_told_why(amtool: Amtool) -> None:
    done = amtool.call("silence", "add", "alertname=~.*", "-a", "officer-1", "-c", "works")
    assert done.returncode == 1
    assert "everything would be silent" in done.stderr


def test_the_routing_in_force_is_shown_and_asked(hub: Hub, amtool: Amtool) -> None:
    assert "- name: officers" in amtool.says("config", "show")
    assert amtool.says("config", "routes", "test", "kind=shortage").split(",") == ["officers", "companies", "followers", "patients"]
    hub.routes("route: {receiver: all}\nreceivers: [{name: all, audience: {kinds: [officer], mandatory: true}}]\n")
    assert amtool.says("config", "routes", "test", "kind=shortage") == "all"
    assert "receiver: all" in amtool.says("config", "routes", "show")
    assert "disabled" in amtool.says("cluster", "show")


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        ("{basic_auth: {username: amtool, password: secret}}", 0),
        ("{basic_auth: {username: amtool, password: wrong}}", 1),
        ("{authorization: {type: Bearer, credentials: key}}", 1),
        ("{}", 1),
    ],
)
def test_only_users_of_this_api_get_in(hub: Hub, tmp_path: Path, credentials: str, code: int) -> None:
    with served(hub.app()) as url:
        done = Amtool(url, tmp_path, credentials).call("alert", "query")
    assert done.returncode == code
    assert ("401" in done.stderr) is bool(code)
