"""Mail servers that refuse, throttle, close and drop: every delivery ends as it should, and nobody accepted is written to twice."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from alertcore.records.notice import Lane, Purpose
from alertcore.records.shared import Nature
from notifiers.deliver import build
from notifiers.ports import RealPorts, RealServer, SandboxPorts, SandboxServer
from store.database import Database
from store.engine import open_engine
from tests.contract.stored import EPOCH, notice
from tests.failure.mail_faults import FaultyServer
from tests.failure.mail_hub import FAST, MailHub, config, patient_backoff, sandbox, server


@pytest.mark.parametrize("pipelining", [True, False])
async def test_each_answer_of_the_server_ends_in_its_state(tmp_path: Path, *, pipelining: bool) -> None:
    """550 fails, content refused fails, 451 is tried again, with and without PIPELINING, among many that are taken."""
    names = [f"ok-{n}" for n in range(60)]
    names += [f"u550-{n}" for n in range(6)] + [f"c554-{n}" for n in range(4)]
    names += [f"r451-once-{n}" for n in range(5)] + [f"r451-{n}" for n in range(3)]
    async with FaultyServer(pipelining=pipelining) as faulty, MailHub.open(tmp_path) as hub:
        await hub.people(names)
        await hub.hub.take(notice(1))
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(accepted=65, failed=13)
        assert max(faulty.taken.values()) == 1
        assert len(faulty.taken) == 65
        rows = {(r.reason) for r in await hub.hub.rows() if r.state == "failed"}
        assert rows == {"permanent", "content", "given_up"}


async def test_the_ledger_never_keeps_the_servers_words(tmp_path: Path) -> None:
    """They name the address."""
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people(["u550-jeanne"])
        await hub.hub.take(notice(1))
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(failed=1)
        assert "u550-jeanne@" not in await hub.hub.everything()
        assert [(e.code, e.detail) for e in await hub.hub.events()][1:] == [(550, "permanent first 5.1.1")]


@pytest.mark.parametrize("pipelining", [True, False])
async def test_a_dropped_connection_repeats_under_the_same_message_id_only(tmp_path: Path, *, pipelining: bool) -> None:
    """The server took the content and cut the line before its answer: nobody can know, so the mail comes again as the same one."""
    names = [f"ok-{n}" for n in range(40)] + [f"drop-once-{n}" for n in range(5)]
    async with FaultyServer(pipelining=pipelining) as faulty, MailHub.open(tmp_path) as hub:
        await hub.people(names)
        await hub.hub.take(notice(1))
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(accepted=45)
        assert len(faulty.taken) == 45
        repeated = {i for i, n in faulty.taken.items() if n > 1}
        assert len(repeated) >= 5
        assert all(n <= 3 for n in faulty.taken.values())


async def test_a_server_that_says_421_took_nothing_and_is_left_alone_for_a_while(tmp_path: Path) -> None:
    """No attempt is counted for what it did not take."""
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people([f"q421-once-{n}" for n in range(3)] + [f"ok-{n}" for n in range(10)])
        await hub.hub.take(notice(1))
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(accepted=13)
        assert set(faulty.taken.values()) == {1}
        assert {r.attempt for r in await hub.hub.rows()} == {1}


async def test_when_a_provider_fails_the_other_takes_over_without_a_second_copy(tmp_path: Path) -> None:
    """One answers 421 to everybody from the start; all mails leave through the other, each once."""
    async with FaultyServer(broken=True) as broken, FaultyServer() as sound, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(80)])
        await hub.hub.take(notice(1))
        ports = RealPorts((RealServer(server(broken.port, "broken")), RealServer(server(sound.port, "sound"))))
        async with hub.running(config(ports)):
            await hub.until(accepted=80)
        assert not broken.taken
        assert len(sound.taken) == sum(sound.taken.values()) == 80


async def test_a_server_of_weight_zero_works_only_while_the_others_rest(tmp_path: Path) -> None:
    async with FaultyServer() as first, FaultyServer() as spare, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(30)])
        ports = RealPorts((RealServer(server(first.port, "first")), RealServer(server(spare.port, "spare", weight=0))))
        await hub.hub.take(notice(1))
        async with hub.running(config(ports)):
            await hub.until(accepted=30)
        assert (len(first.taken), len(spare.taken)) == (30, 0)
        first.broken = True
        await hub.hub.take(notice(2))
        async with hub.running(config(ports)):
            await hub.until(accepted=60)
        assert (len(first.taken), len(spare.taken)) == (30, 30)


async def test_nobody_listening_gives_the_deliveries_back_and_a_server_that_comes_up_gets_them(tmp_path: Path) -> None:
    async with FaultyServer() as other:
        port = other.port
    async with MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(5)])
        await hub.hub.take(notice(1))
        async with hub.running(config(sandbox(port))):
            await hub.until(claimed=5)
        await hub.until(intended=5)
        assert {r.attempt for r in await hub.hub.rows()} == {0}


@pytest.mark.parametrize("nature", [Nature.EXERCISE, Nature.TEST])
async def test_an_exercise_never_reaches_a_real_provider(tmp_path: Path, nature: Nature) -> None:
    """It goes to the sandbox, or nowhere."""
    async with FaultyServer() as real, FaultyServer() as sink, MailHub.open(tmp_path) as hub:
        await hub.people(["a", "b"])
        await hub.hub.take(notice(1, nature=nature))
        async with hub.running(config(RealPorts((RealServer(server(real.port)),)))):
            await hub.until(suppressed=2)
        assert {r.reason for r in await hub.hub.rows()} == {"exercise"}
        await hub.hub.take(notice(2, nature=nature))
        ports = RealPorts((RealServer(server(real.port)),), SandboxServer(server(sink.port)))
        async with hub.running(config(ports)):
            await hub.until(suppressed=2, accepted=2)
        assert real.connections == 0
        assert len(sink.taken) == 2


async def test_a_contact_test_reaches_people(tmp_path: Path) -> None:
    async with FaultyServer() as real, MailHub.open(tmp_path) as hub:
        await hub.people(["a"])
        await hub.hub.take(notice(1, nature=Nature.TEST, purpose=Purpose.CONTACT_TEST))
        async with hub.running(config(RealPorts((RealServer(server(real.port)),)))):
            await hub.until(accepted=1)


async def test_with_sandbox_ports_and_no_sink_nothing_is_sent_and_the_ledger_says_so(tmp_path: Path) -> None:
    async with MailHub.open(tmp_path) as hub:
        await hub.people(["a"])
        await hub.hub.take(notice(1))
        async with hub.running(config(SandboxPorts())):
            await hub.until(suppressed=1)
        assert [r.reason for r in await hub.hub.rows()] == ["sandbox"]


def test_real_ports_and_time_from_the_data_exclude_one_another(tmp_path: Path) -> None:
    """A replay would write to people."""
    with pytest.raises(ValueError, match="replay"):
        build(Database(open_engine(f"sqlite:///{tmp_path}/x.db")), config(RealPorts(()), data_time=True))


async def test_urgent_mails_go_first(tmp_path: Path) -> None:
    """A hundred bulk mails are in the ledger before the urgent ones, and the urgent ones arrive first."""
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(30)])
        await hub.hub.take(notice(1, lane=Lane.BULK), notice(2, alert="alr_b", lane=Lane.URGENT))
        await hub.hub.expand()
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(accepted=60)
        urgent = [b"Importance: high" in m for m in faulty.mails]
        assert all(urgent[:30])
        assert not any(urgent[30:])


async def test_expired_notices_are_not_sent(tmp_path: Path) -> None:
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people(["a"])
        await hub.hub.take(notice(1, expires=EPOCH))
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(suppressed=1)
        await hub.hub.take(notice(2, expires=EPOCH))
        async with hub.running(config(sandbox(faulty.port), data_time=True)):
            await hub.until(suppressed=1, accepted=1)


async def test_what_cannot_be_rendered_fails_and_its_neighbours_are_sent(tmp_path: Path) -> None:
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people(["a"])
        await hub.hub.take(notice(1, template="unknown"), notice(2))
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(failed=1, accepted=1)
        assert {r.reason for r in await hub.hub.rows()} == {"no_template", ""}


async def test_headers_of_a_mail_that_may_be_left_and_of_a_duty(tmp_path: Path) -> None:
    """RFC 8058 on all but duties; Message-ID from the delivery; a return path of its own; automatic."""
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people(["a"])
        await hub.hub.take(notice(1), notice(2, duty=True))
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(accepted=2)
        first, second = (email.message_from_bytes(m, policy=email.policy.default) for m in sorted(faulty.mails, key=len, reverse=True))
        ids = {r.notice: r.delivery_id for r in await hub.hub.rows()}
        left, duty = (first, second) if first["List-Unsubscribe"] else (second, first)
        assert left["Message-ID"] == f"<{ids[1]}@tocsin.example>"
        assert left["List-Unsubscribe"].startswith("<https://tocsin.example/u/")
        assert left["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert duty["List-Unsubscribe"] is None
        assert "unsubscribe" not in str(duty).lower()
        for mail in (left, duty):
            assert mail["Auto-Submitted"] == "auto-generated"
            assert mail["To"] == "a@dest.example"
            assert not mail.defects
            plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
            assert plain is not None
            assert html is not None
            assert "XTOCSIN" not in plain.get_content() + html.get_content()


async def test_a_permanent_stop_in_the_middle_finishes_and_records_what_is_under_way(tmp_path: Path) -> None:
    """After a graceful end nothing is repeated."""
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(200)])
        await hub.hub.take(notice(1))
        await hub.hub.expand()
        async with hub.running(config(sandbox(faulty.port))):
            while not faulty.taken:
                await hub.until_some()
        first = sum(faulty.taken.values())
        assert sum(r.state == "accepted" for r in await hub.hub.rows()) == first
        assert not any(r.state == "claimed" for r in await hub.hub.rows())
        async with hub.running(config(sandbox(faulty.port))):
            await hub.until(accepted=200)
        assert sum(faulty.taken.values()) == len(faulty.taken) == 200


async def test_deferred_mails_wait_their_time(tmp_path: Path) -> None:
    async with FaultyServer() as faulty, MailHub.open(tmp_path) as hub:
        await hub.people(["r451-a"])
        await hub.hub.take(notice(1))
        async with hub.running(config(sandbox(faulty.port), patient_backoff(FAST))):
            await hub.until(deferred=1)
        (row,) = await hub.hub.rows()
        assert row.reason == "transient"
        assert row.due - row.changed_at >= 3600 * 1_000_000
