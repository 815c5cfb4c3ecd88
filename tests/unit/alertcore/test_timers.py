"""Timers of rules: woken once, at the newest instant asked for, in order, and after a restart too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alertcore.agency import Agency
from alertcore.cases import timers
from alertcore.cases.desk import Desk
from alertcore.policy import Policy
from alertcore.records.hub import Tick
from alertcore.stage import Message
from alertcore.statejson import dump, load

NOON = datetime(2026, 1, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Kept:
    """A state, with what decisions left in it."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.memo: dict[str, Any] = {}

    def get(self, key: str) -> Any | None:
        return self.values.get(key)

    def items(self, prefix: str) -> Any:
        return iter(sorted((k, v) for k, v in self.values.items() if k.startswith(prefix)))

    def restart(self) -> None:
        """Only what can be written survives."""
        self.memo.clear()
        self.values = {k: load(timers.Timer, dump(v)) for k, v in self.values.items()}

    def apply(self, desk: Desk) -> None:
        for key, value in desk.changes.items():
            if value is None:
                self.values.pop(key, None)
            else:
                self.values[key] = value


def at(kept: Kept, now: datetime) -> Desk:
    """A decision at an instant."""
    message = Message(value=Tick(at=now), kind="tick", key="", at=now, partition=0, offset=0)
    return Desk(kept, message, Agency(id="a", name="Agence", program="test"), Policy(), 0)


def asked(kept: Kept, *wanted: tuple[str, str, datetime | None]) -> None:
    """Timers set in one decision at noon."""
    desk = at(kept, NOON)
    for rule, subject, instant in wanted:
        timers.set_timer(desk, rule, subject, instant)
    kept.apply(desk)


def woken(kept: Kept, now: datetime) -> list[tuple[str, str]]:
    """Who is woken at an instant."""
    desk = at(kept, now)
    found = timers.reached(desk)
    kept.apply(desk)
    return found


def test_a_timer_wakes_once_and_not_before_its_instant() -> None:
    kept = Kept()
    asked(kept, ("rule", "a/b", NOON + HOUR))
    assert timers.earliest(at(kept, NOON)) == NOON + HOUR
    assert woken(kept, NOON + HOUR - timedelta(microseconds=1)) == []
    assert woken(kept, NOON + HOUR) == [("rule", "a/b")]
    assert woken(kept, NOON + 2 * HOUR) == []
    assert timers.earliest(at(kept, NOON)) is None


def test_the_newest_instant_holds_and_none_unsets() -> None:
    kept = Kept()
    asked(
        kept,
        ("rule", "a", NOON + HOUR),
        ("rule", "a", NOON + 3 * HOUR),
        ("rule", "b", NOON + HOUR),
        ("rule", "b", None),
        ("rule", "c", None),
    )
    assert timers.timer(at(kept, NOON), "rule", "a") == NOON + 3 * HOUR
    assert timers.timer(at(kept, NOON), "rule", "b") is None
    assert timers.earliest(at(kept, NOON)) == NOON + 3 * HOUR
    assert woken(kept, NOON + 2 * HOUR) == []
    assert woken(kept, NOON + 3 * HOUR) == [("rule", "a")]


def test_one_that_was_moved_is_passed_over_when_its_old_instant_comes() -> None:
    kept = Kept()
    asked(kept, ("rule", "a", NOON + HOUR), ("rule", "b", NOON + HOUR), ("rule", "a", NOON + 2 * HOUR))
    assert woken(kept, NOON + HOUR) == [("rule", "b")]
    assert woken(kept, NOON + 2 * HOUR) == [("rule", "a")]


def test_the_same_instant_asked_twice_wakes_once() -> None:
    kept = Kept()
    asked(kept, ("rule", "a", NOON + HOUR), ("rule", "a", NOON + HOUR))
    assert woken(kept, NOON + HOUR) == [("rule", "a")]


def test_they_are_woken_in_the_order_of_their_instants_after_a_restart_too() -> None:
    kept = Kept()
    asked(kept, ("z", "2", NOON + HOUR), ("a", "1", NOON + 2 * HOUR), ("m", "3", NOON + HOUR))
    kept.restart()
    assert woken(kept, NOON + 3 * HOUR) == [("m", "3"), ("z", "2"), ("a", "1")]
