"""The little country of the kill tests: one sender that speaks for all, two authorities, some sixty recipients, no gate shut."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

LAB = "kill-lab"
COMPANIES = tuple(f"kill-company-{n}" for n in range(8))
WHOLESALERS = tuple(f"kill-wholesaler-{n}" for n in range(4))
AUTHORITIES = ("authority-be", "authority-es")
KINDS = ("reference.products", "sales.reports", "shortage.declarations", "quality.defects", "stock.reports")
HEADER = ("ref", "kind", "org_scheme", "org_id", "country", "region", "departement", "language", "email", "sms", "follows")
CROWD = (("officer", 1), ("community_pharmacy", 20), ("hospital_pharmacy", 10), ("physician", 8), ("patient", 12))
"""Besides half of the companies, and the wholesalers."""
FOLLOWED = 6

SETTINGS = """time = "wall"
ports = "sandbox"
[files]
policy = "policy.yaml"
senders = "senders.yaml"
authorities = "authorities.yaml"
"""


def write_world(folder: Path, followable: Sequence[str]) -> Path:
    """Registers, policy and people into `folder`; returns the settings file. followable: CIS that people follow some of."""
    people = io.StringIO()
    writer = csv.DictWriter(people, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_people(followable))
    texts = {
        "tocsin.toml": SETTINGS,
        # JSON is YAML
        "policy.yaml": json.dumps({"release": [{"gate": "automatic"}], "stock": {"flush_s": 1}}),
        "senders.yaml": json.dumps({"senders": [_sender()]}),
        "authorities.yaml": json.dumps({"authorities": [_authority(name) for name in AUTHORITIES]}),
        "people.csv": people.getvalue(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "tocsin.toml"


def _sender() -> dict[str, object]:
    tiers = [(name, "manufacturer", "both") for name in COMPANIES] + [(name, "wholesaler", "ville") for name in WHOLESALERS]
    reporters = [{"id": i, "scheme": "agency", "tier": t, "circuit": c, "interval_days": 30} for i, t, c in tiers]
    return {"name": LAB, "kinds": list(KINDS), "companies": list(COMPANIES), "reporters": reporters}


def _authority(name: str) -> dict[str, object]:
    country = name[-2:].upper()
    contact = {"function": "rapid alerts desk", "email": f"desk.{country.lower()}@example.org", "out_of_hours": True}
    return {"id": name, "country": country, "member_state": True, "domains": ["defect"], "languages": ["en"], "contacts": [contact]}


def _people(followable: Sequence[str]) -> Iterator[dict[str, str]]:
    chance = random.Random("kill people")
    for company in COMPANIES[::2]:
        yield _person(company, "company", "") | {"org_scheme": "agency", "org_id": company}
    for wholesaler in WHOLESALERS:
        yield _person(wholesaler, "wholesaler", "") | {"org_scheme": "agency", "org_id": wholesaler}
    for kind, count in CROWD:
        for number in range(count):
            name = f"kill-{kind.replace('_', '-')}-{number}"
            follows = "" if kind == "officer" else " ".join(f"cis:{cis}" for cis in chance.sample(followable, FOLLOWED))
            yield _person(name, kind, follows)


def _person(name: str, kind: str, follows: str) -> dict[str, str]:
    place = {"country": "FR", "region": "11", "departement": "75", "language": "fr"}
    return {"ref": name, "kind": kind, "email": f"{name}@example.org", "follows": follows, **place}
