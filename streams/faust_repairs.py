"""Repairs to Faust 0.15.3: what its consumer must not commit, and what it must not wait for. Each has a test that fails without it."""

from __future__ import annotations

from typing import Any, ClassVar

from faust.tables.manager import TableManager
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, ConsumerT, Message
from mode.threads import WorkerThread


class NoTables(TableManager):
    """Faust's manager of tables, in an app that has none: it need not wait a second for some to be registered."""

    async def on_start(self) -> None:
        """As Faust's, at once."""
        await self._update_channels()
        await self.recovery.start()


class DaemonThread(WorkerThread):
    """A thread that does not keep an ended process alive: where the broker is away Faust's consumer thread may never come to its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.daemon = True


class CarefulConsumer(Consumer):
    """Faust's consumer, which commits nothing that was not decided."""

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """No hole is ever acked: our logs have none, so a hole is a fault of fetching, and what is in it was not decided.

        Faust counts a hole as done and commits over it, after a rebalance also where its own fetcher skipped messages
        (faust-streaming/faust issues 606 and 596; the message after the hole is counted too).
        """

    def ack(self, message: Message) -> bool:
        """Only messages of the current assignment, while messages flow, may be acked.

        The Python form of Faust's stream iterator (the compiled one does not) acks the events it throws away around a rebalance,
        undecided, though `noack()` is asked for (robinhood/faust issue 604, faust-streaming/faust pull request 223); after the
        rebalance they would be committed.
        """
        app: Any = self.app
        if message.generation_id != app.consumer_generation_id or not app.flow_control.is_active():
            return False
        return bool(super().ack(message))

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return AIOKafkaConsumerThread(self, loop=self.loop, beacon=self.beacon, Worker=DaemonThread)


class CarefulTransport(Transport):
    """Faust's aiokafka driver with that consumer."""

    Consumer: ClassVar[type[ConsumerT]] = CarefulConsumer
