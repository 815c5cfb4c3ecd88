"""Why an alert was told or not: one answer for a person from verdicts, ledger and directory, and what a reader sees of it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alertcore.cases import units
from alertcore.dispatch.answer import Answer, Became
from alertcore.dispatch.explain import accounts_of
from alertcore.dispatch.routing import Routing, read_routing
from alertcore.records.alert import Alert, Release
from alertcore.records.dispatch import Chain, Verdict, Verdicts
from alertcore.records.notice import Audience, AudienceFilter, Purpose
from store.alert_figures import AlertFigures
from store.database import Database
from store.people import People
from store.reach_now import Reach
from store.vault import Vault
from tests.contract.stored import EPOCH, Hub, cis, csv, notice, person
from tests.unit.alertcore.cases_world import World
from tocsin.explaining import Known, Personal, for_person, receivers_now

MINUTE = timedelta(minutes=1)
ROUTING: Routing = read_routing(
    {
        "route": {
            "receiver": "officers",
            "routes": [
                {"receiver": "officers", "continue": True},
                {"receiver": "pharmacies", "matchers": ['kind="shortage"'], "continue": True},
                {"receiver": "companies", "continue": True},
                {"receiver": "hospitals", "matchers": ['kind="defect"']},
            ],
        },
        "receivers": [
            {"name": "officers", "audience": {"kinds": ["officer"], "mandatory": True}},
            {"name": "pharmacies", "audience": {"kinds": ["community_pharmacy"]}},
            {"name": "companies", "audience": {"kinds": ["company"], "concerned": True}},
            {"name": "hospitals", "audience": {"kinds": ["hospital_pharmacy"], "mandatory": True}},
        ],
    },
    {"route.routes[1]": 12},
)
PEOPLE = csv(
    person("follower", follows="cis:60000001"),
    person("other", follows="cis:60000009"),
    person("officer-1", "officer"),
    person("lab-a", "company", org_id="lab-a"),
    person("hospital", "hospital_pharmacy"),
)


@pytest.fixture
def hub(database: Database, vault: Vault) -> Hub:
    return Hub(database, vault)


def alert() -> Alert:
    """A shortage of a medicine, released to all."""
    world = World()
    world.declare()
    found = world.alert()
    return replace(found, alert_id="alr_a", version=1, release=Release(audiences=("officers", "companies", "professionals")))


def verdicts(audience: str, receiver: str, word: str, by: str = "", *, n: int = 0, version: int = 1) -> Verdicts:
    """A record of the topic with one chain, n minutes on."""
    routed = Verdict(word="routed", by="line 12, route.routes[1]")
    last = Verdict(word=word, by=by, until=EPOCH + 9 * MINUTE if word == "silenced" else None)
    chain = Chain(
        version=version, audience=audience, receiver=receiver, routing="7", verdicts=(routed, Verdict(word="grouped", by="g"), last)
    )
    return Verdicts(alert_id="alr_a", at=EPOCH + n * MINUTE, chains=(chain,))


async def asked(hub: Hub, ref: str, *records: Verdicts, of: Alert | None = None) -> Personal:
    """What became of the alert for somebody."""
    found = Known((of or alert(),), accounts_of(records), (), routing=ROUTING)
    return await for_person(hub.database, hub.vault, found, ref, EPOCH + MINUTE)


def test_whom_the_receivers_mean_for_an_alert_is_asked_by_its_routes() -> None:
    found = {(r.audience, r.receiver): r.whom for r in receivers_now(alert(), ROUTING, EPOCH)}
    assert list(found) == [("officers", "officers"), ("companies", "companies:lab-a"), ("professionals", "pharmacies")]
    assert found["companies", "companies:lab-a"].facilities == ("lab-a",)
    assert cis("60000001")[0] in found["professionals", "pharmacies"].subjects


async def test_who_is_held_back_is_told_by_what_and_until_when(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    held = verdicts("professionals", "pharmacies", "silenced", "sil_x")
    found = (await asked(hub, "follower", held)).answer
    assert (found.became, found.by, found.until) == (Became.SILENCED, "sil_x", EPOCH + 9 * MINUTE)
    assert (found.routed, found.routing) == ("line 12, route.routes[1]", "7")


async def test_who_does_not_match_is_told_what_does_not_fit(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    held = verdicts("professionals", "pharmacies", "silenced", "sil_x")
    for ref, became, why in (
        ("other", Became.NOT_MATCHED, "follows"),
        ("hospital", Became.NOT_MATCHED, "kind"),
        ("nobody", Became.UNKNOWN_PERSON, ""),
    ):
        found = (await asked(hub, ref, held)).answer
        assert (found.became, found.why) == (became, why), ref


async def test_who_was_sent_it_is_told_when_and_how_whatever_else_holds(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    officers = Audience(filter=AudienceFilter(kinds=("officer",), mandatory=True))
    await hub.take(notice(1, officers, receiver="officers"))
    told = verdicts("officers", "officers", "told", "ntc_1")
    assert (await asked(hub, "officer-1", told)).answer.became is Became.ON_ITS_WAY
    await hub.expand()
    assert (await asked(hub, "officer-1", told)).answer.became is Became.ON_ITS_WAY
    await hub.accept(await hub.claim(), EPOCH + MINUTE)
    later = verdicts("officers", "officers", "silenced", "sil_x", n=2, version=2)
    sent = await asked(hub, "officer-1", told)
    assert (sent.answer.became, sent.answer.at, sent.answer.channel, sent.answer.by) == (Became.SENT, EPOCH + MINUTE, "email", "ntc_1")
    assert sent.answer.routed == "line 12, route.routes[1]"
    held = (await asked(hub, "officer-1", told, later)).answer
    assert (held.became, held.version, held.known) == (Became.SILENCED, 2, 1)


async def test_who_may_not_be_told_yet_is_told_so(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    held = replace(alert(), release=Release(audiences=("officers", "companies")))
    assert (await asked(hub, "follower", of=held)).answer.became is Became.NOT_RELEASED
    assert (await asked(hub, "officer-1", of=held)).answer.became is Became.GROUPED
    assert (await asked(hub, "hospital", of=held)).answer.became is Became.NOT_MATCHED


async def test_a_notice_that_made_no_delivery_says_why(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    await hub.take(notice(1, units.audience_of(ROUTING.receivers["pharmacies"], alert(), ""), receiver="pharmacies"))
    told = verdicts("professionals", "pharmacies", "told", "ntc_1")
    assert (await asked(hub, "follower", told)).answer.became is Became.ON_ITS_WAY
    await hub.expand()
    assert (await asked(hub, "other", told)).answer.why == "follows"
    assert [(d.notice_id, d.state) for d in (await asked(hub, "follower", told)).deliveries] == [("ntc_1", "intended")]


async def test_figures_count_the_deliveries_of_an_alert_by_notice_channel_and_state(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    await hub.take(notice(1, receiver="pharmacies"), notice(2, alert="alr_b"))
    await hub.expand()
    await hub.take(notice(3, receiver="pharmacies", purpose=Purpose.UPDATE))
    first, second = await AlertFigures(hub.database).of_alert("alr_a")
    assert (first.notice_id, first.receiver, first.version, first.expanded, first.by_state) == (
        "ntc_1",
        "pharmacies",
        1,
        True,
        {("email", "intended"): 2},
    )
    assert (second.notice_id, second.purpose, second.expanded, second.by_state, second.at) == ("ntc_3", "update", False, {}, EPOCH)
    assert await AlertFigures(hub.database).of_alert("alr_none") == []


async def test_filters_are_asked_for_one_person_all_at_once(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    whom = [r.whom for r in receivers_now(alert(), ROUTING, EPOCH)]
    reach = Reach(hub.database, hub.vault)
    assert await reach.why_not(whom, EPOCH, "follower") == ["kind", "kind", "matched"]
    assert await reach.why_not(whom, EPOCH, "lab-a") == ["kind", "matched", "kind"]
    assert await reach.why_not([], EPOCH, "lab-a") == []


SWALLOWING = read_routing(
    {
        "route": {
            "receiver": "officers",
            "routes": [
                {"receiver": "pharmacies", "matchers": ['audience="professionals"', 'kind="shortage"'], "continue": True},
                {"receiver": "nobody"},
            ],
        },
        "receivers": [
            {"name": "officers", "audience": {"kinds": ["officer"], "mandatory": True}},
            {"name": "pharmacies", "audience": {"kinds": ["community_pharmacy"]}},
            {"name": "nobody"},
        ],
    },
    {"route.routes[1]": 12},
)


async def of_nobody(hub: Hub, ref: str, *records: Verdicts, routing: Routing = SWALLOWING) -> Answer:
    """The answer where a route tells nobody."""
    found = Known((alert(),), accounts_of(records), (), routing=routing)
    return (await for_person(hub.database, hub.vault, found, ref, EPOCH + MINUTE)).answer


async def test_who_falls_to_a_route_that_tells_nobody_is_told_so_with_its_line(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    records = [verdicts(a, "nobody", "nobody", n=n) for n, a in enumerate(("officers", "companies/lab-a"))]
    for ref, receiver in (("officer-1", "nobody"), ("lab-a", "nobody:lab-a")):
        found = await of_nobody(hub, ref, *records)
        assert (found.became, found.receiver, found.version) == (Became.NOBODY, receiver, 1), ref
        assert (found.routed, found.routing) == ("line 12, route.routes[1]", "7")
    for ref, became in (("follower", Became.GROUPED), ("hospital", Became.NOT_MATCHED), ("x", Became.UNKNOWN_PERSON)):
        assert (await of_nobody(hub, ref, *records)).became is became, ref


async def test_a_professional_of_any_kind_is_one_whom_a_route_for_them_tells_nobody(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    only = read_routing({"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}, {"route": 2})
    records = [verdicts("professionals", "nobody", "nobody", version=2), verdicts("officers", "nobody", "nobody", n=1)]
    for ref, version in (("follower", 2), ("hospital", 2), ("officer-1", 1)):
        found = await of_nobody(hub, ref, *records, routing=only)
        assert (found.became, found.version) == (Became.NOBODY, version), ref
    assert (await of_nobody(hub, "lab-a", *records, routing=only)).became is Became.NOT_MATCHED
    assert (await of_nobody(hub, "x", *records, routing=only)).became is Became.UNKNOWN_PERSON


async def test_another_receiver_of_their_audience_says_why_they_were_not_told(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(PEOPLE, now)
    records = [verdicts("professionals", "nobody", "nobody")]
    found = await of_nobody(hub, "other", *records)
    assert (found.became, found.why) == (Became.NOT_MATCHED, "follows")
