"""How a command reaches a hub: one running under a home folder, or one named by a settings file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from plumbing.settings import KafkaAccess, Secret
from tocsin.exits import UsageError
from tocsin.home import Home, default_home
from tocsin.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub as a command sees it. With a home the user of each access is chosen by the command, else by the settings."""

    settings: Settings
    home: Home | None

    @classmethod
    def find(cls, home: Path | None, settings: Path | None) -> Hub:
        """The hub meant by --home or --settings; default `TOCSIN_HOME`, else `.tocsin` here."""
        if settings is not None and home is None:
            loaded = load_settings(settings)
            if loaded.kafka.bootstrap:
                return cls(loaded, None)
        place = Home(home or default_home())
        return cls(load_settings(settings or place.settings_file()), place)

    def access(self, user: str) -> KafkaAccess:
        """Access to the hub's Kafka as one of its users."""
        if self.home is None:
            return configured_access(self.settings)
        kafka = self.home.endpoints()["kafka"]
        return KafkaAccess(
            bootstrap=kafka["bootstrap"],
            security=kafka["security_protocol"],
            mechanism=kafka["sasl_mechanism"],
            user=user,
            password=read_password(Path(kafka["users"].get(user, self.home.secrets / user)), user),
        )

    @property
    def database_url(self) -> str:
        """The hub's database."""
        if self.settings.database.url:
            return self.settings.database.url
        if self.home is None:
            raise UsageError("database.url is not set in the settings")
        return self.home.database_url

    @property
    def vault_key(self) -> Path:
        """Key file of the addresses."""
        if self.settings.database.key_file:
            return self.settings.database.key_file
        if self.home is None:
            raise UsageError("database.key_file is not set in the settings")
        return self.home.vault_key


def configured_access(settings: Settings) -> KafkaAccess:
    """Access as the settings name it. UsageError says what is missing."""
    kafka = settings.kafka
    if not kafka.bootstrap:
        raise UsageError("kafka.bootstrap is not set: name the brokers in the settings file or in TOCSIN_KAFKA__BOOTSTRAP")
    if kafka.security == "PLAINTEXT":
        return KafkaAccess(bootstrap=kafka.bootstrap, security="PLAINTEXT")
    if not kafka.user or not kafka.password_file:
        raise UsageError("kafka.user and kafka.password_file must be set unless kafka.security is PLAINTEXT")
    return KafkaAccess(
        bootstrap=kafka.bootstrap,
        security=kafka.security,
        user=kafka.user,
        password=read_password(kafka.password_file, kafka.user),
        ca_file=str(kafka.ca_file) if kafka.ca_file else None,
    )


def read_password(file: Path, user: str) -> Secret:
    """A password: the whole file, without a final line end."""
    try:
        return Secret(file.read_text(encoding="utf-8").rstrip("\n"))
    except FileNotFoundError as error:
        raise UsageError(f"there is no password file for the Kafka user {user} at {file}: is that user known to the hub?") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the password of {user} at {file}: {getattr(error, 'strerror', 'not text')}") from error
