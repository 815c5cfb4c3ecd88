"""Where messages may go: real providers or the sandbox, told apart by type, and what a channel offers the sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Protocol

from alertcore.records.notice import Purpose
from alertcore.records.shared import Nature
from plumbing.settings import Secret
from store.queue import Claimed

Tls = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One mail server and how to speak to it. `weight` shares the connections; 0 is used only when no other works.

    `connections`: at most so many; 0: its share.
    """

    name: str
    host: str
    port: int
    sender: str  # From: an address, or `Name <address>`
    tls: Tls = "starttls"
    user: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    weight: float = 1.0
    connections: int = 0
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class RealServer:
    """A provider that reaches people. Only `RealPorts` hold one."""

    server: Server


@dataclass(frozen=True, slots=True)
class SandboxServer:
    """A sink that keeps what it gets. The only kind that exercises and replays can be given to."""

    server: Server


@dataclass(frozen=True, slots=True)
class RealPorts:
    """Production. What is not meant for people goes to `sandbox`, or nowhere if there is none."""

    providers: tuple[RealServer, ...]
    sandbox: SandboxServer | None = None


@dataclass(frozen=True, slots=True)
class SandboxPorts:
    """Demonstration and replay: providers cannot even be named here. Without a sink nothing is sent."""

    sandbox: SandboxServer | None = None


Ports = RealPorts | SandboxPorts


def reaches_people(nature: Nature, purpose: Purpose) -> bool:
    """The real thing, and checks of contact points; never an exercise, a replay, or what does not say."""
    return nature is Nature.ACTUAL or (nature is Nature.TEST and purpose is Purpose.CONTACT_TEST)


def servers_for(ports: Ports, *, people: bool) -> tuple[Server, ...]:
    """The servers a message may use: real ones only with real ports and for what reaches people."""
    if isinstance(ports, RealPorts) and people:
        return tuple(p.server for p in ports.providers)
    return (ports.sandbox.server,) if ports.sandbox is not None else ()


def connections(servers: tuple[Server, ...], total: int) -> tuple[Server, ...]:
    """The servers with their shares of `total` connections; one of weight 0 has all of them, for when it stands in."""
    whole = sum(s.weight for s in servers) or 1.0
    shares = ((s, max(1, round(total * s.weight / whole)) if s.weight > 0 else total) for s in servers)
    return tuple(s if s.connections else replace(s, connections=n) for s, n in shares)


class Verdict(StrEnum):
    """What an attempt came to; the errors of all channels in one closed list."""

    ACCEPTED = "accepted"
    TRANSIENT = "transient"  # may pass by itself: try again later
    THROTTLED = "throttled"  # too much at once: try again later, and the provider rests
    AUTH = "auth"  # the provider does not take our login: not this message's fault
    PERMANENT = "permanent"  # this address never works
    CONTENT = "content"  # this message is never taken
    UNSENT = "unsent"  # nothing was tried: the connection ended before


@dataclass(frozen=True, slots=True)
class Attempt:
    """Outcome of one attempt.

    `detail` holds the provider and the status code (RFC 3463): never the server's words, which may name the address.
    """

    claimed: Claimed
    verdict: Verdict
    code: int = 0
    detail: str = ""


class Channel(Protocol):
    """A way out that pulls deliveries by itself: `take` gives the next or None, `done` is told of each exactly once."""

    async def run(self) -> None:
        """Until cancelled; connects when there is something to send."""

    def kick(self) -> None:
        """There is something to take."""


Take = Callable[[], Claimed | None]
Done = Callable[[Attempt], None]
