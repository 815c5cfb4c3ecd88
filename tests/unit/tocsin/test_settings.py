"""Settings: the environment over the file over what is shipped; what is wrong is named, secrets are not."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from tocsin.exits import USAGE, UsageError
from tocsin.settings import Settings, load_settings, required


def written(tmp_path: Path, text: str) -> Path:
    """A settings file."""
    file = tmp_path / "tocsin.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_file_and_environment_the_shipped_values_hold() -> None:
    settings = load_settings()
    assert settings == Settings()
    assert (settings.agency.country, settings.time, settings.ports, settings.kafka.partitions.stock) == ("FR", "wall", "real", 4)


def test_the_environment_goes_before_the_file_value_by_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, '[kafka]\nbootstrap = "a:1"\nuser = "door"\n[kafka.partitions]\nstock = 8\n')
    monkeypatch.setenv("TOCSIN_KAFKA__USER", "relay")
    monkeypatch.setenv("TOCSIN_KAFKA__PARTITIONS__SUPPLY", "2")
    kafka = load_settings(file).kafka
    assert (kafka.bootstrap, kafka.user, kafka.partitions.stock, kafka.partitions.supply) == ("a:1", "relay", 8, 2)


def test_lists_in_the_environment_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SMTP__PROVIDERS", '[{"host": "mail", "from": "a@b.example"}]')
    (provider,) = load_settings().smtp.providers
    assert (provider.host, provider.from_, provider.port, provider.tls) == ("mail", "a@b.example", 25, "starttls")


def test_paths_in_a_file_are_meant_from_where_the_file_lies(tmp_path: Path) -> None:
    text = """
    [kafka]
    password_file = "p"
    ca_file = "/etc/ca.pem"
    [database]
    key_file = "k/v.key"
    [keys]
    signing = "s"
    tokens = "t"
    [files]
    policy = "policy.yaml"
    [[smtp.providers]]
    password_file = "m"
    """
    settings = load_settings(written(tmp_path, text))
    assert settings.kafka.password_file == tmp_path / "p"
    assert settings.kafka.ca_file == Path("/etc/ca.pem")
    assert settings.database.key_file == tmp_path / "k" / "v.key"
    assert (settings.keys.signing, settings.keys.tokens) == (tmp_path / "s", tmp_path / "t")
    assert settings.files.policy == tmp_path / "policy.yaml"
    assert settings.smtp.providers[0].password_file == tmp_path / "m"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[kafka]\nbootstrp = 1", "kafka.bootstrp: unknown name"),
        ("[kafak]\n", "kafak: unknown name"),
        ("[kafka]\nsecurity = 'SSL'", "kafka.security:"),
        ("[kafka.partitions]\nstock = 0", "kafka.partitions.stock:"),
        ("[web]\nport = 70000", "web.port:"),
        ("[[smtp.providers]]\nform = 'x'", "smtp.providers.0.form: unknown name"),
        ("time = 'then'", "time:"),
        ("kafka = 3", "kafka:"),
        ("files = 'x'", "files:"),
        ("smtp = 1", "smtp:"),
        ("[smtp]\nproviders = 'x'", "smtp.providers:"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(UsageError) as error:
        load_settings(file)
    assert error.value.code == USAGE
    assert f"  {told}" in error.value.text
    assert str(file) in error.value.text


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TOCSIN_KAFAK__USER", "x", "TOCSIN_KAFAK__USER, which is no setting"),
        ("TOCSIN_KAFKA_USER", "x", "TOCSIN_KAFKA_USER, which is no setting"),
        ("TOCSIN_KAFKA__USR", "x", "kafka.usr: unknown name"),
        ("TOCSIN_WEB__PORT", "many", "web.port:"),
        ("TOCSIN_SMTP__PROVIDERS", "[{", "smtp"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as error:
        load_settings()
    assert told in error.value.text


def test_variables_that_are_no_settings_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HOME", "/somewhere")
    assert load_settings() == Settings()


@pytest.mark.parametrize("how", ["file", "environment"])
def test_data_time_is_refused_with_real_sending_ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    file = written(tmp_path, 'time = "data"\n' if how == "file" else "")
    if how == "environment":
        monkeypatch.setenv("TOCSIN_TIME", "data")
    with pytest.raises(UsageError, match="refused with real sending ports"):
        load_settings(file)
    monkeypatch.setenv("TOCSIN_PORTS", "sandbox")
    assert load_settings(file).time == "data"


@pytest.mark.parametrize(("data", "told"), [(b"time = ", "is not TOML"), (b"# \xff", "is not TOML"), (None, "cannot read")])
def test_a_file_that_is_no_toml_is_told_so(tmp_path: Path, data: bytes | None, told: str) -> None:
    file = tmp_path / "x.toml"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(UsageError, match=told):
        load_settings(file)


def test_a_secret_in_a_wrong_place_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, '[kafka]\npassword = "hunter2"\n[database]\nurl = ["postgresql://u:hunter2@db/x"]\n[web]\nport = "hunter2"')
    monkeypatch.setenv("TOCSIN_KAFKA__SECURITY", "hunter2")
    with pytest.raises(UsageError) as error:
        load_settings(file)
    assert "kafka.password: unknown name" in error.value.text
    assert "hunter2" not in error.value.text
    assert "hunter2" not in "".join(traceback.format_exception(error.value))


def test_a_setting_that_is_needed_is_asked_for_by_its_name() -> None:
    assert required("x", "database.url") == "x"
    with pytest.raises(UsageError, match=r"database\.url is not set.*TOCSIN_DATABASE__URL"):
        required("", "database.url")
