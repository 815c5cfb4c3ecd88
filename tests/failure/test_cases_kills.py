"""Stage `cases` on the real shell: days of a month, its worker killed in the middle of them, and every topic as if nothing had happened."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate, pairwise
from pathlib import Path

import pytest

from plumbing.admin import Admin
from plumbing.plan import TopicSpec
from plumbing.producer import Producer
from plumbing.records import OutRecord
from plumbing.settings import KafkaAccess
from streams.deciding import Record
from streams.emitting import Out
from streams.local import LocalShell
from tests.toy_processes import ToyWorker, everything, until
from tests.unit.streams.month import Month, stage
from tocsin.kafka.server import EmbeddedKafka

DAYS, KILLS, DECIDED_S = 3.5, 6, 90.0
Told = tuple[bytes, bytes]
"""Key and value of a record."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker for this file."""
    with EmbeddedKafka(tmp_path_factory.mktemp("cases"), quick=True) as one:
        yield one


def _by_topic(outs: list[Out]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for out in outs:
        found[out.topic].append((out.wire.key, out.wire.value))
    return dict(found)


async def _topics(access: KafkaAccess, outs: set[str]) -> None:
    state = TopicSpec("cases.state", 1, {"cleanup.policy": "compact"})
    await Admin(access).create_topics([TopicSpec("cases.log", 1), state, *(TopicSpec(t, 1) for t in sorted(outs | {"dead-letters"}))])


async def _said(access: KafkaAccess, topic: str) -> list[Told]:
    """What stands in a topic, each thing once: what comes again has the same id and the same bytes."""
    once: dict[bytes, Told] = {}
    for one in await everything(access, topic):
        told = (one.key or b"", one.value or b"")
        assert once.setdefault(dict(one.headers)["ce_id"], told) == told, "a repeat differs from what was told first"
    return list(once.values())


class _Hub:
    """A worker, and how much it has said."""

    def __init__(self, access: KafkaAccess, log: Path, topics: Iterable[str]) -> None:
        self.worker = ToyWorker(access, "", log, partitions=1, mode="data", module="tests.cases_worker")
        self._access, self._topics = access, tuple(topics)

    async def count(self) -> int:
        """Different things said in all topics together."""
        return sum([len(await _said(self._access, topic)) for topic in self._topics])

    async def comes_to(self, least: int) -> None:
        """Returns when it has said so much."""

        async def said() -> bool:
            if self.worker.ended() is not None:  # as its supervisor would
                self.worker.start()
            return await self.count() >= least

        await until(said, DECIDED_S, f"{least} things said")


def _pieces(log: list[Record], number: int, chance: random.Random) -> list[list[Record]]:
    cuts = [0, *sorted(chance.sample(range(1, len(log)), number - 1)), len(log)]
    return [log[first:end] for first, end in pairwise(cuts)]


@pytest.mark.kafka
async def test_kills_in_the_middle_of_days_change_no_alert_no_notice_and_no_verdict(broker: EmbeddedKafka, tmp_path: Path) -> None:
    lived, chance = Month(7).live(DAYS), random.Random(7)
    pieces, alone = _pieces(lived.log, KILLS + 1, chance), LocalShell(stage(), time="data")
    ends = [*accumulate(len(alone.feed_records(0, piece)) for piece in pieces)]
    wanted = _by_topic(alone.outs)
    assert min(len(wanted[topic]) for topic in ("alerts", "notices", "verdicts")) > 200
    access = broker.access("admin")
    await _topics(access, set(wanted))
    hub = _Hub(access, tmp_path / "worker.log", wanted)
    hub.worker.start()
    try:
        async with Producer(access) as plain:
            for piece, end in zip(pieces, ends, strict=True):
                before = await hub.count()
                await plain.write_all([OutRecord("cases.log", r.value, r.key, (), 0) for r in piece])
                await hub.comes_to(min(before + chance.randrange(1, 40), end))
                hub.worker.kill()
                hub.worker.start()
        await hub.comes_to(ends[-1])
        assert {topic: await _said(access, topic) for topic in wanted} == wanted
        assert not await everything(access, "dead-letters")
    finally:
        hub.worker.kill()
