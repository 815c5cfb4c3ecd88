"""The ledger as a queue: every delivery by one worker, every outcome with its event, nothing lost with a dead worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import pytest

from alertcore.records.notice import Lane
from store.answers import Answers
from store.database import Database
from store.leaves import event_leaf
from store.ledger import DeliveryState
from store.metadata import to_micros
from store.people import People
from store.progress import Progress
from store.queue import Concluded
from store.tokens import Tokens, TokenUse
from store.vault import Vault
from tests.contract.stored import EPOCH, Hub, csv, notice, person

Later = Callable[[float], datetime]


@pytest.fixture
async def hub(database: Database, vault: Vault, people: People, now: datetime) -> Hub:
    """Ten pharmacies, one notice to all, expanded."""
    await people.import_csv(csv(*(person(f"p{n}") for n in range(10))), now)
    hub = Hub(database, vault)
    await hub.take(notice(1))
    await hub.expand()
    return hub


async def test_two_workers_at_once_never_get_the_same_delivery(hub: Hub) -> None:
    batches = await asyncio.gather(*(hub.claim(limit=3, worker=f"w{n}") for n in range(4)))
    ids = [c.id for batch in batches for c in batch]
    assert len(ids) == len(set(ids)) <= 10
    rest = await hub.claim(worker="last")
    assert len(ids) + len(rest) == 10


async def test_a_claim_brings_the_address_and_counts_the_attempt(hub: Hub) -> None:
    claimed = await hub.claim(limit=2)
    assert [(c.address, c.attempt, c.lane) for c in claimed] == [("p0@dest.example", 1, 1), ("p1@dest.example", 1, 1)]
    assert "dest.example" not in repr(claimed)


async def test_what_waits_is_counted_by_lane_once_it_is_due(hub: Hub, later: Later) -> None:
    queue = hub.queue()
    assert await queue.waiting(later(-1)) == {}
    assert await queue.waiting(later(0)) == {1: 10}
    await hub.claim(limit=4)
    assert await queue.waiting(later(0)) == {1: 6}


async def test_lanes_are_claimed_apart(hub: Hub) -> None:
    await hub.take(notice(2, alert="alr_b", lane=Lane.URGENT))
    await hub.expand()
    assert len(await hub.claim(lane=0)) == 10
    assert await hub.claim(lane=2) == []


async def test_an_outcome_writes_state_and_event_whose_leaf_can_be_computed_again(hub: Hub, later: Later) -> None:
    claimed = await hub.claim(limit=3)
    outcomes = [
        Concluded(claimed[0], DeliveryState.ACCEPTED, 250, "", "sink"),
        Concluded(claimed[1], DeliveryState.FAILED, 550, "permanent", "permanent sink 5.1.1"),
        Concluded(claimed[2], DeliveryState.DEFERRED, 451, "transient", "transient sink 4.3.0", to_micros(later(60))),
    ]
    await hub.queue().record(outcomes, later(1))
    rows = (await hub.rows())[:3]
    assert [(r.state, r.reason, r.due, r.worker) for r in rows] == [
        ("accepted", "", None, None),
        ("failed", "permanent", None, None),
        ("deferred", "transient", to_micros(later(60)), None),
    ]
    events = (await hub.events())[10:]
    assert [(e.kind, e.code, e.detail) for e in events] == [(o.state.value, o.code, o.detail) for o in outcomes]
    for event, row in zip(events, rows, strict=True):
        assert event.leaf == event_leaf(row.delivery_id, event.kind, event.at, event.code, event.detail)
    assert [c.id for c in await hub.claim(at=later(59))] == [r.id for r in (await hub.rows())[3:]]
    again = await hub.claim(at=later(60))
    assert [(c.id, c.attempt) for c in again] == [(claimed[2].id, 2)]


async def test_what_is_recorded_twice_is_one_event(hub: Hub) -> None:
    claimed = await hub.claim()
    await hub.accept(claimed)
    await hub.accept(claimed)
    assert len(await hub.events()) == 20


async def test_what_was_claimed_and_not_tried_is_due_again_without_an_attempt(hub: Hub) -> None:
    claimed = await hub.claim(limit=4)
    await hub.queue("other").give_back([c.id for c in claimed], EPOCH)
    assert len(await hub.claim(worker="x")) == 6
    await hub.queue().give_back([c.id for c in claimed], EPOCH)
    assert [c.attempt for c in await hub.claim()] == [1] * 4


async def test_claims_of_a_dead_worker_come_back_after_their_lease_and_not_before(hub: Hub, later: Later) -> None:
    dead = await hub.claim(worker="dead")
    alive = hub.queue("alive")
    assert await alive.take_back(later(0), later(1)) == 0
    assert await alive.take_back(later(1), later(121)) == len(dead)
    assert [c.attempt for c in await hub.claim(worker="alive", at=later(121))] == [2] * 10


async def test_an_acceptance_told_late_counts_and_a_refusal_told_late_does_not(hub: Hub, later: Later) -> None:
    """The worker was thought dead; what it sent was sent."""
    slow = await hub.claim(limit=2, worker="slow")
    await hub.queue("alive").take_back(later(1), later(121))
    late = [Concluded(slow[0], DeliveryState.ACCEPTED, 250), Concluded(slow[1], DeliveryState.FAILED, 550, "permanent")]
    await hub.queue("slow").record(late, later(122))
    assert [r.state for r in (await hub.rows())[:2]] == ["accepted", "intended"]
    assert len(await hub.claim(worker="alive", at=later(122))) == 9


async def test_receipts_are_absolute_rise_only_with_change_and_end(hub: Hub, later: Later) -> None:
    progress = Progress(hub.database)
    (first,) = await progress.due()
    assert (first.receipt.version, first.receipt.total, first.receipt.accepted, first.settled) == (1, 10, 0, False)
    await progress.confirm(first)
    (again,) = await progress.due()
    assert not again.fresh
    claimed = await hub.claim()
    await hub.accept(claimed[:9])
    await hub.queue().record([Concluded(claimed[9], DeliveryState.FAILED, 550, "permanent")], EPOCH)
    (last,) = await progress.due()
    numbers = last.receipt
    assert (numbers.version, numbers.sent, numbers.accepted, numbers.failed, numbers.total) == (2, 9, 9, 1, 10)
    assert last.settled
    await progress.confirm(last)
    assert await progress.due() == []
    assert await progress.counts("ntc_1") == {"accepted": 9, "failed": 1}


async def test_answers_advance_the_delivery_once_and_never_back(hub: Hub, vault: Vault, later: Later) -> None:
    await hub.accept(await hub.claim())
    progress = Progress(hub.database)
    (standing,) = await progress.due()
    await progress.confirm(standing)
    tokens, answers = Tokens(vault), Answers(hub.database, vault)
    token = tokens.mint(TokenUse.ACKNOWLEDGE, 1)
    seen = await answers.look(TokenUse.ACKNOWLEDGE, token)
    assert seen is not None
    assert (await hub.rows())[0].state == "accepted"
    first, second = await answers.acknowledge(token, later(5)), await answers.acknowledge(token, later(6))
    assert first is not None
    assert second is not None
    assert (first.changed, second.changed) == (True, False)
    late = await answers.bounced(tokens.mint(TokenUse.BOUNCE, 1), later(7), 550, "5.1.1")
    assert late is not None
    assert not late.changed
    assert (await hub.rows())[0].state == "acknowledged"
    (standing,) = await progress.due()
    assert standing.receipt.acknowledged == standing.receipt.read == 1


async def test_who_acknowledges_while_a_receipt_is_on_its_way_is_in_the_next(hub: Hub, vault: Vault, later: Later) -> None:
    await hub.accept(await hub.claim())
    progress, answers, tokens = Progress(hub.database), Answers(hub.database, vault), Tokens(vault)
    (counted,) = await progress.due()
    assert counted.settled
    assert await answers.acknowledge(tokens.mint(TokenUse.ACKNOWLEDGE, 1), later(5)) is not None
    await progress.confirm(counted)
    (following,) = await progress.due()
    assert (following.fresh, following.receipt.acknowledged) == (True, 1)
    await progress.confirm(following)
    assert await progress.due() == []


async def test_acknowledgements_are_told_once_all_recipients_are_in_the_ledger(hub: Hub, vault: Vault, later: Later) -> None:
    """Else one of one would be taken for each."""
    await hub.take(notice(2, alert="alr_b"))
    await hub.step()
    progress, answers, tokens = Progress(hub.database), Answers(hub.database, vault), Tokens(vault)
    await progress.confirm(*(await progress.due()))
    await hub.accept(await hub.claim())
    assert await answers.acknowledge(tokens.mint(TokenUse.ACKNOWLEDGE, 11), later(5)) is not None
    assert [s.fresh for s in await progress.due() if s.notice == 2] == [False]
    await hub.expand()
    (found,) = [s for s in await progress.due() if s.notice == 2]
    assert (found.fresh, found.receipt.acknowledged, found.receipt.total) == (True, 1, 10)


async def test_a_bounce_makes_an_accepted_delivery_bounced(hub: Hub, vault: Vault, later: Later) -> None:
    await hub.accept(await hub.claim())
    answered = await Answers(hub.database, vault).bounced(Tokens(vault).mint(TokenUse.BOUNCE, 2), later(7), 550, "5.1.1")
    assert answered is not None
    assert answered.changed
    assert (await Progress(hub.database).due())[0].receipt.failed == 1


async def test_one_click_leaves_and_a_forged_token_does_nothing(hub: Hub, vault: Vault, later: Later) -> None:
    answers, tokens = Answers(hub.database, vault), Tokens(vault)
    token = tokens.mint(TokenUse.UNSUBSCRIBE, 1)
    foreign = Tokens(Vault(bytes(32))).mint(TokenUse.UNSUBSCRIBE, 1)
    other_use = tokens.mint(TokenUse.ACKNOWLEDGE, 1)
    for forged in (
        "",
        "a",
        "é" * 24,
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        other_use,
        foreign,
    ):
        assert await answers.unsubscribe(forged, later(1)) is None
    left = await answers.unsubscribe(token, later(2))
    assert left is not None
    assert left.changed
    await hub.take(notice(2))
    await hub.expand(later(3))
    assert [r.reason for r in await hub.rows() if r.notice == 2][:1] == ["unsubscribed"]
