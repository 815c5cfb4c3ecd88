"""`tocsin up`: the whole hub on this machine: Kafka, topics, users, database, roles; what dies is started again."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from notifiers.sink import MailSink
from plumbing.settings import KafkaAccess
from store.migrate import upgrade
from store.vault import open_vault
from tocsin.exits import ExitError, UsageError
from tocsin.files import Registers, read_registers
from tocsin.forking import Forks
from tocsin.home import Home, write_atomically
from tocsin.kafka.errors import EmbeddedKafkaError
from tocsin.kafka.server import EmbeddedKafka
from tocsin.ports import free_port, is_free
from tocsin.prepare import apply_settings_files, prepare_cluster
from tocsin.roles.orders import Orders
from tocsin.roster import ROLES, database_url, environment
from tocsin.settings import Settings
from tocsin.supervisor import ChildSpec, Supervisor

Tell = Callable[[str], None]
WATCH_S = 0.2
READY_WITHIN_S = 60.0


class Up:
    """A hub under one home folder. `start` returns when all is ready; `watch` keeps it so until `stop` is set."""

    def __init__(self, home: Home, settings: Settings, settings_file: Path | None, tell: Tell) -> None:
        self.home = home
        self.settings = settings
        self.stop = asyncio.Event()
        self._file = settings_file
        self._tell = tell
        self._kafka = EmbeddedKafka(home.path, quick=True)
        self._sink: MailSink | None = None
        self._forks = Forks()
        self._supervisor: Supervisor | None = None
        self._registers: Registers | None = None
        self._written = ""
        self._web_port = settings.web.port or _kept_port(home.path / "web-port")

    async def start(self) -> None:
        """Bring everything up. ExitError says what could not be, and what to do."""
        self._forks.prepare()
        self._registers = read_registers(self.settings)
        self._brokers.unlink(missing_ok=True)
        open_vault(self.settings.database.key_file or self.home.vault_key, create=True)
        if self._needs_sink():
            self._sink = MailSink(self.home.mails)
            await self._sink.start()
        self._tell("starting Kafka and the roles")
        self._supervisor = Supervisor(list(self._specs()), self._forks.start, self._tell)
        url = database_url(self.home, self.settings)
        # The roles are there while Kafka still starts, and wait for its address.
        admin, _, _ = await asyncio.gather(self._start_kafka(), upgrade(url), asyncio.to_thread(self._supervisor.start_due))
        self._tell("preparing topics and users")
        await prepare_cluster(admin, self.settings, self._registers, self.home)
        write_atomically(self._brokers, self._kafka.bootstrap)
        await apply_settings_files(self.access("hub"), self._registers)
        await self._until_ready(time.monotonic() + READY_WITHIN_S)
        self.write_endpoints()

    async def watch(self) -> None:
        """Start again what ends, until `stop` is set."""
        assert self._supervisor is not None
        while not self.stop.is_set():
            if not self._kafka.running():
                self._tell("Kafka ended; starting it again")
                await self._start_kafka()
                write_atomically(self._brokers, self._kafka.bootstrap)
            self._supervisor.start_due()
            self.write_endpoints()
            await _unless(self.stop, WATCH_S)

    async def end(self) -> None:
        """Stop everything, roles first."""
        if self._supervisor is not None:
            await self._supervisor.stop()
        if self._sink is not None:
            await self._sink.stop()
        await asyncio.to_thread(self._kafka.stop)
        self.home.endpoints_file.unlink(missing_ok=True)

    def access(self, user: str) -> KafkaAccess:
        """Access of one of the hub's users."""
        return self._kafka.access(user)

    def endpoints(self) -> dict[str, Any]:
        """What stands in endpoints.json."""
        assert self._supervisor is not None
        said = {name: child.status() for name, child in self._supervisor.children.items()}
        running = {name: s for name, s in said.items() if s}
        found: dict[str, Any] = {
            "kafka": {
                "bootstrap": self._kafka.bootstrap,
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-512",
                "users": self._secrets[0],
            },
            "settings": str(self._file.resolve()) if self._file else None,
            "time": self.settings.time,
            "http": next((s["http"] for s in running.values() if "http" in s), None),
            "metrics": {name: s["metrics"] for name, s in running.items()},
            "pids": {name: s["pid"] for name, s in running.items()} | {"kafka": self._kafka.pid},
            "tokens": self._secrets[1],
        }
        if self._sink is not None:
            found["smtp_sink"] = {"host": "127.0.0.1", "port": self._sink.port, "messages_dir": str(self.home.mails.resolve())}
        return found

    @cached_property
    def _secrets(self) -> tuple[dict[str, str], dict[str, str]]:
        """Files of passwords and of tokens by whose they are; looked up once, for endpoints.json is made several times a second."""
        assert self._registers is not None
        passwords = {user: str((self.home.secrets / user).resolve()) for user in self._registers.visible_users()}
        holders = (*(s.name for s in self._registers.senders.senders), *self.settings.web.alertmanager_users)
        return passwords, {name: str((self.home.tokens / name).resolve()) for name in holders}

    def write_endpoints(self) -> None:
        """Replace endpoints.json where something changed."""
        text = json.dumps(self.endpoints(), indent=2) + "\n"
        if text != self._written:
            write_atomically(self.home.endpoints_file, text)
            self._written = text

    async def _start_kafka(self) -> KafkaAccess:
        try:
            await asyncio.to_thread(self._kafka.stop)
            return await asyncio.to_thread(self._kafka.start)
        except EmbeddedKafkaError as error:
            raise UsageError(str(error)) from error

    async def _until_ready(self, deadline: float) -> None:
        assert self._supervisor is not None
        while not self._supervisor.ready():
            self._supervisor.start_due()
            for child in self._supervisor.given_up():
                raise ExitError(f"{child.spec.name} could not start; the reason stands at the end of {child.spec.log}")
            if self.stop.is_set():
                raise ExitError("stopped before it was ready")
            if time.monotonic() > deadline:
                late = [n for n, c in self._supervisor.children.items() if c.status() is None]
                raise ExitError(f"not ready after {READY_WITHIN_S:g} s: {', '.join(late)}; see the logs in {self.home.logs}")
            await _unless(self.stop, 0.05)

    def _specs(self) -> Iterator[ChildSpec]:
        sink = self._sink.port if self._sink is not None else None
        for role in ROLES:
            told = os.environ | environment(self.home, self.settings, role.user, self._web_port, sink)
            status = self.home.run / f"{role.name}.json"
            orders = Orders(
                role=role.role,
                name=role.name,
                status=status,
                after=self._brokers,
                settings=self._file,
                stage=role.stage,
                nice=role.nice,
            )
            yield ChildSpec(role.name, orders, told, status, self.home.logs / f"{role.name}.log")

    @property
    def _brokers(self) -> Path:
        """Holds Kafka's address once everything it needs is prepared."""
        return self.home.run / "brokers"

    def _needs_sink(self) -> bool:
        """With sandbox ports nothing leaves this machine; without a mail relay there is nowhere else to go."""
        return self.settings.ports == "sandbox" or not self.settings.smtp.providers


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """One `up` a home. UsageError if there is another."""
    home.make()
    with (home.path / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"a hub is already running in {home.path}; stop it, or name another folder with --home") from error
        yield


async def run_up(home: Home, settings: Settings, settings_file: Path | None, tell: Tell, say_ready: Tell) -> None:
    """Bring a hub up and keep it up until SIGTERM or Ctrl-C."""
    with locked(home):
        hub = Up(home, settings, settings_file, tell)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, hub.stop.set)
        try:
            await hub.start()
            say_ready("ready")
            await hub.watch()
        finally:
            await hub.end()


async def _unless(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _kept_port(file: Path) -> int:
    """A free port, the same at the next start where it is still free: links in messages go on working."""
    kept = _read_port(file)
    found = kept if kept and is_free(kept) else free_port()
    file.write_text(str(found), encoding="utf-8")
    return found


def _read_port(file: Path) -> int:
    try:
        return int(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0
