"""Role `decide`: one worker of one decision stage."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module

from alertcore.agency import Agency
from alertcore.records.journal import Journal
from alertcore.stage import Stage
from plumbing.garbage import settle
from plumbing.metrics import Metrics
from plumbing.reader import Reader
from streams.deciding import Batch
from streams.measuring import Measures
from streams.progress import Progress
from streams.shell import run_decide
from streams.worker import Names
from tocsin import __version__
from tocsin.exits import UsageError
from tocsin.hub import configured_access
from tocsin.roles.serving import Serving
from tocsin.settings import Settings

STAGES = ("stock", "supply", "cases")


def agency_of(settings: Settings) -> Agency:
    """The agency as the stages know it."""
    said = settings.agency
    return Agency(
        id=said.id,
        country=said.country,
        name=said.name,
        languages=said.languages,
        timezone=said.timezone,
        public_url=settings.web.public_url,
        program=__version__,
    )


def build_stage(name: str, settings: Settings) -> Stage:
    """A stage with its constants. UsageError if there is none of that name."""
    makers: dict[str, Callable[[], Stage]] = {
        "stock": lambda: import_module("alertcore.stock.stage").StockStage(settings.kafka.partitions.supply),
        "supply": lambda: import_module("alertcore.supply.stage").SupplyStage(settings.agency.id, settings.agency.country),
        "cases": lambda: import_module("alertcore.cases.stage").CasesStage(agency_of(settings)),
    }
    if name not in makers:
        raise UsageError(f"--stage takes one of {', '.join(STAGES)}, not {name!r}")
    return makers[name]()


def partitions_of(name: str, settings: Settings) -> int:
    """Partitions of a stage's log."""
    counts = {"stock": settings.kafka.partitions.stock, "supply": settings.kafka.partitions.supply, "cases": 1}
    return counts[name]


async def decide(serving: Serving, settings: Settings, stage: str, instance: str) -> None:
    """Decide until told to stop."""
    access, built = configured_access(settings), build_stage(stage, settings)
    progress = Progress(access, Names(stage, instance))

    def ready() -> None:
        settle()
        serving.ready()

    serving.live["progress"] = progress.live
    async with _audited(serving, settings, stage):
        await run_decide(
            built,
            access,
            partitions_of(stage, settings),
            instance,
            serving.stop,
            ready,
            time=settings.time,
            measures=CountedMeasures(stage, serving.metrics),
            progress=progress,
        )


@asynccontextmanager
async def _audited(serving: Serving, settings: Settings, stage: str) -> AsyncIterator[None]:
    """The auditor beside stage cases, where an address outside waits for its call."""
    if stage != "cases" or not settings.audit.url:
        yield
        return
    auditing = import_module("tocsin.roles.auditing")
    partitions = {name: partitions_of(name, settings) for name in STAGES}
    auditor = auditing.Auditor(Reader(configured_access(settings)), partitions, settings.audit.url, by_wall=settings.time == "wall")
    running = asyncio.ensure_future(auditor.run(serving.stop))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


class CountedMeasures(Measures):
    """The shell's events as metrics."""

    def __init__(self, stage: str, metrics: Metrics) -> None:
        super().__init__(stage)
        self._metrics = metrics

    def opened(self, partition: int, head: Journal, keys: int, again: int) -> None:
        """Where the partition stands when it opens."""
        super().opened(partition, head, keys, again)
        self._stands(partition, head)

    def batch(self, partition: int, batch: Batch, seconds: float) -> None:
        """Counts a batch."""
        super().batch(partition, batch, seconds)
        counted = self._metrics
        counted.batch_seconds.labels(self.stage).observe(seconds)
        counted.journal_bytes.labels(self.stage).inc(sum(len(value or b"") for _, value in batch.state))
        counted.undecided.labels(self.stage).inc(batch.dead)
        for reason, count in batch.reasons.items():
            counted.decisions.labels(self.stage, reason).inc(count)
        for out in batch.outs:
            counted.emits.labels(self.stage, out.topic).inc()
        self._stands(partition, batch.head)

    def _stands(self, partition: int, head: Journal) -> None:
        labels = (self.stage, str(partition))
        self._metrics.partition_applied_offset.labels(*labels).set(head.offset)
        self._metrics.partition_last_progress.labels(*labels).set(time.time())
        self._metrics.due_seconds.labels(*labels).set(head.due.timestamp() if head.due else 0)
