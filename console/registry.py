"""Read-only schema registry over HTTP, as Confluent's and Apicurio's clients ask for it."""

from __future__ import annotations

import json
import re
from typing import Any

import fastapi
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from schemas.binding import HUB_KINDS, KINDS
from schemas.catalogue import Released, catalogue
from schemas.jsonschema import json_schema

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
NOT_FOUND, NO_SUBJECT, NO_VERSION, NO_SCHEMA = 404, 40401, 40402, 40403
_TOPICS = {
    "stock.log": "Entry",
    "supply.log": "Entry",
    "cases.log": "Entry",
    "positions": "Position",
    "signals": "Signal",
    "alerts": "Alert",
    "notices": "Notice",
    "verdicts": "Verdicts",
    "silences": "Silence",
    "alerts.published": "PublishedAlert",
    "ledger.heads": "LedgerHead",
    "dead-letters": "DeadLetter",
}
"""Topics of fixed name and the record each carries."""


def record_of(subject: str) -> str | None:
    """Record of a subject: its full name (`tocsin.v1.Alert`), or the topic's with `-value`."""
    short = subject.removeprefix("tocsin.v1.")
    if short in catalogue().by_name:
        return short
    topic = subject.removesuffix("-value")
    if topic in _TOPICS or subject == topic:
        return _TOPICS.get(topic)
    if inbound := re.fullmatch(r"in\.[^.]+\.(.+)", topic):
        return KINDS.get(inbound[1]) or HUB_KINDS.get(inbound[1])
    if re.fullmatch(r"out\.[^.]+\.receipts", topic):
        return "DoorReceipt"
    if rapid := re.fullmatch(r"rapidalerts\.(?!outbox$)[^.]+(\.acks)?", topic):  # the outbox carries two kinds of record
        return "Acknowledgement" if rapid[1] else "RapidAlert"
    return None


def registry_router() -> APIRouter:
    """Routes of contracts, section 5. Nothing here writes."""
    router = APIRouter(tags=["registry"])
    router.add_api_route("/schemas/ids/{number}", _by_id, methods=["GET"])
    router.add_api_route("/schemas/types", lambda: _answer(["AVRO"]), methods=["GET"])
    router.add_api_route("/subjects", _subjects, methods=["GET"])
    router.add_api_route("/subjects/{subject}/versions", _versions, methods=["GET"])
    router.add_api_route("/subjects/{subject}/versions/{version}", _version, methods=["GET"])
    router.add_api_route("/subjects/{subject}", _look_up, methods=["POST"])
    for kind in ("contentIds", "globalIds"):
        router.add_api_route(f"/apis/registry/v3/ids/{kind}/{{number}}", _raw, methods=["GET"])
        router.add_api_route(f"/apis/registry/v3/ids/{kind}/{{number}}/references", _references, methods=["GET"])
    router.add_api_route("/schemas/json/{name}", _as_json_schema, methods=["GET"])
    return router


def _by_id(number: int) -> JSONResponse:
    found = catalogue().by_id.get(number)
    return _answer({"schema": found.text, "schemaType": "AVRO"}) if found else _missing(NO_SCHEMA, f"schema {number} is not known")


def _subjects() -> JSONResponse:
    return _answer(sorted(f"tocsin.v1.{name}" for name in catalogue().by_name) + sorted(f"{topic}-value" for topic in _TOPICS))


def _versions(subject: str) -> JSONResponse:
    name = record_of(subject)
    return _answer([v.version for v in catalogue().by_name[name]]) if name else _no_subject(subject)


def _version(subject: str, version: str) -> JSONResponse:
    name = record_of(subject)
    if name is None:
        return _no_subject(subject)
    released = catalogue().by_name[name]
    found = released[-1] if version == "latest" else next((v for v in released if str(v.version) == version), None)
    if found is None:
        return _missing(NO_VERSION, f"{subject} has no version {version}")
    return _answer(_described(subject, found))


async def _look_up(subject: str, request: Request) -> JSONResponse:
    name = record_of(subject)
    if name is None:
        return _no_subject(subject)
    try:
        asked = json.loads(json.loads(await request.body())["schema"])
    except (ValueError, KeyError, TypeError):
        return _answer({"error_code": 42201, "message": "the body holds no schema"}, 422)
    found = next((v for v in catalogue().by_name[name] if json.loads(v.text) == asked), None)
    if found is None:
        return _missing(NO_SCHEMA, f"this schema is not one of {subject}; nothing is registered here from outside")
    return _answer(_described(subject, found))


def _raw(number: int) -> JSONResponse:
    found = catalogue().by_id.get(number)
    if found is None:
        return _missing(NOT_FOUND, f"schema {number} is not known")
    return JSONResponse(json.loads(found.text))


def _references(number: int) -> JSONResponse:
    return JSONResponse([]) if number in catalogue().by_id else _missing(NOT_FOUND, f"schema {number} is not known")


def _as_json_schema(name: str) -> JSONResponse:
    if name not in catalogue().by_name:
        return _missing(NO_SUBJECT, f"there is no record {name}")
    return JSONResponse(json_schema(name), media_type="application/schema+json")


def _described(subject: str, found: Released) -> dict[str, Any]:
    return {"subject": subject, "version": found.version, "id": found.id, "schema": found.text, "schemaType": "AVRO"}


def _answer(value: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(value, status, media_type=MEDIA_TYPE)


def _no_subject(subject: str) -> JSONResponse:
    return _missing(NO_SUBJECT, f"subject {subject} is not known")


def _missing(code: int, message: str) -> JSONResponse:
    return _answer({"error_code": code, "message": message}, fastapi.status.HTTP_404_NOT_FOUND)
