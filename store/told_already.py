"""Whoever is on several receivers is told a version of an alert once: who has it from one notice is not told by another.

What discharges a duty always goes, and so does news that asks for an acknowledgement, for another message's link would not answer it;
and reminders, which repeat on purpose. An end is told once as the end that it is. Of calls in one instant somebody has the first on a
channel, and answers all of them by it (`called_once`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from alertcore.records.notice import AckMode, Notice, Purpose
from store.called_once import same_call
from store.delivery_rows import Target
from store.directory import TemplateAudience
from store.ledger import deliveries, notice_alerts, notices
from store.notice_row import about
from store.pseudonym import keys_of, pseudonym
from store.told import HEARS, TOLD_BY
from store.vault import Vault

_NEWS = (Purpose.ALERT, Purpose.UPDATE, Purpose.DIGEST)
_KIN = dict.fromkeys(_NEWS, _NEWS) | {p: (p,) for p in (Purpose.ALL_CLEAR, Purpose.CORRECTION, Purpose.ESCALATION)}
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class _Teller:
    """A notice that told the same version."""

    number: int
    notice_id: str
    about: str


def told_already(
    connection: Connection, vault: Vault, row: Row[Any], notice: Notice, targets: Sequence[Target], read: Callable[[bytes], Notice]
) -> list[Target]:
    """The targets; those who have every version of this notice from others are suppressed, with the notice that told them."""
    versions = _tellers(connection, row, notice, read) if targets else []
    if not versions:
        return list(targets)
    has = _has(connection, vault, {t for tellers in versions for t in tellers}, notice, targets)
    made = []
    for target in targets:
        channel = target.channel if notice.purpose is Purpose.ESCALATION else ""
        by = [next((t for t in tellers if (t.number, target.person, channel) in has), None) for tellers in versions]
        first = by[0]
        known = not target.suppressed and first is not None and None not in by
        made.append(replace(target, suppressed=TOLD_BY + first.notice_id) if known and first is not None else target)
    return made


def _tellers(connection: Connection, row: Row[Any], notice: Notice, read: Callable[[bytes], Notice]) -> list[list[_Teller]]:
    """For each alert of the notice those that told the same version of it; nothing where one has none."""
    kin, call = _KIN.get(notice.purpose), notice.purpose is Purpose.ESCALATION
    asks = not call and notice.ack not in (AckMode.NONE, AckMode.UNKNOWN)
    if kin is None or notice.duty or asks or not notice.alerts:
        return []
    a, n = notice_alerts.c, notices.c
    wanted = {ref.alert_id: ref.version for ref in notice.alerts}
    columns = (a.alert_id, a.version, n.id, n.notice_id, n.about, *((n.body,) if call else ()))
    query: Select[Any] = select(*columns).join_from(notice_alerts, notices)
    where = (a.alert_id.in_(wanted), n.id != row.id, n.first_delivery.is_not(None), n.purpose.in_([p.value for p in kin]))
    found: dict[str, list[_Teller]] = {}
    for told in connection.execute(query.where(*where).order_by(n.id)):
        if told.version == wanted[told.alert_id] and (not call or same_call(notice, read(told.body))):
            found.setdefault(told.alert_id, []).append(_Teller(told.id, told.notice_id, told.about or told.alert_id))
    return [found[alert] for alert in wanted] if len(found) == len(wanted) else []


def _has(
    connection: Connection, vault: Vault, tellers: set[_Teller], notice: Notice, targets: Sequence[Target]
) -> set[tuple[int, str, str]]:
    """(teller, target's person, for calls the channel) of those who hear, or heard, from a teller.

    Those of a call stay as they are until this transaction ends: whoever acknowledges it meanwhile has done so after this.
    """
    call = notice.purpose is Purpose.ESCALATION
    has: set[tuple[int, str, str]] = set()
    by_alert: dict[str, list[int]] = {}
    for teller in tellers:
        by_alert.setdefault(teller.about, []).append(teller.number)
    for alert, numbers in by_alert.items():
        names = _names(connection, vault, targets, alert, about(notice))
        for start in range(0, len(targets), _AT_ONCE):
            d = deliveries.c
            where = (d.notice.in_(numbers), d.person.in_(list(names)[start : start + _AT_ONCE]), d.state.in_(HEARS))
            query = select(d.notice, d.person, d.channel).where(*where)
            found = connection.execute(query.order_by(d.id).with_for_update() if call else query)
            has |= {(r.notice, names[r.person], r.channel if call else "") for r in found}
    return has


def _names(connection: Connection, vault: Vault, targets: Sequence[Target], alert: str, own: str) -> dict[str, str]:
    """As which a notice about `alert` names the targets, with the names they have here."""
    strange = {t.person: t.link for t in targets if t.audience == TemplateAudience.PATIENT and t.link} if alert != own else {}
    keys = keys_of(connection, vault, strange) if strange else {}
    return {pseudonym(alert, keys[t.person]) if t.person in keys else t.person: t.person for t in targets}
