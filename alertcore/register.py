"""Registers read from settings: who may send what for whom, and which authorities are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from alertcore.settled import SettingsError, settle

T = TypeVar("T")
DOMAINS = ("defect", "shortage", "device")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredReporter:
    """A reporter a sender speaks for. interval_days: usual days between reports."""

    id: str
    scheme: str
    tier: str
    circuit: str
    region: str | None = None
    interval_days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A sender: kinds it may publish, companies and reporters whose ids it may use. published: may read `alerts.published`."""

    name: str
    kinds: tuple[str, ...]
    companies: tuple[str, ...] = ()
    reporters: tuple[RegisteredReporter, ...] = ()
    published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """The register of senders (`senders.yaml`)."""

    senders: tuple[Sender, ...] = ()

    def find(self, name: str) -> Sender | None:
        """The sender of that name."""
        return next((s for s in self.senders if s.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityContact:
    """A contact of an authority, by function."""

    function: str
    email: str | None = None
    phone: str | None = None
    out_of_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A foreign authority or body. id is also its Kafka user; jwks: its own public keys, where pinned.

    published: may read `alerts.published` too.
    """

    id: str
    country: str | None = None
    body: str | None = None
    member_state: bool = False
    domains: tuple[str, ...] = ("defect",)
    species: tuple[str, ...] = ("human",)
    languages: tuple[str, ...] = ("en",)
    contacts: tuple[AuthorityContact, ...] = ()
    jwks: dict[str, object] | None = None
    exercises: bool = False
    published: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorities:
    """The register of authorities (`authorities.yaml`)."""

    authorities: tuple[Authority, ...] = ()


def read_senders(raw: object) -> Senders:
    """Senders from plain JSON. SettingsError names every problem."""
    register = settle(Senders, raw)
    return _unique(register, [s.name for s in register.senders], "senders")


def read_authorities(raw: object) -> Authorities:
    """Authorities from plain JSON. SettingsError names every problem."""
    register = settle(Authorities, raw)
    wrong = [f"authorities: {a.id} has the unknown domain {d}" for a in register.authorities for d in a.domains if d not in DOMAINS]
    if wrong:
        raise SettingsError(tuple(wrong))
    return _unique(register, [a.id for a in register.authorities], "authorities")


def _unique(register: T, names: list[str], what: str) -> T:
    double = sorted({n for n in names if names.count(n) > 1})
    if double:
        raise SettingsError(tuple(f"{what}: {n} stands twice" for n in double))
    return register
