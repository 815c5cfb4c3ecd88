"""A role's process made by forking: its environment, its log, its exit code, and an end by signal."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.program.conftest import until
from tocsin.exits import USAGE
from tocsin.forking import Forks
from tocsin.roles.orders import Orders


@pytest.fixture
def forks() -> Forks:
    """Nothing is imported beforehand: the roles of these tests never come to their work."""
    return Forks(())


def test_why_a_role_cannot_start_stands_in_its_log_and_in_its_exit_code(forks: Forks, tmp_path: Path) -> None:
    orders = Orders(role="relay", name="relay", settings=tmp_path / "none.toml")
    process = forks.start(orders, dict(os.environ), tmp_path / "log")
    process.join(60)
    assert process.exitcode == USAGE
    assert (tmp_path / "log").read_text() == f"tocsin: cannot read {tmp_path / 'none.toml'}: No such file or directory\n"


def test_the_environment_is_the_one_given_and_no_other(forks: Forks, tmp_path: Path) -> None:
    process = forks.start(Orders(role="relay", name="relay"), {"TOCSIN_NONSENSE": "1"}, tmp_path / "log")
    process.join(60)
    assert process.exitcode == USAGE
    assert "TOCSIN_NONSENSE, which is no setting" in (tmp_path / "log").read_text()


def test_a_role_waits_in_a_session_of_its_own_and_a_signal_is_told(forks: Forks, tmp_path: Path) -> None:
    orders = Orders(role="relay", name="relay", after=tmp_path / "never")
    process = forks.start(orders, dict(os.environ), tmp_path / "log")
    pid = process.pid
    assert pid is not None
    try:
        until(lambda: os.getsid(pid) == pid, 60, "a session of its own")
        assert process.exitcode is None
    finally:
        process.kill()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
