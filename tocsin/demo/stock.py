"""Five days of stock reports of 200 reporters, as StockReport records in time order.

Companies and depositaries report their whole stock every day along the plan; wholesalers and pharmacies report all on the
first day, then what changed; a few products run down everywhere, each along a real depletion curve, the others are delivered in time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from connectors.source_text import JsonObject
from tocsin.demo.plan import (
    ABROAD_COUNTRY,
    ABROAD_SHARE,
    BLOCKED_SHARE,
    DAYS,
    SEED,
    Medicine,
    medicines,
)
from tocsin.demo.reporters import Site, sites
from tocsin.demo.sales import MONTHS, sold
from tocsin.demo.sample import curves, defects

# Products in the assortment, and packs of one product on the first day (least, most).
ASSORTMENT = {"wholesaler": (420, 60, 900), "community_pharmacy": (110, 4, 60), "hospital_pharmacy": (90, 10, 240)}
BLOCKED_FROM = 2
RUNNING_DOWN, CHANGED = 0.03, 0.3
"""Share of products that run down everywhere along the real curves, and of the others' lines that change on a day."""
# How many of each tier still hold the lots of the demonstration's defects.
LOT_HOLDERS = {"wholesaler": 3, "hospital_pharmacy": 6, "community_pharmacy": 10}


@dataclass(frozen=True, slots=True)
class Shelf:
    """One product at a dispensing or wholesale site: packs on each day, and the lots that are told."""

    cip13: str
    packs: tuple[int, ...]
    lots: tuple[JsonObject, ...] = ()


def stock_reports() -> Iterator[JsonObject]:
    """All reports by observed_at, then reporter."""
    for place in range(len(DAYS)):
        for site in sorted(sites(), key=lambda site: (site.minute, site.id)):
            lines = _upstream(site, place) if site.tier in ("manufacturer", "depositary") else _downstream(site, place)
            if lines:
                yield _report(site, place, lines)


def _report(site: Site, place: int, lines: list[JsonObject]) -> JsonObject:
    at = datetime.fromisoformat(DAYS[place]).replace(tzinfo=UTC) + timedelta(minutes=site.minute)
    reporter = {"id": site.id, "scheme": "agency", "name": site.name, "country": "FR", "tier": site.tier, "circuit": site.circuit}
    upstream = site.tier in ("manufacturer", "depositary")
    return {
        "report_id": f"{site.id}-{DAYS[place]}",
        "reporter": {**reporter, "region": site.region} if site.region else reporter,
        "observed_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "kind": "full" if place == 0 or upstream else "changes",
        "line_count": len(lines),
        "lines": lines,
    }


def _upstream(site: Site, place: int) -> list[JsonObject]:
    return [line for medicine in _held()[site.id] for line in _stock_lines(medicine, site, place)] if site.id in _held() else []


@cache
def _held() -> dict[str, list[Medicine]]:
    """Manufacturer or depositary to the medicines it reports; the medicine of case `abroad` is at both."""
    held: dict[str, list[Medicine]] = {}
    for medicine in medicines():
        holders = [medicine.depositary or medicine.company]
        if medicine.case == "abroad":
            holders.append(medicine.company)
        for holder in holders:
            held.setdefault(holder, []).append(medicine)
    return held


def _stock_lines(medicine: Medicine, site: Site, place: int) -> list[JsonObject]:
    return [
        _stock_line(medicine, site, place, cip13, round(medicine.ratios[place] * medicine.months * mean))
        for cip13, mean in _all_means()[medicine.cis].items()
    ]


@cache
def _all_means() -> dict[str, dict[str, float]]:
    return {medicine.cis: _means(medicine) for medicine in medicines()}


def _means(medicine: Medicine) -> dict[str, float]:
    """Mean packs a month by CIP13 over the months that count: those with sales, without exceptional ones."""
    months = [lines for lines in (sold(medicine, place) for place in range(len(MONTHS))) if lines]
    kept = [lines for lines in months if not any(line.get("exceptional") for line in lines)]
    totals = dict.fromkeys(medicine.monthly, 0)
    for line in (line for lines in kept for line in lines):
        totals[str(line["cip13"])] += _packs(line)
    return {cip13: total / len(kept) for cip13, total in totals.items()}


def _packs(line: JsonObject) -> int:
    packs = line["packs"]
    return packs if isinstance(packs, int) else 0


def _stock_line(medicine: Medicine, site: Site, place: int, cip13: str, packs: int) -> JsonObject:
    if medicine.case == "abroad":
        abroad = round(packs * ABROAD_SHARE)
        if site.tier == "manufacturer":
            return {"cip13": cip13, "on_hand": abroad, "location_country": ABROAD_COUNTRY}
        return {"cip13": cip13, "on_hand": packs - abroad, "location_country": "FR"}
    if medicine.case == "blocked" and place >= BLOCKED_FROM:
        blocked = round(packs * BLOCKED_SHARE)
        return {"cip13": cip13, "on_hand": packs, "saleable": packs - blocked, "blocked": blocked}
    line: JsonObject = {"cip13": cip13, "on_hand": packs, "saleable": packs}
    if place == 0 and medicine.case in ("recovers", "recovers_partly"):
        line["incoming"] = [{"when": {"date": DAYS[3], "certainty": "estimated"}, "packs": packs}]
    return line


def _downstream(site: Site, place: int) -> list[JsonObject]:
    lines: list[JsonObject] = []
    for shelf in _shelves()[site.id]:
        if place == 0:
            lines.append(_told(shelf, 0, {} if site.tier == "wholesaler" else {"dispensed": shelf.packs[0] * 28 // 40, "period_days": 28}))
        elif shelf.packs[place] != shelf.packs[place - 1]:
            used = shelf.packs[place - 1] - shelf.packs[place]
            lines.append(_told(shelf, place, {"dispensed": used, "period_days": 1} if site.tier != "wholesaler" else {}))
    return lines


def _told(shelf: Shelf, place: int, more: JsonObject) -> JsonObject:
    line: JsonObject = {"cip13": shelf.cip13, "on_hand": shelf.packs[place], **more}
    if not shelf.lots or not shelf.packs[place]:
        return line
    each, rest = divmod(shelf.packs[place], len(shelf.lots))
    counts = [each + (1 if number < rest else 0) for number in range(len(shelf.lots))]
    return {**line, "lots": [{**lot, "on_hand": count} for lot, count in zip(shelf.lots, counts, strict=True)]}


@cache
def _shelves() -> dict[str, tuple[Shelf, ...]]:
    """Wholesaler or pharmacy to its assortment."""
    lines = curves()
    offered = {circuit: _offered(circuit) for circuit in ("ville", "hopital")}
    lots = _recalled_lots()
    counted: dict[str, int] = {}
    shelves: dict[str, tuple[Shelf, ...]] = {}
    for site in sites():
        if site.tier in ASSORTMENT:
            counted[site.tier] = counted.get(site.tier, 0) + 1
            extra = lots if counted[site.tier] <= LOT_HOLDERS[site.tier] else {}
            shelves[site.id] = _assortment(site, offered[site.circuit], lines, extra)
    return shelves


def _offered(circuit: str) -> list[str]:
    """CIP13 mostly used in a circuit."""
    hospital = circuit == "hopital"
    return [cip13 for medicine in medicines() if (medicine.hospital_share > 0.5) is hospital for cip13 in medicine.monthly]


def _recalled_lots() -> dict[str, tuple[JsonObject, ...]]:
    """CIP13 to the lots of the demonstration's defects."""
    found: dict[str, dict[str, JsonObject]] = {}
    for defect in defects():
        batches = defect["batches"]
        for batch in batches if isinstance(batches, list) else []:
            found.setdefault(batch["cip13"], {})[batch["lot"]] = {"lot": batch["lot"], "expiry": batch["expiry"]}
    return {cip13: tuple(lots.values()) for cip13, lots in found.items()}


def _assortment(
    site: Site, offered: list[str], lines: Sequence[Sequence[float]], lots: dict[str, tuple[JsonObject, ...]]
) -> tuple[Shelf, ...]:
    chance = Random(f"{SEED} {site.id}")  # noqa: S311 - a repeatable draw is wanted
    count, least, most = ASSORTMENT[site.tier]
    chosen = sorted({*chance.sample(offered, min(count, len(offered))), *lots})
    shelves: list[Shelf] = []
    for cip13 in chosen:
        first, curve = chance.randrange(least, most), chance.choice(lines)
        running_down = Random(f"{SEED} {cip13}").random() < RUNNING_DOWN  # noqa: S311 - the same medicines everywhere
        packs = [round(first * share) for share in curve[: len(DAYS)]] if running_down else _steady(first, chance)
        shelves.append(Shelf(cip13, tuple(packs), lots.get(cip13, ())))
    return tuple(shelves)


def _steady(first: int, chance: Random) -> list[int]:
    """Packs of a product that is delivered again in time: now and then a day's use less."""
    packs = [first]
    while len(packs) < len(DAYS):
        packs.append(packs[-1] - (first // 30 if chance.random() < CHANGED else 0))
    return packs
