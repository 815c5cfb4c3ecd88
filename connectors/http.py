"""The door over HTTP: `POST /v1/events/{kind}` with a sender's bearer token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from alertcore.records.hub import DoorReceipt, Verdict
from connectors.door.arrival import MAX_RECORD_BYTES
from connectors.door.bodies import split_body
from connectors.door.register import ACKS, record_of
from connectors.door.service import Unavailable
from schemas.plain import to_json

MAX_BODY_BYTES = 32 * 1024 * 1024
"""Largest body of JSON lines; a single event is held to 4 MiB."""
AT_ONCE = 32
"""Requests of one sender under way at the same time; more are told to wait."""
RETRY_S = 2

_FORBIDDEN = frozenset({"kind_not_allowed", "not_your_id", "not_your_tier"})


class Doorkeeper(Protocol):
    """Takes events and answers them; raises Unavailable."""

    async def take(self, sender: str, kind: str, raw: bytes, content_type: str, headers: Mapping[str, str]) -> list[DoorReceipt]:
        """Answers in the order of the body."""
        ...


class Tokens(Protocol):
    """Knows senders by their tokens."""

    def sender_of(self, token: str) -> str | None:
        """The sender, or None."""
        ...


class _Problem(Exception):
    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.more = status, title, detail, more


class _Turnstile:
    """Counts each sender's requests under way."""

    def __init__(self, at_once: int) -> None:
        self._at_once, self._inside = at_once, Counter[str]()

    @contextmanager
    def through(self, sender: str) -> Iterator[None]:
        """Raises 429 where too many are inside."""
        if self._inside[sender] >= self._at_once:
            raise _Problem(429, "Too many requests", f"at most {self._at_once} requests of one sender at once; send JSON lines instead")
        self._inside[sender] += 1
        try:
            yield
        finally:
            self._inside[sender] -= 1


def door_router(door: Doorkeeper, tokens: Tokens, at_once: int = AT_ONCE) -> APIRouter:
    """The router; `door` must be started by whoever composes the process."""
    router, turnstile = APIRouter(), _Turnstile(at_once)

    @router.post("/v1/events/{kind}", status_code=202, summary="Publish events of one kind")
    async def publish(kind: str, request: Request) -> Response:
        try:
            sender = _sender(request, tokens)
            with turnstile.through(sender):
                return await _publish(door, sender, kind, request)
        except _Problem as problem:
            return _problem_response(problem)

    return router


async def _publish(door: Doorkeeper, sender: str, kind: str, request: Request) -> Response:
    if kind == ACKS or record_of(kind) is None:
        raise _Problem(404, "Unknown kind", f"{kind[:80]} is no kind of event")
    raw = await _body(request)
    content_type, headers = request.headers.get("content-type", ""), _event_headers(request)
    if any(len(part) > MAX_RECORD_BYTES for part, _ in split_body(raw, content_type, {})):
        raise _Problem(413, "Too large", f"an event has at most {MAX_RECORD_BYTES} bytes")
    try:
        receipts = await door.take(sender, kind, raw, content_type, headers)
    except Unavailable as error:
        raise _Problem(503, "Not available", "the hub cannot answer now; send the same again, under the same id") from error
    return _answer(receipts)


def _sender(request: Request, tokens: Tokens) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    sender = tokens.sender_of(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if sender is None:
        raise _Problem(401, "Unauthorized", "send `Authorization: Bearer` with the token of a registered sender")
    return sender


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise _Problem(413, "Too large", f"a body has at most {MAX_BODY_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)


def _event_headers(request: Request) -> dict[str, str]:
    """CloudEvents' HTTP binding writes `ce-id` for what is `ce_id` in Kafka; ours likewise."""
    names = ((name, name.replace("-", "_")) for name in request.headers if name.startswith(("ce-", "tocsin-")))
    return {ours: request.headers[name] for name, ours in names}


def _answer(receipts: Sequence[DoorReceipt]) -> Response:
    if receipts and all(receipt.verdict is Verdict.REFUSED for receipt in receipts):
        raise _refusal(receipts)
    body = to_json(receipts[0]) if len(receipts) == 1 else {**_counts(receipts), "receipts": to_json(list(receipts))}
    return JSONResponse(body, status_code=202)


def _refusal(receipts: Sequence[DoorReceipt]) -> _Problem:
    codes = {problem.code for receipt in receipts for problem in receipt.problems}
    each = [{problem.code for problem in receipt.problems} for receipt in receipts]
    problems = [{"event": number, **to_json(problem)} for number, receipt in enumerate(receipts, 1) for problem in receipt.problems]
    more = {"problems": problems, "receipts": to_json(list(receipts))}
    if all(found & _FORBIDDEN for found in each):
        return _Problem(403, "Forbidden", "this sender may not send this, or not under this id", **more)
    if all("conflict" in found for found in each):
        return _Problem(409, "Conflict", "the same id was taken before with other content", **more)
    detail = "nothing was taken" if len(receipts) > 1 else "the event was refused"
    return _Problem(400, "Refused", f"{detail}: {', '.join(sorted(codes)[:5])}", **more)


def _counts(receipts: Sequence[DoorReceipt]) -> dict[str, int]:
    counted = Counter(receipt.verdict.value for receipt in receipts)
    return {verdict: counted[verdict] for verdict in ("taken", "remarks", "refused", "held")}


def _problem_response(problem: _Problem) -> Response:
    body = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail, **problem.more}
    headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "1"}, 503: {"Retry-After": str(RETRY_S)}}.get(problem.status, {})
    return JSONResponse(body, status_code=problem.status, headers=headers, media_type="application/problem+json")
