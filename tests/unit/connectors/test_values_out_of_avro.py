"""What JSON cannot say but Avro can is refused like the rest: numbers that are none, and a NUL in a text."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from alertcore.records.shared import Org, OrgScheme
from alertcore.records.shortage import CircuitState, Declaration, DeclarationStep, DeclaredNature
from alertcore.records.stock import Circuit
from connectors.door.checks_everywhere import settle_everywhere
from connectors.door.findings import Findings
from schemas.codec import decode, encode

PLAIN = Declaration(
    declaration_id="D1",
    step=DeclarationStep.INITIAL,
    nature_declared=DeclaredNature.RUPTURE,
    cis="60000000",
    company=Org(id="552100554", scheme=OrgScheme.SIREN, country="FR"),
    declared_at=datetime(2026, 1, 31, tzinfo=UTC),
    circuits=(CircuitState(circuit=Circuit.VILLE, market_share_pct=5.0),),
    context="texte",
    raw={"champ": "valeur"},
)


def faults(record: Any) -> list[tuple[str | None, str]]:
    """What the door finds in a record that came as Avro."""
    found = Findings()
    settle_everywhere(decode(encode(record)), found)
    return [(p.field, p.code) for p in found.faults]


def test_ordinary_values_pass() -> None:
    assert faults(PLAIN) == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused(number: float) -> None:
    circuit = dataclasses.replace(PLAIN.circuits[0], market_share_pct=number)
    assert faults(dataclasses.replace(PLAIN, circuits=(circuit,))) == [("circuits[0].market_share_pct", "out_of_range")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"context": "a\0b"}, "context"),
        ({"raw": {"a\0": "b"}}, "raw"),
        ({"raw": {"a": "\0"}}, "raw"),
        ({"cip13s": ("\0",)}, "cip13s[0]"),
    ],
)
def test_a_nul_is_refused_wherever_it_stands(change: dict[str, Any], field: str) -> None:
    assert faults(dataclasses.replace(PLAIN, **change)) == [(field, "bad_text")]
