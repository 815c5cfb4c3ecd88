"""What the national day must lead to: computed in plain Python from the published records alone, not from the plan.

The rule is R.5124-49-4 CSP as the hub applies it: a company's saleable stock of a medicine, held in the EEA, against its legal
floor over the last twelve complete months; a breach ends at the floor, its alert clears at 1.1 of the floor.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors.source_text import JsonObject
from tocsin.demo.sales import sales
from tocsin.demo.sample import products
from tocsin.demo.stock import stock_reports

EEA = (
    *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT"),
    *("LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO"),
)
CLEARS_AT = 1.1


@dataclass(slots=True)
class Watched:
    """One medicine: what is known of it, and what happened. Floor and stock in packs weighed by units where packs differ."""

    cis: str
    company: str
    floor_months: float
    weights: dict[str, float]
    floor: float = 0.0
    stock: dict[tuple[str, str], float] = field(default_factory=dict)
    lowest: float | None = None
    below_at: str | None = None
    ended_at: str | None = None
    cleared_at: str | None = None

    def look(self, at: str) -> None:
        """Take the stock as it is now."""
        ratio = sum(self.stock.values()) / self.floor
        self.lowest = ratio if self.lowest is None else min(self.lowest, ratio)
        if ratio < 1:
            self.below_at, self.ended_at, self.cleared_at = self.below_at or at, None, None
        elif self.below_at:
            self.ended_at = self.ended_at or at
            self.cleared_at = self.cleared_at or (at if ratio >= CLEARS_AT else None)


def expected() -> dict[str, Any]:
    """{breach: [CIS that fall below their floor], clear: [those of them whose alert clears], medicines: {CIS: figures}}."""
    watched = watch()
    below = {cis: medicine for cis, medicine in sorted(watched.items()) if medicine.below_at}
    return {
        "breach": list(below),
        "clear": [cis for cis, medicine in below.items() if medicine.cleared_at],
        "medicines": {
            cis: {
                "company": medicine.company,
                "floor_packs": round(medicine.floor, 1),
                "lowest_ratio": round(medicine.lowest or 0.0, 3),
                "below_at": medicine.below_at,
                "ended_at": medicine.ended_at,
                "cleared_at": medicine.cleared_at,
            }
            for cis, medicine in below.items()
        },
    }


def watch() -> dict[str, Watched]:
    """Every medicine with sales, after all reports."""
    watched = _medicines(products())
    _floors(watched, sales())
    followed = {cis: medicine for cis, medicine in watched.items() if medicine.floor > 0}
    owners = {cip13: medicine for medicine in followed.values() for cip13 in medicine.weights}
    carried: dict[str, set[str]] = defaultdict(set)
    for report in stock_reports():
        _report(report, owners, carried)
    return followed


def _medicines(records: Iterable[JsonObject]) -> dict[str, Watched]:
    packs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        packs[str(record["cis"])].append(record)
    return {cis: _medicine(cis, rows) for cis, rows in packs.items()}


def _medicine(cis: str, rows: list[dict[str, Any]]) -> Watched:
    units = {row["cip13"]: float(row.get("units_per_pack") or 0) for row in rows}
    least = min(units.values())
    differ = least > 0 and len(set(units.values())) > 1
    weights = {cip13: size / least if differ else 1.0 for cip13, size in units.items()}
    months = 2.0 if rows[0]["mitm"] else 1.0 if rows[0]["public_health"] else 12 / 52
    return Watched(cis, rows[0]["company"], months, weights)


def _floors(watched: dict[str, Watched], reports: Iterable[dict[str, Any]]) -> None:
    owners = {cip13: medicine for medicine in watched.values() for cip13 in medicine.weights}
    sold: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    left_out: set[tuple[str, str]] = set()
    for report in reports:
        for line in report["lines"]:
            medicine = owners[line["cip13"]]
            sold[medicine.cis][report["month"]] += line["packs"] * medicine.weights[line["cip13"]]
            if line.get("exceptional"):
                left_out.add((medicine.cis, report["month"]))
    for cis, months in sold.items():
        kept = [packs for month, packs in months.items() if (cis, month) not in left_out]
        watched[cis].floor = watched[cis].floor_months * sum(kept) / len(kept) if kept else 0.0


def _report(report: dict[str, Any], owners: dict[str, Watched], carried: dict[str, set[str]]) -> None:
    """A company's own report or a depositary's; the other tiers do not count for the floor."""
    reporter = report["reporter"]
    if reporter["tier"] not in ("manufacturer", "depositary"):
        return
    told = {line["cip13"]: line for line in report["lines"]}
    absent = carried[reporter["id"]] - told.keys() if report["kind"] == "full" else set()
    carried[reporter["id"]] |= told.keys()
    touched: dict[str, Watched] = {}
    for cip13 in (*told, *absent):
        medicine = owners.get(cip13)
        if medicine and (reporter["tier"] == "depositary" or reporter["id"] == medicine.company):
            medicine.stock[reporter["id"], cip13] = _counted(told.get(cip13)) * medicine.weights[cip13]
            touched[medicine.cis] = medicine
    for medicine in touched.values():
        medicine.look(report["observed_at"])


def _counted(line: dict[str, Any] | None) -> int:
    """Saleable packs of a line that is held in the EEA."""
    if line is None or line.get("location_country", "FR") not in EEA:
        return 0
    saleable: int = line.get("saleable", line["on_hand"])
    return saleable
