"""The relay: takes the outbox, and writes each record signed and in its place to its authority's topic. The only holder of the keys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from alertcore.records.alert import PublishedAlert
from alertcore.records.rapid import RapidAlert
from alertcore.records.shared import Nature
from notifiers.chain import PUBLIC, Numbered, addressee, target_topic
from notifiers.forwarding import Drafts, RelayStoppedError, Standing, read_outbox, stand
from notifiers.sealing import Issuer
from notifiers.signing import KeyRing
from notifiers.subscription import read_keys
from plumbing.consumer import GroupConsumer
from plumbing.errors import NotThere, Rebalanced, Transient
from plumbing.health import Probe
from plumbing.metrics import Metrics
from plumbing.reader import Reader
from plumbing.records import OutRecord, Received, TopicPartition
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer
from schemas.codec import UndecodableError, decode

OUTBOX = "rapidalerts.outbox"
BATCH = 300
STALLED_S = 90.0
_FIRST_LOOK = 64

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig:
    """Who speaks, and to whom. `keys`: folder of the signing keys; `authorities`: those in the register, who get heartbeats.

    `heartbeat_s`: seconds between two heartbeats of one authority. `nature`: that of heartbeats.
    """

    agency: str
    country: str
    name: str
    keys: Path
    authorities: tuple[str, ...] = ()
    heartbeat_s: float = 60.0
    nature: Nature = Nature.ACTUAL
    now: Callable[[], datetime] = utc_now


async def run_relay(
    access: KafkaAccess,
    config: RelayConfig,
    stop: asyncio.Event,
    ready: Callable[[], None],
    metrics: Metrics,
    prefix: str = "",
) -> None:
    """Runs until `stop`. Raises Fenced (another relay took over), RelayStoppedError (a person must look), Transient, Permanent."""
    await Relay(access, config, metrics, prefix).run(stop, ready)


class Relay:
    """One relay. Starting it fences every older one before anything is read, so what it reads is all there will be."""

    def __init__(self, access: KafkaAccess, config: RelayConfig, metrics: Metrics, prefix: str = "") -> None:
        self._config = config
        self._metrics = metrics
        self._prefix = prefix
        self._reader = Reader(access)
        self._producer = FencedProducer(access, f"{prefix}relay")
        self._consumer = GroupConsumer(access, f"{prefix}relay", [prefix + OUTBOX], instance_id=f"{prefix}relay")
        self._keys = KeyRing(config.keys, config.agency)
        self._issuer = Issuer(agency=config.agency, country=config.country, name=config.name, keys=self._keys, nature=config.nature)
        self._standings: dict[str, Standing] = {}
        self._beaten: dict[str, datetime] = {}
        self._turned = 0.0

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Until `stop`; closes what it opened, whatever ends it."""
        self._turned = asyncio.get_running_loop().time()
        try:
            await self._producer.start()
            await self._publish_keys()
            await self._beat()
            await self._consumer.start()
            ready()
            while not stop.is_set():
                await self._turn()
        finally:
            await self._consumer.stop()
            await self._producer.stop()

    async def alive(self) -> Probe:
        """Whether the relay still turns: nothing it waits for takes longer than its limits."""
        since = asyncio.get_running_loop().time() - self._turned
        return Probe(since < STALLED_S, f"last turn {since:.0f} s ago, {len(self._standings)} topics")

    async def _turn(self) -> None:
        self._turned = asyncio.get_running_loop().time()
        if not self._keys.complete(self._config.now().date()):
            await self._publish_keys()
        batch = await self._consumer.getmany(BATCH, timeout_s=0.2)
        if batch:
            await self._forward(batch)
        await self._beat()

    async def _forward(self, batch: Mapping[TopicPartition, Sequence[Received]]) -> None:
        """One transaction for the whole batch; offsets after it, so that a crash between makes repeats, which are skipped."""
        read = [(one, read_outbox(one)) for records in batch.values() for one in records]
        for authority in sorted({addressee(record) for _, record in read if record is not None} - set(self._standings)):
            await self._join(authority)
        drafts, stopped = self._drafts(), None
        try:
            _draft(drafts, read)
        except RelayStoppedError as error:
            stopped = error
        await self._write(drafts)
        if stopped is not None:
            raise stopped
        try:
            await self._consumer.commit({of: records[-1].offset + 1 for of, records in batch.items()})
        except Rebalanced:
            log.info("offsets left uncommitted by a rebalance; repeats are skipped")

    async def _beat(self) -> None:
        """Heartbeats of all authorities whose last one is old enough, in one transaction."""
        now = self._config.now()
        due = [name for name in {*self._config.authorities, *self._standings} - {PUBLIC} if self._due(name, now)]
        known = [name for name in due if name in self._standings or await self._known(name)]
        drafts = self._drafts()
        for name in sorted(known):
            drafts.beat(name)
        await self._write(drafts)
        self._beaten |= dict.fromkeys(due, now)
        for name in known:
            self._metrics.relay_heartbeat.labels(name).set(now.timestamp())

    def _due(self, authority: str, now: datetime) -> bool:
        last = self._beaten.get(authority)
        return last is None or abs((now - last).total_seconds()) >= self._config.heartbeat_s

    async def _known(self, authority: str) -> bool:
        """Joins a topic of the register; False while nobody has made it yet (it is tried again at the next heartbeat)."""
        try:
            await self._join(authority)
        except NotThere:
            log.warning("topic is missing: tocsin authorities apply", authority=authority)
            return False
        return True

    async def _join(self, authority: str) -> None:
        """Reads where the topic stands: its end, and as much before it as is needed to know the last heartbeat."""
        at = TopicPartition(self._prefix + target_topic(authority), 0)
        first, end = (await self._reader.offsets([at]))[at]
        look, standing = _FIRST_LOOK, None
        while standing is None:
            start = max(first, end - look)
            records = [one async for batch in self._reader.read_to_end(at.topic, 0, start=start) for one in batch]
            standing = stand(authority, map(_placed, records), from_start=start == 0, everything=start == first)
            look *= 16
        self._standings[authority] = standing

    async def _publish_keys(self) -> None:
        """All public keys, the next one's included, to the topic `keys`: before anything is signed with them."""
        self._keys.open(self._config.now().date(), await read_keys(self._reader, self._prefix))
        topic, kind = f"{self._prefix}keys", (("content-type", b"application/jwk+json"),)
        jwks = self._keys.jwks()
        await self._producer.write(
            [OutRecord(topic, json.dumps(key, sort_keys=True).encode(), str(key["kid"]).encode(), kind) for key in jwks]
        )

    def _drafts(self) -> Drafts:
        return Drafts(self._standings, self._issuer, self._config.now(), self._prefix)

    async def _write(self, drafts: Drafts) -> None:
        try:
            await self._producer.write(drafts.outs)
        except NotThere as error:
            raise Transient(f"{error}; run `tocsin authorities apply`") from error
        self._standings = drafts.standings
        if drafts.outs:
            self._count(drafts)

    def _count(self, drafts: Drafts) -> None:
        for authority, standing in self._standings.items():
            self._metrics.relay_sequence.labels(authority).set(standing.chain.sequence)
        if drafts.dead:
            self._metrics.dead_letters.labels("relay", "not_forwardable").inc(drafts.dead)
        if drafts.forwarded or drafts.dead:
            log.info("outbox relayed", forwarded=drafts.forwarded, repeats=drafts.repeats, dead=drafts.dead)


def _draft(drafts: Drafts, read: Sequence[tuple[Received, Numbered | None]]) -> None:
    for received, record in read:
        if record is None:
            drafts.bury(received)
        else:
            drafts.forward(record, received)


def _placed(received: Received) -> tuple[Numbered, bytes]:
    value = received.value or b""
    try:
        record = decode(value)
    except UndecodableError as error:
        raise RelayStoppedError(f"{received.topic} holds something unreadable at offset {received.offset}: {error}") from error
    if not isinstance(record, RapidAlert | PublishedAlert):
        raise RelayStoppedError(f"{received.topic} holds a {type(record).__name__} at offset {received.offset}")
    return record, value
