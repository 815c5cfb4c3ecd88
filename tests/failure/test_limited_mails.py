"""Limits with real mails: what is merged arrives in one, whole, and a sender that dies changes nothing about it."""

from __future__ import annotations

import asyncio
import email
import email.policy
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alertcore.records.notice import AlertRef, Channel, Limit, Notice
from notifiers.samples import sample
from tests.contract.stored import EVERYBODY, notice
from tests.failure.mail_faults import FaultyServer
from tests.failure.mail_hub import MailHub, config, sandbox
from tests.failure.test_sender_kills import STEPS, Killed, MortalQueue

ONE_AN_HOUR = (Limit(channel=Channel.EMAIL, n=1, per_ms=3_600_000),)


def about(number: int, name: str, template: str = "declared") -> Notice:
    """A notice of this template about a medicine of this name."""
    made = notice(number, EVERYBODY, alert=f"alr_{number}", limits=ONE_AN_HOUR, template=template)
    return replace(made, params=sample(template).params | {"name": name, "alert_id": f"alr_{number}"})


def words(mail: bytes) -> str:
    """Subject and text."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(f"{message['Subject']} {body.get_content()}".split())


async def test_a_merged_mail_holds_all_and_says_so(tmp_path: Path) -> None:
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people(["a", "b"])
        await hub.people(["c"], language="en")
        await hub.hub.take(about(1, "UNOMYCINE"), about(2, "DUOMYCINE", "defect"), about(3, "TRIOMYCINE"))
        await hub.hub.expand()
        async with hub.running(config(sandbox(server.port))):
            await hub.until(accepted=9)
        assert sorted(server.recipients.items()) == [(f"{n}@dest.example", 1) for n in "abc"]
        rows = {r.id: r for r in await hub.hub.rows()}
        leaders = {r.delivery_id for r in rows.values() if r.merged_into == r.id}
        assert {name.split("@")[0] for name in server.taken} == leaders
        for mail in server.mails:
            said = words(mail)
            assert all(name in said for name in ("UNOMYCINE", "DUOMYCINE", "TRIOMYCINE", "AB1234"))
            assert "ce message en réunit 3." in said or "this message brings 3 together." in said


@pytest.mark.parametrize("step", STEPS)
async def test_a_sender_killed_while_it_sends_merged_mails_loses_and_doubles_nothing(tmp_path: Path, step: str) -> None:
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(30)])
        await hub.hub.take(about(1, "UNOMYCINE"), about(2, "DUOMYCINE"))
        await hub.hub.expand()
        mortal = MortalQueue(hub.hub.database, step, 1)
        with suppress(BaseExceptionGroup, Killed):
            async with hub.running(config(sandbox(server.port)), drain_s=0.0, queue=mortal), asyncio.timeout(20):
                await mortal.dead.wait()
        now = datetime.now().astimezone()
        await hub.hub.queue("next").take_back(now + timedelta(days=1), now)
        async with hub.running(config(sandbox(server.port))):
            await hub.until(accepted=60)
        assert len(server.taken) == 30
        assert max(server.taken.values()) <= 2
        accepted = [e.delivery for e in await hub.hub.events() if e.kind == "accepted"]
        assert len(accepted) == len(set(accepted)) == 60


async def test_a_second_wave_waits_for_room_and_the_mails_already_out_are_not_repeated(tmp_path: Path) -> None:
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people(["a"])
        async with hub.running(config(sandbox(server.port))):
            await hub.hub.take(about(1, "UNOMYCINE"))
            await hub.until(accepted=1)
            await hub.hub.take(about(2, "DUOMYCINE"), replace(about(3, "X"), alerts=(AlertRef(alert_id="alr_3", version=1),), duty=True))
            await hub.until(accepted=2, deferred=1)
        assert sum(server.taken.values()) == 2
