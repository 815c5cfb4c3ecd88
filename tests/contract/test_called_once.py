"""Whoever two receivers call in one instant gets one call, on a channel, and answers both by it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from alertcore.records.notice import AckMode, AlertRef, Audience, AudienceFilter, Channel, Notice, Purpose, Receipt
from alertcore.records.shared import Nature
from schemas.codec import decode
from store.answers import Answers
from store.database import Database
from store.expansion import Expansion
from store.ledger import DeliveryState
from store.metadata import to_micros
from store.people import People
from store.progress import Progress
from store.tokens import Tokens, TokenUse
from store.vault import Vault
from tests.contract.stored import EMAIL, EPOCH, Hub, csv, notice, person
from tests.contract.test_person_promises import delivered
from tests.unit.alertcore.cases_world import NOW, of
from tests.unit.alertcore.routed_world import MINUTE, Routed, each, everybody

Later = Callable[[float], datetime]
PHARMACIES = Audience(filter=AudienceFilter(kinds=("community_pharmacy",), mandatory=True))
NEAR = Audience(filter=AudienceFilter(kinds=("community_pharmacy",), regions=("11",), mandatory=True))


@pytest.fixture
def hub(database: Database, vault: Vault) -> Hub:
    return Hub(database, vault)


def call(number: int, audience: Audience = PHARMACIES, receiver: str = "", **more: Any) -> Notice:
    """A step of an escalation, which asks for a word."""
    given: dict[str, Any] = {"purpose": Purpose.ESCALATION, "ack": AckMode.EACH, "alerts": (AlertRef(alert_id="alr_a", version=1),)}
    given |= more
    alerts = given.pop("alerts")
    return replace(notice(number, audience, receiver=receiver or f"r{number}", **given), alerts=alerts)


async def told(hub: Hub, number: int) -> dict[str, str]:
    """Person -> reason or state, of one notice."""
    return {r.person: r.reason or r.state for r in await hub.rows() if r.notice == number}


async def receipts(hub: Hub) -> dict[str, tuple[int, int]]:
    """Notice -> how many have acknowledged, of how many."""
    found: list[Receipt] = [s.receipt for s in await Progress(hub.database).due()]
    return {r.notice_id: (r.acknowledged, r.total) for r in found}


async def test_the_second_call_of_an_instant_is_left_out_for_who_has_the_first(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a"), person("b", region="93")), now)
    await hub.take(call(1, NEAR), call(2))
    await hub.expand()
    assert await told(hub, 1) == {"1": "intended"}
    assert await told(hub, 2) == {"1": "told_by:ntc_1", "2": "intended"}


@pytest.mark.parametrize(
    ("more", "again"),
    [
        ({}, False),
        ({"not_before": EPOCH + timedelta(minutes=1)}, False),
        ({"not_before": EPOCH + timedelta(minutes=2)}, True),
        ({"alerts": (AlertRef(alert_id="alr_a", version=2),)}, True),
        ({"alerts": (AlertRef(alert_id="alr_b", version=1),)}, True),
        ({"nature": Nature.EXERCISE}, True),
        ({"duty": True}, True),
        ({"channels": (Channel.SMS,)}, True),
        ({"purpose": Purpose.REMINDER}, True),
        ({"ack": AckMode.NONE}, False),
    ],
)
async def test_another_step_alert_version_or_channel_is_another_call(
    hub: Hub, people: People, now: datetime, more: dict[str, Any], *, again: bool
) -> None:
    await people.import_csv(csv(person("a", sms="+33600000001")), now)
    await hub.take(call(1), call(2, **more))
    expansion = Expansion(hub.database, hub.vault, decode, ("fr",))
    while await expansion.step(EPOCH + timedelta(minutes=3), frozenset({"email", "sms"})) is not None:
        pass
    assert (await told(hub, 2) == {"1": "intended"}) == again


async def test_a_call_that_asks_for_a_word_is_not_left_out_for_one_that_asks_for_none(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(call(1, ack=AckMode.NONE), call(2))
    await hub.expand()
    assert await told(hub, 2) == {"1": "intended"}


async def test_the_word_given_to_one_counts_for_both_and_is_waited_for_by_both(
    hub: Hub, people: People, vault: Vault, now: datetime, later: Later
) -> None:
    await people.import_csv(csv(person("a"), person("b", region="93")), now)
    await hub.take(call(1, NEAR), call(2))
    await hub.expand()
    await hub.accept(await hub.claim())
    assert await receipts(hub) == {"ntc_1": (0, 1), "ntc_2": (0, 2)}
    answers, tokens = Answers(hub.database, vault), Tokens(vault)
    other = next(r.id for r in await hub.rows() if (r.notice, r.person) == (2, "2"))
    assert await answers.acknowledge(tokens.mint(TokenUse.ACKNOWLEDGE, other), later(5))
    assert await receipts(hub) == {"ntc_1": (0, 1), "ntc_2": (1, 2)}, "each of those who were called must answer"
    assert await answers.acknowledge(tokens.mint(TokenUse.ACKNOWLEDGE, 1), later(6))
    assert await receipts(hub) == {"ntc_1": (1, 1), "ntc_2": (2, 2)}
    left_out = next(r for r in await hub.rows() if (r.notice, r.person) == (2, "1"))
    assert (left_out.state, left_out.reason, left_out.due) == (DeliveryState.ACKNOWLEDGED, "told_by:ntc_1", None)


async def test_a_word_given_before_the_second_call_was_written_counts_for_it(
    hub: Hub, people: People, vault: Vault, now: datetime, later: Later
) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(call(1))
    await hub.expand()
    await hub.accept(await hub.claim())
    assert await Answers(hub.database, vault).acknowledge(Tokens(vault).mint(TokenUse.ACKNOWLEDGE, 1), later(5))
    await hub.take(call(2))
    await hub.expand()
    assert (await receipts(hub))["ntc_2"] == (1, 1)


async def test_whoever_expands_and_answers_at_once_each_has_one_call_and_no_word_is_lost(
    hub: Hub, people: People, vault: Vault, now: datetime, later: Later
) -> None:
    count = 12
    await people.import_csv(csv(*(person(f"p{n}") for n in range(count))), now)
    await hub.take(call(1))
    await hub.expand()
    await hub.accept(await hub.claim())
    await hub.take(call(2), call(3))
    answers, tokens = Answers(hub.database, vault), Tokens(vault)
    words = [answers.acknowledge(tokens.mint(TokenUse.ACKNOWLEDGE, n + 1), later(5)) for n in range(count)]
    workers = [replace(hub, chunk=size).expand() for size in (1, 2, 3)]
    await asyncio.gather(*words[:4], *workers, *words[4:])
    assert {await told(hub, n) == {str(p + 1): "told_by:ntc_1" for p in range(count)} for n in (2, 3)} == {True}
    assert await receipts(hub) == dict.fromkeys(("ntc_1", "ntc_2", "ntc_3"), (count, count))


async def test_a_word_given_while_the_second_call_is_being_written_counts_for_it(
    hub: Hub, people: People, vault: Vault, now: datetime, later: Later
) -> None:
    await people.import_csv(csv(person("a")), now)
    await hub.take(call(1))
    await hub.expand()
    await hub.accept(await hub.claim())
    await hub.take(call(2))
    answers, token = Answers(hub.database, vault), Tokens(vault).mint(TokenUse.ACKNOWLEDGE, 1)
    expansion = Expansion(hub.database, vault, decode, ("fr",))
    async with hub.database.writing() as writing:
        await writing.run_sync(lambda c: expansion._step(c, to_micros(now), EMAIL, True))
        word = asyncio.create_task(answers.acknowledge(token, later(5)))
        if not hub.database.sqlite:  # there nothing else is written meanwhile
            await asyncio.wait_for(_waits_or_is_given(hub, word), 20)
    assert await word
    assert (await receipts(hub))["ntc_2"] == (1, 1)


async def _waits_or_is_given(hub: Hub, word: asyncio.Task[Any]) -> None:
    """Until somebody waits for what is being written, or does not."""
    waiting = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")
    while not word.done():
        async with hub.database.reading() as connection:
            if await connection.scalar(waiting):
                return


async def test_calls_in_one_instant_that_are_expanded_by_several_at_once_go_out_once(hub: Hub, people: People, now: datetime) -> None:
    await people.import_csv(csv(*(person(f"p{n}") for n in range(9))), now)
    await hub.take(*(call(n) for n in range(1, 5)))
    await asyncio.gather(*(replace(hub, chunk=size).expand() for size in (1, 2, 3, 4)))
    sent = Counter(r.person for r in await hub.rows() if r.state == DeliveryState.INTENDED)
    assert sent == {str(n + 1): 1 for n in range(9)}


async def test_two_receivers_that_escalate_to_the_same_officers_call_each_once_for_a_step() -> None:
    steps = {"escalation": [{"wait": "15m", "audience": {"kinds": ["officer"]}}, {"wait": "15m", "audience": {"kinds": ["officer"]}}]}
    root = {"group_by": ["alert"], "group_wait": "0s", "group_interval": "0s", "repeat_interval": "1y", "routes": each("desk", "chief")}
    world = Routed(root, everybody("desk", "officer", **steps), everybody("chief", "officer", **steps))
    world.declare()
    for called in (1, 2):
        world.wait(15 * MINUTE)
        sent = [one for one in await delivered(of(world.outs, Notice)) if one.sent and one.notice.purpose is Purpose.ESCALATION]
        assert Counter(one.who for one in sent) == {"1": called, "2": called}
    assert len([n for n in of(world.outs, Notice) if n.purpose is Purpose.ESCALATION]) == 4
    assert world.now == NOW + 30 * MINUTE
