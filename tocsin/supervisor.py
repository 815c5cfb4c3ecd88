"""Children of `up`: started, watched, started again with back-off, ended together."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tocsin.exits import NO_RESTART
from tocsin.forking import Forked
from tocsin.roles.orders import Orders

BACKOFF_S = (0.5, 8.0)
CALM_S = 30.0
"""A child that ran so long starts its back-off anew."""


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One process: its name in endpoints.json, what it is to do, its whole environment, its status and log files."""

    name: str
    orders: Orders
    environment: Mapping[str, str]
    status: Path
    log: Path


@dataclass(slots=True)
class Child:
    """A child and what became of it. `given_up`: exit code after which only a person helps."""

    spec: ChildSpec
    process: Forked | None = None
    started: float = 0.0
    backoff: float = BACKOFF_S[0]
    start_at: float = 0.0
    restarts: int = 0
    given_up: int | None = None
    told: set[str] = field(default_factory=set)

    def status(self) -> dict[str, Any] | None:
        """What the running process says of itself, or None until it is ready."""
        if self.process is None:
            return None
        try:
            said: dict[str, Any] = json.loads(self.spec.status.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return said if said.get("pid") == self.process.pid else None


Start = Callable[[Orders, Mapping[str, str], Path], Forked]


class Supervisor:
    """Keeps children running until `stop`. `start` makes a process; `tell` gets one sentence for the person at the terminal."""

    def __init__(self, specs: Sequence[ChildSpec], start: Start, tell: Callable[[str], None]) -> None:
        self.children = {spec.name: Child(spec) for spec in specs}
        self._make = start
        self._tell = tell

    def start_due(self) -> None:
        """Start every child that is not running and whose back-off is over; note those that ended."""
        now = time.monotonic()
        for child in self.children.values():
            if child.process is not None and child.process.exitcode is not None:
                self._ended(child, now)
            if child.process is None and child.given_up is None and now >= child.start_at:
                self._start(child, now)

    def ready(self) -> bool:
        """Whether every child has said that it is ready."""
        return all(child.status() is not None for child in self.children.values())

    def given_up(self) -> list[Child]:
        """Children that only a person can help."""
        return [child for child in self.children.values() if child.given_up is not None]

    async def stop(self, grace_s: float = 7.0) -> None:
        """SIGTERM to all, SIGKILL to those still there after `grace_s` seconds."""
        running = [c.process for c in self.children.values() if c.process is not None]
        for process in running:
            process.terminate()
        await asyncio.gather(*(asyncio.to_thread(_end, p, grace_s) for p in running))

    def _start(self, child: Child, now: float) -> None:
        child.spec.status.unlink(missing_ok=True)
        child.process = self._make(child.spec.orders, child.spec.environment, child.spec.log)
        child.started = now

    def _ended(self, child: Child, now: float) -> None:
        assert child.process is not None
        code = child.process.exitcode
        child.process = None
        if code in NO_RESTART:
            child.given_up = code
            self._tell(f"{child.spec.name} stopped with code {code} and needs a person; the reason stands at the end of {child.spec.log}")
            return
        if now - child.started > CALM_S:
            child.backoff = BACKOFF_S[0]
        child.restarts += 1
        child.start_at = now + child.backoff
        self._tell(f"{child.spec.name} ended with code {code}; started again in {child.backoff:g} s")
        child.backoff = min(child.backoff * 2, BACKOFF_S[1])


def _end(process: Forked, grace_s: float) -> None:
    process.join(grace_s)
    if process.exitcode is None:
        process.kill()
        process.join()
