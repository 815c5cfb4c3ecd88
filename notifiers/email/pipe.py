"""SMTP pipelining (RFC 2920) on a connection that aiosmtplib opened: greeting, TLS and login are its, the mails are ours.

aiosmtplib waits for one reply at a time, so nothing can be pipelined through it; its transport can be taken over. MAIL and
RCPT may stand anywhere in a group and DATA only at its end, and a message's content may be the first "command" of a group:
[MAIL RCPT DATA] wait 354 [content . MAIL RCPT DATA] ... is one round trip a mail. No future, task or timer per mail.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from notifiers.email.replies import status, verdict
from notifiers.ports import Attempt, Done, Take, Verdict
from store.queue import Claimed

_RESET = b"RSET\r\n"


class Composer(Protocol):
    """Gives a delivery its bytes."""

    def envelope(self, claimed: Claimed) -> bytes:
        """MAIL, RCPT and DATA, each with its line end."""

    def content(self, claimed: Claimed) -> bytes:
        """The mail, dots doubled, ending with CRLF; the final dot is not in it."""


class _Awaited(Enum):
    """What the next reply answers."""

    RESET = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    CONTENT = auto()
    EMPTY = auto()  # the lone dot after a DATA taken with no recipient left


class Pipe(asyncio.Protocol):
    """One connection. Every delivery taken is told to `done` exactly once."""

    def __init__(self, name: str, composer: Composer, take: Take, done: Done, now: Callable[[], float]) -> None:
        self._name = name
        self._composer = composer
        self._take = take
        self._done = done
        self._now = now
        self._rest = b""
        self._awaited: deque[_Awaited] = deque()
        self._opened: Claimed | None = None  # envelope sent, content not
        self._sent: Claimed | None = None  # content sent, reply awaited
        self._refusal: tuple[int, bytes] | None = None
        self._must_reset = False
        self._ending = False
        self._transport: asyncio.Transport | None = None
        self._opener: object = None
        self.closed = asyncio.Event()
        self.active_at = now()

    def attach(self, transport: asyncio.Transport, opener: object) -> None:
        """Takes the transport over from `opener`, which must live as long as the connection."""
        self._transport = transport
        self._opener = opener
        transport.set_protocol(self)

    @property
    def busy(self) -> bool:
        """A reply is awaited."""
        return bool(self._awaited)

    def kick(self) -> None:
        """Starts when idle."""
        if not self._awaited and not self.closed.is_set() and not self._ending and (group := self._next_group()):
            self._write(group)

    def quit(self) -> None:
        """Says good-bye; only when idle."""
        self._ending = True
        self._write(b"QUIT\r\n")
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Ends at once: the server does not answer."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Replies, in the order of what was asked; of several lines the last one counts."""
        self.active_at = self._now()
        lines = (self._rest + data).split(b"\r\n")
        self._rest = lines.pop()
        for line in lines:
            if line[3:4] != b"-":
                self._reply(int(line[:3]) if line[:3].isdigit() else 0, line)

    def connection_lost(self, _: Exception | None) -> None:
        """Content without an answer may have arrived: it is tried again under the same Message-ID. What was only announced did not."""
        self._ending = True
        sent, opened, self._sent, self._opened = self._sent, self._opened, None, None
        self._awaited.clear()
        if sent is not None:
            self._done(Attempt(sent, Verdict.TRANSIENT, 0, f"{self._name} lost"))
        if opened is not None:
            self._done(Attempt(opened, Verdict.UNSENT, 0, f"{self._name} lost"))
        self.closed.set()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _next_group(self) -> bytes:
        claimed = None if self._ending else self._take()
        if claimed is None:
            return b""
        self._opened, self._refusal = claimed, None
        group = self._composer.envelope(claimed)
        if self._must_reset:
            self._must_reset = False
            self._awaited.append(_Awaited.RESET)
            group = _RESET + group
        self._awaited += (_Awaited.MAIL, _Awaited.RCPT, _Awaited.DATA)
        return group

    def _reply(self, code: int, line: bytes) -> None:
        if code == 421 or code == 0 or not self._awaited:
            self._give_up(code)
            return
        awaited = self._awaited.popleft()
        if awaited is _Awaited.CONTENT:
            self._content_answered(code, line)
        elif awaited is _Awaited.DATA:
            self._data_answered(code, line)
        elif awaited is _Awaited.EMPTY:
            self.kick()
        elif code >= 400 and self._refusal is None and awaited is not _Awaited.RESET:
            self._refusal = (code, line)

    def _give_up(self, code: int) -> None:
        """421 (RFC 5321 3.8): the server closes and has taken nothing it did not answer; so does a server that speaks out of turn."""
        self._ending = True
        sent, opened, self._sent, self._opened = self._sent, self._opened, None, None
        for claimed, sure in ((sent, code == 421), (opened, True)):
            if claimed is not None:
                self._done(Attempt(claimed, Verdict.UNSENT if sure else Verdict.TRANSIENT, code, self._name))
        self._awaited.clear()
        self.abort()

    def _content_answered(self, code: int, line: bytes) -> None:
        claimed, self._sent = self._sent, None
        if claimed is not None:
            self._tell(claimed, code, line)
        if self._opened is None:
            self.kick()

    def _data_answered(self, code: int, line: bytes) -> None:
        claimed, self._opened = self._opened, None
        assert claimed is not None, "DATA belongs to a delivery"
        if code == 354 and self._refusal is None:
            self._sent = claimed
            self._awaited.append(_Awaited.CONTENT)
            self._write(self._composer.content(claimed) + b".\r\n" + self._next_group())
            return
        self._must_reset = True
        if code == 354:  # no recipient is left and DATA was taken all the same: an empty content ends it
            self._awaited.append(_Awaited.EMPTY)
            self._write(b".\r\n")
        self._tell(claimed, *(self._refusal or (code, line)))
        self.kick()

    def _tell(self, claimed: Claimed, code: int, line: bytes) -> None:
        self._done(Attempt(claimed, verdict(code, line), code, f"{self._name} {status(line)}".rstrip()))
