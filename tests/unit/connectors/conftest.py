"""A door in memory with a small register, and well-formed events to start from."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from alertcore.records.hub import DoorReceipt
from alertcore.register import read_authorities, read_senders
from connectors.door.arrival import Arrival
from connectors.door.dry import DryDoor
from connectors.door.world import DoorConfig
from schemas.binding import KINDS

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
REPORTER = {"id": "GR1", "scheme": "finess", "country": "FR", "tier": "wholesaler", "circuit": "both", "region": "11"}
COMPANY = {"id": "552081317", "scheme": "siren", "country": "FR"}
REGISTER = {
    "senders": [
        {
            "name": "lab",
            "kinds": sorted(KINDS),
            "companies": ["552081317"],
            "reporters": [{name: value for name, value in REPORTER.items() if name != "country"}],
        }
    ]
}


def make_cip13(number: int) -> str:
    body = f"34009{number:07d}"
    total = sum(int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def cip13() -> Callable[[int], str]:
    """A CIP13 with a right check digit for any number."""
    return make_cip13


@pytest.fixture
def door() -> DryDoor:
    """Sender `lab` may send everything for one company and one reporter; 100 products are known, two presentations a medicine."""
    authorities = read_authorities({"authorities": [{"id": "be", "country": "BE"}]})
    made = DryDoor(DoorConfig(agency="ansm", senders=read_senders(REGISTER), authorities=authorities))
    made.world.products = {make_cip13(n): 60000000 + n // 2 for n in range(100)}
    return made


@pytest.fixture
def send(door: DryDoor) -> Callable[..., DoorReceipt]:
    """`send(kind, value, sender=..., ce_id=..., now=..., **headers)`: the answer to one event; bytes go as they are, the rest as JSON."""

    def one(kind: str, value: Any, sender: str = "lab", now: datetime = NOW, **headers: str) -> DoorReceipt:
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        plain = {name.replace("content_type", "content-type"): text for name, text in headers.items()}
        [receipt] = door.take([Arrival(sender, kind, raw, plain)], now)
        return receipt

    return one


@pytest.fixture
def stock_report() -> Callable[..., dict[str, Any]]:
    """A full report of so many lines; line n has n packs."""

    def make(lines: int = 40, **changes: Any) -> dict[str, Any]:
        return {
            "report_id": "r1",
            "reporter": REPORTER,
            "observed_at": "2026-01-15T09:00:00Z",
            "kind": "full",
            "line_count": lines,
            "lines": [{"cip13": make_cip13(n), "on_hand": n} for n in range(lines)],
            **changes,
        }

    return make


@pytest.fixture
def declaration() -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        return {
            "declaration_id": "d1",
            "step": "initial",
            "nature_declared": "rupture",
            "cis": "60234100",
            "company": COMPANY,
            "declared_at": "2026-01-15T09:00:00Z",
            **changes,
        }

    return make


@pytest.fixture
def defect() -> Callable[..., dict[str, Any]]:
    def make(**changes: Any) -> dict[str, Any]:
        return {
            "defect_id": "q1",
            "step": "initial",
            "received_at": "2026-01-15T09:00:00Z",
            "source": "company",
            "product": {"name": "A", "cis": "60234100"},
            "batches": [{"lot": "AB12"}],
            **changes,
        }

    return make


@pytest.fixture
def sales() -> Callable[..., dict[str, Any]]:
    def make(lines: int = 40, **changes: Any) -> dict[str, Any]:
        return {
            "report_id": "s1",
            "company": COMPANY,
            "month": "2025-12",
            "basis": "company_to_trade",
            "lines": [{"cip13": make_cip13(n), "circuit": "ville", "packs": n} for n in range(lines)],
            **changes,
        }

    return make
