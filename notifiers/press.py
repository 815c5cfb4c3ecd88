"""Makes claimed deliveries ready: finds the notice, decides the route, renders once per (notice, audience, language)."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

import structlog

from alertcore.records.notice import Notice
from notifiers.email.mould import Mould
from notifiers.merging import merged
from notifiers.ports import reaches_people
from notifiers.rendering import Renderer, TemplateBroken, TemplateMissing
from schemas.codec import UndecodableError, decode
from store.ledger import DeliveryState
from store.queue import Claimed, Concluded, Queue

_log = structlog.get_logger(__name__)

PEOPLE = "people"
SANDBOX = "sandbox"
_NOTICES = 1_000
_MOULDS = 4_000  # above the most that can be claimed and unanswered at once
_Key = tuple[int, str, str, tuple[int, ...]]  # notice, audience, language, and the notices merged into the message
_PLAIN_ADDRESS = re.compile(r"[!-;=?A-~]+@[A-Za-z0-9.-]+")


class MailPress:
    """`routes` names the routes that have a server. With `ignore_times`, a notice never expires (replayed data)."""

    def __init__(self, queue: Queue, renderer: Renderer, routes: frozenset[str], *, real: bool, ignore_times: bool = False) -> None:
        """`real`: the ports are real ones, so what reaches people goes to them."""
        self._queue = queue
        self._renderer = renderer
        self._routes = routes
        self._real = real
        self._ignore_times = ignore_times
        self._notices: OrderedDict[int, Notice | None] = OrderedDict()
        self._moulds: OrderedDict[_Key, Mould | str] = OrderedDict()

    def mould_of(self, claimed: Claimed) -> Mould:
        """The mould of a delivery that `prepare` made ready."""
        mould = self._moulds[_key(claimed)]
        assert isinstance(mould, Mould), "what could not be rendered is not sent"
        return mould

    async def prepare(self, claimed: Sequence[Claimed], now: datetime) -> tuple[dict[str, list[Claimed]], list[Concluded]]:
        """Deliveries by route, and those that end here: nowhere to go, expired, no address, no template."""
        await self._fetch({n for c in claimed for n in (c.notice, *(o.notice for o in c.carries))})
        ready: dict[str, list[Claimed]] = {}
        ended: list[Concluded] = []
        for one in claimed:
            notice = self._said(one)
            state, reason = self._obstacle(one, notice, now)
            if state is not None:
                ended.append(Concluded(one, state, 0, reason, reason))
            else:
                assert notice is not None
                ready.setdefault(self._route(notice), []).append(one)
        self._forget()
        return ready, ended

    def _route(self, notice: Notice) -> str:
        return PEOPLE if self._real and reaches_people(notice.nature, notice.purpose) else SANDBOX

    def _obstacle(self, one: Claimed, notice: Notice | None, now: datetime) -> tuple[DeliveryState | None, str]:
        if notice is None:
            return DeliveryState.FAILED, "unreadable"
        if self._route(notice) not in self._routes:
            return DeliveryState.SUPPRESSED, "sandbox" if not self._real else "exercise"
        if notice.expires is not None and notice.expires <= now and not self._ignore_times:
            return DeliveryState.SUPPRESSED, "expired"
        if not one.address:
            return DeliveryState.FAILED, "no_address"
        if not _PLAIN_ADDRESS.fullmatch(one.address):
            return DeliveryState.FAILED, "address"
        mould = self._mould(one, notice)
        return (DeliveryState.FAILED, mould) if isinstance(mould, str) else (None, "")

    def _mould(self, one: Claimed, notice: Notice) -> Mould | str:
        """The mould, or the reason why there is none."""
        key = _key(one)
        if key not in self._moulds:
            try:
                self._moulds[key] = Mould(self._renderer.render(notice, one.audience, one.language), notice.notice_id)
            except (TemplateMissing, TemplateBroken) as error:
                _log.error("notice cannot be rendered", notice=notice.notice_id, audience=one.audience, why=str(error))
                self._moulds[key] = "no_template" if isinstance(error, TemplateMissing) else "template"
        self._moulds.move_to_end(key)
        return self._moulds[key]

    def _said(self, one: Claimed) -> Notice | None:
        """What the message says: the notice, with those that a limit merged into it."""
        notice = self._notices[one.notice]
        if notice is None or not one.carries:
            return notice
        others = (self._notices[o.notice] for o in one.carries)
        return merged((notice, *(n for n in others if n is not None)))

    async def _fetch(self, wanted: set[int]) -> None:
        missing = sorted(wanted - self._notices.keys())
        if missing:
            bodies = await self._queue.bodies(missing)
            for number in missing:
                self._notices[number] = _read(bodies.get(number))
        for number in wanted:
            self._notices.move_to_end(number)

    def _forget(self) -> None:
        while len(self._notices) > _NOTICES:
            self._notices.popitem(last=False)
        while len(self._moulds) > _MOULDS:
            self._moulds.popitem(last=False)


def _key(one: Claimed) -> _Key:
    return (one.notice, one.audience, one.language, tuple(o.notice for o in one.carries))


def _read(body: bytes | None) -> Notice | None:
    try:
        value = decode(body)
    except UndecodableError:
        return None
    return value if isinstance(value, Notice) else None
