"""Ends go to who was told under their receiver, and a version of an alert is told to nobody twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alertcore.records.notice import AckMode, AlertRef, Audience, AudienceFilter, Channel, Lane, Notice, Purpose
from schemas.codec import decode
from store.database import Database
from store.expansion import Expansion
from store.ledger import DeliveryState
from store.people import People
from store.queue import Concluded
from store.vault import Vault
from tests.contract.stored import EMAIL, EPOCH, Hub, cis, csv, notice, person

Later = Callable[[float], datetime]
END = Audience(recipients_of="alr_a")


@pytest.fixture
def hub(database: Database, vault: Vault) -> Hub:
    return Hub(database, vault)


def to(kind: str, *regions: str) -> Audience:
    return Audience(filter=AudienceFilter(kinds=(kind,), regions=regions, mandatory=True))


def about(made: Notice, *alerts: tuple[str, int]) -> Notice:
    return replace(made, alerts=tuple(AlertRef(alert_id=a, version=v) for a, v in alerts))


async def told(hub: Hub, number: int) -> dict[str, str]:
    """Person -> reason or state, of one notice."""
    return {r.person: r.reason or r.state for r in await hub.rows() if r.notice == number}


async def test_an_end_reaches_who_was_told_under_its_receiver_and_nobody_else(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a"), person("b"), person("c", "officer"), person("d", "wholesaler")), now)
    await hub.take(
        notice(1, to("community_pharmacy"), receiver="pharmacies"),
        notice(2, to("officer"), receiver="officers"),
        notice(3, to("wholesaler"), alert="alr_b", receiver="pharmacies"),
    )
    await hub.expand()
    await hub.take(notice(4, END, purpose=Purpose.ALL_CLEAR, receiver="pharmacies", follows=("ntc_1",)))
    await hub.take(notice(5, END, purpose=Purpose.CORRECTION, receiver=""))
    await hub.expand()
    assert set(await told(hub, 4)) == {"1", "2"}
    assert set(await told(hub, 5)) == {"1", "2", "3"}


async def test_an_end_that_comes_before_what_it_follows_waits_and_blocks_nobody(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a"), person("b")), now)
    await hub.take(notice(1, END, purpose=Purpose.ALL_CLEAR, receiver="r", follows=("ntc_3",), lane=Lane.URGENT))
    await hub.take(notice(2, alert="alr_b"))
    assert await hub.expand() == 2
    assert await told(hub, 1) == {}
    await hub.take(notice(3, receiver="r", alert="alr_a"))
    assert await hub.expand() == 4
    assert set(await told(hub, 1)) == set(await told(hub, 3)) == {"1", "2"}


async def test_what_is_followed_must_be_in_the_ledger_for_all(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}") for n in range(7))), now)
    await hub.take(notice(1, receiver="r", lane=Lane.BULK))
    await hub.step()
    await hub.take(notice(2, END, purpose=Purpose.ALL_CLEAR, receiver="r", follows=("ntc_1",), lane=Lane.URGENT))
    order = []
    while (done := await hub.step()) is not None:
        order.append(done.notice)
    assert order == [1, 1, 2, 2, 2]
    assert len(await told(hub, 2)) == 7


async def test_what_never_comes_is_waited_for_ten_minutes_and_said(hub: Hub, people: People, now: datetime, later: Later) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(notice(1, receiver="r"))
    await hub.take(notice(2, END, purpose=Purpose.ALL_CLEAR, receiver="r", follows=("ntc_1", "ntc_lost")))
    alone: list[str] = []
    expansion = Expansion(hub.database, hub.vault, decode, ("fr",), gone_on=alone.append)
    assert [e.notice for e in await expansion.steps(later(599), EMAIL)] == [1]
    assert alone == []
    assert [(e.notice, e.rows) for e in await expansion.steps(later(600), EMAIL)] == [(2, 1)]
    assert alone == ["ntc_2"]


async def test_whoever_is_on_two_receivers_is_told_a_version_once_and_the_ledger_says_by_which(
    hub: Hub, people: People, now: datetime
) -> None:
    await people.import_csv(csv(person("a"), person("b", region="93")), now)
    await hub.take(
        about(notice(1, to("community_pharmacy", "11"), receiver="near"), ("alr_a", 1)),
        about(notice(2, to("community_pharmacy"), receiver="all", purpose=Purpose.DIGEST), ("alr_a", 1)),
        about(notice(3, to("community_pharmacy"), receiver="all", purpose=Purpose.UPDATE), ("alr_a", 2)),
    )
    await hub.expand()
    assert await told(hub, 2) == {"1": "told_by:ntc_1", "2": "intended"}
    assert await told(hub, 3) == {"1": "intended", "2": "intended"}
    assert [(r.state, r.due) for r in await hub.rows() if r.reason] == [("suppressed", None)]


@pytest.mark.parametrize(
    ("more", "again"),
    [
        ({"duty": True}, True),
        ({"purpose": Purpose.REMINDER}, True),
        ({"purpose": Purpose.ESCALATION}, True),
        ({"purpose": Purpose.CORRECTION}, True),
        ({"ack": AckMode.ANY}, True),
        ({"purpose": Purpose.UPDATE}, False),
        ({"lane": Lane.URGENT}, False),
    ],
)
async def test_what_repeats_on_purpose_goes_to_who_was_told(
    hub: Hub, people: People, now: datetime, more: dict[str, Any], *, again: bool
) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(notice(1), about(notice(2, **more), ("alr_a", 1)))
    await hub.expand()
    assert (await told(hub, 2) == {"1": "intended"}) == again


async def test_a_message_about_several_is_left_out_only_where_all_of_it_is_known(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a"), person("b", region="93")), now)
    await hub.take(
        about(notice(1, to("community_pharmacy")), ("alr_a", 1)),
        about(notice(2, to("community_pharmacy", "11")), ("alr_b", 4)),
        about(notice(3, to("community_pharmacy"), purpose=Purpose.DIGEST), ("alr_b", 4), ("alr_a", 1)),
        about(notice(4, to("community_pharmacy"), purpose=Purpose.DIGEST), ("alr_a", 1), ("alr_c", 1)),
    )
    await hub.expand()
    assert await told(hub, 3) == {"1": "told_by:ntc_2", "2": "intended"}
    assert await told(hub, 4) == {"1": "intended", "2": "intended"}


async def test_who_could_not_be_told_by_one_is_told_by_the_other(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a"), person("b")), now)
    await hub.take(notice(1))
    await hub.expand()
    claimed = await hub.claim()
    await hub.queue().record([Concluded(claimed[0], DeliveryState.FAILED, 550, "permanent", "")], EPOCH)
    await hub.take(about(notice(2), ("alr_a", 1)))
    await hub.expand()
    assert await told(hub, 2) == {"1": "intended", "2": "told_by:ntc_1"}


async def test_a_patient_is_told_a_version_once_though_named_otherwise_in_each_alert(hub: Hub, people: People, now: datetime) -> None:
    """A notice about several names them for its first alert."""
    await people.import_csv(csv(person("a", "patient", "cis:60000001"), person("b", "patient", "cis:60000001 cis:60000002")), now)
    one, two = (Audience(filter=AudienceFilter(kinds=("patient",), subjects=cis(c))) for c in ("60000001", "60000002"))
    await hub.take(
        about(notice(1, two), ("alr_b", 1), ("alr_a", 1)),
        about(notice(2, one), ("alr_a", 1)),
        about(notice(3, one), ("alr_a", 1), ("alr_b", 1)),
    )
    await hub.expand()
    second = [r.reason or r.state for r in await hub.rows() if r.notice == 2]
    third = [r.reason or r.state for r in await hub.rows() if r.notice == 3]
    assert second == ["intended", "told_by:ntc_1"]
    assert third == ["intended", "told_by:ntc_1"]


async def test_a_patient_told_in_two_notices_hears_one_end(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}", "patient", "cis:60000001") for n in range(4))), now)
    patients = Audience(filter=AudienceFilter(kinds=("patient",), subjects=cis("60000001")))
    await hub.take(
        about(notice(1, patients, receiver="patients"), ("alr_b", 1), ("alr_a", 1)),
        about(notice(2, patients, receiver="patients"), ("alr_a", 2)),
    )
    await hub.expand()
    await people.erase("p3", now + timedelta(seconds=1))
    await hub.take(notice(3, END, purpose=Purpose.ALL_CLEAR, receiver="patients", follows=("ntc_2",)))
    await hub.expand()
    rows = [r for r in await hub.rows() if r.notice == 3]
    assert {r.person for r in rows} >= {r.person for r in await hub.rows() if r.notice == 2}
    assert [c.address for c in await hub.claim(limit=100) if c.notice == 3 and c.address] == [f"p{n}@dest.example" for n in range(3)]


async def test_on_two_receivers_one_end_comes_and_comes_by_whichever_is_told_to_say_it(hub: Hub, people: People, now: datetime) -> None:
    """One of them may send no ends."""
    await people.import_csv(csv(person("a"), person("b", region="93")), now)
    await hub.take(
        about(notice(1, to("community_pharmacy", "11"), receiver="near"), ("alr_a", 1)),
        about(notice(2, to("community_pharmacy"), receiver="all"), ("alr_a", 1)),
    )
    await hub.expand()
    await hub.take(about(notice(3, END, purpose=Purpose.ALL_CLEAR, receiver="all", follows=("ntc_2",)), ("alr_a", 2)))
    await hub.expand()
    assert await told(hub, 3) == {"1": "intended", "2": "intended"}
    await hub.take(about(notice(4, END, purpose=Purpose.ALL_CLEAR, receiver="near", follows=("ntc_1",)), ("alr_a", 2)))
    await hub.expand()
    assert await told(hub, 4) == {"1": "told_by:ntc_3"}


async def test_what_another_tells_counts_whatever_the_channel(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(notice(1), about(notice(2, channels=(Channel.SMS, Channel.EMAIL)), ("alr_a", 1)))
    await hub.expand()
    assert await told(hub, 2) == {"1": "told_by:ntc_1"}
