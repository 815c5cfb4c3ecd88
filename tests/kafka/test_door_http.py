"""The door over HTTP, with a real door on the real broker behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from alertcore.register import read_senders
from connectors.door.desk import Door
from connectors.door.service import DoorService
from connectors.door.world import DoorConfig
from connectors.http import door_router
from connectors.tokens import TokenFolder
from plumbing.admin import Admin
from plumbing.metrics import Metrics
from plumbing.plan import TopicSpec
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from schemas.inbound import from_json
from store.engine import open_engine
from store.metadata import metadata
from store.vault import Vault

pytestmark = pytest.mark.kafka

SENDERS = {"senders": [{"name": "lab", "kinds": ["shortage.declarations", "shortage.statuses"], "companies": ["552081317"]}]}
DECLARATIONS = "/v1/events/shortage.declarations"
STATUSES = "/v1/events/shortage.statuses"


def declaration(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "declaration_id": f"d{number}",
        "step": "initial",
        "nature_declared": "rupture",
        "cis": "60234100",
        "company": {"id": "552081317", "scheme": "siren", "country": "FR"},
        "declared_at": "2026-01-15T09:00:00Z",
        **changes,
    }


def lines(*values: Any) -> bytes:
    return b"\n".join(json.dumps(value).encode() for value in values)


class Site:
    """The application, its client and what it wrote."""

    def __init__(self, client: httpx2.AsyncClient, access: KafkaAccess, prefix: str) -> None:
        self.client, self._access, self._prefix = client, access, prefix

    async def post(self, path: str, content: bytes, content_type: str = "application/json", **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(path, content=content, headers={"content-type": content_type, **named})

    async def values(self, topic: str) -> list[Any]:
        reader = Reader(self._access)
        return [decode(r.value) async for batch in reader.read_to_end(self._prefix + topic, 0) for r in batch]


@pytest.fixture
async def site(access: KafkaAccess, admin: Admin, prefix: str, tmp_path: Path) -> AsyncIterator[Site]:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/door.db")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    logs = [("stock.log", 4), ("supply.log", 4), ("cases.log", 1), ("out.lab.receipts", 1), ("dead-letters", 1)]
    await admin.create_topics([TopicSpec(prefix + name, n, {}) for name, n in logs])
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    (tokens / "lab").write_text("secret of lab\n")
    config = DoorConfig(agency="ansm", senders=read_senders(SENDERS))
    service = DoorService(Door(access, engine, config, Vault(bytes(32)), Metrics(), prefix))
    await service.start()
    app = FastAPI()
    app.include_router(door_router(service, TokenFolder(tokens)))
    transport = httpx2.ASGITransport(app)
    headers = {"authorization": "Bearer secret of lab"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://door", headers=headers, timeout=30) as client:
        yield Site(client, access, prefix)
    await service.stop()
    await engine.dispose()


async def test_an_event_is_answered_with_its_receipt_once_the_broker_has_it(site: Site) -> None:
    response = await site.post(DECLARATIONS, lines(declaration()), ce_id="h1", ce_time="2026-01-15T09:00:00Z")
    assert response.status_code == 202
    assert (response.json()["verdict"], response.json()["ce_id"]) == ("taken", "h1")
    [entry] = await site.values("cases.log")
    assert (entry.event_id, entry.sender) == (response.json()["event_id"], "lab")
    [receipt] = await site.values("out.lab.receipts")
    assert receipt.event_id == entry.event_id


async def test_a_mixture_of_lines_is_taken_with_an_answer_to_each(site: Site) -> None:
    response = await site.post(DECLARATIONS, lines(declaration(1), declaration(2, cis="1"), declaration(3)), "application/x-ndjson")
    assert response.status_code == 202
    assert [r["verdict"] for r in response.json()["receipts"]] == ["taken", "refused", "taken"]
    assert (response.json()["taken"], response.json()["refused"]) == (2, 1)
    assert [decode(e.value).declaration_id for e in await site.values("cases.log")] == ["d1", "d3"]


async def test_a_body_of_several_objects_is_read_as_lines_and_one_laid_out_object_as_one(site: Site) -> None:
    many = await site.post(DECLARATIONS, lines(declaration(1), declaration(2)), ce_id="b")
    one = await site.post(DECLARATIONS, json.dumps(declaration(3), indent=2).encode())
    assert [r["ce_id"] for r in many.json()["receipts"]] == ["b#1", "b#2"]
    assert one.json()["verdict"] == "taken"


async def test_avro_is_taken(site: Site) -> None:
    raw = encode(from_json("Declaration", declaration()).value)
    assert (await site.post(DECLARATIONS, raw, "application/avro")).json()["verdict"] == "taken"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (lines(declaration(cis="1")), 400, "cis"),
        (b"{half", 400, "undecodable"),
        (b"", 400, "undecodable"),
        (lines(declaration(1, cis="1"), declaration(2, declared_at="yesterday")), 400, "not_a_time"),
        (lines(declaration(company={"id": "1", "scheme": "siren", "country": "FR"})), 403, "not_your_id"),
    ],
)
async def test_what_is_refused_is_a_problem_with_every_line_and_reason(site: Site, content: bytes, status: int, code: str) -> None:
    response = await site.post(DECLARATIONS, content)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert code in {p["code"] for p in response.json()["problems"]}
    assert await site.values("cases.log") == []


async def test_a_kind_the_sender_may_not_send_is_forbidden_and_one_nobody_knows_not_found(site: Site) -> None:
    assert (await site.post("/v1/events/commands", b"{}")).status_code == 403
    assert (await site.post("/v1/events/acknowledgements", b"{}")).status_code == 404
    assert (await site.post("/v1/events/nonsense", b"{}")).status_code == 404


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic c2VjcmV0", "Bearer secret of la"])
async def test_without_a_senders_token_nothing_is_taken(site: Site, authorization: str) -> None:
    response = await site.post(DECLARATIONS, lines(declaration()), authorization=authorization)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


async def test_the_same_id_with_other_content_is_a_conflict_and_the_same_content_is_not(site: Site) -> None:
    first = await site.post(DECLARATIONS, lines(declaration(1)), ce_id="c")
    again = await site.post(DECLARATIONS, lines(declaration(1)), ce_id="c")
    other = await site.post(DECLARATIONS, lines(declaration(2)), ce_id="c")
    assert [r.status_code for r in (first, again, other)] == [202, 202, 409]
    assert first.json()["event_id"] == again.json()["event_id"]
    assert len(await site.values("cases.log")) == 1


async def test_an_event_above_four_mebibytes_is_too_large(site: Site) -> None:
    exact = lines(declaration(1, context=""))
    fits = lines(declaration(1, context="x" * (4 * 1024 * 1024 - len(exact))))
    assert len(fits) == 4 * 1024 * 1024
    assert (await site.post(DECLARATIONS, fits)).status_code == 202
    assert (await site.post(DECLARATIONS, fits + b" ")).status_code == 413
    assert (await site.post(DECLARATIONS, b" " * (33 * 1024 * 1024))).status_code == 413


async def test_a_list_must_be_whole_within_its_request(site: Site) -> None:
    rows = [{"cis": f"6{n:07d}", "code": 1, "snapshot_id": "s"} for n in range(3)]
    part = await site.post(STATUSES, lines(*rows), "application/x-ndjson")
    whole = await site.post(STATUSES, lines(*rows, {"snapshot_id": "s", "rows": 3}), "application/x-ndjson")
    assert part.status_code == 400
    assert {p["code"] for p in part.json()["problems"]} == {"snapshot_refused"}
    assert (whole.status_code, whole.json()["taken"]) == (202, 4)


async def test_many_requests_at_once_are_each_answered_with_their_own(site: Site) -> None:
    bodies = [lines(declaration(n)) for n in range(25)]
    responses = await asyncio.gather(*(site.post(DECLARATIONS, body, ce_id=f"m{n}") for n, body in enumerate(bodies)))
    assert [r.json()["ce_id"] for r in responses] == [f"m{n}" for n in range(25)]
    assert len(await site.values("cases.log")) == 25
