"""The vault and the engine: what is sealed opens only with the key and for its purpose; two writers lose no update."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database
from store.engine import open_engine
from store.metadata import from_micros, to_micros
from store.vault import SealBroken, Vault, new_key, open_vault

SECRET = b"jeanne@dest.example"


def test_what_is_sealed_opens_with_the_same_key_and_purpose_and_never_looks_the_same() -> None:
    vault = Vault(new_key())
    one, two = vault.seal(SECRET, b"contact"), vault.seal(SECRET, b"contact")
    assert one != two
    assert SECRET not in one
    assert vault.open(one, b"contact") == vault.open(two, b"contact") == SECRET


@pytest.mark.parametrize("where", [0, 1, 12, 20, -1])
def test_a_changed_byte_another_key_and_another_purpose_do_not_open(where: int) -> None:
    vault = Vault(new_key())
    sealed = vault.seal(SECRET, b"contact")
    changed = bytearray(sealed)
    changed[where] ^= 1
    for opener, what, purpose in ((vault, bytes(changed), b"contact"), (Vault(new_key()), sealed, b"contact"), (vault, sealed, b"link")):
        with pytest.raises(SealBroken) as broken:
            opener.open(what, purpose)
        assert "jeanne" not in str(broken.value)


def test_a_keyed_hash_depends_on_key_and_on_where_its_parts_end() -> None:
    vault = Vault(bytes(32))
    assert vault.keyed_hash(b"ab", b"c") == vault.keyed_hash(b"ab", b"c") != vault.keyed_hash(b"a", b"bc")
    assert vault.keyed_hash(b"a") != Vault(bytes([1] * 32)).keyed_hash(b"a")


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Also when several processes start together."""
    file = tmp_path / "keys" / "vault.key"
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: open_vault(file, create=True), range(8)))
    assert file.stat().st_mode & 0o777 == 0o600
    assert len({v.keyed_hash(b"x") for v in vaults}) == 1
    assert [f.name for f in file.parent.iterdir()] == ["vault.key"]


def test_a_key_file_that_is_missing_open_to_others_or_no_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "vault.key"
    with pytest.raises(FileNotFoundError):
        open_vault(file)
    file.write_text("not a key")
    os.chmod(file, 0o600)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        open_vault(file)
    os.chmod(file, 0o644)
    with pytest.raises(PermissionError):
        open_vault(file)
    with pytest.raises(ValueError, match="32"):
        Vault(b"short")


def test_times_are_kept_to_the_microsecond_and_naive_ones_refused() -> None:
    instant = from_micros(1_795_329_000_123_457)
    assert to_micros(instant) == 1_795_329_000_123_457
    with pytest.raises(ValueError, match="zone"):
        to_micros(instant.replace(tzinfo=None))


async def test_concurrent_read_and_write_transactions_lose_no_update(tmp_path: Path) -> None:
    """Two engines, as in two processes; SQLite's default keeps about half."""
    engines = [open_engine(f"sqlite:///{tmp_path}/t.db") for _ in range(2)]
    async with engines[0].begin() as connection:
        await connection.execute(text("create table t (n integer)"))
        await connection.execute(text("insert into t values (0)"))

    async def add(database: Database) -> None:
        for _ in range(20):
            async with database.writing() as connection:
                n = await connection.scalar(text("select n from t"))
                await connection.execute(text("update t set n = :n"), {"n": (n or 0) + 1})

    await asyncio.gather(*(add(Database(engine)) for engine in engines))
    async with Database(engines[0]).reading() as connection:
        assert await connection.scalar(text("select n from t")) == 40
    for engine in engines:
        await engine.dispose()


async def test_a_reader_does_not_wait_for_the_writer(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db")
    database = Database(engine)
    async with database.writing() as connection:
        await connection.execute(text("create table t (n integer)"))
    async with database.writing() as writer:
        await writer.execute(text("insert into t values (1)"))
        async with asyncio.timeout(5), database.reading() as reader:
            assert await reader.scalar(text("select count(*) from t")) == 0
    await engine.dispose()


async def test_an_error_of_the_database_never_shows_its_parameters(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/t.db")
    with pytest.raises(Exception, match="no such table") as failed:
        async with engine.begin() as connection:
            await connection.execute(text("insert into missing values (:a)"), {"a": SECRET.decode()})
    assert "jeanne" not in str(failed.value)
    await engine.dispose()


@pytest.mark.parametrize("url", ["mysql://x/y", "not a url", ""])
def test_other_databases_are_refused_with_what_would_be_right(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite"):
        open_engine(url)
