"""The dispatch engine on the state of this stage: what happens to alerts goes in, notices and verdicts come out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from alertcore.cases import notified, reasons, units
from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile, Setting
from alertcore.dispatch.engine import next_due, step
from alertcore.dispatch.events import AlertUpdate, Counted, Event, RoutingSet
from alertcore.dispatch.indexes import indexes
from alertcore.dispatch.outcome import Account, Outcome
from alertcore.dispatch.receivers import Receiver
from alertcore.dispatch.routing import Routing
from alertcore.dispatch.settings_text import split as split_lines
from alertcore.dispatch.shipped import SHIPPED
from alertcore.dispatch.state import ROUTING, Mark, RoutingState, alert_key, mark_key
from alertcore.making import maker
from alertcore.records.dispatch import Chain, Verdict, Verdicts
from alertcore.records.notice import Receipt
from alertcore.statejson import json_text

SHIPPED_VERSION = "0"
_READY = "dispatch-ready"
_chain, _verdict, _verdicts = maker(Chain), maker(Verdict), maker(Verdicts)


class DeskTable:
    """The engine's state under the stage's keys, with what this decision has changed."""

    __slots__ = ("_desk", "get", "memo", "put")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.get = desk.get
        self.put = desk.put
        self.memo: dict[str, Any] = desk.view.memo

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) under a prefix, in key order."""
        changed = {k: v for k, v in self._desk.changes.items() if k.startswith(prefix)}
        kept = {k: v for k, v in self._desk.view.items(prefix) if k not in changed}
        return iter(sorted((kept | {k: v for k, v in changed.items() if v is not None}).items()))


def put(desk: Desk, event: Event) -> Outcome:
    """Step the engine, and emit what comes of it. SettingsError, and nothing changed, where a routing file is wrong."""
    outcome, _ = put_with(desk, event, None)
    return outcome


def put_with(desk: Desk, event: Event, file: AlertFile | None) -> tuple[Outcome, AlertFile | None]:
    """The same while a file is in work: what it was told is noted on it, and not yet kept."""
    table = _table(desk)
    outcome = step(table, event, desk.now)
    for out in chain.from_iterable(map(notified.apart, outcome.notices)):
        file = notified.emit(desk, out, file)
        desk.accounts += out.accounts
    desk.accounts += outcome.accounts
    return outcome, file


def update(desk: Desk, event: AlertUpdate, file: AlertFile) -> AlertFile:
    """Tell the engine of a unit of this file."""
    _, kept = put_with(desk, event, file)
    assert kept is not None, "it was given one"
    return kept


def _table(desk: Desk) -> DeskTable:
    """The shipped routing is in force until a file comes; that of another program version takes its place."""
    table = DeskTable(desk)
    if _READY not in table.memo:
        table.memo[_READY] = True
        state: RoutingState | None = table.get(ROUTING)
        if state is None:
            table.put(ROUTING, RoutingState(version=SHIPPED_VERSION, content=json_text(SHIPPED), lines={}))
        elif state.version == SHIPPED_VERSION and state.content != json_text(SHIPPED):
            put(desk, RoutingSet(version=SHIPPED_VERSION, content=json_text(SHIPPED)))
    return table


def routing(desk: Desk) -> Routing:
    """The routing file in force."""
    return indexes(_table(desk)).routing


def knows(desk: Desk, file: AlertFile) -> bool:
    """Whether something of an alert is still to be told, or stands, in dispatch."""
    return any(desk.get(alert_key(units.unit_id(file.alert.alert_id, suffix))) is not None for suffix in file.units)


def receivers_of(desk: Desk, labels: dict[str, str]) -> tuple[Receiver, ...]:
    """Whom labels fall to in the file in force."""
    return tuple(t.receiver for t in indexes(_table(desk)).matched(labels).targets)


def marks(desk: Desk, unit: str) -> tuple[Mark, ...]:
    """The receivers that were told a unit, in the order of their names."""
    return tuple(mark for _, mark in _table(desk).items(mark_key(unit, "")))


def due(desk: Desk) -> datetime | None:
    """When the engine next wants a tick."""
    return next_due(_table(desk))


def rerouted(desk: Desk) -> None:
    """The settings file `routes` that this decision has kept comes into force."""
    setting: Setting | None = desk.get("setting/routes")
    assert setting is not None, "it was kept"
    plain, lines = split_lines(setting.content)
    put(desk, RoutingSet(version=str(setting.version), content=json_text(plain), lines=lines))


def counted(desk: Desk, receipt: Receipt) -> str:
    """How far a notice got: who waits for acknowledgements hears of it."""
    put(desk, Counted(notice_id=receipt.notice_id, total=receipt.total, acknowledged=receipt.acknowledged))
    return reasons.Outcome.RECEIPT_COUNTED


def emit_verdicts(desk: Desk) -> None:
    """At the end of a decision: one record for each alert, a chain for each receiver, in the order in which they were given."""
    found: dict[str, list[Account]] = {}
    for account in desk.accounts:
        found.setdefault(units.split(account.alert_id)[0], []).append(account)
    for alert_id, accounts in found.items():
        whose = notified.file_of(desk, alert_id, None)
        made = _verdicts(nature=whose.alert.nature, alert_id=alert_id, at=desk.now, chains=tuple([_of(a) for a in accounts]))
        desk.emit("verdicts", alert_id, made)


def _of(account: Account) -> Chain:
    _, audience, company = units.split(account.alert_id)
    return _chain(
        version=account.alert_version,
        audience=f"{audience}/{company}" if company else audience,
        receiver=account.receiver,
        routing=account.routing,
        verdicts=tuple([_verdict(word=v.word.value, by=v.by, until=v.until) for v in account.verdicts]),
    )
