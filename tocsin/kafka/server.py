"""The embedded broker of one home folder: formatted once, started, asked until it answers, stopped cleanly."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from plumbing.errors import PlumbingError
from plumbing.librdkafka import await_metadata
from plumbing.settings import KafkaAccess
from tocsin.kafka.archive import archive_options, writing_options
from tocsin.kafka.errors import AlreadyRunning, StartFailed
from tocsin.kafka.jars import ensure_jars
from tocsin.kafka.java import find_java
from tocsin.kafka.passwords import ensure_password, write_private
from tocsin.kafka.properties import ADMIN, BROKER, Ports, server_properties
from tocsin.kafka.tether import Tethered, is_java_of
from tocsin.ports import free_port, is_free

_LOG4J = Path(__file__).parent / "log4j2.xml"
STOP_GRACE_S = 10.0
WRITING_GRACE_S = 120.0


class EmbeddedKafka:
    """Apache Kafka with its data in `home/kafka` and passwords in `home/secrets`. Blocking: from asyncio use `asyncio.to_thread`.

    The broker ends when the process that started it ends, however that ends. What was written survives; start again on the same home.
    """

    def __init__(
        self, home: Path, *, jars: Path | None = None, quick: bool = False, heap_mib: int = 512, classes_to: Path | None = None
    ) -> None:
        """`jars`: folder that holds (or gets) the fetched jars, default the checkout's `.kafka`. `classes_to`: archive to write at the end.

        `quick`: half the work in its first minutes, a quarter more later (no second compiler).
        """
        self.home = home
        self.folder = home / "kafka"
        self.secrets = home / "secrets"
        self.log = self.folder / "kafka.log"
        self._jars_home = jars
        self._quick = quick
        self._heap_mib = heap_mib
        self._classes_to = classes_to
        self._ports: Ports | None = None
        self._process: Tethered | None = None
        self._lock: IO[str] | None = None

    def start(self, timeout_s: float = 60.0) -> KafkaAccess:
        """Starts the broker and returns the administrator's access once metadata was answered through SASL.

        Raises JavaMissing, JavaTooOld, MavenMissing, FetchFailed, ChecksumMismatch, AlreadyRunning, StartFailed.
        """
        java, jars = find_java(), ensure_jars(self._jars_home)
        self._take_lock()
        try:
            self._end_leftover()
            self._ports = self._choose_ports()
            self._prepare(java, jars)
            self._launch(java, jars)
            self._await_answer(timeout_s)
        except BaseException:
            self.stop()
            raise
        return self.access(ADMIN)

    def access(self, user: str) -> KafkaAccess:
        """How `user` gets in; makes the password (not the Kafka user) if there is none yet."""
        return KafkaAccess(bootstrap=self.bootstrap, user=user, password=ensure_password(self.secrets, user))

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients, once started."""
        assert self._ports is not None, "not started"
        return f"127.0.0.1:{self._ports.clients}"

    @property
    def pid(self) -> int | None:
        """Process id of the broker while it runs."""
        return self._process.pid if self._process is not None and self._process.running() else None

    def running(self) -> bool:
        """Whether the broker's process is there."""
        return self.pid is not None

    def stop(self) -> None:
        """SIGTERM, 10 s, SIGKILL; returns when nothing of it is left. Stopping what does not run does nothing."""
        process, self._process = self._process, None
        if process is not None:
            process.end(STOP_GRACE_S if self._classes_to is None else WRITING_GRACE_S)
        (self.folder / "pid").unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def kill(self) -> None:
        """SIGKILL, as a crash would: for tests of what comes after."""
        if self._process is not None:
            self._process.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take_lock(self) -> None:
        if self._lock is not None:
            raise AlreadyRunning(f"the Kafka of {self.home} was started already")
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise AlreadyRunning(f"another process runs the Kafka of {self.home}; stop that one first") from error
        self._lock = lock

    def _end_leftover(self) -> None:
        """A broker whose starter and tether were both killed still holds the data: end it before another opens them."""
        path = self.folder / "pid"
        with suppress(FileNotFoundError, ValueError):
            pid = int(path.read_text())
            if is_java_of(pid, str(self._properties)):
                _end_stranger(pid, str(self._properties), STOP_GRACE_S)

    @property
    def _properties(self) -> Path:
        return (self.folder / "server.properties").resolve()

    def _choose_ports(self) -> Ports:
        """Those of the last start if they are still free: what clients know stays true."""
        path = self.folder / "ports"
        with suppress(FileNotFoundError, ValueError):
            clients, controller = (int(port) for port in path.read_text().split())
            if is_free(clients) and is_free(controller):
                return Ports(clients, controller)
        ports = _free_ports()
        path.write_text(f"{ports.clients} {ports.controller}\n")
        return ports

    def _prepare(self, java: str, jars: Path) -> None:
        assert self._ports is not None
        data, fresh = self.folder / "data", self.folder / "data.new"
        password = ensure_password(self.secrets, BROKER)
        if not data.exists():
            shutil.rmtree(fresh, ignore_errors=True)
            write_private(self._properties, server_properties(fresh.resolve(), self._ports, password))
            self._format(java, jars)
            fresh.rename(data)  # a format that was cut short is done again, never started from
        write_private(self._properties, server_properties(data.resolve(), self._ports, password))

    def _format(self, java: str, jars: Path) -> None:
        words = ["kafka.tools.StorageTool", "format", "-c", str(self._properties), "-t", _cluster_id()]
        for user in (ADMIN, BROKER):
            password = ensure_password(self.secrets, user).reveal()
            words += ["--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]"]
        arguments = self.folder / "format.args"
        write_private(arguments, "\n".join(f'"{word}"' for word in words))  # a file: a command line shows in ps
        try:
            command = [java, *archive_options(jars), *_QUICK, "-cp", f"{jars}/*", self._log_option("format"), f"@{arguments}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        finally:
            arguments.unlink()
        if done.returncode != 0:
            raise StartFailed(f"Kafka's storage could not be formatted: {_last_line(done.stderr or done.stdout)}")

    def _launch(self, java: str, jars: Path) -> None:
        options = [f"-Xmx{self._heap_mib}m", "-Xms128m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"]
        classes = archive_options(jars) if self._classes_to is None else writing_options(self._classes_to)
        command = [
            java,
            *classes,
            *options,
            *(_QUICK if self._quick else []),
            f"-Dlog4j2.configurationFile={_LOG4J}",
            self._log_option("kafka"),
        ]
        command += ["-cp", f"{jars}/*", "kafka.Kafka", str(self._properties)]
        self._process = Tethered.start(command, self.folder / "kafka.out")
        write_private(self.folder / "pid", str(self._process.pid))

    def _log_option(self, name: str) -> str:
        return f"-Dtocsin.kafka.log={self.folder.resolve() / f'{name}.log'}"

    def _await_answer(self, timeout_s: float) -> None:
        assert self._process is not None
        try:
            await_metadata(self.access(ADMIN), timeout_s, self._process.running)
        except PlumbingError as error:
            out = _last_line((self.folder / "kafka.out").read_text(errors="replace"))
            raise StartFailed(f"Kafka did not start ({error}){f': {out}' if out else ''}; see {self.log}") from error


_QUICK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def _free_ports() -> Ports:
    clients = free_port()
    while (controller := free_port()) == clients:
        pass
    return Ports(clients, controller)


def _cluster_id() -> str:
    """16 random bytes as Kafka writes them; never with a dash in front, which would read as an option."""
    while (text := urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def _end_stranger(pid: int, properties: str, grace_s: float) -> None:
    """SIGTERM, then SIGKILL, to a broker that is not our child; returns when it is gone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + grace_s
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        while is_java_of(pid, properties) and time.monotonic() < deadline:
            time.sleep(0.05)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
