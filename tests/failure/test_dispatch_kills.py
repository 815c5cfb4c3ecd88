"""Behaviours of dispatch on the real shell: the worker is killed between any two steps of a row, and who is told stays the row's own.

Each row has a partition of its own, so one worker lives through all of them, and each kill falls at the same step of every row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alertcore.dispatch.events import Event, Tick
from alertcore.dispatch.outcome import Outcome
from alertcore.records.hub import Command
from plumbing.admin import Admin
from plumbing.producer import Producer
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from streams.local import LocalShell
from tests.dispatch_stage import DONE, NOTICE, DispatchStage, as_told, push
from tests.toy_processes import ToyWorker, everything, toy_topics, until
from tests.toy_stage import OUT
from tests.unit.dispatch import test_behaviours
from tests.unit.dispatch.world import Row, World, as_expected, lines
from tocsin.kafka.server import EmbeddedKafka

DECIDED_S = 90.0
SAMPLE = (
    "what comes while it waits is in one digest",
    "late joiners of one interval are one digest",
    "two messages of a group are an interval apart",
    "what a silence held back is told when it ends",
    "a silence ended early lets the call go at once",
    "a silence made shorter ends at its new end",
    "an end is told though a silence came between",
    "a nightly silence holds until the morning",
    "what was held back is told at once after a quiet time",
    "what is silent after it was held back waits for the silence",
    "nobody acknowledges: all are called in turn",
    "an acknowledgement of one receiver leaves the chain of another",
    "n of m: two by name are enough beside a count of one",
    "each: a late count of an earlier notice is nothing to the next step",
    "a chain of another file begins with the next alert",
    "the end of a duty comes in time to who need not be told by law",
    "what rises to urgent is told in the step it does so",
    "what was told and is covered since is told its end",
    "a new receiver hears of what stands",
    "ends of three sorts are three messages",
)

Pushes = list[tuple[Event | None, datetime]]


class _Heard(World):
    """A world that keeps what happened to its engine, but for ticks: the shell makes its own."""

    def __init__(self, row: Row) -> None:
        self.pushes: Pushes = []
        super().__init__(row.routing, start=row.start, files=row.files)
        for text in lines(row.pushes):
            self.push(text)
        end = row.start + timedelta(seconds=row.until)
        self.run_to(end)
        self.pushes.append((None, end))

    def do(self, event: Event) -> Outcome:
        """One step, kept."""
        if not isinstance(event, Tick):
            self.pushes.append((event, self.now))
        return super().do(event)


def _sample() -> list[Row]:
    rows = {row.says: row for row in test_behaviours.ROWS}
    return [rows[says] for says in SAMPLE]


def _said(outs: list[Command]) -> list[str]:
    return [one.params["notice"] for one in outs if one.action == NOTICE]


@pytest.mark.parametrize("row", _sample(), ids=lambda row: row.says)
def test_the_stage_tells_what_the_engine_alone_tells(row: Row) -> None:
    world = _Heard(row)
    assert as_expected(row, world.told())
    shell = LocalShell(DispatchStage(), time="data")
    for number, (event, at) in enumerate(world.pushes):
        shell.feed(0, push(number, event, at))
    assert _said([o.value for o in shell.outs if o.topic == OUT]) == [as_told(n) for n in world.notices]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker for this file."""
    with EmbeddedKafka(tmp_path_factory.mktemp("dispatch"), quick=True) as one:
        yield one


class Rows:
    """The rows of the sample on a broker, each in its partition, and the worker that decides them."""

    def __init__(self, access: KafkaAccess, plain: Producer, log: Path) -> None:
        self.worlds = [_Heard(row) for row in _sample()]
        self.steps = max(len(world.pushes) for world in self.worlds)
        self.worker = ToyWorker(access, "", log, partitions=len(self.worlds), mode="data", module="tests.dispatch_worker")
        self._access, self._plain = access, plain

    async def feed(self, step: int) -> None:
        """The next thing that happens in every row that goes so far."""
        for partition, world in self._going(step):
            await self._plain.send_and_wait("toy.log", encode(push(step, *world.pushes[step])), key=b"row", partition=partition)

    async def decided(self, step: int) -> None:
        """Returns when it was decided everywhere."""
        wanted = {str(partition) for partition, _ in self._going(step)}

        async def all_done() -> bool:
            if self.worker.ended() is not None:  # as its supervisor would
                self.worker.start()
            return wanted <= {one.target for one in await self.told() if one.action == DONE and one.command_id == str(step)}

        await until(all_done, DECIDED_S, f"step {step} decided in every row")

    def _going(self, step: int) -> list[tuple[int, _Heard]]:
        return [(partition, world) for partition, world in enumerate(self.worlds) if step < len(world.pushes)]

    async def told(self) -> list[Command]:
        """What came out, each thing once: what comes again has the same id and the same bytes."""
        once: dict[str, bytes] = {}
        for one in await everything(self._access, OUT):
            value, name = one.value or b"", dict(one.headers)["ce_id"].decode()
            assert once.setdefault(name, value) == value, "a repeat differs from what was told first"
        return [decode(value) for value in once.values()]

    async def dead(self) -> int:
        """How many pushes could not be decided."""
        return len(await everything(self._access, "dead-letters"))

    def kill(self) -> None:
        """SIGKILL, and another worker in its place."""
        self.worker.kill()
        self.worker.start()


@pytest.fixture
async def rows(broker: EmbeddedKafka, tmp_path: Path) -> AsyncIterator[Rows]:
    """All topics, and the first worker."""
    access = broker.access("admin")
    async with Producer(access) as plain:
        found = Rows(access, plain, tmp_path / "worker.log")
        await toy_topics(Admin(access), "", len(found.worlds))
        found.worker.start()
        yield found
        found.worker.kill()


@pytest.mark.kafka
async def test_kills_between_any_two_steps_change_nobodys_messages(rows: Rows) -> None:
    """After every step the worker is killed once it has decided it; every other step another one dies while it decides."""
    for step in range(rows.steps):
        await rows.feed(step)
        if step % 2:
            rows.kill()
        await rows.decided(step)
        if step + 1 < rows.steps:
            rows.kill()
    told = await rows.told()
    for partition, world in enumerate(rows.worlds):
        found = _said([one for one in told if one.target == str(partition)])
        assert found == [as_told(n) for n in world.notices], SAMPLE[partition]
    assert not await rows.dead()
