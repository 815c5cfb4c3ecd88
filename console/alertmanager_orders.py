"""What Alertmanager's clients order, as commands to the stage, and the stage's answer to an order on a silence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from alertcore.cases import external
from alertcore.cases.silences import EXPIRE, SET, silence_id
from alertcore.dispatch.posted import Posted, written
from alertcore.records.dispatch import Silence, SilenceState
from alertcore.records.hub import Command
from console.alertmanager_faults import Fault
from console.alertmanager_posting import chunks
from console.alertmanager_silences import params_of, refused
from console.commands import Commands
from console.hub_view import HubView, Wanted
from plumbing.errors import PlumbingError

ANSWER_WITHIN_S = 10.0
LARGEST = 512 * 1024
"""Bytes of alerts in one command."""

log = structlog.get_logger(__name__)


class Orders:
    """now, new_id: of the process; an order has the id that it is given here."""

    def __init__(
        self, commands: Commands, now: Callable[[], datetime], new_id: Callable[[], str], within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self._commands = commands
        self._now = now
        self._new_id = new_id
        self._within_s = within_s

    async def post(self, user: str, posts: list[Posted]) -> None:
        """Hand on alerts that were posted; they stand once they are written."""
        for chunk in chunks(posts, LARGEST):
            await self._send(self._command(external.ACTION, "", user, params={"alerts": written(chunk)}))

    async def set_silence(self, view: HubView, user: str, given: Any) -> str:
        """Set a silence, or replace the one it names; its id once the stage has answered. Fault where it is refused."""
        target = given.get("id") or "" if isinstance(given, dict) else ""
        old = view.silences.get(target) if isinstance(target, str) else None
        if target and old is None:
            raise Fault(404, f"there is no silence {target}")
        author, reason, params = params_of(given, old)
        if not author.strip():
            raise Fault(400, "createdBy is wanted: a silence has an author")
        if old is not None and old.ends is not None and old.ends <= self._now():
            target, old = "", None  # what is over is not changed any more: another one begins, as in Alertmanager
        order = self._command(SET, target, author, reason, params)
        log.info("silence ordered", user=user, author=author, command=order.command_id)
        return (await self._answered(view, order, old)).silence_id

    async def expire_silence(self, view: HubView, user: str, target: str) -> None:
        """End a silence before its time. Fault where there is none."""
        old = view.silences.get(target)
        if old is None or old.ends is None:
            raise Fault(404, f"there is no silence {target}")
        if old.ends <= self._now():
            raise Fault(500, f"silence {target} already expired")
        await self._answered(view, self._command(EXPIRE, target, user), old)

    async def _answered(self, view: HubView, order: Command, old: Silence | None) -> Silence:
        with view.watching(_answer_to(order, old)) as answer:
            await self._send(order)
            try:
                found = await asyncio.wait_for(asyncio.shield(answer), self._within_s)
            except TimeoutError:
                text = f"the hub has not answered for {self._within_s:g} s; the order stands in Kafka, and will be decided when it is back"
                raise Fault(503, text) from None
        if found.state is SilenceState.REFUSED:
            raise Fault(400, refused(found))
        return found

    async def _send(self, command: Command) -> None:
        try:
            await self._commands.send(command)
        except PlumbingError as error:
            log.warning("an order could not be written", action=command.action, text=str(error))
            raise Fault(503, "the hub cannot take this now: send it again") from error

    def _command(self, action: str, target: str, by: str, reason: str = "", params: dict[str, str] | None = None) -> Command:
        return Command(command_id=self._new_id(), by=by, action=action, target=target, reason=reason, at=self._now(), params=params or {})


def _answer_to(order: Command, old: Silence | None) -> Wanted:
    """A new silence, or a refusal, has an id made of the order; a replaced or ended one has a higher version."""
    own = silence_id(order.command_id)

    def wanted(silence: Silence) -> bool:
        return silence.silence_id == own or (old is not None and silence.silence_id == old.silence_id and silence.version > old.version)

    return wanted
