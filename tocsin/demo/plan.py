"""The plan of the national day: how much of each medicine is sold, who holds it, and where its stock stands each day.

Stock is planned as a multiple of the legal floor (2 months of sales for a MITM, 1 month for public-health policy, else 1 week;
R.5124-49-4 CSP), so that the cases of the demonstration are known beforehand. `expected.py` finds them again from the records.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from connectors.source_text import JsonObject
from tocsin.demo.sample import companies, curves, products

SEED = "tocsin national day 2026-01-26"
DAYS = ("2026-01-22", "2026-01-23", "2026-01-24", "2026-01-25", "2026-01-26")
MANUFACTURERS = 60
DEPOSITARIES = 8
HOSPITAL_WORDS = ("injectable", "perfusion", "dialyse", "gaz")


@dataclass(frozen=True, slots=True)
class Case:
    """A story told by a medicine's stock. `path` runs through multiples of the floor, a value a day, or (from, to) along a curve."""

    name: str
    count: int
    path: tuple[float, ...]
    mitm: bool = True
    packs: int = 1


CASES = (
    Case("falls", 4, (1.25, 0.80)),
    Case("falls_two_packs", 1, (1.30, 0.75), packs=2),
    Case("low_from_start", 1, (0.70, 0.66)),
    Case("blocked", 1, (1.40, 1.30)),
    Case("abroad", 1, (1.60, 1.50)),
    Case("recovers", 1, (0.88, 0.80, 0.74, 1.36, 1.31)),
    Case("recovers_partly", 1, (0.90, 0.84, 0.80, 1.05, 1.04)),
    Case("exact", 1, (1.0, 1.0, 1.0, 1.0, 1.0)),
    Case("exceptional", 1, (1.25, 1.20)),
    Case("new", 1, (1.60, 1.45)),
    Case("falls_under_a_week", 1, (1.40, 0.60), mitm=False),
)
# Shares used by the cases `blocked` (from the third day) and `abroad` (held in a country outside the EEA).
BLOCKED_SHARE = 0.45
ABROAD_SHARE = 0.60
ABROAD_COUNTRY = "CH"


@dataclass(frozen=True, slots=True)
class Medicine:
    """A marketed medicine of the day. `monthly`: mean packs a month by CIP13. `ratios`: stock over floor, one a day."""

    cis: str
    company: str
    months: float
    monthly: dict[str, int]
    hospital_share: float
    ratios: tuple[float, ...]
    case: str
    depositary: str | None


@cache
def medicines() -> tuple[Medicine, ...]:
    """All marketed medicines of the sample, by CIS."""
    packs: dict[str, list[JsonObject]] = {}
    for product in products():
        if product["marketed"]:
            packs.setdefault(str(product["cis"]), []).append(product)
    reporting = manufacturers()
    cases = _cases(packs, reporting)
    lines = curves()
    return tuple(_medicine(cis, packs[cis], cases.get(cis), reporting, lines) for cis in sorted(packs))


@cache
def manufacturers() -> frozenset[str]:
    """The companies with most marketed medicines: they report their stock themselves, depositaries do it for the others."""
    counted = Counter(company for _, company in sorted({(str(p["cis"]), str(p["company"])) for p in products() if p["marketed"]}))
    ordered = sorted(counted, key=lambda company: (-counted[company], company))
    return frozenset(ordered[:MANUFACTURERS])


def depositary_of(company: str) -> str:
    """The depositary that holds a company's products."""
    return f"demo-depositary-{int(company[-3:]) % DEPOSITARIES + 1}"


def organisation(company: str) -> JsonObject:
    """A company as Org."""
    return dict(_organisations()[company])


@cache
def _organisations() -> dict[str, JsonObject]:
    return {str(row["id"]): {"id": row["id"], "scheme": "agency", "name": row["name"], "country": row["country"]} for row in companies()}


def _cases(packs: dict[str, list[JsonObject]], reporting: frozenset[str]) -> dict[str, Case]:
    """CIS to case: drawn among the medicines of companies that report themselves."""
    chance = Random(f"{SEED} cases")  # noqa: S311 - a repeatable draw is wanted
    taken: dict[str, Case] = {}
    for case in CASES:
        fitting = [cis for cis in sorted(packs) if cis not in taken and _fits(case, packs[cis], reporting)]
        taken |= dict.fromkeys(chance.sample(fitting, case.count), case)
    return taken


def _fits(case: Case, packs: list[JsonObject], reporting: frozenset[str]) -> bool:
    right_kind = packs[0]["mitm"] is case.mitm and not packs[0]["public_health"]
    sizes = {pack.get("units_per_pack") for pack in packs}
    weighed = case.packs == 1 or (None not in sizes and len(sizes) == case.packs)
    return right_kind and len(packs) == case.packs and weighed and packs[0]["company"] in reporting


def _medicine(
    cis: str, packs: list[JsonObject], case: Case | None, reporting: frozenset[str], lines: Sequence[Sequence[float]]
) -> Medicine:
    chance = Random(f"{SEED} {cis}")  # noqa: S311 - a repeatable draw is wanted
    first = packs[0]
    company = str(first["company"])
    hospital = any(word in str(first["form"]) for word in HOSPITAL_WORDS)
    monthly = {str(pack["cip13"]): round(300 * 10 ** (2 * chance.random())) for pack in packs}
    curve = chance.choice(lines)
    return Medicine(
        cis=cis,
        company=company,
        months=2.0 if first["mitm"] else 1.0 if first["public_health"] else 12 / 52,
        monthly=monthly,
        hospital_share=0.85 if hospital else 0.1,
        ratios=_ratios(case, curve, chance),
        case=case.name if case else "",
        depositary=None if company in reporting and (case is None or case.name != "abroad") else depositary_of(company),
    )


def _ratios(case: Case | None, curve: Sequence[float], chance: Random) -> tuple[float, ...]:
    """The planned path; without a case a comfortable stock that loses at most 15 % along a real curve."""
    if case is None:
        start = 1.4 + 1.6 * chance.random()
        return tuple(start * (1 - 0.15 * (1 - share)) for share in curve[: len(DAYS)])
    if len(case.path) == len(DAYS):
        return case.path
    start, end = case.path
    used = [1 - share for share in curve[: len(DAYS)]]
    whole = used[-1]
    steps = [use / whole for use in used] if whole else [day / (len(DAYS) - 1) for day in range(len(DAYS))]
    return tuple(start + (end - start) * step for step in steps)
