"""Children end when their parent dies: a pipe whose writing end only the parent holds."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

ENVIRONMENT = "TOCSIN_PARENT_PIPE"
"""Name of the environment variable that carries the number of the pipe's reading end to a child."""


@dataclass(frozen=True, slots=True)
class ParentPipe:
    """The parent's side. Start children with `pass_fds=[pipe.reading]` and `env | pipe.environment()`; keep it until the end."""

    reading: int
    writing: int

    @classmethod
    def open(cls) -> "ParentPipe":
        """A new pipe; no child inherits the writing end (Python's descriptors are not inheritable)."""
        return cls(*os.pipe())

    def environment(self) -> dict[str, str]:
        """What a child's environment needs on top."""
        return {ENVIRONMENT: str(self.reading)}

    def close(self) -> None:
        """Tells all children to end."""
        os.close(self.writing)
        os.close(self.reading)


def die_with_parent(end: Callable[[], None] | None = None) -> bool:
    """In a child: watches the pipe in a daemon thread, and calls `end` (default: SIGTERM to itself, then exit after 10 s) when it closes.

    Returns False, and does nothing, when this process was not given a pipe. Call it first thing in main.
    """
    number = os.environ.pop(ENVIRONMENT, None)
    if number is None:
        return False
    os.set_inheritable(int(number), False)
    threading.Thread(target=_watch, args=(int(number), end or end_this_process), name="parent-pipe", daemon=True).start()
    return True


def _watch(reading: int, end: Callable[[], None]) -> None:
    while os.read(reading, 1):
        pass
    end()


def end_this_process(grace_s: float = 10.0) -> None:
    """SIGTERM to itself, so that the orderly end runs; if it is not over in `grace_s` seconds, the disorderly one."""
    threading.Timer(grace_s, os._exit, args=(1,)).start()
    os.kill(os.getpid(), signal.SIGTERM)
