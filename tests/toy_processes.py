"""Toy workers as processes, and reading what they wrote: what the tests on a real broker share."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from plumbing.admin import Admin
from plumbing.plan import TopicSpec
from plumbing.reader import Reader
from plumbing.records import Received
from plumbing.settings import KafkaAccess

ROOT = Path(__file__).parent.parent


class ToyWorker:
    """A process of tests/toy_worker.py, or of another worker's module. `log` gets what it says."""

    def __init__(
        self,
        access: KafkaAccess,
        prefix: str,
        log: Path,
        *,
        instance: str = "0",
        partitions: int = 2,
        mode: str = "wall",
        module: str = "tests.toy_worker",
    ) -> None:
        self._told = {
            "bootstrap": access.bootstrap,
            "user": access.user,
            "password": access.password.reveal(),
            "prefix": prefix,
            "partitions": str(partitions),
            "instance": instance,
            "time": mode,
        }
        self.log, self._module = log, module
        self._process: subprocess.Popen[bytes] | None = None
        self._begins = 0

    def start(self) -> None:
        """Starts it; does not wait."""
        self._begins = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, json.dumps(self._told)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def ended(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll() if self._process is not None else None

    def send(self, number: signal.Signals) -> None:
        """Sends a signal; a process that has ended does not mind."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, timeout_s: float = 20.0) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        return self._process.wait(timeout_s)

    def kill(self) -> None:
        """SIGKILL, and gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()

    def opened(self) -> int:
        """How many partitions it opened, over all its starts."""
        return self.log.read_bytes().count(b" open: decided up to ")

    def owns(self) -> bool:
        """Whether it is at work: its last assignment since it was started gave it something."""
        said = self.log.read_bytes()[self._begins :].decode(errors="replace")
        assigned = [line for line in said.splitlines() if ": partitions [" in line]
        return self.ended() is None and bool(assigned) and not assigned[-1].endswith("[]")

    async def ready(self, timeout_s: float = 60.0) -> None:
        """Returns when it said `ready` since its last start, as often as it was started."""
        await until(lambda: b"\nready\n" in b"\n" + self.log.read_bytes() or self.ended() is not None, timeout_s, "worker ready")


async def toy_topics(admin: Admin, prefix: str, partitions: int = 2) -> None:
    """The topics of a toy stage; `toy.out` has one partition, so that what is told has an order."""
    compact = {"cleanup.policy": "compact"}
    await admin.create_topics(
        [
            TopicSpec(prefix + "toy.log", partitions),
            TopicSpec(prefix + "toy.state", partitions, compact),
            TopicSpec(prefix + "toy.out", 1),
            TopicSpec(prefix + "dead-letters", 1),
            TopicSpec(prefix + "cases.log", 1),
        ]
    )


async def until(condition: object, timeout_s: float, what: str) -> None:
    """Returns when `condition()` holds (it may be async); AssertionError after the deadline."""
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while True:
        found = condition()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return
        assert time.monotonic() < deadline, f"{what}: not within {timeout_s:.0f} s"
        await asyncio.sleep(0.05)


async def everything(access: KafkaAccess, topic: str, partitions: int = 1) -> list[Received]:
    """All committed records of a topic, partition after partition."""
    reader = Reader(access)
    return [one for n in range(partitions) async for batch in reader.read_to_end(topic, n) for one in batch]
