"""Alertmanager's API over the real stage: what its clients read, post and order, and what they are told where that cannot be."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.defect import DefectClass, SeriousRisk
from alertcore.records.dispatch import Chain, Verdict, Verdicts
from console.hub_view import VERDICTS
from schemas.codec import encode
from tests.unit.alertcore.cases_world import NOW, declaration, defect
from tests.unit.console.hub_world import DISK, HOUR, Hub, get, post, received, silence


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Bearer wrong", "Bearer key", basic("amtool", "wrong"), basic("other", "secret"), "Basic !"]
)
async def test_nobody_reads_or_orders_without_a_token_of_this_api(given: str) -> None:
    hub = Hub()
    async with hub.client(given) as client:
        answers = [await client.get(f"/api/v2/{p}") for p in ("status", "alerts", "alerts/groups", "receivers", "silences", "silence/x")]
        answers += [await client.post("/api/v2/alerts", json=[DISK]), await client.post("/api/v2/silences", json=silence())]
        answers += [await client.delete("/api/v2/silence/x")]
    assert {a.status_code for a in answers} == {401}
    assert "www-authenticate" in answers[0].headers
    assert hub.sent == []


@pytest.mark.parametrize("given", ["Bearer secret", "bearer secret", basic("amtool", "secret")])
async def test_a_user_is_known_by_bearer_and_by_basic(given: str) -> None:
    async with Hub().client(given) as client:
        assert (await client.get("/api/v2/status")).status_code == 200


async def test_the_same_stands_below_alertmanager() -> None:
    async with Hub().client() as client:
        assert (await client.get("/alertmanager/api/v2/receivers")).json() == (await client.get("/api/v2/receivers")).json()


async def test_while_it_still_reads_it_says_so_and_health_wants_no_token() -> None:
    hub = Hub()
    hub.caught_up = False
    async with hub.client() as client:
        assert (await client.get("/api/v2/alerts")).status_code == 503
    async with hub.client("") as client:
        assert [(await client.get(f"/-/{p}")).status_code for p in ("healthy", "ready")] == [200, 503]
        hub.caught_up = True
        assert (await client.get("/alertmanager/-/ready")).status_code == 200


async def test_status_and_receivers_are_of_the_routing_in_force() -> None:
    hub = Hub()
    status = await get(hub, "status")
    assert (status["cluster"]["status"], status["versionInfo"]["version"]) == ("disabled", "1.2.3")
    assert status["uptime"] == "2026-01-26T09:00:00.000Z"
    assert "receiver: officers" in status["config"]["original"]
    hub.routes("route: {receiver: all}\nreceivers: [{name: all, audience: {kinds: [officer], mandatory: true}}]\n")
    assert await get(hub, "receivers") == [{"name": "all"}]
    assert "receiver: all" in (await get(hub, "status"))["config"]["original"]


async def test_a_routing_file_that_the_door_refuses_is_not_shown() -> None:
    hub = Hub()
    hub.routes("route: {receiver: nobody_knows}\n")
    assert {"name": "officers"} in await get(hub, "receivers")


async def test_an_open_alert_is_shown_with_what_routes_match_and_officers_read() -> None:
    hub = Hub()
    hub.feed("shortage.declarations", declaration())
    (found,) = await get(hub, "alerts")
    labels = found["labels"]
    assert (labels["alertname"], labels["kind"], labels["severity"], labels["subject"]) == (
        "shortage",
        "shortage",
        "severe",
        "cis:60000001",
    )
    assert found["annotations"]["summary"] == "AMOXIDEMO 500 mg, gélule: stock-out declared"
    assert found["annotations"]["description"].startswith("AMOXIDEMO 500 mg, gélule: stock-out declared by Laboratoire lab-a")
    assert found["status"] == {"state": "active", "silencedBy": [], "inhibitedBy": []}
    assert {"name": "officers"} in found["receivers"]
    assert found["startsAt"] == found["updatedAt"] == "2026-01-26T09:00:00.000Z"
    assert found["endsAt"] == "2026-01-26T09:05:00.000Z"
    assert len(found["fingerprint"]) == 16
    assert "generatorURL" not in found
    assert not {"audience", "address", "company"} & set(labels)


async def test_an_alert_that_ended_is_shown_no_more() -> None:
    hub = Hub()
    hub.feed("shortage.declarations", declaration())
    hub.world.order("cancel", target=hub.world.alert().alert_id)
    hub.show(hub.world.last)
    assert await get(hub, "alerts") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter": 'kind="shortage"'}, ["shortage"]),
        ({"filter": ['kind=~"shortage|defect"', "severity!=severe"]}, ["defect"]),
        ({"filter": 'alertname="Disk"'}, ["hub"]),
        ({"filter": "{posted_severity=warning,instance=~a.*}"}, ["hub"]),
        ({"receiver": "follow.*"}, ["shortage"]),
        ({"receiver": "follow"}, []),
        ({"active": "false"}, []),
        ({}, ["defect", "hub", "shortage"]),
    ],
)
async def test_alerts_are_asked_for_by_labels_state_and_receiver(query: dict[str, Any], found: list[str]) -> None:
    hub = Hub(gates=[])
    hub.feed("shortage.declarations", declaration())
    hub.feed("quality.defects", defect(class_=DefectClass.III, serious_risk=SeriousRisk.EXCLUDED))
    await post(hub, "alerts", [DISK])
    assert sorted(a["labels"]["kind"] for a in await get(hub, "alerts", **query)) == found


@pytest.mark.parametrize("query", [{"filter": "kind"}, {"filter": 'a=~"("'}, {"receiver": "("}, {"active": "perhaps"}])
async def test_a_question_that_cannot_be_read_is_told_why(query: dict[str, str]) -> None:
    async with Hub().client() as client:
        response = await client.get("/api/v2/alerts", params=query)
    assert response.status_code == 400
    assert isinstance(response.json(), str)


async def test_groups_are_those_of_the_routing_in_force() -> None:
    hub = Hub()
    hub.routes(
        "route: {receiver: all, group_by: [kind], routes: [{matchers: ['kind=hub'], receiver: machines, group_by: [instance]}]}\n"
        "receivers: [{name: all, audience: {kinds: [officer], mandatory: true}}, {name: machines, audience: {kinds: [officer]}}]\n"
    )
    hub.feed("shortage.declarations", declaration())
    await post(hub, "alerts", [DISK, DISK | {"labels": DISK["labels"] | {"device": "sda"}}])
    found = [(g["receiver"]["name"], g["labels"], len(g["alerts"])) for g in await get(hub, "alerts/groups")]
    assert found == [("machines", {"instance": "a:1"}, 2), ("all", {"kind": "shortage"}, 1)]
    assert await get(hub, "alerts/groups", filter="instance=b") == []


async def test_a_posted_alert_is_one_of_the_hub_until_its_end() -> None:
    hub = Hub()
    assert (await post(hub, "alerts", [DISK | {"generatorURL": "http://prometheus/graph"}])).status_code == 200
    (found,) = await get(hub, "alerts")
    assert found["annotations"] == {"summary": "disk is full"}
    assert found["generatorURL"] == "http://prometheus/graph"
    assert found["labels"]["alertname"] == "Disk"
    assert found["receivers"] == [{"name": "officers"}]
    assert found["fingerprint"] == "96b6678429aeb79f"
    hub.wait(timedelta(minutes=5))
    assert await get(hub, "alerts") == []


async def test_a_posted_end_ends_it() -> None:
    hub = Hub()
    await post(hub, "alerts", [DISK | {"startsAt": "2026-01-26T08:00:00Z", "endsAt": "0001-01-01T00:00:00.000Z"}])
    (found,) = await get(hub, "alerts")
    assert found["startsAt"] == "2026-01-26T08:00:00Z"
    await post(hub, "alerts", [DISK | {"startsAt": "2026-01-26T08:00:00Z", "endsAt": "2026-01-26T08:59:59.999999999Z"}])
    assert await get(hub, "alerts") == []


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"labels": {}}, "at least one label pair required"),
        ({"labels": {"a": ""}}, "at least one label pair required"),
        ({"labels": {"a-b": "x"}}, "invalid label name 'a-b'"),
        ({"labels": {"a": 1}}, "label a must be a text"),
        ({"labels": {"a": "\ud800"}}, "label a is not UTF-8 text"),
        ({"labels": {"a": "x"}, "annotations": {"a b": "x"}}, "invalid annotation name 'a b'"),
        ({"labels": {"a": "x"}, "startsAt": "soon"}, "startsAt 'soon' is not a time"),
        (
            {"labels": {"a": "x"}, "startsAt": "2026-01-26T10:00:00Z", "endsAt": "2026-01-26T09:30:00Z"},
            "start time must be before end time",
        ),
        ({"labels": {"a": "x" * 40_000}}, "at most 32768 bytes"),
    ],
)
async def test_what_is_wrong_with_a_posted_alert_is_said_and_spares_its_neighbours(item: dict[str, Any], said: str) -> None:
    hub = Hub()
    response = await post(hub, "alerts", [item, DISK])
    assert response.status_code == 400
    assert said in response.json()
    assert [a["labels"]["alertname"] for a in await get(hub, "alerts")] == ["Disk"]


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[1]", b"[" * 100_000])
async def test_a_body_that_is_no_list_of_alerts_is_refused(body: bytes) -> None:
    hub = Hub()
    async with hub.client() as client:
        assert (await client.post("/api/v2/alerts", content=body)).status_code == 400
        assert (await client.post("/api/v2/alerts", json=[DISK] * 2001)).status_code == 400
        assert (await client.post("/api/v2/alerts", content=b" " * (4 * 1024 * 1024 + 1))).status_code == 413
    assert hub.sent == []


async def test_many_alerts_of_one_request_are_few_orders() -> None:
    hub = Hub()
    hub.deaf = True
    await post(hub, "alerts", [DISK | {"labels": {"alertname": "Disk", "n": str(n)}} for n in range(100)])
    assert len(hub.sent) == 1
    await post(hub, "alerts", [DISK | {"annotations": {"text": "x" * 30_000}, "labels": {"n": str(n)}} for n in range(20)])
    assert len(hub.sent) == 3


async def test_what_another_holds_back_names_it_by_its_fingerprint() -> None:
    hub = Hub()
    hub.world.settings(
        "routes",
        {
            "route": {"receiver": "all", "group_wait": "0s"},
            "receivers": [{"name": "all", "audience": {"kinds": ["officer"], "mandatory": True}}],
            "inhibit_rules": [{"source_matchers": ["instance=a:1"], "target_matchers": ["instance=b:1"], "equal": ["alertname"]}],
        },
    )
    await post(hub, "alerts", [DISK])
    await post(hub, "alerts", [DISK | {"labels": DISK["labels"] | {"instance": "b:1"}}])
    hub.wait(timedelta(seconds=1))
    by = {a["labels"]["instance"]: a for a in await get(hub, "alerts")}
    assert by["b:1"]["status"] == {"state": "suppressed", "silencedBy": [], "inhibitedBy": [by["a:1"]["fingerprint"]]}
    assert by["a:1"]["status"]["state"] == "active"
    assert [a["labels"]["instance"] for a in await get(hub, "alerts", inhibited="false")] == ["a:1"]


async def test_what_is_covered_is_held_back_by_the_alert_above() -> None:
    hub = Hub()
    hub.feed("shortage.declarations", declaration())
    below = hub.world.alert().alert_id
    await post(hub, "alerts", [DISK])
    (above,) = await get(hub, "alerts", filter="kind=hub")
    covered = (Verdict(word="covered", by=above["labels"]["alert"]),)
    chain = Chain(version=2, audience="officers", receiver="officers", routing="0", verdicts=covered)
    hub.view.apply([received(VERDICTS, below, encode(Verdicts(alert_id=below, at=NOW + HOUR, chains=(chain,))))])
    (found,) = await get(hub, "alerts", filter="kind=shortage")
    assert found["status"] == {"state": "suppressed", "silencedBy": [], "inhibitedBy": [above["fingerprint"]]}
