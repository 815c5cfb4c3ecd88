"""Who is told, when and why, as an officer meets it: silences, explain, routes tried and applied, a worker killed in between."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

from tests.program.conftest import RunningHub, until
from tests.program.test_up import mails, written
from tocsin.demo.sample import declarations, products

WITHIN_S = 40.0
FIRST: Any = next(d for d in declarations() if d["step"] == "initial")
FOR_OFFICERS = """
route: {receiver: officers, group_by: [alert], group_wait: 0s, group_interval: 0s}
receivers: [{name: officers, audience: {kinds: [officer], mandatory: true}}]
"""


def answer(hub: RunningHub, alert: str, person: str) -> dict[str, Any]:
    """The one answer of explain for a person."""
    found: dict[str, Any] = json.loads(hub.call("alerts", "explain", alert, "--person", person, "--json").stdout)
    return found


def to(hub: RunningHub, address: str) -> list[str]:
    return [m for m in mails(hub) if f"To: {address}" in m]


def short(hub: RunningHub) -> str:
    """The alert of the one shortage."""
    (found,) = hub.lines("alerts", "list", "--kind", "shortage", "--all", "--json")
    return str(found["alert_id"])


def test_what_a_silence_holds_back_is_said_and_the_rest_is_told(hub: RunningHub, tmp_path: Path) -> None:
    people = "ref,kind,org_scheme,org_id,country,region,departement,language,email,sms,follows\n"
    people += f"p1,community_pharmacy,agency,ph-1,FR,11,75,fr,ph-1@example.org,,cis:{FIRST['cis']}\n"
    people += "p2,community_pharmacy,agency,ph-2,FR,11,75,fr,ph-2@example.org,,cis:60000001\n"
    people += "o1,officer,agency,ansm,FR,11,75,en,officer@example.org,,\n"
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    hub.call("people", "import", str(tmp_path / "people.csv"), "--json")
    added = (
        "silence",
        "add",
        "kind=shortage",
        "audience=officers",
        "--by",
        "o1",
        "--reason",
        "a drill of our own",
        "--for",
        "2h",
        "--json",
    )
    silence = json.loads(hub.call(*added).stdout)["silence_id"]
    known = [p for p in products() if p["cis"] == FIRST["cis"]]
    hub.call("publish", "reference.products", written(tmp_path / "products.jsonl", known), "--sender", "demo-bdpm")
    hub.call("publish", "shortage.declarations", written(tmp_path / "d.jsonl", [FIRST]), "--sender", "demo-lab", "--json")
    until(lambda: to(hub, "ph-1@example.org"), WITHIN_S, "the mail to the pharmacy")
    alert = short(hub)
    held = until(lambda: (a := answer(hub, alert, "o1"))["answer"]["became"] == "silenced" and a, WITHIN_S, "why the officer is not told")
    assert silence in json.dumps(held)
    assert answer(hub, alert, "p2")["answer"]["became"] == "not_matched"
    assert answer(hub, alert, "p1")["answer"]["became"] == "sent"
    assert answer(hub, alert, "nobody-1")["answer"]["became"] == "unknown_person"
    assert not to(hub, "officer@example.org")
    said = hub.call("alerts", "explain", alert).stdout
    assert "route.routes[" in said
    assert silence in said


def test_a_silence_outlives_its_worker_and_its_end_lets_speak(hub: RunningHub) -> None:
    (before,) = hub.lines("silence", "list", "--json")
    pid = hub.endpoints()["pids"]["decide-cases"]
    os.kill(pid, signal.SIGKILL)
    until(lambda: hub.endpoints()["pids"].get("decide-cases") not in (None, pid), WITHIN_S, "another worker")
    assert [s["silence_id"] for s in hub.lines("silence", "list", "--json")] == [before["silence_id"]]
    alert = short(hub)
    assert answer(hub, alert, "o1")["answer"]["became"] == "silenced"
    hub.call("silence", "expire", before["silence_id"], "--by", "o1")
    until(lambda: to(hub, "officer@example.org"), WITHIN_S, "what was held back")
    until(lambda: answer(hub, alert, "o1")["answer"]["became"] == "sent", WITHIN_S, "that it was sent")
    assert hub.lines("silence", "list", "--json") == []


def test_a_routing_file_is_tried_on_the_kept_log_before_it_holds(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text(FOR_OFFICERS, encoding="utf-8")
    found = json.loads(hub.call("routes", "plan", str(tmp_path / "routes.yaml"), "--json").stdout)
    by_audience = {row["audience"]: (row["then"], row["now"]) for row in found["days"]}
    assert by_audience["officers"][1] == 1
    assert by_audience["followers"] == (1, 0)
    assert len(to(hub, "ph-1@example.org")) == 1
    (tmp_path / "wrong.yaml").write_text(FOR_OFFICERS.replace("receiver: officers,", "receiver: nobody,"), encoding="utf-8")
    assert (
        "wrong.yaml:2: route.receiver: there is no receiver 'nobody'"
        in hub.call("routes", "apply", str(tmp_path / "wrong.yaml"), code=2).stderr
    )
    told = hub.call("routes", "apply", str(tmp_path / "routes.yaml")).stdout
    assert "routes is in force" in told


def test_a_correction_reaches_who_was_told_though_no_route_leads_there_any_more(hub: RunningHub) -> None:
    alert = short(hub)
    hub.call("alerts", "cancel", alert, "--by", "o1", "--reason", "a slip", "--json")
    until(lambda: len(to(hub, "ph-1@example.org")) == 2, WITHIN_S, "the correction to the pharmacy")
    assert not to(hub, "ph-2@example.org")


def test_the_log_decided_again_gives_the_same_notices_and_verdicts(hub: RunningHub) -> None:
    done = until(lambda: (d := hub.call("replay", code=None)).returncode == 0 and d, WITHIN_S, "a second reading that is the same")
    assert "notices decided again, 0 of them only now, 0 only then" in done.stderr
    assert "verdicts decided again, 0 of them only now, 0 only then" in done.stderr
    assert hub.lines("dead-letters", "list", "--json") == []
