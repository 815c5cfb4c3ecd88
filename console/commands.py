"""The console's way to give orders: commands on the hub's own topic, as the command line gives them."""

from __future__ import annotations

from typing import Protocol

from alertcore.records.hub import Command
from plumbing.producer import Producer
from plumbing.settings import KafkaAccess
from schemas.codec import MEDIA_TYPE, encode

TOPIC = "in.hub.commands"


class Commands(Protocol):
    """Takes orders; PlumbingError where they cannot be written now."""

    async def send(self, command: Command) -> None:
        """Returns once the order is safely written."""
        ...


class KafkaCommands:
    """Writes orders to Kafka; `start` and `stop` belong to whoever composes the process."""

    def __init__(self, access: KafkaAccess) -> None:
        self._producer = Producer(access)

    async def start(self) -> None:
        """Connect."""
        await self._producer.start()

    async def stop(self) -> None:
        """Close."""
        await self._producer.stop()

    async def send(self, command: Command) -> None:
        """Returns once the brokers have it."""
        key = command.command_id.encode()
        headers = (("content-type", MEDIA_TYPE.encode()), ("ce_id", key))
        await self._producer.send_and_wait(TOPIC, encode(command), key=key, headers=headers)
