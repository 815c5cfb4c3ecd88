"""How a command finds its hub: a home folder, or settings; and what it says where there is none."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tocsin.exits import UNREACHABLE, UnreachableError, UsageError
from tocsin.home import Home, default_home, write_atomically
from tocsin.hub import Hub, configured_access, read_password
from tocsin.settings import KafkaSettings, Settings


def running(home: Home, settings: Path | None = None) -> None:
    """A home as `up` leaves it."""
    home.make()
    (home.secrets / "hub").write_text("secret of hub")
    (home.secrets / "admin").write_text("secret of admin")
    kafka = {
        "bootstrap": "127.0.0.1:1",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "users": {"hub": str(home.secrets / "hub")},
    }
    write_atomically(home.endpoints_file, json.dumps({"kafka": kafka, "settings": str(settings) if settings else None}))


def test_the_home_is_named_by_the_option_else_the_environment_else_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_home() == Path(".tocsin")
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path))
    assert default_home() == tmp_path
    assert Hub.find(None, None).home == Home(tmp_path)
    assert Hub.find(tmp_path / "other", None).home == Home(tmp_path / "other")


def test_access_is_that_of_the_user_asked_for_even_of_one_that_is_not_shown(tmp_path: Path) -> None:
    running(Home(tmp_path))
    hub = Hub.find(tmp_path, None)
    assert hub.access("hub").password.reveal() == "secret of hub"
    assert hub.access("admin").password.reveal() == "secret of admin"
    assert hub.access("hub").bootstrap == "127.0.0.1:1"
    assert hub.database_url.endswith(f"{tmp_path}/tocsin.db")
    assert hub.vault_key == tmp_path / "keys" / "vault.key"
    with pytest.raises(UsageError, match="no password file for the Kafka user stranger"):
        hub.access("stranger")


def test_a_hub_named_by_settings_needs_no_home(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("secret\n")
    file = tmp_path / "tocsin.toml"
    file.write_text('[kafka]\nbootstrap = "k:9092"\nuser = "operator"\npassword_file = "p"\n')
    hub = Hub.find(None, file)
    assert hub.home is None
    access = hub.access("whoever")
    assert (access.user, access.password.reveal(), access.bootstrap) == ("operator", "secret", "k:9092")
    for missing in ("database_url", "vault_key"):
        with pytest.raises(UsageError, match=r"database\.\w+ is not set"):
            getattr(hub, missing)


def test_a_running_hub_keeps_the_settings_it_was_started_with(tmp_path: Path) -> None:
    file = tmp_path / "tocsin.toml"
    file.write_text('[agency]\nid = "other"\n[database]\nurl = "sqlite+aiosqlite:///x"\nkey_file = "k"\n')
    running(Home(tmp_path / "home"), file)
    hub = Hub.find(tmp_path / "home", None)
    assert hub.settings.agency.id == "other"
    assert (hub.database_url, hub.vault_key) == ("sqlite+aiosqlite:///x", tmp_path / "k")


@pytest.mark.parametrize("there", [True, False])
def test_where_no_hub_was_started_it_is_said_how_to_start_one(tmp_path: Path, there: bool) -> None:
    home = tmp_path / "home"
    if not there:
        home.write_text("a file, not a folder")
    with pytest.raises(UnreachableError, match="tocsin up --home") as told:
        Hub.find(home, None).access("hub")
    assert told.value.code == UNREACHABLE


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make the folder"):
        Home(tmp_path / "file").make()


def test_folders_of_a_home_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    folders = [home.path, home.secrets, home.tokens, home.keys, home.mails, home.logs, home.run]
    assert all(stat.S_IMODE(folder.stat().st_mode) == 0o700 for folder in folders)


@pytest.mark.parametrize(
    ("kafka", "told"),
    [
        (KafkaSettings(), "kafka.bootstrap is not set"),
        (KafkaSettings(bootstrap="k:1"), "kafka.user and kafka.password_file must be set"),
        (KafkaSettings(bootstrap="k:1", user="u"), "kafka.user and kafka.password_file must be set"),
    ],
)
def test_settings_that_name_no_way_in_are_told_so(kafka: KafkaSettings, told: str) -> None:
    with pytest.raises(UsageError) as error:
        configured_access(Settings(kafka=kafka))
    assert told in error.value.text


def test_a_cluster_without_passwords_needs_none() -> None:
    access = configured_access(Settings(kafka=KafkaSettings(bootstrap="k:1", security="PLAINTEXT")))
    assert (access.security, access.authenticated) == ("PLAINTEXT", False)


def test_a_password_never_shows(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("hunter2\n")
    secret = read_password(tmp_path / "p", "u")
    assert secret.reveal() == "hunter2"
    assert "hunter2" not in f"{secret!r} {secret}"
    (tmp_path / "bytes").write_bytes(b"\xff")
    for path in (tmp_path, tmp_path / "bytes"):
        with pytest.raises(UsageError, match="cannot read the password of u"):
            read_password(path, "u")


def test_readers_of_a_file_see_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    for text in ("old", "new"):
        write_atomically(file, text)
        assert file.read_text() == text
    assert [f.name for f in tmp_path.iterdir()] == ["x.json"]
