"""The JSON Schemas given to senders accept what the hub accepts, and refuse what it refuses."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.jsonschema import json_schema
from schemas.plain import to_json
from tests.unit.schemas.golden import full_record
from tests.unit.schemas.inventing import NAMES, records
from tests.unit.schemas.test_inbound import DECLARATION, DEFECT, SALES, put

Validator: Any = jsonschema.Draft202012Validator


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_plain_json_of_a_record_is_valid(name: str, data: st.DataObject) -> None:
    Validator.check_schema(json_schema(name))
    check = Validator(json_schema(name), format_checker=Validator.FORMAT_CHECKER)
    for record in (full_record(name), data.draw(records(name))):
        check.validate(json.loads(json.dumps(to_json(record))))


@pytest.mark.parametrize(("name", "lean"), [("Declaration", DECLARATION), ("SalesReport", SALES), ("QualityDefect", DEFECT)])
def test_what_has_a_default_may_be_left_out_and_more_may_be_said(name: str, lean: dict[str, Any]) -> None:
    Validator(json_schema(name)).validate({**lean, "unheard": 1})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cis", 6),
        ("step", "first"),
        ("company", {"id": "552"}),
        ("circuits", [{"circuit": "ville", "stock": "12"}]),
        ("circuits", [{"circuit": "ville", "stock": 2**63}]),
        ("stop", {"kind": "stop", "notified_on": "x"}),
        ("raw", {"a": 1}),
    ],
)
def test_what_the_door_would_refuse_is_invalid(path: str, value: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        Validator(json_schema("Declaration")).validate(put(DECLARATION, path, value))


def test_a_field_that_may_be_left_out_may_be_null_too() -> None:
    Validator(json_schema("Declaration")).validate({**DECLARATION, "context": None, "known_at": None, "raw": None})


def test_there_is_a_description_for_every_field() -> None:
    for name in NAMES:
        for definition in json_schema(name)["$defs"].values():
            assert definition["description"]
            assert all(field["description"] for field in definition.get("properties", {}).values())
