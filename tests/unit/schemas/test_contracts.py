"""What holds in every released schema: documented, defaulted, the same as the dataclass, unchanged since its release."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, get_origin

import pytest

from schemas.binding import HUB_KINDS, KINDS, record_class
from schemas.catalogue import Released, catalogue
from schemas.shape import hints, inner, is_optional, loader, wire_name
from tests.unit.schemas.inventing import NAMES

ROOT = Path(__file__).resolve().parents[3]
HASHES = ROOT / "tests" / "data" / "avsc.sha256"
RELEASED = [version for versions in catalogue().by_name.values() for version in versions]
WITHOUT_NATURE = {"Entry", "Journal", "JournalPart"}
"""Wrappers of other records, which have one."""
IDS = {
    "StockReport": 101, "SalesReport": 102, "Declaration": 103, "Disruption": 104, "PublishedStatus": 105, "DeviceNotice": 106,
    "QualityDefect": 107, "Plan": 108, "Product": 109, "Device": 110, "Position": 111, "Signal": 112, "Alert": 113, "PublishedAlert": 114,
    "Notice": 115, "RapidAlert": 116, "Acknowledgement": 117, "DoorReceipt": 118, "DeadLetter": 119, "LedgerHead": 120,
    "SettingsFile": 121, "Command": 122, "Receipt": 123, "Entry": 124, "Tick": 125, "StockSheet": 126, "Partial": 127, "Journal": 128,
    "JournalPart": 129, "Holding": 130, "Reach": 131, "Verdicts": 132, "Silence": 133,
}  # fmt: skip
"""Ids of the first versions, which stand in every message on the wire."""


def _named(schema: Any) -> Iterator[dict[str, Any]]:
    """Every record and enum in a schema."""
    if isinstance(schema, list):
        for branch in schema:
            yield from _named(branch)
    elif isinstance(schema, dict):
        if schema["type"] in ("record", "enum"):
            yield schema
        for field in schema.get("fields", ()):
            yield from _named(field["type"])
        for inside in ("items", "values"):
            yield from _named(schema.get(inside))


def _label(released: Released) -> str:
    return f"{released.name}-v{released.version}"


@pytest.fixture(params=RELEASED, ids=_label)
def released(request: pytest.FixtureRequest) -> Released:
    found: Released = request.param
    return found


def test_every_record_enum_and_field_says_what_it_means(released: Released) -> None:
    for schema in _named(json.loads(released.text)):
        assert schema["doc"].endswith("."), schema["name"]
        for field in schema.get("fields", ()):
            assert field["doc"].strip(" ."), f"{schema['name']}.{field['name']}"


def test_every_enum_begins_with_unknown_which_is_its_default(released: Released) -> None:
    for schema in _named(json.loads(released.text)):
        if schema["type"] == "enum":
            assert schema["symbols"][0] == schema["default"] == "unknown", schema["name"]
            assert all(s.isascii() and s == s.lower() for s in schema["symbols"])


def test_unions_are_only_of_null_and_one_type_with_null_as_default(released: Released) -> None:
    for schema in _named(json.loads(released.text)):
        for field in schema.get("fields", ()):
            if isinstance(field["type"], list):
                assert field["type"][0] == "null"
                assert len(field["type"]) == 2
                assert field["default"] is None


def test_the_name_space_is_ours_and_the_file_is_named_like_its_record(released: Released) -> None:
    schema = json.loads(released.text)
    assert (schema["namespace"], schema["name"]) == ("tocsin.v1", released.name)


def test_every_record_tells_its_nature_actual_if_nothing_is_said(released: Released) -> None:
    fields = {f["name"]: f for f in json.loads(released.text)["fields"]}
    assert (released.name in WITHOUT_NATURE) == ("nature" not in fields)
    if "nature" in fields:
        assert fields["nature"]["type"]["symbols"] == ["unknown", "actual", "exercise", "test"]
        assert fields["nature"]["default"] == "actual"


def test_ids_are_unique_and_those_of_the_first_versions_are_fixed() -> None:
    assert {name: versions[0].id for name, versions in catalogue().by_name.items()} == IDS
    assert len(catalogue().by_id) == len(RELEASED)


def test_versions_of_a_record_rise_from_one() -> None:
    for versions in catalogue().by_name.values():
        assert [v.version for v in versions] == list(range(1, len(versions) + 1))


def test_every_schema_file_stands_in_the_catalogue() -> None:
    files = {(f.parent.name, f.stem) for f in (ROOT / "schemas" / "avsc").rglob("*.avsc")}
    assert files == {(v.name, f"v{v.version}") for v in RELEASED}


def test_a_released_file_never_changes() -> None:
    """The hashes of released files stand in tests/data/avsc.sha256. A new version adds its line:

    `sha256sum schemas/avsc/*/v*.avsc > tests/data/avsc.sha256`; no other line of that file may change with it.
    """
    held = {file: digest for digest, file in (line.split() for line in HASHES.read_text().splitlines())}
    found = {f"schemas/avsc/{v.name}/v{v.version}.avsc": hashlib.sha256(v.text.encode()).hexdigest() for v in RELEASED}
    assert found == held


def test_every_kind_has_a_record() -> None:
    assert {*KINDS.values(), *HUB_KINDS.values()} <= set(NAMES)


def test_an_unknown_record_has_no_class() -> None:
    with pytest.raises(KeyError):
        record_class("Nothing")


def _avro(tp: Any, schema: Any, named: dict[str, Any]) -> None:
    """AssertionError unless the field's type and the Avro type are the same."""
    if isinstance(schema, str) and schema in named:
        schema = named[schema]
    if is_optional(tp):
        assert schema[0] == "null"
        _avro(inner(tp), schema[1], named)
    elif get_origin(tp) is tuple:
        assert schema["type"] == "array"
        _avro(inner(tp), schema["items"], named)
    elif get_origin(tp) is dict:
        assert schema["type"] == "map"
        _avro(inner(tp), schema["values"], named)
    elif dataclasses.is_dataclass(tp):
        _same_record(tp, schema, named)
    elif issubclass(tp, StrEnum):
        assert (schema["name"].rpartition(".")[2], schema["symbols"]) == (tp.__name__, [m.value for m in tp])
    else:
        simple = {str: ["string"], bool: ["boolean"], int: ["int", "long"], float: ["double"], bytes: ["bytes"]}
        logical = {date: ("int", "date"), datetime: ("long", "timestamp-micros")}
        if tp in logical:
            assert (schema["type"], schema["logicalType"]) == logical[tp]
        else:
            assert (schema if isinstance(schema, str) else schema["type"]) in simple[tp]


def _same_record(cls: Any, schema: Any, named: dict[str, Any]) -> None:
    assert schema["name"].rpartition(".")[2] == cls.__name__
    ours = {wire_name(f.name): f for f in dataclasses.fields(cls)}
    assert list(ours) == [f["name"] for f in schema["fields"]], cls
    for field in schema["fields"]:
        _avro(hints(cls)[ours[field["name"]].name], field["type"], named)
        assert _default(ours[field["name"]]) == _avro_default(field, hints(cls)[ours[field["name"]].name]), (cls, field)


def _default(f: dataclasses.Field[Any]) -> Any:
    return f.default_factory() if f.default_factory is not dataclasses.MISSING else f.default


def _avro_default(field: Any, tp: Any) -> Any:
    if "default" not in field:
        return dataclasses.MISSING
    if tp is bytes:
        return field["default"].encode("latin-1")
    load = loader(tp)
    return field["default"] if load is None else load(field["default"])


@pytest.mark.parametrize("name", NAMES)
def test_the_dataclass_has_the_fields_types_and_defaults_of_the_newest_schema(name: str) -> None:
    parsed = catalogue().latest(name).parsed
    assert isinstance(parsed, dict)
    _same_record(record_class(name), parsed, typing.cast(dict[str, Any], parsed["__named_schemas"]))


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_frozen_and_its_constructor_checks_nothing(name: str) -> None:
    """Decoding fills the slots without calling it."""
    cls = record_class(name)
    assert cls.__dataclass_params__.frozen
    assert "__slots__" in vars(cls)
    assert not hasattr(cls, "__post_init__")
