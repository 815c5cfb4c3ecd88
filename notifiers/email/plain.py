"""A connection to a server that does not announce PIPELINING: one mail after the other, through aiosmtplib's own interface."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import aiosmtplib

from notifiers.email.pipe import Composer
from notifiers.email.replies import status, verdict
from notifiers.ports import Attempt, Done, Take, Verdict
from store.queue import Claimed

_ENVELOPE = re.compile(rb"MAIL FROM:<([^>]*)>\r\nRCPT TO:<([^>]*)>\r\nDATA\r\n")


class Plain:
    """Same outside as `Pipe`: kick, quit, abort, busy, closed."""

    def __init__(self, name: str, composer: Composer, take: Take, done: Done, now: Callable[[], float], smtp: aiosmtplib.SMTP) -> None:
        self._name = name
        self._composer = composer
        self._take = take
        self._done = done
        self._now = now
        self._smtp = smtp
        self._wanted = asyncio.Event()
        self._task = asyncio.create_task(self._run())
        self.busy = False
        self.closed = asyncio.Event()
        self.active_at = now()

    def kick(self) -> None:
        """There is something to send."""
        self._wanted.set()

    def quit(self) -> None:
        """Closes; only when idle."""
        self.abort()

    def abort(self) -> None:
        """Closes at once; what was under way is told as lost."""
        self._smtp.close()
        self._task.cancel()
        self.closed.set()

    async def _run(self) -> None:
        try:
            while True:
                claimed = self._take()
                if claimed is None:
                    self._wanted.clear()
                    await self._wanted.wait()
                    continue
                self.busy = True
                try:
                    attempt = await self._send(claimed)
                except asyncio.CancelledError:
                    self._done(Attempt(claimed, Verdict.TRANSIENT, 0, f"{self._name} lost"))
                    raise
                finally:
                    self.busy, self.active_at = False, self._now()
                self._done(attempt)
                if not self._smtp.is_connected or attempt.code == 421:
                    return
        finally:
            self._smtp.close()
            self.closed.set()

    async def _send(self, claimed: Claimed) -> Attempt:
        envelope = _ENVELOPE.fullmatch(self._composer.envelope(claimed))
        assert envelope is not None, "the composer writes MAIL, RCPT and DATA"
        sender, recipient = (g.decode("ascii") for g in envelope.groups())
        # aiosmtplib doubles the dots itself.
        content = self._composer.content(claimed).replace(b"\r\n..", b"\r\n.")
        try:
            await self._smtp.sendmail(sender, [recipient], content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            return self._answer(claimed, refused.code, refused.message)
        except aiosmtplib.SMTPResponseException as error:
            return self._answer(claimed, error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError from error
            return Attempt(claimed, Verdict.TRANSIENT, 0, f"{self._name} lost")
        return Attempt(claimed, Verdict.ACCEPTED, 250, self._name)

    def _answer(self, claimed: Claimed, code: int, message: str) -> Attempt:
        if code == 421:
            return Attempt(claimed, Verdict.UNSENT, code, self._name)
        line = f"{code} {message}".encode()
        return Attempt(claimed, verdict(code, line), code, f"{self._name} {status(line)}".rstrip())
