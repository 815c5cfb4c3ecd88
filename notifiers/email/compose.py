"""A delivery's bytes for one mail server: envelope with a return path of its own, and the mould with its values."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, formataddr, parseaddr

from notifiers.email.mould import Mould, checked, wrapped
from notifiers.ports import Server
from store.queue import Claimed
from store.tokens import Tokens, TokenUse


@dataclass(frozen=True, slots=True)
class MailHouse:
    """`message_domain` stands in every Message-ID, whichever server takes the mail; bounces come back to `bounce_domain`."""

    public_url: str
    message_domain: str
    bounce_domain: str


class MailComposer:
    """What `Pipe` and `Plain` ask for. One per server: the sender's address is the server's."""

    def __init__(self, house: MailHouse, tokens: Tokens, server: Server, mould_of: Callable[[Claimed], Mould]) -> None:
        self._house = house
        self._tokens = tokens
        self._mould_of = mould_of
        self._base = house.public_url.rstrip("/")
        self._sender = checked(formataddr(parseaddr(server.sender), "utf-8"))
        self._date = (0, b"")

    def envelope(self, claimed: Claimed) -> bytes:
        """VERP: a bounce comes back to an address that stands for this one delivery."""
        token = self._tokens.mint(TokenUse.BOUNCE, claimed.id)
        return f"MAIL FROM:<b+{token}@{self._house.bounce_domain}>\r\nRCPT TO:<{claimed.address}>\r\nDATA\r\n".encode("ascii")

    def content(self, claimed: Claimed) -> bytes:
        """The mail itself."""
        leave = checked(f"{self._base}/u/{self._tokens.mint(TokenUse.UNSUBSCRIBE, claimed.id)}")
        acknowledge = checked(f"{self._base}/a/{self._tokens.mint(TokenUse.ACKNOWLEDGE, claimed.id)}")
        name = f"{claimed.delivery_id}@{self._house.message_domain}".encode("ascii")
        values = [claimed.address.encode("ascii"), self._sender, self._now(), name, leave, wrapped(leave), wrapped(acknowledge)]
        return self._mould_of(claimed).pour(values)

    def _now(self) -> bytes:
        """The Date header, made once a second."""
        second = int(time.time())
        if second != self._date[0]:
            self._date = (second, format_datetime(datetime.fromtimestamp(second, UTC)).encode("ascii"))
        return self._date[1]
