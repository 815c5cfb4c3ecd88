"""`amtool` against a whole hub: what an officer does with it, the hub's own commands know too. Skipped where it is not installed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.amtool import AMTOOL, Amtool, rows
from tests.program.conftest import RunningHub, until

pytestmark = pytest.mark.skipif(not AMTOOL, reason="amtool is not installed")
WITHIN_S = 20.0


@pytest.fixture
def amtool(hub: RunningHub, tmp_path: Path) -> Amtool:
    found = hub.endpoints()
    token = found["tokens"]["amtool"]
    return Amtool(found["http"], tmp_path, f"{{authorization: {{type: Bearer, credentials_file: {token}}}}}")


def test_without_its_token_nobody_gets_in(hub: RunningHub) -> None:
    url = hub.endpoints()["http"]
    assert _status(f"{url}/api/v2/alerts") == 401
    until(lambda: _status(f"{url}/-/ready") == 200, WITHIN_S, "the view of the hub")


def test_an_alert_is_posted_told_silenced_and_ended(hub: RunningHub, amtool: Amtool, tmp_path: Path) -> None:
    people = "ref,kind,org_scheme,org_id,country,region,departement,language,email,sms,follows\n"
    people += "o1,officer,agency,ansm,FR,11,75,en,officer@example.org,,\n"
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    hub.call("people", "import", str(tmp_path / "people.csv"), "--json")
    amtool.says("alert", "add", "alertname=Disk", "instance=a:1", "severity=critical", "--annotation=summary=the disk is full")
    until(lambda: rows(amtool.says("alert", "query", "Disk", "--active")), WITHIN_S, "the alert, told")
    (found,) = json.loads(amtool.says("alert", "query", "Disk", "-o", "json"))
    assert (found["labels"]["kind"], found["labels"]["instance"]) == ("hub", "a:1")
    assert (found["status"]["state"], found["receivers"]) == ("active", [{"name": "officers"}])
    until(lambda: [m for m in _mails(hub) if "the disk is full" in m], WITHIN_S, "the mail to the officer")
    (listed,) = hub.lines("alerts", "list", "--kind", "hub", "--json")
    assert listed["alert_id"] == found["labels"]["alert"]

    ident = amtool.says("silence", "add", "alertname=Disk", 'instance=~"a.*"', "-a", "o1", "-c", "works", "-d", "2h")
    assert rows(amtool.says("silence", "query"))[0][0] == ident
    assert rows(amtool.says("alert", "query", "Disk")) == []
    assert rows(amtool.says("alert", "query", "Disk", "--silenced"))[0][0] == "Disk"
    saved = tmp_path / "silences.json"
    saved.write_text(amtool.says("silence", "query", "-o", "json"), encoding="utf-8")
    amtool.says("silence", "expire", ident)
    assert rows(amtool.says("silence", "query")) == []
    assert rows(amtool.says("silence", "query", "--expired"))[0][0] == ident
    another = amtool.says("silence", "import", str(saved))
    assert amtool.says("silence", "query", "-q") == another

    amtool.says("alert", "add", "alertname=Disk", "instance=a:1", "severity=critical", "--end=2020-01-01T00:00:00Z")
    until(lambda: not rows(amtool.says("alert", "query", "Disk", "--active", "--silenced")), WITHIN_S, "the end")
    (ended,) = hub.lines("alerts", "list", "--all", "--json")
    assert (ended["alert_id"], ended["step"]) == (listed["alert_id"], "resolved")
    until(lambda: len([m for m in _mails(hub) if "the disk is full" in m]) > 1, WITHIN_S, "the all-clear, which no silence holds back")


def test_what_the_stage_refuses_is_told(amtool: Amtool) -> None:
    done = amtool.call("silence", "add", "alertname=~.*", "-a", "o1", "-c", "works")
    assert done.returncode == 1
    assert "everything would be silent" in done.stderr


def test_the_routing_in_force_is_the_shipped_one_until_another_comes(hub: RunningHub, amtool: Amtool, tmp_path: Path) -> None:
    told = amtool.says("config", "routes", "test", "kind=defect", "class=i").split(",")
    assert "supply_chain" in told
    assert "receiver: officers" in amtool.says("config", "show")
    (tmp_path / "routes.yaml").write_text(
        "route: {receiver: duty_officers}\nreceivers: [{name: duty_officers, audience: {kinds: [officer], mandatory: true}}]\n"
    )
    hub.call("routes", "apply", str(tmp_path / "routes.yaml"))
    until(lambda: amtool.says("config", "routes", "test", "kind=defect") == "duty_officers", WITHIN_S, "the file in force")


def test_nothing_died(hub: RunningHub) -> None:
    assert hub.lines("dead-letters", "list", "--json") == []


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _mails(hub: RunningHub) -> list[str]:
    return [f.read_text(encoding="utf-8", errors="replace") for f in (hub.home / "mails").glob("*.eml")]
