"""What all rules together cost for one declaration and one row of the public list, where 1,500 cases are open: processor time alone.

The demo's medicines, declarations and public list five times over under other codes: groups of equivalents and substances are as crowded as
they are, classes five times as much. Measured is the decision, without decoding, state or bytes; and of it what judges, apart from what
makes the versions of alerts and their notices: that is all rules on one fact, with the signals and notes they lead to. What finds which
alert covers which counts as judging, the versions that it makes of covered ones too. Each medicine comes once a round, so that the
processor's caches hold nothing of it: as in a worker, and a third dearer than the same fact again and again.
First declarations meet medicines of which nothing is kept, in a worker that has just opened.
Run: python -m bench.rules_alone [rounds]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from alertcore.agency import Agency
from alertcore.cases import alerts, dispatching
from alertcore.cases.stage import CasesStage
from alertcore.cases.state import Life
from alertcore.records.product import Group, Product
from alertcore.records.shortage import Declaration, DeclarationStep, PublishedStatus
from alertcore.stage import Decision, Message, View
from bench.case_data import entry, later, records, stamp
from plumbing.garbage import settle
from streams.local import LocalShell

COPIES, STATUSES = 5, 1000
MAKING = ((alerts, "open_anew"), (alerts, "_update"), (alerts, "note"), (alerts, "end"), (dispatching, "emit_verdicts"))
"""What makes versions of alerts and tells them; all else judges."""

Took = dict[str, list[tuple[float, float]]]
"""Seconds of each decision and of the judging in it, by what was decided."""


@dataclass
class Stopwatch:
    """Seconds spent in what was wrapped, however deep it calls itself."""

    spent: float = 0.0
    running: bool = False

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*args: Any, **named: Any) -> Any:
            if self.running:
                return function(*args, **named)
            self.running, began = True, time.thread_time()
            try:
                return function(*args, **named)
            finally:
                self.spent += time.thread_time() - began
                self.running = False

        return timed


class Watched(CasesStage):
    """The stage with what its decisions took."""

    def __init__(self, agency: Agency, making: Stopwatch) -> None:
        super().__init__(agency)
        self.making = making
        self.took: Took = defaultdict(list)

    def decide(self, view: View, message: Message) -> Decision:
        """Decide, and note how long it took."""
        self.making.spent = 0.0
        began = time.thread_time()
        done = super().decide(view, message)
        whole = time.thread_time() - began
        step = getattr(message.value, "step", "")
        self.took[f"{message.kind} {step}".strip()].append((whole, whole - self.making.spent))
        return done


def medicines() -> Iterator[Product]:
    """Every copy has groups and substances of its own."""
    for copy in range(COPIES):
        for p in records("products", "Product"):
            groups = tuple(Group(id=f"{copy}-{g.id}", type=g.type) for g in p.groups)
            substances = tuple(replace(s, code=f"{copy}{s.code}", name=f"{s.name} {'ABCDE'[copy]}") for s in p.substances)
            yield replace(p, cis=_coded(p.cis, copy), cip13=f"3400{9 - copy}{p.cip13[5:]}", groups=groups, substances=substances)


def declared() -> Iterator[Declaration]:
    """Every declaration of a stock-out, a risk or a stop."""
    for copy in range(COPIES):
        for d in records("declarations", "Declaration"):
            if d.step is DeclarationStep.INITIAL:
                yield replace(d, cis=_coded(d.cis, copy), declaration_id=f"{copy}-{d.declaration_id}")


def listed(snapshot: int) -> Iterator[PublishedStatus]:
    """The public list as a snapshot of this number says it."""
    rows = [s for s in records("statuses-2026-01-26", "PublishedStatus") if s.rows is None]
    for copy in range(COPIES):
        for s in rows:
            yield replace(s, cis=_coded(s.cis, copy), snapshot_id=f"bench-{snapshot}")


def _coded(cis: str, copy: int) -> str:
    return str(int(cis) + copy * 10_000_000)


class Run:
    """One stage, fed in batches as a worker reads them."""

    def __init__(self, making: Stopwatch) -> None:
        self.stage = Watched(Agency(id="ansm-demo", name="Agence"), making)
        self.shell = LocalShell(self.stage)
        self.number = 0

    def feed(self, kind: str, values: list[Any]) -> None:
        """Entries of one kind, a second apart."""
        for first in range(0, len(values), 300):
            batch = [entry(kind, self.number + n, value) for n, value in enumerate(values[first : first + 300])]
            self.shell.feed_batch(0, batch)
            self.shell.outs.clear()
            self.number += len(batch)

    def declare(self, turn: int) -> None:
        """Every declaration once: for the first time, then as updates with other stock, which is news."""
        values = []
        for n, d in enumerate(declared()):
            one: Declaration = later(d, stamp(self.number + n) - timedelta(hours=1) - d.declared_at)
            if turn:
                circuits = tuple(replace(c, stock=(c.stock or 0) + turn) for c in one.circuits)
                following: dict[str, Any] = {"declaration_id": f"{d.declaration_id}-{turn}", "previous_id": d.declaration_id}
                one = replace(one, circuits=circuits, step=DeclarationStep.UPDATE, **following)
            values.append(one)
        self.feed("shortage.declarations", values)

    def open_cases(self) -> int:
        """How many alerts stand."""
        lives: list[Life] = [life for _, life in self.shell.view().items("life/")]
        return sum(life.open is not None for life in lives)


def measured(rounds: int) -> dict[str, Any]:
    """Microseconds: the median of the rounds, each with the median of its decisions."""
    making = Stopwatch()
    for module, name in MAKING:
        setattr(module, name, making.around(getattr(module, name)))
    run = Run(making)
    run.feed("reference.products", list(medicines()))
    run.feed("shortage.statuses", list(listed(0)))
    settle()  # as a worker does once it is open
    run.declare(0)
    opened, first = run.open_cases(), {kind: took for kind, took in run.stage.took.items() if kind.startswith("shortage")}
    settle()
    found: dict[str, list[list[tuple[float, float]]]] = defaultdict(list)
    for turn in range(1, rounds + 1):
        run.stage.took = defaultdict(list)
        run.feed("shortage.statuses", list(islice(listed(turn), STATUSES)))
        run.declare(turn)
        for kind, took in run.stage.took.items():
            found[kind].append(took)
    found |= {f"{kind}, first": [took] for kind, took in first.items()}
    return {"open_cases": opened, "rounds": rounds} | {kind: _told(rows) for kind, rows in sorted(found.items()) if kind != "tick"}


def _told(rounds: list[list[tuple[float, float]]]) -> dict[str, int]:
    """calm: of each decision the least of all rounds, as a core with a busy neighbour is slower by half."""
    return {
        "judging_us": _us(statistics.median(judging for _, judging in took) for took in rounds),
        "judging_us_calm": _us(min(judging for _, judging in same) for same in zip(*rounds, strict=True)),
        "decision_us": _us(statistics.median(whole for whole, _ in took) for took in rounds),
    }


def _us(seconds: Iterable[float]) -> int:
    return round(statistics.median(seconds) * 1e6)


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]) if len(sys.argv) > 1 else 9)))
