"""What a hub needs before its roles start: topics, users, rights, and its settings files in the log."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from alertcore.records.hub import SettingName, SettingsFile
from plumbing.admin import Admin
from plumbing.consumer import GroupConsumer
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import Delivered
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer
from schemas.codec import UndecodableError, decode, encode
from tocsin.exits import UsageError
from tocsin.files import Registers
from tocsin.home import Home
from tocsin.provision.commands import Partitions, ProvisionError, authorities_apply, senders_apply, topics_apply
from tocsin.provision.commands import Registers as Outsiders
from tocsin.provision.plan import Step
from tocsin.settings import Settings

SETTINGS_TOPIC = "in.hub.settings"
IN_FORCE_WITHIN_S = 15.0


async def prepare_cluster(access: KafkaAccess, settings: Settings, registers: Registers, home: Home) -> None:
    """Make topics, users and rights what the files say; make a token for each sender and web user. UsageError names what cannot be."""
    kafka = settings.kafka.partitions
    admin, hub = Admin(access), Partitions(kafka.stock, kafka.supply)
    try:
        steps = await topics_apply(admin, home.secrets, hub)
        _, more = await asyncio.gather(_coordinators(access), _outsiders(admin, home, registers))
        steps, deadline = steps + more, time.monotonic() + IN_FORCE_WITHIN_S
        # Rights are in force a moment after they were taken: again until there is nothing left to do.
        while steps and time.monotonic() < deadline:
            steps = await topics_apply(admin, home.secrets, hub) + await _outsiders(admin, home, registers)
    except ProvisionError as error:
        raise UsageError("\n".join(error.problems)) from error
    for name in (*(s.name for s in registers.senders.senders), *settings.web.alertmanager_users):
        ensure_token(home.tokens / name)


async def _outsiders(admin: Admin, home: Home, registers: Registers) -> tuple[Step, ...]:
    outsiders = Outsiders(registers.senders, registers.authorities)
    return await senders_apply(admin, home.secrets, outsiders) + await authorities_apply(admin, home.secrets, outsiders)


async def _coordinators(access: KafkaAccess) -> None:
    """Has a fresh broker make its topics for groups and transactions: roles that all ask for them first wait long for each other."""
    async with FencedProducer(access, "up"), GroupConsumer(access, "up", [SETTINGS_TOPIC]):
        pass


def ensure_token(path: Path) -> None:
    """An HTTP token for somebody, made once, readable by the owner alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="utf-8")


async def apply_settings_files(access: KafkaAccess, registers: Registers, by: str = "up") -> list[str]:
    """Send the files whose content differs from what was sent last; returns their names."""
    last = await _last_sent(access)
    changed = {name: text for name, text in registers.texts.items() if last.get(name) != _hash(text)}
    async with Producer(access) as producer:
        for name, text in changed.items():
            await send_settings_file(producer, name, text, by)
    return list(changed)


async def send_settings_file(producer: Producer, name: str, text: str, by: str) -> Delivered:
    """Append one whole file to the hub's own way in; where it stands, by which the door answers."""
    record = SettingsFile(name=SettingName(name), content=text, sha256=_hash(text), by=by, at=datetime.now(UTC))
    headers = (("content-type", b"application/avro"),)
    return await producer.send_and_wait(SETTINGS_TOPIC, encode(record), key=name.encode(), headers=headers)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def _last_sent(access: KafkaAccess) -> dict[str, str]:
    found: dict[str, str] = {}
    async for batch in Reader(access).read_to_end(SETTINGS_TOPIC, 0):
        for record in batch:
            try:
                file = decode(record.value)
            except UndecodableError:
                continue  # the door has refused it
            found[file.name] = file.sha256
    return found
