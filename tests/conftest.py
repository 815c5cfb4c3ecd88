"""What holds for every test: a clean environment, and no network but loopback."""

import logging
import os
import socket
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent

settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile("same")  # the same examples every time; `make search` looks for new ones


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TOCSIN_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's sockets may reach this machine only (librdkafka opens its own; it is given loopback addresses)."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_error_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio only logs a task's error nobody looked at; where our own code raised it, that fails the test."""
    yield
    said = [record for when in ("setup", "call") for record in caplog.get_records(when) if record.name == "asyncio"]
    unseen = [record.getMessage() for record in said if "never retrieved" in record.getMessage() and _raised_by_us(record)]
    assert unseen == []


def _raised_by_us(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    return bool(frames) and "site-packages" not in frames[-1].filename and Path(frames[-1].filename).is_relative_to(ROOT)
