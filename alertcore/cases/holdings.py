"""Recalled lots in the state of stage `cases`: what reporters still have, lots of which defects, and how far each recall has reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile, DefectThread, Life
from alertcore.making import replace
from alertcore.records.alert import AlertKind, Signal
from alertcore.records.holding import Holding, HoldingState, Reach, ReachRow
from alertcore.records.shared import Nature

DEFECTS = (AlertKind.DEFECT, AlertKind.FALSIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLots:
    """What a reporter has of recalled lots (`held/<nature>/<reporter>`), by CIP13 and lot. threads: of the defects that signal told of."""

    holdings: tuple[Holding, ...] = ()
    signal: Signal | None = None
    threads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Reporters that were told to have lots of a defect (`holders/<nature>/<thread>`)."""

    reporters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachParts:
    """How far a recall has reached (`reach/<nature>/<thread>`), by defect and partition of the supply log.

    told_at: when officers last read it.
    """

    parts: tuple[Reach, ...] = ()
    told_at: datetime | None = None

    def rows(self) -> tuple[tuple[ReachRow, ...], ...]:
        """The rows of each part."""
        return tuple(part.rows for part in self.parts)


KINDS: dict[str, type[object]] = {"held": HeldLots, "holders": Holders, "reach": ReachParts}


def held_key(nature: Nature, reporter: str) -> str:
    """State key of what a reporter has."""
    return f"held/{nature}/{reporter}"


def keep(desk: Desk, news: Holding) -> None:
    """Keep what a reporter has of one lot."""
    key = held_key(news.nature, news.reporter.id)
    held: HeldLots = desk.get(key) or HeldLots()
    rest = [h for h in held.holdings if (h.cip13, h.lot) != (news.cip13, news.lot)]
    kept = rest if news.state is HoldingState.LIFTED else [*rest, news]
    desk.put(key, replace(held, holdings=tuple(sorted(kept, key=lambda h: (h.cip13, h.lot)))))


def threads(desk: Desk, nature: Nature, holdings: tuple[Holding, ...]) -> tuple[str, ...]:
    """Threads of the defects that recall these lots."""
    found = {desk.get(f"defect-of/{nature}/{defect}") for h in holdings for defect in h.defects}
    return tuple(sorted(name for name in found if name is not None))


def hold(desk: Desk, nature: Nature, reporter: str, before: tuple[str, ...], now: tuple[str, ...]) -> None:
    """Note of which defects a reporter has lots, in place of those before."""
    for name in sorted({*before} ^ {*now}):
        key = f"holders/{nature}/{name}"
        known: Holders = desk.get(key) or Holders()
        reporters = {*known.reporters, reporter} if name in now else set(known.reporters) - {reporter}
        desk.put(key, Holders(reporters=tuple(sorted(reporters))) if reporters else None)


def told_outside(desk: Desk, nature: Nature, name: str) -> bool:
    """True where an alert on the defect has reached professionals: nobody is blamed for what nobody told."""
    thread: DefectThread | None = desk.get(f"defect/{nature}/{name}")
    assert thread is not None, "a thread that has a name has its state"
    lives: list[Life | None] = [desk.get(alerts.life_key(kind, thread.subject, nature)) for kind in DEFECTS]
    ids = [one for life in lives if life is not None for one in (life.open, life.last) if one is not None]
    files: list[AlertFile | None] = [desk.get(f"alert/{one}") for one in ids]
    return any(told.audience == "professionals" for file in files if file is not None for told in file.told)


def keep_reach(desk: Desk, reach: Reach) -> str | None:
    """Keep the newest word of one partition on a recall's reach; the thread, where it was news."""
    name: str | None = desk.get(f"defect-of/{reach.nature}/{reach.defect}")
    if name is None:
        return None
    key = f"reach/{reach.nature}/{name}"
    before: ReachParts = desk.get(key) or ReachParts()
    mine = next((p for p in before.parts if (p.defect, p.source) == (reach.defect, reach.source)), None)
    if mine is not None and mine.version >= reach.version:
        return None
    parts = [p for p in before.parts if p is not mine]
    desk.put(key, replace(before, parts=tuple(sorted((*parts, reach), key=lambda p: (p.defect, p.source)))))
    return name
