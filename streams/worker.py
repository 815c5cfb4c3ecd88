"""The Faust app of a stage: consumes one log as a member of the stage's group. It has no tables, and writes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import faust
from faust.types import EventT
from mode.supervisors import CrashingSupervisor
from yarl import URL

from plumbing.settings import KafkaAccess, aiokafka_options
from streams.faust_repairs import CarefulTransport, NoTables

Take = Callable[[EventT[Any]], Awaitable[None]]

FETCH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Names:
    """Names in Kafka of one stage's worker."""

    stage: str
    instance: str
    prefix: str = ""

    @property
    def log(self) -> str:
        """Topic it reads."""
        return f"{self.prefix}{self.stage}.log"

    @property
    def state(self) -> str:
        """Topic of its journal and state."""
        return f"{self.prefix}{self.stage}.state"

    @property
    def group(self) -> str:
        """Consumer group, one a stage."""
        return f"{self.prefix}tocsin-{self.stage}"

    @property
    def member(self) -> str:
        """Static instance id: a restart takes its partitions up again without a rebalance."""
        return f"{self.stage}-{self.instance}"

    def transaction(self, partition: int) -> str:
        """Transactional id of a partition: the same whoever owns it."""
        return f"{self.prefix}{self.stage}-{partition}"


class App(faust.App):
    """A Faust app that leaves no folders behind: without tables it has nothing to put into them."""

    def _create_directories(self) -> None:
        pass


def build_app(names: Names, access: KafkaAccess, partitions: int, take: Take, buffer: int) -> App:
    """The app, made inside the running event loop (an app of another loop hangs). `buffer`: events held before fetching pauses."""
    app = App(
        names.group,
        broker=[URL(f"kafka://{one}") for one in access.bootstrap.split(",")],
        broker_credentials=_credentials(access),
        store="memory://",
        topic_partitions=partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        TableManager=NoTables,
        agent_supervisor=CrashingSupervisor,
        stream_wait_empty=False,
        stream_buffer_maxsize=buffer,
        broker_commit_interval=1.0,
        broker_commit_every=1000,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=1.0,
        broker_rebalance_timeout=20.0,
        broker_request_timeout=30.0,
        consumer_group_instance_id=names.member,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=FETCH_BYTES,
        producer_linger=0.0,
        producer_request_timeout=60.0,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.transport = CarefulTransport(app.conf.broker_consumer, app)
    # "raw" on both: with a type alone Faust still decodes JSON, and acks what it cannot
    log = app.topic(names.log, partitions=partitions, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    async def decide(stream: Any) -> None:
        async for event in stream.noack().events():
            await take(event)

    app.agent(log, concurrency=1, name=f"decide-{names.stage}")(decide)
    return app


def _credentials(access: KafkaAccess) -> faust.SASLCredentials | None:
    if not access.authenticated:
        return None
    return faust.SASLCredentials(
        username=access.user,
        password=access.password.reveal(),
        mechanism=access.mechanism,
        ssl_context=aiokafka_options(access).get("ssl_context"),
    )
