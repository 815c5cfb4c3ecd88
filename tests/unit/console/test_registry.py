"""The registry over HTTP, as Confluent's and Apicurio's own clients ask for it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import fastapi
import httpx2
import pytest
import uvicorn
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from console.registry import record_of, registry_router
from schemas.binding import KINDS
from schemas.catalogue import catalogue
from schemas.codec import decode, encode
from schemas.jsonschema import json_schema
from tests.unit.schemas.golden import full_record
from tests.unit.schemas.inventing import NAMES

READY_WITHIN_S = 10.0


@contextmanager
def served(app: fastapi.FastAPI) -> Iterator[str]:
    """The app on a loopback port of its own; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            deadline = time.monotonic() + READY_WITHIN_S
            while not server.started:
                assert time.monotonic() < deadline
                assert thread.is_alive()
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(READY_WITHIN_S)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = fastapi.FastAPI()
    app.include_router(registry_router())
    with served(app) as url:
        yield url


@pytest.fixture
def registry(address: str) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": address}) as client:
        yield client


def _at(topic: str) -> Any:
    return SerializationContext(topic, MessageField.VALUE)


@pytest.mark.parametrize("name", NAMES)
def test_confluents_deserializer_reads_what_our_codec_wrote(registry: SchemaRegistryClient, name: str) -> None:
    record = full_record(name)
    read: Any = AvroDeserializer(registry)(encode(record), _at("any"))
    assert set(read) == {f["name"] for f in json.loads(catalogue().latest(name).text)["fields"]}
    for field, value in read.items():
        if isinstance(value, str | int | float | bytes | datetime | date):
            assert value == getattr(record, field if hasattr(record, field) else f"{field}_"), field


@pytest.mark.parametrize("kind", KINDS)
def test_our_codec_reads_what_confluents_serializer_wrote(registry: SchemaRegistryClient, kind: str) -> None:
    record = full_record(KINDS[kind])
    plain: Any = AvroDeserializer(registry)(encode(record), _at("any"))
    schema = catalogue().latest(KINDS[kind]).text
    for settings in ({"auto.register.schemas": False}, {"auto.register.schemas": False, "use.latest.version": True}):
        raw: Any = AvroSerializer(registry, schema, conf=settings)(plain, _at(f"in.acme.{kind}"))
        assert decode(raw) == record
        assert raw == encode(record)


def test_a_schema_that_is_not_ours_is_not_taken(registry: SchemaRegistryClient) -> None:
    other = json.dumps({"type": "record", "name": "Declaration", "namespace": "tocsin.v1", "fields": []})
    with pytest.raises(SchemaRegistryError) as told:
        AvroSerializer(registry, other, conf={"auto.register.schemas": False})({}, _at("in.acme.shortage.declarations"))
    assert told.value.error_code == 40403
    with pytest.raises(SchemaRegistryError) as registering:
        registry.register_schema("tocsin.v1.Declaration", Schema(other, "AVRO"))
    assert registering.value.http_status_code == 405


def test_the_client_finds_subjects_versions_and_ids(registry: SchemaRegistryClient) -> None:
    assert {f"tocsin.v1.{name}" for name in NAMES} | {"alerts-value", "cases.log-value"} <= set(registry.get_subjects())
    assert registry.get_versions("tocsin.v1.Alert") == [1]
    latest = registry.get_latest_version("alerts-value")
    assert (latest.schema_id, latest.version, latest.subject) == (catalogue().latest("Alert").id, 1, "alerts-value")
    assert registry.get_version("in.acme.plans-value", 1).schema_id == catalogue().latest("Plan").id
    text = catalogue().latest("Plan").text
    assert registry.lookup_schema("tocsin.v1.Plan", Schema(text, "AVRO")).schema_id == catalogue().latest("Plan").id
    assert json.loads(registry.get_schema(103).schema_str or "") == json.loads(catalogue().by_id[103].text)


def test_apicurios_paths_answer_the_schema_itself(address: str) -> None:
    for kind in ("contentIds", "globalIds"):
        assert httpx2.get(f"{address}/apis/registry/v3/ids/{kind}/103").json() == json.loads(catalogue().by_id[103].text)
        assert httpx2.get(f"{address}/apis/registry/v3/ids/{kind}/103/references").json() == []
        assert httpx2.get(f"{address}/apis/registry/v3/ids/{kind}/1").status_code == 404
        assert httpx2.get(f"{address}/apis/registry/v3/ids/{kind}/1/references").status_code == 404


def test_the_json_schema_of_a_record_is_there_for_senders_of_json(address: str) -> None:
    answer = httpx2.get(f"{address}/schemas/json/Declaration")
    assert answer.json() == json_schema("Declaration")
    assert answer.headers["content-type"] == "application/schema+json"
    assert httpx2.get(f"{address}/schemas/json/Nothing").json()["error_code"] == 40401


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/schemas/ids/1", 40403),
        ("/subjects/nothing/versions", 40401),
        ("/subjects/nothing/versions/1", 40401),
        ("/subjects/nothing/versions/latest", 40401),
        ("/subjects/tocsin.v1.Plan/versions/2", 40402),
        ("/subjects/tocsin.v1.Plan/versions/newest", 40402),
    ],
)
def test_what_is_not_there_is_said_with_confluents_codes(address: str, path: str, code: int) -> None:
    answer = httpx2.get(address + path)
    assert answer.status_code == 404
    assert answer.json()["error_code"] == code
    assert answer.json()["message"]
    assert answer.headers["content-type"] == "application/vnd.schemaregistry.v1+json"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"schema": 1}', b'{"schema": "{"}', b"\xff"])
def test_a_look_up_without_a_schema_is_told_so(address: str, body: bytes) -> None:
    answer = httpx2.post(f"{address}/subjects/tocsin.v1.Plan", content=body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, 42201)


def test_a_look_up_under_an_unknown_subject_is_told_so(address: str) -> None:
    assert httpx2.post(f"{address}/subjects/nothing", content=b"{}").json()["error_code"] == 40401


def test_only_avro_is_spoken(address: str) -> None:
    assert httpx2.get(f"{address}/schemas/types").json() == ["AVRO"]


@pytest.mark.parametrize(
    ("subject", "record"),
    [
        ("tocsin.v1.Alert", "Alert"),
        ("Alert", "Alert"),
        ("alerts-value", "Alert"),
        ("stock.log-value", "Entry"),
        ("in.acme.stock.reports-value", "StockReport"),
        ("in.hub.commands-value", "Command"),
        ("in.acme.nothing-value", None),
        ("out.acme.receipts-value", "DoorReceipt"),
        ("rapidalerts.aemps-value", "RapidAlert"),
        ("rapidalerts.aemps.acks-value", "Acknowledgement"),
        ("rapidalerts.outbox-value", None),
        ("alerts-key", None),
        ("unheard-value", None),
    ],
)
def test_a_subject_is_a_record_or_the_topic_that_carries_it(subject: str, record: str | None) -> None:
    assert record_of(subject) == record
