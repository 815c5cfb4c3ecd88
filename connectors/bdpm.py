"""The French public medicines database (BDPM): its text files as rows.

Format: the publisher's "Contenu et format des fichiers téléchargeables", version 4. Tab separated, no header, no quoting,
UTF-8 or Windows-1252. Each function takes the bytes of one file and gives rows, problems and remarks.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.source_text import JsonObject, Parsed, keep_status, whole_or_nothing
from connectors.tabular import Fields, read_rows

AVAILABILITY_COLUMNS = ("cis", "cip13", "code", "label", "start", "updated", "returned", "url")
MEDICINE_COLUMNS = (
    *("cis", "name", "form", "routes", "authorisation", "procedure", "marketing", "authorised_on"),
    *("bdm_status", "eu_number", "holders", "reinforced"),
)
PRESENTATION_COLUMNS = (
    *("cis", "cip7", "label", "status", "marketing", "declared_on", "cip13", "hospitals"),
    *("rates", "price", "public_price", "fee", "indications"),
)
MAJOR_INTEREST_COLUMNS = ("cis", "atc", "name", "url")
COMPOSITION_COLUMNS = ("cis", "element", "code", "name", "dosage", "reference", "nature", "link")
GENERIC_COLUMNS = ("group", "label", "cis", "type", "sort")

MARKETED = "Déclaration de commercialisation"


@dataclass(frozen=True, slots=True)
class Availability:
    """One row of the shortage list. `cip13` is `*` for every presentation of the CIS; `code` 1 to 4.

    (cis, cip13) is no key: rows repeat, some with other statuses. A start after the update is normal.
    """

    cis: str
    cip13: str
    code: int
    label: str
    start: date | None
    updated: date | None
    returned: date | None
    url: str


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine (CIS). `bdm_status` is not a shortage flag: it marks products that are not marketed."""

    cis: str
    name: str
    form: str
    routes: tuple[str, ...]
    authorisation: str
    procedure: str
    marketed: bool
    authorised_on: date | None
    bdm_status: str
    eu_number: str
    holders: tuple[str, ...]
    reinforced: bool


@dataclass(frozen=True, slots=True)
class Presentation:
    """One pack (CIP13). `rates` in percent; prices in euros, None where the price is free."""

    cis: str
    cip7: str
    label: str
    status: str
    marketed: bool
    declared_on: date | None
    cip13: str
    hospitals: str
    rates: tuple[int, ...]
    price: Decimal | None
    public_price: Decimal | None
    fee: Decimal | None
    indications: str


@dataclass(frozen=True, slots=True)
class MajorInterest:
    """One medicine of major therapeutic interest (MITM); the ATC code may stop at level 4."""

    cis: str
    atc: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Composition:
    """One substance of one element of a medicine. `nature` is SA (active substance) or FT/ST (therapeutic fraction)."""

    cis: str
    element: str
    code: str
    name: str
    dosage: str
    reference: str
    nature: str
    link: int


@dataclass(frozen=True, slots=True)
class Generic:
    """Membership of a generic group. Type 0 reference, 1 generic, 2 complementary posology, 4 substitutable."""

    group: str
    label: str
    cis: str
    type: int
    sort: int


def availability(data: bytes) -> Parsed[Availability]:
    """CIS_CIP_Dispo_Spec.txt, one whole snapshot: a cut or garbled row refuses all of it."""
    return whole_or_nothing(read_rows(data, AVAILABILITY_COLUMNS, _availability))


def statuses(data: bytes) -> Parsed[JsonObject]:
    """The shortage list as PublishedStatus records (JSON form), repeated rows kept: whoever reads takes the latest per key."""
    found = availability(data)
    rows = tuple(_status(row) for row in found.rows)
    return keep_status(Parsed(rows, found.problems, found.remarks, found.encoding, found.refusal), "bdpm", data)


def medicines(data: bytes) -> Parsed[Medicine]:
    """CIS_bdpm.txt."""
    return read_rows(data, MEDICINE_COLUMNS, _medicine)


def presentations(data: bytes) -> Parsed[Presentation]:
    """CIS_CIP_bdpm.txt."""
    return read_rows(data, PRESENTATION_COLUMNS, _presentation)


def major_interest(data: bytes) -> Parsed[MajorInterest]:
    """CIS_MITM.txt."""
    return read_rows(data, MAJOR_INTEREST_COLUMNS, _major_interest)


def compositions(data: bytes) -> Parsed[Composition]:
    """CIS_COMPO_bdpm.txt."""
    return read_rows(data, COMPOSITION_COLUMNS, _composition)


def generics(data: bytes) -> Parsed[Generic]:
    """CIS_GENER_bdpm.txt."""
    return read_rows(data, GENERIC_COLUMNS, _generic)


def _status(row: Availability) -> JsonObject:
    days = {"start": row.start, "updated": row.updated, "returned": row.returned}
    return {
        "cis": row.cis,
        "cip13": row.cip13,
        "url": row.url,
        "country": "FR",
        "code": row.code,
        "raw_label": row.label,
        **{name: day.isoformat() for name, day in days.items() if day is not None},
    }


def _availability(row: Fields) -> Availability:
    return Availability(
        cis=row.digits("cis", 8),
        cip13=row.cip13("cip13") if row.text("cip13") else "*",
        code=_status_code(row),
        label=row.text("label"),
        start=row.day("start"),
        updated=row.day("updated"),
        returned=row.day("returned"),
        url=row.text("url"),
    )


def _status_code(row: Fields) -> int:
    code = row.number("code")
    if code not in (-1, 1, 2, 3, 4):
        row.remark("code", "unknown_code", f"status {code} is not one of 1 to 4")
    return code


def _medicine(row: Fields) -> Medicine:
    return Medicine(
        cis=row.digits("cis", 8),
        name=row.needed("name"),
        form=row.text("form"),
        routes=row.items("routes"),
        authorisation=row.text("authorisation"),
        procedure=row.text("procedure"),
        marketed=row.one_of("marketing", ("Commercialisée", "Non commercialisée")) == "Commercialisée",
        authorised_on=row.day("authorised_on"),
        bdm_status=row.text("bdm_status"),
        eu_number=row.text("eu_number"),
        holders=row.items("holders"),
        reinforced=row.one_of("reinforced", ("Oui", "Non")) == "Oui",
    )


def _presentation(row: Fields) -> Presentation:
    return Presentation(
        cis=row.digits("cis", 8),
        cip7=row.text("cip7"),
        label=row.text("label"),
        status=row.text("status"),
        marketed=row.text("marketing") == MARKETED,
        declared_on=row.day("declared_on"),
        cip13=row.cip13("cip13"),
        hospitals=row.one_of("hospitals", ("oui", "non", "inconnu")),
        rates=_rates(row),
        price=row.money("price"),
        public_price=row.money("public_price"),
        fee=row.money("fee"),
        indications=row.text("indications"),
    )


def _rates(row: Fields) -> tuple[int, ...]:
    """Written `65%` and `65 %`."""
    found = [item.replace("%", "").strip() for item in row.items("rates")]
    if all(item.isascii() and item.isdigit() for item in found):
        return tuple(int(item) for item in found)
    row.wrong("rates", "not_a_rate", f"{row.text('rates')!r} is not a rate in percent")
    return ()


def _major_interest(row: Fields) -> MajorInterest:
    return MajorInterest(cis=row.digits("cis", 8), atc=row.text("atc"), name=row.needed("name"), url=row.text("url"))


def _composition(row: Fields) -> Composition:
    return Composition(
        cis=row.digits("cis", 8),
        element=row.text("element"),
        code=row.digits("code", 5),
        name=row.needed("name"),
        dosage=row.text("dosage"),
        reference=row.text("reference"),
        nature=row.one_of("nature", ("SA", "FT", "ST")),
        link=row.number("link"),
    )


def _generic(row: Fields) -> Generic:
    kind = row.number("type")
    if kind not in (-1, 0, 1, 2, 4):
        row.remark("type", "unknown_code", f"generic type {kind} is not one of 0, 1, 2, 4")
    return Generic(group=row.needed("group"), label=row.text("label"), cis=row.digits("cis", 8), type=kind, sort=row.number("sort"))
