"""Floors of one medicine, from its presentations, sales and the policy: worked out once, until something of it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from alertcore.deadlines.clock import local_day
from alertcore.heard import reporter_hash
from alertcore.policy import Policy
from alertcore.records.stock import Tier
from alertcore.rules.safety_stock_floor import Floor, Standing, floor_of, required, window
from alertcore.sentinels import is_sentinel
from alertcore.stage import View
from alertcore.supply.book import OwnedCell
from alertcore.supply.freshness import Freshness
from alertcore.supply.localtime import calendar_of
from alertcore.supply.sales import months_by_company, weights
from alertcore.supply.state import Presentation


@dataclass(frozen=True, slots=True)
class Held:
    """A floor, the cells that count for it, and whose reports they rest on (numbers of Freshness)."""

    floor: Floor
    cells: tuple[int, ...]
    tellers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Medicine:
    """What positions need to know of a medicine. unit: units in the counting pack where packs differ. names: company to name.

    sold: mean daily sales of all companies, packs. sentinel: whether a seasonal plan watches it. marketed: any of its packs.
    marketing: who markets any of them, None where that is not known of each. off: who has packs of it, and markets none.
    """

    cis: str
    name: str
    mitm: bool
    unit: float | None
    weights: dict[str, float]
    companies: dict[str, str | None]
    held: tuple[Held, ...]
    names: dict[str, str]
    sold: float
    sentinel: bool = False
    marketed: bool = True
    marketing: frozenset[str] | None = None
    off: frozenset[str] = frozenset()


def medicine_of(view: View, cis: str, policy: Policy, at: datetime, cells: Sequence[OwnedCell], freshness: Freshness) -> Medicine:
    """The medicine with its floors at `at`. Presentations of one medicine share its name and its kind; one MITM among them is enough."""
    presentations: dict[str, Presentation] = {p.cip13: p for _, p in view.items(f"product/{cis}/")}
    known = list(presentations.values())
    counts, unit = weights(known)
    mitm = any(p.mitm for p in known)
    day = local_day(at, calendar_of(view).zone)
    health = any(p.public_health for p in known)
    asked = required(cis, mitm=mitm, public_health=health, policy=policy.safety_stock, day=day)
    sold = months_by_company(view.get(f"sale/{cis}") or (), window(day), presentations, counts)
    companies = {p.cip13: p.company for p in known}
    on_sale = {p.cip13: p.company for p in known if p.marketed}
    silent = _awaited(cells, on_sale, freshness) - sold.keys() if mitm else ()
    floors = [floor_of(company, asked, sold.get(company, {})) for company in sorted({*sold, *silent})]
    held = tuple([_held(floor, cells, companies, freshness) for floor in floors])
    names = {f.company: view.get(f"company/{f.company}") or "" for f in floors}
    name = known[0].name if known else cis
    daily = sum(f.mean_month or 0.0 for f in floors) * 12 / 365
    watched = any(is_sentinel(policy.season, p.atc, p.substances, p.name) for p in known)
    sellers = frozenset(c for c in on_sale.values() if c)
    off = frozenset(c for c in companies.values() if c) - sellers
    marketing = sellers if known and all(on_sale.values()) else None
    return Medicine(cis, name, mitm, unit, counts, companies, held, names, daily, watched, bool(on_sale), marketing, off)


def _awaited(cells: Sequence[OwnedCell], companies: dict[str, str | None], freshness: Freshness) -> set[str]:
    """Of the companies that market it those whose stock is told, or is to be."""
    marketing = {c for c in companies.values() if c}
    return {c for c in marketing if reporter_hash(c) in freshness.manufacturers or any(_holds(cell, c, companies) for cell in cells)}


def _held(floor: Floor, owned: Sequence[OwnedCell], companies: dict[str, str | None], freshness: Freshness) -> Held:
    """A company's stock is its own reports and depositaries' lines of its products."""
    cells = [c for c in owned if _holds(c, floor.company, companies)]
    own = reporter_hash(floor.company)
    tellers = {c.owner_hash for c in cells} | ({own} & freshness.manufacturers)
    return Held(floor, tuple([c.number for c in cells]), freshness.numbers(sorted(tellers)))


def _holds(cell: OwnedCell, company: str, companies: dict[str, str | None]) -> bool:
    if cell.tier is Tier.MANUFACTURER:
        return cell.owner == company
    return companies.get(cell.cip13) == company


def standings(medicine: Medicine, reserve: dict[int, float], fresh: Sequence[bool]) -> tuple[Standing, ...]:
    """Stock against each floor. reserve: cell to packs. fresh: whether a reporter is, by its number.

    Not known unless somebody reported it, and all who did, and the company itself if it is to report, are fresh.
    """
    return tuple([Standing(floor=held.floor, stock=_stock(held, reserve, fresh)) for held in medicine.held])


def _stock(held: Held, reserve: dict[int, float], fresh: Sequence[bool]) -> float | None:
    if not held.cells or not all(fresh[teller] for teller in held.tellers):
        return None
    return fsum([reserve[cell] for cell in held.cells])
