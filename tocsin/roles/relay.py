"""Role `relay`: signs and writes to foreign authorities and other agencies."""

from __future__ import annotations

from alertcore.records.shared import Nature
from notifiers.relay import RelayConfig, run_relay
from tocsin.exits import UsageError
from tocsin.files import read_registers
from tocsin.hub import configured_access
from tocsin.roles.serving import Serving
from tocsin.settings import Settings


async def relay(serving: Serving, settings: Settings) -> None:
    """Relay until told to stop."""
    if settings.keys.signing is None:
        raise UsageError("keys.signing is not set: name the folder of the signing keys")
    registers = read_registers(settings)
    config = RelayConfig(
        agency=settings.agency.id,
        country=settings.agency.country,
        name=settings.agency.name,
        keys=settings.keys.signing,
        authorities=tuple(a.id for a in registers.authorities.authorities),
        nature=Nature.ACTUAL,
    )
    await run_relay(configured_access(settings), config, serving.stop, serving.ready, serving.metrics)
