"""Timers of rules: a rule asks to be woken for a subject at an instant, and is woken by the tick that reaches it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alertcore.cases.desk import Desk

_PREFIX = "timer/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """When a rule wants to be woken for a subject (`timer/<rule>/<subject>`)."""

    at: datetime


KINDS: dict[str, type[object]] = {"timer": Timer}


def set_timer(desk: Desk, rule: str, subject: str, at: datetime | None) -> None:
    """Wake `rule` for `subject` (any text the rule understands) at `at`; None: not at all. Replaces the timer before."""
    key = f"{_PREFIX}{rule}/{subject}"
    old: Timer | None = desk.get(key)
    if at is None:
        if old is not None:
            desk.put(key, None)
    elif old is None or old.at != at:
        heap = _heap(desk)
        desk.put(key, Timer(at=at))
        heapq.heappush(heap, (at, key))


def timer(desk: Desk, rule: str, subject: str) -> datetime | None:
    """When the rule is to be woken for the subject."""
    found: Timer | None = desk.get(f"{_PREFIX}{rule}/{subject}")
    return None if found is None else found.at


def reached(desk: Desk) -> list[tuple[str, str]]:
    """(rule, subject) of every timer whose instant has come, earliest first, then by key; they are unset here."""
    heap, found = _heap(desk), []
    while heap and heap[0][0] <= desk.now:
        at, key = heapq.heappop(heap)
        if _stands(desk, at, key):
            desk.put(key, None)
            rule, subject = key.removeprefix(_PREFIX).split("/", 1)
            found.append((rule, subject))
    return found


def earliest(desk: Desk) -> datetime | None:
    """The earliest instant of all timers. What was overtaken falls out of the heap here."""
    heap = _heap(desk)
    while heap and not _stands(desk, *heap[0]):
        heapq.heappop(heap)
    return heap[0][0] if heap else None


def _stands(desk: Desk, at: datetime, key: str) -> bool:
    known: Timer | None = desk.get(key)
    return known is not None and known.at == at


def _heap(desk: Desk) -> list[tuple[datetime, str]]:
    """The heap lives in the memo: it follows from the timers alone, so it is built again where the memo was dropped."""
    memo: dict[str, Any] = desk.view.memo
    heap: list[tuple[datetime, str]] | None = memo.get("timers")
    if heap is None:
        heap = [(found.at, key) for key, found in desk.view.items(_PREFIX)]
        heapq.heapify(heap)
        memo["timers"] = heap
    return heap
