"""What stage `supply` keeps in its state, apart from columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from alertcore.records.product import Product, Substance
from alertcore.records.stock import SaleCircuit, SalesBasis
from alertcore.rules.safety_stock import FloorState


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """One pack of a medicine, as far as positions need it. company: Org id of who markets it. atc, substances: for seasonal plans."""

    cip13: str
    cis: str
    name: str
    mitm: bool = False
    public_health: bool = False
    company: str | None = None
    units: float | None = None
    atc: str | None = None
    substances: tuple[Substance, ...] = ()
    marketed: bool = True

    @staticmethod
    def of(product: Product) -> Presentation:
        """From reference data."""
        return Presentation(
            cip13=product.cip13,
            cis=product.cis,
            name=product.name,
            mitm=product.mitm,
            public_health=product.public_health,
            company=product.company,
            units=product.units_per_pack,
            atc=product.atc,
            substances=product.substances,
            marketed=product.marketed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Sales of one presentation in one circuit and month, as one company told them last. month: YYYY-MM. packs: less returns."""

    company: str
    month: str
    basis: SalesBasis
    cip13: str
    circuit: SaleCircuit
    packs: int
    exceptional: bool = False
    report_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Reports of one company and month that need no second look: `taken`, and `replaced` before or after they came."""

    taken: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How far one source partition of the stock log has been added up. version: offset there. event_id: of its newest partial."""

    version: int = -1
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What all positions of the shard were judged under. known: enough of the register is fresh.

    relook: a policy has come, and what it alone changes is still being looked at.
    month: what the floors hold for: YYYY-MM, and the day on which a period of the policy last began or had just ended.
    """

    month: str = ""
    known: bool = False
    generation: int = 0
    relook: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What has been said of a medicine. told: microseconds when cases last got its position, 0 never. floor: by the rule `safety_stock`."""

    told: int = 0
    floor: FloorState = field(default_factory=FloorState)
