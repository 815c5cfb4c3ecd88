"""A year of an agency's history read again in the local shell: 1,500 declarations, 52 snapshots, 4,000 disruptions, 500 defects.

Made from the demo's real medicines, declarations, statuses and defects, seeded. Also the time of one decision, all rules together, by kind.
Run: python -m bench.year [runs]
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.defect import DefectStep, QualityDefect
from alertcore.records.hub import Entry
from alertcore.records.product import Product
from alertcore.records.shared import OrgScheme
from alertcore.records.shortage import Declaration, DeclarationStep, Disruption, DisruptionState, Pharmacy, PublishedStatus
from alertcore.records.stock import Tier
from alertcore.stage import Decision, Message, View
from bench.case_data import records
from plumbing.garbage import settle
from schemas.codec import encode
from streams.local import LocalShell

START = datetime(2025, 1, 6, 8, tzinfo=UTC)
YEAR = timedelta(days=364)
DECLARATIONS, SNAPSHOTS, DISRUPTIONS, DEFECTS = 1_500, 52, 4_000, 500
REGIONS = ("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94")

Dated = tuple[datetime, str, str, Any]
"""Stamp, kind, sender, value."""


class Timed(CasesStage):
    """The stage with the processor time each decision took, seconds, by kind."""

    def __init__(self, agency: Agency) -> None:
        super().__init__(agency)
        self.took: dict[str, list[float]] = defaultdict(list)

    def decide(self, view: View, message: Message) -> Decision:
        """Decide, and note how long it took."""
        began = time.thread_time()
        done = super().decide(view, message)
        self.took[message.kind].append(time.thread_time() - began)
        return done


def year(chance: random.Random) -> list[Dated]:
    """Everything that came in, by stamp."""
    products: list[Product] = records("products", "Product")
    rows = [*_declarations(chance), *_snapshots(chance), *_disruptions(chance, products), *_defects(chance)]
    return [(START, "reference.products", "demo-agency", p) for p in products] + sorted(rows, key=lambda r: r[0])


def _declarations(chance: random.Random) -> Iterator[Dated]:
    real: list[Declaration] = [d for d in records("declarations", "Declaration") if d.step is DeclarationStep.INITIAL]
    made = 0
    while made < DECLARATIONS:
        one = chance.choice(real)
        at = START + chance.random() * YEAR
        number, before = f"{one.declaration_id}-{made}", None
        for step in (DeclarationStep.INITIAL, *chance.choices([DeclarationStep.UPDATE], k=chance.randrange(3)), DeclarationStep.RETURN):
            value = replace(one, declaration_id=f"{number}-{step}-{made}", previous_id=before, step=step, declared_at=at, known_at=at)
            if step is DeclarationStep.RETURN:
                value = replace(value, circuits=tuple(replace(c, expected_return=None) for c in one.circuits))
            yield at, "shortage.declarations", "demo-lab", value
            before, made, at = value.declaration_id, made + 1, at + timedelta(days=chance.randrange(5, 60))


def _snapshots(chance: random.Random) -> Iterator[Dated]:
    rows: list[PublishedStatus] = [s for s in records("statuses-2026-01-26", "PublishedStatus") if s.rows is None]
    for week in range(SNAPSHOTS):
        at, name = START + timedelta(weeks=week), f"week-{week}"
        rows = [replace(r, code=chance.choice((1, 2, 4))) if chance.random() < 0.03 else r for r in rows]
        for row in rows:
            yield at, "shortage.statuses", "demo-list", replace(row, snapshot_id=name, updated=at.date())
        yield at, "shortage.statuses", "demo-list", PublishedStatus(snapshot_id=name, rows=len(rows))


def _disruptions(chance: random.Random, products: list[Product]) -> Iterator[Dated]:
    for n in range(DISRUPTIONS // 2):
        product, at, number = chance.choice(products), START + chance.random() * YEAR, chance.randrange(21_000)
        of = Pharmacy(
            id=f"pharmacy-{number}", scheme=OrgScheme.FINESS, country="FR", region=REGIONS[number % 13], tier=Tier.COMMUNITY_PHARMACY
        )
        asked = Disruption(
            disruption_id=f"r{n}",
            pharmacy=of,
            cis=product.cis,
            cip13=product.cip13,
            asked_at=at,
            distributors=("d1", "d2"),
            state_at=at,
            last_supply_on=date(2025, 1, 1),
            packs=2,
        )
        yield at, "supply.disruptions", "demo-pharmacies", asked
        later = at + timedelta(hours=chance.randrange(1, 200))
        yield later, "supply.disruptions", "demo-pharmacies", replace(asked, state=DisruptionState.SERVED, state_at=later)


def _defects(chance: random.Random) -> Iterator[Dated]:
    real: list[QualityDefect] = records("defects", "QualityDefect")
    for n in range(DEFECTS // 2):
        one, at = chance.choice(real), START + chance.random() * YEAR
        first = replace(one, defect_id=f"q{n}", step=DefectStep.INITIAL, previous_id=None, received_at=at)
        first = replace(first, serious_risk_at=at if one.serious_risk_at else None, decided_at=at if one.decided_at else None)
        yield at, "quality.defects", "demo-lab", first
        later = at + timedelta(days=chance.randrange(2, 60))
        yield later, "quality.defects", "demo-lab", replace(first, step=DefectStep.CLOSED, received_at=later)


def entries(rows: list[Dated]) -> list[tuple[bytes, bytes]]:
    """As they stand in the case log."""
    return [
        (encode(Entry(stamp=at, sender=sender, event_id=f"evt_{n}", kind=kind, value=encode(value))), b"ansm-demo")
        for n, (at, kind, sender, value) in enumerate(rows)
    ]


def once(raw: list[tuple[bytes, bytes]]) -> tuple[float, float, Timed, dict[str, int]]:
    """Seconds of a reading and of the processor, the stage with its times, and what came out by topic."""
    stage = Timed(Agency(id="ansm-demo", name="Agence"))
    shell = LocalShell(stage, time="data")
    emits: dict[str, int] = defaultdict(int)
    settle()
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(raw), 300):
        for out in shell.feed_raw(0, raw[first : first + 300]):
            emits[out.topic] += 1
        shell.outs.clear()
    return time.perf_counter() - began, time.process_time() - cpu, stage, dict(emits)


def main(runs: int) -> None:
    """Prints one JSON document."""
    rows = year(random.Random(2025))
    raw = entries(rows)
    found = [once(raw) for _ in range(runs)]
    _, _, stage, emits = found[-1]
    count = {kind: sum(1 for r in rows if r[1] == kind) for kind in dict.fromkeys(r[1] for r in rows)}
    each = {
        kind: {"decisions": len(t), "median_us": round(statistics.median(t) * 1e6), "p99_us": round(sorted(t)[len(t) * 99 // 100] * 1e6)}
        for kind, t in sorted(stage.took.items())
    }
    wall, cpu = (round(statistics.median(times), 2) for times in ([f[0] for f in found], [f[1] for f in found]))
    print(json.dumps({"entries": count, "seconds": wall, "cpu_seconds": cpu, "decision": each, "emits": emits}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
