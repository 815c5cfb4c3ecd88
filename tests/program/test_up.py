"""The program as a user meets it: a hub brought up, fed, asked, hurt and stopped, by its command line alone."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.request
from pathlib import Path
from typing import Any

from tests.program.conftest import RunningHub, until
from tocsin.demo.sample import declarations, defects, products

SENDERS = ("demo-lab", "demo-agency", "demo-bdpm")


def written(path: Path, rows: list[Any]) -> str:
    """Rows as a file of JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def mails(hub: RunningHub) -> list[str]:
    """Subjects lines and bodies of what arrived at the sink."""
    return [f.read_text(encoding="utf-8", errors="replace") for f in (hub.home / "mails").glob("*.eml")]


def test_endpoints_name_every_process_user_and_address(hub: RunningHub) -> None:
    found = hub.endpoints()
    assert set(found["pids"]) == {"door", "decide-stock", "decide-supply", "decide-cases", "relay", "deliver", "console", "kafka"}
    assert {"operator", "hub", *SENDERS, "authority-be"} <= set(found["kafka"]["users"])
    assert all(Path(p).read_text(encoding="utf-8") for p in found["kafka"]["users"].values())
    assert set(SENDERS) <= set(found["tokens"])
    for url in found["metrics"].values():
        with urllib.request.urlopen(url) as answer:
            assert b"tocsin_build_info" in answer.read()
    with urllib.request.urlopen(found["http"] + "/ready") as answer:
        assert answer.status == 200


def test_a_second_hub_on_the_same_home_is_refused(hub: RunningHub) -> None:
    assert "already running" in hub.call("up", code=2).stderr


def test_check_finds_nothing_wrong(hub: RunningHub) -> None:
    rows = hub.lines("check", "--json")
    assert [r for r in rows if not r["ok"]] == []


def test_the_cluster_is_as_the_plan_wants_it(hub: RunningHub) -> None:
    for plan in ("topics", "senders", "authorities"):
        assert hub.lines(plan, "plan", "--json") == []


def test_a_declaration_becomes_an_alert_and_mails(hub: RunningHub, tmp_path: Path) -> None:
    people = "ref,kind,org_scheme,org_id,country,region,departement,language,email,sms,follows\n"
    first: Any = next(d for d in declarations() if d["step"] == "initial")
    people += f"p1,community_pharmacy,agency,ph-1,FR,11,75,fr,ph-1@example.org,,cis:{first['cis']}\n"
    people += "o1,officer,agency,ansm,FR,11,75,en,officer@example.org,,\n"
    people += "h1,hospital_pharmacy,agency,h-1,FR,11,75,en,h-1@example.org,,\n"
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    assert json.loads(hub.call("people", "import", str(tmp_path / "people.csv"), "--json").stdout)["added"] == 3
    known = [p for p in products() if p["cis"] == first["cis"]]
    hub.call("publish", "reference.products", written(tmp_path / "products.jsonl", known), "--sender", "demo-bdpm")
    done = hub.call("publish", "shortage.declarations", written(tmp_path / "d.jsonl", [first]), "--sender", "demo-lab", "--json")
    assert json.loads(done.stdout) == {"taken": 1, "remarks": 0, "refused": 0}
    alerts = hub.lines("tail", "alerts", "--from", "beginning", "--count", "2", "--timeout", "20", "--json")
    assert [a["value"]["step"] for a in alerts] == ["raised", "released"]
    assert {a["value"]["subject"]["id"] for a in alerts} == {first["cis"]}
    until(lambda: len([m for m in mails(hub) if str(known[0]["name"])[:12] in m or "ph-1@" in m]) >= 1, 30, "a mail to the pharmacy")
    again = hub.call("publish", "shortage.declarations", str(tmp_path / "d.jsonl"), "--sender", "demo-lab", "--json")
    assert json.loads(again.stdout)["taken"] == 1
    assert len(hub.lines("alerts", "list", "--json")) == 1


def test_a_refused_line_is_told_with_its_reason_and_spares_its_neighbours(hub: RunningHub, tmp_path: Path) -> None:
    good = [d for d in declarations() if d["step"] == "initial"][1:3]
    bad = {**good[0], "declaration_id": "x", "cis": "12"}
    done = hub.call(
        "publish", "shortage.declarations", written(tmp_path / "d.jsonl", [good[0], bad, good[1]]), "--sender", "demo-lab", "--json", code=1
    )
    said = json.loads(done.stdout)
    assert (said["taken"], said["refused"]) == (2, 1)
    refused = [json.loads(line) for line in Path(said["refused_file"]).read_text(encoding="utf-8").splitlines()]
    assert [(r["line"], r["problems"][0]["field"]) for r in refused] == [(2, "cis")]


def test_a_held_defect_is_released_by_an_officer_and_reaches_authorities(hub: RunningHub, tmp_path: Path) -> None:
    grave = next(d for d in defects() if d["class"] == "i")
    hub.call("publish", "quality.defects", written(tmp_path / "q.jsonl", [grave]), "--sender", "demo-agency")
    held = until(lambda: [a for a in hub.lines("alerts", "list", "--kind", "defect", "--json") if a["step"] == "held"], 30, "a held alert")
    alert = held[0]["alert_id"]
    done = json.loads(hub.call("alerts", "release", alert, "--by", "officer-7", "--json").stdout)
    assert done["step"] == "released"
    rapid = hub.lines("subscribe", "authority-es", "--timeout", "8", "--json")
    assert all(r["verified"] and not r["gap"] for r in rapid)
    told = [r for r in rapid if r["message_kind"] == "quality_defect"]
    assert [(r["alert_id"], r["class"], r["reference"][:5]) for r in told] == [(alert, "i", "FR/I/")]
    shown = until(
        lambda: (s := json.loads(hub.call("alerts", "show", alert, "--json").stdout))["acknowledgements"] and s, 30, "an acknowledgement"
    )
    assert [(a["authority"], a["level"]) for a in shown["acknowledgements"]] == [("authority-es", "received")]
    until(lambda: [m for m in mails(hub) if "h-1@example.org" in m and "class I" in m], 30, "the mail to the hospital")


def test_the_log_decided_again_gives_the_same_alerts_notices_and_verdicts(hub: RunningHub) -> None:
    done = hub.call("replay", "--json")
    versions = [json.loads(line) for line in done.stdout.splitlines()]
    alerts = hub.lines("tail", "alerts", "--from", "beginning", "--timeout", "2", "--json")
    assert sorted((v["alert_id"], v["version"]) for v in versions) == sorted(
        {(a["value"]["alert_id"], a["value"]["version"]) for a in alerts}
    )
    for topic in ("notices", "verdicts"):
        again = re.findall(rf"(\d+) {topic} decided again, 0 of them only now, 0 only then$", done.stderr, re.MULTILINE)
        assert [int(n) > 2 for n in again] == [True], done.stderr


def test_what_a_sender_may_not_do_is_said_in_a_sentence(hub: RunningHub, tmp_path: Path) -> None:
    rows = written(tmp_path / "d.jsonl", [next(declarations())])
    assert "demo-nobody" in hub.call("publish", "shortage.declarations", rows, "--sender", "demo-nobody", code=2).stderr
    assert "there is no kind" in hub.call("publish", "shortages", rows, "--sender", "demo-lab", code=2).stderr
    assert hub.call("alerts", "show", "alr_nothing", code=2).stderr.startswith("tocsin: there is no alert")


def test_a_policy_is_put_into_force_or_refused_with_the_place(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("safety_stock: {months: {'60000001': 5}}\n", encoding="utf-8")
    assert "above the legal limit of 4" in hub.call("policy", "apply", str(tmp_path / "policy.yaml"), code=2).stderr
    (tmp_path / "policy.yaml").write_text("stock: {flush_s: 30}\n", encoding="utf-8")
    told = hub.call("policy", "apply", str(tmp_path / "policy.yaml")).stdout.splitlines()
    assert told == ["Nothing would have been decided otherwise.", "policy is in force"]


def test_what_another_policy_would_change_is_shown_and_changes_nothing(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("release: [{audience: patients, gate: two}]\n", encoding="utf-8")
    before = hub.lines("alerts", "list", "--all", "--json")
    (plan,) = hub.lines("policy", "plan", str(tmp_path / "policy.yaml"), "--json")
    (again,) = hub.lines("replay", "--policy", str(tmp_path / "policy.yaml"), "--json")
    assert plan == again
    untold = [row for row in plan["told"] if row["audience"] == "patients"]
    assert [row["now"] for row in untold] == [0] * len(untold)
    assert sum(row["then"] for row in untold) > 0
    assert hub.lines("alerts", "list", "--all", "--json") == before


def test_nothing_is_held_and_nothing_died(hub: RunningHub) -> None:
    assert hub.lines("held", "list", "--json") == []
    assert hub.lines("dead-letters", "list", "--json") == []


def test_a_killed_role_is_back_within_ten_seconds(hub: RunningHub) -> None:
    before = hub.endpoints()["pids"]
    os.kill(before["relay"], signal.SIGKILL)
    until(lambda: hub.endpoints()["pids"].get("relay") not in (None, before["relay"]), 30, "another relay")
    assert {n: p for n, p in hub.endpoints()["pids"].items() if n != "relay"} == {n: p for n, p in before.items() if n != "relay"}


def test_without_a_hub_commands_say_so_and_exit_3(hub: RunningHub, tmp_path: Path) -> None:
    nowhere = RunningHub(tmp_path / "nowhere", hub.process)
    for words in (("tail", "alerts"), ("alerts", "list"), ("replay",)):
        assert "no hub has been started" in nowhere.call(*words, code=3).stderr
