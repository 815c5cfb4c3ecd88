"""What became of an alert for a person, and why a notice did not reach them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from alertcore.records.notice import AlertRef, Audience, AudienceFilter, Channel, Limit, Purpose
from schemas.codec import decode
from store.answers import Answers
from store.database import Database
from store.fates import Fates
from store.limiting import Limiting
from store.people import People
from store.tokens import Tokens, TokenUse
from store.vault import Vault
from tests.contract.stored import EPOCH, Hub, cis, csv, notice, person

Later = Callable[[float], datetime]
FOLLOWERS = Audience(filter=AudienceFilter(kinds=("community_pharmacy", "patient"), subjects=cis("60000001"), regions=("11",)))


@pytest.fixture
async def hub(database: Database, vault: Vault, people: People, now: datetime) -> Hub:
    lines = [
        person("pharmacy", follows="cis:60000001"),
        person("patient", "patient", "cis:60000001"),
        person("elsewhere", follows="cis:60000001", region="93"),
        person("physician", "physician", "cis:60000001"),
        person("other", follows="cis:60000002"),
        person("left", follows="cis:60000001"),
        person("gone", follows="cis:60000001"),
        person("foreign", follows="cis:60000001", country="BE"),
    ]
    await people.import_csv(csv(*lines), now)
    await people.stop(6, Channel.EMAIL, now)
    await people.erase("gone", now)
    return Hub(database, vault, chunk=100)


def fates(hub: Hub) -> Fates:
    return Fates(hub.database, hub.vault, decode)


async def test_a_delivery_tells_its_whole_life_by_the_persons_reference(hub: Hub, vault: Vault, later: Later) -> None:
    await hub.take(notice(1, FOLLOWERS, receiver="near"))
    await hub.expand()
    await hub.accept(await hub.claim(), later(1))
    await Answers(hub.database, vault).acknowledge(Tokens(vault).mint(TokenUse.ACKNOWLEDGE, 1), later(9))
    (fate,) = await fates(hub).of_alert("alr_a", "pharmacy")
    assert (fate.notice_id, fate.receiver, fate.purpose, fate.versions) == ("ntc_1", "near", "alert", (1,))
    assert (fate.state, fate.channel, fate.audience, fate.at) == ("acknowledged", "email", "professional", later(9))
    assert [(e.kind, e.at, e.detail) for e in fate.events] == [
        ("intended", EPOCH, ""),
        ("accepted", later(1), "sink"),
        ("acknowledged", later(9), "link"),
    ]
    assert len(await fates(hub).of_alert("alr_a")) == 4
    assert len(await fates(hub).of_alert("alr_a", limit=2)) == 2


async def test_a_patient_is_found_by_reference_under_whatever_name_they_have(hub: Hub) -> None:
    patients = replace(FOLLOWERS, filter=AudienceFilter(kinds=("patient",), subjects=cis("60000001")))
    await hub.take(notice(1, patients))
    both = (AlertRef(alert_id="alr_b", version=4), AlertRef(alert_id="alr_a", version=2))
    await hub.take(replace(notice(2, patients, purpose=Purpose.DIGEST), alerts=both))
    await hub.expand()
    found = await fates(hub).of_alert("alr_a", "patient")
    assert [(f.notice_id, f.versions) for f in found] == [("ntc_1", (1,)), ("ntc_2", (2,))]
    assert len({f.person for f in found}) == 2
    assert await fates(hub).of_alert("alr_a", "pharmacy") == []


async def test_why_somebody_was_left_out_or_waits_stands_with_the_delivery(hub: Hub, later: Later) -> None:
    limits = (Limit(channel=Channel.EMAIL, n=1, per_ms=3_600_000),)
    await hub.take(
        notice(1, FOLLOWERS, limits=limits),
        replace(notice(2, FOLLOWERS, receiver="again"), alerts=(AlertRef(alert_id="alr_a", version=1),)),
        notice(3, FOLLOWERS, limits=limits),
    )
    await hub.expand()
    limiting = Limiting(hub.database, hub.vault, decode)
    await limiting.step(EPOCH)
    first, second, third = await fates(hub).of_alert("alr_a", "pharmacy")
    assert (second.state, second.reason) == ("suppressed", "told_by:ntc_1")
    assert (third.merged_into, third.events[-1].detail[:16]) == (first.delivery_id, f"merged into {first.delivery_id}"[:16])
    await hub.accept(await hub.claim(), later(1))
    await hub.take(notice(4, FOLLOWERS, limits=limits))
    await hub.expand(later(2))
    await limiting.step(later(2))
    last = (await fates(hub).of_alert("alr_a", "pharmacy"))[-1]
    assert (last.state, last.reason, last.until) == ("deferred", "limited", later(3601))
    assert last.events[-1].detail == "until 2026-11-22T07:30:01Z: at most 1 a 1:00:00 by email"
    (left, *_) = await fates(hub).of_alert("alr_a", "left")
    assert (left.state, left.reason) == ("suppressed", "unsubscribed")


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("elsewhere", "region"),
        ("physician", "kind"),
        ("other", "follows"),
        ("gone", "erased"),
        ("nobody", "unknown"),
        ("late", "not_valid"),
    ],
)
async def test_who_has_no_delivery_learns_which_part_of_the_filter_did_not_fit(
    hub: Hub, people: People, later: Later, ref: str, why: str
) -> None:
    await hub.take(notice(1, FOLLOWERS, receiver="near"))
    await hub.expand()
    await people.import_csv(csv(person("late", follows="cis:60000001")), later(60))
    (found,) = await fates(hub).unreached("alr_a", ref)
    assert (found.notice_id, found.receiver, found.versions, found.why) == ("ntc_1", "near", (1,), why)
    assert await fates(hub).of_alert("alr_a", ref) == []


async def test_the_other_reasons_for_which_a_notice_reaches_somebody_not(hub: Hub) -> None:
    abroad = Audience(filter=AudienceFilter(kinds=("community_pharmacy",), countries=("FR",), mandatory=True))
    one = Audience(filter=AudienceFilter(facilities=("org-pharmacy",), mandatory=True))
    await hub.take(notice(1, abroad), notice(2, one), notice(3, Audience(recipients_of="alr_a")), notice(4, Audience()))
    await hub.expand()
    await hub.take(notice(5, one, follows=("ntc_x",)))
    why = {u.notice_id: u.why for u in await fates(hub).unreached("alr_a", "foreign")}
    assert why == {"ntc_1": "country", "ntc_2": "facility", "ntc_3": "not_told", "ntc_4": "nobody", "ntc_5": "waiting"}
    assert "ntc_1" not in {u.notice_id for u in await fates(hub).unreached("alr_a", "pharmacy")}


async def test_an_officer_is_matched_by_their_own_reference(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("duty-1", "officer", org_id=""), person("duty-2", "officer", org_id="")), now)
    await hub.take(notice(1, Audience(filter=AudienceFilter(kinds=("officer",), facilities=("duty-1",), mandatory=True))))
    await hub.expand()
    assert [u.why for u in await fates(hub).unreached("alr_a", "duty-2")] == ["facility"]
    assert await fates(hub).unreached("alr_a", "duty-1") == []
