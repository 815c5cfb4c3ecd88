"""Stage `supply` with all its rules at the size of France, in memory: how long a flush takes to decide, and how much it holds.

`python -m bench.supply_france [--flushes N] [--cells N] [--days N] [--shards N]`. Four sources tell a shard all stock of its medicines, and
for some days each day some of it anew, so that every rule has what it goes by; then come N flushes, a minute of log time apart, in each of
which every source tells some cells anew, `--cells` of the shard together. Timed by CPU from the first partial of a flush to the last
position: reading, sums, positions, rules, state and emits as bytes; no broker. One shard is the load of one worker where there are as many
workers as shards; `--shards 1` is the whole country in one. Memory includes what the bench itself holds of the country's stock.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from alertcore.supply.stage import SupplyStage
from bench.france_data import Cells, before, cells, entry, keys, partial, reporters
from schemas.codec import encode
from streams.local import LocalShell

SOURCES = 4
RUN = 6_000
"""Cells of a partial: no more than the stage `stock` puts into one."""
START = datetime(2026, 3, 10, 9, tzinfo=UTC)
MINUTE, SETTLED = timedelta(minutes=1), timedelta(seconds=2)


class Shard:
    """A shard of the supply log, its stage, and what its sources have told so far."""

    def __init__(self, shards: int, days: int) -> None:
        self.shell = LocalShell(SupplyStage("agency"))
        self.rng = np.random.default_rng(7)
        names = list(keys(0, shards))
        self.cells: list[Cells] = [cells(names, self.rng) for _ in range(SOURCES)]
        self.heard = [row["id"] for row in reporters()]
        self.at, self.version = START, 0
        self._tell([(encode(one), b"k") for one in before(0, shards, START)])
        for source, of in enumerate(self.cells):
            self._tell(self._partials(source, np.arange(len(of.keys)), self.heard[source::SOURCES]))
        self._settle()
        for _ in range(days):
            self.flush(10_000, timedelta(days=1), every=1)
            self.shell.outs.clear()

    def flush(self, count: int, after: timedelta = MINUTE, every: int = 20) -> Counter[str]:
        """One flush: `count` cells of the shard change, one of `every` reporters is heard. Topic to records emitted."""
        self.at, self.version = self.at + after, self.version + 1
        raw: list[tuple[bytes, bytes]] = []
        for source, of in enumerate(self.cells):
            some = np.sort(self.rng.choice(len(of.keys), count // SOURCES, replace=False))
            of.packs[some] = (of.packs[some] * self.rng.uniform(0.6, 1.3, len(some))).astype(np.int64) + 1
            raw += self._partials(source, some, self.heard[source :: SOURCES * every])
        self.shell.outs.clear()
        began = time.process_time()
        self._tell(raw)
        self._settle()
        self.took = time.process_time() - began
        return Counter(out.topic for out in self.shell.outs)

    def _partials(self, source: int, some: Any, heard: list[str]) -> list[tuple[bytes, bytes]]:
        runs = [some[i : i + RUN] for i in range(0, len(some), RUN)]
        told = [partial(self.cells[source], run, source, self.version, self.at, [] if n else heard) for n, run in enumerate(runs)]
        return [(encode(entry("partial", one, self.at)), b"k") for one in told]

    def _tell(self, raw: list[tuple[bytes, bytes]]) -> None:
        for i in range(0, len(raw), 300):
            self.shell.feed_raw(0, raw[i : i + 300])

    def _settle(self) -> None:
        """Ticks until nothing waits any more."""
        self.shell.advance(self.at + SETTLED)


def rss_mib() -> float:
    """Resident memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def main(told: argparse.Namespace) -> dict[str, Any]:
    """Medians over the flushes."""
    idle = rss_mib()
    began = time.process_time()
    shard = Shard(told.shards, told.days)
    first = time.process_time() - began
    found = []
    for _ in range(told.flushes):
        emits = shard.flush(told.cells)
        states = Counter(key.split("/")[0] for key, _ in shard.shell.view().items(""))
        found.append({"cpu_s": shard.took, **{name: emits[name] for name in ("positions", "signals")}})
    medians = {key: round(statistics.median(one[key] for one in found), 3) for key in found[0]}
    return {
        "shards": told.shards,
        "cells_of_the_shard": len(shard.cells[0].keys),
        "cells_changed_a_flush": told.cells,
        "remembered_by": {rule: states[rule] for rule in ("given", "coverage", "projection")},
        "flush": {**medians, "longest_cpu_s": round(max(one["cpu_s"] for one in found), 3)},
        "coming_this_far_cpu_s": round(first, 1),
        "rss_mib": round(rss_mib()),
        "rss_mib_before": round(idle),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flushes", type=int, default=5)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=16)
    parser.add_argument("--shards", type=int, default=4)
    print(json.dumps(main(parser.parse_args()), indent=1))
