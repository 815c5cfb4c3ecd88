"""How a process reaches Kafka: one frozen value, and its translation for each of the two client libraries."""

import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

Security = Literal["SASL_PLAINTEXT", "PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]

MAX_RECORD_BYTES = 8 * 1024 * 1024
"""Largest record logs, state and dead letters take, in bytes."""


class Secret:
    """A text that never shows in a repr, a log or a traceback; `reveal()` gives it to whom it is for."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """Address and credentials of one Kafka user. `bootstrap` is `host:port[,host:port]`; `ca_file` only with SASL_SSL."""

    bootstrap: str
    security: Security = "SASL_PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    ca_file: str | None = None

    @property
    def authenticated(self) -> bool:
        """Whether this access carries a user and a password."""
        return self.security != "PLAINTEXT"


def aiokafka_options(access: KafkaAccess) -> dict[str, Any]:
    """`access` as keyword arguments of an aiokafka client."""
    options: dict[str, Any] = {"bootstrap_servers": access.bootstrap, "security_protocol": access.security}
    if access.authenticated:
        options |= {
            "sasl_mechanism": access.mechanism,
            "sasl_plain_username": access.user,
            "sasl_plain_password": access.password.reveal(),
        }
    if access.security == "SASL_SSL":
        options["ssl_context"] = ssl.create_default_context(cafile=access.ca_file)
    return options


def librdkafka_options(access: KafkaAccess) -> dict[str, str | int | float | bool]:
    """`access` as a configuration of librdkafka (confluent-kafka)."""
    options: dict[str, str | int | float | bool] = {
        "bootstrap.servers": access.bootstrap,
        "security.protocol": access.security,
    }
    if access.authenticated:
        options |= {
            "sasl.mechanisms": access.mechanism,
            "sasl.username": access.user,
            "sasl.password": access.password.reveal(),
        }
    if access.ca_file is not None:
        options["ssl.ca.location"] = access.ca_file
    return options
