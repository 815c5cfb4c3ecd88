"""A country's stock as it stands in `supply.log`, seeded: 13,000 packs of 10,000 medicines, 24,000 reporters in 18 regions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alertcore.heard import packed, reporter_hash
from alertcore.packed import DAILY_SCALE
from alertcore.records.hub import Entry, SettingName, SettingsFile
from alertcore.records.product import Product
from alertcore.records.shared import Org, OrgScheme
from alertcore.records.stock import Partial, SaleCircuit, SaleLine, SalesBasis, SalesReport
from alertcore.sharding import shard
from schemas.codec import encode

PACKS, MEDICINES, COMPANIES, REPORTERS = 13_000, 10_000, 300, 24_000
REGIONS = ("01", "02", "03", "04", "06", "11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94")
TIERS = {"community_pharmacy|ville": 20_800, "hospital_pharmacy|hopital": 2_500, "wholesaler|both": 350}
"""Reporters of each kind that has regions; the rest are companies, and depositaries that hold for them."""
DEPOSITARIES = REPORTERS - COMPANIES - sum(TIERS.values())
SENDER = "bench"

Ints = NDArray[np.int64]


def cip13(pack: int) -> str:
    """Presentation code of a pack."""
    return f"34009{10_000_000 + pack * 37:08}"


def cis(pack: int) -> str:
    """Medicine of a pack: the first 3,000 medicines have two, of different sizes for every tenth of these."""
    return f"6{pack % MEDICINES:07}"


def company(pack: int) -> str:
    """Who markets a pack."""
    return f"C{pack % MEDICINES % COMPANIES:05}"


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of one shard: their keys, and the numbers of one source for them, in step."""

    keys: list[str]
    packs: Ints
    daily: Ints
    reporters: Ints


def keys(place: int, shards: int) -> Iterator[str]:
    """Every pack is in every region at pharmacies and wholesalers, two of three in hospitals; at its company, and at a depositary."""
    for pack in range(PACKS):
        if shard(cis(pack), shards) != place:
            continue
        head = f"{cip13(pack)}|{cis(pack)}"
        for kind in TIERS:
            if not kind.startswith("hospital") or pack % 3:
                yield from (f"{head}|{kind}|{region}|" for region in REGIONS)
        yield f"{head}|manufacturer|both||{company(pack)}"
        yield f"{head}|depositary|both||D{pack % DEPOSITARIES:05}"


def cells(names: list[str], rng: np.random.Generator) -> Cells:
    """Cells with a quarter of the country's stock in each. Companies hold around their floor; one medicine in 30 is scarce."""
    owned = np.array(["|both||" in name for name in names])
    scarce = np.array([int(name[14:22]) % 30 == 0 for name in names])
    n = len(names)
    packs = np.where(owned, rng.integers(300, 2_000, n), rng.integers(50, 5_000, n)) // np.where(scarce, 20, 1)
    daily = np.where(["pharmacy" in name for name in names], rng.integers(1, 100 * 64, n) * (DAILY_SCALE // 64), 0)
    return Cells(names, packs, daily, np.where(owned, 1, rng.integers(1, 300, n)))


def partial(of: Cells, some: Ints, source: int, version: int, at: datetime, heard: list[str]) -> Partial:
    """Some of the cells as one source tells them."""
    seen = int(at.timestamp() * 1_000_000)
    packs = of.packs[some].astype("<i8").tobytes()
    return Partial(
        generation=1,
        source=source,
        version=version,
        keys=tuple([of.keys[i] for i in some.tolist()]),
        saleable=packs,
        reserve=packs,
        daily=(of.daily[some] / DAILY_SCALE).astype("<f8").tobytes(),
        reporters=of.reporters[some].astype("<i4").tobytes(),
        oldest=np.full(len(some), seen, "<i8").tobytes(),
        heard=packed([reporter_hash(name) for name in heard]),
        heard_at=packed([seen] * len(heard)),
    )


def reporters() -> Iterator[dict[str, Any]]:
    """The register's rows."""
    for n in range(COMPANIES):
        yield {"id": f"C{n:05}", "scheme": "agency", "tier": "manufacturer", "circuit": "both"}
    for n in range(DEPOSITARIES):
        yield {"id": f"D{n:05}", "scheme": "agency", "tier": "depositary", "circuit": "both"}
    for kind, count in TIERS.items():
        tier, circuit = kind.split("|")
        for n in range(count):
            row = {"id": f"{tier[0].upper()}{n:05}", "scheme": "agency", "tier": tier, "circuit": circuit}
            yield {**row, "region": REGIONS[n % len(REGIONS)]}


def before(place: int, shards: int, at: datetime) -> Iterator[Entry]:
    """What a shard knows first: register, products, a year of sales."""
    text = json.dumps({"senders": [{"name": SENDER, "kinds": ["stock.reports"], "reporters": list(reporters())}]}, sort_keys=True)
    file = SettingsFile(name=SettingName.SENDERS, content=text, sha256=sha256(text.encode()).hexdigest(), by=SENDER, at=at)
    yield entry("senders", file, at)
    own = [pack for pack in range(PACKS) if shard(cis(pack), shards) == place]
    for pack in own:
        yield entry("reference.products", _product(pack), at)
    lines = {name: [pack for pack in own if company(pack) == name] for name in sorted({company(pack) for pack in own})}
    for month in range(12):
        for name, packs in lines.items():
            yield entry("sales.reports", _sales(name, packs, f"{at.year - 1}-{month + 1:02}"), at)


def _product(pack: int) -> Product:
    units = float(10 + 20 * (pack >= MEDICINES)) if pack % MEDICINES % 10 == 0 else None
    name, mitm = f"Medicine {pack}", pack % 2 == 0
    return Product(cip13=cip13(pack), cis=cis(pack), name=name, mitm=mitm, company=company(pack), units_per_pack=units)


def _sales(name: str, packs: list[int], month: str) -> SalesReport:
    lines = tuple([SaleLine(cip13=cip13(pack), circuit=SaleCircuit.VILLE, packs=1_500 + pack % 2_000) for pack in packs])
    org = Org(id=name, scheme=OrgScheme.AGENCY, country="FR")
    return SalesReport(report_id=f"{month}-{name}", company=org, month=month, basis=SalesBasis.COMPANY_TO_TRADE, lines=lines)


def entry(kind: str, value: Any, at: datetime) -> Entry:
    """An entry as the hub or its door writes it."""
    return Entry(stamp=at, sender=SENDER, event_id=f"evt_{kind}", kind=kind, value=encode(value))
