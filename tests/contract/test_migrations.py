"""Migrations: an empty database becomes what the program's tables are, on both databases, and twice is once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from alertcore.records.notice import Audience, Channel, Limit, Purpose
from schemas.codec import decode, encode
from store.database import Database
from store.engine import open_engine
from store.errors import StoreAway
from store.limiting import Limiting
from store.migrate import _config, _on, differences, is_current, newest, revision, upgrade
from store.people import People
from store.vault import Vault, new_key
from tests.contract.stored import EPOCH, Hub, csv, notice, person


async def test_an_empty_database_is_brought_to_the_tables_of_the_program(url: str) -> None:
    assert await revision(url) is None
    assert not await is_current(url)
    assert await upgrade(url) == newest()
    assert await differences(url) == []
    assert await upgrade(url) == newest()
    assert await is_current(url)


async def test_partial_indexes_are_made_on_sqlite(tmp_path: Path) -> None:
    """Alembic does not compare their conditions."""
    await upgrade(f"sqlite:///{tmp_path}/t.db")
    with sqlite3.connect(tmp_path / "t.db") as connection:
        made = dict(connection.execute("select name, sql from sqlite_master where type = 'index' and sql like '%where%'"))
    connection.close()
    of_deliveries = {"deliveries_due", "deliveries_claimed", "deliveries_held", "deliveries_limited", "deliveries_merged"}
    assert set(made) == of_deliveries | {"notices_open", "notices_receipt_due", "notices_waiting", "notices_limited"}


async def test_a_ledger_of_the_release_before_goes_on_as_it_was(url: str) -> None:
    """Whoever was told then hears the end now, and has one room under a limit set now."""
    await at_revision(url, "0002")
    vault = Vault(new_key())
    engine = open_engine(url)
    try:
        hub, people = Hub(Database(engine), vault), People(Database(engine), vault)
        await people.import_csv(csv(person("a"), person("b", "patient", "cis:60000001")), EPOCH)
        await before(hub.database)
        await upgrade(url)
        assert await differences(url) == []
        limits = (Limit(channel=Channel.EMAIL, n=1, per_ms=3_600_000),)
        await hub.take(notice(2, Audience(recipients_of="alr_a"), purpose=Purpose.ALL_CLEAR, limits=limits))
        assert await hub.expand() == 2
        assert {r.person for r in await hub.rows() if r.notice == 2} == {"1", "xold"}
        assert [(r.state, r.held_until, r.merged_into) for r in await hub.rows() if r.notice == 1] == [("accepted", None, None)] * 2
    finally:
        await engine.dispose()


async def test_going_back_a_revision_lets_go_what_a_limit_held(url: str) -> None:
    await upgrade(url)
    vault = Vault(new_key())
    engine = open_engine(url)
    try:
        hub = Hub(Database(engine), vault, chunk=100)
        await People(hub.database, vault).import_csv(csv(person("a")), EPOCH)
        limits = (Limit(channel=Channel.EMAIL, n=1, per_ms=3_600_000),)
        await hub.take(*(notice(n, alert=f"alr_{n}", limits=limits) for n in (1, 2)), notice(3, follows=("ntc_x",)))
        await hub.expand()
        await Limiting(hub.database, vault, decode).step(EPOCH)
        await hub.take(notice(4, alert="alr_4", limits=limits))
        await hub.expand()
    finally:
        await engine.dispose()
    await at_revision(url, "0002")
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            due = (await connection.execute(text("select count(*) from deliveries where due is not null"))).scalar()
            states = list((await connection.execute(text("select state from notices order by id"))).scalars())
    finally:
        await engine.dispose()
    assert due == 3
    assert states == ["expanded", "expanded", "open", "expanded"]


async def at_revision(url: str, wanted: str) -> None:
    """An empty database brought up to a revision, or one of this release brought down to it."""

    def move(connection: Connection) -> None:
        config = _config(connection)
        empty = MigrationContext.configure(connection).get_current_revision() is None
        (command.upgrade if empty else command.downgrade)(config, wanted)

    await _on(url, move)


async def before(database: Database) -> None:
    """A notice and two deliveries as the release before wrote them."""
    body = encode(notice(1))
    async with database.writing() as connection:
        await connection.execute(
            text(
                "insert into notices (notice_id, nature, purpose, lane, duty, body, taken_at, state, as_of, cursor, first_delivery,"
                " last_delivery, receipt_due, receipt_version, receipt_counts)"
                " values ('ntc_1', 'actual', 'alert', 1, false, :body, 1, 'expanded', 1, 2, 1, 2, false, 1, '')"
            ),
            {"body": body},
        )
        await connection.execute(text("insert into notice_alerts (alert_id, notice, version) values ('alr_a', 1, 1)"))
        for number, name, audience in ((1, "1", "professional"), (2, "xold", "patient")):
            await connection.execute(
                text(
                    "insert into deliveries (delivery_id, notice, person, link, channel, audience, language, lane, state, reason, attempt,"
                    " changed_at) values (:id, 1, :person, :link, 'email', :audience, 'fr', 1, 'accepted', '', 1, 1)"
                ),
                {"id": f"dlv_{number}", "person": name, "audience": audience, "link": b"sealed" if audience == "patient" else None},
            )


async def test_a_database_that_cannot_be_reached_is_said_to_be_away() -> None:
    with pytest.raises(StoreAway):
        await upgrade("postgresql://tocsin@127.0.0.1:1/nowhere")
