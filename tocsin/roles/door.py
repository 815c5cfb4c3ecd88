"""Role `door`: takes what comes in over Kafka."""

from __future__ import annotations

from connectors.door.door import run_door
from connectors.door.world import DoorConfig
from store.engine import open_engine
from store.vault import open_vault
from tocsin.files import read_registers
from tocsin.hub import configured_access
from tocsin.roles.serving import Serving
from tocsin.settings import Settings, required


def door_config(settings: Settings) -> DoorConfig:
    """The door's constants, and the registers in force until a settings file came."""
    registers, kafka = read_registers(settings), settings.kafka.partitions
    return DoorConfig(
        agency=settings.agency.id,
        country=settings.agency.country,
        stock_partitions=kafka.stock,
        supply_partitions=kafka.supply,
        time=settings.time,
        senders=registers.senders,
        authorities=registers.authorities,
    )


async def door(serving: Serving, settings: Settings) -> None:
    """Take events until told to stop."""
    engine = open_engine(required(settings.database.url, "database.url"))
    vault = open_vault(required(settings.database.key_file, "database.key_file"))
    try:
        await run_door(
            configured_access(settings), engine, door_config(settings), serving.stop, serving.ready, serving.metrics, vault=vault
        )
    finally:
        await engine.dispose()
