"""Limits of messages to one person: what has no room waits and goes with others in one message, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from alertcore.records.notice import AlertRef, Audience, AudienceFilter, Channel, Lane, Limit, Purpose
from alertcore.records.shared import Nature
from schemas.codec import decode
from store.answers import Answers
from store.database import Database
from store.leaves import event_leaf
from store.ledger import DeliveryState
from store.limiting import LetGo, Limiting, next_held
from store.metadata import to_micros
from store.people import People
from store.progress import Progress
from store.queue import Claimed, Concluded
from store.tokens import Tokens, TokenUse
from store.vault import Vault
from tests.contract.stored import EPOCH, Hub, cis, csv, notice, person

Later = Callable[[float], datetime]
TWO_AN_HOUR = (Limit(channel=Channel.EMAIL, n=2, per_ms=3_600_000),)
ONE_AN_HOUR = (Limit(channel=Channel.EMAIL, n=1, per_ms=3_600_000),)


@pytest.fixture
async def hub(database: Database, vault: Vault, people: People, now: datetime) -> Hub:
    """One pharmacy."""
    await people.import_csv(csv(person("a")), now)
    return Hub(database, vault, chunk=100)


async def tell(hub: Hub, first: int, last: int, at: datetime = EPOCH, limits: tuple[Limit, ...] = TWO_AN_HOUR, **more: Any) -> None:
    """Notices with these numbers, each about an alert of its own, expanded."""
    await hub.take(*(notice(n, alert=f"alr_{n}", limits=limits, **more) for n in range(first, last + 1)))
    await hub.expand(at)


async def let_go(hub: Hub, at: datetime = EPOCH, vault: Vault | None = None) -> LetGo:
    """Until nothing more is decided at this instant."""
    limiting, done = Limiting(hub.database, vault or hub.vault, decode), LetGo()
    while (step := await limiting.step(at)) is not None:
        done = LetGo(done.messages + step.messages, done.merged + step.merged, step.waiting)
    return done


async def states(hub: Hub) -> list[tuple[str, str]]:
    return [(r.state, r.reason) for r in await hub.rows()]


async def details(hub: Hub, kind: str) -> list[str]:
    return [e.detail for e in await hub.events() if e.kind == kind]


async def test_there_is_room_for_as_many_as_the_limit_says_and_the_last_place_takes_the_rest(hub: Hub) -> None:
    await tell(hub, 1, 4)
    assert await hub.claim() == []
    assert await let_go(hub) == LetGo(2, 2, 0)
    claimed = await hub.claim()
    assert [(c.notice, [o.notice for o in c.carries]) for c in claimed] == [(1, []), (2, [3, 4])]
    await hub.accept(claimed)
    assert await states(hub) == [("accepted", "")] * 4
    leader = claimed[1].delivery_id
    assert await details(hub, "accepted") == ["sink", "sink", f"merged into {leader}: sink", f"merged into {leader}: sink"]
    assert await details(hub, "deferred") == [
        "carries 2 more: 3 messages in one: at most 2 a 1:00:00 by email",
        *[f"merged into {leader}: 3 messages in one: at most 2 a 1:00:00 by email"] * 2,
    ]


async def test_what_has_no_room_waits_and_the_ledger_says_until_when_and_why(hub: Hub, later: Later) -> None:
    await tell(hub, 1, 2)
    await let_go(hub)
    await hub.accept(await hub.claim(), later(10))
    await tell(hub, 3, 5, later(20))
    assert await let_go(hub, later(20)) == LetGo(0, 0, 3)
    rows = (await hub.rows())[2:]
    assert {(r.state, r.reason, r.due, r.held_until) for r in rows} == {("deferred", "limited", None, to_micros(later(3610)))}
    assert set(await details(hub, "deferred")) == {"until 2026-11-22T07:30:10Z: at most 2 a 1:00:00 by email"}
    assert await let_go(hub, later(3609)) == LetGo()
    assert await hub.claim(at=later(3609)) == []
    assert await let_go(hub, later(3610)) == LetGo(2, 1, 0)
    assert [[o.notice for o in c.carries] for c in await hub.claim(at=later(3610))] == [[], [5]]


async def test_each_event_has_its_leaf(hub: Hub) -> None:
    await tell(hub, 1, 4)
    await let_go(hub)
    await hub.accept(await hub.claim())
    names = {r.id: r.delivery_id for r in await hub.rows()}
    for event in await hub.events():
        if event.kind != "intended":
            assert event.leaf == event_leaf(names[event.delivery], event.kind, event.at, event.code, event.detail)


async def test_what_is_on_its_way_takes_room_until_it_fails(hub: Hub, later: Later) -> None:
    """A message that is being tried again will be sent one day."""
    await tell(hub, 1, 1, limits=ONE_AN_HOUR)
    await let_go(hub)
    (claimed,) = await hub.claim()
    await hub.queue().record([Concluded(claimed, DeliveryState.DEFERRED, 451, "transient", "", to_micros(later(7200)))], later(1))
    await tell(hub, 2, 2, later(5000), limits=ONE_AN_HOUR)
    assert await let_go(hub, later(5000)) == LetGo(0, 0, 1)
    (claimed,) = await hub.claim(at=later(7200))
    await hub.queue().record([Concluded(claimed, DeliveryState.FAILED, 550, "permanent", "")], later(7201))
    assert await let_go(hub, later(7202)) == LetGo(1, 0, 0)


async def test_what_is_urgent_or_a_duty_goes_at_once_and_takes_no_room(hub: Hub) -> None:
    await tell(hub, 1, 3, lane=Lane.URGENT, limits=ONE_AN_HOUR)
    await tell(hub, 4, 6, duty=True, limits=ONE_AN_HOUR)
    assert len(await hub.claim(lane=0)) == 3
    assert len(await hub.claim()) == 3
    await tell(hub, 7, 7, limits=ONE_AN_HOUR)
    assert await let_go(hub) == LetGo(1, 0, 0)


async def test_a_limit_of_another_channel_holds_nothing(hub: Hub) -> None:
    await tell(hub, 1, 3, limits=(Limit(channel=Channel.SMS, n=1, per_ms=3_600_000),))
    assert len(await hub.claim()) == 3


async def test_nothing_is_let_go_before_its_time(hub: Hub, later: Later) -> None:
    await tell(hub, 1, 1, limits=ONE_AN_HOUR, not_before=later(100))
    await tell(hub, 2, 2, limits=ONE_AN_HOUR)
    assert await let_go(hub) == LetGo(1, 0, 0)
    assert await let_go(hub, later(100)) == LetGo(0, 0, 1)


async def test_an_exercise_takes_no_room_from_the_real_thing_and_is_never_merged_with_it(hub: Hub) -> None:
    await tell(hub, 1, 2, limits=ONE_AN_HOUR, nature=Nature.EXERCISE)
    await tell(hub, 3, 4, limits=ONE_AN_HOUR)
    assert await let_go(hub) == LetGo(2, 2, 0)
    assert [[c.notice, *(o.notice for o in c.carries)] for c in await hub.claim()] == [[1, 2], [3, 4]]


async def test_each_person_has_room_of_their_own(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}") for n in range(20))), now)
    await tell(hub, 1, 3)
    assert await let_go(hub) == LetGo(42, 21, 0)
    assert Counter(len(c.carries) for c in await hub.claim()) == {0: 21, 1: 21}


async def test_a_patient_has_one_room_though_named_otherwise_in_each_alert(hub: Hub, people: People, now: datetime, later: Later) -> None:
    await people.import_csv(csv(person("p", "patient", "cis:60000001"), person("q", "patient", "cis:60000001")), now)
    patients = Audience(filter=AudienceFilter(kinds=("patient",), subjects=cis("60000001")))
    await tell(hub, 1, 3, audience=patients)
    assert await let_go(hub) == LetGo(4, 2, 0)
    claimed = await hub.claim()
    assert Counter(c.address for c in claimed) == {"p@dest.example": 2, "q@dest.example": 2}
    await hub.accept(claimed)
    await tell(hub, 4, 5, later(60), audience=patients)
    assert await let_go(hub, later(60)) == LetGo(0, 0, 4)
    assert await let_go(hub, later(3600)) == LetGo(4, 0, 0)


async def test_one_answer_to_a_merged_message_answers_for_all_it_carries(hub: Hub, vault: Vault, later: Later) -> None:
    await tell(hub, 1, 3, limits=ONE_AN_HOUR)
    await let_go(hub)
    (claimed,) = await hub.claim()
    await hub.accept([claimed], later(1))
    answers, tokens, progress = Answers(hub.database, vault), Tokens(vault), Progress(hub.database)
    await progress.confirm(*(await progress.due()))
    assert await progress.due() == []
    assert await answers.acknowledge(tokens.mint(TokenUse.ACKNOWLEDGE, claimed.id), later(5)) is not None
    assert await states(hub) == [("acknowledged", "")] * 3
    found = await progress.due()
    assert [(s.receipt.notice_id, s.receipt.acknowledged, s.receipt.total) for s in found] == [(f"ntc_{n}", 1, 1) for n in (1, 2, 3)]
    assert await answers.unsubscribe(tokens.mint(TokenUse.UNSUBSCRIBE, claimed.id), later(6)) is not None
    await tell(hub, 4, 4, later(7))
    assert (await states(hub))[-1] == ("suppressed", "unsubscribed")


async def test_a_bounce_of_a_merged_message_is_one_of_all_it_carries(hub: Hub, vault: Vault, later: Later) -> None:
    await tell(hub, 1, 2, limits=ONE_AN_HOUR)
    await let_go(hub)
    (claimed,) = await hub.claim()
    await hub.accept([claimed])
    await Answers(hub.database, vault).bounced(Tokens(vault).mint(TokenUse.BOUNCE, claimed.id), later(5), 550, "5.1.1")
    assert await states(hub) == [("bounced", "")] * 2


async def test_what_happens_to_the_message_happens_to_all_it_carries_and_a_retry_keeps_them(hub: Hub, later: Later) -> None:
    await tell(hub, 1, 2, limits=ONE_AN_HOUR)
    await let_go(hub)
    (claimed,) = await hub.claim()
    await hub.queue().record([Concluded(claimed, DeliveryState.DEFERRED, 451, "transient", "", to_micros(later(60)))], EPOCH)
    assert [s for s, _ in await states(hub)] == ["deferred", "deferred"]
    (again,) = await hub.claim(at=later(60))
    assert (again.delivery_id, again.carries) == (claimed.delivery_id, claimed.carries)
    await hub.queue().record([Concluded(again, DeliveryState.FAILED, 550, "permanent", "permanent sink")], later(61))
    assert await states(hub) == [("failed", "permanent")] * 2


async def test_a_dead_sender_s_message_is_sent_by_another_with_all_it_carries(hub: Hub, later: Later) -> None:
    await tell(hub, 1, 2, limits=ONE_AN_HOUR)
    await let_go(hub)
    (dead,) = await hub.claim(worker="dead")
    await hub.queue("alive").take_back(later(1), later(121))
    await tell(hub, 3, 3, later(121), limits=ONE_AN_HOUR)
    assert await let_go(hub, later(121)) == LetGo(0, 0, 1)
    (again,) = await hub.claim(worker="alive", at=later(121))
    assert (again.delivery_id, again.carries) == (dead.delivery_id, dead.carries)
    await hub.accept([dead], later(122), worker="dead")
    await hub.accept([again], later(123), worker="alive")
    assert [s for s, _ in await states(hub)] == ["accepted", "accepted", "deferred"]
    assert len(await details(hub, "accepted")) == 2


async def test_an_end_of_what_waits_goes_with_it(hub: Hub, later: Later) -> None:
    await tell(hub, 1, 1, limits=ONE_AN_HOUR, receiver="r")
    await let_go(hub)
    await hub.accept(await hub.claim())
    await tell(hub, 2, 2, later(1), limits=ONE_AN_HOUR, receiver="r")
    end = notice(3, Audience(recipients_of="alr_2"), purpose=Purpose.ALL_CLEAR, limits=ONE_AN_HOUR, receiver="r", follows=("ntc_2",))
    await hub.take(replace(end, alerts=(AlertRef(alert_id="alr_2", version=9),)))
    await hub.expand(later(2))
    assert await let_go(hub, later(3600)) == LetGo(1, 1, 0)
    (claimed,) = await hub.claim(at=later(3600))
    assert [claimed.notice, *(o.notice for o in claimed.carries)] == [2, 3]


def longest_run(times: list[datetime], per: timedelta) -> int:
    """The most messages in any span of this length."""
    return max(sum(t <= other < t + per for other in times) for t in times)


async def test_however_many_decide_and_send_at_once_no_person_gets_more_than_the_limit_and_all_is_told(
    hub: Hub, people: People, now: datetime, later: Later
) -> None:
    """Four processes over hours, each claim of some of them lost with its process."""
    await people.import_csv(csv(*(person(f"p{n}") for n in range(4))), now)
    limits, sent = (Limit(channel=Channel.EMAIL, n=3, per_ms=3_600_000),), dict[str, list[datetime]]()
    number, dead = 0, list[list[Claimed]]()
    for turn in range(40):
        at = later(turn * 600)
        if turn < 20:
            await tell(hub, number + 1, number + 3, at, limits)
            number += 3
        limiters = [Limiting(hub.database, hub.vault, decode) for _ in range(4)]
        await asyncio.gather(*(limiting.step(at) for limiting in limiters for _ in range(2)))
        await hub.queue().take_back(at - timedelta(seconds=599), at)
        batches = await asyncio.gather(*(hub.claim(limit=4, at=at, worker=f"w{n}") for n in range(4)))
        for n, batch in enumerate(batches):
            if turn % 7 == 3 and n == 1:
                dead.append(batch)  # neither sent nor recorded
                continue
            for claimed in batch:
                sent.setdefault(claimed.address, []).append(at)
            if batch:
                await hub.accept(batch, at, worker=f"w{n}")
    assert any(dead)
    assert set(await states(hub)) == {("accepted", "")}
    assert len(await hub.rows()) == number * 5
    assert len(sent) == 5
    for times in sent.values():
        assert longest_run(times, timedelta(hours=1)) <= 3
    accepted = Counter(e.delivery for e in await hub.events() if e.kind == "accepted")
    assert set(accepted.values()) == {1}


async def test_where_nothing_is_held_to_look_costs_nothing_however_long_the_ledger(hub: Hub) -> None:
    """Twice a second an index is asked, not the table."""
    if not hub.database.sqlite:
        pytest.skip("PostgreSQL plans by the size of a table, and this one is small")
    async with hub.database.engine.connect() as connection:
        statement = str(next_held().compile(connection.sync_connection, compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in await connection.execute(text("explain query plan " + statement))]
    assert [" ".join(step.split()[-4:-1]) for step in plan] == ["COVERING INDEX deliveries_held"]
