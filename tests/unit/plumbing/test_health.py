"""What an orchestrator and Prometheus are answered."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from plumbing.health import Check, HealthServer, Probe


def saying(ok: bool, detail: str = "") -> Check:
    async def check() -> Probe:
        return Probe(ok, detail)

    return check


async def failing() -> Probe:
    raise LookupError("with a secret in it")


Served = tuple[int, dict[str, Check]]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    """Port, and the checks of /live, which a test may change."""
    live: dict[str, Check] = {"progress": saying(True, "no lag")}
    server = HealthServer(lambda: b"a_metric 1\n", live=live, ready={"role": saying(False, "starting")})
    yield await server.start(), live
    await server.stop()


async def ask(port: int, request: bytes) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), body


async def get(port: int, path: str) -> tuple[int, str]:
    return await ask(port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


async def test_a_role_that_is_well_says_so(served: Served) -> None:
    status, body = await get(served[0], "/live")
    assert (status, json.loads(body)) == (200, {"progress": {"ok": True, "detail": "no lag"}})


async def test_one_bad_check_is_enough(served: Served) -> None:
    served[1]["database"] = saying(False, "away")
    status, body = await get(served[0], "/live")
    assert (status, json.loads(body)["database"]) == (503, {"ok": False, "detail": "away"})


async def test_ready_and_live_are_two_questions(served: Served) -> None:
    assert (await get(served[0], "/ready"))[0] == 503
    assert (await get(served[0], "/live"))[0] == 200


async def test_a_check_that_fails_is_a_no_without_its_words(served: Served) -> None:
    served[1]["broken"] = failing
    status, body = await get(served[0], "/live")
    assert status == 503
    assert "LookupError" in body
    assert "secret" not in body


async def test_metrics_are_given_as_they_are_rendered(served: Served) -> None:
    assert await get(served[0], "/metrics?x=1") == (200, "a_metric 1\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [(b"GET /else HTTP/1.1\r\n\r\n", 404), (b"POST /live HTTP/1.1\r\n\r\n", 405), (b"\xff\xfe\r\n\r\n", 405), (b"x" * 20_000, 400)],
)
async def test_what_is_no_question_gets_a_short_answer(served: Served, request_: bytes, status: int) -> None:
    assert (await ask(served[0], request_))[0] == status


async def test_a_stop_does_not_wait_for_a_caller_that_says_nothing() -> None:
    server = HealthServer(lambda: b"", live={}, ready={})
    reader, writer = await asyncio.open_connection("127.0.0.1", await server.start())
    async with asyncio.timeout(2.0):
        await server.stop()
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
