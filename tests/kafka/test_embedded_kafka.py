"""The embedded Kafka: passwords and rights are on, data survives, nothing is left behind."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from plumbing.admin import Admin
from plumbing.errors import NotThere, PlumbingError, Refused, Transient
from plumbing.librdkafka import await_metadata
from plumbing.plan import Acl, TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess, Secret
from tocsin.kafka.errors import AlreadyRunning, ChecksumMismatch, JavaMissing, JavaTooOld, MavenMissing, StartFailed
from tocsin.kafka.jars import default_directory, differences, ensure_jars, read_checksums
from tocsin.kafka.java import find_java, major_version
from tocsin.kafka.server import EmbeddedKafka

pytestmark = pytest.mark.kafka

User = Callable[..., Awaitable[KafkaAccess]]
Topic = Callable[..., Awaitable[str]]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[EmbeddedKafka]:
    """A broker of this test alone, not started yet."""
    broker = EmbeddedKafka(tmp_path, quick=True)
    yield broker
    broker.stop()


def test_a_wrong_password_is_refused(access: KafkaAccess) -> None:
    wrong = KafkaAccess(bootstrap=access.bootstrap, user="admin", password=Secret("not it"))
    with pytest.raises(Refused):
        await_metadata(wrong, 10.0, lambda: True)


async def test_a_wrong_password_is_refused_to_a_producer_too(access: KafkaAccess) -> None:
    producer = Producer(KafkaAccess(bootstrap=access.bootstrap, user="admin", password=Secret("not it")), start_timeout_s=10.0)
    with pytest.raises(Refused):
        await producer.start()


def test_without_a_password_nobody_is_answered(access: KafkaAccess) -> None:
    with pytest.raises(Transient):
        await_metadata(KafkaAccess(bootstrap=access.bootstrap, security="PLAINTEXT"), 1.5, lambda: True)


async def test_the_controller_answers_nobody_without_its_password(kafka: EmbeddedKafka) -> None:
    port = (kafka.folder / "ports").read_text().split()[1]
    client = AIOKafkaConsumer(bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=2000)
    with pytest.raises(KafkaError):
        await client.start()
    await client.stop()


async def test_what_is_not_allowed_is_denied(user: User, topic: Topic) -> None:
    name, nobody = await topic("log"), await user("nobody")
    with pytest.raises(NotThere):
        await Reader(nobody).partitions(name)
    with pytest.raises(Refused):
        async with Producer(nobody) as producer:
            await producer.send_and_wait(name, b"x")


async def test_an_allowance_reaches_as_far_as_it_says(user: User, topic: Topic, access: KafkaAccess, prefix: str) -> None:
    mine, other = await topic("mine"), await topic("other")
    writer = await user("writer", Acl("", "topic", mine, "write"))
    async with Producer(writer) as producer:
        await producer.send_and_wait(mine, b"x")
        with pytest.raises(Refused):
            await producer.send_and_wait(other, b"x")
    with pytest.raises(PlumbingError):
        _ = [batch async for batch in Reader(writer, timeout_s=3.0).read_to_end(mine, 0)]


async def test_a_topic_that_nobody_made_is_not_made_by_writing(access: KafkaAccess, prefix: str) -> None:
    async with Producer(access, request_timeout_s=1.0) as producer:
        with pytest.raises(PlumbingError):
            await producer.send_and_wait(f"{prefix}typo", b"x")
    assert f"{prefix}typo" not in await Admin(access).topics()


async def test_data_passwords_and_ports_survive_a_stop_and_a_crash(own: EmbeddedKafka) -> None:
    access = own.start()
    await Admin(access).create_topics([TopicSpec("kept", 1)])
    for end in (own.stop, own.kill):
        async with Producer(access) as producer:
            await producer.send_and_wait("kept", end.__name__.encode())
        end()
        own.stop()
        assert own.start() == access
    read = [one.value async for batch in Reader(access).read_to_end("kept", 0) for one in batch]
    assert read == [b"stop", b"kill"]


async def test_a_taken_port_is_replaced_and_the_data_stay(own: EmbeddedKafka) -> None:
    before = own.start()
    await Admin(before).create_topics([TopicSpec("kept", 1)])
    own.stop()
    with closing(socket.socket()) as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", int(before.bootstrap.split(":")[1])))
        thief.listen()
        after = own.start()
    assert after.bootstrap != before.bootstrap
    assert list(await Admin(after).topics()) == ["kept"]


def test_a_stop_leaves_no_process(own: EmbeddedKafka) -> None:
    own.start()
    assert own.pid is not None
    group = [own.pid, *(child.pid for child in psutil.Process(own.pid).children(recursive=True))]
    assert len(group) > 1
    own.stop()
    assert [pid for pid in group if _alive(pid)] == []
    assert not own.running()


def test_a_home_has_one_broker(own: EmbeddedKafka) -> None:
    own.start()
    with pytest.raises(AlreadyRunning, match="stop that one first"):
        EmbeddedKafka(own.home, quick=True).start()
    assert own.running()


def test_passwords_are_readable_by_their_owner_only(kafka: EmbeddedKafka) -> None:
    assert kafka.secrets.stat().st_mode & 0o777 == 0o700
    for path in [*kafka.secrets.iterdir(), kafka.folder / "server.properties"]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert "password" not in (kafka.folder / "kafka.log").read_text().replace("password = [hidden]", "")


def test_the_broker_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-m", "tocsin.kafka", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert starter.stdout is not None
    assert starter.stderr is not None
    try:
        line = starter.stdout.readline().decode()
        assert line.startswith("ready 127.0.0.1:"), starter.stderr.read()
        pid = int((tmp_path / "kafka" / "pid").read_text())
    finally:
        starter.kill()
        starter.communicate()
    _wait(lambda: not _alive(pid))


def test_a_broker_left_over_by_a_double_kill_is_ended_before_the_next_start(own: EmbeddedKafka) -> None:
    own.start()
    first = own.pid
    assert first is not None
    assert own._lock is not None
    own._lock.close()  # what the system does for a starter that is killed; and its tether is killed with it
    for child in psutil.Process(first).children(recursive=True):
        child.kill()
    second = EmbeddedKafka(own.home, quick=True)
    try:
        second.start()
        assert not _alive(first)
    finally:
        second.stop()


def test_a_broker_that_cannot_start_says_so_in_a_line(own: EmbeddedKafka) -> None:
    own.start()
    own.stop()
    for path in (own.folder / "data").rglob("meta.properties"):
        path.write_text("broken")
    with pytest.raises(StartFailed) as raised:
        own.start(timeout_s=20.0)
    assert "\n" not in str(raised.value)
    assert str(own.log) in str(raised.value)
    assert not own.running()


def test_without_java_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(JavaMissing, match="install Java 17 or newer"):
        EmbeddedKafka(tmp_path / "home").start()


def test_an_old_java_is_named_with_its_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _program(tmp_path / "java", "echo 'openjdk version \"11.0.22\" 2024-01-16' >&2")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(JavaTooOld, match=r"Java 11 .* is too old: install Java 17"):
        find_java()


def test_java_versions_are_read_in_their_old_and_new_form() -> None:
    said = {
        'java version "1.8.0_292"': 8,
        'openjdk version "17.0.15" 2025-04-15': 17,
        'openjdk version "25" 2025-09-16': 25,
        "nonsense": None,
    }
    assert {line: major_version(line) for line in said} == said


def test_without_maven_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _program(tmp_path / "java", "echo 'openjdk version \"17.0.1\"' >&2")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(MavenMissing, match="apt install maven"):
        ensure_jars(tmp_path / "jars")


def test_a_jar_that_was_tampered_with_is_not_started(tmp_path: Path) -> None:
    (tmp_path / "jars").mkdir()
    for path in (default_directory() / "jars").iterdir():
        os.link(path, tmp_path / "jars" / path.name)
    assert ensure_jars(tmp_path) == tmp_path / "jars"
    victim = min((tmp_path / "jars").iterdir())
    content = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(content + b"x")
    with pytest.raises(ChecksumMismatch, match=victim.name):
        ensure_jars(tmp_path)


def test_missing_unknown_and_changed_jars_are_told_apart() -> None:
    wanted = read_checksums("aa  one.jar\nbb  two.jar\n")
    assert differences(wanted, {"two.jar": "cc", "three.jar": "dd"}) == [
        "one.jar is missing",
        "three.jar is not on the list",
        "two.jar has another checksum than the one that was tried",
    ]


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait(condition: Callable[[], bool], deadline_s: float = 20.0) -> None:
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)


def test_an_archive_of_classes_that_java_cannot_use_is_left_aside(tmp_path: Path) -> None:
    jars = tmp_path / "jars"
    jars.mkdir()
    (jars / "jars").symlink_to(default_directory() / "jars")
    (jars / "classes.jsa").write_bytes(b"no archive")
    with EmbeddedKafka(tmp_path / "home", jars=jars, quick=True) as broker:
        assert broker.running()
