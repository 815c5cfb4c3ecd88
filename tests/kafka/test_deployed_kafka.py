"""The broker of docker-compose.yml: its scripts and properties, run here with the embedded jars of the same version."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from plumbing.admin import Admin
from plumbing.errors import PlumbingError
from plumbing.librdkafka import await_metadata
from plumbing.plan import TopicSpec
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess, Secret
from schemas.codec import decode
from tocsin.commands import setup
from tocsin.kafka.jars import ensure_jars
from tocsin.kafka.java import find_java

pytestmark = pytest.mark.kafka
DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
BASH = shutil.which("bash") or "/bin/bash"


def make_secrets(folder: Path) -> Path:
    """Runs the script that the compose file runs first."""
    subprocess.run([str(DEPLOY / "make-secrets.sh"), str(folder / "secrets"), str(folder / "vault")], check=True)
    return folder / "secrets"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Kafka's two start scripts, on the embedded jars."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, main in (("kafka-storage.sh", "kafka.tools.StorageTool"), ("kafka-server-start.sh", "kafka.Kafka")):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {find_java()} -XX:TieredStopAtLevel=1 -Xmx512m -cp "{ensure_jars()}/*" {main} "$@"\n')
        script.chmod(0o755)
    return folder


def free_ports(count: int) -> list[str]:
    """Ports that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [str(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return numbers


@contextmanager
def broker(programs: Path, folder: Path, ports: list[str]) -> Iterator[None]:
    """The broker as `start.sh` starts it, until the end of the block."""
    inside, outside, controller = ports
    (folder / "kafka").mkdir(exist_ok=True)
    said = {
        "KAFKA_BIN": str(programs),
        "SECRETS": str(folder / "secrets"),
        "FOLDER": str(folder / "kafka"),
        "HOST": "127.0.0.1",
        "OUTSIDE_HOST": "127.0.0.1",
        "BIND": "127.0.0.1",
        "INSIDE_PORT": inside,
        "OUTSIDE_PORT": outside,
        "CONTROLLER_PORT": controller,
    }
    with (folder / "kafka.out").open("ab") as out:
        process = subprocess.Popen([BASH, str(DEPLOY / "kafka" / "start.sh")], env=os.environ | said, stdout=out, stderr=out)
    try:
        admin = access(folder, "admin", inside)
        await_metadata(admin, 60.0, lambda: process.poll() is None)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def access(folder: Path, user: str, port: str) -> KafkaAccess:
    """A user's way in, with the password that was made."""
    return KafkaAccess(bootstrap=f"127.0.0.1:{port}", user=user, password=Secret((folder / "secrets" / user).read_text()))


async def test_the_deployed_broker_takes_its_users_and_nobody_else_and_keeps_its_data(programs: Path, tmp_path: Path) -> None:
    make_secrets(tmp_path)
    ports = free_ports(3)
    with broker(programs, tmp_path, ports):
        for port in ports[:2]:
            admin = Admin(access(tmp_path, "admin", port))
            await admin.create_topics([TopicSpec(f"seen-{port}", 1, {})])
        stranger = KafkaAccess(bootstrap=f"127.0.0.1:{ports[0]}", user="admin", password=Secret("guessed"))
        with pytest.raises(PlumbingError):
            await Admin(stranger).topics([f"seen-{ports[0]}"])
        await admin.set_password("nobody", Secret("no rights at all"))
        nobody = Admin(KafkaAccess(bootstrap=f"127.0.0.1:{ports[0]}", user="nobody", password=Secret("no rights at all")))
        with pytest.raises(PlumbingError):
            await nobody.create_topics([TopicSpec("not-allowed", 1, {})])
        first = await asyncio.to_thread(set_up, tmp_path, ports[0])
        assert "sent to the hub" in first
        assert "sent to the hub" not in await asyncio.to_thread(set_up, tmp_path, ports[0])
        door = Reader(access(tmp_path, "door", ports[0]))
        sent = [decode(record.value).name async for batch in door.read_to_end("in.hub.settings", 0) for record in batch]
        assert sorted(sent) == ["authorities", "senders"]
    with broker(programs, tmp_path, ports):
        found = await Admin(access(tmp_path, "admin", ports[0])).topics([f"seen-{port}" for port in ports[:2]])
        assert len(found) == 2


def set_up(folder: Path, port: str) -> str:
    """What the service `setup` does, with a file as database; everything it said."""
    said = {
        "TOCSIN_KAFKA__BOOTSTRAP": f"127.0.0.1:{port}",
        "TOCSIN_KAFKA__USER": "admin",
        "TOCSIN_KAFKA__PASSWORD_FILE": str(folder / "secrets" / "admin"),
        "TOCSIN_DATABASE__URL": f"sqlite+aiosqlite:///{folder / 'hub.db'}",
    }
    settings = ["--settings", str(DEPLOY / "tocsin.toml")]
    secrets = ["--secrets", str(folder / "secrets")]
    text = ""
    program = typer.Typer()
    for name, app in (
        ("db", setup.db_app),
        ("topics", setup.topics_app),
        ("senders", setup.senders_app),
        ("authorities", setup.authorities_app),
    ):
        program.add_typer(app, name=name)
    for words in (["db", "upgrade"], ["topics", "apply", *secrets], ["senders", "apply", *secrets], ["authorities", "apply", *secrets]):
        done = CliRunner().invoke(program, [*words, *settings], env=said)
        assert done.exit_code == 0, done.output
        text += done.output
    return text


def test_secrets_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    secrets = make_secrets(tmp_path)
    files = [*secrets.iterdir(), *(tmp_path / "vault").iterdir()]
    assert {f.name for f in files} == {"admin", "broker", "database", "pgpass", "vault.key"}
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in files)
    before = {f: f.read_text() for f in files}
    assert len(set(before.values())) == len(files)
    make_secrets(tmp_path)
    assert {f: f.read_text() for f in files} == before


def test_the_key_of_the_addresses_opens_the_vault(tmp_path: Path) -> None:
    from store.vault import open_vault

    make_secrets(tmp_path)
    assert open_vault(tmp_path / "vault" / "vault.key") is not None


def test_the_database_password_is_found_by_the_driver(tmp_path: Path) -> None:
    from asyncpg.connect_utils import _read_password_from_pgpass  # the driver's own reader of such files

    secrets = make_secrets(tmp_path)
    found = _read_password_from_pgpass(passfile=secrets / "pgpass", hosts=["postgres"], ports=[5432], database="tocsin", user="tocsin")
    assert found == (secrets / "database").read_text()
