"""Bytes once written are read for ever, and the newest version still writes the very same ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.catalogue import Released, catalogue
from schemas.codec import decode, encode
from schemas.inbound import from_json
from schemas.plain import to_json
from tests.unit.schemas.golden import FOLDER, golden_file

RELEASED = [version for versions in catalogue().by_name.values() for version in versions]


@pytest.mark.parametrize("released", RELEASED, ids=lambda r: f"{r.name}-v{r.version}")
def test_golden_bytes_are_read_and_written_as_ever(released: Released) -> None:
    """A missing file is written by `python -m tests.unit.schemas.golden`; one that is there is never changed."""
    golden = json.loads(golden_file(released).read_text(encoding="utf-8"))
    raw = bytes.fromhex(golden["hex"])
    record = decode(raw)
    if released is catalogue().latest(released.name):
        assert to_json(record) == golden["json"]
        assert encode(record) == raw
        assert from_json(released.name, golden["json"]).value == record
    else:
        assert _holds(to_json(record), golden["json"])


def _holds(newer: Any, older: Any) -> bool:
    """Whether everything of the older record stands in the newer one, whatever was added, at any depth."""
    if isinstance(older, dict):
        return set(newer) >= set(older) and all(_holds(newer[name], value) for name, value in older.items())
    if isinstance(older, list):
        return len(newer) == len(older) and all(map(_holds, newer, older))
    return bool(newer == older)


def test_no_golden_file_stands_without_its_schema() -> None:
    assert {f.name for f in FOLDER.glob("*.json")} == {golden_file(v).name for v in RELEASED}
