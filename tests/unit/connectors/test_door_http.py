"""The HTTP side alone: what callers are told when the hub cannot answer, or they ask too much; tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from alertcore.records.hub import DoorReceipt, Verdict
from connectors.door.bodies import split_body
from connectors.door.service import Unavailable
from connectors.http import door_router
from connectors.tokens import TokenFolder

RECEIPT = DoorReceipt(event_id="evt_1", kind="plans", verdict=Verdict.TAKEN, at=datetime(2026, 1, 15, tzinfo=UTC))


class SlowDoor:
    """Answers when told to, or not at all."""

    def __init__(self, *, away: bool = False) -> None:
        self.away, self.inside, self.go = away, 0, asyncio.Event()
        self.entered = asyncio.Event()

    async def take(self, sender: str, kind: str, raw: bytes, content_type: str, headers: Mapping[str, str]) -> list[DoorReceipt]:
        if self.away:
            raise Unavailable("away")
        self.inside += 1
        if self.inside == 2:
            self.entered.set()
        await self.go.wait()
        return [RECEIPT]


class OneToken:
    def sender_of(self, token: str) -> str | None:
        return "lab" if token == "t" else None


def client_of(door: SlowDoor) -> httpx2.AsyncClient:
    app = FastAPI()
    app.include_router(door_router(door, OneToken(), at_once=2))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://door", headers={"authorization": "Bearer t"})


async def test_when_the_hub_cannot_answer_the_caller_is_told_when_to_come_again() -> None:
    async with client_of(SlowDoor(away=True)) as client:
        response = await client.post("/v1/events/plans", content=b"{}")
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0


async def test_more_requests_at_once_than_allowed_are_told_to_wait() -> None:
    door = SlowDoor()
    async with client_of(door) as client:
        waiting = [asyncio.create_task(client.post("/v1/events/plans", content=b"{}")) for _ in range(2)]
        async with asyncio.timeout(10):
            await door.entered.wait()
        refused = await client.post("/v1/events/plans", content=b"{}")
        door.go.set()
        answered = [(await one).status_code for one in waiting]
        after = await client.post("/v1/events/plans", content=b"{}")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert answered == [202, 202]
    assert after.status_code == 202


def test_tokens_are_read_again_when_a_sender_is_added_or_removed(tmp_path: Path) -> None:
    tokens = TokenFolder(tmp_path)
    assert tokens.sender_of("") is None
    (tmp_path / "lab").write_text("aaa\n")
    (tmp_path / "empty").write_text("\n")
    assert [tokens.sender_of(t) for t in ("aaa", "aaa\n", "bbb", "")] == ["lab", None, None, None]
    (tmp_path / "other").write_text("bbb")
    assert tokens.sender_of("bbb") == "other"
    (tmp_path / "lab").unlink()
    assert tokens.sender_of("aaa") is None


def test_a_folder_that_is_not_there_knows_nobody(tmp_path: Path) -> None:
    assert TokenFolder(tmp_path / "absent").sender_of("x") is None


@pytest.mark.parametrize(
    ("raw", "content_type", "parts"),
    [
        (b'{"a":1}\n{"a":2}\n\n', "application/json", 2),
        (b'{"a":1}\n{"a":', "application/json", 2),
        (b'{\n"a":1\n}', "application/json", 1),
        (b'{"a":1}\n', "application/x-ndjson", 1),
        (b"nonsense\nmore", "application/json", 1),
        (b"nonsense\nmore", "application/x-ndjson", 2),
        (b"\x00\n\x00\n", "application/avro", 1),
        (b"", "application/x-ndjson", 1),
        (b"{" * 100_000 + b"\n1", "application/json", 1),
    ],
)
def test_a_body_is_lines_where_its_first_line_is_a_whole_object(raw: bytes, content_type: str, parts: int) -> None:
    assert len(split_body(raw, content_type, {})) == parts
