"""Children that multiprocessing started end when their parent does, however it ends."""

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from multiprocessing.connection import wait

LOOK_S = 0.5


def end_with_parent(end: Callable[[], None] | None = None) -> bool:
    """In a child: watches in a daemon thread, and calls `end` (default: SIGTERM to itself, then exit after 10 s) once it is alone.

    That is when the parent is gone, or the process that forked this one: without it the parent would no longer hear how this one
    ends, and would start it a second time. Returns False, and does nothing, in a process that has no such parent.
    """
    parent = parent_process()
    if parent is None or parent.sentinel is None:
        return False
    told = (parent.sentinel, os.getppid(), end or end_this_process)
    threading.Thread(target=_watch, args=told, name="parent", daemon=True).start()
    return True


def _watch(parent: int, forker: int, end: Callable[[], None]) -> None:
    while not wait([parent], LOOK_S) and os.getppid() == forker:
        pass
    end()


def end_this_process(grace_s: float = 10.0) -> None:
    """SIGTERM to itself, so that the orderly end runs; if it is not over in `grace_s` seconds, the disorderly one."""
    late = threading.Timer(grace_s, os._exit, args=(1,))
    late.daemon = True  # an orderly end does not wait for it
    late.start()
    os.kill(os.getpid(), signal.SIGTERM)
