"""JSON Schemas of the JSON form, generated from the Avro schemas, for those who send JSON."""

from __future__ import annotations

from functools import cache
from typing import Any

from schemas.catalogue import catalogue

_SIMPLE: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "int": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "long": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "double": {"type": "number"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    "null": {"type": "null"},
}
_LOGICAL: dict[str, dict[str, Any]] = {
    "timestamp-micros": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
}


@cache
def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of a record, fields with defaults optional, unknown fields allowed (they become remarks)."""
    defs: dict[str, Any] = {}
    top = _convert(catalogue().latest(name).parsed, defs)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **top, "$defs": defs}


def _convert(avro: Any, defs: dict[str, Any]) -> dict[str, Any]:
    if isinstance(avro, list):
        return {"anyOf": [_convert(branch, defs) for branch in avro]}
    if isinstance(avro, str):
        return _SIMPLE.get(avro) or {"$ref": f"#/$defs/{avro.removeprefix('tocsin.v1.')}"}
    if "logicalType" in avro:
        return _LOGICAL[avro["logicalType"]]
    if avro["type"] == "array":
        return {"type": "array", "items": _convert(avro["items"], defs)}
    if avro["type"] == "map":
        return {"type": "object", "additionalProperties": _convert(avro["values"], defs)}
    return _named(avro, defs)


def _field(field: Any, defs: dict[str, Any]) -> dict[str, Any]:
    of = _convert(field["type"], defs)
    may_be_absent = "default" in field and not isinstance(field["type"], list)
    return {"anyOf": [of, {"type": "null"}]} if may_be_absent else of  # null is absent


def _named(avro: Any, defs: dict[str, Any]) -> dict[str, Any]:
    short = avro["name"].removeprefix("tocsin.v1.")
    if avro["type"] == "enum":
        defs[short] = {"enum": list(avro["symbols"]), "description": avro["doc"]}
    else:
        defs[short] = {}  # stands before its fields are read: a record may hold itself
        fields = {f["name"]: _field(f, defs) | {"description": f["doc"]} for f in avro["fields"]}
        required = [f["name"] for f in avro["fields"] if "default" not in f]
        defs[short] = {"type": "object", "description": avro["doc"], "properties": fields, "required": required}
    return {"$ref": f"#/$defs/{short}"}
