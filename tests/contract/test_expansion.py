"""From notices to deliveries: who is told, once, in which language, and why somebody is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from alertcore.records.notice import Audience, AudienceFilter, Channel, Lane, Purpose
from alertcore.records.shared import Subject, SubjectKind
from schemas.codec import decode, encode
from store.database import Database
from store.errors import OtherOwner
from store.expansion import Expansion
from store.follows import BUCKETS, bucket
from store.intake import Intake
from store.ledger import DeliveryState
from store.people import People
from store.queue import Concluded
from store.vault import Vault
from tests.contract.stored import EMAIL, EPOCH, Hub, cis, csv, notice, person


@pytest.fixture
def hub(database: Database, vault: Vault) -> Hub:
    return Hub(database, vault)


async def test_a_notice_taken_twice_is_one_notice(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(notice(1), notice(1))
    await hub.take(notice(1))
    assert await hub.expand() == 1


async def test_intake_behind_another_workers_back_writes_nothing(hub: Hub, people: People, now: datetime) -> None:
    """The position is the lock."""
    await people.import_csv(csv(person("a")), now)
    intake = Intake(hub.database)
    await intake.take("notices", 0, None, 5, [], EPOCH)
    for expected in (None, 4, 6):
        with pytest.raises(OtherOwner):
            await intake.take("notices", 0, expected, 7, [(notice(1), encode(notice(1)))], EPOCH)
    assert await intake.position("notices", 0) == 5
    assert await hub.expand() == 0


async def test_everybody_is_told_once_over_many_chunks(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}") for n in range(10))), now)
    await hub.take(notice(1))
    assert await hub.expand() == 10
    rows = await hub.rows()
    assert len({r.person for r in rows}) == len({r.delivery_id for r in rows}) == 10
    assert {(r.state, r.channel, r.audience) for r in rows} == {("intended", "email", "professional")}
    assert len(await hub.events()) == 10


async def test_a_chunk_that_fails_leaves_no_trace_and_is_done_again(
    hub: Hub, people: People, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, events and cursor are one transaction."""
    await people.import_csv(csv(*(person(f"p{n}") for n in range(5))), now)
    await hub.take(notice(1))
    await hub.step()
    with monkeypatch.context() as patch:
        patch.setattr("store.expansion.NoticeState", None)
        with pytest.raises(AttributeError):
            await hub.step()
    assert len(await hub.rows()) == len(await hub.events()) == 3
    await hub.expand()
    assert len(await hub.rows()) == len(await hub.events()) == 5


async def test_who_comes_into_the_directory_while_it_is_expanded_is_not_told(
    hub: Hub, people: People, now: datetime, later: Callable[[float], datetime]
) -> None:
    """The directory's date is fixed with the first chunk; who leaves meanwhile is still told."""
    await people.import_csv(csv(*(person(f"p{n}") for n in range(4))), now)
    await hub.take(notice(1))
    await hub.step(later(1))
    await people.import_csv(csv(person("new"), person("p3", "officer")), later(2))
    await hub.expand(later(3))
    assert len(await hub.rows()) == 4


async def test_a_filter_narrows_by_kind_region_facility_and_what_is_followed(hub: Hub, people: People, now: datetime) -> None:
    lines = [
        person("follows", follows="cis:60000001"),
        person("follows-other", follows="cis:60000002"),
        person("elsewhere", follows="cis:60000001", region="93"),
        person("physician", "physician", follows="cis:60000001"),
        person("substance", follows="substance:00123"),
        person("both", follows="cis:60000001 substance:00123"),
    ]
    await people.import_csv(csv(*lines), now)
    subjects = (*cis("60000001"), Subject(kind=SubjectKind.SUBSTANCE, id="00123"))
    await hub.take(
        notice(1, Audience(filter=AudienceFilter(kinds=("community_pharmacy",), subjects=subjects, regions=("11",)))),
        notice(2, Audience(filter=AudienceFilter(kinds=("physician",), subjects=subjects))),
        notice(3, Audience(filter=AudienceFilter(facilities=("org-elsewhere",)))),
        notice(4, Audience(filter=AudienceFilter(kinds=("company",), mandatory=True))),
        notice(5, Audience(filter=AudienceFilter(kinds=("community_pharmacy",), subjects=subjects, countries=("BE",)))),
    )
    await hub.expand()
    told: dict[int, int] = {}
    for row in await hub.rows():
        told[row.notice] = told.get(row.notice, 0) + 1
    assert told == {1: 3, 2: 1, 3: 1}


async def test_a_patient_in_the_same_bucket_who_follows_something_else_is_not_told(
    hub: Hub, people: People, vault: Vault, now: datetime
) -> None:
    """The bucket looks up, the salted hash decides."""
    wanted = "cis:60000001"
    other = next(s for s in (f"cis:{n}" for n in range(61000000, 62000000)) if bucket(vault, s) == bucket(vault, wanted))
    await people.import_csv(csv(person("a", "patient", wanted), person("b", "patient", other), person("c", "patient", "cis:60000009")), now)
    await hub.take(notice(1, Audience(filter=AudienceFilter(kinds=("patient",), subjects=cis("60000001")))))
    assert await hub.expand() == 1
    assert (await hub.rows())[0].audience == "patient"


async def test_a_patient_is_another_in_every_alert_and_the_same_within_one(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a", "patient", "cis:60000001")), now)
    audience = Audience(filter=AudienceFilter(kinds=("patient",), subjects=cis("60000001")))
    await hub.take(notice(1, audience, "alr_a"), notice(2, audience, "alr_b"), notice(3, audience, "alr_a"))
    await hub.expand()
    first, second, third = (r.person for r in await hub.rows())
    assert first == third != second
    assert [c.address for c in await hub.claim()] == ["a@dest.example"] * 3


async def test_the_all_clear_goes_to_exactly_those_who_were_or_will_be_told(hub: Hub, people: People, now: datetime) -> None:
    """Patients too; not to whom the alert was given up for."""
    await people.import_csv(
        csv(*(person(f"p{n}", follows="cis:60000001") for n in range(4)), person("x", "patient", "cis:60000001"), person("other")), now
    )
    both = Audience(filter=AudienceFilter(kinds=("community_pharmacy", "patient"), subjects=cis("60000001")))
    await hub.take(notice(1, both))
    await hub.expand()
    claimed = await hub.claim(limit=4)
    await hub.accept(claimed[:3])
    await hub.queue().record([Concluded(claimed[3], DeliveryState.FAILED, 550, "permanent", "")], EPOCH)
    await hub.take(notice(2, Audience(recipients_of="alr_a"), purpose=Purpose.ALL_CLEAR))
    assert await hub.expand() == 4
    rows = await hub.rows()
    told = {r.person for r in rows if r.notice == 1 and r.state != "failed"}
    assert {r.person for r in rows if r.notice == 2} == told


async def test_an_urgent_all_clear_waits_until_everybody_of_the_alert_is_in_the_ledger(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}") for n in range(7))), now)
    await hub.take(notice(1, lane=Lane.BULK))
    await hub.step()
    await hub.take(notice(2, Audience(recipients_of="alr_a"), lane=Lane.URGENT), notice(3, alert="alr_b", lane=Lane.URGENT))
    order = []
    while (done := await hub.step()) is not None:
        order.append((done.notice, done.rows))
    assert [n for n, _ in order] == [3, 3, 3, 1, 1, 2, 2, 2]
    assert sum(r for n, r in order if n == 2) == 7


async def test_somebody_told_twice_of_an_alert_gets_one_all_clear(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}") for n in range(5))), now)
    await hub.take(notice(1), notice(2, purpose=Purpose.UPDATE), notice(3, Audience(recipients_of="alr_a")))
    assert await hub.expand() == 15


async def test_between_two_chunks_the_most_urgent_notice_is_chosen_anew(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}") for n in range(7))), now)
    await hub.take(notice(1, lane=Lane.BULK))
    first = await hub.step()
    await hub.take(notice(2, alert="alr_b", lane=Lane.URGENT))
    second = await hub.step()
    assert first is not None
    assert second is not None
    assert (first.notice, second.notice) == (1, 2)


async def test_who_left_gets_duties_only_and_the_ledger_says_why(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("left"), person("stays"), person("mute", email="")), now)
    assert await people.stop(1, Channel.EMAIL, now)
    assert not await people.stop(1, Channel.EMAIL, now)
    await hub.take(notice(1), notice(2, duty=True))
    await hub.expand()
    assert [(r.notice, r.state, r.reason) for r in await hub.rows()] == [
        (1, "suppressed", "unsubscribed"),
        (1, "intended", ""),
        (1, "suppressed", "no_address"),
        (2, "intended", ""),
        (2, "intended", ""),
        (2, "suppressed", "no_address"),
    ]
    assert len(await hub.claim()) == 3


async def test_the_language_is_the_persons_own_where_it_is_offered(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a"), person("b", language="en"), person("c", language="de")), now)
    await hub.take(notice(1), notice(2, languages=("en",)))
    await hub.expand()
    assert [r.language for r in await hub.rows()] == ["fr", "en", "fr", "en", "en", "en"]


async def test_not_before_is_waited_for_unless_time_comes_from_the_data(
    hub: Hub, people: People, now: datetime, later: Callable[[float], datetime]
) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(notice(1, not_before=later(3600)))
    await hub.expand()
    assert await hub.claim(at=later(3599)) == []
    assert len(await hub.claim(at=later(3600))) == 1
    await hub.take(notice(2, not_before=later(9999)))
    await Expansion(hub.database, hub.vault, decode, ("fr",)).step(now, EMAIL, ignore_not_before=True)
    assert len(await hub.claim(at=now)) == 1


async def test_a_notice_for_nobody_ends_without_a_delivery(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(notice(1, Audience()), notice(2, Audience(recipients_of="alr_unknown")))
    assert await hub.expand() == 0
    assert await hub.step() is None


def test_buckets_are_many_enough_and_few_enough() -> None:
    """15,000 medicines over the buckets: a bucket alone never names one."""
    filled: dict[int, int] = {}
    for code in range(60000000, 60015000):
        number = bucket(Vault(bytes(32)), f"cis:{code}")
        filled[number] = filled.get(number, 0) + 1
    assert set(filled) == set(range(BUCKETS))
    assert min(filled.values()) > 1


async def test_an_officer_is_named_by_the_reference_of_the_list_and_nobody_else_is_told(hub: Hub, people: People, now: datetime) -> None:
    """A roster names persons; the directory keeps their references only as hashes."""
    await people.import_csv(
        csv(person("duty-1", "officer", org_id=""), person("duty-2", "officer", org_id=""), person("x", org_id="duty-1")), now
    )
    await hub.take(notice(1, audience=Audience(filter=AudienceFilter(kinds=("officer",), facilities=("duty-1",), mandatory=True))))
    assert await hub.expand() == 1
    await hub.take(notice(2, audience=Audience(filter=AudienceFilter(kinds=("officer",), facilities=("duty-9",), mandatory=True))))
    assert await hub.expand() == 0
