"""Several notices to one person as one message: each alert whole and as it is now, the gravest first; it says that it is several."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alertcore.records.alert import Severity
from alertcore.records.notice import AckMode, AlertRef, Lane, Notice, Purpose
from notifiers.several import TEMPLATE, rows_of

_LANES = (Lane.URGENT, Lane.NORMAL, Lane.BULK)
_GRADES = tuple(s.value for s in Severity)


@dataclass(frozen=True, slots=True)
class _Item:
    """What one notice says of one alert."""

    ref: AlertRef
    notice: Notice
    params: dict[str, Any]


def merged(notices: Sequence[Notice]) -> Notice:
    """The notice that stands for all of these in one message; the first is the one whose delivery it is.

    Of several about one alert the last version counts: what it said before is no longer so.
    """
    found: dict[str, _Item] = {}
    for item in (item for notice in notices for item in _items(notice)):
        before = found.get(item.ref.alert_id)
        if before is None or before.ref.version <= item.ref.version:
            found[item.ref.alert_id] = item if before is None else _unheard(before, item)
    items = sorted(found.values(), key=_gravity)
    asks = next((n.ack for n in notices if n.ack not in (AckMode.NONE, AckMode.UNKNOWN)), AckMode.NONE)
    lane = min((n.lane for n in notices), key=_rank)
    whole = replace(notices[0], lane=lane, ack=asks, expires=_expires(notices), alerts=tuple(item.ref for item in items))
    if len(items) == 1 and items[0].notice.template != TEMPLATE:
        only = items[0].notice
        return replace(whole, purpose=_purpose(items[0]), template=only.template, params=only.params, reason=only.reason)
    return replace(whole, purpose=Purpose.DIGEST, template=TEMPLATE, params=_params(notices, items))


def _params(notices: Sequence[Notice], items: Sequence[_Item]) -> dict[str, str]:
    said = [i.params | {"alert_id": i.ref.alert_id, "version": str(i.ref.version), "purpose": _purpose(i).value} for i in items]
    return {
        "items": json.dumps(said, ensure_ascii=False),
        "merged": str(len(notices)),
        "at": max(n.params.get("at", "") for n in notices),
        "agency": next((n.params["agency"] for n in notices if n.params.get("agency")), ""),
        **_standing(notices, {i.ref.alert_id for i in items}),
    }


def _items(notice: Notice) -> Iterator[_Item]:
    """What a notice says, alert by alert."""
    versions = {ref.alert_id: ref.version for ref in notice.alerts}
    rows = rows_of(notice.params.get("items")) if notice.template == TEMPLATE else [dict(notice.params)]
    for row in rows:
        only = next(iter(versions), notice.notice_id) if len(rows) == 1 else ""
        alert_id = only or str(row.get("alert_id") or notice.notice_id)
        params = {k: v for k, v in row.items() if v and k not in ("standing", "standing_more", "merged")}
        yield _Item(AlertRef(alert_id=alert_id, version=versions.get(alert_id, 1)), notice, params)


def _unheard(before: _Item, item: _Item) -> _Item:
    """An update of what was not told is news."""
    first = _purpose(before) is Purpose.ALERT and _purpose(item) is Purpose.UPDATE
    return replace(item, params=item.params | {"purpose": Purpose.ALERT.value}) if first else item


def _purpose(item: _Item) -> Purpose:
    own = item.params.get("purpose", "")
    return Purpose(own) if own in set(Purpose) else item.notice.purpose


def _standing(notices: Sequence[Notice], but: set[str]) -> dict[str, str]:
    """What stands beside all of them, each once."""
    rows = {str(row.get("alert_id")): row for notice in notices for row in rows_of(notice.params.get("standing"))}
    kept = [row for alert_id, row in rows.items() if alert_id not in but]
    more = max((n.params.get("standing_more", "0") for n in notices), key=lambda n: int(n) if n.isdigit() else 0)
    return {"standing": json.dumps(kept, ensure_ascii=False), "standing_more": more} if kept else {}


def _expires(notices: Sequence[Notice]) -> datetime | None:
    """The message is worth sending while any of them is."""
    times = [n.expires for n in notices if n.expires is not None]
    return max(times) if len(times) == len(notices) else None


def _rank(lane: Lane) -> int:
    return _LANES.index(lane) if lane in _LANES else 1


def _gravity(item: _Item) -> int:
    severity = str(item.params.get("severity", ""))
    return -_GRADES.index(severity) if severity in _GRADES else 0
