"""The 200 reporters of the national day: manufacturers, depositaries, wholesalers, community and hospital pharmacies."""

from dataclasses import dataclass
from functools import cache

from connectors.source_text import JsonObject
from tocsin.demo.plan import DEPOSITARIES, manufacturers, organisation

# INSEE code, a département of it, share of the population in percent.
REGIONS = (
    ("01", "971", 1),
    ("02", "972", 1),
    ("03", "973", 1),
    ("04", "974", 1),
    ("06", "976", 1),
    ("11", "75", 18),
    ("24", "45", 4),
    ("27", "21", 4),
    ("28", "76", 5),
    ("32", "59", 9),
    ("44", "67", 8),
    ("52", "44", 6),
    ("53", "35", 5),
    ("75", "33", 9),
    ("76", "31", 9),
    ("84", "69", 12),
    ("93", "13", 8),
    ("94", "2A", 1),
)
WHOLESALERS = 12
COMMUNITY = 84
HOSPITALS_A_REGION = 2
# Minutes after midnight UTC at which the first of a tier reports, and minutes between two of them.
HOURS = {
    "depositary": (240, 3),
    "manufacturer": (300, 2),
    "wholesaler": (430, 5),
    "hospital_pharmacy": (480, 7),
    "community_pharmacy": (500, 6),
}
SENDERS = {
    "manufacturer": "demo-lab",
    "depositary": "demo-wholesale",
    "wholesaler": "demo-wholesale",
    "community_pharmacy": "demo-pharmacies",
    "hospital_pharmacy": "demo-hospitals",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One reporter. `minute`: when it reports, in minutes after midnight UTC. `region` only for places that serve one."""

    id: str
    name: str
    tier: str
    circuit: str
    region: str | None
    departement: str
    minute: int

    @property
    def sender(self) -> str:
        """The sender of the register that speaks for it."""
        return SENDERS[self.tier]


def reporters() -> list[JsonObject]:
    """{id, scheme, tier, circuit, region, sender} of each; region is null where the reporter serves the whole country."""
    return [
        {"id": site.id, "scheme": "agency", "tier": site.tier, "circuit": site.circuit, "region": site.region, "sender": site.sender}
        for site in sites()
    ]


@cache
def sites() -> tuple[Site, ...]:
    """All reporters, tier by tier."""
    return (*_manufacturers(), *_depositaries(), *_wholesalers(), *_hospitals(), *_community())


def _site(number: int, id_: str, name: str, tier: str, circuit: str, place: tuple[str, str] | None) -> Site:
    first, step = HOURS[tier]
    region, departement = place or (None, "75")
    return Site(id_, name, tier, circuit, region, departement, first + step * number)


def _manufacturers() -> list[Site]:
    ids = sorted(manufacturers())
    return [_site(number, id_, str(organisation(id_)["name"]), "manufacturer", "both", None) for number, id_ in enumerate(ids)]


def _depositaries() -> list[Site]:
    numbers = range(1, DEPOSITARIES + 1)
    return [_site(n, f"demo-depositary-{n}", f"Dépositaire de démonstration {n}", "depositary", "both", None) for n in numbers]


def _wholesalers() -> list[Site]:
    large = sorted(REGIONS, key=lambda row: -row[2])[:WHOLESALERS]
    return [
        _site(n, f"demo-wholesaler-{n:02d}", f"Grossiste de démonstration {n}", "wholesaler", "ville", row[:2])
        for n, row in enumerate(large, start=1)
    ]


def _hospitals() -> list[Site]:
    places = [row[:2] for row in REGIONS for _ in range(HOSPITALS_A_REGION)]
    return [
        _site(n, f"demo-hospital-{n:03d}", f"PUI de démonstration {n}", "hospital_pharmacy", "hopital", place)
        for n, place in enumerate(places, start=1)
    ]


def _community() -> list[Site]:
    """At least one a region, the rest by population (largest remainder last)."""
    weights = sum(share for _, _, share in REGIONS)
    counts = {region: max(1, COMMUNITY * share // weights) for region, _, share in REGIONS}
    counts["11"] += COMMUNITY - sum(counts.values())
    places = [(region, departement) for region, departement, _ in REGIONS for _ in range(counts[region])]
    return [
        _site(n, f"demo-officine-{n:03d}", f"Officine de démonstration {n}", "community_pharmacy", "ville", place)
        for n, place in enumerate(places, start=1)
    ]
