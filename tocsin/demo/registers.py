"""The registers that go with the sample: `python -m tocsin.demo.registers OUTDIR` writes senders.yaml and people.csv.

Functions and bodies only, no persons. Addresses are under example.org and example.com, telephone numbers in 06 39 98,
the range that the regulator keeps for fiction.
"""

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import yaml

from connectors.source_text import JsonObject
from tocsin.demo.plan import SEED, medicines
from tocsin.demo.reporters import REGIONS, SENDERS, Site, sites
from tocsin.demo.sample import companies, declarations, defects

HEADER = ("ref", "kind", "org_scheme", "org_id", "country", "region", "departement", "language", "email", "sms", "follows")
LAB_KINDS = ("shortage.declarations", "sales.reports", "stock.reports", "plans", "quality.defects")
OTHER_SENDERS = (
    ("demo-bdpm", ("shortage.statuses", "reference.products")),
    ("demo-agency", ("quality.defects",)),
)
OFFICERS = 2
PHYSICIANS = 25
PATIENTS = 25


def main(arguments: list[str]) -> int:
    """Write the two files; 0 done, 2 wrong usage."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tocsin.demo.registers OUTDIR\n")
        return 2
    for name, text in registers().items():
        (Path(arguments[0]) / name).write_text(text, encoding="utf-8", newline="")
    return 0


def registers() -> dict[str, str]:
    """File name to text."""
    return {"senders.yaml": _senders_yaml(), "people.csv": _people_csv()}


def senders() -> JsonObject:
    """The register of senders: what each may publish, and for whom."""
    found: list[JsonObject] = []
    for name in sorted(set(SENDERS.values())):
        spoken_for = [_reporter(site) for site in sites() if site.sender == name]
        if name == "demo-lab":
            found.append({"name": name, "kinds": list(LAB_KINDS), "companies": [row["id"] for row in companies()], "reporters": spoken_for})
        else:
            found.append({"name": name, "kinds": ["stock.reports"], "reporters": spoken_for})
    return {"senders": [*found, *({"name": name, "kinds": list(kinds)} for name, kinds in OTHER_SENDERS)]}


def _reporter(site: Site) -> JsonObject:
    reporter: JsonObject = {"id": site.id, "scheme": "agency", "tier": site.tier, "circuit": site.circuit}
    return {**reporter, **({"region": site.region} if site.region else {}), "interval_days": 1}


def _senders_yaml() -> str:
    text: str = yaml.safe_dump(senders(), sort_keys=False, allow_unicode=True, default_flow_style=None, width=140)
    return "# Who may publish what in the demonstration, and for whom. Written by tocsin/demo/registers.py.\n" + text


def _people_csv() -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    for number, row in enumerate(people()):
        writer.writerow({**row, "sms": f"+33639980{number:03d}"})
    return text.getvalue()


def people() -> Iterator[dict[str, str]]:
    """The recipients, without telephone: sites that dispense or distribute, companies, duty officers, physicians, patients."""
    chance = Random(f"{SEED} people")  # noqa: S311 - a repeatable draw is wanted
    short = sorted({str(row["cis"]) for row in declarations()})
    recalled = {str(product["cis"]) for row in defects() if isinstance(product := row["product"], dict)}
    watched = sorted(recalled | {medicine.cis for medicine in medicines() if medicine.case})
    for site in sites():
        if site.tier != "manufacturer":
            yield _of_site(site, _follows(chance.sample(short, 8) + watched))
    for company in companies():
        yield _of_company(company, [cis.cis for cis in medicines() if cis.company == company["id"]])
    for number in range(1, OFFICERS + 1):
        yield _single("officer", number, "example.org", "", chance)
    for number in range(1, PHYSICIANS + 1):
        yield _single("physician", number, "example.org", _follows(chance.sample(short, 6) + chance.sample(watched, 2)), chance)
    for number in range(1, PATIENTS + 1):
        yield _single("patient", number, "example.com", _follows([chance.choice(watched), chance.choice(short)]), chance)


def _follows(cis: list[str]) -> str:
    return " ".join(f"cis:{number}" for number in dict.fromkeys(cis))


def _of_site(site: Site, follows: str) -> dict[str, str]:
    name = site.id.removeprefix("demo-")
    return {
        "ref": site.id,
        "kind": site.tier,
        "org_scheme": "agency",
        "org_id": site.id,
        "country": "FR",
        "region": site.region or "",
        "departement": site.departement,
        "language": "fr",
        "email": f"{name}@example.org",
        "follows": follows,
    }


def _of_company(company: JsonObject, cis: list[str]) -> dict[str, str]:
    """The function for shortages and recalls of a company; a foreign one reads English."""
    id_, country = str(company["id"]), str(company["country"])
    return {
        "ref": id_,
        "kind": "company",
        "org_scheme": "agency",
        "org_id": id_,
        "country": country,
        "language": "fr" if country in ("FR", "BE", "LU", "MC") else "en",
        "email": f"{id_.removeprefix('demo-')}@example.org",
        "follows": _follows(cis),
    }


def _single(kind: str, number: int, domain: str, follows: str, chance: Random) -> dict[str, str]:
    region, departement, _ = chance.choice(REGIONS)
    return {
        "ref": f"demo-{kind}-{number:03d}",
        "kind": kind,
        "country": "FR",
        "region": region,
        "departement": departement,
        "language": "en" if number % 10 == 0 else "fr",
        "email": f"{kind}-{number:03d}@{domain}",
        "follows": follows,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
