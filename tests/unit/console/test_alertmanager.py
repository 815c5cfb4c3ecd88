"""Alertmanager's API over the real stage: what its clients read, post and order, and what they are told where that cannot be."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from alertcore.records.defect import DefectClass, SeriousRisk
from alertcore.statejson import rfc3339
from tests.unit.alertcore.cases_world import NOW, declaration, defect
from tests.unit.console.hub_world import Hub

HOUR = timedelta(hours=1)
DISK = {"labels": {"alertname": "Disk", "instance": "a:1", "severity": "warning"}, "annotations": {"summary": "disk is full"}}


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def silence(*matchers: tuple[str, str], hours: float = 2, **fields: Any) -> dict[str, Any]:
    """A silence as amtool posts it."""
    wanted = [{"name": n, "value": v, "isRegex": False, "isEqual": True} for n, v in matchers or (("kind", "shortage"),)]
    times = {"startsAt": rfc3339(NOW), "endsAt": rfc3339(NOW + hours * HOUR)}
    return {"matchers": wanted, "createdBy": "officer-1", "comment": "known"} | times | fields


async def get(hub: Hub, path: str, **query: Any) -> Any:
    """The JSON of an answer that must be good."""
    async with hub.client() as client:
        response = await client.get(f"/api/v2/{path}", params=query)
    assert response.status_code == 200, response.text
    return response.json()


async def post(hub: Hub, path: str, value: Any) -> httpx2.Response:
    async with hub.client() as client:
        return await client.post(f"/api/v2/{path}", content=json.dumps(value))


async def set_silence(hub: Hub, **fields: Any) -> str:
    """Its id; it must be taken."""
    response = await post(hub, "silences", silence(**fields) if "matchers" not in fields else silence() | fields)
    assert response.status_code == 200, response.text
    found: str = response.json()["silenceID"]
    return found


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


async def test_a_silence_is_answered_with_the_id_it_stands_under() -> None:
    hub = Hub()
    hub.feed("shortage.declarations", declaration())
    ident = await set_silence(hub)
    (found,) = await get(hub, "silences")
    assert found == await get(hub, f"silence/{ident}")
    assert (found["id"], found["status"], found["createdBy"], found["comment"]) == (ident, {"state": "active"}, "officer-1", "known")
    assert (found["startsAt"], found["endsAt"]) == ("2026-01-26T09:00:00.000Z", "2026-01-26T11:00:00.000Z")
    assert {"name": "kind", "value": "shortage", "isRegex": False, "isEqual": True} in found["matchers"]
    (alert,) = await get(hub, "alerts")
    assert alert["status"] == {"state": "suppressed", "silencedBy": [ident], "inhibitedBy": []}
    assert await get(hub, "alerts", silenced="false") == []


async def test_any_value_keeps_its_meaning_on_its_way_into_an_order() -> None:
    hub = Hub()
    odd = 'a"b\\c\nd,{é}='
    matchers = [
        {"name": "alertname", "value": odd, "isRegex": False},
        {"name": "instance", "value": "a.*|b", "isRegex": True, "isEqual": False},
    ]
    await set_silence(hub, matchers=matchers)
    (found,) = await get(hub, "silences")
    kept = {(m["name"], m["value"], m["isRegex"], m["isEqual"]) for m in found["matchers"]}
    assert kept == {("alertname", odd, False, True), ("instance", "a.*|b", True, False), ("nature", "actual", False, True)}


async def test_a_silence_given_with_its_id_is_replaced_and_one_that_is_not_known_is_not() -> None:
    hub = Hub()
    ident = await set_silence(hub)
    assert await set_silence(hub, id=ident, hours=5) == ident
    assert [s["endsAt"] for s in await get(hub, "silences")] == ["2026-01-26T14:00:00.000Z"]
    assert (await post(hub, "silences", silence(id="sil_unknown"))).status_code == 404


async def test_a_silence_that_is_over_is_not_changed_but_another_begins() -> None:
    hub = Hub()
    ident = await set_silence(hub, hours=1)
    hub.wait(HOUR)
    another = await set_silence(hub, id=ident, hours=3)
    assert another != ident
    assert {(s["id"], s["status"]["state"]) for s in await get(hub, "silences")} == {(ident, "expired"), (another, "active")}


async def test_a_silence_is_ended_by_deleting_it_once() -> None:
    hub = Hub()
    ident = await set_silence(hub)
    async with hub.client() as client:
        answers = [(await client.delete(f"/api/v2/silence/{i}")).status_code for i in (ident, ident, "sil_unknown")]
        assert (await client.get("/api/v2/silence/sil_unknown")).status_code == 404
    assert answers == [200, 500, 404]
    assert [s["status"]["state"] for s in await get(hub, "silences")] == ["expired"]
    assert hub.sent[-1].by == "amtool"


async def test_ended_silences_are_shown_for_five_days() -> None:
    hub = Hub()
    await set_silence(hub, hours=1)
    hub.wait(timedelta(days=5))
    assert len(await get(hub, "silences")) == 1
    hub.wait(HOUR)
    assert await get(hub, "silences") == []


@pytest.mark.parametrize(
    ("query", "count"),
    [({"filter": "kind=shortage"}, 1), ({"filter": "kind=stop"}, 0), ({"creator": "officer-1"}, 1), ({"creator": "x"}, 0)],
)
async def test_silences_are_asked_for_by_their_matchers_and_authors(query: dict[str, str], count: int) -> None:
    hub = Hub()
    await set_silence(hub)
    assert len(await get(hub, "silences", **query)) == count


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"matchers": []}, "needs a matcher"),
        ({"matchers": [{"name": "", "value": "x"}]}, "needs a name"),
        ({"matchers": [{"name": "a"}]}, "value must be a text"),
        ({"matchers": [{"name": "a", "value": "(", "isRegex": True}]}, "not valid"),
        ({"matchers": [{"name": "a", "value": ".*", "isRegex": True}]}, "everything would be silent"),
        ({"endsAt": None}, "endsAt is wanted"),
        ({"endsAt": "2026-01-26T08:00:00Z"}, "in the past"),
        ({"endsAt": "2028-01-26T08:00:00Z"}, "longer than a year"),
        ({"createdBy": " "}, "createdBy is wanted"),
        ({"createdBy": None}, "createdBy must be a text"),
        ({"comment": ""}, "needs a reason"),
    ],
)
async def test_what_is_wrong_with_a_silence_is_said(fields: dict[str, Any], said: str) -> None:
    hub = Hub()
    response = await post(hub, "silences", silence() | fields)
    assert response.status_code == 400
    assert said in response.json()
    assert await get(hub, "silences") == []


async def test_over_an_open_duty_it_is_refused_until_the_comment_confirms_it_and_the_duty_stays_active() -> None:
    hub = Hub(gates=[{"kind": "defect", "gate": "automatic"}])
    hub.feed("quality.defects", defect())
    about = [{"name": "kind", "value": "defect", "isRegex": False}]
    response = await post(hub, "silences", silence(matchers=about))
    assert response.status_code == 400
    assert hub.world.alert().alert_id in response.json()
    assert "`confirmed:`" in response.json()
    ident = await set_silence(hub, matchers=about, comment="Confirmed: lots are back")
    assert (await get(hub, f"silence/{ident}"))["comment"] == "Confirmed: lots are back"
    (alert,) = await get(hub, "alerts")
    assert alert["status"]["silencedBy"] == [ident]  # officers and followers are told nothing; the supply chain must be


async def test_a_recurring_silence_says_when_and_goes_on_recurring_when_it_is_replaced() -> None:
    hub = Hub()
    turns = {"at": "22:00", "for": "8h30m", "days": "mon,tue", "zone": "Europe/Paris", "matchers": "{kind=shortage}"}
    hub.feed("command", hub.ordered("silence", ends=rfc3339(NOW + 100 * HOUR), **turns))
    (found,) = await get(hub, "silences")
    assert found["comment"] == "known [each time at 22:00 for 8h30m, mon,tue, Europe/Paris]"
    later = {"comment": found["comment"], "matchers": found["matchers"], "endsAt": rfc3339(NOW + 60 * HOUR)}
    assert await set_silence(hub, id=found["id"], **later) == found["id"]
    assert hub.sent[-1].params["days"] == "mon,tue"
    (after,) = await get(hub, "silences")
    assert (after["comment"], after["endsAt"]) == (found["comment"], "2026-01-28T21:00:00.000Z")
    hub.feed("shortage.declarations", declaration())
    (alert,) = await get(hub, "alerts")
    assert alert["status"]["silencedBy"] == []  # it is morning


async def test_a_hub_that_does_not_answer_is_told_and_so_is_one_that_cannot_be_reached() -> None:
    hub = Hub()
    hub.deaf = True
    response = await post(hub, "silences", silence())
    assert response.status_code == 503
    assert "has not answered" in response.json()
    hub.away = True
    assert [(await post(hub, p, v)).status_code for p, v in (("silences", silence()), ("alerts", [DISK]))] == [503, 503]


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
