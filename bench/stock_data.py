"""Seeded stock reports as they stand in `stock.log`, what goes before them, and the answer in plain numpy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alertcore.records.hub import Entry, SettingName, SettingsFile
from alertcore.records.product import Product
from alertcore.records.shared import Org, OrgScheme
from alertcore.records.stock import Circuit, Reporter, ReportKind, SaleCircuit, SaleLine, SalesBasis, SalesReport, StockSheet, Tier
from alertcore.sharding import shard
from schemas.codec import encode

REPORTERS, PRODUCTS, LINES, COMPANIES = 2_000, 5_000, 200, 40
REGIONS = ("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94")
SENDER = "bench"

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Report:
    """One report: reporter number, product numbers, packs, packs a day."""

    reporter: int
    products: Ints
    packs: Ints
    daily: NDArray[np.float64]


def cip13(product: int) -> str:
    """Presentation code of a product: 13 digits from 34009."""
    return f"34009{10_000_000 + product * 37:08}"


def cis(product: int) -> str:
    """Medicine code of a product; each product is a medicine of its own."""
    return f"6{product:07}"


@cache
def reporter(number: int) -> Reporter:
    """Companies first, then depositaries, wholesalers, hospitals; most are community pharmacies in 13 regions."""
    bounds = ((COMPANIES, Tier.MANUFACTURER), (60, Tier.DEPOSITARY), (100, Tier.WHOLESALER), (300, Tier.HOSPITAL_PHARMACY))
    tier = next((tier for bound, tier in bounds if number < bound), Tier.COMMUNITY_PHARMACY)
    circuit = {Tier.HOSPITAL_PHARMACY: Circuit.HOPITAL, Tier.COMMUNITY_PHARMACY: Circuit.VILLE}.get(tier, Circuit.BOTH)
    region = None if number < 60 else REGIONS[number % len(REGIONS)]
    return Reporter(id=f"R{number:05}", scheme=OrgScheme.AGENCY, country="FR", tier=tier, circuit=circuit, region=region)


def reports(count: int) -> Iterator[Report]:
    """All reporters in turn, each with the same assortment and other numbers every time; the same for the same count."""
    rng = np.random.default_rng(20)
    assortments = [np.sort(rng.choice(PRODUCTS, LINES, replace=False)) for _ in range(REPORTERS)]
    order = np.concatenate([rng.permutation(REPORTERS) for _ in range(-(-count // REPORTERS))])[:count]
    for number in order.tolist():
        packs = rng.integers(0, 1_000, LINES)
        yield Report(number, assortments[number], packs, rng.integers(1, 640, LINES) / 64)


def entries(count: int, start: datetime, span: timedelta) -> Iterator[tuple[str, bytes]]:
    """(reporter id, framed entry) of each report, stamped evenly over `span` of log time."""
    codes = np.array([int(cip13(n)) for n in range(PRODUCTS)], "<i8")
    medicines = np.array([int(cis(n)) for n in range(PRODUCTS)], "<i4")
    for n, report in enumerate(reports(count)):
        of, at = reporter(report.reporter), start + span * (n / count)
        packs = report.packs.astype("<i4").tobytes()
        sheet = StockSheet(
            report_id=f"{of.id}-{n}",
            reporter=of,
            observed_at=at,
            kind=ReportKind.FULL,
            lines=LINES,
            cip13=codes[report.products].tobytes(),
            cis=medicines[report.products].tobytes(),
            on_hand=packs,
            saleable=packs,
            dispensed=report.daily.astype("<f4").tobytes(),
            country=b"FR" * LINES,
        )
        yield of.id, encode(entry("stock.reports", sheet, at, f"evt_{n}"))


def before(shards: int, at: datetime) -> Iterator[tuple[int, bytes]]:
    """(shard of the supply log, framed entry) of what has to be there first: register, products, a year of sales."""
    for place in range(shards):
        yield place, encode(entry("senders", _register(at), at, "evt_senders"))
    for n in range(PRODUCTS):
        yield shard(cis(n), shards), encode(entry("reference.products", _product(n), at, f"evt_p{n}"))
    for month in range(12):
        for company in range(COMPANIES):
            for place in range(shards):
                sales = _sales(company, place, shards, f"{at.year - 1}-{month + 1:02}")
                yield place, encode(entry("sales.reports", sales, at, f"evt_s{company}-{month}#{place}"))


def reference(count: int) -> dict[str, tuple[int, float]]:
    """CIS to (packs, packs a day at community and hospital pharmacies) after `count` reports: the answer, in plain numpy."""
    packs, daily = np.zeros(PRODUCTS, np.int64), np.zeros(PRODUCTS)
    last: dict[int, Report] = {report.reporter: report for report in reports(count)}
    for report in last.values():
        packs[report.products] += report.packs
        if reporter(report.reporter).tier in (Tier.COMMUNITY_PHARMACY, Tier.HOSPITAL_PHARMACY):
            daily[report.products] += report.daily
    told = np.zeros(PRODUCTS, np.bool_)
    for report in last.values():
        told[report.products] = True
    return {cis(n): (int(packs[n]), float(daily[n])) for n in np.flatnonzero(told).tolist()}


def entry(kind: str, value: Any, at: datetime, event_id: str) -> Entry:
    """An entry as the door writes it."""
    return Entry(stamp=at, sender=SENDER, event_id=event_id, kind=kind, value=encode(value))


def _register(at: datetime) -> SettingsFile:
    rows = []
    for of in map(reporter, range(REPORTERS)):
        row = {"id": of.id, "scheme": "agency", "tier": of.tier.value, "circuit": of.circuit.value}
        rows.append({**row, "region": of.region} if of.region else row)
    text = json.dumps({"senders": [{"name": SENDER, "kinds": ["stock.reports"], "reporters": rows}]}, sort_keys=True)
    return SettingsFile(name=SettingName.SENDERS, content=text, sha256=sha256(text.encode()).hexdigest(), by="bench", at=at)


def _product(number: int) -> Product:
    return Product(cip13=cip13(number), cis=cis(number), name=f"Medicine {number}", mitm=number % 2 == 0, company=_company(number))


def _company(product: int) -> str:
    return reporter(product % COMPANIES).id


def _sales(company: int, place: int, shards: int, month: str) -> SalesReport:
    own = [n for n in range(company, PRODUCTS, COMPANIES) if shard(cis(n), shards) == place]
    lines = tuple([SaleLine(cip13=cip13(n), circuit=SaleCircuit.VILLE, packs=100 + n % 300) for n in own])
    org = Org(id=reporter(company).id, scheme=OrgScheme.AGENCY, country="FR")
    return SalesReport(report_id=f"{month}-{company}", company=org, month=month, basis=SalesBasis.COMPANY_TO_TRADE, lines=lines)
