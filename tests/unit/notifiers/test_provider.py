"""A provider ends when it is told to, whatever the library under it does with a cancellation."""

from __future__ import annotations

import asyncio

import pytest

from notifiers.email.compose import MailComposer, MailHouse
from notifiers.email.provider import Provider
from notifiers.ports import Attempt, Server
from store.queue import Claimed
from store.tokens import Tokens
from store.vault import Vault


class Deaf:
    """A connection being opened that takes a cancellation for its end, as wait_for may before Python 3.12."""

    is_ehlo_or_helo_needed = False
    transport = None
    is_connected = True
    opening = asyncio.Event()

    def __init__(self, **_: object) -> None:
        """Whatever the server is."""

    async def connect(self) -> None:
        Deaf.opening.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    def supports_extension(self, name: str) -> bool:
        return name == "none"

    def close(self) -> None:
        """Nothing to close."""


async def test_a_cancellation_lost_while_a_connection_opens_ends_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifiers.email.provider.aiosmtplib.SMTP", Deaf)
    server = Server(name="s", host="127.0.0.1", port=1, sender="a@b.example", tls="none", connections=1)
    house = MailHouse("https://x.example", "x.example", "x.example")

    def nothing(_: Attempt) -> None:
        raise AssertionError("nothing is sent")

    def no_mould(_: Claimed) -> None:
        raise AssertionError("nothing is sent")

    composer = MailComposer(house, Tokens(Vault(bytes(32))), server, no_mould)  # type: ignore[arg-type]
    provider = Provider(server, composer, lambda: None, nothing, lambda: 5, lambda: True)
    Deaf.opening = asyncio.Event()
    running = asyncio.create_task(provider.run())
    provider.kick()
    async with asyncio.timeout(5):
        await Deaf.opening.wait()
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=5)
    assert done
    assert running.cancelled()
