"""A real hub as a process, `tocsin up`, with what a test does to it: find its processes, kill, suspend, add a worker, stop."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from plumbing.settings import KafkaAccess
from tests.toy_processes import ROOT, until
from tocsin.commands.people import import_text
from tocsin.home import Home
from tocsin.hub import Hub
from tocsin.roster import environment
from tocsin.settings import load_settings

READY_S = 120.0
TOCSIN = [sys.executable, "-m", "tocsin"]


class RunningHub:
    """`async with RunningHub(home, settings_file) as hub`; `hub.log` has what `up` says."""

    def __init__(self, home: Path, settings: Path) -> None:
        self.home = Home(home)
        self.log = home.with_suffix(".log")
        self.hub = Hub(load_settings(settings), self.home)
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> RunningHub:
        self._start()
        try:
            await until(self._is_up, READY_S, f"hub ready, see {self.log}")
            report = await import_text(self.hub, (self._settings.parent / "people.csv").read_text(encoding="utf-8"))
            assert not report.problems
        except BaseException:
            await self._stop()
            raise
        return self

    def _start(self) -> None:
        words = [*TOCSIN, "up", "--home", str(self.home.path), "--settings", str(self._settings)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"`up` ended: {self.log.read_text()[-2000:]}"
        return self.home.endpoints_file.exists()

    async def _stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, 60.0)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its children end with it
            self._process.wait()

    def access(self, user: str) -> KafkaAccess:
        """How a user of this hub gets into its Kafka."""
        return self.hub.access(user)

    def pid(self, role: str) -> int | None:
        """Process id of a role, or None while it is not ready."""
        pids: dict[str, int | None] = self.home.endpoints()["pids"]
        return pids.get(role)

    async def up_again(self, role: str, was: int | None = None, within_s: float = 60.0) -> int:
        """Process id of a role that is ready, and another than `was`."""
        await until(lambda: self.pid(role) not in (None, was), within_s, f"{role} ready again, see {self.home.logs}")
        found = self.pid(role)
        assert found is not None
        return found

    async def send(self, role: str, number: signal.Signals) -> tuple[int, float]:
        """A signal to the process of a role, once it is ready; returns the id it went to, and when (milliseconds since 1970)."""
        pid = await self.up_again(role)
        at = now_ms()
        os.kill(pid, number)
        return pid, at

    def second_worker(self, stage: str, log: Path) -> subprocess.Popen[bytes]:
        """Another instance of a stage's worker: same settings, same rights."""
        words = [*TOCSIN, "run", "decide", "--stage", stage, "--instance", "1", "--name", f"decide-{stage}-1"]
        words += ["--status", str(log.with_suffix(".status")), "--settings", str(self._settings)]
        told = environment(self.home, self.hub.settings, "decide", web_port=0)
        told["TOCSIN_KAFKA__BOOTSTRAP"] = self.home.endpoints()["kafka"]["bootstrap"]
        with log.open("ab") as said:
            return subprocess.Popen(words, cwd=ROOT, env=os.environ | told, stdout=said, stderr=said, stdin=subprocess.DEVNULL)

    def restarts(self) -> dict[str, int]:
        """How often `up` says that each role ended."""
        said = [line.split(" ended with code ")[0] for line in self.log.read_text().splitlines() if " ended with code " in line]
        return {role: said.count(role) for role in sorted(set(said))}


def now_ms() -> float:
    """The machine's clock, as records are stamped."""
    return time.time() * 1000
