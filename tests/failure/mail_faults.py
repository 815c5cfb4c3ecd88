"""A mail server that misbehaves as told, per recipient, and counts what it took."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

_ID = re.compile(rb"(?mi)^Message-ID: <(\S+)>")


class FaultyServer:
    """By the recipient's local part: `u550-…` unknown, `r451-…` later, `t451-…` throttled, `c554-…` content refused, `drop-…` the
    connection is cut after the content was taken, `q421-…` the server closes. `-once` in it: only the first time. Others are taken."""

    def __init__(self, *, pipelining: bool = True, broken: bool = False) -> None:
        self.pipelining = pipelining
        self.broken = broken  # answers 421 to everybody
        self.taken: Counter[str] = Counter()
        self.recipients: Counter[str] = Counter()
        self.connections = 0
        self.mails: list[bytes] = []
        self._seen: set[str] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> FaultyServer:
        self._server = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _session(self) -> Any:
        self.connections += 1
        return SMTP(self, hostname="faulty.example", decode_data=False)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.pipelining else responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.broken:
            return "421 4.3.2 closing"
        fault = self._fault(address)
        if fault == "u550":
            return f"550 5.1.1 <{address}>: no such user"
        if fault == "r451":
            return "451 4.3.0 try later"
        if fault == "t451":
            return "451 4.7.1 too many messages"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        found = _ID.search(content)
        assert found is not None
        address = envelope.rcpt_tos[0]
        fault = self._fault(address, forget=False)
        if fault == "c554":
            return "554 5.6.0 content refused"
        if fault == "q421":
            return "421 4.3.2 closing"
        self.taken[found.group(1).decode()] += 1
        self.recipients[address] += 1
        self.mails.append(content)
        if fault == "drop":
            assert server.transport is not None
            server.transport.close()
        return "250 2.0.0 taken"

    def _fault(self, address: str, *, forget: bool = True) -> str:
        """The fault of this address now; one of `-once` only the first time."""
        fault, _, rest = address.partition("-")
        if "once" not in rest:
            return fault
        at_content = fault in ("c554", "drop", "q421")
        if at_content is forget:
            return ""
        if address in self._seen:
            return ""
        self._seen.add(address)
        return fault
