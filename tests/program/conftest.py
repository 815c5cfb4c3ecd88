"""A whole hub, started as a user would, for all tests of this folder."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

READY_WITHIN_S = 120.0
STOP_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A hub under a home folder, and its command line."""

    home: Path
    process: subprocess.Popen[Any]

    def call(self, *words: str, code: int | None = 0, timeout: float = 90.0) -> subprocess.CompletedProcess[str]:
        """Run `tocsin` with these words on this hub; `code` is the exit code expected (None: any)."""
        command = [sys.executable, "-m", "tocsin", *words, "--home", str(self.home)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        assert code is None or done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """JSON lines that a command prints."""
        return [json.loads(line) for line in self.call(*words).stdout.splitlines()]

    def endpoints(self) -> dict[str, Any]:
        """endpoints.json as it is now."""
        found: dict[str, Any] = json.loads((self.home / "endpoints.json").read_text(encoding="utf-8"))
        return found


def until(found: Callable[[], Any], seconds: float, what: str) -> Any:
    """What `found` returns once it is true; fails after `seconds`."""
    deadline, wait = time.monotonic() + seconds, 0.05
    while not (value := found()):
        assert time.monotonic() < deadline, f"not in {seconds:g} s: {what}"
        time.sleep(wait)
    return value


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """`tocsin up`, ready; stopped by SIGTERM, and nothing of it may be left."""
    home = tmp_path_factory.mktemp("up") / "home"
    command = [sys.executable, "-m", "tocsin", "up", "--home", str(home)]
    said = home.with_name("said")
    with said.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
    try:
        until(lambda: said.read_text().splitlines() == ["ready"] or process.poll() is not None, READY_WITHIN_S, "the line `ready`")
        assert process.poll() is None, said.read_text()
        yield RunningHub(home, process)
        pids = json.loads((home / "endpoints.json").read_text(encoding="utf-8"))["pids"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_WITHIN_S)
    assert process.returncode == 0
    assert [name for name, pid in pids.items() if Path(f"/proc/{pid}").exists()] == []
