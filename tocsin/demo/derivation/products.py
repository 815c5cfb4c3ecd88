"""The medicines of the sample, their presentations as Product records, and the companies that hold them."""

import re

from connectors import bdpm
from connectors.source_text import JsonObject
from tocsin.demo.derivation.packs import units_per_pack
from tocsin.demo.derivation.reading import Reference

# Molecules everybody knows and the winter plan watches; a few medicines of each complete the shortage lists.
FREQUENT = (
    *("AMOXICILLINE", "AZITHROMYCINE", "CLARITHROMYCINE", "PARACÉTAMOL", "PREDNISOLONE", "FLUTICASONE", "SALBUTAMOL"),
    *("IBUPROFÈNE", "METFORMINE", "ATORVASTATINE", "AMLODIPINE", "LÉVOTHYROXINE", "OMÉPRAZOLE", "FUROSÉMIDE", "MORPHINE"),
)
PER_MOLECULE = 3
OTHERS = 30
COUNTRIES = {
    "ALLEMAGNE": "DE",
    "AUTRICHE": "AT",
    "BELGIQUE": "BE",
    "CHYPRE": "CY",
    "DANEMARK": "DK",
    "ESPAGNE": "ES",
    "FINLANDE": "FI",
    "GRECE": "GR",
    "HONGRIE": "HU",
    "IRLANDE": "IE",
    "ISLANDE": "IS",
    "ITALIE": "IT",
    "LETTONIE": "LV",
    "LUXEMBOURG": "LU",
    "MALTE": "MT",
    "MONACO": "MC",
    "NORVEGE": "NO",
    "PAYS BAS": "NL",
    "PAYS-BAS": "NL",
    "PAY-BAS": "NL",
    "POLOGNE": "PL",
    "PORTUGAL": "PT",
    "REPUBLIQUE TCHEQUE": "CZ",
    "ROYAUME-UNI": "GB",
    "SLOVAQUIE": "SK",
    "SLOVENIE": "SI",
    "SUEDE": "SE",
}
_COUNTRY = re.compile(r"\s*\(([^()]*)\)$")


def chosen(ref: Reference) -> list[str]:
    """The sample's CIS in order: listed MITM with a presentation, some listed others, some of the frequent molecules."""
    listed = sorted({str(row["cis"]) for rows in ref.lists.values() for row in rows} & ref.medicines.keys())
    major = [cis for cis in listed if ref.is_mitm(cis) and cis in ref.presentations]
    others = [cis for cis in listed if not ref.is_mitm(cis) and _marketed(ref, cis)][:OTHERS]
    return sorted({*major, *others, *_frequent(ref, {*major, *others})})


def _frequent(ref: Reference, taken: set[str]) -> list[str]:
    found: list[str] = []
    for molecule in FREQUENT:
        holders = [cis for cis in sorted(ref.substances) if cis not in taken and _contains(ref, cis, molecule)]
        found += [cis for cis in holders if cis in ref.medicines and _marketed(ref, cis)][:PER_MOLECULE]
    return found


def _contains(ref: Reference, cis: str, molecule: str) -> bool:
    return any(molecule in row.name for row in ref.substances[cis] if row.nature == "SA")


def _marketed(ref: Reference, cis: str) -> bool:
    return any(pack.marketed for pack in ref.presentations.get(cis, ()))


def companies(ref: Reference, sample: list[str]) -> list[JsonObject]:
    """The sample's holders in alphabetical order, with stable ids for as long as the sample is the same."""
    names = sorted({_holder(ref, cis) for cis in sample})
    return [{"id": f"demo-lab-{place:03d}", "name": name, "country": _country(name)} for place, name in enumerate(names, start=1)]


def _holder(ref: Reference, cis: str) -> str:
    return ref.medicines[cis].holders[0]


def _country(holder: str) -> str:
    """The country named behind the holder; the publisher names none for French ones."""
    found = _COUNTRY.search(holder)
    return COUNTRIES.get(found[1].strip(), "FR") if found else "FR"


def products(ref: Reference, sample: list[str], owners: list[JsonObject]) -> list[JsonObject]:
    """One Product a presentation: the marketed ones, or all where none is."""
    ids = {str(owner["name"]): str(owner["id"]) for owner in owners}
    records: list[JsonObject] = []
    for cis in sample:
        packs = ref.presentations[cis]
        kept = [pack for pack in packs if pack.marketed] or packs
        records += [_product(ref, pack, ids[_holder(ref, cis)]) for pack in sorted(kept, key=lambda pack: pack.cip13)]
    return records


def _product(ref: Reference, pack: bdpm.Presentation, company: str) -> JsonObject:
    medicine, atc = ref.medicines[pack.cis], ref.atc.get(pack.cis, "")
    vaccine = atc.startswith("J07")
    record: JsonObject = {
        "cip13": pack.cip13,
        "cis": pack.cis,
        "name": medicine.name,
        "atc": atc or None,
        "substances": _substances(ref, pack.cis),
        "form": medicine.form,
        "routes": list(medicine.routes),
        "mitm": ref.is_mitm(pack.cis),
        "vaccine": vaccine,
        "public_health": vaccine,
        "company": company,
        "marketed": pack.marketed,
        "units_per_pack": units_per_pack(pack.label),
        "groups": [{"id": row.group, "type": row.type} for row in ref.groups.get(pack.cis, ())],
    }
    return {name: value for name, value in record.items() if value is not None}


def _substances(ref: Reference, cis: str) -> list[JsonObject]:
    active = {row.code: row for row in ref.substances.get(cis, ()) if row.nature == "SA"}
    return [{"code": row.code, "name": row.name, **({"strength": row.dosage} if row.dosage else {})} for row in active.values()]
