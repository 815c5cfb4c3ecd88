"""Ten thousand facts of a month as an agency gets them: what companies, pharmacies, lists and the hub's stages say, from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from alertcore.cases import external
from alertcore.dispatch.posted import Posted, written
from alertcore.records.alert import Severity, SignalState
from alertcore.records.defect import DefectClass, DefectProduct, DefectStep, Falsified, RecallLevel, SeriousRisk
from alertcore.records.device import NoticeReport
from alertcore.records.hub import Command
from alertcore.records.product import Substance
from alertcore.records.shared import Batch, Certainty, Nature, OrgScheme, SubjectKind, When
from alertcore.records.shortage import CircuitState, DeclarationStep, DeclaredNature, Disruption, DisruptionState, Pharmacy, PublishedStatus
from alertcore.records.stock import Circuit, Position, Tier
from tests.unit.alertcore.cases_world import declaration, defect, product, signal, status
from tests.unit.alertcore.device_world import device, notice

START = datetime.fromisoformat("2026-03-09T06:00:00+00:00")
MONTH = timedelta(days=30)
"""Nights, weekends, and in the last week the clocks that go forward."""

DECLARATIONS, DEFECTS, DISRUPTIONS, DEVICE_NOTICES, SIGNALS, POSITIONS, SNAPSHOTS = 550, 250, 3_700, 150, 600, 4_000, 5
FACTS = 10_000

CODES = tuple(f"6{n:07}" for n in range(60))
"""Medicines: three a substance, all of few classes, each from one company or two."""
REGIONS = ("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94")
CLASSES = ("J01CA04", "J01CR02", "N02BE01", "C07AB02", "L01BC02")

Dated = tuple[datetime, str, str, Any]
"""When it comes, kind, sender, value."""


def facts(chance: random.Random) -> list[Dated]:
    """All of the month, in the order in which they come."""
    rows = [*_products(), *_statuses(chance)]
    for number, kind, made in KINDS:
        rows += _some(number, kind, made, chance)
    posts = FACTS - len(rows)
    rows += _some(posts, "command", _posts, chance)
    return sorted(rows, key=lambda r: r[0])


def _some(number: int, kind: str, made: Callable[[random.Random, datetime, int], Iterator[Dated]], chance: random.Random) -> list[Dated]:
    """Stories of a kind, each from a random instant on, until there are so many facts. None comes after the month."""
    found: list[Dated] = []
    story = 0
    while len(found) < number:
        begins = START + timedelta(hours=1) + chance.random() * (MONTH - timedelta(days=2))
        found += made(chance, begins, story)
        story += 1
    late = START + MONTH - timedelta(days=1)
    return [(min(at, late + timedelta(seconds=n)), kind, sender, value) for n, (at, _, sender, value) in enumerate(found[:number])]


def _companies(cis: str) -> tuple[str, ...]:
    n = CODES.index(cis)
    return (f"lab-{n % 7}",) if n % 4 else (f"lab-{n % 7}", f"lab-{(n + 1) % 7}")


def _products() -> Iterator[Dated]:
    for n, cis in enumerate(CODES):
        for pack in range(1 + n % 2):
            fields: dict[str, Any] = {
                "cip13": _pack(cis, pack),
                "name": f"MÉDICAMENT {n} 500 mg, gélule",
                "atc": CLASSES[n % len(CLASSES)],
                "substances": (Substance(code=f"{n // 3:05}", name=f"SUBSTANCE {n // 3}", strength="500 mg"),),
                "company": _companies(cis)[0],
            }
            yield START, "reference.products", "demo-agency", product(cis, **fields)


def _pack(cis: str, number: int) -> str:
    return f"34009{cis[2:]}{number:02}"


def _declarations(chance: random.Random, at: datetime, story: int) -> Iterator[Dated]:
    """Declared, perhaps updated, and most come to an end."""
    cis = chance.choice(CODES)
    company, what = chance.choice(_companies(cis)), chance.choice(list(DeclaredNature)[1:3])
    end = chance.choice([DeclarationStep.RETURN, DeclarationStep.RETURN, DeclarationStep.WITHDRAWN, None])
    steps = [DeclarationStep.INITIAL, *[DeclarationStep.UPDATE] * chance.randrange(3), *([end] if end else [])]
    before: str | None = None
    for n, step in enumerate(steps):
        back = When(date=(at + timedelta(days=chance.randrange(10, 90))).date(), certainty=Certainty.ESTIMATED)
        circuits = tuple(
            CircuitState(circuit=c, expected_return=None if step is end else back, monthly_sales=1000, stock=chance.randrange(900))
            for c in (Circuit.VILLE, Circuit.HOPITAL)
        )
        own, said = f"d{story}-{n}", {"step": step, "previous_id": before, "declared_at": at, "nature_declared": what}
        nature = Nature.EXERCISE if story % 25 == 0 else Nature.ACTUAL
        value = declaration(own, company, cis=cis, circuits=circuits, nature=nature, **said)
        yield at, "", f"sender-{company}", value
        before, at = own, at + timedelta(hours=chance.choice([0.05, 1, 6, 30, 70]))


def _statuses(chance: random.Random) -> Iterator[Dated]:
    """The public list once a week; a part of it moves."""
    codes = {cis: chance.choice((1, 2, 4)) for cis in CODES}
    for week in range(SNAPSHOTS):
        at, name = START + timedelta(days=1 + 6.5 * week), f"week-{week}"
        codes |= {cis: chance.choice((1, 2, 3, 4)) for cis in chance.sample(CODES, 12)}
        for cis, code in codes.items():
            yield at, "shortage.statuses", "demo-list", status(name, code, cis, updated=at.date())
        yield at, "shortage.statuses", "demo-list", PublishedStatus(snapshot_id=name, rows=len(codes))


def _defects(chance: random.Random, at: datetime, story: int) -> Iterator[Dated]:
    """Received, mostly judged anew, mostly closed."""
    cis, grave = chance.choice(CODES[:20]), chance.random() < 0.4
    class_ = DefectClass.I if grave else chance.choice([DefectClass.II, DefectClass.III])
    first = defect(
        f"q{story}",
        received_at=at,
        product=DefectProduct(name="MÉDICAMENT", cis=cis),
        batches=tuple(Batch(lot=f"L{chance.randrange(3)}") for _ in range(chance.randrange(1, 3))),
        serious_risk=SeriousRisk.SUSPECTED if grave else SeriousRisk.UNASSESSED,
        serious_risk_at=at if grave else None,
        class_=class_,
        level=chance.choice(list(RecallLevel)[1:]),
        falsified=Falsified.SUSPECTED if story % 9 == 0 else Falsified.NO,
        nature=Nature.EXERCISE if story % 20 == 0 else Nature.ACTUAL,
    )
    yield at, "", "demo-agency", first
    if story % 2:
        at += timedelta(hours=chance.choice([0.2, 3, 40]))
        yield at, "", "demo-agency", replace(first, step=DefectStep.UPDATE, received_at=at, details=f"more on {story}")
    if story % 4:
        at += timedelta(hours=chance.choice([5, 50, 200]))
        yield at, "", "demo-agency", replace(first, step=DefectStep.CLOSED, received_at=at)


def _disruptions(chance: random.Random, at: datetime, story: int) -> Iterator[Dated]:
    cis = chance.choice(CODES[:25])
    region = chance.choice(REGIONS)
    place = Pharmacy(id=f"ph-{story % 700}", scheme=OrgScheme.FINESS, country="FR", region=region, tier=Tier.COMMUNITY_PHARMACY)
    asked = Disruption(
        disruption_id=f"r{story}",
        pharmacy=place,
        cis=cis,
        cip13=_pack(cis, 0),
        asked_at=at,
        distributors=("a", "b"),
        state_at=at,
        packs=2,
    )
    yield at, "", "demo-pharmacies", asked
    later = at + timedelta(hours=chance.randrange(1, 160))
    yield later, "", "demo-pharmacies", replace(asked, state=DisruptionState.SERVED, state_at=later)


def _device_notices(chance: random.Random, at: datetime, story: int) -> Iterator[Dated]:
    model = chance.randrange(40)
    own = device(f"00844588{model:06}", basic_udi_di=f"BASIC{model // 4}", trade_name=f"Dispositif {model}")
    steps = [NoticeReport.INITIAL, NoticeReport.FOLLOW_UP, NoticeReport.FINAL][: chance.randrange(1, 4)]
    before: str | None = None
    for n, report in enumerate(steps):
        starts = When(date=(at + timedelta(days=200 + n)).date(), certainty=Certainty.ESTIMATED)
        over = report is NoticeReport.FINAL and story % 2 == 0
        ends = When(date=(at if over else at + timedelta(days=260 + n)).date(), certainty=Certainty.ESTIMATED)
        value = notice(f"n{story}-{n}", report=report, previous_id=before, devices=(own,), start=starts, end=ends)
        yield at, "", "demo-maker", value
        before, at = value.notice_id, at + timedelta(days=chance.choice([0.1, 2, 9]))


def _signals(chance: random.Random, at: datetime, story: int) -> Iterator[Dated]:
    """Found by the hub itself or by stage supply: it comes, grows, and goes."""
    if story % 2:
        rule, kind, id_ = chance.choice(["refused_snapshot", "held", "silent_reporter"]), SubjectKind.REPORTER, f"reporter-{story % 30}"
    else:
        rule, kind, id_ = "safety_stock", SubjectKind.CIS, chance.choice(CODES)
    companies = _companies(id_) if kind is SubjectKind.CIS else ()
    states = [SignalState.RAISED, *[SignalState.CHANGED] * chance.randrange(3), SignalState.CLEARED]
    for version, state in enumerate(states, 1):
        severity, packs = chance.choice(list(Severity)[2:]), {"stock_packs": float(chance.randrange(900))}
        more = {"severity": severity, "numbers": packs, "companies": companies, "version": version, "since": at, "at": at}
        yield at, "", "hub", signal(rule, kind, id_, state, **more)
        at += timedelta(hours=chance.choice([0.02, 0.5, 8, 60]))


def _positions(chance: random.Random, at: datetime, story: int) -> Iterator[Dated]:
    days = chance.uniform(0.5, 60)
    yield (
        at,
        "",
        "hub",
        Position(
            cis=chance.choice(CODES), version=story, as_of=at, saleable=int(days * 40), daily_use=40.0, days=days, reporters_share=0.9
        ),
    )


def _posts(chance: random.Random, at: datetime, story: int) -> Iterator[Dated]:
    """A watch outside posts the same alert again and again while it stands."""
    labels = {"alertname": chance.choice(["DiskFull", "RoleDown"]), "instance": f"host-{story % 12}"}
    labels["severity"] = chance.choice(["critical", "warning"])
    for _ in range(chance.randrange(1, 5)):
        post = Posted(labels=labels, annotations={"summary": "full"}, since=at, until=at + timedelta(minutes=5), timeout=True)
        params = {"alerts": written([post])}
        yield at, "", "hub", Command(command_id=f"p{story}-{at}", by="prometheus", action=external.ACTION, target="", at=at, params=params)
        at += timedelta(minutes=2)


KINDS: tuple[tuple[int, str, Callable[[random.Random, datetime, int], Iterator[Dated]]], ...] = (
    (DECLARATIONS, "shortage.declarations", _declarations),
    (DEFECTS, "quality.defects", _defects),
    (DISRUPTIONS, "supply.disruptions", _disruptions),
    (DEVICE_NOTICES, "device.notices", _device_notices),
    (SIGNALS, "signal", _signals),
    (POSITIONS, "position", _positions),
)
