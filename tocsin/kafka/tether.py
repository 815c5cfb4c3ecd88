"""A foreign program on a tether: it ends when we end, also when we are killed, and takes nothing with it."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# The shell becomes the program (same pid). What it leaves behind reads our pipe, which ends with us, and then stops the program.
_SCRIPT = """
exec 3<&0
( trap '' TERM INT HUP; cat <&3 >/dev/null; kill -TERM $$; n=0
  while [ $n -lt 100 ] && kill -0 $$; do sleep 0.1; n=$((n+1)); done; kill -KILL $$ ) 2>/dev/null &
exec "$@" 3<&- </dev/null
"""


@dataclass(slots=True)
class Tethered:
    """A running program in a session of its own (Ctrl-C does not reach it), and the writing end of its pipe."""

    process: subprocess.Popen[bytes]
    writing: int

    @classmethod
    def start(cls, command: Sequence[str], output: Path) -> Self:
        """Starts `command` with its output in `output`."""
        reading, writing = os.pipe()
        try:
            with output.open("wb") as out:
                process = subprocess.Popen(
                    ["/bin/sh", "-c", _SCRIPT, "sh", *command], stdin=reading, stdout=out, stderr=out, start_new_session=True
                )
        except BaseException:
            os.close(writing)
            raise
        finally:
            os.close(reading)
        return cls(process, writing)

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self.process.pid

    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def end(self, grace_s: float) -> None:
        """SIGTERM, `grace_s` seconds, SIGKILL; then the tether itself."""
        if self.running():
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(grace_s)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the program and its tether."""
        if self.writing < 0:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.writing)
        self.writing = -1
        _await_gone(self.pid)


def _await_gone(group: int, deadline_s: float = 0.5) -> None:
    """Until no member of the process group is left (one that nobody reaps counts as gone after the deadline)."""
    deadline = time.monotonic() + deadline_s
    with suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.01)


def is_java_of(pid: int, properties: str) -> bool:
    """Whether process `pid` is a Java that was started with this properties file (a pid alone may have been given to another)."""
    said = _command_line(pid)
    return "kafka.Kafka" in said and properties in said


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return subprocess.run(["ps", "-o", "args=", "-ww", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
