"""The door's desk: batches of arrivals are judged, appended to the logs, remembered, and answered, in this order."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from alertcore.records.hub import DoorReceipt
from connectors.door.arrival import Arrival
from connectors.door.gather import Gathering, Unit, held_asked_for, ids_of, judge_unit
from connectors.door.judgement import Answer, Judgement
from connectors.door.keeper import Keeper, News, take_in
from connectors.door.prepare import Prepared
from connectors.door.receipts import DEAD_LETTERS, dead_letter, dead_letter_record, receipt_of, receipt_record, receipts_topic
from connectors.door.register import record_of
from connectors.door.split import Placed, entry_of
from connectors.door.stamps import Stamps
from connectors.door.topics import KnownTopics
from connectors.door.world import DoorConfig, World
from connectors.door.writing import write_all
from plumbing.metrics import Metrics
from plumbing.producer import Producer
from plumbing.records import OutRecord
from plumbing.settings import KafkaAccess
from schemas.codec import encode
from store.door import DoorMemory
from store.vault import Vault

REFRESH = timedelta(seconds=2)
FORGET = timedelta(hours=1)
_SLICE_S = 0.02
"""Judging gives way to what else the process does after so many seconds."""


@dataclass(slots=True)
class Batch:
    """Arrivals judged and in the logs, not yet remembered and answered. seconds: what that took. kept: whether SQL has it."""

    judgements: list[Judgement]
    now: datetime
    seconds: float
    receipts: list[tuple[Answer, DoorReceipt]] = field(default_factory=list)
    kept: bool = False


def wall_clock() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)


class Door:
    """One process's door. `handle` appends, `finish` remembers and answers; batches of one door are handled one after another.

    After an exception of either the door is broken: nothing is known of what was under way, so `start` anew or end.
    """

    def __init__(
        self,
        access: KafkaAccess,
        engine: AsyncEngine,
        config: DoorConfig,
        vault: Vault,
        metrics: Metrics,
        prefix: str = "",
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._producer = Producer(access, client_id="door")
        self._topics = KnownTopics(access)
        self._memory = DoorMemory(engine)
        self._keeper = Keeper(self._memory, vault, config)
        self._metrics, self._prefix, self._clock = metrics, prefix, clock
        self._world: World
        self._stamps: Stamps
        self._gathering: Gathering
        self._looked = self._forgotten = datetime.min.replace(tzinfo=UTC)
        self._look: asyncio.Task[News] | None = None
        self._ahead: list[Batch] = []

    async def start(self) -> None:
        """Connects and loads what SQL remembers."""
        self._world, self._stamps = await self._keeper.load()
        self._gathering = Gathering(self._world, self._stamps)
        self._looked, self._ahead = self._clock(), []
        await self._producer.start()

    async def stop(self) -> None:
        """Closes the producer."""
        look, self._look = self._look, None
        if look is not None:
            look.cancel()
            await asyncio.gather(look, return_exceptions=True)
        await self._producer.stop()

    async def handle(self, arrivals: Sequence[tuple[str, Arrival]], closing: Iterable[str] = ()) -> Batch:
        """Judge arrivals in order and append what they become; the broker has confirmed all when this returns.

        Each comes with the name of its way in, which rows of a list wait under for their marker; ways in `closing` end here.
        """
        started, now = time.monotonic(), self._clock()
        units: list[Unit] = []
        slice_end = started + _SLICE_S
        for way, arrival in arrivals:
            units += self._gathering.feed(way, arrival, now)
            if time.monotonic() > slice_end:
                await asyncio.sleep(0)
                slice_end = time.monotonic() + _SLICE_S
        for way in closing:
            units += self._gathering.close(way)
        return await self._conclude(units, now, started)

    async def expire(self) -> Batch | None:
        """Give up on lists whose marker did not come in time."""
        now = self._clock()
        units = self._gathering.expire(now)
        return await self._conclude(units, now, time.monotonic()) if units else None

    async def finish(self, *batches: Batch) -> None:
        """Remember batches in SQL, in one transaction, then write receipts and dead letters, all awaited."""
        await self._keeper.keep(((judgement, batch.now) for batch in batches for judgement in batch.judgements), self._stamps)
        records: list[OutRecord] = []
        for batch in batches:
            batch.kept = True
            for judgement in batch.judgements:
                batch.receipts += [(a, receipt_of(a, batch.now)) for a in (judgement.answer, *judgement.further)]
            records += await self._answer(batch)
        await write_all(self._producer, records)
        for batch in batches:
            self._count(batch)

    def keep_up(self) -> None:
        """Take in what other processes took, as last looked up, and look it up again when it is time. Call it between two `handle`.

        It waits for nothing: who looks up while a batch is on its way would hold up all that come. Raises what a look-up raised.
        """
        if self._look is not None and self._look.done():
            look, self._look = self._look, None
            take_in(look.result(), self._world, (judgement for batch in self._ahead for judgement in batch.judgements))
        if self._look is None:
            self._ahead = [batch for batch in self._ahead if not batch.kept]
            if self._clock() - self._looked >= REFRESH:
                since, self._looked = self._looked, self._clock()
                self._look = asyncio.create_task(self._look_up(since))

    async def _look_up(self, since: datetime) -> News:
        now = self._clock()
        if now - self._forgotten >= FORGET:
            self._forgotten = now
            await self._memory.forget(now)
        return await self._keeper.look(since)

    def waiting(self, way: str) -> Prepared | None:
        """The first row that waits for its marker on this way in."""
        return self._gathering.waiting(way)

    def drop_waiting(self) -> None:
        """Forget rows that wait: whoever owns their topic now reads them again."""
        self._gathering.drop()

    async def _conclude(self, units: list[Unit], now: datetime, started: float) -> Batch:
        known = await self._keeper.known(self._world, ids_of(units))
        await self._keeper.fetch_held(self._world, held_asked_for(units))
        judgements = [one for unit in units for one in judge_unit(unit, self._world, self._stamps, known, now)]
        await write_all(self._producer, (self._record(placed, now) for judgement in judgements for placed in judgement.placed))
        batch = Batch(judgements, now, time.monotonic() - started)
        self._ahead.append(batch)
        return batch

    def _record(self, placed: Placed, now: datetime) -> OutRecord:
        stamp = self._stamps.give(placed.log, placed.partition, now, placed.own)
        value = encode(entry_of(placed, stamp))
        return OutRecord(self._prefix + placed.log, value, key=placed.key.encode(), partition=placed.partition)

    async def _answer(self, batch: Batch) -> list[OutRecord]:
        records: list[OutRecord] = []
        for answer, receipt in batch.receipts:
            topic = self._prefix + receipts_topic(answer.sender)
            if await self._topics.exists(topic):
                records.append(receipt_record(receipt, topic))
        for judgement in batch.judgements:
            letter = dead_letter(judgement, batch.now)
            if letter is not None:
                self._metrics.dead_letters.labels("door", letter.error).inc()
                records.append(dead_letter_record(letter, self._prefix + DEAD_LETTERS))
        return records

    def _count(self, batch: Batch) -> None:
        # Labels are names of ours and of registered parties: a stranger cannot fill the list of series.
        answers = Counter((j.answer.sender, j.answer.kind, j.answer.verdict.value) for j in batch.judgements)
        for (sender, kind, verdict), times in answers.items():
            known = sender if self._world.register.knows(sender) else "unregistered"
            shown = kind if record_of(kind) else "unknown"
            self._metrics.door_events.labels(known, shown, verdict).inc(times)
            self._metrics.door_seconds.labels(shown).observe(batch.seconds)
        for what in ("report", "snapshot"):
            waiting = sum(1 for h in self._world.held.values() if h.what == what and h.state == "held")
            self._metrics.held_items.labels(what).set(waiting)
