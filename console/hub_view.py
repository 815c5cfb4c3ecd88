"""What the web pages know of the hub: open alerts, why they were told or not, silences and the routing in force; in memory, from topics."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alertcore.dispatch.routing import Routing, read_routing
from alertcore.dispatch.silences import KEPT
from alertcore.making import replace
from alertcore.records.alert import Alert, AlertStep
from alertcore.records.dispatch import Chain, Silence, SilenceState, Verdicts
from alertcore.records.hub import SettingName, SettingsFile
from plumbing.records import Received
from schemas.codec import UndecodableError, decode

ALERTS, SILENCES, VERDICTS, SETTINGS = "alerts", "silences", "verdicts", "in.hub.settings"
ENDED = (AlertStep.RESOLVED, AlertStep.CANCELLED, AlertStep.SUPERSEDED)
EARLY = 4096
"""Alerts not known yet whose verdicts are kept: two topics do not come in one order."""

Wanted = Callable[[Silence], bool]
Place = tuple[str, str]
"""A release audience (of companies with the one it concerns), and a receiver."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An open alert, and when it was raised."""

    alert: Alert
    since: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The last chain of verdicts at one place, and when it was given."""

    chain: Chain
    at: datetime


class HubView:
    """The newest of everything that is open. read_routes: a settings file's text as plain JSON, or None where the door refuses it."""

    def __init__(self, shipped: Mapping[str, Any], read_routes: Callable[[str], Mapping[str, Any] | None]) -> None:
        self.alerts: dict[str, Standing] = {}
        self.silences: dict[str, Silence] = {}
        self.routes: Mapping[str, Any] = shipped
        self.routing: Routing = read_routing(shipped)
        self._chains: OrderedDict[str, dict[Place, Told]] = OrderedDict()
        self._read_routes = read_routes
        self._waiting: list[tuple[Wanted, asyncio.Future[Silence]]] = []

    def chains(self, alert_id: str) -> dict[Place, Told]:
        """The last chain of each receiver that an alert fell to."""
        return self._chains.get(alert_id, {})

    def held(self, now: datetime) -> list[Silence]:
        """Silences that were set, the ended ones as long as Alertmanager shows them; in order of their ids."""
        return [s for _, s in sorted(self.silences.items()) if s.ends is not None and now - s.ends < KEPT]

    def apply(self, batch: Iterable[Received]) -> None:
        """Take what was read, of any of the topics."""
        by_topic: dict[str, list[Received]] = {}
        for record in batch:
            by_topic.setdefault(record.topic, []).append(record)
        for topic, records in by_topic.items():
            _TAKERS[topic](self, records)

    @contextmanager
    def watching(self, wanted: Wanted) -> Iterator[asyncio.Future[Silence]]:
        """A future for the first silence that comes while inside and is wanted, refused ones too."""
        found: asyncio.Future[Silence] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, found))
        try:
            yield found
        finally:
            self._waiting = [(w, f) for w, f in self._waiting if f is not found]
            found.cancel()

    def _take_alerts(self, records: list[Received]) -> None:
        for versions in _by_key(records).values():
            # Of many versions of one alert only two say something: the first, when it began, and the last, how it stands.
            for raw in versions if len(versions) < 3 else (versions[0], versions[-1]):
                alert = _decoded(raw)
                if isinstance(alert, Alert):
                    self._take_alert(alert)

    def _take_alert(self, alert: Alert) -> None:
        known = self.alerts.get(alert.alert_id)
        if known is not None and known.alert.version > alert.version:
            return
        if alert.step in ENDED:
            self.alerts.pop(alert.alert_id, None)
            self._chains.pop(alert.alert_id, None)
        else:
            self.alerts[alert.alert_id] = replace(known, alert=alert) if known else Standing(alert, alert.decided_at)

    def _take_verdicts(self, records: list[Received]) -> None:
        for raw in records:
            found = _decoded(raw.value)
            if isinstance(found, Verdicts):
                places = self._chains.setdefault(found.alert_id, {})
                places |= {(c.audience, c.receiver): Told(c, found.at) for c in found.chains if _newer(found, places, c)}
        early = [a for a in self._chains if a not in self.alerts]
        for alert_id in early[: max(len(early) - EARLY, 0)]:
            del self._chains[alert_id]

    def _take_silences(self, records: list[Received]) -> None:
        for raw in records:
            found = _decoded(raw.value)
            if isinstance(found, Silence):
                if found.state is not SilenceState.REFUSED and found.version >= self._version(found.silence_id):
                    self.silences[found.silence_id] = found
                self._answer(found)
        self._forget_silences()

    def _forget_silences(self) -> None:
        latest = max((s.at for s in self.silences.values()), default=None)
        over = [s.silence_id for s in self.silences.values() if latest and s.ends and latest - s.ends > KEPT + timedelta(days=1)]
        for silence_id in over:
            del self.silences[silence_id]

    def _version(self, silence_id: str) -> int:
        known = self.silences.get(silence_id)
        return known.version if known else 0

    def _answer(self, silence: Silence) -> None:
        for wanted, found in self._waiting:
            if not found.done() and wanted(silence):
                found.set_result(silence)

    def _take_settings(self, records: list[Received]) -> None:
        for raw in records:
            file = _decoded(raw.value)
            if isinstance(file, SettingsFile) and file.name is SettingName.ROUTES:
                routes = self._read_routes(file.content)
                if routes is not None:  # else the door has refused it too
                    self.routes, self.routing = routes, read_routing(routes)


_TAKERS: dict[str, Callable[[HubView, list[Received]], None]] = {
    ALERTS: HubView._take_alerts,
    SILENCES: HubView._take_silences,
    VERDICTS: HubView._take_verdicts,
    SETTINGS: HubView._take_settings,
}


def _by_key(records: list[Received]) -> dict[bytes | None, list[bytes | None]]:
    found: dict[bytes | None, list[bytes | None]] = {}
    for record in records:
        found.setdefault(record.key, []).append(record.value)
    return found


def _newer(found: Verdicts, places: dict[Place, Told], chain: Chain) -> bool:
    known = places.get((chain.audience, chain.receiver))
    return known is None or known.at <= found.at


def _decoded(raw: bytes | None) -> Any:
    try:
        return decode(raw)
    except UndecodableError:
        return None
