"""Any two versions of a record read each other, and the check that says so would say if they did not."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, cast

import avro.compatibility
import avro.schema
import fastavro
import pytest

from schemas import codec
from schemas.catalogue import Catalogue, Released, catalogue
from schemas.codec import decode, encode
from tests.unit.schemas.golden import full_record
from tests.unit.schemas.inventing import NAMES

CHECKER: Any = cast(Any, avro.compatibility).ReaderWriterCompatibilityChecker()
Change = Callable[[dict[str, Any]], None]


def problems(reader: str, writer: str) -> list[str]:
    """Why a reader's schema cannot read what a writer's schema wrote."""
    result = CHECKER.get_compatibility(avro.schema.parse(reader), avro.schema.parse(writer))
    if result.compatibility is avro.compatibility.SchemaCompatibilityType.compatible:
        return []
    return [str(m) for m in result.messages]


@pytest.mark.parametrize("name", NAMES)
def test_all_versions_of_a_record_read_each_other(name: str) -> None:
    for one, other in itertools.product(catalogue().by_name[name], repeat=2):
        assert problems(one.text, other.text) == [], (one.version, other.version)


def _changed(name: str, change: Change) -> str:
    schema = json.loads(catalogue().latest(name).text)
    change(schema)
    return json.dumps(schema)


def _retype(schema: dict[str, Any]) -> None:
    schema["fields"][1]["type"] = "long"


BREAKING: dict[str, Change] = {
    "a new field without default": lambda s: s["fields"].append({"name": "new", "type": "string", "doc": "New."}),
    "a required field taken away": lambda s: s["fields"].pop(1),
    "a field of another type": _retype,
    "a record of another name": lambda s: s.update(name="Other"),
}


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING)
def test_a_breaking_version_is_seen(change: Change) -> None:
    old, new = catalogue().latest("Plan").text, _changed("Plan", change)
    assert problems(new, old) or problems(old, new)


def test_a_field_with_a_default_may_come_and_go() -> None:
    new = _changed("Plan", lambda s: s["fields"].append({"name": "new", "type": "string", "doc": "New.", "default": ""}))
    old = catalogue().latest("Plan").text
    assert problems(new, old) == problems(old, new) == []


def test_what_an_old_version_wrote_is_read_with_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """An older Plan had a field that is gone now and lacked one that has a default; a newer symbol reads as unknown."""

    def older(schema: dict[str, Any]) -> None:
        schema["fields"] = [f for f in schema["fields"] if f["name"] != "version"]
        schema["fields"].append({"name": "gone", "type": "string", "doc": "Gone.", "default": ""})
        schema["fields"][0]["type"]["symbols"].append("future")

    text = _changed("Plan", older)
    parsed = fastavro.parse_schema(json.loads(text), named_schemas={})
    newest = catalogue().latest("Plan")
    old = Released("Plan", 0, 9001, text, parsed)
    known = Catalogue({**catalogue().by_id, 9001: old}, {**catalogue().by_name, "Plan": (old, newest)})
    monkeypatch.setattr(codec, "catalogue", lambda: known)
    plan = full_record("Plan")
    dumped = deepcopy(fastavro.schemaless_reader(io.BytesIO(encode(plan)[5:]), newest.parsed, None))
    assert isinstance(dumped, dict)
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, {**dumped, "gone": "x", "nature": "future"})
    read = decode(b"\0" + (9001).to_bytes(4, "big") + out.getvalue())
    assert (read.nature, read.version, read.cis) == ("unknown", "", plan.cis)
