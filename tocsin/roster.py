"""The roles of a hub under one home: their names, their Kafka users, and what each is told in its environment."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.home import Home
from tocsin.settings import Settings


@dataclass(frozen=True, slots=True)
class Role:
    """A process of the hub. name: in endpoints.json; user: in Kafka; role: module of tocsin.roles.

    nice: on one machine, deciding goes before sending: a wave of mails must not hold up the next alert.
    """

    name: str
    user: str
    role: str
    stage: str = ""
    nice: int = 0


ROLES = (
    Role("door", "door", "door"),
    Role("decide-stock", "decide", "decide", "stock"),
    Role("decide-supply", "decide", "decide", "supply"),
    Role("decide-cases", "decide", "decide", "cases"),
    Role("relay", "relay", "relay"),
    Role("deliver", "deliver", "deliver", nice=5),
    Role("console", "console", "console"),
)


def database_url(home: Home, settings: Settings) -> str:
    """The hub's database."""
    return settings.database.url or home.database_url


def environment(home: Home, settings: Settings, user: str, web_port: int, sink: int | None = None) -> dict[str, str]:
    """Settings of a role that runs as this Kafka user. `sink`: port of the mail sink, where there is one."""
    keys, database = settings.keys, settings.database
    return {
        "TOCSIN_KAFKA__SECURITY": "SASL_PLAINTEXT",
        "TOCSIN_KAFKA__USER": user,
        "TOCSIN_KAFKA__PASSWORD_FILE": str((home.secrets / user).resolve()),
        "TOCSIN_AGENCY__NAME": settings.agency.name,
        "TOCSIN_TIME": settings.time,
        "TOCSIN_PORTS": settings.ports,
        "TOCSIN_DATABASE__URL": database_url(home, settings),
        "TOCSIN_DATABASE__KEY_FILE": str((database.key_file or home.vault_key).resolve()),
        "TOCSIN_KEYS__SIGNING": str((keys.signing or home.keys / "signing").resolve()),
        "TOCSIN_KEYS__TOKENS": str((keys.tokens or home.tokens).resolve()),
        "TOCSIN_WEB__PORT": str(web_port),
        "TOCSIN_WEB__PUBLIC_URL": settings.web.public_url or f"http://{settings.web.host}:{web_port}",
        **_mail(settings, sink),
    }


def _mail(settings: Settings, port: int | None) -> dict[str, str]:
    if port is None:
        return {}
    sink = {"name": "sink", "host": "127.0.0.1", "port": port, "tls": "none"}
    if settings.ports == "sandbox":
        return {"TOCSIN_SMTP__SINK": json.dumps(sink)}
    return {"TOCSIN_SMTP__PROVIDERS": json.dumps([sink])}
