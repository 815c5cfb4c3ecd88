"""The dispatch engine alone: updates a second, latency with many silences and routes, and the cost as more alerts stand open.

Run: python -m bench.dispatch [updates] [--alone]. Where Debian's prometheus-alertmanager is installed, the same alerts go there too.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from alertcore.dispatch.engine import next_due, step
from alertcore.dispatch.events import AlertUpdate, Event, RoutingSet, SilenceSet, Status, Tick
from alertcore.dispatch.matcher_text import read_matchers
from alertcore.dispatch.silences import Silence
from alertcore.dispatch.state import MemoryTable
from bench import alertmanager
from plumbing.garbage import settle

BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
AUDIENCE = {"kinds": ["officer"]}
GROUPS = 1000
SIZES = (1_000, 10_000, 100_000)


def routing(routes: int = 200, inhibitions: int = 50) -> dict[str, Any]:
    """A tree of so many routes in two levels, with a receiver each ten, and rules of inhibition."""
    inner = [
        {"matchers": [f'area="{n}"'], "receiver": f"r{n // 10}", "routes": [{"matchers": ['severity=~"critical|severe"']}]}
        for n in range(routes // 2)
    ]
    rules = [
        {"source_matchers": [f'kind="source{n}"'], "target_matchers": [f'kind="k{n}"'], "equal": ["area", "item"]}
        for n in range(inhibitions)
    ]
    receivers = [{"name": f"r{n}", "audience": AUDIENCE} for n in range(max(routes // 20, 1) + 1)]
    root = {"receiver": "r0", "group_by": ["area", "group"], "group_wait": "10s", "group_interval": "1m", "routes": inner}
    return {"route": root, "receivers": receivers, "inhibit_rules": rules}


def labels(n: int, groups: int = GROUPS) -> dict[str, str]:
    """The label set of the n-th alert."""
    return {
        "area": str(n % 100),
        "group": str(n % groups),
        "item": str(n),
        "kind": f"k{n % 60}",
        "severity": ("critical", "severe", "moderate")[n % groups % 3],
    }


def silence(n: int) -> Silence:
    """A silence that holds for one alert in ten thousand or so, most by equality and some by a pattern too."""
    text = f'{{item="{n * 7}",area=~"{n * 7 % 100}|x"}}' if n % 10 else f'{{item="{n * 7}",severity!~"mod.*"}}'
    end = BEGAN + timedelta(days=30)
    return Silence(silence_id=f"s{n}", matchers=read_matchers(text), author="p", reason="bench", start=BEGAN, end=end)


class Timed:
    """An engine with the CPU time of each of its steps."""

    def __init__(self, silences: int = 0) -> None:
        self.table = MemoryTable()
        self.now, self.notices = BEGAN, 0
        self.took: list[float] = []
        self.do(RoutingSet(version="1", content=json.dumps(routing())))
        for n in range(silences):
            self.do(SilenceSet(silence=silence(n)))

    def do(self, event: Event) -> None:
        """One step."""
        self.notices += len(step(self.table, event, self.now).notices)

    def timed(self, event: Event) -> None:
        """One step, with what it took."""
        began = time.process_time()
        self.do(event)
        self.took.append(time.process_time() - began)

    def update(self, n: int, version: int, status: Status = Status.FIRING) -> AlertUpdate:
        """A version of the n-th alert."""
        return AlertUpdate(alert_id=f"alr_{n}", version=version, labels=labels(n), status=status)

    def ticks(self) -> None:
        """Every timer that has come, a step each."""
        while (due := next_due(self.table)) is not None and due <= self.now:
            self.timed(Tick())

    def open(self, alerts: int) -> None:
        """So many alerts, open and told."""
        for n in range(alerts):
            self.do(self.update(n, 1))
        self.now += timedelta(minutes=2)
        self.ticks()
        self.took.clear()


def rate(updates: int, alerts: int) -> dict[str, float]:
    """Updates of one alert in each group, a millisecond of the engine's clock each, timers and messages included. CPU time.

    The alerts that stand beside them make the groups larger: a message names them all, an update must not feel them.
    """
    engine = Timed()
    engine.open(alerts)
    engine.notices = 0
    events = [engine.update(n % GROUPS, 2 + n // GROUPS) for n in range(updates)]
    settle()
    began = time.process_time()
    for event in events:
        engine.now += TICK
        while (due := next_due(engine.table)) is not None and due <= engine.now:
            engine.do(Tick())
        engine.do(event)
    took = time.process_time() - began
    return {"updates_per_cpu_second": round(updates / took), "us_each": round(took / updates * 1e6, 1), "notices": engine.notices}


def latency(updates: int) -> dict[str, float]:
    """Each step with 10,000 open alerts, 1,000 silences, 200 routes and 50 inhibitions: a third new, a third changed, a third ended."""
    engine = Timed(silences=1000)
    engine.open(10_000)
    settle()
    for n in range(updates):
        engine.now += TICK * 10
        engine.ticks()
        turn = n // 3
        event = (
            engine.update(20_000 + turn, 1),
            engine.update(turn % 5000, 2 + turn),
            engine.update(5000 + turn % 5000, 2 + turn, Status.RESOLVED),
        )[n % 3]
        engine.timed(event)
    took = sorted(engine.took)
    at = {f"p{p}_ms": round(took[min(int(len(took) * p / 100), len(took) - 1)] * 1000, 3) for p in (50, 95, 99)}
    return {**at, "max_ms": round(took[-1] * 1000, 3), "steps": len(took), "notices": engine.notices}


def main() -> int:
    """One JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("updates", nargs="?", type=int, default=100_000)
    parser.add_argument("--alone", action="store_true", help="not beside Alertmanager")
    told = parser.parse_args()
    gc.collect()
    found: dict[str, Any] = {"open_alerts": {str(size): rate(told.updates, size) for size in SIZES}}
    each = [found["open_alerts"][str(size)]["us_each"] for size in SIZES]
    found["cost_at_most_alerts_over_fewest"] = round(each[-1] / each[0], 2)
    found["latency"] = latency(min(told.updates, 30_000))
    if not told.alone and shutil.which(alertmanager.PROGRAM):
        sets = [labels(n) for n in range(min(told.updates, 20_000))]
        found["beside_alertmanager"] = alertmanager.beside(routing(), [silence(n) for n in range(1000)], sets, BEGAN)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
