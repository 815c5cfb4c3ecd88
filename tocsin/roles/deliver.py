"""Role `deliver`: brings notices to people."""

from __future__ import annotations

import os
import socket

from notifiers.deliver import DeliverConfig, run_deliver
from notifiers.ports import Ports, RealPorts, RealServer, SandboxPorts, SandboxServer, Server
from notifiers.rendering import House
from plumbing.settings import Secret
from store.engine import open_engine
from store.vault import open_vault
from tocsin.exits import UsageError
from tocsin.hub import configured_access, read_password
from tocsin.roles.serving import Serving
from tocsin.settings import Settings, SmtpProvider, required


async def deliver(serving: Serving, settings: Settings) -> None:
    """Deliver until told to stop."""
    engine = open_engine(required(settings.database.url, "database.url"))
    try:
        await run_deliver(
            configured_access(settings), engine, deliver_config(serving.name, settings), serving.stop, serving.ready, serving.metrics
        )
    finally:
        await engine.dispose()


def deliver_config(name: str, settings: Settings) -> DeliverConfig:
    """Who writes, through which servers. UsageError where that is not said."""
    ports = ports_of(settings)
    sender = next((s.sender for s in _servers(ports)), SmtpProvider().from_)
    return DeliverConfig(
        worker=f"{name}@{socket.gethostname()}/{os.getpid()}",
        vault=open_vault(required(settings.database.key_file, "database.key_file")),
        ports=ports,
        house=house_of(settings),
        message_domain=sender.rpartition("@")[2].rstrip(">"),
        data_time=settings.time == "data",
        templates=settings.files.templates,
    )


def house_of(settings: Settings) -> House:
    """Who writes, and where links lead."""
    return House(settings.agency.name, settings.web.public_url, settings.agency.timezone, settings.agency.languages)


def ports_of(settings: Settings) -> Ports:
    """Where messages may go; with sandbox ports the providers are not even read."""
    sandbox = SandboxServer(_server(settings.smtp.sink)) if settings.smtp.sink else None
    if settings.ports == "sandbox":
        return SandboxPorts(sandbox)
    if not settings.smtp.providers:
        raise UsageError("smtp.providers is empty: name a mail relay, or set ports = sandbox")
    return RealPorts(tuple(RealServer(_server(p)) for p in settings.smtp.providers), sandbox)


def _servers(ports: Ports) -> list[Server]:
    real = [p.server for p in ports.providers] if isinstance(ports, RealPorts) else []
    return real + ([ports.sandbox.server] if ports.sandbox else [])


def _server(provider: SmtpProvider) -> Server:
    password = read_password(provider.password_file, provider.user or "") if provider.password_file else Secret("")
    return Server(
        name=provider.name,
        host=provider.host,
        port=provider.port,
        sender=provider.from_,
        tls=provider.tls,
        user=provider.user or "",
        password=password,
        weight=provider.weight,
        connections=0,  # shared among the providers by weight
    )
