"""Children end when their parent does, however it ends."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from plumbing.processes import ParentPipe, die_with_parent

CHILD = """
import signal, sys, threading
from plumbing.processes import die_with_parent
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print(die_with_parent(), flush=True)
while not stop.wait(0.05):
    pass
print("ended in order", flush=True)
"""

PARENT = """
import os, subprocess, sys
from plumbing.processes import ParentPipe
pipe = ParentPipe.open()
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], env=os.environ | pipe.environment(), pass_fds=[pipe.reading])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def environment() -> dict[str, str]:
    return dict(os.environ)


def test_a_child_ends_in_order_when_its_parent_is_killed(environment: dict[str, str]) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True, env=environment)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        assert parent.stdout.readline() == "True\n"
        parent.kill()
        said, _ = parent.communicate(timeout=20)
        assert said == "ended in order\n"
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def test_closing_the_pipe_ends_the_child(environment: dict[str, str]) -> None:
    pipe = ParentPipe.open()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True, env=environment | pipe.environment(), pass_fds=[pipe.reading]
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        pipe.close()
        assert child.communicate(timeout=20)[0] == "ended in order\n"
        assert child.returncode == 0
    finally:
        child.kill()
        child.communicate()


def test_who_was_given_no_pipe_has_no_parent_to_follow() -> None:
    assert die_with_parent() is False


def test_a_child_of_the_child_is_not_given_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = ParentPipe.open()
    number = os.dup(pipe.reading)
    monkeypatch.setenv("TOCSIN_PARENT_PIPE", str(number))
    ended = threading.Event()
    assert die_with_parent(ended.set)
    assert "TOCSIN_PARENT_PIPE" not in os.environ
    assert not os.get_inheritable(number)
    pipe.close()
    assert ended.wait(10.0)
    os.close(number)
