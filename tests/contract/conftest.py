"""One contract over two databases: SQLite in a file, and a real PostgreSQL of the session where its programs are installed."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from store.database import Database
from store.engine import open_engine
from store.people import People
from store.vault import Vault, new_key
from tests.contract.stored import create_tables

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """`127.0.0.1:PORT` of a PostgreSQL started for this session by an unprivileged user, as it demands."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    home = Path(tempfile.mkdtemp(prefix="tocsin-pg-"))
    user = None
    if os.getuid() == 0:
        user = next((u for u in ("postgres", "nobody") if _exists(u)), None)
        assert user is not None
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = programs[-1].parent
    subprocess.run(
        [folder / "initdb", "-D", home / "data", "-A", "trust", "-U", "tocsin", "-N"], check=True, capture_output=True, user=user
    )
    flags = ["-p", str(port), "-k", str(home), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen([folder / "postgres", "-D", home / "data", *flags], user=user, stdout=log, stderr=log)
    try:
        _wait_for(port, server, folder)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(home, ignore_errors=True)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 20
    while subprocess.run([folder / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode:
        assert server.poll() is None, "PostgreSQL ended at its start"
        assert time.monotonic() < deadline, "PostgreSQL does not answer"


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/tocsin.db"
    server = request.getfixturevalue("postgres_server")
    name = f"t{next(_numbers)}_{os.getpid()}"
    connection = await asyncpg.connect(f"postgresql://tocsin@{server}/postgres")
    await connection.execute(f"create database {name}")
    await connection.close()
    return f"postgresql://tocsin@{server}/{name}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A database with the tables of the ledger and the directory."""
    engine = open_engine(url)
    await create_tables(engine)
    yield Database(engine)
    await engine.dispose()


@pytest.fixture
def vault() -> Vault:
    """A vault with a key of its own."""
    return Vault(new_key())


@pytest.fixture
def people(database: Database, vault: Vault) -> People:
    """The directory."""
    return People(database, vault)


@pytest.fixture
def now() -> datetime:
    """A fixed instant."""
    return datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


@pytest.fixture
def later(now: datetime) -> Callable[[float], datetime]:
    """`later(60)` is a minute after `now`."""
    return lambda seconds: now + timedelta(seconds=seconds)
