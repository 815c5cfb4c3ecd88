"""A mail server that keeps what it gets: each mail a file of its own in a folder, nothing goes further."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keeper:
    """Writes mails as they came, with return path and recipient in front, as a delivering server would (RFC 5321 4.4)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        known = (int(f.stem) for f in folder.glob("*.eml") if f.stem.isdigit())
        self._numbers = itertools.count(max(known, default=0) + 1)
        self.taken = 0

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:  # noqa: ARG002
        """Announces PIPELINING: aiosmtpd reads line by line from a buffered stream, so groups of commands are served in order."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        """One file a mail; appears whole."""
        head = f"Return-Path: <{envelope.mail_from}>\r\nX-Original-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        name = f"{next(self._numbers):08d}"
        draft = self._folder / f".{name}"
        draft.write_bytes(head + (envelope.original_content or b""))
        draft.rename(self._folder / f"{name}.eml")
        self.taken += 1
        return "250 2.0.0 kept"


class MailSink:
    """Listens on one port; use as `async with MailSink(folder) as sink`, then `sink.port`."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._keeper = _Keeper(folder)
        self._host = host
        self.port = port
        self._server: asyncio.Server | None = None

    @property
    def taken(self) -> int:
        """Mails kept since the start."""
        return self._keeper.taken

    async def start(self) -> None:
        """Listens; afterwards `port` is the real one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Closes the port."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _session(self) -> Any:
        return SMTP(self._keeper, hostname="sink.tocsin.example", decode_data=False, enable_SMTPUTF8=False, data_size_limit=None)

    async def __aenter__(self) -> MailSink:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def run_sink(folder: Path, host: str, port: int, stop: asyncio.Event) -> None:
    """Keeps mails until told to stop."""
    async with MailSink(folder, host, port):
        await stop.wait()
