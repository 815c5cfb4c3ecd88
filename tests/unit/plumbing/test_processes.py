"""Children end when their parent does, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from plumbing.processes import end_with_parent

CHILD = """
import os, signal, threading
from plumbing.processes import end_with_parent

def child():
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print(os.getpid(), os.getppid(), end_with_parent(), flush=True)
    while not stop.wait(0.05):
        pass
    print("ended in order", flush=True)
"""
PARENT = """
import multiprocessing, sys
sys.path.insert(0, sys.argv[1])
from childish import child
process = multiprocessing.get_context("forkserver").Process(target=child)
process.start()
process.join()
"""


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process with one child by multiprocessing, which says: its id, that of who forked it, whether it watches."""
    (tmp_path / "childish.py").write_text(CHILD)
    process = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("who", ["the parent", "who forked it"])
def test_a_child_ends_in_order_when_it_is_left_alone(parent: subprocess.Popen[str], who: str) -> None:
    assert parent.stdout is not None
    child, forker, watches = parent.stdout.readline().split()
    try:
        assert watches == "True"
        os.kill(parent.pid if who == "the parent" else int(forker), signal.SIGKILL)
        assert parent.stdout.readline() == "ended in order\n"
    finally:
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


def test_who_was_not_made_by_multiprocessing_has_no_parent_to_follow() -> None:
    assert end_with_parent() is False
