"""Silences over Alertmanager's API: set, replaced, ended, asked for and refused; and a hub that does not answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.statejson import rfc3339
from tests.unit.alertcore.cases_world import NOW, declaration, defect
from tests.unit.console.hub_world import DISK, HOUR, Hub, get, post, silence


async def set_silence(hub: Hub, **fields: Any) -> str:
    """Its id; it must be taken."""
    response = await post(hub, "silences", silence(**fields))
    assert response.status_code == 200, response.text
    found: str = response.json()["silenceID"]
    return found


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
        ({"comment": "half \ud800"}, "comment is not UTF-8 text"),
        ({"matchers": [{"name": "a", "value": "\udfff", "isRegex": False}]}, "value is not UTF-8 text"),
        ({"matchers": [{"name": "a", "value": "(", "isRegex": True}]}, "missing )"),
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


async def test_a_duty_is_shown_as_silenced_by_nothing() -> None:
    hub = Hub(gates=[{"kind": "defect", "gate": "automatic"}])
    hub.feed("quality.defects", defect())
    supply_chain = [{"name": n, "value": v, "isRegex": False} for n, v in (("kind", "defect"), ("audience", "professionals"))]
    await set_silence(hub, matchers=supply_chain, comment="confirmed: known")
    (alert,) = await get(hub, "alerts")
    assert alert["status"] == {"state": "active", "silencedBy": [], "inhibitedBy": []}


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
