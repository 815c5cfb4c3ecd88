"""Role `relay`: signs and writes to foreign authorities and other agencies."""

from __future__ import annotations

from alertcore.records.shared import Nature
from notifiers.forwarding import RelayStoppedError
from notifiers.relay import Relay, RelayConfig
from plumbing.errors import Fenced
from tocsin.exits import FENCED, POISONED, ExitError, UsageError
from tocsin.files import read_registers
from tocsin.hub import configured_access
from tocsin.roles.serving import Serving
from tocsin.settings import Settings


class FencedError(ExitError):
    """Another relay took over."""

    code = FENCED


class OutOfSequenceError(ExitError):
    """The outbox or a signed topic has a gap, or two records under one number: nothing more is signed until a person looked."""

    code = POISONED


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
    work = Relay(configured_access(settings), config, serving.metrics)
    serving.live["turning"] = work.alive
    try:
        await work.run(serving.stop, serving.ready)
    except Fenced as error:
        raise FencedError(str(error)) from error
    except RelayStoppedError as error:
        raise OutOfSequenceError(str(error)) from error
