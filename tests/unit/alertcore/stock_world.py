"""Reports, products, sales and registers to try the stock path with, and the two stages wired in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from struct import pack, unpack
from typing import Any

from alertcore.records.alert import Signal
from alertcore.records.defect import QualityDefect
from alertcore.records.hub import Entry, SettingName, SettingsFile
from alertcore.records.product import Product
from alertcore.records.shared import Certainty, Nature, Org, OrgScheme, When
from alertcore.records.stock import (
    Circuit,
    Partial,
    Position,
    Reporter,
    ReportKind,
    SaleCircuit,
    SaleLine,
    SalesBasis,
    SalesReport,
    SheetIncoming,
    SheetLot,
    StockSheet,
    Tier,
)
from alertcore.sharding import SUPPLY_LOG, shard
from alertcore.stock.stage import StockStage
from alertcore.supply.stage import SupplyStage
from schemas.codec import encode
from streams.emitting import Out
from streams.local import LocalShell

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CIS = "60000001"
CIP = "3400930000014"
LAB = "lab-1"
Sums = dict[str, tuple[int, int, float, int, int]]


def cip(number: int) -> str:
    """Any presentation code."""
    return f"34009{number:08}"


def cis(number: int) -> str:
    """Any medicine code."""
    return f"6{number:07}"


def line(code: str, medicine: str, saleable: int, dispensed: float = -1.0, country: str = "FR") -> tuple[str, str, int, float, str]:
    """One line of a sheet."""
    return code, medicine, saleable, dispensed, country


def sheet(
    reporter: str,
    lines: Sequence[tuple[str, str, int, float, str]],
    *,
    report_id: str = "r1",
    at: datetime = NOON,
    kind: ReportKind = ReportKind.FULL,
    tier: Tier = Tier.COMMUNITY_PHARMACY,
    circuit: Circuit = Circuit.VILLE,
    region: str | None = "11",
    nature: Nature = Nature.ACTUAL,
    lots: Sequence[tuple[str, str, int]] = (),
    blocked: Mapping[str, int] | None = None,
    incoming: Sequence[tuple[str, str, int]] = (),
    periods: Sequence[int] = (),
) -> StockSheet:
    """A packed report. lots: (presentation, lot, packs). blocked: packs of a presentation that are not for sale.

    incoming: (presentation, day, packs). periods: days over which each line's dispensed packs were counted.
    """
    n = len(lines)
    who = Reporter(id=reporter, scheme=OrgScheme.AGENCY, country="FR", tier=tier, circuit=circuit, region=region)
    return StockSheet(
        nature=nature,
        report_id=report_id,
        reporter=who,
        observed_at=at,
        kind=kind,
        lines=n,
        cip13=pack(f"<{n}q", *(int(row[0]) for row in lines)),
        cis=pack(f"<{n}i", *(int(row[1]) for row in lines)),
        on_hand=pack(f"<{n}i", *(row[2] for row in lines)),
        saleable=pack(f"<{n}i", *(row[2] - (blocked or {}).get(row[0], 0) for row in lines)),
        dispensed=pack(f"<{n}f", *(row[3] for row in lines)),
        country="".join(row[4] for row in lines).encode(),
        lots=tuple(SheetLot(cip13=code, lot=lot, on_hand=packs) for code, lot, packs in lots),
        incoming=tuple(
            SheetIncoming(cip13=code, when=When(date=date.fromisoformat(day), certainty=Certainty.ESTIMATED), packs=packs)
            for code, day, packs in incoming
        ),
        periods=pack(f"<{len(periods)}H", *periods),
    )


def product(code: str = CIP, medicine: str = CIS, **more: Any) -> Product:
    """Reference data of one presentation; a MITM of LAB unless told otherwise."""
    return Product(**{"cip13": code, "cis": medicine, "name": "EXEMPLE 500 mg, comprimé", "mitm": True, "company": LAB, **more})


def sold(
    month: str, packs: int, *, company: str = LAB, code: str = CIP, report_id: str = "", replaces: str | None = None, **more: Any
) -> SalesReport:
    """Sales of one presentation in one month."""
    of = SaleLine(**{"cip13": code, "circuit": SaleCircuit.VILLE, "packs": packs, **more})
    org = Org(id=company, scheme=OrgScheme.AGENCY, name=f"Laboratoire {company}", country="FR")
    name = report_id or f"{company}-{month}-{code}"
    return SalesReport(report_id=name, company=org, month=month, basis=SalesBasis.COMPANY_TO_TRADE, lines=(of,), replaces=replaces)


def months(last: str = "2026-02", count: int = 12) -> list[str]:
    """`count` months up to `last`."""
    end = int(last[:4]) * 12 + int(last[5:]) - 1
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(end - count + 1, end + 1)]


def setting(name: str, content: object) -> SettingsFile:
    """A settings file as the door appends it."""
    text = json.dumps(content, sort_keys=True)
    return SettingsFile(name=SettingName(name), content=text, sha256=sha256(text.encode()).hexdigest(), by="someone", at=NOON)


def register(reporters: Mapping[str, str | tuple[str, str, str | None]], interval_days: int = 1) -> SettingsFile:
    """A senders file: reporter id to tier, or to (tier, circuit, region)."""
    rows = []
    for name, of in reporters.items():
        tier, circuit, region = (of, "ville", "11") if isinstance(of, str) else of
        row = {"id": name, "scheme": "agency", "tier": tier, "circuit": circuit, "interval_days": interval_days}
        rows.append({**row, "region": region} if region else row)
    return setting("senders", {"senders": [{"name": "one", "kinds": ["stock.reports"], "reporters": rows}]})


KINDS = {
    StockSheet: "stock.reports",
    SalesReport: "sales.reports",
    Product: "reference.products",
    Partial: "partial",
    QualityDefect: "quality.defects",
}


def entry(value: Any, at: datetime = NOON, event_id: str = "") -> Entry:
    """The entry of a value, of the kind its log gives it."""
    kind = value.name.value if isinstance(value, SettingsFile) else KINDS[type(value)]
    return Entry(stamp=at, sender="someone", event_id=event_id or f"evt_{kind}", kind=kind, value=encode(value))


def sums_of(partial: Partial) -> Sums:
    """Cell key to (saleable, reserve, packs a day, reporters, oldest)."""
    n = len(partial.keys)
    columns = [unpack(f"<{n}{of}", raw) for of, raw in zip("qqdiq", _columns(partial), strict=True)]
    return {key: tuple(column[i] for column in columns) for i, key in enumerate(partial.keys)}


def _columns(partial: Partial) -> tuple[bytes, ...]:
    return partial.saleable, partial.reserve, partial.daily, partial.reporters, partial.oldest


def partials(outs: Iterable[Out]) -> list[Partial]:
    """The partials among some emits."""
    return [out.value for out in outs if isinstance(out.value, Partial)]


def newest(outs: Iterable[Out]) -> Sums:
    """Sums of all partials, later ones over earlier ones, of one source."""
    return {key: value for partial in partials(outs) for key, value in sums_of(partial).items()}


def positions(outs: Iterable[Out]) -> list[Position]:
    """Positions on their topic."""
    return [out.value for out in outs if out.topic == "positions"]


def signals(outs: Iterable[Out]) -> list[Signal]:
    """Signals on their topic."""
    return [out.value for out in outs if out.topic == "signals"]


class World:
    """Stock and supply in memory, `time = wall`: `advance` is the clock."""

    def __init__(self, partitions: int = 1, shards: int = 1, generation: int = 1, shell: type[LocalShell] = LocalShell) -> None:
        self.partitions, self.shards = partitions, shards
        self.stock = LocalShell(StockStage(shards, generation), partitions, generation, durable=True)
        self.supply = shell(SupplyStage("agency"), shards, durable=True)
        self.at = NOON

    def report(self, one: StockSheet, at: datetime | None = None) -> list[Out]:
        """A report through the stock log; what it leads to at once."""
        self.at = max(self.at, at or self.at)
        return self._on(self.stock.feed(shard(one.reporter.id, self.partitions), entry(one, self.at), one.reporter.id))

    def tell(self, *values: Any) -> list[Out]:
        """Products, sales and settings to every partition that reads them."""
        outs: list[Out] = []
        for value in values:
            if isinstance(value, SettingsFile | QualityDefect | Product):
                for n in range(self.partitions):
                    outs += self._on(self.stock.feed(n, entry(value, self.at)))
            for n in range(self.shards if not isinstance(value, QualityDefect) else 0):
                outs += self.supply.feed(n, entry(value, self.at))
        return outs

    def advance(self, seconds: float = 61) -> list[Out]:
        """Time goes by: dues of both stages."""
        self.at += timedelta(seconds=seconds)
        outs = self._on(self.stock.advance(self.at))
        return outs + self.supply.advance(self.at)

    def reopen(self) -> None:
        """Both stages are killed and started again."""
        self.stock.reopen()
        self.supply.reopen()

    def _on(self, outs: list[Out]) -> list[Out]:
        found = list(outs)
        for out in outs:
            if out.topic == SUPPLY_LOG and out.entry is not None:
                found += self.supply.feed(out.partition or 0, out.entry, out.key)
        return found


def company_report(
    packs: int, *, report_id: str, at: datetime, code: str = CIP, medicine: str = CIS, lab: str = LAB, **more: Any
) -> StockSheet:
    """A manufacturer's full report of one presentation."""
    place: dict[str, Any] = {"tier": Tier.MANUFACTURER, "circuit": Circuit.BOTH, "region": None, **more}
    return sheet(lab, [line(code, medicine, packs)], report_id=report_id, at=at, **place)


def again(one: StockSheet, **changes: Any) -> StockSheet:
    """The same sheet with some fields changed."""
    return replace(one, **changes)


def known_world(**more: Any) -> World:
    """A hub whose register has the lab and two pharmacies, with a year of sales of 100 packs a month: a floor of 200 packs."""
    world = World(**more)
    world.tell(register({LAB: ("manufacturer", "both", None), "p1": "community_pharmacy", "p2": "community_pharmacy"}))
    world.tell(product(), *(sold(month, 100) for month in months()))
    for name in ("p1", "p2"):
        world.report(sheet(name, [line(CIP, CIS, 10, 1.0)]))
    return world


def lab(world: World, packs: int) -> list[Out]:
    """The lab reports now, and what comes of it in the next minute."""
    world.report(company_report(packs, report_id=f"lab-{world.at.isoformat()}", at=world.at))
    return world.advance()


def last(outs: list[Out], medicine: str = CIS) -> Position:
    return [p for p in positions(outs) if p.cis == medicine][-1]
