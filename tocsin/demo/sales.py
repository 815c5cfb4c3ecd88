"""Twelve months of sales of every company of the sample, as SalesReport records."""

from collections.abc import Iterator
from itertools import groupby
from random import Random

from connectors.source_text import JsonObject
from tocsin.demo.plan import SEED, Medicine, medicines, organisation

MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
# Share of a mean month, January to December: winter sells more.
SEASON = (1.12, 1.08, 1.05, 0.99, 0.96, 0.92, 0.88, 0.85, 0.98, 1.04, 1.05, 1.08)
EXCEPTIONAL_MONTH = "2025-10"
NEW_MONTHS = 4


def sales() -> Iterator[JsonObject]:
    """One report a company and month, months in order; packs sold by companies to the trade."""
    by_company = sorted(medicines(), key=lambda medicine: (medicine.company, medicine.cis))
    owned = [(company, list(group)) for company, group in groupby(by_company, key=lambda medicine: medicine.company)]
    for place, month in enumerate(MONTHS):
        for company, group in owned:
            lines = [line for medicine in group for line in sold(medicine, place)]
            if lines:
                yield _report(company, month, lines)


def sold(medicine: Medicine, place: int) -> list[JsonObject]:
    """The sale lines of one medicine in the month at `place` of MONTHS."""
    if medicine.case == "new" and place < len(MONTHS) - NEW_MONTHS:
        return []
    chance = Random(f"{SEED} sales {medicine.cis} {place}")  # noqa: S311 - a repeatable draw is wanted
    factor = 1.0 if medicine.case == "exact" else SEASON[place] * (0.95 + 0.1 * chance.random())
    exceptional = medicine.case == "exceptional" and MONTHS[place] == EXCEPTIONAL_MONTH
    returned = -chance.randrange(1, 20) if not medicine.case and chance.random() < 0.01 else None
    lines: list[JsonObject] = []
    for cip13, monthly in medicine.monthly.items():
        packs = round(monthly * factor * (8 if exceptional else 1))
        hospital = round(packs * medicine.hospital_share)
        # Now and then more comes back from a small circuit than was sold to it.
        back = hospital if returned is None or medicine.hospital_share > 0.5 else returned
        lines += [_line(cip13, "ville", packs - hospital, exceptional), _line(cip13, "hopital", back, exceptional)]
    return lines


def _line(cip13: str, circuit: str, packs: int, exceptional: bool) -> JsonObject:
    line: JsonObject = {"cip13": cip13, "circuit": circuit, "packs": packs}
    return {**line, "exceptional": True, "exceptional_reason": "Constitution de réserves"} if exceptional else line


def _report(company: str, month: str, lines: list[JsonObject]) -> JsonObject:
    return {
        "report_id": f"{company}-sales-{month}",
        "company": organisation(company),
        "month": month,
        "basis": "company_to_trade",
        "lines": lines,
    }
