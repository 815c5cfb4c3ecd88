"""Settings: `TOCSIN_<SECTION>__<NAME>` in the environment over one TOML file over what is shipped; unknown names are refused."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from tocsin.exits import UsageError

Value = TypeVar("Value")
PREFIX = "TOCSIN_"
OUTSIDE = frozenset({"TOCSIN_HOME"})
"""Variables of ours that are no settings."""


class Section(BaseModel):
    """A section of the settings: frozen, unknown names refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AgencySettings(Section):
    """The agency that runs the hub. country: ISO 3166-1 alpha-2; languages: ISO 639-1, the first is the default."""

    id: str = "ansm"
    country: str = "FR"
    name: str = "Agence nationale de sécurité du médicament et des produits de santé"
    languages: tuple[str, ...] = ("fr", "en")
    timezone: str = "Europe/Paris"


class Partitions(Section):
    """Partitions of the logs; they never change in place."""

    stock: int = Field(4, ge=1, le=256)
    supply: int = Field(4, ge=1, le=256)


class KafkaSettings(Section):
    """How to reach Kafka. password_file: the whole file is the password."""

    bootstrap: str = ""
    security: Literal["SASL_PLAINTEXT", "SASL_SSL", "PLAINTEXT"] = "SASL_PLAINTEXT"
    user: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    partitions: Partitions = Partitions()


class DatabaseSettings(Section):
    """url: SQLAlchemy's, with aiosqlite or asyncpg; key_file: key of the addresses, kept outside the database."""

    url: str = ""
    key_file: Path | None = None


class SmtpProvider(Section):
    """One mail relay. weight: share of the mails; from_: sender address."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    name: str = "default"
    host: str = "127.0.0.1"
    port: int = Field(25, ge=1, le=65535)
    tls: Literal["none", "starttls", "tls"] = "starttls"
    user: str | None = None
    password_file: Path | None = None
    weight: int = Field(1, ge=0)
    from_: str = Field("alertes@tocsin.example", alias="from")


class SmtpSettings(Section):
    """Mail relays. sink: where sandbox traffic goes; it reaches nobody."""

    providers: tuple[SmtpProvider, ...] = ()
    sink: SmtpProvider | None = None


class SmsSettings(Section):
    """SMS providers; none is wired yet, an entry is refused by `tocsin check`."""

    providers: tuple[dict[str, Any], ...] = ()


class WebSettings(Section):
    """Where the console role listens, and the address others know it by. alertmanager_users: whose tokens open Alertmanager's API."""

    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)
    public_url: str = ""
    alertmanager_users: tuple[str, ...] = ("amtool",)


class KeySettings(Section):
    """Folders of keys. signing: the hub's signing keys; tokens: one file a sender, the whole file is its HTTP token."""

    signing: Path | None = None
    tokens: Path | None = None


class AuditSettings(Section):
    """url: called each minute while all is well; whoever watches that address raises the alarm when the call does not come."""

    url: str = Field("", pattern=r"^(https?://.+)?$")


class FileSettings(Section):
    """The agency's own files; what is absent keeps the shipped value."""

    policy: Path | None = None
    routes: Path | None = None
    authorities: Path | None = None
    senders: Path | None = None
    templates: Path | None = None
    duty: Path | None = None
    calendar: Path | None = None


class Settings(BaseSettings):
    """All settings of a process."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)
    agency: AgencySettings = AgencySettings()
    kafka: KafkaSettings = KafkaSettings()
    database: DatabaseSettings = DatabaseSettings()
    smtp: SmtpSettings = SmtpSettings()
    sms: SmsSettings = SmsSettings()
    web: WebSettings = WebSettings()
    keys: KeySettings = KeySettings()
    files: FileSettings = FileSettings()
    audit: AuditSettings = AuditSettings()
    time: Literal["wall", "data"] = "wall"
    ports: Literal["real", "sandbox"] = "real"

    @classmethod
    def settings_customise_sources(  # the signature is the library's
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then what the file (given as arguments) says."""
        return (env_settings, init_settings)


def load_settings(file: Path | None = None) -> Settings:
    """Settings of this process. UsageError names every value that is wrong, and where it comes from."""
    _refuse_unknown_variables()
    values = _read_toml(file) if file else {}
    try:
        settings = Settings(**values)
    except SettingsError as error:
        raise UsageError(f"the environment: {error}") from None
    except ValidationError as error:
        where = f"{file} or the environment" if file else "the environment"
        lines = [f"  {'.'.join(map(str, e['loc']))}: {_sentence(e)}" for e in error.errors()]
        # Without its cause, which quotes what was given: it may be a secret in a wrong place.
        raise UsageError(f"settings in {where} are wrong:\n" + "\n".join(lines)) from None
    if settings.time == "data" and settings.ports == "real":
        raise UsageError("time = data replays old events and is refused with real sending ports: set ports = sandbox")
    return settings


def _sentence(error: Any) -> str:
    return "unknown name" if error["type"] == "extra_forbidden" else str(error["msg"])


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} is not TOML: {error}") from error
    return _from_here(values, file.parent)


_PATHS = (("kafka", "password_file"), ("kafka", "ca_file"), ("database", "key_file"), ("keys", "signing"), ("keys", "tokens"))


def _from_here(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Paths in a file are meant from where the file lies."""
    files = values.get("files")
    if isinstance(files, dict):
        values["files"] = {k: str(folder / v) if isinstance(v, str) else v for k, v in files.items()}
    for section, name in _PATHS:
        _resolve(values.get(section), name, folder)
    providers = values["smtp"].get("providers") if isinstance(values.get("smtp"), dict) else None
    for provider in providers if isinstance(providers, list) else ():
        _resolve(provider, "password_file", folder)
    return values


def _resolve(held: Any, name: str, folder: Path) -> None:
    if isinstance(held, dict) and isinstance(held.get(name), str):
        held[name] = str(folder / held[name])


def _refuse_unknown_variables() -> None:
    sections = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in OUTSIDE and name.split("__")[0] not in sections:
            raise UsageError(
                f"the environment sets {name}, which is no setting; known sections: {', '.join(sorted(Settings.model_fields))}"
            )


def required(value: Value | None, name: str) -> Value:
    """A setting that this process cannot do without. UsageError if it is not set."""
    if not value:
        variable = PREFIX + name.upper().replace(".", "__")
        raise UsageError(f"{name} is not set: name it in the settings file or in {variable}")
    return value
