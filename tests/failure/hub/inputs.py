"""What flows in: declarations in short stories of one medicine each, quality defects and stock reports, the same for the same seed."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

from alertcore.identifiers import gtin_check_digit_holds
from alertcore.identity import event_id
from tests.failure.hub.world import COMPANIES, LAB, WHOLESALERS

Json = dict[str, Any]
STORIES = (
    ("initial",),
    ("initial", "update"),
    ("initial", "update", "return"),
    ("initial", "other"),
    ("initial", "withdrawn"),
    ("initial", "update", "update"),
)
"""Steps of a case; `other`: another company declares the same medicine."""
PACKS_A_COMPANY = 3
MONTHLY = 1000
BELOW, FINE = 1200, 3000
"""Packs of a company's stock, where its floor is two months of sales."""
BELOW_FLOOR = len(COMPANIES)
RECOVERING = len(COMPANIES) // 2


@dataclass(frozen=True, slots=True)
class Event:
    """One record to publish. key: what must stay in order."""

    kind: str
    ce_id: str
    key: str
    value: Json

    @property
    def bytes(self) -> bytes:
        """As it is sent."""
        return json.dumps(self.value).encode()

    @property
    def event_id(self) -> str:
        """The id it has in the hub."""
        return event_id(LAB, self.ce_id, b"")


@dataclass(slots=True)
class Inputs:
    """products, then sales: before all. flow: under disturbance. recovery: when every missed floor was told.

    expected: steps by medicine. opened_by: event of the first one.
    """

    products: list[Event] = field(default_factory=list)
    sales: list[Event] = field(default_factory=list)
    flow: list[Event] = field(default_factory=list)
    recovery: list[Event] = field(default_factory=list)
    expected: dict[str, Counter[str]] = field(default_factory=dict)
    opened_by: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> list[Event]:
        """Everything, in order."""
        return [*self.products, *self.sales, *self.flow, *self.recovery]

    @property
    def declared(self) -> list[str]:
        """CIS of all cases."""
        return sorted(self.expected)


def make_inputs(base: datetime, *, declarations: int, defects: int, reports: int, seed: int = 1) -> Inputs:
    """base: now; everything happened before it. reports: rounded down to whole rounds of all reporters, the last one is the recovery."""
    chance, inputs = random.Random(seed), Inputs()
    stories = _cut(declarations)
    said = [list(_story(number, story, base, inputs)) for number, story in enumerate(stories)]
    faults = [_defect(number, base) for number in range(defects)]
    rounds = reports // len(COMPANIES + WHOLESALERS)
    stock = [_report(name, n, base, chance, last=n == rounds - 1) for n in range(rounds) for name in COMPANIES + WHOLESALERS]
    late = len(COMPANIES + WHOLESALERS)
    inputs.recovery = stock[-late:]
    inputs.flow = _mixed([_interleaved(said, chance), faults, stock[:-late]])
    inputs.products, inputs.sales = list(_products(len(stories), defects)), list(_sales(base))
    return inputs


def cis_of(number: int, family: str) -> str:
    """A medicine's code. family: of declarations, defects or stock, which do not meet."""
    return f"{ {'declared': 60, 'defect': 65, 'stock': 68}[family] }{number:06d}"


def cip_of(cis: str) -> str:
    """Its one presentation."""
    stem = f"34009{cis[1:]}"
    return next(code for digit in range(10) if gtin_check_digit_holds(code := f"{stem}{digit}"))


def _cut(declarations: int) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    left = declarations
    for story in cycle(STORIES):
        if left <= 0:
            return found
        found.append(story[:left])
        left -= len(story)
    raise AssertionError("cycle ends")


def _story(number: int, steps: tuple[str, ...], base: datetime, inputs: Inputs) -> Iterator[Event]:
    cis, company = cis_of(number, "declared"), COMPANIES[number % len(COMPANIES)]
    counted = inputs.expected.setdefault(cis, Counter())
    previous: str | None = None
    for place, step in enumerate(steps):
        who = COMPANIES[(number + 1) % len(COMPANIES)] if step == "other" else company
        own = f"decl-{number}-{place}"
        value = _declaration(own, cis, who, "initial" if step == "other" else step, base - timedelta(days=3) + timedelta(minutes=place))
        back = (base + timedelta(days=30 + 10 * place)).date().isoformat()
        if step not in ("return", "withdrawn"):
            value["circuits"][0]["expected_return"] = {"date": back, "certainty": "estimated"}
        value["previous_id"] = None if step == "other" else previous
        previous = own
        counted[step] += 1
        event = Event("shortage.declarations", own, cis, value)
        inputs.opened_by.setdefault(cis, event.event_id)
        yield event


def _declaration(own: str, cis: str, company: str, step: str, at: datetime) -> Json:
    start = {"date": at.date().isoformat(), "certainty": "actual"}
    return {
        "declaration_id": own,
        "step": step,
        "nature_declared": "rupture",
        "cis": cis,
        "company": _org(company),
        "known_at": _time(at - timedelta(hours=2)),
        "declared_at": _time(at),
        "circuits": [{"circuit": "ville", "start": start, "stock": 10, "monthly_sales": MONTHLY}],
        "causes": [{"code": "manufacturing", "raw": "production"}],
    }


def _defect(number: int, base: datetime) -> Event:
    cis, company = cis_of(number, "defect"), COMPANIES[number % len(COMPANIES)]
    at, grave = base - timedelta(hours=2), number % 2 == 0
    lots = [
        {"cip13": cip_of(cis), "lot": f"L{number}{letter}", "expiry": {"text": "12/2030", "date": "2030-12-31", "precision": "month"}}
        for letter in "AB"
    ]
    value: Json = {
        "defect_id": f"defect-{number}",
        "step": "initial",
        "received_at": _time(at),
        "source": "company",
        "product": {"name": f"DEFECTINE {number}, comprimé", "cis": cis},
        "batches": lots,
        "defect_type": "particulate_matter",
        "details": "Invented for a test.",
        "serious_risk": "confirmed" if grave else "excluded",
        "class": "i" if grave else "ii",
        "actions": ["recall", "quarantine"],
        "level": "patient" if grave else "retail_hospital",
        "decided_at": _time(at + timedelta(minutes=30)),
        "recalling_firm": _org(company),
        "ma_holder": _org(company),
    }
    if grave:
        value["serious_risk_at"] = _time(at + timedelta(minutes=20))
    return Event("quality.defects", f"defect-{number}", cis, value)


def _report(name: str, turn: int, base: datetime, chance: random.Random, *, last: bool) -> Event:
    """Of each company the first medicine is below its floor until the recovery, in which half of the companies have it again."""
    lines = [{"cip13": cip_of(cis), "on_hand": packs} for cis, packs in _stock(name, chance, last=last)]
    tier, circuit = ("manufacturer", "both") if name in COMPANIES else ("wholesaler", "ville")
    value = {
        "report_id": f"{name}-{turn}",
        "reporter": {"id": name, "scheme": "agency", "country": "FR", "tier": tier, "circuit": circuit},
        "observed_at": _time(base - timedelta(hours=6) + timedelta(minutes=turn)),
        "kind": "full",
        "line_count": len(lines),
        "lines": lines,
    }
    return Event("stock.reports", f"{name}-{turn}", name, value)


def _stock(name: str, chance: random.Random, *, last: bool) -> Iterator[tuple[str, int]]:
    if name in WHOLESALERS:
        yield from ((cis_of(n, "stock"), chance.randint(50, 150)) for n in range(len(COMPANIES) * PACKS_A_COMPANY))
        return
    place = COMPANIES.index(name)
    missing = BELOW if not last or place >= RECOVERING else FINE
    for n in range(PACKS_A_COMPANY):
        yield cis_of(place * PACKS_A_COMPANY + n, "stock"), FINE + chance.randint(0, 500) if n else missing


def _products(cases: int, defects: int) -> Iterator[Event]:
    counts = {"declared": cases, "defect": defects, "stock": len(COMPANIES) * PACKS_A_COMPANY}
    for family, count in counts.items():
        for number in range(count):
            cis = cis_of(number, family)
            owner = COMPANIES[number // PACKS_A_COMPANY if family == "stock" else number % len(COMPANIES)]
            value = {"cip13": cip_of(cis), "cis": cis, "name": f"{family.upper()}INE {number}, comprimé", "mitm": True, "company": owner}
            yield Event("reference.products", f"product-{cis}", cis, value)


def _sales(base: datetime) -> Iterator[Event]:
    month = base.year * 12 + base.month - 1
    for back in range(12, 0, -1):
        year, number = divmod(month - back, 12)
        for place, company in enumerate(COMPANIES):
            cips = [cip_of(cis_of(place * PACKS_A_COMPANY + n, "stock")) for n in range(PACKS_A_COMPANY)]
            value = {
                "report_id": f"{company}-{year}-{number + 1:02}",
                "company": _org(company),
                "month": f"{year}-{number + 1:02}",
                "basis": "company_to_trade",
                "lines": [{"cip13": cip, "circuit": "ville", "packs": MONTHLY} for cip in cips],
            }
            yield Event("sales.reports", f"sales-{company}-{year}-{number + 1:02}", company, value)


def _interleaved(stories: list[list[Event]], chance: random.Random) -> list[Event]:
    """All stories at once, a few dozen at a time, each in its own order."""
    found: list[Event] = []
    waiting = iter(stories)
    running = list(islice(waiting, 40))
    while running:
        story = chance.choice(running)
        found.append(story.pop(0))
        if not story:
            running.remove(story)
            running.extend(islice(waiting, 1))
    return found


def _mixed(rows: list[list[Event]]) -> list[Event]:
    """Rows into one, each spread evenly over the whole."""
    placed = [((place + 0.5) / len(row), order, event) for order, row in enumerate(rows) for place, event in enumerate(row)]
    return [event for _, _, event in sorted(placed, key=lambda one: one[:2])]


def _org(company: str) -> Json:
    return {"id": company, "scheme": "agency", "name": company.upper(), "country": "FR"}


def _time(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
