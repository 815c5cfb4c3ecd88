"""The demonstration: a national day through the whole hub on this machine, watched from outside and checked."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import groupby, pairwise

from alertcore.records.alert import Alert
from store.database import Database
from store.engine import open_engine
from store.summary import ChannelFigures, Summary
from tocsin.commands.people import import_text
from tocsin.demo.feed import Event, events
from tocsin.demo.officers import Desk
from tocsin.demo.watching import Seen, arrivals, percentiles, watch
from tocsin.exits import ExitError
from tocsin.files import read_registers
from tocsin.home import Home
from tocsin.hub import Hub
from tocsin.publishing import AT_THE_END, Outcome, Publisher, as_items
from tocsin.setting_up import send_command
from tocsin.settings import AgencySettings, Settings
from tocsin.up import Up, locked

Tell = Callable[[str], None]
SLICE = 250
QUIET_S = 3.0
QUIET_WITHIN_S = 60.0
OFFICER = "officer-1"
AGENCY = "Agence du médicament (démonstration)"
OFFICER_WAITS_S = 20.0
DEFECTS = "quality.defects"


@dataclass(slots=True)
class Fed:
    """What went in. counts: events by kind; outcome: the door's answers together."""

    counts: Counter[str] = field(default_factory=Counter)
    taken: int = 0
    held: int = 0
    refused: list[str] = field(default_factory=list)

    def add(self, kind: str, outcome: Outcome) -> None:
        """Count the answers to some events of one kind."""
        self.counts[kind] += outcome.answered
        self.taken += outcome.taken
        self.held += outcome.held
        self.refused += [f"{kind}: {p.field or ''} {p.text}" for r in outcome.refusals for p in r.problems]


@dataclass(slots=True)
class Played:
    """Everything the checks and the report need."""

    fed: Fed
    seen: Seen
    desks: list[Desk]
    channels: dict[str, ChannelFigures]
    event_to_alert: list[float]
    release_to_accepted: list[float]
    accepted_by_alert: dict[str, int]
    duration_s: float = 0.0


class Demo:
    """One run under one home folder. `bar(done, total)` is told how far the events are."""

    def __init__(self, home: Home, tell: Tell, bar: Callable[[int, int], None]) -> None:
        self._home, self._tell, self._bar = home, tell, bar
        # The demonstration does not speak in a real agency's name.
        self._settings = Settings(time="data", ports="sandbox", agency=AgencySettings(name=AGENCY))
        self._hub = Hub(self._settings, home)
        self._seen = Seen()
        self._released: dict[str, int] = {}
        self._released_at: dict[tuple[str, int], int] = {}

    async def run(self, after: Callable[[Hub, Played], Awaitable[None]]) -> Played:
        """Play the day; `after` runs while the hub is still up. ExitError if the hub cannot be started."""
        with locked(self._home):
            up = Up(self._home, self._settings, None, self._tell)
            keeping: list[asyncio.Task[None]] = []
            try:
                await up.start()
                keeping.append(asyncio.create_task(up.watch()))
                played = await self._play(keeping)
                await after(self._hub, played)
                return played
            finally:
                up.stop.set()
                for task in keeping[1:]:
                    task.cancel()
                await asyncio.gather(*keeping, return_exceptions=True)
                await up.end()

    async def _play(self, keeping: list[asyncio.Task[None]]) -> Played:
        started = time.monotonic()
        registers = read_registers(self._settings)
        report = await import_text(self._hub, (files("tocsin.demo") / "people.csv").read_text(encoding="utf-8"))
        self._tell(f"{report.added} recipients in the directory")
        desks = [Desk(a.id) for a in registers.authorities.authorities]
        keeping.append(asyncio.create_task(watch(self._hub.access("operator"), self._seen)))
        keeping += [asyncio.create_task(d.follow(self._hub.access(d.authority))) for d in desks]
        fed = await self._feed([s.name for s in registers.senders.senders])
        self._tell("waiting until everything is decided and told")
        await self._quiet()
        return await self._gathered(fed, desks, [s.name for s in registers.senders.senders], started)

    async def _feed(self, senders: list[str]) -> Fed:
        fed, everything, done = Fed(), list(events()), 0
        publishers = {name: Publisher(self._hub.access(name), name) for name in senders}
        try:
            for publisher in publishers.values():
                await publisher.__aenter__()
            for part in _slices(everything):
                for (sender, kind), run in _runs(part):
                    fed.add(kind, await publishers[sender].publish(kind, as_items(e.value for e in run)))
                    if kind == DEFECTS:
                        await self._officer()
                done += len(part)
                self._bar(done, len(everything))
        finally:
            for publisher in publishers.values():
                await publisher.__aexit__()
        return fed

    async def _officer(self) -> None:
        """The officer on duty: waits a moment for what the last defects raised, and releases what a gate holds back."""
        with suppress(TimeoutError):
            async with asyncio.timeout(OFFICER_WAITS_S):
                while not (held := self._waiting()):
                    self._seen.changed.clear()
                    await self._seen.changed.wait()
                for alert in held:
                    await self._release(alert)

    def _waiting(self) -> list[Alert]:
        return [a for a in self._seen.held() if self._released.get(a.alert_id, 0) < a.version]

    async def _release(self, alert: Alert) -> None:
        self._tell(f"{OFFICER} releases: {alert.kind} class {alert.facts.get('class', '-')}, {alert.facts.get('name', alert.subject.id)}")
        asked = time.time_ns() // 1000
        receipt = await send_command(self._hub.access("hub"), "release", alert.alert_id, OFFICER, "checked with the company")
        if receipt.verdict == "refused":
            raise ExitError(f"the release of {alert.alert_id} was refused: {receipt.problems}")
        while self._seen.alerts[alert.alert_id].version == alert.version:
            self._seen.changed.clear()
            await self._seen.changed.wait()
        after = next(a.version for a in self._seen.life if a.alert_id == alert.alert_id and a.version > alert.version)
        self._released[alert.alert_id] = after
        self._released_at[(alert.alert_id, after)] = asked

    async def _quiet(self) -> None:
        """Return once nothing has come for some seconds and no message waits."""
        deadline, calm = time.monotonic() + QUIET_WITHIN_S, time.monotonic()
        engine = open_engine(self._hub.database_url)
        try:
            summary = Summary(Database(engine))
            while time.monotonic() < deadline and time.monotonic() - calm < QUIET_S:
                self._seen.changed.clear()
                if await _came(self._seen.changed, 0.5) or await _waits(summary):
                    calm = time.monotonic()
        finally:
            await engine.dispose()

    async def _gathered(self, fed: Fed, desks: list[Desk], senders: list[str], started: float) -> Played:
        engine = open_engine(self._hub.database_url)
        try:
            summary = Summary(Database(engine))
            channels = await summary.channels()
            told = {one: await summary.accepted_at(one[0], *one[1:]) for one in self._released_at}
        finally:
            await engine.dispose()
        came = await arrivals(self._hub.access("operator"), senders)
        waited = [float(at - came[event]) for event, at in self._seen.raised.items() if event in came]
        accepted = [(at - self._released_at[one]) / 1000 for one, times in told.items() for at in times]
        return Played(
            fed=fed,
            seen=self._seen,
            desks=desks,
            channels=channels,
            event_to_alert=waited,
            release_to_accepted=accepted,
            accepted_by_alert={alert: max(len(t) for one, t in told.items() if one[0] == alert) for alert in self._released},
            duration_s=round(time.monotonic() - started, 1),
        )


def latencies(played: Played) -> dict[str, dict[str, float | None]]:
    """Milliseconds, in percentiles."""
    return {"event_to_alert": percentiles(played.event_to_alert), "release_to_accepted": percentiles(played.release_to_accepted)}


def _slices(everything: list[Event]) -> Iterator[list[Event]]:
    """Some hundred events at a time; a snapshot is never cut, for its rows are answered together."""
    part: list[Event] = []
    for event, following in pairwise([*everything, None]):
        assert event is not None
        part.append(event)
        whole = event.kind not in AT_THE_END or following is None or following.kind != event.kind
        if len(part) >= SLICE and whole:
            yield part
            part = []
    if part:
        yield part


def _runs(part: Iterable[Event]) -> Iterator[tuple[tuple[str, str], list[Event]]]:
    return ((key, list(run)) for key, run in groupby(part, key=lambda e: (e.sender, e.kind)))


async def _came(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def _waits(summary: Summary) -> bool:
    _, still_open = await summary.notices()
    return still_open > 0 or any(c.waiting for c in (await summary.channels()).values())
