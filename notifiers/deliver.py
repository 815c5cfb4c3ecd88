"""Role `deliver`: notices into the ledger, recipients into the ledger, messages out of it, receipts back to the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from alertcore.records.notice import Channel
from notifiers.email.compose import MailComposer, MailHouse
from notifiers.email.provider import Provider
from notifiers.expand import Expander
from notifiers.intake import NoticeIntake
from notifiers.limiting import Limiter
from notifiers.ports import Ports, RealPorts, connections, servers_for
from notifiers.press import PEOPLE, SANDBOX, MailPress
from notifiers.receipts import ReceiptPublisher
from notifiers.rendering import House, Renderer
from notifiers.sender import Route, Sender, SenderConfig, patiently
from plumbing.metrics import Metrics
from plumbing.producer import Producer
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from store.database import Database
from store.engine import Engine
from store.expansion import Expansion
from store.intake import Intake
from store.limiting import Limiting
from store.progress import Progress
from store.queue import Queue
from store.tokens import Tokens
from store.vault import Vault

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverConfig:
    """`worker`: a name no other process that shares the database has. `data_time`: not_before and expires are ignored (replayed data).

    `bounce_domain`: where return paths lead; empty is `message_domain`. `templates`: folder of the agency's own.
    `connections`: kept open to all servers of a route together.
    """

    worker: str
    vault: Vault
    ports: Ports
    house: House
    message_domain: str
    bounce_domain: str = ""
    data_time: bool = False
    templates: Path | None = None
    receipts_every_s: float = 2.0
    drain_s: float = 5.0
    connections: int = 20
    sender: SenderConfig = field(default_factory=SenderConfig)


@dataclass(frozen=True, slots=True)
class Desk:
    """The sending side, wired: what `run_deliver`, the benchmark and tests share."""

    queue: Queue
    sender: Sender
    expander: Expander
    limiter: Limiter
    wake: asyncio.Event


def build(database: Database, config: DeliverConfig, metrics: Metrics | None = None, queue: Queue | None = None) -> Desk:
    """Ledger, press and providers wired together. Nothing runs yet."""
    if config.data_time and isinstance(config.ports, RealPorts):
        raise ValueError("time from the data and real ports exclude one another: a replay would reach people")
    queue = queue or Queue(database, config.vault, config.worker)
    servers = {PEOPLE: servers_for(config.ports, people=True), SANDBOX: servers_for(config.ports, people=False)}
    routes = {name: Route(config.sender.window) for name, those in servers.items() if those}
    renderer = Renderer(config.house, config.templates)
    real = isinstance(config.ports, RealPorts)
    press = MailPress(queue, renderer, frozenset(routes), real=real, ignore_times=config.data_time)
    wake = asyncio.Event()
    sender = Sender(queue, press, routes, config.sender, wake, metrics)
    house = MailHouse(config.house.public_url, config.message_domain, config.bounce_domain or config.message_domain)
    tokens = Tokens(config.vault)
    for name, route in routes.items():
        standby = Standby()
        for server in connections(servers[name], config.connections):
            composer = MailComposer(house, tokens, server, press.mould_of)
            provider = standby.add(Provider(server, composer, route.take, sender.done(route), route.count, standby.needed))
            route.channels.append(provider)
            if metrics is not None:
                metrics.mail_connections.labels(server.name).set_function(lambda p=provider: p.open_connections)  # type: ignore[misc]
    expansion = Expansion(database, config.vault, decode, config.house.languages, gone_on=lambda n: _gone_on(n, metrics))
    limiter = Limiter(Limiting(database, config.vault, decode), wake.set)

    def added() -> None:
        wake.set()
        limiter.kick()

    expander = Expander(expansion, frozenset({Channel.EMAIL.value}), added, ignore_times=config.data_time)
    return Desk(queue, sender, expander, limiter, wake)


def _gone_on(notice_id: str, metrics: Metrics | None) -> None:
    """What a notice follows was set aside, or was lost: whoever was told by it hears no end."""
    _log.error("a notice goes on without what it follows", notice=notice_id)
    if metrics is not None:
        metrics.notices_gone_on.inc()


class Standby:
    """Servers of weight 0 work only while every other one rests."""

    def __init__(self) -> None:
        self._regular: list[Provider] = []

    def add(self, provider: Provider) -> Provider:
        """Counts it among the regular ones if it has a weight."""
        if provider.server.weight > 0:
            self._regular.append(provider)
        return provider

    def needed(self) -> bool:
        """No regular server is well."""
        return all(p.resting for p in self._regular)


async def run_deliver(
    access: KafkaAccess,
    engine: Engine,
    config: DeliverConfig,
    stop: asyncio.Event,
    ready: Callable[[], None],
    metrics: Metrics | None = None,
    prefix: str = "",
) -> None:
    """Delivers until `stop` is set; then what is under way is finished and recorded. Raises what cannot be waited out."""
    database = Database(engine)
    desk = build(database, config, metrics)
    if database.sqlite:  # there is one process, this one: whatever is claimed was claimed by one that is gone
        now = datetime.now(UTC)
        await patiently(lambda: desk.queue.take_back(now + timedelta(days=1), now))
    async with Producer(access) as producer:
        receipts = ReceiptPublisher(Progress(database), producer, prefix, config.receipts_every_s)
        intake = NoticeIntake(access, Intake(database), producer, desk.expander.kick, metrics, prefix)
        work = (desk.expander.run(), desk.limiter.run(), desk.sender.run(), receipts.run(), intake.run(ready))
        await _until(stop, desk.sender, config.drain_s, *work)
        await receipts.publish()


async def _until(stop: asyncio.Event, sender: Sender, drain_s: float, *work: Coroutine[Any, Any, None]) -> None:
    """Runs all until `stop` or until one fails; then lets the sender finish what it took."""
    tasks = [asyncio.ensure_future(w) for w in work]
    waiting = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
        await sender.drain(drain_s)
    finally:
        for task in (*tasks, waiting):
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):
            raise result
