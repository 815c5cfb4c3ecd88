"""Floors of one medicine, from its presentations, sales and the policy: worked out once, until something of it changes."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from alertcore.heard import reporter_hash
from alertcore.policy import Policy
from alertcore.records.stock import Tier
from alertcore.rules.safety_stock import Floor, Standing, floor_of, months_required, window
from alertcore.stage import View
from alertcore.supply.book import OwnedCell, SupplyBook, Totals
from alertcore.supply.sales import months_by_company, weights
from alertcore.supply.state import Presentation


@dataclass(frozen=True, slots=True)
class Medicine:
    """What positions need to know of a medicine. unit: units in the counting pack where packs differ. names: company to name."""

    cis: str
    name: str
    mitm: bool
    unit: float | None
    weights: dict[str, float]
    companies: dict[str, str | None]
    floors: tuple[Floor, ...]
    names: dict[str, str]


def medicine_of(view: View, cis: str, policy: Policy, at: datetime) -> Medicine:
    """The medicine with its floors at `at`. Presentations of one medicine share its name and its kind; one MITM among them is enough."""
    presentations: dict[str, Presentation] = {p.cip13: p for _, p in view.items(f"product/{cis}/")}
    known = list(presentations.values())
    counts, unit = weights(known)
    mitm = any(p.mitm for p in known)
    months = months_required(cis, mitm=mitm, public_health=any(p.public_health for p in known), policy=policy.safety_stock)
    sold = months_by_company(view.get(f"sale/{cis}") or (), window(at), presentations, counts)
    floors = tuple(floor_of(company, months, of) for company, of in sold.items())
    names = {f.company: view.get(f"company/{f.company}") or "" for f in floors}
    name = known[0].name if known else cis
    return Medicine(cis, name, mitm, unit, counts, {p.cip13: p.company for p in known}, floors, names)


def standings(
    medicine: Medicine, book: SupplyBook, number: int, totals: Totals, is_fresh: Callable[[int], bool], reporting: Set[int]
) -> tuple[Standing, ...]:
    """Stock against each floor. A company's stock is its own reports and depositaries' lines of its products.

    Not known unless somebody reported it, and all who did, and the company itself if it is among those `reporting`, are fresh.
    """
    found = []
    for floor in medicine.floors:
        cells = [c for c in book.owned_of[number] if _holds(c, floor.company, medicine)]
        tellers = {c.owner_hash for c in cells} | (reporting & {reporter_hash(floor.company)})
        known = bool(cells) and all(is_fresh(teller) for teller in tellers)
        stock = fsum(totals.reserve[c.number] for c in cells) if known else None
        found.append(Standing(floor=floor, stock=stock))
    return tuple(found)


def _holds(cell: OwnedCell, company: str, medicine: Medicine) -> bool:
    if cell.tier is Tier.MANUFACTURER:
        return cell.owner == company
    return medicine.companies.get(cell.cip13) == company
